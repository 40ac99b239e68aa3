#include "http/session.h"

#include "base/bytes.h"
#include "base/json.h"

#include <algorithm>

namespace motcua::http {

namespace {

constexpr std::size_t tokenSize = 43; // 256 bits in base64url
constexpr std::size_t maskSize = 32;

std::string sessionCookieName(bool secure) {
    return secure ? "__Host-motcua" : "motcua";
}

std::string masked(std::string_view bytes, std::string_view mask) {
    std::string out{bytes};
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<char>(out[i] ^ mask[i]);
    return out;
}

std::string_view hostOf(std::string_view origin) {
    const std::size_t scheme = origin.find("://");
    return scheme == std::string_view::npos ? std::string_view{} : origin.substr(scheme + 3);
}

} // namespace

std::string hashToken(std::string_view token) {
    return toHex(sha256(token));
}

std::string sessionToken(const Fields& cookies, bool secure) {
    const std::string token{cookies.get(sessionCookieName(secure))};
    const auto bytes = token.size() == tokenSize ? fromBase64Url(token) : std::nullopt;
    return bytes ? token : std::string{};
}

std::string csrfToken(std::string_view sessionToken, std::string_view purpose) {
    const std::string proof = hmacSha256(sessionToken, "csrf:" + std::string{purpose});
    const std::string mask = randomBytes(maskSize);
    return toBase64Url(mask + masked(proof, mask));
}

bool isCsrfToken(std::string_view token, std::string_view sessionToken, std::string_view purpose) {
    if (sessionToken.empty() || token.size() > 200) return false;
    const auto bytes = fromBase64Url(token);
    if (!bytes || bytes->size() != 2 * maskSize) return false;
    const std::string_view all = *bytes;
    const std::string proof = masked(all.substr(maskSize), all.substr(0, maskSize));
    return equalInConstantTime(proof, hmacSha256(sessionToken, "csrf:" + std::string{purpose}));
}

bool isSameOrigin(const net::Headers& headers, std::string_view publicOrigin) {
    // "none" is the user's own doing (a reload of an answer typed by hand), never another site's.
    const std::string_view site = headers.get("Sec-Fetch-Site");
    if (!site.empty() && site != "same-origin" && site != "none") return false;
    const std::string* origin = headers.find("Origin");
    if (!origin) return true;
    if (!publicOrigin.empty() && net::sameWord(*origin, publicOrigin)) return true;
    const std::string_view host = headers.get("Host");
    return !host.empty() && net::sameWord(hostOf(*origin), host);
}

std::string setCookie(const Cookie& cookie, bool secure) {
    std::string text =
        (cookie.hostPrefix && secure ? "__Host-" : "") + cookie.name + "=" + cookie.value + "; Path=/";
    if (cookie.maxAgeSeconds) text += "; Max-Age=" + std::to_string(*cookie.maxAgeSeconds);
    if (secure) text += "; Secure";
    return text + "; HttpOnly; SameSite=Lax";
}

std::string packFlash(const Flash& flash, std::string_view secret) {
    Json json = Json::object();
    json.set("k", flash.key).set("s", flash.success);
    Json params = Json::object();
    for (const auto& [name, value] : flash.params)
        params.set(name, value);
    json.set("p", std::move(params));
    const std::string body = toBase64Url(json.dump());
    return body + "." + toBase64Url(hmacSha256(secret, "flash:" + body));
}

std::optional<Flash> unpackFlash(std::string_view value, std::string_view secret) {
    const std::size_t dot = value.find('.');
    if (dot == std::string_view::npos || value.size() > 4096) return std::nullopt;
    const std::string_view body = value.substr(0, dot);
    const auto proof = fromBase64Url(value.substr(dot + 1));
    if (!proof || !equalInConstantTime(*proof, hmacSha256(secret, "flash:" + std::string{body})))
        return std::nullopt;
    const auto text = fromBase64Url(body);
    const auto json = Json::parse(text.value_or(""));
    if (!json) return std::nullopt;
    Flash flash{(*json)["k"].string(), {}, (*json)["s"].boolean()};
    for (const auto& [name, param] : (*json)["p"].members())
        flash.params[name] = param.string();
    return flash;
}

} // namespace motcua::http
