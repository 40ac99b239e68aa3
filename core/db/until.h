// Until when a call may take, on the clock that nobody sets: a Context's deadline read once, when the call
// begins.
#pragma once

#include "base/clock.h"
#include "base/context.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace motcua::db {

class Until {
public:
    using Moment = std::chrono::steady_clock::time_point;

    static Until never() { return Until{}; }
    static Until of(const Context& context, const Clock& clock) {
        constexpr std::int64_t longest = std::int64_t{1000} * 86400 * 365;
        const std::int64_t left = context.deadline.ms - clock.now().ms;
        return left > longest ? Until{} : Until{std::chrono::steady_clock::now() + Millis{left}};
    }
    static Until in(Millis left) { return Until{std::chrono::steady_clock::now() + left}; }

    bool bounded() const { return at_ != Moment::max(); }
    bool passed() const { return bounded() && std::chrono::steady_clock::now() >= at_; }
    Millis left() const { // where bounded
        return std::chrono::duration_cast<Millis>(at_ - std::chrono::steady_clock::now());
    }
    Until orIn(Millis left) const { return bounded() ? *this : in(left); }

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

} // namespace motcua::db
