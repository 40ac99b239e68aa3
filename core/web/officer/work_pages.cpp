#include "web/officer/work_pages.h"

#include "http/errors.h"
#include "web/answers.h"
#include "web/officer/money_pages.h"
#include "web/paths.h"
#include "web/portal/filing_pages.h"
#include "web/timeline.h"
#include "web/wording.h"

#include <algorithm>
#include <initializer_list>
#include <tuple>

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

// What is written there reaches the applicant; a reason to give a step back, or not to agree, is for
// colleagues.
bool reachesApplicant(std::string_view action) {
    return action == "supplement" || action == "reject" || action == "refuse";
}

dossier::WorkAsked askedBy(const http::Request& request) {
    using dossier::Urgency;
    using Show = dossier::WorkAsked::Show;
    const std::string_view show = request.query("show");
    const std::string_view due = request.query("due");
    dossier::WorkAsked asked;
    asked.show = show == "mine" ? Show::Mine : show == "waiting" ? Show::Waiting : Show::All;
    asked.urgency = due == "late"      ? Urgency::Late
                    : due == "soon"    ? Urgency::Soon
                    : due == "in_time" ? Urgency::InTime
                                       : Urgency::Any;
    asked.words = request.query("q");
    asked.after = request.query("after");
    asked.before = request.query("before");
    asked.limit = kPageSize;
    return asked;
}

