#include "plugins/breaker.h"

namespace motcua::plugins {

bool Breaker::allow(Instant now) {
    if (!open_) return true;
    if (now < openUntil_ || probing_) return false;
    probing_ = true;
    return true;
}

void Breaker::record(bool failed, Instant now) {
    if (open_) {
        if (!probing_) return; // a call from before it opened
        probing_ = false;
        open_ = failed;
        openUntil_ = now + policy_.open;
        past_.clear();
        failures_ = 0;
        return;
    }
    past_.push_back({now, failed});
    failures_ += failed ? 1 : 0;
    for (; past_.front().at < now - policy_.window; past_.pop_front())
        failures_ -= past_.front().failed ? 1 : 0;
    const auto calls = static_cast<std::int64_t>(past_.size());
    if (calls < policy_.leastCalls || std::int64_t{failures_} * 100 < calls * policy_.failurePercent) return;
    open_ = true;
    openUntil_ = now + policy_.open;
}

} // namespace motcua::plugins
