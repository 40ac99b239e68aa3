// Which IP addresses belong to the Internet at large, and not to this machine, its network or a special
// purpose.
#pragma once

#include <sys/socket.h>

namespace motcua::net {

// By IANA's special-purpose registries (RFC 6890); an IPv4 address inside an IPv6 one counts as itself.
bool isPublicAddress(const sockaddr* address, socklen_t length);

} // namespace motcua::net
