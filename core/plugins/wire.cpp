#include "plugins/wire.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace motcua::plugins {

void Fd::reset() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

namespace wire {

namespace {

struct Head {
    std::uint32_t length = 0;
    std::uint8_t kind = 0;
    std::uint8_t blobs = 0;
    std::uint8_t sockets = 0;
    std::uint8_t zero = 0;
    std::uint64_t call = 0;
};
static_assert(sizeof(Head) == 16);

constexpr int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
constexpr std::size_t mostDescriptors = 128;

} // namespace

bool fit(std::string_view body, const sdk::Blobs& blobs) {
    std::size_t all = 0;
    for (const sdk::Blob& blob : blobs)
        all += blob.size();
    return body.size() <= largestBody && blobs.size() <= mostBlobs && all <= largestBlobs;
}

bool Channel::send(const Frame& frame, int patienceMs) {
    if (!fit(frame.body, frame.blobs) || frame.sockets.size() > mostBlobs) return false;
    std::vector<Fd> memfds;
    std::vector<int> descriptors;
    for (const sdk::Blob& blob : frame.blobs)
        descriptors.push_back(memfds.emplace_back(toMemfd(blob.view())).get());
    for (const Fd& socket : frame.sockets)
        descriptors.push_back(socket.get());

    const Head head{static_cast<std::uint32_t>(frame.body.size()),
                    static_cast<std::uint8_t>(frame.kind),
                    static_cast<std::uint8_t>(frame.blobs.size()),
                    static_cast<std::uint8_t>(frame.sockets.size()),
                    0,
                    frame.call};
    std::string bytes;
    bytes.reserve(sizeof head + frame.body.size());
    bytes.append(reinterpret_cast<const char*>(&head), sizeof head);
    bytes += frame.body;
    const std::lock_guard lock{sending_};
    return sendAll(bytes, descriptors, patienceMs);
}

bool Channel::sendAll(std::string_view bytes, const std::vector<int>& descriptors, int patienceMs) {
    bool first = true;
    while (!bytes.empty()) {
        iovec part{const_cast<char*>(bytes.data()), bytes.size()};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        alignas(cmsghdr) std::array<char, CMSG_SPACE(mostDescriptors * sizeof(int))> control{};
        if (first && !descriptors.empty()) {
            const std::size_t size = descriptors.size() * sizeof(int);
            message.msg_control = control.data();
            message.msg_controllen = CMSG_SPACE(size);
            cmsghdr* rights = CMSG_FIRSTHDR(&message);
            rights->cmsg_level = SOL_SOCKET;
            rights->cmsg_type = SCM_RIGHTS;
            rights->cmsg_len = CMSG_LEN(size);
            std::memcpy(CMSG_DATA(rights), descriptors.data(), size);
        }
        const ssize_t sent = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            first = false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
            continue;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN) return false;
        pollfd writable{socket_.get(), POLLOUT, 0};
        if (::poll(&writable, 1, patienceMs) <= 0) {
            shut(); // half a frame is out: nothing after it could be understood
            return false;
        }
    }
    return true;
}

Channel::Got Channel::receive(Frame& into) {
    Head head;
    bool timedOut = false;
    if (!fill(reinterpret_cast<char*>(&head), sizeof head, true, timedOut))
        return timedOut ? Got::Nothing : Got::End;
    if (head.length > largestBody || head.blobs > mostBlobs || head.sockets > mostBlobs || head.zero != 0)
        return Got::End;
    into = {};
    into.kind = static_cast<Kind>(head.kind);
    into.call = head.call;
    into.body.resize(head.length);
    if (!fill(into.body.data(), into.body.size(), false, timedOut)) return Got::End;
    // More than announced would stay open for ever; descriptors never come with another frame's bytes.
    if (arrived_.size() != std::size_t{head.blobs} + head.sockets) return Got::End;
    std::size_t all = 0;
    for (int i = 0; i < head.blobs; ++i) {
        auto blob = fromMemfd(arrived_.front());
        arrived_.pop_front();
        if (!blob || (all += blob->size()) > largestBlobs) return Got::End;
        into.blobs.push_back(std::move(*blob));
    }
    for (int i = 0; i < head.sockets; ++i) {
        into.sockets.push_back(std::move(arrived_.front()));
        arrived_.pop_front();
    }
    return Got::Frame;
}

