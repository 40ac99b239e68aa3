#include "plugins/breaker.h"

#include <algorithm>

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
        return;
    }
    past_.push_back({now, failed});
    while (!past_.empty() && past_.front().at < now - policy_.window)
        past_.pop_front();
    const auto calls = static_cast<int>(past_.size());
    const auto failures = static_cast<int>(
        std::count_if(past_.begin(), past_.end(), [](const Past& one) { return one.failed; }));
    if (calls < policy_.leastCalls || failures * 100 < calls * policy_.failurePercent) return;
    open_ = true;
    openUntil_ = now + policy_.open;
}

} // namespace motcua::plugins
