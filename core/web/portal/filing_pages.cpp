#include "web/portal/filing_pages.h"

#include "base/id.h"
#include "forms/post.h"
#include "http/errors.h"
#include "web/answers.h"
#include "web/controls.h"
#include "web/paths.h"
#include "web/wording.h"

#include <algorithm>

namespace motcua::web {

namespace {

constexpr std::size_t kUploadBytes = 60u << 20;

const char* wordOf(forms::Progress progress) {
    switch (progress) {
    case forms::Progress::Blocked:
        return "blocked";
    case forms::Progress::Todo:
        return "todo";
    case forms::Progress::Doing:
        return "doing";
    case forms::Progress::Missing:
        return "missing";
    case forms::Progress::Done:
        return "done";
    }
    return "todo";
}

view::Model progressTag(const http::Page& page, forms::Progress progress) {
    const std::string word = wordOf(progress);
    view::Model tag;
    tag.set("kind", word).set("text", page.say("task." + word));
    return tag;
}

// What is wrong with papers, by the slot of the page that it belongs to.
Error ofSlots(const Error& error, const forms::Form& form, const std::string& locale) {
    constexpr std::string_view papers = "papers.";
    Error made = error;
    for (FieldError& field : made.fields) {
        field = forms::localised(form, field, locale);
        if (!field.field.starts_with(papers)) continue;
        const std::string path = field.field.substr(papers.size());
        field.field = "slot-" + path.substr(0, path.find('.'));
    }
    return made;
}

bool isHidden(const forms::Verdict& verdict, std::string_view path) {
    for (std::size_t end = path.find('.'); end != std::string_view::npos; end = path.find('.', end + 1))
        if (!verdict.shows(path.substr(0, end))) return true;
    return !verdict.shows(path);
}

// Answers open further questions: who could not have seen them has made no mistake. The questions that were
// opened by this page, where nothing else is wrong; the page that asks them carries all asked so far.
std::string newlyAsked(const forms::Definition& form, const Json& before, const Error& error,
                       std::string_view asked, Instant now) {
    const auto seen = forms::judge(form, before, {now, forms::Stage::Draft, {}});
    std::string all{asked};
    for (const FieldError& field : error.fields) {
        const std::string mark = "|" + field.field + "|";
        if (!isHidden(seen, field.field) || asked.find(mark) != std::string_view::npos) return {};
        all += mark;
    }
    return error.fields.empty() ? std::string{} : all;
}

void fillStored(view::Model& slot, const std::string& dossier, const std::string& key, const Json& present,
                const std::string& locale) {
    for (const Json& file : present.items()) {
        const bool seen = file.has("seen"); // at the counter: there is no file
        const std::string& id = file[seen ? "seen" : "file"].string();
        view::Model row;
        if (seen) {
            row.set("text", forms::seenText(id, locale));
        } else {
            row = link(file["name"].string(), dossierPath(dossier, "/tep/") + id);
            row.set("size", sizeText(file["size"].integer()));
        }
        row.set("remove_action", dossierPath(dossier, "/giay-to/") + key + "/" + id + "/xoa");
        slot.object("stored").list("items").emplace_back(std::move(row));
    }
}

// What the desk need not scan: the paper was shown, or a copy of it was handed in.
void fillSight(const http::Page& page, view::Model& slot, const std::string& dossier, const std::string& key,
               const std::string& what, const Json& present) {
    view::Model sight;
    for (const char* seen : {"original", "copy"}) {
        const auto& files = present.items();
        if (std::any_of(files.begin(), files.end(),
                        [&](const Json& one) { return one["seen"] == Json{seen}; }))
            continue;
        view::Model& button = sight.add("buttons");
        button.set("text", forms::seenText(seen, page.locale())).set("key", seen);
    }
    sight.set("action", dossierPath(dossier, "/giay-to/") + key + "/tai-quay").set("what", what);
    slot.set("sight", std::move(sight));
}

// At the counter the fee is taken once the dossier has its code.
void fillCounterFee(http::Page& page, const dossier::Dossier& dossier) {
    view::Model& group = page.model().add("groups");
    group.set("text", page.say("tasks.group_fee"));
    view::Model& row = group.add("tasks");
    row.set("task_id", "task-fee").set("text", page.say("tasks.fee", {{"amount", format(dossier.fee)}}));
    view::Model tag;
    tag.set("kind", "info").set("text", page.say("reception.fee_later"));
    row.set("tag", std::move(tag));
}

// The fee is paid last: only what is answered says what it is.
void fillFeeTask(http::Page& page, const dossier::Dossier& dossier, bool answered) {
    view::Model group;
    group.set("text", page.say("tasks.group_fee"));
    view::Model& row = group.add("tasks");
    row.set("task_id", "task-fee").set("text", page.say("tasks.fee", {{"amount", format(dossier.fee)}}));
    row.set("tag", progressTag(page, !dossier.feeDue() ? forms::Progress::Done
                                     : answered        ? forms::Progress::Todo
                                                       : forms::Progress::Blocked));
    if (answered) row.set("href", dossierPath(dossier.id, "/thanh-toan"));
    page.model().list("groups").emplace_back(std::move(group));
}

forms::PageRequest pageRequest(const http::Request& request, Instant now) {
    forms::PageRequest wanted;
    wanted.locale = request.locale();
    wanted.now = now;
    wanted.say = [&request](const FieldError& error) { return http::sentenceOf(request, error); };
    return wanted;
}

} // namespace

std::string dossierPath(const std::string& id, const char* below) {
    return std::string{paths::kDossiers} + "/" + id + below;
}

std::string workPath(const std::string& id) {
    return std::string{paths::kWork} + "/" + id;
}

void FilingPages::mount(http::Router& router) {
    const std::string base{paths::kDossiers};
    router.get(base + "/nop/:code", [this](http::Request& request) { return chooseAgency(request); })
        .signedIn();
    router.post(base + "/nop/:code", [this](http::Request& request) { return begin(request); }).signedIn();
    router.get(base + "/:id/phan/:section", [this](http::Request& request) { return section(request); })
        .signedIn();
    router.post(base + "/:id/phan/:section", [this](http::Request& request) { return saved(request); })
        .signedIn();
    router.get(base + "/:id/giay-to", [this](http::Request& request) { return papers(request); }).signedIn();
    router.post(base + "/:id/giay-to", [this](http::Request& request) { return papersDone(request); })
        .signedIn();
    router.post(base + "/:id/giay-to/:slot", [this](http::Request& request) { return uploaded(request); })
        .signedIn()
        .bodyLimit(kUploadBytes);
    router
        .post(base + "/:id/giay-to/:slot/tai-quay", [this](http::Request& request) { return seen(request); })
        .official();
    router
        .post(base + "/:id/giay-to/:slot/:file/xoa",
              [this](http::Request& request) { return removed(request); })
        .signedIn();
    router.get(base + "/:id/kiem-tra", [this](http::Request& request) { return check(request); }).signedIn();
    router.post(base + "/:id/kiem-tra", [this](http::Request& request) { return submitted(request); })
        .signedIn();
    router.get(base + "/:id/da-nop", [this](http::Request& request) { return confirmation(request); })
        .signedIn();
    router.post(base + "/:id/xoa", [this](http::Request& request) { return discard(request); }).signedIn();
}

Result<http::Response> FilingPages::chooseAgency(http::Request& request, const Error* error) {
    MOTCUA_TRY(stored, catalogue_.procedure(request.context(), request.param("code")));
    http::Page page{request, "simple_form"};
    page.title(page.say("filing.where")).form().set("lead", stored.procedure.name.in(request.locale()));
    page.set("action", std::string{request.path()});
    view::Model& control = page.model().add("controls");
    control.set("is_select", true)
        .set("id", "agency")
        .set("name", "agency")
        .set("label", page.say("filing.agency"));
    control.set("hint", page.say("filing.agency_hint"));
    control.set("empty", true);
    for (const agency::Agency& agency : catalogue_.receivers(request.context(), stored.procedure)) {
        view::Model& option = control.add("options");
        option.set("key", agency.id).set("text", agency.label(request.locale()));
        if (agency.id == request.form("agency")) option.set("selected", true);
    }
    if (error) {
        control.set("error",
                    http::sentenceOf(request, error->fields.empty() ? FieldError{"agency", error->code}
                                                                    : error->fields.front()));
        page.errors(*error);
    }
    setButton(page.model(), page.say("filing.begin"));
    return page.response();
}

Result<http::Response> FilingPages::begin(http::Request& request) {
    const auto draft = dossiers_.begin(request.context(), request.param("code"), request.form("agency"));
    if (draft) return http::Response::seeOther(dossierPath(draft->id));
    if (draft.error().kind == ErrorKind::Invalid) return chooseAgency(request, &draft.error());
    return draft.error();
}

Result<http::Response> FilingPages::taskList(http::Request& request, const dossier::Dossier& dossier) {
    MOTCUA_TRY(package, dossiers_.package(request.context(), dossier));
    const auto tasks = forms::tasks(package->definition, dossier.answers, request.locale(), clock_.now());
    http::Page page{request, "dossier_task_list"};
    page.title(dossier.procedureName).form();
    std::size_t done = 0;
    view::Model group;
    group.set("text", page.say("tasks.group_answers"));
    for (const forms::Task& task : tasks) {
        view::Model& row = group.add("tasks");
        row.set("task_id", "task-" + task.section)
            .set("text", task.section == "papers" ? page.say("upload.title") : task.title)
            .set("tag", progressTag(page, task.progress));
        if (task.progress != forms::Progress::Blocked)
            row.set("href", task.section == "papers" ? dossierPath(dossier.id, "/giay-to")
                                                     : dossierPath(dossier.id, "/phan/") + task.section);
        if (task.progress == forms::Progress::Done) ++done;
    }
    page.model().list("groups").emplace_back(std::move(group));
    const bool answered = done == tasks.size();
    std::size_t total = tasks.size();
    if (dossier.inPerson()) {
        page.set("applicant", page.say("reception.for", {{"name", dossier.applicant}}));
        if (dossier.fee.dong > 0) fillCounterFee(page, dossier);
    } else if (dossier.fee.dong > 0) {
        fillFeeTask(page, dossier, answered);
        ++total;
        if (!dossier.feeDue()) ++done;
    }
    page.set("progress_text",
             page.say("tasks.progress", {{"done", std::to_string(done)}, {"total", std::to_string(total)}}));
    page.set("draft_text",
             page.say("tasks.draft",
                      {{"date", civilDay(dossier.changedAt).plus(dossier::draftDays).vietnamese()}}));
    if (answered && dossier.feeDue() && !dossier.inPerson())
        page.model()
            .add("buttons")
            .set("text", page.say("payment.pay", {{"amount", format(dossier.fee)}}))
            .set("href", dossierPath(dossier.id, "/thanh-toan"));
    else if (answered)
        page.model()
            .add("buttons")
            .set("text", page.say(dossier.inPerson() ? "reception.check" : "tasks.check"))
            .set("href", dossierPath(dossier.id, "/kiem-tra"));
    page.model().object("remove").set("action", dossierPath(dossier.id, "/xoa"));
    return page.response();
}

http::Response FilingPages::sectionPage(http::Request& request, const dossier::Dossier& dossier,
                                        const forms::Page& made, const std::string& asked) {
    http::Page page{request, "form_page"};
    page.title(made.title).form().set("action", std::string{request.path()});
    if (!made.errors.empty()) page.status(422);
    forms::fill(page.model(), made);
    view::Model& version = page.model().add("controls");
    version.set("is_hidden", true).set("name", "version").set("value", std::to_string(dossier.version));
    if (!asked.empty()) page.set("more_note", page.say("form_page.more"));
    if (!asked.empty())
        page.model().add("controls").set("is_hidden", true).set("name", "asked").set("value", asked);
    page.set("back", link(dossier.procedureName, dossierPath(dossier.id)));
    for (const auto& [text, table] : made.addRow)
        page.model()
            .add("buttons")
            .set("text", text)
            .set("name", "more")
            .set("key", table)
            .set("secondary", true);
    page.model().add("buttons").set("text", page.say("form_page.continue"));
    page.model()
        .add("buttons")
        .set("text", page.say("form_page.later"))
        .set("name", "later")
        .set("key", "1")
        .set("secondary", true);
    return page.response();
}

Result<http::Response> FilingPages::section(http::Request& request) {
    MOTCUA_TRY(dossier, dossiers_.find(request.context(), request.param("id")));
    if (dossier.state != dossier::State::Draft) return http::Response::seeOther(dossierPath(dossier.id));
    MOTCUA_TRY(package, dossiers_.package(request.context(), dossier));
    MOTCUA_TRY(made, forms::makePage(package->definition, request.param("section"), dossier.answers, {},
                                     pageRequest(request, clock_.now())));
    return sectionPage(request, dossier, made);
}

std::string FilingPages::after(const dossier::Dossier& dossier, const forms::Definition& form,
                               const std::string& section) const {
    const std::string next = forms::nextSection(form, section, dossier.answers, clock_.now());
    if (next.empty()) return dossierPath(dossier.id);
    return next == "papers" ? dossierPath(dossier.id, "/giay-to") : dossierPath(dossier.id, "/phan/") + next;
}

Result<http::Response> FilingPages::saved(http::Request& request) {
    MOTCUA_TRY(dossier, dossiers_.find(request.context(), request.param("id")));
    if (dossier.state != dossier::State::Draft) return http::Response::seeOther(dossierPath(dossier.id));
    MOTCUA_TRY(package, dossiers_.package(request.context(), dossier));
    const std::string& section = request.param("section");
    const Json answers =
        forms::readPost(package->definition, section, request.form().fields.pairs(), dossier.answers);
    forms::PageRequest wanted = pageRequest(request, clock_.now());
    if (const std::string table{request.form("more")}; !table.empty()) {
        wanted.moreRowsIn = table;
        MOTCUA_TRY(made, forms::makePage(package->definition, section, answers, {}, wanted));
        return sectionPage(request, dossier, made);
    }
    // A page from before another change: what was typed is shown again, on top of the newest state.
    const std::int64_t expected = std::atoll(std::string{request.form("version")}.c_str());
    // Who goes on later may leave the page half filled; only what is wrong as it stands comes back.
    const bool later = !request.form("later").empty();
    const auto kept =
        dossiers_.save(request.context(), dossier.id, expected, answers, later ? std::string{} : section);
    if (kept)
        return http::Response::seeOther(later ? dossierPath(dossier.id)
                                              : after(*kept, package->definition, section));
    if (kept.error().kind != ErrorKind::Invalid && kept.error().code != "dossier.stale") return kept.error();
    std::vector<FieldError> errors;
    for (const FieldError& error : kept.error().fields)
        errors.push_back(forms::localised(package->definition.form(), error, request.locale()));
    const std::string asked =
        newlyAsked(package->definition, dossier.answers, kept.error(), request.form("asked"), clock_.now());
    if (!asked.empty()) {
        MOTCUA_TRY(more, forms::makePage(package->definition, section, answers, {}, wanted));
        return sectionPage(request, dossier, more, asked);
    }
    MOTCUA_TRY(made, forms::makePage(package->definition, section, answers, errors, wanted));
    if (errors.empty()) made.errors.emplace_back(http::sentenceOf(request, kept.error()), "#main");
    return sectionPage(request, dossier, made);
}

Result<http::Response> FilingPages::papers(http::Request& request, const Error* error) {
    MOTCUA_TRY(dossier, dossiers_.find(request.context(), request.param("id")));
    if (dossier.state != dossier::State::Draft && dossier.state != dossier::State::Supplement)
        return http::Response::seeOther(dossierPath(dossier.id));
    MOTCUA_TRY(package, dossiers_.package(request.context(), dossier));
    const bool desk = dossier.inPerson() && request.actor().kind == ActorKind::Official;
    const forms::Form& form = package->definition.form();
    const auto verdict =
        forms::judge(package->definition, dossier.answers, {clock_.now(), forms::Stage::Draft, {}});
    http::Page page{request, "upload"};
    page.title(page.say("upload.title"))
        .form()
        .set("back", link(dossier.procedureName, dossierPath(dossier.id)));
    page.set("lead", page.say("upload.lead", {{"size", "10"}})).set("accept", ".pdf,.jpg,.jpeg,.png");
    page.set("continue_action", dossierPath(dossier.id, "/giay-to"));
    const Error wrong = error ? ofSlots(*error, form, request.locale()) : Error{};
    if (error) page.errors(wrong);
    for (const forms::Paper& paper : form.papers) {
        if (!verdict.shows("papers." + paper.key)) continue;
        const Json& present = dossier.answers["papers"][paper.key];
        const bool needed = verdict.neededPapers.contains(paper.key);
        view::Model& slot = page.model().add("slots");
        slot.set("id", "slot-" + paper.key).set("name", "file").set("text", paper.label.in(request.locale()));
        slot.setUnlessEmpty("rule", paper.hint.in(request.locale()));
        view::Model tag;
        const bool has = !present.items().empty();
        tag.set("kind", has ? "done" : needed ? "todo" : "info");
        tag.set("text", page.say(has ? "upload.present" : needed ? "upload.required" : "upload.optional"));
        slot.set("tag", std::move(tag)).set("action", dossierPath(dossier.id, "/giay-to/") + paper.key);
        for (const FieldError& field : wrong.fields)
            if (field.field == "slot-" + paper.key) slot.set("error", http::sentenceOf(request, field));
        fillStored(slot, dossier.id, paper.key, present, request.locale());
        if (desk) fillSight(page, slot, dossier.id, paper.key, paper.label.in(request.locale()), present);
    }
    return page.response();
}

Result<http::Response> FilingPages::uploaded(http::Request& request) {
    const std::string& slot = request.param("slot");
    if (request.form().uploads.empty()) {
        const Error none = invalidField("papers." + slot, "file.not_chosen");
        return papers(request, &none);
    }
    for (const http::Upload& upload : request.form().uploads) {
        const auto content = upload.content;
        const files::Source source{content->size(), [content](std::uint64_t offset, std::size_t count) {
                                       return content->read(offset, count);
                                   }};
        const auto added =
            dossiers_.addPaper(request.context(), request.param("id"), slot, upload.fileName, source);
        if (added) continue;
        if (added.error().kind != ErrorKind::Invalid && added.error().kind != ErrorKind::TooLarge)
            return added.error();
        Error shown = added.error();
        if (shown.fields.empty()) shown.fields = {{"papers." + slot, shown.code, shown.params}};
        return papers(request, &shown);
    }
    return http::Response::seeOther(dossierPath(request.param("id"), "/giay-to"));
}

Result<http::Response> FilingPages::seen(http::Request& request) {
    MOTCUA_CHECK(dossiers_.seePaper(request.context(), request.param("id"), request.param("slot"),
                                    std::string{request.form("seen")}));
    return http::Response::seeOther(dossierPath(request.param("id"), "/giay-to"));
}

Result<http::Response> FilingPages::removed(http::Request& request) {
    MOTCUA_CHECK(dossiers_.removePaper(request.context(), request.param("id"), request.param("slot"),
                                       request.param("file")));
    return http::Response::seeOther(dossierPath(request.param("id"), "/giay-to"));
}

Result<http::Response> FilingPages::papersDone(http::Request& request) {
    MOTCUA_TRY(dossier, dossiers_.find(request.context(), request.param("id")));
    if (dossier.state == dossier::State::Supplement)
        return http::Response::seeOther(dossierPath(dossier.id, "/bo-sung"));
    MOTCUA_TRY(package, dossiers_.package(request.context(), dossier));
    const auto verdict =
        forms::judge(package->definition, dossier.answers, {clock_.now(), forms::Stage::Section, "papers"});
    if (verdict.errors.empty()) return http::Response::seeOther(dossierPath(dossier.id));
    Error missing = invalid("form.invalid", verdict.errors);
    return papers(request, &missing);
}

Result<http::Response> FilingPages::check(http::Request& request, const Error* error) {
    MOTCUA_TRY(dossier, dossiers_.find(request.context(), request.param("id")));
    if (dossier.state != dossier::State::Draft) return http::Response::seeOther(dossierPath(dossier.id));
    if (dossier.feeDue() && !dossier.inPerson())
        return http::Response::seeOther(dossierPath(dossier.id, "/thanh-toan"));
    MOTCUA_TRY(package, dossiers_.package(request.context(), dossier));
    http::Page page{request, "check_answers"};
    page.title(page.say("check.title"))
        .form()
        .set("back", link(dossier.procedureName, dossierPath(dossier.id)));
    page.set("action", dossierPath(dossier.id, "/kiem-tra")).set("submit_key", newId(clock_));
    fillSummary(page.model().list("sections"), page,
                forms::summarise(package->definition, dossier.answers, request.locale(), clock_.now()),
                dossierPath(dossier.id));
    page.model()
        .object("declaration")
        .set("id", "declaration")
        .set("text", page.say(dossier.inPerson() ? "reception.declare" : "check.declare"));
    page.set("button", page.say(dossier.inPerson() ? "reception.accept" : "check.submit"));
    if (error) {
        page.errors(*error);
        for (const FieldError& field : error->fields)
            if (field.field == "declaration")
                page.model().object("declaration").set("error", http::sentenceOf(request, field));
    }
    return page.response();
}

Result<http::Response> FilingPages::submitted(http::Request& request) {
    const std::string& id = request.param("id");
    const std::string key{request.form("submit_key")};
    const bool declared = !request.form("declaration").empty();
    auto filed = declared && isId(key) ? dossiers_.submit(request.context(), id, key)
                                       : dossiers_.find(request.context(), id);
    if (!filed && filed.error().code == "dossier.stale") filed = dossiers_.find(request.context(), id);
    if (filed && filed->state != dossier::State::Draft && filed->inPerson()) {
        http::Response response = http::Response::seeOther(workPath(filed->id));
        response.flash("reception.done", {{"code", filed->code}});
        return response;
    }
    // Filed from another tab already: that is what was wanted.
    if (filed && filed->state != dossier::State::Draft)
        return http::Response::seeOther(dossierPath(id, "/da-nop"));
    if (filed && !declared) {
        Error missing = invalidField("declaration", "declaration.needed");
        return check(request, &missing);
    }
    if (filed && !isId(key)) return invalid("http.bad_form");
    if (filed) return conflict("dossier.stale"); // changed each time that it was looked at
    if (filed.error().code == "dossier.fee_due")
        return http::Response::seeOther(dossierPath(id, "/thanh-toan"));
    if (filed.error().kind != ErrorKind::Invalid) return filed.error();
    return http::Response::seeOther(dossierPath(id));
}

Result<http::Response> FilingPages::confirmation(http::Request& request) {
    MOTCUA_TRY(dossier, dossiers_.find(request.context(), request.param("id")));
    if (dossier.state == dossier::State::Draft || dossier.inPerson())
        return http::Response::seeOther(dossierPath(dossier.id));
    http::Page page{request, "confirmation"};
    page.title(page.say("confirmation.title"));
    page.model()
        .object("panel")
        .set("text", page.say("confirmation.title"))
        .set("label", page.say("confirmation.number"))
        .set("code", dossier.number);
    page.set("qr", dossierPath(dossier.id, "/qr.svg"));
    page.model().add("steps_next").set("text", page.say("confirmation.next_check_soon"));
    page.model().add("steps_next").set("text", page.say("confirmation.next_code"));
    page.set("message", page.say(mailGoesOut_() ? "confirmation.mailed" : "confirmation.not_mailed"));
    page.model().add("steps_next").set("text", page.say("confirmation.next_result"));
    page.set("dossier", link(page.say("confirmation.follow"), dossierPath(dossier.id)));
    return page.response();
}

Result<http::Response> FilingPages::discard(http::Request& request) {
    MOTCUA_CHECK(dossiers_.discard(request.context(), request.param("id")));
    const bool official = request.actor().kind == ActorKind::Official;
    http::Response response = http::Response::seeOther(official ? paths::kReception : paths::kAccount);
    response.flash("notice.draft_removed");
    return response;
}

} // namespace motcua::web
