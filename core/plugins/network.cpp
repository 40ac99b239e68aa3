#include "plugins/network.h"

#include "base/text.h"

#include "motcua/sdk/tls.h"

#include <Poco/Exception.h>
#include <Poco/URI.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <memory>

#include <netdb.h>
#include <sys/socket.h>

namespace motcua::plugins {

namespace {

constexpr std::size_t largestAnswer = 16u << 20;
constexpr std::size_t mostHeaders = 200;

// "${field}" replaced by the profile's value.
std::string filled(const std::string& pattern, const Json& config) {
    std::string out;
    std::size_t at = 0;
    while (at < pattern.size()) {
        const std::size_t open = pattern.find("${", at);
        const std::size_t close = open == std::string::npos ? open : pattern.find('}', open);
        out += pattern.substr(at, open - at);
        if (close == std::string::npos) break;
        const Json& value = config[pattern.substr(open + 2, close - open - 2)];
        out += value.isString() ? value.string() : value.dump();
        at = close + 1;
    }
    return out;
}

bool matches(const Endpoint& allowed, const Endpoint& wanted) {
    if (allowed.port != wanted.port) return false;
    if (allowed.host.rfind("*.", 0) != 0) return allowed.host == wanted.host;
    const std::string suffix = allowed.host.substr(1); // ".example.vn"
    return wanted.host.size() > suffix.size() &&
           wanted.host.compare(wanted.host.size() - suffix.size(), suffix.size(), suffix) == 0;
}

Result<Fd> connectOne(const addrinfo& address, const sdk::Deadline& deadline) {
    Fd fd{::socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address.ai_protocol)};
    if (!fd) return unavailable("host.connect_failed", std::strerror(errno));
    if (::connect(fd.get(), address.ai_addr, address.ai_addrlen) != 0) {
        if (errno != EINPROGRESS) return unavailable("host.connect_failed", std::strerror(errno));
        pollfd waited{fd.get(), POLLOUT, 0};
        if (::poll(&waited, 1, deadline.leftMs()) == 0) return Error{ErrorKind::Timeout, "host.deadline"};
        int error = 0;
        socklen_t size = sizeof error;
        ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
        if (error != 0) return unavailable("host.connect_failed", std::strerror(error));
    }
    ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) & ~O_NONBLOCK);
    return fd;
}

sdk::Error toSdk(const Error& error) {
    const sdk::Status status = error.kind == ErrorKind::NotFound  ? sdk::Status::NotFound
                               : error.kind == ErrorKind::Timeout ? sdk::Status::Timeout
                               : error.kind == ErrorKind::Invalid ? sdk::Status::Invalid
                                                                  : sdk::Status::Unavailable;
    return {status, error.code, error.detail};
}

bool isToken(std::string_view text) {
    static constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) || marks.find(c) != std::string_view::npos;
    });
}

