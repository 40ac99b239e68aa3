#include "net/peers.h"

#include "base/text.h"

#include <Poco/Net/IPAddress.h>

#include <stdexcept>

namespace motcua::net {

namespace {

// One household has a /64 of IPv6, so that counts as one peer.
std::string household(const std::string& address) {
    Poco::Net::IPAddress parsed;
    if (!Poco::Net::IPAddress::tryParse(address, parsed) || parsed.family() != Poco::Net::IPAddress::IPv6)
        return address;
    return (parsed & Poco::Net::IPAddress{64, Poco::Net::IPAddress::IPv6}).toString();
}

} // namespace

std::string normalAddress(const std::string& address) {
    Poco::Net::IPAddress parsed;
    if (!Poco::Net::IPAddress::tryParse(address, parsed)) return {};
    const std::string written = parsed.toString(); // "::ffff:10.1.2.3", however it came
    return parsed.isIPv4Mapped() ? written.substr(written.rfind(':') + 1) : written;
}

PeerTable::PeerTable(const std::vector<std::string>& trustedProxies, std::size_t limit) : limit_(limit) {
    for (const auto& proxy : trustedProxies) {
        const std::string address = normalAddress(proxy);
        if (address.empty()) throw std::runtime_error("trusted proxy \"" + proxy + "\" is no IP address");
        trusted_.insert(address);
    }
}

bool PeerTable::enter(const std::string& address) {
    if (trusts(address)) return true;
    const std::lock_guard lock{mutex_};
    std::size_t& held = held_[household(address)];
    if (held >= limit_) return false;
    ++held;
    return true;
}

void PeerTable::leave(const std::string& address) {
    if (trusts(address)) return;
    const std::lock_guard lock{mutex_};
    const auto found = held_.find(household(address));
    if (found != held_.end() && --found->second == 0) held_.erase(found);
}

void PeerTable::reveal(Headers& headers, std::string& address, bool& secure) const {
    if (trusts(address)) {
        if (const std::string* scheme = headers.find("X-Forwarded-Proto"))
            secure = sameWord(*scheme, "https");
        std::string chain;
        for (const auto& [name, value] : headers.fields()) {
            if (sameWord(name, "X-Forwarded-For")) chain.append(chain.empty() ? "" : ",").append(value);
        }
        // From the right: each trusted proxy vouches for the one before it, and for nobody further.
        while (trusts(address) && !chain.empty()) {
            const auto comma = chain.rfind(',');
            const std::string said =
                normalAddress(text::trim(comma == std::string::npos ? chain : chain.substr(comma + 1)));
            if (said.empty()) break;
            address = said;
            chain.resize(comma == std::string::npos ? 0 : comma);
        }
        return;
    }
    headers.remove("X-Forwarded-For");
    headers.remove("X-Forwarded-Proto");
}

} // namespace motcua::net
