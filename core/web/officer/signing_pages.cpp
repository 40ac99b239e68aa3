#include "web/officer/signing_pages.h"

#include "base/id.h"
#include "http/errors.h"
#include "web/answers.h"
#include "web/paths.h"
#include "web/portal/filing_pages.h"
#include "web/wording.h"

#include <algorithm>
#include <optional>
#include <sstream>

namespace motcua::web {

namespace {

using signing::PaperService;

// A step as a box of the page says it: "DOSSIER TASK VERSION".
std::string keyOf(const process::Task& task) {
    return task.subject + " " + task.id + " " + std::to_string(task.version);
}

std::optional<PaperService::Chosen> chosenBy(const std::string& key) {
    std::istringstream words{key};
    PaperService::Chosen chosen;
    if (!(words >> chosen.dossier >> chosen.task >> chosen.version)) return std::nullopt;
    if (!isId(chosen.dossier) || !isId(chosen.task)) return std::nullopt;
    return chosen;
}

std::string shownCode(const dossier::WorkRow& row) {
    return row.code.empty() ? row.number : row.code;
}

std::string batchPath(const std::string& key) {
    return std::string{paths::kSignTogether} + "/" + key;
}

// { kind, text } of how it went with one of them.
view::Model outcomeTag(const http::Page& page, const PaperService::BatchState& state) {
    const bool failed =
        !state.item.error.empty() || (state.paper && !state.paper->made() && !state.paper->problem.empty());
    const bool done = state.paper && state.paper->made();
    view::Model tag;
    tag.set("kind", failed ? "failed" : done ? "done" : "info");
    tag.set("text", page.say(failed                            ? "together.failed"
                             : done                            ? "together.signed"
                             : state.paper || !state.item.open ? "together.approved"
                                                               : "together.under_way"));
    return tag;
}

std::string reasonOf(const http::Page& page, const http::Request& request,
                     const PaperService::BatchState& state) {
    if (!state.item.error.empty()) {
        Error error = rejected("dossier.stale");
        error.code = state.item.error;
        return http::sentenceOf(request, error);
    }
    if (!state.paper || state.paper->made() || state.paper->problem.empty()) return {};
    return state.paper->problem == signing::kNoProfile
               ? page.say("desk.waiting_no_profile")
               : page.say("desk.waiting_problem", {{"code", state.paper->problem}});
}

} // namespace

void SigningPages::mount(http::Router& router) {
    router.get(paths::kSignTogether, [this](http::Request& request) { return list(request); }).official();
    router.post(paths::kSignTogether, [this](http::Request& request) { return approved(request); })
        .official();
    router
        .get(std::string{paths::kSignTogether} + "/:batch",
             [this](http::Request& request) { return batch(request); })
        .official();
}

Result<http::Response> SigningPages::list(http::Request& request, const Error* error) {
    if (!request.actor().has("leader")) return denied("dossier.not_leader");
    MOTCUA_TRY(rows, dossiers_.approvable(request.context(), PaperService::kMostTogether));
    http::Page page{request, "sign_together"};
    page.title(page.say("together.title")).form();
    page.set("lead", page.say(rows.empty() ? "together.nothing" : "together.lead"));
    if (rows.empty()) return page.response();
    page.set("action", paths::kSignTogether);
    view::Model& boxes = page.model().add("controls");
    boxes.set("is_checkboxes", true).set("id", "steps").set("name", "steps");
    boxes.set("label", page.say("together.choose"));
    if (error && !error->fields.empty()) boxes.set("error", http::sentenceOf(request, error->fields.front()));
    const auto chosen = request.form().fields.all("steps");
    for (const dossier::WorkRow& row : rows) {
        view::Model& option = boxes.add("options");
        const std::string key = keyOf(*row.step);
        option.set("key", key).set("text", shownCode(row) + " – " + row.applicant);
        option.set("note", row.procedureName + " · " + row.step->name);
        option.set("option_id", &row == &rows.front() ? std::string{"steps"} : "steps-" + row.step->id);
        option.set("href", dossierPath(row.dossier));
        if (std::find(chosen.begin(), chosen.end(), key) != chosen.end()) option.set("selected", true);
    }
    page.model().add("buttons").set("text", page.say("together.button"));
    if (error) page.errors(*error);
    return page.response();
}

Result<http::Response> SigningPages::approved(http::Request& request) {
    if (!request.actor().has("leader")) return denied("dossier.not_leader");
    const auto wanted = request.form().fields.all("steps");
    if (wanted.empty()) {
        const Error none = invalidField("steps", "signing.none_chosen");
        return list(request, &none);
    }
    const auto key = request.idempotencyKey();
    if (!key) return invalid("http.csrf");
    std::vector<PaperService::Chosen> chosen;
    for (const std::string& one : wanted) {
        auto step = chosenBy(one);
        if (!step) return invalid("signing.none_chosen");
        // One that this leader does not see any more fails by itself.
        if (const auto dossier = dossiers_.find(request.context(), step->dossier))
            step->shown = dossier->code.empty() ? dossier->number : dossier->code;
        chosen.push_back(std::move(*step));
    }
    MOTCUA_CHECK(papers_.approveTogether(request.context(), *key, chosen));
    return http::Response::seeOther(batchPath(*key));
}

Result<http::Response> SigningPages::batch(http::Request& request) {
    const std::string key{request.param("batch")};
    MOTCUA_TRY(states, papers_.ofBatch(request.context(), key));
    http::Page page{request, "signed_together"};
    page.title(page.say("together.outcome"));
    for (const PaperService::BatchState& state : states) {
        view::Model& row = page.model().add("rows");
        row.set("href", workPath(state.item.dossier)).set("code", state.item.shown);
        row.set("tag", outcomeTag(page, state));
        const std::string reason = reasonOf(page, request, state);
        row.set("reason", reason.empty() ? view::Value{false} : view::Value{reason});
        if (state.paper && state.paper->made())
            row.set("paper", link(page.say("document." + state.paper->kind),
                                  dossierPath(state.item.dossier, "/tep/") + state.paper->file));
        else
            row.set("paper", false);
    }
    page.set("again", link(page.say("together.again"), batchPath(key)));
    page.set("more", link(page.say("together.more"), paths::kSignTogether));
    return page.response();
}

} // namespace motcua::web