// A line end in a header would begin another header.
bool isFieldValue(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

sdk::Result<std::string> requestText(const sdk::HttpRequest& request, const Poco::URI& uri) {
    static const std::vector<std::string_view> methods{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"};
    if (std::find(methods.begin(), methods.end(), request.method) == methods.end())
        return sdk::invalid("plugin.malformed", "method " + request.method);
    std::string path = uri.getPathAndQuery();
    if (path.empty() || path[0] != '/') path.insert(0, "/");
    std::string text = request.method + " " + path + " HTTP/1.1\r\nHost: " + uri.getAuthority() +
                       "\r\nConnection: close\r\nAccept-Encoding: identity\r\n";
    for (const auto& [name, value] : request.headers) {
        const std::string lower = text::lower(name);
        if (!isToken(name) || !isFieldValue(value)) return sdk::invalid("plugin.malformed", "header " + name);
        if (lower == "host" || lower == "connection" || lower == "content-length" || lower == "transfer-encoding") continue;
        text += name + ": " + value + "\r\n";
    }
    const std::string_view body = request.body ? request.body->view() : std::string_view{};
    if (request.body || request.method == "POST" || request.method == "PUT" || request.method == "PATCH")
        text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return (text += "\r\n").append(body);
}

sdk::Error broken(std::string what) {
    return sdk::unavailable("host.http_failed", std::move(what));
}

sdk::Result<void> readHeaders(sdk::Stream& stream, sdk::HttpResponse& response) {
    for (std::size_t count = 0; count < mostHeaders; ++count) {
        MOTCUA_SDK_TRY(line, stream.readLine());
        if (line.empty()) return {};
        const std::size_t colon = line.find(':');
        if (colon == std::string::npos || !isToken(std::string_view{line}.substr(0, colon))) return broken("a header line");
        std::string& value = response.headers[text::lower(line.substr(0, colon))];
        value += (value.empty() ? "" : ", ") + text::trim(line.substr(colon + 1));
    }
    return broken("too many headers");
}

sdk::Result<void> readExactly(sdk::Stream& stream, std::size_t count, std::string& into) {
    if (into.size() + count > largestAnswer) return sdk::unavailable("host.too_large");
    for (std::size_t done = 0; done < count;) {
        MOTCUA_SDK_TRY(part, stream.read(count - done));
        if (part.empty()) return broken("the answer broke off");
        done += part.size();
        into += part;
    }
    return {};
}

sdk::Result<std::size_t> number(const std::string& text, int base) {
    std::size_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (read.ec != std::errc{} || (read.ptr != text.data() + text.size() && *read.ptr != ';')) return broken("a length");
    return value;
}

sdk::Result<std::string> readBody(sdk::Stream& stream, const sdk::HttpResponse& response) {
    const auto header = [&](const char* name) {
        const auto found = response.headers.find(name);
        return found == response.headers.end() ? std::string{} : found->second;
    };
    std::string body;
    if (text::lower(header("transfer-encoding")) == "chunked") {
        while (true) {
            MOTCUA_SDK_TRY(line, stream.readLine());
            MOTCUA_SDK_TRY(size, number(line, 16));
            if (size == 0) return body;
            MOTCUA_SDK_CHECK(readExactly(stream, size, body));
            MOTCUA_SDK_TRY(end, stream.readLine());
            if (!end.empty()) return broken("a chunk");
        }
    }
    if (!header("content-length").empty()) {
        MOTCUA_SDK_TRY(size, number(header("content-length"), 10));
        MOTCUA_SDK_CHECK(readExactly(stream, size, body));
        return body;
    }
    while (true) {
        MOTCUA_SDK_TRY(part, stream.read(65536));
        if (part.empty()) return body;
        if (body.size() + part.size() > largestAnswer) return sdk::unavailable("host.too_large");
        body += part;
    }
}

sdk::Result<sdk::HttpResponse> readResponse(sdk::Stream& stream, const std::string& method) {
    sdk::HttpResponse response;
    do {
        MOTCUA_SDK_TRY(line, stream.readLine());
        if (line.rfind("HTTP/1.", 0) != 0 || line.size() < 12) return broken("no HTTP status line");
        MOTCUA_SDK_TRY(status, number(line.substr(9, 3), 10));
        response = {};
        response.status = static_cast<std::int64_t>(status);
        MOTCUA_SDK_CHECK(readHeaders(stream, response));
    } while (response.status < 200); // 100 Continue and its like go before the answer
    if (method == "HEAD" || response.status == 204 || response.status == 304) return response;
    MOTCUA_SDK_TRY(body, readBody(stream, response));
    response.body = sdk::Blob{std::move(body)};
    return response;
}

} // namespace

Result<Endpoint> endpointOf(const std::string& text) {
    const Error wrong{ErrorKind::Invalid, "host.not_allowed", "\"" + text + "\" names no host and port"};
    try {
        const Poco::URI uri{text.find("://") == std::string::npos ? "tcp://" + text : text};
        if (uri.getHost().empty() || uri.getPort() == 0) return wrong;
        std::string host = text::lower(uri.getHost());
        if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
        return Endpoint{host, uri.getPort()};
    } catch (const Poco::SyntaxException&) {
        return wrong;
    }
}

bool mayReach(const Manifest& manifest, const Json& config, const Endpoint& endpoint) {
    return std::any_of(manifest.network.begin(), manifest.network.end(), [&](const std::string& pattern) {
        const auto allowed = endpointOf(filled(pattern, config));
        return allowed && matches(*allowed, endpoint);
    });
}

Result<Fd> connectTo(const Endpoint& endpoint, const sdk::Deadline& deadline) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* found = nullptr;
    const int code = ::getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &found);
    if (code != 0) {
        const std::string detail = endpoint.host + ": " + ::gai_strerror(code);
        if (code == EAI_AGAIN) return unavailable("host.name_not_found", detail);
        return Error{ErrorKind::NotFound, "host.name_not_found", detail};
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all{found, &::freeaddrinfo};
    Error last = unavailable("host.connect_failed");
    for (const addrinfo* one = all.get(); one; one = one->ai_next) {
        auto connected = connectOne(*one, deadline);
        if (connected) return connected;
        last = connected.error();
    }
    last.detail = endpoint.host + ":" + std::to_string(endpoint.port) + " " + last.detail;
    return last;
}

sdk::Result<sdk::HttpResponse> exchange(const sdk::HttpRequest& request, const sdk::Deadline& deadline) {
    const auto endpoint = endpointOf(request.url);
    if (!endpoint) return toSdk(endpoint.error());
    const Poco::URI uri{request.url};
    const bool secure = uri.getScheme() == "https";
    if (!secure && uri.getScheme() != "http") return sdk::invalid("plugin.malformed", "scheme " + uri.getScheme());
    MOTCUA_SDK_TRY(text, requestText(request, uri));

    auto connected = connectTo(*endpoint, deadline);
    if (!connected) return toSdk(connected.error());
    sdk::Socket socket{connected->release()};
    std::unique_ptr<sdk::Stream> stream;
    if (secure) {
        MOTCUA_SDK_TRY(tls, sdk::TlsStream::open(std::move(socket), endpoint->host, request.trust, deadline));
        stream = std::move(tls);
    } else {
        stream = std::make_unique<sdk::Stream>(std::move(socket), deadline);
    }
    MOTCUA_SDK_CHECK(stream->write(text));
    return readResponse(*stream, request.method);
}

} // namespace motcua::plugins
