#include "web/portal/catalogue_pages.h"

#include "web/paths.h"
#include "web/wording.h"

#include <array>

namespace motcua::web {

namespace {

constexpr int kPageSize = 20;
constexpr std::size_t kPopular = 6;

std::string pathOf(const std::string& code) {
    return std::string{paths::kProcedures} + "/" + code;
}

std::string searchPath(const std::string& name, const std::string& value) {
    return std::string{paths::kProcedures} + "?" + name + "=" + http::percentEncode(value);
}

// Toàn trình, một phần, chỉ xem thông tin (Decree 42/2022's words for levels 4, 3 and below).
view::Model levelTag(const http::Page& page, std::optional<std::int64_t> level, bool ready) {
    const char* kind = ready || (level && *level >= 4) ? "full" : level && *level == 3 ? "part" : "info";
    view::Model tag;
    tag.set("kind", std::string{"level-"} + kind).set("text", page.say(std::string{"level."} + kind));
    return tag;
}

// A field's drawing, by its id; the theme has these.
std::string iconOf(const std::string& field) {
    static const std::array<std::pair<std::string_view, const char*>, 23> icons{
        {{"ho-tich", "baby"},
         {"chung-thuc", "check"},
         {"cu-tru", "home"},
         {"doanh-nghiep", "briefcase"},
         {"xay-dung", "building"},
         {"dat-dai", "tree"},
         {"y-te", "health"},
         {"giao-duc", "book"},
         {"ho-kinh-doanh", "briefcase"},
         {"hop-tac-xa", "users"},
         {"lai-xe", "car"},
         {"dang-ky-xe", "car"},
         {"van-tai", "car"},
         {"moi-truong", "tree"},
         {"an-toan-thuc-pham", "health"},
         {"hoa-giai", "users"},
         {"nuoi-con", "heart"},
         {"giam-ngheo", "heart"},
         {"quoc-tich", "flag"},
         {"xuat-nhap-canh", "globe"},
         {"dinh-danh", "user"},
         {"quy-hoach", "building"},
         {"tu-phap", "scales"}}};
    for (const auto& [id, icon] : icons)
        if (field.find(id) != std::string::npos) return icon;
    return "paper";
}

} // namespace

void CataloguePages::mount(http::Router& router) {
    router.get(paths::kHome, [this](http::Request& request) { return home(request); })
        .cachedFor(std::chrono::seconds{5});
    router.get(paths::kProcedures, [this](http::Request& request) { return search(request); })
        .cachedFor(std::chrono::seconds{5});
    router
        .get(std::string{paths::kProcedures} + "/:code",
             [this](http::Request& request) { return procedure(request); })
        .cachedFor(std::chrono::seconds{5});
}

Result<http::Response> CataloguePages::home(http::Request& request) {
    http::Page page{request, "home"};
    page.title(page.say("home.title"))
        .set("lead", page.say("home.lead"))
        .set("bleed", true)
        .set("hide_search", true);
    for (const char* words : {"home.often_1", "home.often_2", "home.often_3"}) {
        const std::string text = page.say(words);
        page.model().object("popular_searches").list("items").emplace_back(link(text, searchPath("q", text)));
    }
    catalogue::Filter ready;
    ready.readyOnly = true;
    MOTCUA_TRY(popular, catalogue_.list(request.context(), "", ready, "", kPopular));
    for (const catalogue::Summary& summary : popular.items) {
        view::Model& row = page.model().add("popular");
        row.set("text", summary.name.in(request.locale())).set("href", pathOf(summary.code));
        row.set("tag", levelTag(page, summary.onlineLevel, summary.ready)).set("reason", summary.code);
    }
    for (const catalogue::Field& field : catalogue_.fields(request.context())) {
        view::Model& row = page.model().add("fields");
        row.set("text", field.name.in(request.locale()))
            .set("href", searchPath("field", field.id))
            .set("icon", iconOf(field.id));
    }
    return page.response();
}

void CataloguePages::fillFilters(http::Page& page, const http::Request& request,
                                 const std::vector<catalogue::Field>& fields) {
    const auto option = [&](view::Key list, const std::string& key, const std::string& text,
                            std::string_view asked) {
        view::Model& row = page.model().add(list);
        row.set("key", key).set("text", text);
        if (key == asked) row.set("selected", true);
    };
    option("field_options", "", page.say("search.all_fields"), request.query("field"));
    for (const catalogue::Field& field : fields)
        option("field_options", field.id, field.name.in(request.locale()), request.query("field"));
    option("agency_options", "", page.say("search.all_agencies"), request.query("agency"));
    for (const catalogue::Level level :
         {catalogue::Level::Department, catalogue::Level::District, catalogue::Level::Ward})
        option("agency_options", catalogue::name(level),
               page.say(std::string{"agency_level."} + catalogue::name(level)), request.query("agency"));
    option("level_options", "", page.say("search.all_levels"), request.query("level"));
    option("level_options", "ready", page.say("level.full_long"), request.query("level"));
    option("level_options", "3", page.say("level.part_long"), request.query("level"));
}

void CataloguePages::fillResult(http::Page& page, const http::Request& request,
                                const catalogue::Summary& summary) {
    view::Model& row = page.model().add("results");
    row.set("text", summary.name.in(request.locale())).set("href", pathOf(summary.code));
    row.set("tag", levelTag(page, summary.onlineLevel, summary.ready));
    const auto stored = catalogue_.procedure(request.context(), summary.code);
    if (!stored) return;
    const catalogue::Procedure& procedure = stored->procedure;
    row.setUnlessEmpty("excerpt", procedure.summary.in(request.locale()));
    std::string levels;
    for (const catalogue::Level level : procedure.levels)
        levels +=
            (levels.empty() ? "" : ", ") + page.say(std::string{"agency_level."} + catalogue::name(level));
    row.set("agency", levels);
    if (procedure.cases.empty()) return;
    row.set("limit", limitText(page, procedure.cases.front().limit))
        .set("fee", feesText(page, procedure.cases.front().fees));
}

Result<http::Response> CataloguePages::search(http::Request& request) {
    http::Page page{request, "search"};
    const std::string query{request.query("q")};
    page.title(page.say("search.title")).set("hide_search", true).set("search_query", query);
    catalogue::Filter filter;
    filter.field = request.query("field");
    filter.level = catalogue::levelOf(request.query("agency"));
    filter.readyOnly = request.query("level") == "ready";
    if (request.query("level") == "3") filter.onlineLevel = 3;
    MOTCUA_TRY(found, catalogue_.list(request.context(), query, filter, request.query("after"), kPageSize));
    fillFilters(page, request, catalogue_.fields(request.context()));
    for (const catalogue::Summary& summary : found.items)
        fillResult(page, request, summary);
    const std::string count = std::to_string(found.items.size()) + (found.next.empty() ? "" : "+");
    page.set("count_text", page.say(query.empty() ? "search.count" : "search.count_for",
                                    {{"count", count}, {"query", query}}));
    if (found.items.empty())
        page.model()
            .object("empty_state")
            .set("text", page.say("search.nothing"))
            .set("note", page.say("search.nothing_note"));
    if (!found.next.empty()) {
        std::string next = std::string{paths::kProcedures} + "?";
        for (const auto& [name, value] : request.query().pairs())
            if (name != "after" && name != "lang")
                next += http::percentEncode(name) + "=" + http::percentEncode(value) + "&";
        page.model().object("paging").object("next").set("href",
                                                         next + "after=" + http::percentEncode(found.next));
    }
    return page.response();
}

void CataloguePages::fillProcedure(http::Page& page, const http::Request& request,
                                   const catalogue::Procedure& procedure) {
    const std::string& locale = request.locale();
    std::string audience;
    for (const catalogue::Audience one : procedure.serves)
        audience +=
            (audience.empty() ? "" : ", ") + page.say(std::string{"audience."} + catalogue::name(one));
    std::string levels;
    for (const catalogue::Level level : procedure.levels)
        levels +=
            (levels.empty() ? "" : ", ") + page.say(std::string{"agency_level."} + catalogue::name(level));
    page.set("audience", audience).set("agency", levels);
    if (!procedure.results.empty()) page.set("result", procedure.results.front().name.in(locale));
    if (!procedure.cases.empty())
        page.set("limit", limitText(page, procedure.cases.front().limit))
            .set("fee", feesText(page, procedure.cases.front().fees));
    if (procedure.cases.size() > 1) {
        for (const catalogue::Case& one : procedure.cases) {
            view::Model row;
            row.set("text", one.name.in(locale))
                .set("limit", limitText(page, one.limit))
                .set("fee", feesText(page, one.fees));
            page.model().object("cases").list("items").emplace_back(std::move(row));
        }
    }
    for (const catalogue::Paper& paper : procedure.papers) {
        view::Model& row = page.model().add("papers");
        row.set("text", paper.name.in(locale)).setUnlessEmpty("amount_note", paper.note);
        const std::int64_t originals = paper.originals;
        const char* word =
            originals > 0 || paper.copies == 0 ? "procedure.copies_original" : "procedure.copies_copy";
        row.set("copies",
                page.say(word, {{"count",
                                 std::to_string(originals > 0 ? originals
                                                              : std::max<std::int64_t>(1, paper.copies))}}));
    }
    const auto fold = [&](const char* word, const std::vector<std::string>& paragraphs) {
        if (paragraphs.empty()) return;
        view::Model row;
        row.set("text", page.say(word));
        for (const std::string& paragraph : paragraphs)
            row.list("paragraphs").emplace_back(paragraph);
        page.model().list("folds").emplace_back(std::move(row));
    };
    std::vector<std::string> steps;
    for (const catalogue::Step& step : procedure.steps)
        steps.push_back(step.text);
    std::vector<std::string> laws;
    for (const catalogue::LegalDocument& law : procedure.legalBasis)
        laws.push_back(law.number + (law.name.empty() ? "" : " – " + law.name));
    fold("procedure.steps", steps);
    fold("procedure.conditions", procedure.requirements);
    fold("procedure.legal_basis", laws);
}

Result<http::Response> CataloguePages::procedure(http::Request& request) {
    MOTCUA_TRY(stored, catalogue_.procedure(request.context(), request.param("code")));
    const catalogue::Procedure& procedure = stored.procedure;
    http::Page page{request, "procedure"};
    page.title(procedure.name.in(request.locale())).set("code", procedure.code);
    page.model().setUnlessEmpty("summary", procedure.summary.in(request.locale()));
    page.set("tag", levelTag(page, procedure.onlineLevel, procedure.ready));
    fillProcedure(page, request, procedure);
    if (procedure.ready) {
        page.set("start",
                 link(page.say("procedure.start"), std::string{paths::kDossiers} + "/nop/" + procedure.code));
    } else {
        page.set("offline_note", page.say("procedure.offline_general"));
    }
    return page.response();
}

} // namespace motcua::web
