// Bodies as they come in: gathered in memory, spooled to an unlinked file past a limit, chunks decoded.
#pragma once

#include "net/message.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace motcua::net {

// An open descriptor that closes itself.
class Descriptor {
public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor() { close(); }

    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }
    void close();

private:
    int fd_;
};

std::shared_ptr<const Body> bodyOf(std::string bytes);

// What all spooled bodies together take of the disk, from their first byte until the last holder lets go: a
// crowd of uploads that never end must not fill it. [thread-safe]
class SpoolRoom {
public:
    explicit SpoolRoom(std::uint64_t limit) : limit_(limit) {}
    bool take(std::uint64_t bytes); // false where there is no room for them
    void giveBack(std::uint64_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }

private:
    const std::uint64_t limit_;
    std::atomic<std::uint64_t> used_{0};
};

// A part of that room, given back with this.
class SpoolShare {
public:
    explicit SpoolShare(std::shared_ptr<SpoolRoom> room) : room_(std::move(room)) {}
    SpoolShare(SpoolShare&& other) noexcept : room_(other.room_), bytes_(std::exchange(other.bytes_, 0)) {}
    SpoolShare& operator=(SpoolShare&&) = delete;
    ~SpoolShare() { room_->giveBack(bytes_); }
    bool grow(std::uint64_t bytes);

private:
    std::shared_ptr<SpoolRoom> room_;
    std::uint64_t bytes_ = 0;
};

class BodyCollector {
public:
    BodyCollector(std::size_t inMemory, std::string folder, std::shared_ptr<SpoolRoom> room)
        : inMemory_(inMemory), folder_(std::move(folder)), share_(std::move(room)) {}

    // False where the disk would not take the bytes, or has no room for them.
    bool append(std::string_view bytes);
    std::uint64_t size() const { return size_; }
    // What has come, as a body; the collector is of no more use. Null where the disk would not take it.
    std::shared_ptr<const Body> finish();

private:
    bool open();
    bool write(std::string_view bytes);

    std::size_t inMemory_;
    std::string folder_;
    std::string bytes_;
    Descriptor file_;
    SpoolShare share_;
    std::uint64_t size_ = 0;
};

// RFC 9112 section 7.1, strictly: sizes are hex digits that fit, every line ends in CRLF, extensions and
// trailers are read over and count against one small allowance.
class ChunkDecoder {
public:
    enum class State { More, Done, Refused };

    explicit ChunkDecoder(std::uint64_t limit) : limit_(limit) {}

    // One step: takes some bytes, says how many, and points `data` at those of them that belong to the body.
    std::size_t feed(std::string_view bytes, std::string_view& data);
    State state() const { return state_; }
    int status() const { return status_; }

private:
    enum class Part {
        Size,
        Extension,
        SizeEnd,
        Data,
        DataReturn,
        DataEnd,
        TrailerStart,
        Trailer,
        TrailerEnd,
        LastEnd
    };
    void refuse(int status);
    void step(char c);
    void sizeDone();

    std::uint64_t limit_;
    std::uint64_t total_ = 0;
    std::uint64_t left_ = 0; // of this chunk
    std::size_t digits_ = 0;
    std::size_t overhead_ = 0;
    Part part_ = Part::Size;
    State state_ = State::More;
    int status_ = 0;
};

} // namespace motcua::net
