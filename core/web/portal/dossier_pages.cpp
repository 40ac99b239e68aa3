#include "web/portal/dossier_pages.h"

#include "base/text.h"
#include "documents/qr_code.h"
#include "forms/validate.h"
#include "http/errors.h"
#include "web/controls.h"
#include "web/outside.h"
#include "web/paths.h"
#include "web/timeline.h"
#include "web/wording.h"

#include <algorithm>
#include <map>

namespace motcua::web {

namespace {

constexpr int kPageSize = 30;
constexpr http::Rate kTrackRate{30, std::chrono::minutes{1}};

// The phases that an applicant sees, in the order in which a dossier goes through them.
constexpr std::string_view kPhases[]{"submitted", "accepted", "processing", "signing", "result"};

std::size_t phaseNumber(const std::string& phase, dossier::State state) {
    if (state == dossier::State::Returned || state == dossier::State::Settled) return std::size(kPhases);
    for (std::size_t i = 0; i < std::size(kPhases); ++i)
        if (phase == kPhases[i]) return i;
    return phase == "consulting" ? 2 : 0;
}

} // namespace

void DossierPages::mount(http::Router& router) {
    const std::string base{paths::kDossiers};
    router.get(paths::kAccount, [this](http::Request& request) { return account(request); }).signedIn();
    router.get(base + "/:id", [this](http::Request& request) { return dossier(request); }).signedIn();
    router.get(base + "/:id/tep/:file", [this](http::Request& request) { return file(request); }).signedIn();
    router.get(base + "/:id/qr.svg", [this](http::Request& request) { return qr(request); }).signedIn();
    router.get(base + "/:id/bo-sung", [this](http::Request& request) { return supplement(request); })
        .signedIn();
    router.post(base + "/:id/bo-sung", [this](http::Request& request) { return supplemented(request); })
        .signedIn();
    router.get(base + "/:id/rut", [this](http::Request& request) { return withdrawForm(request); })
        .signedIn();
    router.post(base + "/:id/rut", [this](http::Request& request) { return withdrawn(request); }).signedIn();
    router.get(paths::kTrack, [this](http::Request& request) { return track(request); }).limit(kTrackRate);
    router.post(paths::kTrack, [this](http::Request& request) { return followed(request); })
        .limit(kTrackRate);
}

std::string DossierPages::nameOf(const Context& context, const std::string& account) {
    return rooms_.database.read(context,
                                [&](db::Reader& tx) { return rooms_.identity.displayName(tx, account); });
}

Result<http::Response> DossierPages::account(http::Request& request) {
    const std::string after{request.query("after")};
    const std::size_t comma = after.find(',');
    const Instant before{comma == std::string::npos ? INT64_MAX : std::atoll(after.c_str())};
    const auto mine = rooms_.dossiers.mine(
        request.context(), before, comma == std::string::npos ? "" : after.substr(comma + 1), kPageSize + 1);
    http::Page page{request, "account"};
    page.title(page.say("account.title")).form();
    const auto tree = rooms_.agencies.tree(request.context());
    for (std::size_t i = 0; i < mine.size() && i < kPageSize; ++i) {
        const dossier::Summary& one = mine[i];
        view::Model row = link(one.procedureName, dossierPath(one.id));
        if (one.state == dossier::State::Draft) {
            row.set("saved", page.say("account.saved", {{"time", vietnameseMoment(one.changedAt)}}));
            row.set("remove_action", dossierPath(one.id, "/xoa"));
            page.model().object("drafts").list("items").emplace_back(std::move(row));
            continue;
        }
        row.set("code", one.code.empty() ? one.number : one.code).set("tag", stateTag(page, one.state));
        row.set("filed", page.say("account.changed", {{"time", vietnameseMoment(one.changedAt)}}));
        if (one.dueAt)
            row.set("promised", page.say("account.promised", {{"date", vietnameseMoment(*one.dueAt)}}));
        if (const agency::Agency* agency = tree->find(one.agency))
            row.set("holder", page.say("account.holder", {{"unit", agency->label(request.locale())}}));
        if (one.state == dossier::State::Supplement) {
            view::Model todo = link(one.procedureName, dossierPath(one.id));
            todo.set("reason", page.say("status.5"));
            page.model().object("todo").list("items").emplace_back(std::move(todo));
        }
        page.model().object("dossiers").list("items").emplace_back(std::move(row));
    }
    if (mine.empty())
        page.model()
            .object("empty_state")
            .set("text", page.say("account.empty"))
            .set("note", page.say("account.empty_note"));
    if (mine.size() > kPageSize) {
        const dossier::Summary& last = mine[kPageSize - 1];
        page.model().object("paging").object("next").set(
            "href",
            std::string{paths::kAccount} + "?after=" + std::to_string(last.changedAt.ms) + "," + last.id);
    }
    return page.response();
}

void DossierPages::fillState(http::Page& page, const dossier::Sight& sight, const Context& context) {
    const dossier::Dossier& dossier = sight.dossier;
    const auto tree = rooms_.agencies.tree(context);
    const agency::Agency* agency = tree->find(dossier.agency);
    const std::string unit = agency ? agency->label(context.locale) : "";
    const std::string due = dossier.dueAt ? vietnameseMoment(*dossier.dueAt) : "";
    page.set("code", dossier.code.empty() ? dossier.number : dossier.code)
        .set("tag", stateTag(page, dossier.state));
    page.set("headline", page.say("headline." + std::to_string(static_cast<int>(dossier.state)),
                                  {{"date", due}, {"unit", unit}}));
    // Nothing is promised any more of what was turned down or taken back.
    const bool over = dossier.state == dossier::State::NotAccepted ||
                      dossier.state == dossier::State::Withdrawn || dossier.state == dossier::State::Stopped;
    if (dossier.dueAt && !over) page.set("promised", due);
    if (auto tag = dueTag(page, dossier, rooms_.dossiers.pressing(context, dossier.agency)))
        page.set("due", std::move(*tag));
    if (dossier::isOpen(dossier.state)) {
        view::Model& holder = page.model().object("holder");
        // Who must act now: while papers are asked for, the applicant.
        holder.set("unit", dossier.state == dossier::State::Supplement ? page.say("dossier.you") : unit);
        for (const dossier::OpenStep& step : sight.steps) {
            const std::string person =
                step.view.task.assignee.empty() ? "" : nameOf(context, step.view.task.assignee);
            holder.set("person", step.view.task.name + (person.empty() ? "" : " – " + person));
        }
    }
    if (!sight.refusalReason.empty()) page.model().object("refusal").set("text", sight.refusalReason);
}

// What is still to be paid, and what came and went.
void DossierPages::fillFee(http::Page& page, const dossier::Dossier& dossier, const Context& context) {
    if (dossier.feeDue() && dossier::isOpen(dossier.state)) {
        const std::string amount = format(dossier.fee);
        page.model()
            .object("pay")
            .set("text", page.say("dossier.pay_text", {{"amount", amount}}))
            .set("href", dossierPath(dossier.id, "/thanh-toan"))
            .set("button", page.say("payment.pay", {{"amount", amount}}));
    }
    for (const payment::Payment& one : rooms_.payments.ofDossier(context, dossier.id)) {
        if (!payment::hadMoney(one.state)) continue;
        view::Model& row = page.model().object("payments").add("items");
        row.set("text", page.say(std::string{"payment.state."} + payment::name(one.state)));
        row.set("amount", format(one.amount))
            .set("when",
                 page.say("payment.when", {{"time", vietnameseMoment(one.paidAt.value_or(one.madeAt))},
                                           {"reference", one.reference}}));
    }
}

void DossierPages::fillPapers(http::Page& page, const dossier::Sight& sight,
                              const std::vector<signing::Paper>& made) {
    const std::string below = dossierPath(sight.dossier.id, "/tep/");
    std::map<std::string, const signing::Paper*> papers;
    for (const signing::Paper& paper : made)
        papers[paper.file] = &paper;
    for (const files::File& file : sight.files) {
        const auto found = papers.find(file.id);
        const signing::Paper* paper = found == papers.end() ? nullptr : found->second;
        view::Model row = link(paper ? page.say("document." + paper->kind) : file.name, below + file.id);
        row.set("size", sizeText(file.size));
        if (!paper) {
            page.model().object("papers").list("items").emplace_back(std::move(row));
            continue;
        }
        const bool result = paper->kind == signing::kResult;
        if (result && paper->isSigned)
            row.set("signed_text",
                    page.say("dossier.signed_at", {{"time", vietnameseMoment(*paper->madeAt)}}));
        if (result)
            page.model().object("result").set(
                "verify",
                link(page.say("dossier.verify"), std::string{paths::kVerify} + "?code=" + paper->checkCode));
        page.model()
            .object(result ? view::Key{"result"} : view::Key{"slips"})
            .list("items")
            .emplace_back(std::move(row));
    }
}

Result<http::Response> DossierPages::dossier(http::Request& request) {
    MOTCUA_TRY(sight, rooms_.dossiers.see(request.context(), request.param("id")));
    if (!sight.owner) return http::Response::seeOther(std::string{paths::kWork} + "/" + sight.dossier.id);
    if (sight.dossier.state == dossier::State::Draft) return rooms_.filing.taskList(request, sight.dossier);
    http::Page page{request, "dossier"};
    page.title(sight.dossier.procedureName);
    fillState(page, sight, request.context());
    MOTCUA_TRY(made, rooms_.papers.ofDossier(request.context(), sight.dossier.id));
    fillPapers(page, sight, made);
    fillFee(page, sight.dossier, request.context());
    if (sight.dossier.state == dossier::State::Supplement) {
        view::Model& asked = page.model().object("supplement");
        asked.set("text", sight.supplementNote).set("href", dossierPath(sight.dossier.id, "/bo-sung"));
        asked.set("button", page.say("dossier.supplement_button"));
    }
    if (!dossier::isOpen(sight.dossier.state)) rooms_.ratings.fillDossier(page, request, sight.dossier.id);
    if (dossier::isOpen(sight.dossier.state))
        page.set("withdraw", link(page.say("dossier.withdraw"), dossierPath(sight.dossier.id, "/rut")));
    fillTimeline(page, sight.events, Reader::Applicant,
                 [&](const std::string& account) { return nameOf(request.context(), account); });
    return page.response();
}

Result<http::Response> DossierPages::file(http::Request& request) {
    MOTCUA_TRY(file, rooms_.dossiers.openFile(request.context(), request.param("id"), request.param("file")));
    MOTCUA_TRY(bytes, rooms_.files.readAll(file));
    return http::Response::download(std::move(bytes), file.name, file.mediaType);
}

Result<http::Response> DossierPages::qr(http::Request& request) {
    MOTCUA_TRY(dossier, rooms_.dossiers.find(request.context(), request.param("id")));
    const std::string origin = originOf(request, rooms_.origin);
    const std::string code = dossier.code.empty() ? dossier.number : dossier.code;
    return http::Response::bytes(documents::qrSvg(origin + paths::kTrack + "?code=" + code, code),
                                 "image/svg+xml");
}

Result<http::Response> DossierPages::supplement(http::Request& request, const Error* error) {
    MOTCUA_TRY(sight, rooms_.dossiers.see(request.context(), request.param("id")));
    if (sight.dossier.state != dossier::State::Supplement)
        return http::Response::seeOther(dossierPath(sight.dossier.id));
    http::Page page{request, "simple_form"};
    page.title(page.say("supplement.title"))
        .form()
        .set("lead", sight.supplementNote)
        .set("action", std::string{request.path()});
    view::Model& papers = page.model().add("controls");
    papers.set("is_paragraph", true).set("text", page.say("supplement.papers_first"));
    view::Model& note = page.model().add("controls");
    note.set("is_textarea", true)
        .set("id", "note")
        .set("name", "note")
        .set("label", page.say("supplement.note"))
        .set("value", std::string{request.form("note")})
        .set("optional", true);
    page.model()
        .add("buttons")
        .set("text", page.say("supplement.papers"))
        .set("href", dossierPath(sight.dossier.id, "/giay-to"))
        .set("secondary", true);
    page.model().add("buttons").set("text", page.say("supplement.send"));
    if (error) page.errors(*error);
    return page.response();
}

Result<http::Response> DossierPages::supplemented(http::Request& request) {
    const auto sent =
        rooms_.dossiers.answerSupplement(request.context(), request.param("id"), request.form("note"));
    if (!sent && sent.error().kind == ErrorKind::Invalid) {
        // A paper that is missing: its name stands with the form.
        MOTCUA_TRY(dossier, rooms_.dossiers.find(request.context(), request.param("id")));
        MOTCUA_TRY(package, rooms_.dossiers.package(request.context(), dossier));
        Error shown = sent.error();
        for (FieldError& field : shown.fields) {
            if (field.field == "note") continue;
            field = forms::localised(package->definition.form(), field, request.locale());
            field.field = "main";
        }
        return supplement(request, &shown);
    }
    if (!sent) return sent.error();
    http::Response response = http::Response::seeOther(dossierPath(request.param("id")));
    response.flash("notice.supplement_sent");
    return response;
}

Result<http::Response> DossierPages::withdrawForm(http::Request& request, const Error* error) {
    MOTCUA_TRY(dossier, rooms_.dossiers.find(request.context(), request.param("id")));
    http::Page page{request, "simple_form"};
    page.title(page.say("withdraw.title"))
        .form()
        .set("lead", page.say("withdraw.lead", {{"procedure", dossier.procedureName}}));
    page.set("action", std::string{request.path()});
    addControl(page.model(), request,
               {"reason", page.say("withdraw.reason"), std::string{request.form("reason")}}, error);
    page.model().add("buttons").set("text", page.say("withdraw.button")).set("warning", true);
    page.model()
        .add("buttons")
        .set("text", page.say("common.cancel"))
        .set("href", dossierPath(dossier.id))
        .set("secondary", true);
    if (error) page.errors(*error);
    return page.response();
}

Result<http::Response> DossierPages::withdrawn(http::Request& request) {
    const std::string reason = text::trim(request.form("reason"));
    if (reason.empty()) {
        const Error missing = invalidField("reason", "required");
        return withdrawForm(request, &missing);
    }
    const auto done = rooms_.dossiers.withdraw(request.context(), request.param("id"), reason);
    if (!done && done.error().kind == ErrorKind::Invalid) return withdrawForm(request, &done.error());
    if (!done) return done.error();
    http::Response response = http::Response::seeOther(dossierPath(request.param("id")));
    response.flash("notice.withdrawn");
    return response;
}

// Whoever came in person, by the telephone number that he left.
Result<http::Response> DossierPages::followed(http::Request& request) {
    const auto seen =
        rooms_.dossiers.followed(request.context(), request.form("code"), request.form("phone"));
    if (!seen && seen.error().kind != ErrorKind::NotFound) return seen.error();
    return track(request, seen ? &*seen : nullptr);
}

void DossierPages::fillFollowed(http::Page& page, const Context& context, const dossier::Followed& seen) {
    const dossier::Dossier& dossier = seen.dossier;
    view::Model& details = page.model().object("details");
    details.set("text", dossier.procedureName);
    const auto row = [&](const char* word, std::string value) {
        if (!value.empty()) details.add("rows").set("label", page.say(word)).set("value", std::move(value));
    };
    const auto tree = rooms_.agencies.tree(context);
    const agency::Agency* agency = tree->find(dossier.agency);
    row("dossier.holder", agency ? agency->label(context.locale) : "");
    row("dossier.promised", dossier.dueAt ? vietnameseMoment(*dossier.dueAt) : "");
    if (dossier.feeDue())
        row("payment.title", page.say("reception.fee_due", {{"amount", format(dossier.fee)}}));
    if (!seen.supplementNote.empty()) details.object("supplement").set("text", seen.supplementNote);
    if (!seen.refusalReason.empty()) details.object("refusal").set("text", seen.refusalReason);
    page.set("timeline_title", page.say("dossier.timeline"));
    fillTimeline(page, seen.events, Reader::Applicant,
                 [&](const std::string& account) { return nameOf(context, account); });
}

Result<http::Response> DossierPages::track(http::Request& request, const dossier::Followed* seen) {
    const bool asked = request.method() == "POST";
    http::Page page{request, "track"};
    const std::string code = text::trim(asked ? request.form("code") : request.query("code"));
    page.title(page.say("track.title")).form().set("action", paths::kTrack).set("code_value", code);
    if (code.empty()) return page.response();
    const auto view = rooms_.dossiers.publicView(request.context(), code);
    if (!view) {
        if (view.error().kind != ErrorKind::NotFound) return view.error();
        page.status(404).set("code_error", page.say("track.not_found"));
        return page.response();
    }
    const std::size_t done = phaseNumber(view->phase, view->state);
    const std::size_t all = std::size(kPhases);
    view::Model& found = page.model().object("found");
    found.set("code", view->code)
        .set("tag", stateTag(page, view->state))
        .set("percent", std::to_string(done * 100 / all));
    found.set("percent_text",
              page.say("track.done_of", {{"done", std::to_string(done)}, {"total", std::to_string(all)}}));
    for (std::size_t i = 0; i < all; ++i) {
        view::Model& phase = found.add("phases");
        phase.set("text", page.say("phase." + std::string{kPhases[i]}));
        if (i < done) phase.set("done", true);
        if (i == done) phase.set("current", true);
    }
    if (seen) {
        fillFollowed(page, request.context(), *seen);
        return page.response();
    }
    view::Model& follow = found.object("follow");
    const Error wrong = invalidField("phone", "dossier.other_phone");
    addControl(follow, request,
               {"phone", page.say("track.phone"), std::string{request.form("phone")},
                page.say("track.phone_hint"), "tel", "tel", "tel", "20"},
               asked ? &wrong : nullptr);
    follow.add("buttons").set("text", page.say("track.follow")).set("secondary", true);
    if (asked) page.errors(wrong);
    return page.response();
}

} // namespace motcua::web
