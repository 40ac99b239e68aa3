#include "web/admin/home_pages.h"

#include "base/bytes.h"
#include "base/civil_day.h"
#include "web/paths.h"
#include "web/wording.h"

#include <algorithm>
#include <cstdlib>

namespace motcua::web {

namespace {

constexpr int kPageSize = 50;

std::string itemPath(const std::string& id, const char* below) {
    return std::string{paths::kOutbox} + "/" + http::percentEncode(id) + below;
}

view::Model& addRoom(http::Page& page, const char* word, const char* href, const char* icon,
                     std::string amount) {
    view::Model& room = page.model().add("rooms");
    const std::string key = std::string{"admin."} + word;
    room.set("text", page.say(key)).set("reason", page.say(key + "_note"));
    return room.set("href", href).set("icon", icon).set("amount", std::move(amount));
}

void addRow(view::Model& system, std::string label, std::string value) {
    system.add("rows").set("label", std::move(label)).set("value", std::move(value));
}

// What an administrator reads of an error: its sentence where there is one, and always the code to search
// for.
std::string reasonOf(const http::Request& request, const std::string& code) {
    const std::string sentence = request.theme().words(request.locale()).sayOr("error." + code, "");
    return sentence.empty() ? code : sentence + " (" + code + ")";
}

} // namespace

void AdminHomePages::mount(http::Router& router) {
    router.get(paths::kAdmin, [this](http::Request& request) { return home(request); }).official();
    router.get(paths::kOutbox, [this](http::Request& request) { return outbox(request); }).official();
    const std::string one = std::string{paths::kOutbox} + "/:id";
    router.post(one + "/gui-lai", [this](http::Request& request) { return sentAgain(request); }).official();
    router.get(one + "/bo", [this](http::Request& request) { return discardForm(request); }).official();
    router.post(one + "/bo", [this](http::Request& request) { return discarded(request); }).official();
}

void AdminHomePages::fillPlugins(http::Page& page) const {
    std::int64_t on = 0;
    std::int64_t all = 0;
    for (const plugins::PluginInfo& plugin : rooms_.plugins.list()) {
        ++all;
        const plugins::PluginState state = plugin.status.state;
        if (state == plugins::PluginState::Running) ++on;
        const bool stuck = plugin.stored.enabled && state != plugins::PluginState::Running &&
                           state != plugins::PluginState::Starting;
        if (!stuck) continue;
        const std::string& name = plugin.manifest ? plugin.manifest->name.in("vi") : plugin.id;
        page.model()
            .object("alarms")
            .add("items")
            .set("text", page.say("admin.alarm_plugin", {{"name", name}}))
            .set("href", paths::kPlugins);
    }
    if (rooms_.plugins.profiles("message").empty())
        page.model()
            .object("alarms")
            .add("items")
            .set("text", page.say("admin.alarm_no_mail"))
            .set("href", paths::kPlugins);
    addRoom(page, "plugins", paths::kPlugins, "plug",
            page.say("admin.plugins_amount", {{"on", std::to_string(on)}, {"all", std::to_string(all)}}));
}

void AdminHomePages::fillSystem(http::Page& page, const http::Request& request,
                                const std::vector<jobs::JobRun>& runs) const {
    const Context& context = request.context();
    const view::Words& words = request.theme().words(request.locale());
    view::Model& system = page.model().object("system");
    addRow(system, page.say("admin.database"),
           rooms_.database.backend() == db::Backend::Sqlite ? "SQLite" : "PostgreSQL");
    const auto head =
        rooms_.database.read(context, [](db::Reader& tx) { return audit::MerkleLog::newestHead(tx); });
    if (!head) {
        addRow(system, page.say("admin.audit_head"), page.say("admin.audit_none"));
    } else {
        addRow(system, page.say("admin.audit_head"),
               page.say("admin.audit_state",
                        {{"count", std::to_string(head->size)}, {"time", vietnameseMoment(head->signedAt)}}));
        addRow(system, page.say("admin.audit_root"), toHex(head->root));
    }
    for (const jobs::JobRun& run : runs)
        addRow(page.model().object("jobs"), words.sayOr("job." + run.name, run.name),
               page.say("admin.job_ran", {{"time", vietnameseMoment(run.lastRun)}}));
}

Result<http::Response> AdminHomePages::home(http::Request& request) {
    const Context& context = request.context();
    const auto state = rooms_.outbox.state(context);
    // What follows is the whole city's; an agency's administrator looks after its people.
    if (!state && context.actor.has("admin")) return http::Response::seeOther(paths::kAccounts);
    MOTCUA_TRY(outbox, state);
    MOTCUA_TRY(runs, rooms_.outbox.jobs(context));
    http::Page page{request, "admin_home"};
    page.title(page.say("admin.title"));
    if (outbox.givenUp > 0)
        page.model()
            .object("alarms")
            .add("items")
            .set("text", page.say("admin.alarm_given_up", {{"count", std::to_string(outbox.givenUp)}}))
            .set("href", paths::kOutbox);
    fillPlugins(page);
    addRoom(page, "outbox", paths::kOutbox, "send",
            page.say("admin.outbox_amount", {{"waiting", std::to_string(outbox.waiting)},
                                             {"retrying", std::to_string(outbox.retrying)},
                                             {"given_up", std::to_string(outbox.givenUp)}}));
    addRoom(page, "people", paths::kAccounts, "users", page.say("admin.people_amount"));
    const catalogue::Counts counts = rooms_.catalogue.counts(context);
    addRoom(page, "procedures", paths::kProcedures, "paper",
            page.say("admin.procedures_amount", {{"count", std::to_string(counts.procedures)},
                                                 {"ready", std::to_string(counts.ready)}}));
    fillSystem(page, request, runs);
    return page.response();
}

Result<http::Response> AdminHomePages::outbox(http::Request& request) {
    const std::string after{request.query("after")};
    const std::size_t comma = after.find(',');
    const bool first = comma == std::string::npos;
    MOTCUA_TRY(state, rooms_.outbox.state(request.context()));
    MOTCUA_TRY(items, rooms_.outbox.givenUp(request.context(),
                                            first ? Instant{INT64_MAX} : Instant{std::atoll(after.c_str())},
                                            first ? "" : after.substr(comma + 1), kPageSize + 1));
    http::Page page{request, "outbox"};
    page.title(page.say("outbox.title"))
        .set("lead", page.say("outbox.lead", {{"waiting", std::to_string(state.waiting)},
                                              {"retrying", std::to_string(state.retrying)}}))
        .set("back", link(page.say("admin.title"), paths::kAdmin));
    for (std::size_t i = 0; i < items.size() && i < kPageSize; ++i) {
        const jobs::GivenUpItem& item = items[i];
        view::Model& row = page.model().add("items");
        row.set("text", request.theme().words(request.locale()).sayOr("outbox.kind." + item.kind, item.kind));
        row.set("reason", reasonOf(request, item.lastError)).set("subject", item.subject);
        row.set("when", page.say("outbox.when", {{"time", vietnameseMoment(item.settledAt)},
                                                 {"count", std::to_string(item.attempts)}}));
        row.set("again_action", itemPath(item.id, "/gui-lai")).set("discard_href", itemPath(item.id, "/bo"));
    }
    if (items.empty())
        page.model()
            .object("empty_state")
            .set("text", page.say("outbox.empty"))
            .set("note", page.say("outbox.empty_note"));
    if (items.size() > kPageSize) {
        const jobs::GivenUpItem& last = items[kPageSize - 1];
        page.model().object("paging").object("next").set(
            "href",
            std::string{paths::kOutbox} + "?after=" + std::to_string(last.settledAt.ms) + "," + last.id);
    }
    return page.response();
}

Result<http::Response> AdminHomePages::sentAgain(http::Request& request) {
    MOTCUA_CHECK(rooms_.outbox.sendAgain(request.context(), request.param("id")));
    http::Response response = http::Response::seeOther(paths::kOutbox);
    response.flash("notice.outbox_again");
    return response;
}

Result<http::Response> AdminHomePages::discardForm(http::Request& request) {
    MOTCUA_CHECK(rooms_.outbox.state(request.context()));
    http::Page page{request, "simple_form"};
    page.title(page.say("outbox.discard_title"))
        .form()
        .set("lead", page.say("outbox.discard_lead"))
        .set("action", std::string{request.path()});
    page.model().add("buttons").set("text", page.say("outbox.discard")).set("warning", true);
    page.model()
        .add("buttons")
        .set("text", page.say("common.cancel"))
        .set("href", paths::kOutbox)
        .set("secondary", true);
    return page.response();
}

Result<http::Response> AdminHomePages::discarded(http::Request& request) {
    MOTCUA_CHECK(rooms_.outbox.discard(request.context(), request.param("id")));
    http::Response response = http::Response::seeOther(paths::kOutbox);
    response.flash("notice.outbox_discarded");
    return response;
}

} // namespace motcua::web
