#include "net/public_address.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace motcua::net {

namespace {

struct Block {
    std::uint32_t first;
    int bits;
};

constexpr std::array<Block, 15> specialBlocks{{
    {0x00000000, 8},  // this network
    {0x0a000000, 8},  // private
    {0x64400000, 10}, // shared by a carrier
    {0x7f000000, 8},  // this machine
    {0xa9fe0000, 16}, // this link; cloud metadata, too
    {0xac100000, 12}, // private
    {0xc0000000, 24}, // protocol assignments
    {0xc0000200, 24}, // documentation
    {0xc0586300, 24}, // 6to4 relays
    {0xc0a80000, 16}, // private
    {0xc6120000, 15}, // benchmarks
    {0xc6336400, 24}, // documentation
    {0xcb007100, 24}, // documentation
    {0xe0000000, 4},  // multicast
    {0xf0000000, 4},  // reserved, broadcast
}};

bool isPublic(std::uint32_t address) {
    return std::none_of(specialBlocks.begin(), specialBlocks.end(), [&](const Block& block) {
        return (address ^ block.first) >> (32 - block.bits) == 0;
    });
}

std::uint32_t fourAt(const in6_addr& address, std::size_t from) {
    std::uint32_t four = 0;
    std::memcpy(&four, address.s6_addr + from, sizeof four);
    return ntohl(four);
}

bool isPublic(const in6_addr& address) {
    const std::uint32_t head = fourAt(address, 0);
    const bool restEmpty = fourAt(address, 4) == 0;
    if (head == 0 && restEmpty && fourAt(address, 8) == 0xffff) return isPublic(fourAt(address, 12));
    if (head == 0x0064ff9b && restEmpty && fourAt(address, 8) == 0) // NAT64
        return isPublic(fourAt(address, 12));
    if (head >> 29 != 1) return false;               // 2000::/3 is all that is given out
    if (head >> 9 == 0x20010000u >> 9) return false; // 2001::/23: Teredo and other protocols
    if (head == 0x20010db8) return false;            // documentation
    if (head >> 16 == 0x2002) return false;          // 6to4: leads to an IPv4 address
    return head >> 12 != 0x3fff0;                    // documentation
}

} // namespace

bool isPublicAddress(const sockaddr* address, socklen_t length) {
    sockaddr_storage copy{};
    if (!address || length > sizeof copy) return false;
    std::memcpy(&copy, address, length);
    if (copy.ss_family == AF_INET) {
        sockaddr_in four{};
        std::memcpy(&four, &copy, sizeof four);
        return isPublic(ntohl(four.sin_addr.s_addr));
    }
    if (copy.ss_family != AF_INET6) return false;
    sockaddr_in6 six{};
    std::memcpy(&six, &copy, sizeof six);
    return isPublic(six.sin6_addr);
}

} // namespace motcua::net
