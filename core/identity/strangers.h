// Failed sign-ins under addresses that have no account, counted as those of an account are: else the lock
// would tell which addresses are registered.
#pragma once

#include "base/clock.h"

#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace motcua::identity {

// Kept in memory only, and of each node its own: an account's own count stands in the database. [thread-safe]
class Strangers {
public:
    Instant lockedUntil(std::string_view email) const;
    // Counts one more; `lock` gives how long so many failures lock.
    void countFailure(std::string_view email, Instant now, Millis (*lock)(int failures));

private:
    struct Held {
        int failures = 0;
        Instant lockedUntil{};
    };

    mutable std::mutex guard_;
    std::map<std::string, Held, std::less<>> held_; // by the address's digest
};

} // namespace motcua::identity
