#include "plugins/network.h"

#include "base/text.h"
#include "net/client.h"

#include <Poco/Exception.h>
#include <Poco/URI.h>

#include <algorithm>
#include <map>
#include <memory>

#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace motcua::plugins {

namespace {

constexpr std::size_t largestAnswer = 16u << 20;
constexpr std::string_view local = "unix:"; // a socket of this machine, by its path

bool isLocal(std::string_view place) {
    return place.substr(0, local.size()) == local;
}

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

// A list in the settings ("${printers}") stands for each of its items.
std::vector<std::string> filledAll(const std::string& pattern, const Json& config) {
    if (pattern.starts_with("${") && pattern.find('}') == pattern.size() - 1) {
        const Json& list = config[pattern.substr(2, pattern.size() - 3)];
        if (list.isArray()) {
            std::vector<std::string> all;
            for (const Json& item : list.items())
                all.push_back(item.string());
            return all;
        }
    }
    return {filled(pattern, config)};
}

bool matches(const Endpoint& allowed, const Endpoint& wanted) {
    if (allowed.port != wanted.port) return false;
    if (allowed.host.rfind("*.", 0) != 0) return allowed.host == wanted.host;
    const std::string suffix = allowed.host.substr(1); // ".example.vn"
    return wanted.host.size() > suffix.size() &&
           wanted.host.compare(wanted.host.size() - suffix.size(), suffix.size(), suffix) == 0;
}

Result<Fd> connectOne(const addrinfo& address, const sdk::Deadline& deadline) {
    Fd fd{
        ::socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address.ai_protocol)};
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

Result<Fd> connectLocal(const std::string& path, const sdk::Deadline& deadline) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return unavailable("host.connect_failed", "the path is too long");
    path.copy(address.sun_path, path.size());
    addrinfo wanted{};
    wanted.ai_family = AF_UNIX;
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_addr = reinterpret_cast<sockaddr*>(&address);
    wanted.ai_addrlen = sizeof address;
    auto connected = connectOne(wanted, deadline);
    if (connected) return connected;
    Error error = connected.error();
    error.detail = path + " " + error.detail;
    return error;
}

// The words of the net room's client as those of the SDK.
sdk::Error toSdk(const Error& error) {
    static const std::map<std::string_view, std::pair<sdk::Status, const char*>> words{
        {"http_client.bad_request", {sdk::Status::Invalid, "plugin.malformed"}},
        {"http_client.host_not_listed", {sdk::Status::Denied, "host.not_allowed"}},
        {"http_client.unreachable", {sdk::Status::Unavailable, "host.connect_failed"}},
        {"http_client.broken", {sdk::Status::Unavailable, "host.http_failed"}},
        {"http_client.untrusted", {sdk::Status::Denied, "host.tls_failed"}},
        {"http_client.timeout", {sdk::Status::Timeout, "host.deadline"}},
        {"http_client.too_large", {sdk::Status::Unavailable, "host.too_large"}}};
    const auto found = words.find(error.code);
    if (found == words.end()) return {sdk::Status::Internal, "host.failed", error.code + " " + error.detail};
    return {found->second.first, found->second.second, error.detail};
}

} // namespace

Result<Endpoint> endpointOf(const std::string& text) {
    const Error wrong{ErrorKind::Invalid, "host.not_allowed", "\"" + text + "\" names no host and port"};
    if (isLocal(text))
        return text.size() > local.size() && text[local.size()] == '/' ? Result<Endpoint>{Endpoint{text, 0}}
                                                                       : wrong;
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

std::string placeOf(std::string_view host, std::uint32_t port) {
    const std::string name{host};
    if (isLocal(host)) return name;
    return (host.find(':') == std::string_view::npos ? name : "[" + name + "]") + ":" + std::to_string(port);
}

bool mayReach(const Manifest& manifest, const Json& config, const Endpoint& endpoint) {
    return std::any_of(manifest.network.begin(), manifest.network.end(), [&](const std::string& pattern) {
        // A setting alone makes no address a local one: the manifest must say so.
        if (isLocal(pattern) != isLocal(endpoint.host)) return false;
        const auto places = filledAll(pattern, config);
        return std::any_of(places.begin(), places.end(), [&](const std::string& place) {
            const auto allowed = endpointOf(place);
            return allowed && matches(*allowed, endpoint);
        });
    });
}

std::vector<std::string> placesOf(const Manifest& manifest, const Json& config) {
    std::vector<std::string> places;
    for (const std::string& pattern : manifest.network)
        for (std::string& place : filledAll(pattern, config))
            places.push_back(std::move(place));
    return places;
}

Result<Fd> connectTo(const Endpoint& endpoint, const sdk::Deadline& deadline) {
    if (isLocal(endpoint.host)) return connectLocal(endpoint.host.substr(local.size()), deadline);
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* found = nullptr;
    const int code =
        ::getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &found);
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

namespace {

// What OpenSSL reads from files, given as texts.
class PemFiles {
public:
    PemFiles(const sdk::HttpRequest& request, net::ClientSettings& settings) {
        settings.caFile = lay(request.trust);
        settings.certificateFile = lay(request.certificate);
        settings.keyFile = lay(request.key);
    }

private:
    std::string lay(const std::string& pem) {
        if (pem.empty()) return "";
        held_.push_back(wire::toMemfd(pem));
        return "/proc/self/fd/" + std::to_string(held_.back().get());
    }

    std::vector<Fd> held_{};
};

sdk::Result<std::shared_ptr<const net::HttpClient>> clientFor(const net::ClientSettings& settings) {
    try {
        return std::make_shared<const net::HttpClient>(settings);
    } catch (const std::runtime_error&) {
        return sdk::denied("host.tls_failed", "a certificate or a key cannot be used");
    }
}

} // namespace

sdk::Result<sdk::HttpResponse> exchange(const sdk::HttpRequest& request, const sdk::Deadline& deadline) {
    const auto endpoint = endpointOf(request.url);
    if (!endpoint) return sdk::denied("host.not_allowed", request.url);
    net::ClientSettings settings;
    const std::string place =
        (endpoint->host.find(':') == std::string::npos ? endpoint->host : "[" + endpoint->host + "]") + ":" +
        std::to_string(endpoint->port);
    settings.hosts = {request.url.rfind("http://", 0) == 0 ? "http://" + place : place};
    settings.bodyBytes = largestAnswer;
    const PemFiles files{request, settings};
    const auto client = clientFor(settings);
    if (!client) return client.error();
    net::ClientRequest sent;
    sent.method = request.method;
    sent.url = request.url;
    for (const auto& [name, value] : request.headers)
        sent.headers.add(name, value);
    if (request.body) sent.body = request.body->view();
    sent.time = Millis{deadline.leftMs()};
    auto answer = (*client)->send(sent);
    if (!answer) return toSdk(answer.error());

    sdk::HttpResponse response;
    response.status = answer->status;
    for (const auto& [name, value] : answer->headers.fields()) {
        std::string& held = response.headers[text::lower(name)];
        held += (held.empty() ? "" : ", ") + value;
    }
    response.body = sdk::Blob{std::move(answer->body)};
    return response;
}

} // namespace motcua::plugins