// The list as it is asked for now, with some of that changed; any change but of the page begins at its
// beginning.
std::string pathWith(const http::Request& request,
                     std::initializer_list<std::pair<std::string_view, std::string_view>> changes) {
    std::string path;
    const auto add = [&](std::string_view name, std::string_view value) {
        if (!value.empty())
            path += (path.empty() ? "?" : "&") + std::string{name} + "=" + http::percentEncode(value);
    };
    for (const std::string_view name : {"show", "due", "q"}) {
        const auto change =
            std::find_if(changes.begin(), changes.end(), [&](const auto& one) { return one.first == name; });
        add(name, change == changes.end() ? request.query(name) : change->second);
    }
    for (const auto& [name, value] : changes)
        if (name == "after" || name == "before") add(name, value);
    return paths::kWork + path;
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

WorkPages::Names WorkPages::namesOf(const Context& context, std::vector<std::string> accounts) {
    std::sort(accounts.begin(), accounts.end());
    accounts.erase(std::unique(accounts.begin(), accounts.end()), accounts.end());
    std::erase(accounts, std::string{});
    if (accounts.empty()) return {};
    return database_.read(context, [&](db::Reader& tx) { return identity_.displayNames(tx, accounts); });
}

Result<http::Response> WorkPages::list(http::Request& request) {
    const dossier::WorkAsked asked = askedBy(request);
    MOTCUA_TRY(work, dossiers_.workList(request.context(), asked));
    http::Page page{request, "work_list"};
    page.title(page.say("work.title")).set("action", paths::kWork);
    page.model().setUnlessEmpty("asked", asked.words);
    if (request.actor().has("leader"))
        page.set("together", link(page.say("work.together"), paths::kSignTogether));
    for (const char* kept : {"show", "due"})
        if (const auto value = request.query(kept); !value.empty())
            page.model().add("kept").set("name", kept).set("value", std::string{value});
    fillCounts(page, request, dossiers_.workCounts(request.context()));
    for (const char* column : {"code", "procedure", "applicant", "received", "step", "status", "due"})
        page.model().add("columns").set("text", page.say(std::string{"work."} + column));
    std::vector<std::string> holders;
    for (const dossier::WorkRow& row : work.rows)
        if (row.step) holders.push_back(row.step->assignee);
    const Names names = namesOf(request.context(), std::move(holders));
    const auto& regions = request.actor().regions;
    const dossier::Pressing at =
        dossiers_.pressing(request.context(), regions.empty() ? std::string{} : regions.front());
    page.model().list("rows").reserve(work.rows.size());
    for (const dossier::WorkRow& row : work.rows)
        fillRow(page, row, names, at);
    if (work.rows.empty())
        page.model()
            .object("empty_state")
            .set("text", page.say(asked.words.empty() ? "work.empty" : "work.nothing_found"))
            .set("note", page.say(asked.words.empty() ? "work.empty_note" : "work.nothing_found_note"));
    if (work.hasBefore)
        page.model()
            .object("paging")
            .object("previous")
            .set("href", pathWith(request, {{"before", work.first}}));
    if (work.hasAfter)
        page.model().object("paging").object("next").set("href", pathWith(request, {{"after", work.last}}));
    return page.response();
}

void WorkPages::fillCounts(http::Page& page, const http::Request& request,
                           const dossier::WorkCounts& counts) {
    const auto amount = [](std::int64_t count) {
        return count < dossier::kCountedWork ? std::to_string(count)
                                             : std::to_string(dossier::kCountedWork - 1) + "+";
    };
    const std::string_view show = request.query("show");
    for (const auto& [key, word, count] :
         {std::tuple{"", "work.group", counts.all}, std::tuple{"mine", "work.mine", counts.mine},
          std::tuple{"waiting", "work.waiting", counts.waiting}}) {
        view::Model tab = link(page.say(word), pathWith(request, {{"show", key}, {"due", ""}}));
        tab.set("count", amount(count));
        if (show == key) tab.set("current", true);
        page.model().object("tabs").list("items").emplace_back(std::move(tab));
    }
    for (const auto& [key, light, count] :
         {std::tuple{"late", "red", counts.late}, std::tuple{"soon", "amber", counts.soon},
          std::tuple{"in_time", "green", counts.inTime}}) {
        const bool current = request.query("due") == key;
        view::Model& counter = page.model().add("counters");
        counter.set("kind", std::string{"due-"} + light)
            .set("text", page.say(std::string{"due."} + light + "_name"))
            .set("amount", amount(count))
            .set("href", pathWith(request, {{"show", ""}, {"due", current ? "" : key}}));
        if (current) counter.set("current", true);
    }
}

void WorkPages::fillRow(http::Page& page, const dossier::WorkRow& work, const Names& names,
                        const dossier::Pressing& at) {
    view::Model& row = page.model().add("rows");
    row.reserve(12);
    row.set("href", workPath(work.dossier)).set("code", work.code.empty() ? work.number : work.code);
    row.set("procedure", work.procedureName).set("applicant", work.applicant);
    if (work.submittedAt) row.set("received", vietnameseMoment(*work.submittedAt));
    row.set("tag", stateTag(page, work.state));
    if (!work.step) {
        row.set("mark", "paused");
        return;
    }
    row.set("step", work.step->name).set("mark", work.step->dueAt ? lightOf(*work.step->dueAt, at) : "green");
    if (const auto holder = names.find(work.step->assignee); holder != names.end())
        row.setUnlessEmpty("holder", holder->second);
    if (auto tag = dueTag(page, work.step->dueAt, at))
        row.set("due", std::move(*tag)).set("due_at", vietnameseMoment(*work.step->dueAt));
}

void WorkPages::fillHead(http::Page& page, const Context& context, const dossier::Sight& sight) {
    const dossier::Dossier& dossier = sight.dossier;
    page.title(dossier.procedureName).set("code", dossier.code.empty() ? dossier.number : dossier.code);
    if (!dossier.code.empty()) page.set("submission", dossier.number);
    page.set("tag", stateTag(page, dossier.state));
    if (auto tag = dueTag(page, dossier, dossiers_.pressing(context, dossier.agency)))
        page.set("due", std::move(*tag)).set("due_at", vietnameseMoment(*dossier.dueAt));
    page.model().object("applicant").set("text", dossier.applicant);
    if (sight.applicant) fillCounter(page, sight);
}

// Filed in person: by whom, who need not be the one that the form is about, and what the desk does for him
// when he comes back.
void WorkPages::fillCounter(http::Page& page, const dossier::Sight& sight) {
    const dossier::Dossier& dossier = sight.dossier;
    view::Model& counter = page.model().object("counter");
    std::string who = sight.applicant->name;
    for (const std::string* part :
         {&sight.applicant->nationalId, &sight.applicant->phone, &sight.applicant->email})
        if (!part->empty()) who += " · " + *part;
    counter.set("text", page.say("reception.channel")).set("who", who);
    if (dossier.feeDue())
        counter.set("fee", page.say("reception.fee_due", {{"amount", format(dossier.fee)}}));
    if (!sight.desk) return;
    if (dossier.state == dossier::State::Supplement)
        counter.list("items").emplace_back(
            link(page.say("reception.supplement"), dossierPath(dossier.id, "/bo-sung")));
    if (dossier::isOpen(dossier.state))
        counter.list("items").emplace_back(
            link(page.say("dossier.withdraw"), dossierPath(dossier.id, "/rut")));
}

// What the agency made of it, and what is still to be made.
void WorkPages::fillMade(http::Page& page, const dossier::Sight& sight,
                         const std::vector<signing::Paper>& made) {
    const std::string below = dossierPath(sight.dossier.id, "/tep/");
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
        view::Model row = link(page.say("document." + paper.kind), below + paper.file);
        view::Model state;
        state.set("kind", paper.isSigned ? "done" : "info");
        state.set("text", page.say(paper.isSigned ? "desk.signed" : "desk.unsigned"));
        row.set("signed_state", std::move(state));
        const view::Key list =
            paper.kind == signing::kResult ? view::Key{"drafts_of_result"} : view::Key{"slips"};
        page.model().object(list).list("items").emplace_back(std::move(row));
    }
}

