// How often something may be done: GCRA in memory, one moment a key.
#pragma once

#include "base/clock.h"

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace motcua::http {

// `count` at once, and then as many again in each `per`, evenly.
struct Rate {
    int count = 0;
    Millis per{60'000};
};

class RateLimiter {
public:
    explicit RateLimiter(const Clock& clock, std::size_t keys = 200'000);

    // Zero: taken. Else how long until the next is free. [thread-safe]
    Millis take(std::string_view key, Rate rate);

private:
    struct Shard {
        std::mutex guard;
        std::unordered_map<std::uint64_t, std::int64_t> due; // hash of the key → its theoretical arrival, µs
    };
    void makeRoom(Shard& shard, std::int64_t now);

    const Clock& clock_;
    std::size_t keysPerShard_;
    std::string salt_; // so that nobody can choose keys that collide
    std::array<Shard, 16> shards_;
};

// What one household or office is counted as: an IPv4 address, or the /64 of an IPv6 address.
std::string peerGroup(std::string_view peer);

} // namespace motcua::http
