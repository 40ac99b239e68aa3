#include "web/portal/account_pages.h"

#include "base/bytes.h"
#include "web/controls.h"
#include "web/paths.h"

namespace motcua::web {

namespace {

// As identity ends a session at the latest; the server forgets it earlier when it is idle.
constexpr std::int64_t kSessionSeconds = 12 * 3600;
constexpr std::size_t kMostKept = 900'000;
constexpr http::Rate kSignInRate{30, std::chrono::minutes{1}};
constexpr http::Rate kMailRate{10, std::chrono::minutes{10}};

std::string value(const http::Request& request, std::string_view name) {
    return std::string{request.form(name)};
}

// The fields of a form as one text, and back; without the token, which the new session has its own of.
std::string packTyped(const http::Fields& fields) {
    Json pairs = Json::array();
    for (const auto& [name, text] : fields.pairs())
        if (name != "csrf") pairs.add(Json::array().add(name).add(text));
    std::string packed = toBase64Url(pairs.dump());
    // What would not fit into one field of the form is not promised.
    return packed.size() > kMostKept ? std::string{} : packed;
}

std::optional<http::Fields> unpackTyped(std::string_view packed) {
    if (packed.empty()) return std::nullopt;
    const auto text = fromBase64Url(packed);
    const auto pairs = Json::parse(text.value_or(""));
    if (!pairs || pairs->items().empty()) return std::nullopt;
    http::Fields fields;
    for (const Json& pair : pairs->items())
        if (pair.items().size() == 2) fields.add(pair.items()[0].string(), pair.items()[1].string());
    return fields;
}

std::string homeOf(identity::AccountKind kind) {
    return kind == identity::AccountKind::Official ? paths::kWork : paths::kAccount;
}

} // namespace

void AccountPages::mount(http::Router& router) {
    router.get(paths::kRegister, [this](http::Request& request) { return registerForm(request); });
    router.post(paths::kRegister, [this](http::Request& request) { return registered(request); })
        .limit(kMailRate);
    router.get(std::string{paths::kRegister} + "/da-gui",
               [this](http::Request& request) { return askedToConfirm(request); });
    router.get(std::string{paths::kConfirm} + "/:link",
               [this](http::Request& request) { return confirmForm(request); });
    router
        .post(std::string{paths::kConfirm} + "/:link",
              [this](http::Request& request) { return confirmed(request); })
        .limit(kSignInRate);
    router.get(paths::kSignIn, [this](http::Request& request) { return signInForm(request); });
    router.post(paths::kSignIn, [this](http::Request& request) { return signedIn(request); })
        .limit(kSignInRate);
    // A form that came after the session's end: what was typed waits in the sign-in page.
    router.post(std::string{paths::kSignIn} + "/giu-lai",
                [this](http::Request& request) { return keepTyped(request); });
    router
        .get(paths::kSession, [](http::Request&) { return http::Response{}; }) // a sight of the session
        .signedIn();
    router.post(paths::kSignOut, [this](http::Request& request) { return signedOut(request); });
    router.get(paths::kForgotten, [this](http::Request& request) { return forgottenForm(request); });
    router.post(paths::kForgotten, [this](http::Request& request) { return forgotten(request); })
        .limit(kMailRate);
    router.get(std::string{paths::kForgotten} + "/:link",
               [this](http::Request& request) { return newPasswordForm(request); });
    router
        .post(std::string{paths::kForgotten} + "/:link",
              [this](http::Request& request) { return newPassword(request); })
        .limit(kSignInRate);
}

http::Response AccountPages::registerForm(http::Request& request, const Error* error) {
    http::Page page{request, "register"};
    page.title(page.say("register.title"))
        .form()
        .set("action", paths::kRegister)
        .set("lead", page.say("register.lead"));
    const auto add = [&](TextControl control) {
        if (control.type != "password") control.value = value(request, control.name);
        addControl(page.model(), request, control, error);
    };
    add({"full_name", page.say("register.full_name"), {}, page.say("register.full_name_hint"), {}, "name"});
    add({"email", page.say("register.email"), {}, page.say("register.email_hint"), "email", "email"});
    add({"phone",
         page.say("register.phone"),
         {},
         page.say("register.phone_hint"),
         "tel",
         "tel",
         "tel",
         "20"});
    add({"national_id",
         page.say("register.national_id"),
         {},
         page.say("register.national_id_hint"),
         {},
         "off",
         "numeric",
         "20",
         true});
    add({"password",
         page.say("register.password"),
         {},
         page.say("register.password_hint"),
         "password",
         "new-password"});
    setButton(page.model(), page.say("register.button"));
    if (error) page.errors(*error);
    return page.response();
}

Result<http::Response> AccountPages::registered(http::Request& request) {
    const auto done = identity_.registerCitizen(
        request.context(), {value(request, "email"), value(request, "password"), value(request, "full_name"),
                            value(request, "phone"), value(request, "national_id")});
    if (done) return http::Response::seeOther(std::string{paths::kRegister} + "/da-gui");
    if (done.error().kind != ErrorKind::Invalid) return done.error();
    return registerForm(request, &done.error());
}

http::Response AccountPages::askedToConfirm(http::Request& request) {
    http::Page page{request, "confirm_email"};
    page.title(page.say("confirm_email.title"))
        .set("message", page.say(mailGoesOut_() ? "confirm_email.sent_to_you" : "confirm_email.not_sent"));
    page.model().object("next").set("text", page.say("header.sign_in")).set("href", paths::kSignIn);
    return page.response();
}

// A mail scanner follows links; so the link shows a button, and only the button confirms.
Result<http::Response> AccountPages::confirmForm(http::Request& request) {
    http::Page page{request, "confirm_button"};
    page.title(page.say("confirm_email.title")).form().set("action", std::string{request.path()});
    page.set("message", page.say("confirm_email.press"));
    setButton(page.model(), page.say("confirm_email.button"));
    return page.response();
}

Result<http::Response> AccountPages::confirmed(http::Request& request) {
    const auto done = identity_.confirm(request.context(), request.param("link"));
    if (!done && done.error().kind != ErrorKind::Rejected) return done.error();
    http::Page page{request, "confirm_email"};
    const std::string word = done ? "confirm_email.confirmed" : "confirm_email.failed";
    page.title(page.say(word + "_title"))
        .set("message", page.say(word))
        .set("confirmed", done.ok())
        .set("failed", !done.ok());
    if (!done) page.status(422);
    page.model().object("next").set("text", page.say(done ? "header.sign_in" : "header.register"));
    page.model().object("next").set("href", done ? paths::kSignIn : paths::kRegister);
    return page.response();
}

http::Response AccountPages::signInForm(http::Request& request, const Error* error, const std::string& kept) {
    http::Page page{request, "sign_in"};
    const std::string back = http::localPathOr(request.query("back"), "");
    page.title(page.say("sign_in.title")).form();
    page.set("action", paths::kSignIn + (back.empty() ? "" : "?back=" + http::percentEncode(back)));
    addControl(page.model(), request,
               {"email", page.say("register.email"), value(request, "email"), {}, "email", "username"},
               error);
    addControl(page.model(), request,
               {"password", page.say("register.password"), {}, {}, "password", "current-password"}, error);
    setButton(page.model(), page.say("header.sign_in"));
    if (!kept.empty()) {
        page.model().add("controls").set("is_hidden", true).set("name", "kept").set("value", kept);
        page.set("kept_note", page.say("sign_in.kept"));
    }
    page.model().object("forgot").set("text", page.say("sign_in.forgot")).set("href", paths::kForgotten);
    if (error) page.errors(*error);
    return page.response();
}

Result<http::Response> AccountPages::signedIn(http::Request& request) {
    const auto session = identity_.signIn(request.context(), request.form("email"), request.form("password"));
    if (!session) {
        if (session.error().kind == ErrorKind::Unavailable) return session.error();
        Error shown = session.error();
        shown.fields.push_back({"email", shown.code, shown.params});
        return signInForm(request, &shown, value(request, "kept"));
    }
    // Whoever was signed in here before is so no longer, on this browser or with a copy of its cookie.
    if (const auto before = fromHex(request.sessionHash()); before && request.actor().signedIn())
        identity_.signOut(request.context(), *before);
    const std::string back = http::localPathOr(request.query("back"), "");
    http::Response response;
    if (const auto kept = unpackTyped(request.form("kept")); kept && !back.empty())
        response = goOn(request, *session, *kept, back);
    else
        response = http::Response::seeOther(back.empty() ? homeOf(session->kind) : back);
    response.session(session->sessionToken, kSessionSeconds);
    return response;
}

// The CSRF token of the ended session has proved that the form was ours.
http::Response AccountPages::keepTyped(http::Request& request) {
    return signInForm(request, nullptr, packTyped(request.form().fields));
}

// One press sends again what was typed, now by the new session.
http::Response AccountPages::goOn(http::Request& request, const identity::SignedIn& session,
                                  const http::Fields& kept, const std::string& target) {
    http::Page page{request, "go_on"};
    page.title(page.say("go_on.title")).set("action", target);
    page.set("token", http::csrfToken(session.sessionToken, "form"));
    for (const auto& [name, text] : kept.pairs())
        page.model().add("controls").set("is_hidden", true).set("name", name).set("value", text);
    return page.response();
}

http::Response AccountPages::signedOut(http::Request& request) {
    if (const auto hash = fromHex(request.sessionHash())) identity_.signOut(request.context(), *hash);
    http::Response response = http::Response::seeOther(paths::kHome);
    response.endSession().flash("notice.signed_out");
    return response;
}

http::Response AccountPages::forgottenForm(http::Request& request) {
    http::Page page{request, "simple_form"};
    page.title(page.say("forgotten.title"))
        .form()
        .set("action", paths::kForgotten)
        .set("lead", page.say("forgotten.lead"));
    addControl(page.model(), request, {"email", page.say("register.email"), {}, {}, "email", "username"});
    setButton(page.model(), page.say("forgotten.button"));
    return page.response();
}

Result<http::Response> AccountPages::forgotten(http::Request& request) {
    MOTCUA_CHECK(identity_.askPasswordReset(request.context(), request.form("email")));
    http::Response response = http::Response::seeOther(paths::kSignIn);
    response.flash("notice.reset_sent");
    return response;
}

http::Response AccountPages::newPasswordForm(http::Request& request, const Error* error) {
    http::Page page{request, "simple_form"};
    page.title(page.say("forgotten.new_title")).form().set("action", std::string{request.path()});
    addControl(page.model(), request,
               {"password",
                page.say("forgotten.new_password"),
                {},
                page.say("register.password_hint"),
                "password",
                "new-password"},
               error);
    setButton(page.model(), page.say("forgotten.new_button"));
    if (error) page.errors(*error);
    return page.response();
}

Result<http::Response> AccountPages::newPassword(http::Request& request) {
    const auto done =
        identity_.resetPassword(request.context(), request.param("link"), request.form("password"));
    if (!done && done.error().kind == ErrorKind::Invalid) return newPasswordForm(request, &done.error());
    if (!done) return done.error();
    http::Response response = http::Response::seeOther(paths::kSignIn);
    response.flash("notice.password_set");
    return response;
}

} // namespace motcua::web
