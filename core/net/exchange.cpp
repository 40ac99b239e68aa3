#include "net/exchange.h"

#include "net/front.h"
#include "net/public_address.h"

#include <Poco/Exception.h>
#include <Poco/Net/DNS.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HostEntry.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/URI.h>

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <sstream>

namespace motcua::net {

namespace {

std::string requestText(const Target& target, const ClientRequest& request) {
    std::string text =
        request.method + " " + target.pathAndQuery + " HTTP/1.1\r\nHost: " + target.authority + "\r\n";
    for (const auto& [name, value] : request.headers.fields()) {
        const bool ours = sameWord(name, "Host") || sameWord(name, "Content-Length") ||
                          sameWord(name, "Connection") || sameWord(name, "Transfer-Encoding");
        if (!ours) text.append(name).append(": ").append(value).append("\r\n");
    }
    const bool bare = request.body.empty() && (request.method == "GET" || request.method == "HEAD");
    if (!bare) text.append("Content-Length: ").append(std::to_string(request.body.size())).append("\r\n");
    return text.append("Connection: close\r\n\r\n").append(request.body);
}

Descriptor socketTo(const Poco::Net::SocketAddress& address) {
    Descriptor socket{::socket(address.af(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (socket && ::connect(socket.get(), address.addr(), address.length()) != 0 && errno != EINPROGRESS)
        socket.close();
    return socket;
}

bool connected(const Descriptor& socket) {
    int error = 0;
    socklen_t size = sizeof error;
    return ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

} // namespace

std::optional<Target> Target::parse(const std::string& url) {
    const bool visible = std::all_of(url.begin(), url.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    if (!visible) return std::nullopt;
    try {
        const Poco::URI uri{url};
        Target target;
        target.secure = uri.getScheme() == "https";
        target.host = uri.getHost();
        std::transform(target.host.begin(), target.host.end(), target.host.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        const bool usable =
            (target.secure || uri.getScheme() == "http") && !target.host.empty() && uri.getUserInfo().empty();
        if (!usable) return std::nullopt;
        target.port = uri.getPort();
        const bool sixes = target.host.find(':') != std::string::npos;
        target.authority = sixes ? "[" + target.host + "]" : target.host;
        if (target.port != (target.secure ? 443 : 80)) target.authority += ":" + std::to_string(target.port);
        // As the caller wrote it: decoding and encoding again could change what was signed.
        const auto path = url.find_first_of("/?", url.find("://") + 3);
        target.pathAndQuery = path == std::string::npos ? "/" : url.substr(path, url.find('#') - path);
        if (!target.pathAndQuery.starts_with('/')) target.pathAndQuery.insert(0, 1, '/');
        return target;
    } catch (const Poco::Exception&) {
        return std::nullopt;
    }
}

Error Exchange::failed(ErrorKind kind, const char* code, std::string detail) const {
    return {kind, code, std::move(detail), {{"sent", sent_ ? "yes" : "no"}}};
}

bool Exchange::wait(short usual) const {
    pollfd waiting{transport_->socket(), transport_->wants(usual), 0};
    const std::int64_t left = until_ - steadyMs();
    return left > 0 && ::poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(left, INT32_MAX))) != 0;
}

Result<ClientResponse> Exchange::run(const Target& target, const ClientRequest& request) {
    MOTCUA_CHECK(connect(target));
    MOTCUA_CHECK(handshake());
    MOTCUA_CHECK(write(requestText(target, request)));
    ClientResponse response;
    do { // past interim answers
        response = {};
        MOTCUA_CHECK(readHead(response));
    } while (response.status < 200);
    MOTCUA_CHECK(
        readBody(response, request.method != "HEAD" && response.status != 204 && response.status != 304));
    return response;
}

Result<void> Exchange::connect(const Target& target) {
    std::string cause = "no address";
    try {
        // The one step that the deadline does not cut short: the resolver has its own.
        const Poco::Net::HostEntry entry = Poco::Net::DNS::resolve(target.host);
        for (const auto& address : entry.addresses()) {
            const Poco::Net::SocketAddress place{address, target.port};
            // Judged here, as it was resolved: a name that leads elsewhere a moment later changes nothing.
            if (settings_.publicOnly && !isPublicAddress(place.addr(), place.length()))
                return failed(ErrorKind::Denied, "http_client.not_public", target.authority);
            Descriptor socket = socketTo(place);
            if (socket) {
                pollfd waiting{socket.get(), POLLOUT, 0};
                const std::int64_t left = until_ - steadyMs();
                if (left <= 0 ||
                    ::poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(left, INT32_MAX))) == 0)
                    return late();
            }
            if (socket && connected(socket)) {
                transport_ = target.secure ? tls_.connect(std::move(socket), target.host)
                                           : std::make_unique<Transport>(std::move(socket));
                return {};
            }
            cause = "no connection to " + address.toString();
        }
    } catch (const Poco::Exception& error) {
        cause = error.displayText();
    }
    return failed(ErrorKind::Unavailable, "http_client.unreachable", cause);
}

Result<void> Exchange::handshake() {
    while (true) {
        const ssize_t done = transport_->handshake();
        if (done >= 0) return {};
        if (done == kBroken) {
            const std::string trouble = transport_->trouble();
            if (!trouble.empty()) return failed(ErrorKind::Rejected, "http_client.untrusted", trouble);
            return failed(ErrorKind::Unavailable, "http_client.unreachable", "TLS handshake failed");
        }
        if (!wait(POLLIN)) return late();
    }
}

Result<void> Exchange::write(const std::string& bytes) {
    std::string_view left = bytes;
    while (!left.empty()) {
        const ssize_t done = transport_->write(left, {});
        if (done == kBroken) return {}; // it may have answered already, without reading all
        if (done == kBlocked) {
            if (!wait(POLLOUT)) return late();
            continue;
        }
        sent_ = true;
        left.remove_prefix(static_cast<std::size_t>(done));
    }
    return {};
}

Result<bool> Exchange::more() {
    std::array<char, 16 * 1024> bytes;
    while (true) {
        const ssize_t got = transport_->read(bytes.data(), bytes.size());
        if (got > 0) {
            buffer_.append(bytes.data(), static_cast<std::size_t>(got));
            return true;
        }
        if (got == 0) return false;
        if (got == kBroken) return failed(ErrorKind::Unavailable, "http_client.broken", "connection lost");
        if (!wait(POLLIN)) return late();
    }
}

Result<void> Exchange::readHead(ClientResponse& response) {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
        if (buffer_.size() > settings_.headBytes)
            return failed(ErrorKind::TooLarge, "http_client.too_large", "head");
        MOTCUA_TRY(came, more());
        if (!came)
            return failed(ErrorKind::Unavailable, "http_client.broken",
                          "closed before the answer's head was whole");
    }
    try {
        std::istringstream text{buffer_.substr(0, end + 4)};
        Poco::Net::HTTPResponse head;
        head.read(text);
        response.status = head.getStatus();
        for (const auto& [name, value] : head)
            response.headers.add(name, value);
    } catch (const Poco::Exception& error) {
        return failed(ErrorKind::Unavailable, "http_client.broken", error.displayText());
    }
    buffer_.erase(0, end + 4);
    if (response.status < 100 || response.status > 599)
        return failed(ErrorKind::Unavailable, "http_client.broken", "no HTTP status");
    return {};
}

Result<void> Exchange::readBody(ClientResponse& response, bool bodyFollows) {
    if (!bodyFollows) return {};
    const std::string_view length = response.headers.get("Content-Length");
    if (response.headers.find("Transfer-Encoding")) {
        if (!sameWord(response.headers.get("Transfer-Encoding"), "chunked")) {
            return failed(ErrorKind::Unavailable, "http_client.broken", "unknown transfer coding");
        }
        return readChunks(response);
    }
    if (!length.empty()) {
        std::uint64_t size = 0;
        const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), size);
        if (error != std::errc{} || end != length.data() + length.size()) {
            return failed(ErrorKind::Unavailable, "http_client.broken", "no number as Content-Length");
        }
        return readSized(response, size);
    }
    while (buffer_.size() <= settings_.bodyBytes) { // until the peer closes
        MOTCUA_TRY(came, more());
        if (!came) {
            response.body = std::move(buffer_);
            return {};
        }
    }
    return failed(ErrorKind::TooLarge, "http_client.too_large");
}