// What the applicant handed in, by the name of the paper that it is.
void WorkPages::fillPapers(http::Page& page, const http::Request& request, const dossier::Dossier& dossier,
                           const forms::Form& form) {
    for (const forms::Paper& paper : form.papers) {
        const Json& present = dossier.answers["papers"][paper.key];
        if (present.items().empty()) continue;
        view::Model& row = page.model().add("papers");
        row.set("text", paper.label.in(request.locale()));
        for (const Json& file : present.items()) {
            if (file.has("seen")) {
                view::Model check;
                check.set("kind", "done");
                check.set("text", forms::seenText(file["seen"].string(), request.locale()));
                row.list("seen").emplace_back(std::move(check));
                continue;
            }
            view::Model attachment =
                link(file["name"].string(), dossierPath(dossier.id, "/tep/") + file["file"].string());
            attachment.set("size", sizeText(file["size"].integer()));
            row.list("attachments").emplace_back(std::move(attachment));
        }
    }
}

void WorkPages::fillActions(http::Page& page, const http::Request& request, const dossier::Sight& sight,
                            const Error* error) {
    for (const process::Incident& incident : sight.incidents) {
        Error cause = internal(incident.error);
        cause.params = incident.params;
        const std::string reason = http::sentenceOf(request, cause);
        page.model()
            .object("incidents")
            .add("items")
            .set("text", page.say("desk.incident", {{"since", vietnameseMoment(incident.since)},
                                                    {"times", std::to_string(incident.attempts)},
                                                    {"retry", vietnameseMoment(incident.retryAt)},
                                                    {"reason", reason}}));
    }
    const auto mine = std::count_if(sight.steps.begin(), sight.steps.end(),
                                    [](const dossier::OpenStep& step) { return step.mine; });
    for (const dossier::OpenStep& step : sight.steps) {
        view::Model& shown = page.model().object("step");
        shown.set("text", step.view.task.name).set("holder", page.say("role." + step.view.task.role));
        auto tag =
            dueTag(page, step.view.task.dueAt, dossiers_.pressing(request.context(), step.view.task.agency));
        // A name that is absent would be looked for on the page around: the dossier's own due time.
        shown.set("due", tag ? view::Value{std::move(*tag)} : view::Value{false});
        if (!step.mine) continue;
        if (sight.resultUnsigned) {
            page.set("held", page.say("desk.result_unsigned"));
            continue;
        }
        std::vector<std::string> actions = step.view.directions.actions;
        if (actions.empty()) actions.emplace_back();
        for (const std::string& action : actions)
            fillAction(page, request, step, {action, actions.size() == 1, mine > 1}, error);
    }
}

// The note of an act by its own id: several steps may be open at once, with the same acts.
std::string WorkPages::noteId(const http::Request& request) {
    const std::string_view action = request.form("action");
    return "note-" + std::string{action.empty() ? "forward" : action} + "-" +
           std::string{request.form("task")};
}

