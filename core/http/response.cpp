#include "http/response.h"

#include "base/text.h"
#include "http/form.h"

#include <algorithm>
#include <stdexcept>

namespace motcua::http {

namespace {

constexpr std::string_view sessionCookie = "motcua";

bool breaksHeader(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t') || byte == 0x7f;
    });
}

Response redirect(std::string_view target) {
    Response response;
    response.message.status = 303;
    // What browsers would encode themselves; letters outside ASCII do not belong in a header.
    response.header("Location", percentEncode(target, "/?#[]@!$&'()*+,;=:%"));
    return response;
}

} // namespace

Response Response::bytes(std::string body, std::string_view contentType, int status) {
    Response response;
    response.message.status = status;
    response.message.body = std::move(body);
    response.header("Content-Type", contentType);
    return response;
}

Response Response::html(std::string page, int status) {
    return bytes(std::move(page), "text/html; charset=utf-8", status);
}

Response Response::text(std::string text, int status) {
    return bytes(std::move(text), "text/plain; charset=utf-8", status);
}

Response Response::json(const Json& json, int status) {
    return bytes(json.dump(), "application/json; charset=utf-8", status);
}

Response Response::seeOther(std::string_view path) {
    if (!isLocalPath(path))
        throw std::invalid_argument("redirect to \"" + std::string{path} + "\", not a local path");
    return redirect(path);
}

Response Response::away(std::string_view url) {
    if ((!url.starts_with("https://") && !url.starts_with("http://")) || breaksHeader(url))
        throw std::invalid_argument("redirect to something that is no web address");
    return redirect(url);
}

Response Response::download(std::string body, std::string_view name, std::string_view contentType) {
    Response response = bytes(std::move(body), contentType);
    response.header("Content-Disposition", attachment(name));
    response.attached = true;
    return response;
}

Response Response::events(std::vector<std::string> topics) {
    Response response;
    response.message.status = 200;
    response.header("Content-Type", "text/event-stream");
    response.header("Cache-Control", "no-store");
    response.message.topics = std::move(topics);
    return response;
}

Response& Response::header(std::string_view name, std::string_view value) {
    if (name.empty() || breaksHeader(name) || breaksHeader(value))
        throw std::invalid_argument("a control character in header " + text::shorten(name, 40));
    message.headers.set(name, std::string{value});
    return *this;
}

Response& Response::status(int status) {
    message.status = status;
    return *this;
}

Response& Response::cookie(Cookie cookie) {
    const auto isValue = [](char c) {
        return c > ' ' && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
    };
    if (!std::all_of(cookie.value.begin(), cookie.value.end(), isValue))
        throw std::invalid_argument("cookie " + cookie.name + " with a character that cookies do not hold");
    cookies.push_back(std::move(cookie));
    return *this;
}

Response& Response::session(std::string token, std::optional<std::int64_t> maxAgeSeconds) {
    return cookie({std::string{sessionCookie}, std::move(token), maxAgeSeconds, true});
}

Response& Response::endSession() {
    return cookie({std::string{sessionCookie}, "", 0, true});
}

Response& Response::flash(std::string key, view::Params params, bool success) {
    flashed = Flash{std::move(key), std::move(params), success};
    return *this;
}

Response& Response::allowFormTo(std::string_view origin) {
    const bool odd = origin.find_first_of(" ;,'\"") != std::string_view::npos || breaksHeader(origin);
    if (odd || (!origin.starts_with("https://") && !origin.starts_with("http://")))
        throw std::invalid_argument("no origin for a form: " + text::shorten(origin, 80));
    formOrigins.emplace_back(origin);
    return *this;
}

bool isLocalPath(std::string_view target) {
    if (!target.starts_with('/') || target.starts_with("//")) return false;
    return !breaksHeader(target) && target.find('\\') == std::string_view::npos &&
           target.find('\t') == std::string_view::npos;
}

std::string localPathOr(std::string_view target, std::string_view otherwise) {
    return std::string{isLocalPath(target) ? target : otherwise};
}

std::string attachment(std::string_view name) {
    const std::string clean = text::clean(name).value_or("file");
    std::string ascii;
    for (const char c : clean)
        if (c >= ' ' && c < 0x7f) ascii += c == '"' || c == '\\' || c == '%' || c == '/' ? '_' : c;
    std::string value = "attachment; filename=\"" + (ascii.empty() ? "file" : ascii) + "\"";
    if (ascii != clean) value += "; filename*=UTF-8''" + percentEncode(clean);
    return value;
}

} // namespace motcua::http
