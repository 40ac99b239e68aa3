#include "http/rate_limit.h"

#include "base/bytes.h"
#include "base/log.h"

#include <arpa/inet.h>
#include <cstring>

namespace motcua::http {

RateLimiter::RateLimiter(const Clock& clock, std::size_t keys)
    : clock_(clock), keysPerShard_(keys / 16 + 1), salt_(randomBytes(16)) {}

Millis RateLimiter::take(std::string_view key, Rate rate) {
    const std::int64_t now = clock_.now().ms * 1000;
    const std::int64_t window = rate.per.count() * 1000;
    const std::int64_t step = window / std::max(1, rate.count);
    const std::uint64_t hash = std::hash<std::string>{}(salt_ + std::string{key});
    Shard& shard = shards_[hash % shards_.size()];
    const std::lock_guard lock{shard.guard};
    auto at = shard.due.find(hash);
    // None is ever further ahead than the window, unless the clock was set back since.
    const bool none = at == shard.due.end() || at->second > now + window;
    const std::int64_t due = none ? now : std::max(now, at->second);
    const std::int64_t wait = due + step - window - now;
    if (wait > 0) return Millis{(wait + 999) / 1000};
    if (at == shard.due.end()) {
        makeRoom(shard, now);
        shard.due.emplace(hash, due + step);
    } else {
        at->second = due + step;
    }
    return Millis{0};
}

// Keys whose moment has passed say nothing any more. Where all are live there are more askers than we can
// remember: forgetting them lets a flood through for a moment, which is better than to stop everybody.
void RateLimiter::makeRoom(Shard& shard, std::int64_t now) {
    if (shard.due.size() < keysPerShard_) return;
    std::erase_if(shard.due, [now](const auto& entry) { return entry.second <= now; });
    if (shard.due.size() < keysPerShard_) return;
    log::warning("http.rate_limiter_full", {{"keys", shard.due.size()}});
    shard.due.clear();
}

std::string peerGroup(std::string_view peer) {
    in6_addr address{};
    if (inet_pton(AF_INET6, std::string{peer}.c_str(), &address) != 1) return std::string{peer};
    if (IN6_IS_ADDR_V4MAPPED(&address)) return std::string{peer.substr(peer.rfind(':') + 1)};
    return toHex({reinterpret_cast<const char*>(&address), 8}) + "/64";
}

} // namespace motcua::http
