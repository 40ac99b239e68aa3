#include "web/officer/figure_pages.h"

#include "web/figures.h"
#include "web/paths.h"
#include "web/wording.h"

namespace motcua::web {

namespace {

constexpr int kPageSize = 50;

std::string detailPath(const std::string& agency) {
    return std::string{paths::kWorkRatings} + "/" + http::percentEncode(agency);
}

} // namespace

void FigurePages::mount(http::Router& router) {
    router.get(paths::kWorkRatings, [this](http::Request& request) { return list(request); }).official();
    router
        .get(std::string{paths::kWorkRatings} + "/:agency",
             [this](http::Request& request) { return detail(request); })
        .official();
}

std::string FigurePages::procedureName(const http::Request& request, const std::string& code) {
    const auto stored = catalogue_.procedure(request.context(), code);
    return stored ? stored->procedure.name.in(request.locale()) : code;
}

std::string FigurePages::officialName(const Context& context, const std::string& account) {
    return database_.read(context, [&](db::Reader& tx) { return identity_.displayName(tx, account); });
}

Result<http::Response> FigurePages::list(http::Request& request) {
    const int days = daysOf(request);
    const std::string after{request.query("after")};
    const std::size_t comma = after.find(',');
    assessment::Figure behind;
    if (comma != std::string::npos) behind = {after.substr(0, comma), after.substr(comma + 1)};
    const auto figures = assessments_.figures(request.context(), days, behind, kPageSize + 1);
    const auto tree = agencies_.tree(request.context());
    const bool details = request.actor().has("leader") || request.actor().has("admin");
    const std::string path = std::string{paths::kWorkRatings} + "?days=";

    http::Page page{request, "ratings"};
    page.title(page.say("ratings.work_title")).set("lead", page.say("ratings.work_lead"));
    addPeriods(page, path, days);
    if (figures.empty())
        page.model().object("empty_state").set("text", page.say("ratings.none"));
    else {
        FigureTable table{page, {"agency", "procedure", "people", "index", "mean", "spread"}};
        for (std::size_t i = 0; i < figures.size() && i < kPageSize; ++i) {
            const assessment::Figure& one = figures[i];
            const agency::Agency* agency = tree->find(one.agency);
            const std::string href =
                details ? detailPath(one.agency) + "?days=" + std::to_string(days) : std::string{};
            table.row();
            table.cell(agency ? agency->label(request.locale()) : one.agency, href);
            table.cell(procedureName(request, one.procedure));
            table.people(one.people);
            table.index(one.tally);
            table.mean(one.tally);
            table.spread(one.tally);
        }
    }
    if (figures.size() > kPageSize) {
        const assessment::Figure& last = figures[kPageSize - 1];
        page.model().object("paging").object("next").set(
            "href", path + std::to_string(days) +
                        "&after=" + http::percentEncode(last.agency + "," + last.procedure));
    }
    const std::int64_t minimum = assessments_.questionnaire(request.context()).minimum;
    page.set("method", page.say("ratings.note", {{"minimum", std::to_string(minimum)}}));
    return page.response();
}

void FigurePages::addGroups(http::Page& page, const http::Request& request,
                            const assessment::Detail& detail) {
    const auto tree = agencies_.tree(request.context());
    FigureTable table{
        page, {"stage", "group", "people", "index", "mean", "spread"}, page.say("ratings.by_group")};
    for (const assessment::GroupFigure& one : detail.groups) {
        const agency::Agency* unit = tree->find(one.unit);
        const std::string group = page.say("role." + one.role);
        table.row();
        table.cell(page.say(std::string{"rate.stage."} + assessment::name(one.stage)));
        table.cell(one.official.empty() ? group : officialName(request.context(), one.official), {},
                   unit ? unit->label(request.locale()) : one.unit);
        table.people(one.tally.count());
        table.index(one.tally);
        table.mean(one.tally);
        table.spread(one.tally);
    }
}

void FigurePages::addReasons(http::Page& page, const http::Request& request,
                             const assessment::Detail& detail) {
    const assessment::Questionnaire slip = assessments_.questionnaire(request.context());
    FigureTable table{page, {"reason", "times"}, page.say("ratings.by_reason")};
    for (const auto& [id, times] : detail.reasons) {
        const assessment::Criterion* criterion = slip.find(id);
        table.row();
        table.cell(criterion ? criterion->text.in(request.locale()) : id);
        table.cell(std::to_string(times));
    }
}

Result<http::Response> FigurePages::detail(http::Request& request) {
    const int days = daysOf(request);
    const std::string& id = request.param("agency");
    MOTCUA_TRY(agency, agencies_.find(request.context(), id));
    MOTCUA_TRY(detail, assessments_.detail(request.context(), agency.id, days));
    http::Page page{request, "ratings"};
    page.title(agency.label(request.locale())).set("lead", page.say("ratings.detail_lead"));
    page.set("back", link(page.say("ratings.work_title"),
                          std::string{paths::kWorkRatings} + "?days=" + std::to_string(days)));
    addPeriods(page, detailPath(agency.id) + "?days=", days);
    if (detail.people == 0)
        page.model().object("empty_state").set("text", page.say("ratings.none_enough"));
    else
        addGroups(page, request, detail);
    if (!detail.reasons.empty()) addReasons(page, request, detail);
    for (const assessment::Words& words : detail.words)
        page.model().object("said").add("items").set("text", words.text).set("date", words.day.vietnamese());
    return page.response();
}

} // namespace motcua::web
