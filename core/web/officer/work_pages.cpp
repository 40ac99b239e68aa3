#include "web/officer/work_pages.h"

#include "http/errors.h"
#include "web/answers.h"
#include "web/paths.h"
#include "web/portal/filing_pages.h"
#include "web/timeline.h"
#include "web/wording.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace motcua::web {

namespace {

constexpr int kPageSize = 50;

// An act that turns somebody down stands apart in colour.
bool isWarning(std::string_view action) {
    return action == "reject" || action == "refuse" || action == "disagree";
}

bool needsReason(std::string_view action) {
    return isWarning(action) || action == "supplement" || action == "return";
}

std::string workPath(const std::string& id) {
    return std::string{paths::kWork} + "/" + id;
}

} // namespace

void WorkPages::mount(http::Router& router) {
    router.get(paths::kWork, [this](http::Request& request) { return list(request); }).official();
    router
        .get(std::string{paths::kWork} + "/:id", [this](http::Request& request) { return dossier(request); })
        .official();
    router.post(std::string{paths::kWork} + "/:id", [this](http::Request& request) { return acted(request); })
        .official();
}

std::string WorkPages::nameOf(const Context& context, const std::string& account) {
    return database_.read(context, [&](db::Reader& tx) { return identity_.displayName(tx, account); });
}

Result<http::Response> WorkPages::list(http::Request& request) {
    const auto tasks = dossiers_.workList(request.context(), kPageSize);
    const Instant now = clock_.now();
    http::Page page{request, "work_list"};
    page.title(page.say("work.title"));
    for (const char* column : {"code", "procedure", "applicant", "received", "step", "status", "due"})
        page.model().add("columns").set("text", page.say(std::string{"work."} + column));
    std::map<std::string, int> counts;
    for (const process::Task& task : tasks) {
        const auto dossier = dossiers_.find(request.context(), task.subject);
        if (!dossier) continue;
        const char* light = task.dueAt ? lightOf(*task.dueAt, now) : "green";
        ++counts[light];
        view::Model& row = page.model().add("rows");
        row.set("href", workPath(dossier->id))
            .set("code", dossier->code.empty() ? dossier->number : dossier->code);
        row.set("procedure", dossier->procedureName)
            .set("applicant", dossier->applicant)
            .set("step", task.name)
            .set("mark", light);
        if (dossier->submittedAt) row.set("received", vietnameseMoment(*dossier->submittedAt));
        row.setUnlessEmpty("holder",
                           task.assignee.empty() ? std::string{} : nameOf(request.context(), task.assignee));
        row.set("tag", stateTag(page, dossier->state));
        if (auto tag = dueTag(page, task.dueAt, now))
            row.set("due", std::move(*tag)).set("due_at", vietnameseMoment(*task.dueAt));
    }
    for (const char* light : {"red", "amber", "green"}) {
        view::Model& counter = page.model().add("counters");
        counter.set("kind", std::string{"due-"} + light)
            .set("text", page.say(std::string{"due."} + light + "_name"))
            .set("amount", counts[light]);
        counter.set("href", paths::kWork);
    }
    if (tasks.empty())
        page.model()
            .object("empty_state")
            .set("text", page.say("work.empty"))
            .set("note", page.say("work.empty_note"));
    return page.response();
}

void WorkPages::fillHead(http::Page& page, const dossier::Sight& sight) {
    const dossier::Dossier& dossier = sight.dossier;
    page.title(dossier.procedureName).set("code", dossier.code.empty() ? dossier.number : dossier.code);
    if (!dossier.code.empty()) page.set("submission", dossier.number);
    page.set("tag", stateTag(page, dossier.state));
    if (dossier.dueAt && dossier::isOpen(dossier.state))
        page.set("due", *dueTag(page, dossier.dueAt, clock_.now()))
            .set("due_at", vietnameseMoment(*dossier.dueAt));
    page.model().object("applicant").set("text", dossier.applicant);
}

