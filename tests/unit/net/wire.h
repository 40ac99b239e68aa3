// A bare socket to the server under test: sends any bytes, waits for answers with a limit, never parses more
// than a test needs.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace motcua::net::testing {

inline constexpr int kPatienceMs = 20'000; // sanitizers on a busy machine are slow; nothing waits this long

class Wire {
public:
    explicit Wire(std::uint16_t port, int receiveBuffer = 0)
        : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        if (receiveBuffer > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, sizeof receiveBuffer);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            throw std::runtime_error("connect failed");
    }
    Wire(Wire&& other) noexcept : fd_(std::exchange(other.fd_, -1)), buffer_(std::move(other.buffer_)) {}
    Wire& operator=(Wire&& other) noexcept {
        std::swap(fd_, other.fd_);
        std::swap(buffer_, other.buffer_);
        return *this;
    }
    ~Wire() { close(); }

    void close() {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }
    void finish() { ::shutdown(fd_, SHUT_WR); }

    // False where the peer no longer takes bytes.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    // Reads until `enough`; false where the peer closed before, std::runtime_error where nothing comes.
    bool until(const std::function<bool(const std::string&)>& enough) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds{kPatienceMs};
        while (!enough(buffer_)) {
            if (std::chrono::steady_clock::now() > end)
                throw std::runtime_error("waited in vain: " + buffer_);
            if (!more()) return false;
        }
        return true;
    }

    // One whole response with its body by Content-Length ("" where the peer closed first).
    std::string response(bool bodyFollows = true) {
        if (!until([](const std::string& have) { return have.find("\r\n\r\n") != std::string::npos; }))
            return {};
        const auto head = buffer_.find("\r\n\r\n") + 4;
        std::size_t length = 0;
        if (const auto at = buffer_.find("Content-Length: "); at < head && bodyFollows)
            length = std::stoul(buffer_.substr(at + 16));
        if (!until([&](const std::string& have) { return have.size() >= head + length; })) return {};
        std::string whole = buffer_.substr(0, head + length);
        buffer_.erase(0, head + length);
        return whole;
    }

    // All that comes until the peer closes.
    std::string rest() {
        while (more()) {
        }
        return std::exchange(buffer_, {});
    }

    void forget() { buffer_.clear(); }

    bool closedByPeer() {
        while (more()) {
        }
        return buffer_.empty();
    }

    std::string ask(std::string_view bytes) {
        send(bytes);
        return response();
    }

private:
    bool more() {
        pollfd waiting{fd_, POLLIN, 0};
        if (::poll(&waiting, 1, kPatienceMs) != 1)
            throw std::runtime_error("nothing came; have: " + buffer_.substr(0, 200));
        char bytes[65536];
        const auto got = ::recv(fd_, bytes, sizeof bytes, 0);
        if (got <= 0) return false;
        buffer_.append(bytes, static_cast<std::size_t>(got));
        return true;
    }

    int fd_;
    std::string buffer_;
};

inline int statusOf(const std::string& response) {
    return response.size() > 12 && response.starts_with("HTTP/1.1 ") ? std::stoi(response.substr(9, 3)) : 0;
}

inline std::string bodyOf(const std::string& response) {
    const auto end = response.find("\r\n\r\n");
    return end == std::string::npos ? std::string{} : response.substr(end + 4);
}

// Waits for a condition that another thread brings about.
inline bool eventually(const std::function<bool()>& condition) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds{kPatienceMs};
    while (!condition()) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::yield();
    }
    return true;
}

} // namespace motcua::net::testing
