#include "web/outside.h"

#include <algorithm>

namespace motcua::web {

namespace {

std::string lowerAscii(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
}

} // namespace

std::string originOf(const http::Request& request, const std::string& configured) {
    if (!configured.empty()) return configured;
    return (request.isSecure() ? "https://" : "http://") + std::string{request.header("Host")};
}

// Without cookies: they are between the browser and this site.
sdk::RawHttp rawOf(const http::Request& request) {
    sdk::RawHttp raw;
    raw.method = request.method();
    raw.query = request.rawQuery();
    raw.peer = request.peer();
    for (const auto& [name, value] : request.headers().fields())
        if (std::string lower = lowerAscii(name); lower != "cookie" && lower != "authorization")
            raw.headers.emplace(std::move(lower), value);
    if (request.body() && request.body()->size() > 0) raw.body = sdk::Blob{request.body()->all()};
    return raw;
}

} // namespace motcua::web
