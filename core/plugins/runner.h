// Where a plugin's code runs: in a process of its own (process.h) or in this one (in_process.h), behind one
// face.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "plugins/instance.h"
#include "plugins/manifest.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace motcua::plugins {

// A call that somebody waits for. Whoever completes it first wins.
class PendingCall {
public:
    explicit PendingCall(Invocation invocation) : invocation_(std::move(invocation)) {}

    const Invocation& invocation() const { return invocation_; }
    // Secrets to use instead of the stored ones: trying settings before they are saved.
    std::map<std::string, std::string> trialSecrets{};
    // Called once, by whoever completes it.
    std::function<void()> whenFinished{};

    void complete(Outcome outcome);
    // The outcome, or nothing once `until` has passed; then the call counts as cancelled.
    std::optional<Outcome> wait(std::chrono::steady_clock::time_point until);
    bool finished() const;
    bool cancelled() const { return cancelled_; }

private:
    const Invocation invocation_;
    mutable std::mutex guard_;
    std::condition_variable changed_;
    std::optional<Outcome> outcome_;
    bool finished_ = false;
    std::atomic<bool> cancelled_ = false;
};

// What the server does for the plugin that a runner runs; `call` is the one within which it is asked, or
// null.
class PluginHost {
public:
    virtual ~PluginHost() = default;
    virtual Outcome operation(const PendingCall* call, std::string_view operation, std::string_view json,
                              const sdk::Blobs& blobs) = 0;
    virtual Outcome connect(const PendingCall* call, std::string_view host, std::uint32_t port) = 0;
    virtual void log(const PendingCall* call, int level, std::string_view event, std::string_view fields) = 0;
    virtual void
    output(std::string_view line) = 0; // a line the plugin's process wrote to its stdout or stderr
    virtual std::int64_t nowMs() = 0;
};

class Runner {
public:
    using Ended = std::function<void(std::string reason)>; // once, unless it was stopped in order

    virtual ~Runner() = default;
    // Blocks until the plugin has said hello; its operations.
    virtual Result<std::vector<std::string>> start(Millis patience) = 0;
    // Passes the call on; it is completed later, with UNAVAILABLE where the plugin ends first.
    virtual void invoke(const std::shared_ptr<PendingCall>& call) = 0;
    virtual void cancel(std::uint64_t call) = 0;
    // Lets open calls finish within `grace`, then ends it by force where that is possible. Idempotent.
    virtual void stop(Millis grace) = 0;
    // Ends it now; false where that is not possible (in this process).
    virtual bool kill(const std::string& reason) = 0;
    virtual int pid() const = 0; // 0: this process
};

} // namespace motcua::plugins
