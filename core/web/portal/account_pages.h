// Registering, confirming, signing in and out.
#pragma once

#include "http/page.h"
#include "http/router.h"
#include "identity/identity_service.h"

namespace motcua::web {

class AccountPages {
public:
    explicit AccountPages(identity::IdentityService& identity) : identity_(identity) {}

    void mount(http::Router& router);

private:
    http::Response registerForm(http::Request& request, const Error* error = nullptr);
    Result<http::Response> registered(http::Request& request);
    http::Response askedToConfirm(http::Request& request);
    Result<http::Response> confirmForm(http::Request& request);
    Result<http::Response> confirmed(http::Request& request);
    http::Response signInForm(http::Request& request, const Error* error = nullptr);
    Result<http::Response> signedIn(http::Request& request);
    http::Response signedOut(http::Request& request);
    http::Response forgottenForm(http::Request& request);
    Result<http::Response> forgotten(http::Request& request);
    http::Response newPasswordForm(http::Request& request, const Error* error = nullptr);
    Result<http::Response> newPassword(http::Request& request);

    identity::IdentityService& identity_;
};

} // namespace motcua::web
