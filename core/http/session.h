// Who sends a request, and proof that a form was ours: session tokens, CSRF tokens, flash messages in a
// cookie.
#pragma once

#include "base/context.h"
#include "base/result.h"
#include "http/form.h"
#include "http/response.h"

#include <optional>
#include <string>
#include <string_view>

namespace motcua::http {

// Knows sessions by the SHA-256 of their token (hex); identity implements it.
class SessionStore {
public:
    virtual ~SessionStore() = default;
    // The actor of a live session, whose idle time begins again; nothing where it is over or never was. An
    // error means that nobody can say. [thread-safe]
    virtual Result<std::optional<Actor>> bySession(const Context& context, std::string_view tokenHash) = 0;
    // The same for the token of a program (Authorization: Bearer).
    virtual Result<std::optional<Actor>> byBearer(const Context& context, std::string_view tokenHash) = 0;
};

// As SessionStore and identity's tables write it.
std::string hashToken(std::string_view token);

// The token of the session cookie; "" where there is none or it cannot be one of ours. A browser that is not
// signed in has a token too, once it has seen a form, so that sign-in forms cannot be forged either.
std::string sessionToken(const Fields& cookies, bool secure);

// HMAC of the session token over the form's purpose, masked anew each time so that compression tells nothing
// of it.
std::string csrfToken(std::string_view sessionToken, std::string_view purpose);
bool isCsrfToken(std::string_view token, std::string_view sessionToken, std::string_view purpose);

// Whether an unsafe request came from a page of ours, by what the browser itself says (Sec-Fetch-Site,
// Origin). `publicOrigin` ("https://…", may be empty) is ours beside the Host field. Without either the token
// decides alone.
bool isSameOrigin(const net::Headers& headers, std::string_view publicOrigin);

// "Set-Cookie" of one cookie.
std::string setCookie(const Cookie& cookie, bool secure);

// A flash as a cookie value signed with `secret`, and back.
std::string packFlash(const Flash& flash, std::string_view secret);
std::optional<Flash> unpackFlash(std::string_view value, std::string_view secret);

inline constexpr std::string_view flashCookie = "motcua_flash";
inline constexpr std::string_view localeCookie = "motcua_lang";

} // namespace motcua::http
