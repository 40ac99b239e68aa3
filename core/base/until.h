// Until when something may take, on the clock that nobody sets: whoever sets the time of day neither cuts short what
// is under way nor lets it run on.
#pragma once

#include "base/clock.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace motcua {

class Until {
public:
    using Moment = std::chrono::steady_clock::time_point;

    static Until never() { return Until{}; }
    static Until in(Millis left) {
        constexpr Millis longest = std::chrono::days{365}; // past what a Moment holds there is no end
        return left > longest ? Until{} : Until{std::chrono::steady_clock::now() + left};
    }

    bool bounded() const { return at_ != Moment::max(); }
    bool passed() const { return bounded() && std::chrono::steady_clock::now() >= at_; }
    Millis left() const { // where bounded
        return std::chrono::duration_cast<Millis>(at_ - std::chrono::steady_clock::now());
    }
    Moment at() const { return at_; }
    Until orIn(Millis left) const { return bounded() ? *this : in(left); }
    // Whichever comes first.
    Until within(Millis left) const {
        const Until other = in(left);
        return other.at_ < at_ ? other : *this;
    }

    // False where the moment came before `ready`.
    template <typename Ready>
    bool wait(std::condition_variable& changed, std::unique_lock<std::mutex>& lock, Ready ready) const {
        if (bounded()) return changed.wait_until(lock, at_, ready);
        changed.wait(lock, ready);
        return true;
    }

private:
    Until() = default;
    explicit Until(Moment at) : at_(at) {}

    Moment at_ = Moment::max();
};

} // namespace motcua
