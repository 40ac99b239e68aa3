// Accounts from an administrator's side: the list, a new official, roles in regions, blocking, a new password
// (O18).
#pragma once

#include "http/page.h"
#include "http/router.h"
#include "identity/accounts_desk.h"

namespace motcua::web {

class AccountAdminPages {
public:
    AccountAdminPages(identity::AccountsDesk& accounts, identity::IdentityService& identity,
                      agency::AgencyService& agencies, const Clock& clock)
        : accounts_(accounts), identity_(identity), agencies_(agencies), clock_(clock) {}

    void mount(http::Router& router);

private:
    using Act = Result<void> (identity::IdentityService::*)(const Context&, std::string_view);

    Result<http::Response> list(http::Request& request);
    Result<http::Response> newForm(http::Request& request, const Error* error = nullptr);
    Result<http::Response> created(http::Request& request);
    Result<http::Response> one(http::Request& request, const Error* error = nullptr);
    Result<http::Response> granted(http::Request& request);
    Result<http::Response> revoked(http::Request& request);
    void mountAct(http::Router& router, const char* word, Act act, const char* notice);
    // Choices of role and agency, with what is wrong of them.
    void addRoleControls(view::Model& holder, const http::Request& request, const Error* error);

    identity::AccountsDesk& accounts_;
    identity::IdentityService& identity_;
    agency::AgencyService& agencies_;
    const Clock& clock_;
};

} // namespace motcua::web
