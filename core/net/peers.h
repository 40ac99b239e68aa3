// Who is at the other end: addresses, how many connections each may hold, and whose word about others counts.
#pragma once

#include "net/message.h"

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace motcua::net {

// "10.1.2.3" for "::ffff:10.1.2.3" and "::ffff:a01:203" too; "" for what is no address.
std::string normalAddress(const std::string& address);

class PeerTable {
public:
    PeerTable(const std::vector<std::string>& trustedProxies, std::size_t limit);

    // False where this peer holds its fill of connections. A trusted proxy has no limit. [thread-safe]
    bool enter(const std::string& address);
    void leave(const std::string& address); // [thread-safe]

    // Puts in the client's address and scheme as a trusted proxy tells them; takes the fields away where
    // nobody trusted wrote them.
    void reveal(Headers& headers, std::string& address, bool& secure) const;

private:
    bool trusts(const std::string& address) const { return trusted_.count(address) > 0; }

    std::unordered_set<std::string> trusted_;
    std::size_t limit_;
    std::mutex mutex_;
    std::unordered_map<std::string, std::size_t> held_;
};

} // namespace motcua::net
