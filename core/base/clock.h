// Instants and the clock that gives them: milliseconds UTC, replaceable in tests.
#pragma once

#include <atomic>
#include <chrono>
#include <compare>
#include <cstdint>
#include <string>

namespace motcua {

using Millis = std::chrono::milliseconds;

// A moment, in milliseconds since 1970-01-01T00:00:00Z.
struct Instant {
    std::int64_t ms = 0;

    auto operator<=>(const Instant&) const = default;
    friend Instant operator+(Instant at, Millis by) { return {at.ms + by.count()}; }
    friend Instant operator-(Instant at, Millis by) { return {at.ms - by.count()}; }
    friend Millis operator-(Instant later, Instant earlier) { return Millis{later.ms - earlier.ms}; }
};

// "2026-11-23T05:11:07.123Z"
std::string toIso8601(Instant at);

class Clock {
public:
    virtual ~Clock() = default;
    virtual Instant now() const = 0; // [thread-safe]
};

class SystemClock final : public Clock {
public:
    Instant now() const override;
};

// Stands still until told; for tests.
class ManualClock final : public Clock {
public:
    explicit ManualClock(Instant at) : ms_(at.ms) {}
    Instant now() const override { return {ms_.load()}; }
    void set(Instant at) { ms_ = at.ms; }
    void advance(Millis by) { ms_ += by.count(); }

private:
    std::atomic<std::int64_t> ms_;
};

} // namespace motcua
