// A connected socket that closes itself, and the reading and writing of a line protocol on it with one
// deadline.
#pragma once

#include "motcua/sdk/result.h"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace motcua::sdk {
inline namespace v1 {

class Socket {
public:
    Socket() = default;
    explicit Socket(int fd) : fd_(fd) {}
    Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Socket& operator=(Socket&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Socket() {
        if (fd_ >= 0) ::close(fd_);
    }

    int fd() const { return fd_; }

private:
    int fd_ = -1;
};

// A point on the clock that never jumps, for waits.
class Deadline {
public:
    static Deadline in(std::int64_t ms) { return Deadline{monotonicMs() + (ms < 0 ? 0 : ms)}; }
    int leftMs() const { // 0 once it has passed
        const std::int64_t left = at_ - monotonicMs();
        return left <= 0 ? 0 : left > 3'600'000 ? 3'600'000 : static_cast<int>(left);
    }

private:
    explicit Deadline(std::int64_t at) : at_(at) {}
    static std::int64_t monotonicMs() {
        timespec now{};
        ::clock_gettime(CLOCK_MONOTONIC, &now);
        return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
    }
    std::int64_t at_;
};

// Bytes both ways. TlsStream (tls.h) puts TLS over a socket; this one speaks in the clear.
class Stream {
public:
    Stream(Socket socket, Deadline deadline) : socket_(std::move(socket)), deadline_(deadline) {
        ::fcntl(socket_.fd(), F_SETFL, ::fcntl(socket_.fd(), F_GETFL) | O_NONBLOCK);
    }
    virtual ~Stream() = default;

    Result<void> write(std::string_view bytes) {
        while (!bytes.empty()) {
            MOTCUA_SDK_TRY(sent, writeSome(bytes));
            bytes.remove_prefix(sent);
        }
        return {};
    }
    // Up to `most` bytes; none at the end of the stream.
    Result<std::string> read(std::size_t most) {
        if (kept_.empty()) {
            MOTCUA_SDK_TRY(more, readSome());
            kept_ = std::move(more);
        }
        std::string taken = kept_.substr(0, most);
        kept_.erase(0, taken.size());
        return taken;
    }
    // A line without its CR LF or LF. Longer ones than `most`, and an end in the middle, are errors.
    Result<std::string> readLine(std::size_t most = 8192) {
        std::size_t end = 0;
        while ((end = kept_.find('\n')) == std::string::npos) {
            if (kept_.size() > most) return unavailable("stream.line_too_long");
            MOTCUA_SDK_TRY(more, readSome());
            if (more.empty()) return unavailable("stream.closed", "the other side closed the connection");
            kept_ += more;
        }
        std::string line = kept_.substr(0, end);
        kept_.erase(0, end + 1);
        if (!line.empty() && line.back() == '\r') line.pop_back();
        return line;
    }
    // Bytes that came but were not read yet: before TLS begins there must be none.
    bool hasUnread() const { return !kept_.empty(); }
    Deadline deadline() const { return deadline_; }
    // Of what follows, where one connection outlives a call.
    void setDeadline(Deadline deadline) { deadline_ = deadline; }
    Socket release() { return std::move(socket_); }

protected:
    virtual Result<std::size_t> writeSome(std::string_view bytes) {
        while (true) {
            const ssize_t sent = ::send(socket_.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent >= 0) return static_cast<std::size_t>(sent);
            if (errno == EINTR) continue;
            if (errno != EAGAIN) return unavailable("stream.closed", std::strerror(errno));
            MOTCUA_SDK_CHECK(wait(POLLOUT));
        }
    }
    virtual Result<std::string> readSome() {
        char buffer[16384];
        while (true) {
            const ssize_t got = ::recv(socket_.fd(), buffer, sizeof buffer, 0);
            if (got >= 0) return std::string(buffer, static_cast<std::size_t>(got));
            if (errno == EINTR) continue;
            if (errno != EAGAIN) return unavailable("stream.closed", std::strerror(errno));
            MOTCUA_SDK_CHECK(wait(POLLIN));
        }
    }
    Result<void> wait(short events) {
        pollfd waited{socket_.fd(), events, 0};
        const int ready = ::poll(&waited, 1, deadline_.leftMs());
        if (ready == 0) return timeout("host.deadline", "the other side was too slow");
        return {};
    }
    int fd() const { return socket_.fd(); }

private:
    Socket socket_;
    Deadline deadline_;
    std::string kept_{};
};

} // namespace v1
} // namespace motcua::sdk