bool Channel::fill(char* into, std::size_t count, bool mayTimeOut, bool& timedOut) {
    std::size_t done = 0;
    while (done < count) {
        iovec part{into + done, count - done};
        alignas(cmsghdr) std::array<char, CMSG_SPACE(mostDescriptors * sizeof(int))> control{};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const ssize_t got = ::recvmsg(socket_.get(), &message, MSG_CMSG_CLOEXEC);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EAGAIN) {
            if (mayTimeOut && done == 0) {
                timedOut = true;
                return false;
            }
            continue; // the other end is in the middle of a frame
        }
        if (got <= 0) return false;
        for (cmsghdr* part_of = CMSG_FIRSTHDR(&message); part_of; part_of = CMSG_NXTHDR(&message, part_of)) {
            if (part_of->cmsg_level != SOL_SOCKET || part_of->cmsg_type != SCM_RIGHTS) continue;
            const std::size_t descriptors = (part_of->cmsg_len - CMSG_LEN(0)) / sizeof(int);
            for (std::size_t i = 0; i < descriptors; ++i) {
                int fd = -1;
                std::memcpy(&fd, CMSG_DATA(part_of) + i * sizeof(int), sizeof fd);
                arrived_.emplace_back(fd);
            }
        }
        if (message.msg_flags & MSG_CTRUNC) return false;
        done += static_cast<std::size_t>(got);
    }
    return true;
}

void Channel::shut() {
    ::shutdown(socket_.get(), SHUT_RDWR);
}

std::int64_t Unpacker::number() {
    std::int64_t value = 0;
    if (rest_.size() < sizeof value) {
        whole_ = false;
        return 0;
    }
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
    return value;
}

std::string_view Unpacker::text() {
    const std::int64_t size = number();
    if (size < 0 || static_cast<std::uint64_t>(size) > rest_.size()) {
        whole_ = false;
        return {};
    }
    const std::string_view value = rest_.substr(0, static_cast<std::size_t>(size));
    rest_.remove_prefix(value.size());
    return value;
}

Fd toMemfd(std::string_view bytes) {
    Fd memfd{::memfd_create("motcua-blob", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
    if (!memfd) throw std::runtime_error(std::string{"memfd_create: "} + std::strerror(errno));
    while (!bytes.empty()) {
        const ssize_t written = ::write(memfd.get(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw std::runtime_error(std::string{"memfd: "} + std::strerror(errno));
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    ::fcntl(memfd.get(), F_ADD_SEALS, seals);
    return memfd;
}

std::optional<sdk::Blob> fromMemfd(const Fd& memfd) {
    struct stat status {};
    // Without the seals the other side could shrink it under our eyes: SIGBUS. What is no memfd answers -1,
    // whose bits are all set.
    const int found = ::fcntl(memfd.get(), F_GET_SEALS);
    if (found < 0 || (found & seals) != seals || ::fstat(memfd.get(), &status) != 0) return std::nullopt;
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size > largestBlobs) return std::nullopt; // a hole of any length costs its sender nothing
    if (size == 0) return sdk::Blob{std::string{}};
    void* mapped = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, memfd.get(), 0);
    if (mapped == MAP_FAILED) return std::nullopt;
    std::shared_ptr<const void> owner{mapped,
                                      [size](const void* at) { ::munmap(const_cast<void*>(at), size); }};
    return sdk::Blob{{static_cast<const char*>(mapped), size}, std::move(owner)};
}

} // namespace wire
} // namespace motcua::plugins