// What the applicant handed in, what the agency made of it, and what is still to be made.
void WorkPages::fillPapers(http::Page& page, const dossier::Sight& sight,
                           const std::vector<signing::Paper>& made) {
    const std::string below = dossierPath(sight.dossier.id, "/tep/");
    std::set<std::string> ours;
    for (const signing::Paper& paper : made) {
        if (!paper.made()) {
            const bool signature = paper.problem == signing::kNoProfile;
            view::Model& row = page.model().object("waiting").add("items");
            row.set("text", page.say("document." + paper.kind));
            row.set("reason", page.say(signature               ? "desk.waiting_no_profile"
                                       : paper.problem.empty() ? "desk.waiting_soon"
                                                               : "desk.waiting_problem",
                                       {{"code", paper.problem}}));
            continue;
        }
        ours.insert(paper.file);
        view::Model row = link(page.say("document." + paper.kind), below + paper.file);
        view::Model state;
        state.set("kind", paper.isSigned ? "done" : "info");
        state.set("text", page.say(paper.isSigned ? "desk.signed" : "desk.unsigned"));
        row.set("signed_state", std::move(state));
        const view::Key list =
            paper.kind == signing::kResult ? view::Key{"drafts_of_result"} : view::Key{"slips"};
        page.model().object(list).list("items").emplace_back(std::move(row));
    }
    for (const files::File& file : sight.files) {
        if (ours.contains(file.id)) continue;
        view::Model attachment = link(file.name, below + file.id);
        attachment.set("size", sizeText(file.size));
        view::Model& paper = page.model().add("papers");
        paper.set("text", file.name);
        paper.list("attachments").emplace_back(std::move(attachment));
    }
}

void WorkPages::fillActions(http::Page& page, const http::Request& request, const dossier::Sight& sight,
                            const Error* error) {
    for (const dossier::OpenStep& step : sight.steps) {
        view::Model& shown = page.model().object("step");
        shown.set("text", step.view.task.name).set("holder", page.say("role." + step.view.task.role));
        if (auto tag = dueTag(page, step.view.task.dueAt, clock_.now())) shown.set("due", std::move(*tag));
        if (!step.mine) continue;
        std::vector<std::string> actions = step.view.directions.actions;
        if (actions.empty()) actions.emplace_back();
        for (const std::string& action : actions) {
            const std::string word = action.empty() ? "forward" : action;
            const bool chosen = error && request.form("action") == action;
            view::Model& fold = page.model().add("actions");
            fold.set("id", "act-" + word)
                .set("text", page.say("act." + word))
                .set("button", page.say("act." + word));
            fold.set("action", workPath(sight.dossier.id));
            if (isWarning(action)) fold.set("warning", true);
            if (chosen || actions.size() == 1) fold.set("open", true);
            const auto hidden = [&](const std::string& name, const std::string& value) {
                fold.add("controls").set("is_hidden", true).set("name", name).set("value", value);
            };
            hidden("task", step.view.task.id);
            hidden("version", std::to_string(step.view.task.version));
            hidden("action", action);
            view::Model& note = fold.add("controls");
            note.set("is_textarea", true).set("id", "note-" + word).set("name", "note");
            note.set("label", page.say(needsReason(action) ? "desk.reason" : "desk.opinion"));
            if (needsReason(action)) note.set("hint", page.say("desk.reason_hint"));
            if (!needsReason(action)) note.set("optional", true);
            if (chosen) {
                note.set("value", std::string{request.form("note")});
                if (!error->fields.empty())
                    note.set("error", http::sentenceOf(request, error->fields.front()));
            }
        }
    }
}

Result<http::Response> WorkPages::dossier(http::Request& request, const Error* error) {
    MOTCUA_TRY(sight, dossiers_.see(request.context(), request.param("id")));
    MOTCUA_TRY(package, dossiers_.package(request.context(), sight.dossier));
    http::Page page{request, "official_dossier"};
    page.form();
    fillHead(page, sight);
    MOTCUA_TRY(made, papers_.ofDossier(request.context(), sight.dossier.id));
    fillPapers(page, sight, made);
    auto summary =
        forms::summarise(package->definition, sight.dossier.answers, request.locale(), clock_.now());
    // Papers have their own list here, with their files.
    std::erase_if(summary, [](const forms::SummarySection& section) { return section.key == "papers"; });
    fillSummary(page.model().list("forms_of_data"), page, summary);
    fillActions(page, request, sight, error);
    fillTimeline(page, sight.events,
                 [&](const std::string& account) { return nameOf(request.context(), account); });
    if (error) page.errors(*error);
    return page.response();
}

Result<http::Response> WorkPages::acted(http::Request& request) {
    dossier::Action action;
    action.dossierId = request.param("id");
    action.taskId = request.form("task");
    action.taskVersion = std::atoll(std::string{request.form("version")}.c_str());
    action.action = request.form("action");
    action.note = request.form("note");
    const auto done = dossiers_.act(request.context(), action);
    if (done) {
        http::Response response = http::Response::seeOther(paths::kWork);
        response.flash("notice.step_done", {{"code", done->code.empty() ? done->number : done->code}});
        return response;
    }
    if (done.error().kind != ErrorKind::Invalid && done.error().kind != ErrorKind::Conflict)
        return done.error();
    return dossier(request, &done.error());
}

} // namespace motcua::web
