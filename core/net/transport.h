// One connected socket, plain or TLS, that never blocks.
#pragma once

#include "net/body.h"

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace motcua::net {

inline constexpr ssize_t kBlocked = -1; // try again when the socket is ready
inline constexpr ssize_t kBroken = -2;  // nothing more will come of this connection

class Transport {
public:
    explicit Transport(Descriptor socket) : socket_(std::move(socket)) {}
    virtual ~Transport() = default;
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    int socket() const { return socket_.get(); }
    void close() { socket_.close(); }
    virtual bool secure() const { return false; }

    // Each gives a count of bytes, kBlocked or kBroken; read() gives 0 where the peer has finished.
    virtual ssize_t handshake() { return 0; }
    virtual ssize_t read(char* into, std::size_t room);
    virtual ssize_t write(std::string_view first, std::string_view second);
    virtual ssize_t sendFile(int file, off_t offset, std::size_t count);
    // Says that nothing more will be sent; what still comes in can be read from the bare socket.
    virtual void finish();
    // Whether a read() of `got` into `room` bytes left the socket empty, so that epoll will tell of more.
    virtual bool drained(std::size_t got, std::size_t room) const { return got < room; }

    // Which way of readiness (POLLIN, POLLOUT) a call that was blocked waits for.
    virtual short wants(short usual) const { return usual; }
    // Why the peer's certificate is not trusted; "" where it is.
    virtual std::string trouble() const { return {}; }

private:
    Descriptor socket_;
};

} // namespace motcua::net
