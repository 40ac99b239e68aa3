// A request as a controller reads it: checked text only, who sent it, and what the page around the answer
// needs.
#pragma once

#include "base/context.h"
#include "base/json.h"
#include "http/form.h"
#include "http/router.h"
#include "http/session.h"
#include "net/message.h"
#include "view/theme.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::http {

class Request;

// Fills what every page's frame shows (site, links, nav, user…); the web layer knows.
using LayoutFiller = std::function<void(const Request&, view::Model&)>;

// What the site lends to its requests.
struct Surroundings {
    std::shared_ptr<const view::Theme> theme;
    const LayoutFiller* layout = nullptr;
    RateLimiter* limiter = nullptr;
    std::string_view secret{};
};

class Request {
public:
    Request(const net::Request& raw, Surroundings around);
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;

    std::string_view method() const { return raw_.method; }
    std::string_view path() const { return raw_.path; }
    // Path and query, to come back to after sign-in or a change of language.
    std::string target() const;
    bool isSafe() const { return raw_.method == "GET" || raw_.method == "HEAD" || raw_.method == "OPTIONS"; }
    bool isSecure() const { return raw_.secure; }
    std::string_view peer() const { return raw_.peer; }
    std::string_view header(std::string_view name) const { return raw_.headers.get(name); }
    // Errors and redirects are for a program, not for a person.
    bool wantsJson() const;
    bool isForm() const;

    // A part of the path by its name in the pattern; a name that the pattern lacks is a bug:
    // std::logic_error.
    const std::string& param(std::string_view name) const;
    std::string_view query(std::string_view name) const { return query_.get(name); }
    const Fields& query() const { return query_; }
    const std::string& rawQuery() const { return raw_.query; } // as it was signed
    const net::Headers& headers() const { return raw_.headers; }
    std::string_view form(std::string_view name) const { return form_.fields.get(name); }
    const Form& form() const { return form_; }
    std::string_view cookie(std::string_view name) const { return cookies_.get(name); }
    // The body as JSON. Invalid "json.…", "http.wrong_type" where it says to be something else.
    Result<Json> json(Json::Limits limits) const;
    Result<Json> json() const { return json(Json::Limits{}); }
    const std::shared_ptr<const net::Body>& body() const { return raw_.body; }

    const Context& context() const { return context_; }
    const Actor& actor() const { return context_.actor; }
    const std::string& locale() const { return context_.locale; }
    // As SessionStore knows this session; "" without one.
    std::string sessionHash() const { return token_.empty() ? std::string{} : hashToken(token_); }

    // The hidden field "csrf" of a form of this page. Gives a browser without a session a token of its own.
    std::string csrf(std::string_view purpose = "form");
    // The hidden field "once" as it came back (or Idempotency-Key): the service keeps it, so that a form sent
    // twice is filed once. Nothing where it is missing or no id.
    std::optional<std::string> idempotencyKey() const;
    // A message left for this page; said once.
    std::optional<Flash> takeFlash();

    const view::Theme& theme() const { return *around_.theme; }
    std::string say(std::string_view key, const view::Params& params = {}) const;
    const LayoutFiller* layout() const { return around_.layout; }
    RateLimiter& limiter() const { return *around_.limiter; }

private:
    friend class Site;
    Result<void> parseHead();
    Result<void> parseBody(const Route& route);
    void chooseLocale();

    const net::Request& raw_;
    Surroundings around_;
    Context context_;
    Fields query_;
    Fields cookies_;
    Form form_;
    Match match_;
    std::string token_;       // of the session cookie
    bool tokenIsNew_ = false; // made here: the answer must set the cookie
    bool personal_ = false;   // the answer holds something of this browser: never cached
    bool flashTaken_ = false;
    bool localeChosen_ = false; // by ?lang=: kept in a cookie
};

} // namespace motcua::http
