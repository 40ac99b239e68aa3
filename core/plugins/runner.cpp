#include "plugins/runner.h"

namespace motcua::plugins {

void PendingCall::complete(Outcome outcome) {
    {
        const std::lock_guard lock{guard_};
        if (finished_) return;
        finished_ = true;
        outcome_ = std::move(outcome);
        changed_.notify_all();
    }
    if (whenFinished) whenFinished();
}

std::optional<Outcome> PendingCall::wait(std::chrono::steady_clock::time_point until) {
    std::unique_lock lock{guard_};
    if (!changed_.wait_until(lock, until, [&] { return finished_; })) {
        cancelled_ = true;
        return std::nullopt;
    }
    return std::exchange(outcome_, std::nullopt);
}

bool PendingCall::finished() const {
    const std::lock_guard lock{guard_};
    return finished_;
}

} // namespace motcua::plugins