Result<void> Exchange::readSized(ClientResponse& response, std::uint64_t length) {
    if (length > settings_.bodyBytes) return failed(ErrorKind::TooLarge, "http_client.too_large");
    while (buffer_.size() < length) {
        MOTCUA_TRY(came, more());
        if (!came)
            return failed(ErrorKind::Unavailable, "http_client.broken", "closed before the body was whole");
    }
    response.body = buffer_.substr(0, static_cast<std::size_t>(length));
    return {};
}

Result<void> Exchange::readChunks(ClientResponse& response) {
    ChunkDecoder decoder{settings_.bodyBytes};
    while (true) {
        std::string_view left = buffer_;
        while (!left.empty() && decoder.state() == ChunkDecoder::State::More) {
            std::string_view data;
            left.remove_prefix(decoder.feed(left, data));
            response.body.append(data);
        }
        buffer_.clear();
        if (decoder.state() == ChunkDecoder::State::Done) return {};
        if (decoder.state() == ChunkDecoder::State::Refused) {
            return decoder.status() == 413
                       ? failed(ErrorKind::TooLarge, "http_client.too_large")
                       : failed(ErrorKind::Unavailable, "http_client.broken", "broken chunks");
        }
        MOTCUA_TRY(came, more());
        if (!came)
            return failed(ErrorKind::Unavailable, "http_client.broken", "closed before the last chunk");
    }
}

} // namespace motcua::net
