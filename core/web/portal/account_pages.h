// Registering, confirming, signing in and out.
#pragma once

#include "http/page.h"
#include "http/router.h"
#include "identity/identity_service.h"

#include <functional>

namespace motcua::web {

class AccountPages {
public:
    // `mailGoesOut` tells whether a message plugin is switched on: pages promise no e-mail without.
    AccountPages(identity::IdentityService& identity, std::function<bool()> mailGoesOut)
        : identity_(identity), mailGoesOut_(std::move(mailGoesOut)) {}

    void mount(http::Router& router);

private:
    http::Response registerForm(http::Request& request, const Error* error = nullptr);
    Result<http::Response> registered(http::Request& request);
    http::Response askedToConfirm(http::Request& request);
    Result<http::Response> confirmForm(http::Request& request);
    Result<http::Response> confirmed(http::Request& request);
    http::Response signInForm(http::Request& request, const Error* error = nullptr,
                              const std::string& kept = {});
    http::Response keepTyped(http::Request& request);
    http::Response goOn(http::Request& request, const identity::SignedIn& session, const http::Fields& kept,
                        const std::string& target);
    Result<http::Response> signedIn(http::Request& request);
    http::Response signedOut(http::Request& request);
    http::Response forgottenForm(http::Request& request);
    Result<http::Response> forgotten(http::Request& request);
    http::Response newPasswordForm(http::Request& request, const Error* error = nullptr);
    Result<http::Response> newPassword(http::Request& request);

    identity::IdentityService& identity_;
    std::function<bool()> mailGoesOut_;
};

} // namespace motcua::web
