// The circuit breaker of one operation of one profile: a provider that is down is not asked for a while, so
// that it burns neither threads nor patience.
#pragma once

#include "base/clock.h"

#include <deque>

namespace motcua::plugins {

struct BreakerPolicy {
    Millis window{30'000};
    int leastCalls = 10;     // in the window, before it may open
    int failurePercent = 50; // and at least so many of them failed
    Millis open{15'000};     // then one call is let through as a probe
};

// Not thread-safe: its owner locks.
class Breaker {
public:
    explicit Breaker(const BreakerPolicy& policy) : policy_(policy) {}

    // Whether a call may go out now. After `open` has passed one may, and then no other until it is recorded.
    bool allow(Instant now);
    void record(bool failed, Instant now);
    void withdraw() { probing_ = false; } // the allowed call did not go out after all
    bool isOpen() const { return open_; }
    Instant openUntil() const { return openUntil_; }

private:
    struct Past {
        Instant at;
        bool failed;
    };

    BreakerPolicy policy_;
    std::deque<Past> past_{};
    int failures_ = 0; // among them
    bool open_ = false;
    bool probing_ = false;
    Instant openUntil_{};
};

} // namespace motcua::plugins
