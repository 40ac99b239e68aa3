#include "web/admin/account_admin_pages.h"

#include "agency/agency_policy.h"
#include "base/civil_day.h"
#include "http/errors.h"
#include "identity/identity_policy.h"
#include "web/controls.h"
#include "web/paths.h"
#include "web/wording.h"

#include <algorithm>

namespace motcua::web {

namespace {

using identity::AccountState;
using identity::ManagedAccount;

constexpr int kPageSize = 50;

std::string accountPath(const std::string& id, const char* below = "") {
    return std::string{paths::kAccounts} + "/" + http::percentEncode(id) + below;
}

view::Model stateTag(const http::Page& page, AccountState state) {
    view::Model tag;
    const bool active = state == AccountState::Active;
    tag.set("kind", active ? "on" : state == AccountState::Disabled ? "failed" : "off");
    tag.set("text", page.say(active                            ? "accounts.active"
                             : state == AccountState::Disabled ? "accounts.blocked"
                                                               : "accounts.unconfirmed"));
    return tag;
}

std::string roleText(const http::Page& page, const agency::Tree& tree, const identity::Role& role,
                     std::string_view locale) {
    const agency::Agency* agency = tree.find(role.agencyId);
    return page.say("role." + role.role) + " – " + (agency ? agency->label(locale) : role.agencyId);
}

// The sentence of the first thing wrong with a control.
void markWrong(view::Model& control, const http::Request& request, const Error* error, const char* field) {
    if (!error) return;
    for (const FieldError& wrong : error->fields)
        if (wrong.field == field) control.set("error", http::sentenceOf(request, wrong));
}

} // namespace

void AccountAdminPages::mount(http::Router& router) {
    const std::string base{paths::kAccounts};
    router.get(base, [this](http::Request& request) { return list(request); }).official();
    router.get(base + "/moi", [this](http::Request& request) { return newForm(request); }).official();
    router.post(base + "/moi", [this](http::Request& request) { return created(request); }).official();
    router.get(base + "/:id", [this](http::Request& request) { return one(request); }).official();
    router.post(base + "/:id/vai-tro", [this](http::Request& request) { return granted(request); })
        .official();
    router.post(base + "/:id/bo-vai-tro", [this](http::Request& request) { return revoked(request); })
        .official();
    mountAct(router, "/khoa", &identity::IdentityService::disable, "notice.account_blocked");
    mountAct(router, "/mo-khoa", &identity::IdentityService::enable, "notice.account_unblocked");
    mountAct(router, "/mat-khau", &identity::IdentityService::invite, "notice.account_reset");
}

void AccountAdminPages::mountAct(http::Router& router, const char* word, Act act, const char* notice) {
    const auto handler = [this, act, notice](http::Request& request) -> Result<http::Response> {
        const auto done = (identity_.*act)(request.context(), request.param("id"));
        if (!done && done.error().kind == ErrorKind::Rejected) return one(request, &done.error());
        if (!done) return done.error();
        http::Response response = http::Response::seeOther(accountPath(request.param("id")));
        response.flash(notice);
        return response;
    };
    router.post(std::string{paths::kAccounts} + "/:id" + word, handler).official();
}

Result<http::Response> AccountAdminPages::list(http::Request& request) {
    const std::string words{request.query("q")};
    MOTCUA_TRY(found, accounts_.list(request.context(), words, request.query("after"), kPageSize));
    const auto tree = agencies_.tree(request.context());
    http::Page page{request, "accounts"};
    page.title(page.say("accounts.title"))
        .set("lead", page.say("accounts.lead"))
        .set("back", link(page.say("admin.title"), paths::kAdmin))
        .set("action", paths::kAccounts)
        .set("new_href", std::string{paths::kAccounts} + "/moi");
    page.model().setUnlessEmpty("asked", words);
    for (const ManagedAccount& one : found.items) {
        view::Model& row = page.model().add("accounts");
        row.set("text", one.account.fullName)
            .set("href", accountPath(one.account.id))
            .set("email", one.account.email)
            .set("tag", stateTag(page, one.account.state));
        for (const identity::Role& role : one.roles)
            row.add("roles").set("text", roleText(page, *tree, role, request.locale()));
    }
    if (found.items.empty()) page.model().object("empty_state").set("text", page.say("accounts.empty"));
    if (!found.next.empty())
        page.model().object("paging").object("next").set(
            "href", std::string{paths::kAccounts} + "?after=" + http::percentEncode(found.next));
    return page.response();
}

void AccountAdminPages::addRoleControls(view::Model& holder, const http::Request& request,
                                        const Error* error) {
    const auto select = [&](const char* id, const char* word) -> view::Model& {
        view::Model& control = holder.add("controls");
        control.set("is_select", true).set("id", id).set("name", id).set("label", request.say(word));
        control.set("empty", true);
        markWrong(control, request, error, id);
        return control;
    };
    const auto option = [&](view::Model& control, const char* field, const std::string& key,
                            std::string text) {
        view::Model& row = control.add("options");
        row.set("key", key).set("text", std::move(text));
        if (request.form(field) == key) row.set("selected", true);
    };
    view::Model& roles = select("role", "accounts.role");
    for (const std::string& role : identity::grantableRoles())
        option(roles, "role", role, request.say("role." + role));
    view::Model& places = select("agency", "accounts.region");
    places.set("hint", request.say("accounts.region_hint"));
    const auto tree = agencies_.tree(request.context());
    for (const std::string& region : agency::regionsOf(request.actor(), "admin"))
        for (const agency::Agency* below : tree->subtree(region, civilDay(clock_.now())))
            option(places, "agency", below->id, below->label(request.locale()));
}

Result<http::Response> AccountAdminPages::newForm(http::Request& request, const Error* error) {
    MOTCUA_CHECK(accounts_.list(request.context(), "", "", 1)); // refuses who is no administrator
    http::Page page{request, "simple_form"};
    page.title(page.say("accounts.new"))
        .form()
        .set("lead", page.say("accounts.new_lead"))
        .set("action", std::string{paths::kAccounts} + "/moi")
        .set("back", link(page.say("accounts.title"), paths::kAccounts));
    const auto typed = [&](const char* name) { return std::string{request.form(name)}; };
    addControl(page.model(), request, {"full_name", page.say("register.full_name"), typed("full_name")},
               error);
    addControl(
        page.model(), request,
        {"email", page.say("register.email"), typed("email"), page.say("accounts.email_hint"), "email"},
        error);
    addControl(page.model(), request,
               {"phone", page.say("register.phone"), typed("phone"), {}, "tel", {}, "tel", "20", true},
               error);
    addRoleControls(page.model(), request, error);
    setButton(page.model(), page.say("accounts.create"));
    if (error) page.errors(*error);
    return page.response();
}

Result<http::Response> AccountAdminPages::created(http::Request& request) {
    const auto field = [&](const char* name) { return std::string{request.form(name)}; };
    const auto made = accounts_.create(
        request.context(),
        {field("email"), field("full_name"), field("phone"), {field("role"), field("agency")}});
    if (!made && made.error().kind == ErrorKind::Invalid) return newForm(request, &made.error());
    if (!made) return made.error();
    http::Response response = http::Response::seeOther(accountPath(*made));
    response.flash("notice.account_created");
    return response;
}

Result<http::Response> AccountAdminPages::one(http::Request& request, const Error* error) {
    MOTCUA_TRY(found, accounts_.find(request.context(), request.param("id")));
    const identity::Account& account = found.account;
    const auto tree = agencies_.tree(request.context());
    http::Page page{request, "account_admin"};
    page.title(account.fullName).form().set("back", link(page.say("accounts.title"), paths::kAccounts));
    page.set("tag", stateTag(page, account.state));
    const auto fact = [&](const char* word, const std::string& value) {
        if (!value.empty()) page.model().add("rows").set("label", page.say(word)).set("value", value);
    };
    fact("register.email", account.email);
    fact("register.phone", account.phone);
    fact("accounts.made", vietnameseMoment(account.madeAt));
    for (const identity::Role& role : found.roles) {
        view::Model& row = page.model().object("roles").add("items");
        row.set("text", roleText(page, *tree, role, request.locale()));
        row.set("role", role.role).set("agency", role.agencyId);
        row.set("action", accountPath(account.id, "/bo-vai-tro"));
    }
    if (account.kind == identity::AccountKind::Official) {
        view::Model& grant = page.model().object("grant");
        grant.set("action", accountPath(account.id, "/vai-tro"));
        addRoleControls(grant, request, error);
        grant.add("buttons").set("text", page.say("accounts.grant")).set("secondary", true);
    }
    if (account.state == AccountState::Disabled) {
        page.set("unblock_action", accountPath(account.id, "/mo-khoa"));
    } else {
        page.set("block_action", accountPath(account.id, "/khoa"));
        if (account.state == AccountState::Active)
            page.set("reset_action", accountPath(account.id, "/mat-khau"));
    }
    if (error) page.errors(*error);
    return page.response();
}

Result<http::Response> AccountAdminPages::granted(http::Request& request) {
    const auto done =
        identity_.grant(request.context(), request.param("id"),
                        {std::string{request.form("role")}, std::string{request.form("agency")}});
    const bool shown =
        !done && (done.error().kind == ErrorKind::Invalid || done.error().kind == ErrorKind::Rejected);
    if (shown) return one(request, &done.error());
    if (!done) return done.error();
    http::Response response = http::Response::seeOther(accountPath(request.param("id")));
    response.flash("notice.account_role");
    return response;
}

Result<http::Response> AccountAdminPages::revoked(http::Request& request) {
    const auto done =
        identity_.revoke(request.context(), request.param("id"),
                         {std::string{request.form("role")}, std::string{request.form("agency")}});
    if (!done && done.error().kind == ErrorKind::Rejected) return one(request, &done.error());
    if (!done) return done.error();
    http::Response response = http::Response::seeOther(accountPath(request.param("id")));
    response.flash("notice.account_role");
    return response;
}

} // namespace motcua::web
