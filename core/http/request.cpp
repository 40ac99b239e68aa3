#include "http/request.h"

#include "base/bytes.h"
#include "base/id.h"
#include "base/text.h"

#include <algorithm>
#include <stdexcept>

namespace motcua::http {

namespace {

// The trace-id of "00-<32 hex>-<16 hex>-<2 hex>" (W3C Trace Context); "" for anything else.
std::string traceOf(std::string_view traceparent) {
    if (traceparent.size() != 55 || traceparent[2] != '-' || traceparent[35] != '-') return {};
    const std::string_view trace = traceparent.substr(3, 32);
    const bool hex = trace.find_first_not_of("0123456789abcdef") == std::string_view::npos;
    const bool zero = trace.find_first_not_of('0') == std::string_view::npos;
    return hex && !zero ? std::string{trace} : std::string{};
}

// Thousandths of "en;q=0.8"; 1000 where it names no quality.
int qualityOf(std::string_view item) {
    const std::size_t at = item.find("q=");
    if (at == std::string_view::npos) return 1000;
    std::string digits{item.substr(at + 2, 5)};
    if (!digits.starts_with('0')) return 1000;
    digits.erase(std::remove_if(digits.begin(), digits.end(), [](char c) { return c < '0' || c > '9'; }),
                 digits.end());
    digits.resize(4, '0');
    return std::stoi(digits);
}

// The language of "Accept-Language" that the browser wants most among those the theme speaks.
std::string acceptedLocale(std::string_view accepted, const view::Theme& theme) {
    std::string best = "vi";
    int bestQuality = 0;
    while (!accepted.empty()) {
        const std::string_view item = accepted.substr(0, accepted.find(','));
        accepted.remove_prefix(std::min(item.size() + 1, accepted.size()));
        const std::string tag = text::lower(text::trim(item.substr(0, item.find(';'))));
        const std::string language = tag.substr(0, tag.find('-'));
        const int quality = qualityOf(item);
        if (quality <= bestQuality || language.empty() || theme.localeOr(language) != language) continue;
        best = language;
        bestQuality = quality;
    }
    return best;
}

bool isMediaType(std::string_view contentType, std::string_view wanted) {
    return net::sameWord(text::trim(contentType.substr(0, contentType.find(';'))), wanted);
}

} // namespace

Request::Request(const net::Request& raw, Surroundings around) : raw_(raw), around_(std::move(around)) {
    context_.trace = traceOf(raw.headers.get("traceparent"));
    if (context_.trace.empty()) context_.trace = newTrace();
    context_.deadline = raw.deadline;
}

Result<void> Request::parseHead() {
    context_.locale = acceptedLocale(header("Accept-Language"), theme());
    if (!text::isUtf8(raw_.path) || raw_.path.find('\0') != std::string::npos)
        return Error{ErrorKind::Invalid, "http.bad_text"};
    if (const std::string* cookies = raw_.headers.find("Cookie")) {
        MOTCUA_TRY(parsed, parseCookies(*cookies));
        cookies_ = std::move(parsed);
    }
    MOTCUA_TRY(query, parseUrlEncoded(raw_.query));
    query_ = std::move(query);
    token_ = sessionToken(cookies_, raw_.secure);
    chooseLocale();
    return {};
}

void Request::chooseLocale() {
    const std::string_view asked = query("lang");
    const std::string_view kept = cookie(localeCookie);
    if (!asked.empty() && theme().localeOr(asked) == asked) {
        context_.locale = asked;
        localeChosen_ = asked != kept;
    } else if (!kept.empty() && theme().localeOr(kept) == kept) {
        context_.locale = kept;
    }
}

Result<void> Request::parseBody(const Route& route) {
    if (raw_.body->size() > route.bodyLimit()) return Error{ErrorKind::TooLarge, "http.body_too_large"};
    const std::string_view type = header("Content-Type");
    if (isMediaType(type, "application/x-www-form-urlencoded")) {
        FormLimits limits;
        limits.formBytes = route.bodyLimit();
        MOTCUA_TRY(fields, parseUrlEncoded(raw_.body->all(), limits));
        form_.fields = std::move(fields);
    } else if (isMediaType(type, "multipart/form-data")) {
        MOTCUA_TRY(form, parseMultipart(raw_.body, type));
        form_ = std::move(form);
    }
    return {};
}

bool Request::isForm() const {
    const std::string_view type = header("Content-Type");
    return isMediaType(type, "application/x-www-form-urlencoded") || isMediaType(type, "multipart/form-data");
}

bool Request::wantsJson() const {
    if (match_.route) return match_.route->isApi() || match_.route->isWebhook();
    const std::string_view accept = header("Accept");
    return path().starts_with("/api/") || (accept.find("json") != std::string_view::npos &&
                                           accept.find("text/html") == std::string_view::npos);
}

std::string Request::target() const {
    std::string target = percentEncode(raw_.path, "/:@!$&'()*+,;=");
    if (!raw_.query.empty()) target += "?" + raw_.query;
    return target;
}

const std::string& Request::param(std::string_view name) const {
    for (const auto& [key, value] : match_.params)
        if (key == name) return value;
    throw std::logic_error("the route has no parameter \"" + std::string{name} + "\"");
}

Result<Json> Request::json(Json::Limits limits) const {
    const std::string_view type = header("Content-Type");
    if (!isMediaType(type, "application/json") && !isMediaType(type, "application/merge-patch+json"))
        return Error{ErrorKind::Invalid, "http.wrong_type"};
    if (raw_.body->size() > limits.bytes) return Error{ErrorKind::TooLarge, "json.too_large"};
    return Json::parse(raw_.body->all(), limits);
}

std::string Request::csrf(std::string_view purpose) {
    personal_ = true;
    if (token_.empty()) {
        token_ = randomToken();
        tokenIsNew_ = true;
    }
    return csrfToken(token_, purpose);
}

std::optional<std::string> Request::idempotencyKey() const {
    const std::string_view key = form_.fields.has("once") ? form("once") : header("Idempotency-Key");
    const bool fits = key.size() >= 16 && key.size() <= 64;
    const bool plain = std::all_of(key.begin(), key.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
               c == '_';
    });
    return fits && plain ? std::optional{std::string{key}} : std::nullopt;
}

std::optional<Flash> Request::takeFlash() {
    const std::string_view value = cookie(flashCookie);
    if (value.empty()) return std::nullopt;
    flashTaken_ = personal_ = true;
    return unpackFlash(value, around_.secret);
}

std::string Request::say(std::string_view key, const view::Params& params) const {
    return theme().words(locale()).say(key, params);
}

} // namespace motcua::http
