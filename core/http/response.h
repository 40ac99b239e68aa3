// An answer in the making, with makers for the usual kinds. Values that would break a header are refused
// here.
#pragma once

#include "base/json.h"
#include "net/message.h"
#include "view/words.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::http {

// HttpOnly, SameSite=Lax, Path=/ always; Secure where the request was.
struct Cookie {
    std::string name;
    std::string value; // letters, digits and ! # $ % & ' ( ) * + - . / : < = > ? @ [ ] ^ _ ` { | } ~
    std::optional<std::int64_t> maxAgeSeconds{}; // absent: until the browser closes; 0: removed now
    bool hostPrefix = false;                     // named "__Host-…" where the request was secure
};

// Said once on the next page that this browser gets.
struct Flash {
    std::string key; // i18n key
    view::Params params{};
    bool success = true;
};

class Response {
public:
    // An empty 204.
    Response() = default;

    static Response html(std::string page, int status = 200);
    static Response text(std::string text, int status = 200);
    static Response json(const Json& json, int status = 200);
    static Response bytes(std::string body, std::string_view contentType, int status = 200);
    // 303 to a path of our own ("/…"); a target that leaves the site is a bug: std::invalid_argument.
    static Response seeOther(std::string_view path);
    // 303 to another site (payment, sign-in provider): "https://…", or "http://…" for local simulators.
    static Response away(std::string_view url);
    // Saved under `name`, never shown in the page's origin (RFC 6266; ASVS 5.4.1).
    static Response download(std::string body, std::string_view name, std::string_view contentType);
    // Server-sent events of these topics, until the client leaves.
    static Response events(std::vector<std::string> topics);

    // Replaces the field. A CR, LF or NUL in either word is a bug: std::invalid_argument.
    Response& header(std::string_view name, std::string_view value);
    Response& status(int status);
    Response& cookie(Cookie cookie);
    // The session cookie, after sign-in; replaces whatever was there. Without an age it ends with the
    // browser.
    Response& session(std::string token, std::optional<std::int64_t> maxAgeSeconds = {});
    Response& endSession();
    Response& flash(std::string key, view::Params params = {}, bool success = true);
    // Another origin that a form of this page may be sent to, also by redirect (CSP form-action).
    Response& allowFormTo(std::string_view origin);

    int statusCode() const { return message.status; }
    const std::string& body() const { return message.body; }

    net::Response message{204, {}, {}, {}, {}, {}};
    std::vector<Cookie> cookies{};
    std::optional<Flash> flashed{};
    std::vector<std::string> formOrigins{};
    bool attached = false; // a download: its policy is a sandbox
};

// Whether `target` is a path of this site that may be redirected to: begins with one "/", holds no "\" and no
// control character (ASVS 3.7.2).
bool isLocalPath(std::string_view target);
// `target` where it is one, else `otherwise`.
std::string localPathOr(std::string_view target, std::string_view otherwise);

// attachment; filename="ascii"; filename*=UTF-8''…
std::string attachment(std::string_view name);

} // namespace motcua::http
