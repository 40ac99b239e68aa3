// What goes over the socket between the server and a plugin's process: frames, with descriptors beside them.
//
// A frame is u32 length of the body | u8 kind | u8 blobs | u8 sockets | u8 0 | u64 call | body, in the byte
// order of the machine that both ends share. Blobs travel as sealed memfds, sockets as they are, both by
// SCM_RIGHTS with the frame's first byte. Neither end trusts the other: what breaks these rules ends the
// connection.
#pragma once

#include "motcua/sdk/blob.h"

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace motcua::plugins {

// A descriptor that closes itself.
class Fd {
public:
    Fd() = default;
    explicit Fd(int fd) : fd_(fd) {}
    Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Fd() { reset(); }

    int get() const { return fd_; }
    int release() { return std::exchange(fd_, -1); }
    void reset();
    explicit operator bool() const { return fd_ >= 0; }

private:
    int fd_ = -1;
};

namespace wire {

enum class Kind : std::uint8_t {
    Hello = 1,     // plugin: cookie, ABI, operations
    Refused = 2,   // plugin: why it did not start
    Invoke = 3,    // server: one operation
    Cancel = 4,    // server: nobody waits for it any more
    Reply = 5,     // plugin: its answer
    HostCall = 6,  // plugin: an operation of the host; `call` numbers it
    HostReply = 7, // server: its answer
    Log = 8,       // plugin
    Stop = 9,      // server: finish and exit
};

struct Frame {
    Kind kind = Kind::Hello;
    std::uint64_t call = 0;
    std::string body{};
    sdk::Blobs blobs{};
    std::vector<Fd> sockets{};
};

inline constexpr std::size_t largestBody = 16u << 20;
inline constexpr std::size_t mostBlobs = 64;
inline constexpr std::size_t largestBlobs = 256u << 20; // all that stand beside one frame
// Whether these may travel beside one frame.
bool fit(std::string_view body, const sdk::Blobs& blobs);

inline constexpr std::string_view cookie = "motcua-plugin-1";

// One end. Sending is [thread-safe]; one thread at a time receives.
class Channel {
public:
    explicit Channel(Fd socket) : socket_(std::move(socket)) {}

    int fd() const { return socket_.get(); }
    // False where the other end is gone, or does not read for `patienceMs`. Throws std::runtime_error, with
    // nothing sent, where the system has no descriptor or memory for the attachments.
    bool send(const Frame& frame, int patienceMs = 10'000);

    enum class Got { Frame, Nothing, End };
    // Nothing: the receive timeout of the socket passed before a frame began.
    Got receive(Frame& into);
    // Wakes whoever receives: End.
    void shut();

private:
    bool sendAll(std::string_view bytes, const std::vector<int>& descriptors, int patienceMs);
    bool fill(char* into, std::size_t count, bool mayTimeOut, bool& timedOut);

    Fd socket_;
    std::mutex sending_;
    std::deque<Fd> arrived_;
};

// The body of a frame: numbers and counted texts, in an order that both ends know.
class Packer {
public:
    Packer& number(std::int64_t value) {
        body.append(reinterpret_cast<const char*>(&value), sizeof value);
        return *this;
    }
    Packer& text(std::string_view value) {
        number(static_cast<std::int64_t>(value.size()));
        body += value;
        return *this;
    }
    std::string body{};
};

// After the end everything reads as 0 and ""; `whole()` says whether that happened.
class Unpacker {
public:
    explicit Unpacker(std::string_view body) : rest_(body) {}
    std::int64_t number();
    std::string_view text();
    bool whole() const { return whole_; }

private:
    std::string_view rest_;
    bool whole_ = true;
};

// Bytes as a sealed memfd, and a memfd from the other side as bytes (nothing where it is not sealed against
// change).
Fd toMemfd(std::string_view bytes);
std::optional<sdk::Blob> fromMemfd(const Fd& memfd);

} // namespace wire
} // namespace motcua::plugins
