#include "net/transport.h"

#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>

namespace motcua::net {

namespace {

ssize_t outcome(ssize_t result) {
    if (result >= 0) return result;
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? kBlocked : kBroken;
}

iovec piece(std::string_view bytes) {
    return {const_cast<char*>(bytes.data()), bytes.size()};
}

} // namespace

ssize_t Transport::read(char* into, std::size_t room) {
    return outcome(::recv(socket(), into, room, 0));
}

ssize_t Transport::write(std::string_view first, std::string_view second) {
    if (second.empty()) return outcome(::send(socket(), first.data(), first.size(), MSG_NOSIGNAL));
    iovec pieces[2] = {piece(first), piece(second)};
    msghdr message{};
    message.msg_iov = pieces;
    message.msg_iovlen = 2;
    return outcome(::sendmsg(socket(), &message, MSG_NOSIGNAL));
}

ssize_t Transport::sendFile(int file, off_t offset, std::size_t count) {
    const ssize_t sent = ::sendfile(socket(), file, &offset, count);
    // A file that became shorter than its announced length leaves nothing that could be sent honestly.
    return sent == 0 ? kBroken : outcome(sent);
}

void Transport::finish() {
    ::shutdown(socket(), SHUT_WR);
}

} // namespace motcua::net
