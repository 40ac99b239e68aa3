#include "web/officer/reception_pages.h"

#include "http/errors.h"
#include "web/controls.h"
#include "web/paths.h"
#include "web/portal/filing_pages.h"
#include "web/wording.h"

#include <algorithm>

namespace motcua::web {

namespace {

constexpr int kMostBegun = 50;

constexpr const char* kBoxes[]{"email", "full_name", "national_id", "phone", "procedure", "agency"};

const std::string& at(const std::map<std::string, std::string>& typed, const char* name) {
    static const std::string nothing;
    const auto found = typed.find(name);
    return found == typed.end() ? nothing : found->second;
}

// A list to choose from: keys and texts.
void addList(view::Model& part, const http::Request& request, const char* name, std::string label,
             const std::vector<std::pair<std::string, std::string>>& choices, const std::string& chosen,
             const Error* error) {
    view::Model& control = part.add("controls");
    control.set("is_select", true).set("id", name).set("name", name).set("label", std::move(label));
    if (choices.size() != 1) control.set("empty", true);
    for (const auto& [key, text] : choices) {
        view::Model& option = control.add("options");
        option.set("key", key).set("text", text);
        if (key == chosen) option.set("selected", true);
    }
    if (!error) return;
    for (const FieldError& field : error->fields)
        if (field.field == name) control.set("error", http::sentenceOf(request, field));
}

void fillPerson(http::Page& page, const http::Request& request,
                const std::map<std::string, std::string>& typed, const Error* error) {
    view::Model& part = page.model().add("parts");
    part.set("text", page.say("reception.citizen"));
    addControl(part, request,
               {"national_id",
                page.say("reception.national_id"),
                at(typed, "national_id"),
                page.say("reception.national_id_hint"),
                {},
                "off",
                {},
                "20"},
               error);
    addControl(part, request,
               {"full_name", page.say("form.full_name"), at(typed, "full_name"), {}, {}, "off"}, error);
    addControl(part, request,
               {"phone", page.say("form.phone"), at(typed, "phone"), page.say("reception.phone_hint"), "tel",
                "off", "tel", "20", true},
               error);
    addControl(part, request,
               {"email",
                page.say("form.email"),
                at(typed, "email"),
                page.say("reception.email_hint"),
                "email",
                "off",
                {},
                {},
                true},
               error);
}

void fillProcedure(http::Page& page, const http::Request& request,
                   const std::vector<dossier::Receivable>& choices,
                   const std::map<std::string, std::string>& typed, const Error* error) {
    view::Model& part = page.model().add("parts");
    part.set("text", page.say("reception.procedure"));
    std::vector<std::pair<std::string, std::string>> procedures;
    std::map<std::string, std::string> byName; // of the agencies, in the order of their names
    for (const dossier::Receivable& one : choices) {
        procedures.emplace_back(one.code, one.name);
        for (const agency::Agency& agency : one.agencies)
            byName.emplace(agency.label(request.locale()), agency.id);
    }
    std::vector<std::pair<std::string, std::string>> agencies;
    for (const auto& [name, id] : byName)
        agencies.emplace_back(id, name);
    addList(part, request, "procedure", page.say("reception.procedure"), procedures, at(typed, "procedure"),
            error);
    addList(part, request, "agency", page.say("filing.agency"), agencies, at(typed, "agency"), error);
}

} // namespace

void ReceptionPages::mount(http::Router& router) {
    router.get(paths::kReception, [this](http::Request& request) { return form(request); }).official();
    router.post(paths::kReception, [this](http::Request& request) { return posted(request); }).official();
}

Result<http::Response> ReceptionPages::form(http::Request& request) {
    return shown(request, {}, nullptr);
}

Result<http::Response> ReceptionPages::shown(http::Request& request, const Typed& typed, const Error* error) {
    const auto choices = dossiers_.receivable(request.context());
    if (!request.actor().has("receiver")) return denied("dossier.not_receiver");
    http::Page page{request, "reception"};
    page.title(page.say("reception.title")).form();
    page.set("lead", page.say(choices.empty() ? "reception.nothing" : "reception.lead"));
    if (choices.empty()) return page.response();
    page.set("action", paths::kReception);
    fillBegun(page, request.context());
    fillPerson(page, request, typed, error);
    if (const std::string& name = at(typed, "found"); !name.empty())
        page.set("found_note", page.say("reception.found", {{"name", name}}));
    fillProcedure(page, request, choices, typed, error);
    // The first button is what the Enter key presses.
    page.model().add("buttons").set("text", page.say("reception.begin"));
    page.model()
        .add("buttons")
        .set("text", page.say("reception.find"))
        .set("name", "find")
        .set("key", "1")
        .set("secondary", true);
    if (error) page.errors(*error);
    return page.response();
}

// His own that are not filed yet.
void ReceptionPages::fillBegun(http::Page& page, const Context& context) {
    for (const dossier::Summary& one : dossiers_.mine(context, Instant{INT64_MAX}, {}, kMostBegun)) {
        if (one.state != dossier::State::Draft) continue;
        const auto draft = dossiers_.find(context, one.id);
        if (!draft || !draft->inPerson()) continue;
        view::Model& begun = page.model().object("begun");
        begun.set("text", page.say("reception.begun"));
        view::Model& row = begun.add("items");
        row.set("href", dossierPath(one.id)).set("procedure", one.procedureName);
        row.set("applicant", draft->applicant);
        row.set("saved", page.say("account.saved", {{"time", vietnameseMoment(one.changedAt)}}));
    }
}

Result<http::Response> ReceptionPages::posted(http::Request& request) {
    if (!request.form("find").empty()) return found(request);
    dossier::Applicant applicant{std::string{request.form("full_name")},
                                 std::string{request.form("national_id")},
                                 std::string{request.form("phone")},
                                 std::string{request.form("email")},
                                 {}};
    Result<dossier::Dossier> begun = notFound("account.none");
    // Whose account the address is, unless nobody's: then letters go there and no account has the dossier.
    const auto account = applicant.email.empty()
                             ? Result<identity::Account>{notFound("account.none")}
                             : identity_.atCounter(request.context(), applicant.email, applicant.name);
    if (account) applicant.account = account->id;
    if (account || account.error().kind == ErrorKind::NotFound)
        begun = dossiers_.receive(request.context(), request.form("procedure"), request.form("agency"),
                                  applicant);
    else
        begun = account.error();
    if (begun) return http::Response::seeOther(dossierPath(begun->id));
    Error error = begun.error();
    if (request.form("procedure").empty()) error = invalidField("procedure", "field.required");
    if (error.kind != ErrorKind::Invalid) return error;
    Typed typed;
    for (const char* box : kBoxes)
        typed[box] = request.form(box);
    return shown(request, typed, &error);
}

// What his account knows of him is filled in.
Result<http::Response> ReceptionPages::found(http::Request& request) {
    Typed typed;
    for (const char* box : kBoxes)
        typed[box] = request.form(box);
    const auto account = identity_.atCounter(request.context(), typed["email"], {});
    if (!account && account.error().kind == ErrorKind::NotFound) {
        const Error none = invalidField("email", "account.none_with_address");
        return shown(request, typed, &none);
    }
    if (!account) return account.error();
    typed["found"] = typed["full_name"] = account->fullName;
    if (!account->phone.empty()) typed["phone"] = account->phone;
    if (typed["national_id"].empty()) typed["national_id"] = account->nationalId;
    return shown(request, typed, nullptr);
}

} // namespace motcua::web