void WorkPages::fillAction(http::Page& page, const http::Request& request, const dossier::OpenStep& step,
                           const Act& act, const Error* error) {
    const process::Task& task = step.view.task;
    const std::string word = act.action.empty() ? "forward" : act.action;
    const bool chosen = error && request.form("action") == act.action && request.form("task") == task.id;
    const std::string said = page.say("act." + word);
    view::Model& fold = page.model().add("actions");
    fold.set("id", "act-" + word + "-" + task.id)
        .set("text", act.oneOfSeveralSteps ? said + " – " + task.name : said)
        .set("button", said);
    fold.set("action", workPath(task.subject));
    if (isWarning(act.action)) fold.set("warning", true);
    if (chosen || act.only) fold.set("open", true);
    const auto hidden = [&](const std::string& name, const std::string& value) {
        fold.add("controls").set("is_hidden", true).set("name", name).set("value", value);
    };
    hidden("task", task.id);
    hidden("version", std::to_string(task.version));
    hidden("action", act.action);
    view::Model& note = fold.add("controls");
    note.set("is_textarea", true).set("id", "note-" + word + "-" + task.id).set("name", "note");
    note.set("label", page.say(needsReason(act.action) ? "desk.reason" : "desk.opinion"));
    if (reachesApplicant(act.action)) note.set("hint", page.say("desk.reason_hint"));
    if (needsReason(act.action) && !reachesApplicant(act.action))
        note.set("hint", page.say("desk.reason_hint_colleagues"));
    if (!needsReason(act.action)) note.set("optional", true);
    if (!chosen) return;
    note.set("value", std::string{request.form("note")});
    if (!error->fields.empty()) note.set("error", http::sentenceOf(request, error->fields.front()));
}

void WorkPages::fillPayments(http::Page& page, const Context& context, const dossier::Dossier& dossier) {
    const bool due = dossier.feeDue() && !dossier::isEnded(dossier.state);
    if (due && payments_.mayTake(context, dossier.agency))
        page.model()
            .object("payments")
            .set("collect", link(page.say("money.take_for", {{"amount", format(dossier.fee)}}),
                                 takeForPath(dossier.id)));
    for (const payment::Payment& one : payments_.ofDossier(context, dossier.id)) {
        view::Model& row = page.model().object("payments").add("items");
        row.set("text", one.reference)
            .set("amount", format(one.amount))
            .set("when", vietnameseMoment(one.paidAt.value_or(one.madeAt)));
        row.set("paid_state", paymentTag(page, one.state));
        row.setUnlessEmpty("why", attentionText(page, one));
        if (payment::hadMoney(one.state) && one.shown && !one.providerReference.empty())
            row.set("receipt", page.say("money.receipt", {{"number", one.providerReference}}));
        if (payments_.takeable(context, one))
            row.set("take", link(page.say("money.take_title"), takePath(one.id)));
        if (context.actor.has("leader") && payments_.refundable(context, one))
            row.set("refund", link(page.say("money.refund"), refundPath(one.id)));
    }
}

Result<http::Response> WorkPages::dossier(http::Request& request, const Error* error) {
    MOTCUA_TRY(sight, dossiers_.see(request.context(), request.param("id")));
    MOTCUA_TRY(package, dossiers_.package(request.context(), sight.dossier));
    http::Page page{request, "official_dossier"};
    page.form();
    fillHead(page, request.context(), sight);
    MOTCUA_TRY(made, papers_.ofDossier(request.context(), sight.dossier.id));
    fillMade(page, sight, made);
    auto summary =
        forms::summarise(package->definition, sight.dossier.answers, request.locale(), clock_.now());
    // Papers have their own list here, with their files.
    std::erase_if(summary, [](const forms::SummarySection& section) { return section.key == "papers"; });
    fillSummary(page.model().list("forms_of_data"), page, summary);
    fillPapers(page, request, sight.dossier, package->definition.form());
    fillActions(page, request, sight, error);
    fillPayments(page, request.context(), sight.dossier);
    std::vector<std::string> actors;
    for (const dossier::Event& event : sight.events)
        actors.push_back(event.actor);
    const Names names = namesOf(request.context(), std::move(actors));
    fillTimeline(page, sight.events, Reader::Official, [&](const std::string& account) {
        const auto name = names.find(account);
        return name == names.end() ? std::string{} : name->second;
    });
    if (error) {
        Error led = *error;
        for (FieldError& field : led.fields)
            if (field.field == "note") field.field = noteId(request);
        page.errors(led);
    }
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
    const ErrorKind kind = done.error().kind;
    // What was written stands on the page again.
    if (kind != ErrorKind::Invalid && kind != ErrorKind::Conflict && kind != ErrorKind::Rejected)
        return done.error();
    return dossier(request, &done.error());
}

} // namespace motcua::web
