#include "plugins/in_process.h"

namespace motcua::plugins {

PluginInProcess::PluginInProcess(std::string library, const Manifest& manifest, PluginHost& host)
    : library_(std::move(library)), manifest_(manifest), host_(host) {}

PluginInProcess::~PluginInProcess() {
    stop(Millis{5000});
    for (std::thread& worker : workers_)
        worker.join();
}

Result<std::vector<std::string>> PluginInProcess::start(Millis) {
    MOTCUA_TRY(loaded, Instance::load(library_, *this));
    instance_ = std::move(loaded);
    MOTCUA_CHECK(instance_->start());
    for (int i = 0; i < manifest_.limits.concurrency; ++i)
        workers_.emplace_back([this] { work(); });
    return instance_->operations();
}

void PluginInProcess::work() {
    while (true) {
        std::shared_ptr<PendingCall> call;
        {
            std::unique_lock lock{guard_};
            changed_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
            if (queue_.empty()) return;
            call = std::move(queue_.front());
            queue_.pop_front();
        }
        instance_->invoke(call->invocation());
    }
}

void PluginInProcess::invoke(const std::shared_ptr<PendingCall>& call) {
    {
        const std::lock_guard lock{guard_};
        if (!stopping_ && instance_) {
            pending_[call->invocation().call] = call;
            queue_.push_back(call);
            changed_.notify_all();
            return;
        }
    }
    call->complete(failure(MOTCUA_UNAVAILABLE, "plugin.crashed", "the plugin has ended"));
}

void PluginInProcess::stop(Millis grace) {
    std::map<std::uint64_t, std::shared_ptr<PendingCall>> orphans;
    {
        std::unique_lock lock{guard_};
        if (stopping_) return;
        changed_.wait_for(lock, grace, [&] { return pending_.empty(); });
        stopping_ = true;
        orphans.swap(pending_);
        queue_.clear();
        changed_.notify_all();
    }
    for (const auto& orphan : orphans)
        orphan.second->complete(failure(MOTCUA_UNAVAILABLE, "plugin.crashed", "the plugin was stopped"));
    if (instance_) instance_->stop();
}

std::shared_ptr<PendingCall> PluginInProcess::find(std::uint64_t call) {
    const std::lock_guard lock{guard_};
    const auto found = pending_.find(call);
    return found == pending_.end() ? nullptr : found->second;
}

Outcome PluginInProcess::hostCall(std::uint64_t within, std::string_view operation, std::string_view json,
                                  const sdk::Blobs& blobs) {
    const auto call = find(within);
    if (within != 0 && !call) return failure(MOTCUA_INVALID, "plugin.malformed", "the call is over");
    return host_.operation(call.get(), operation, json, blobs);
}

Outcome PluginInProcess::connect(std::uint64_t within, std::string_view host, std::uint32_t port) {
    const auto call = find(within);
    if (within != 0 && !call) return failure(MOTCUA_INVALID, "plugin.malformed", "the call is over");
    return host_.connect(call.get(), host, port);
}

void PluginInProcess::log(std::uint64_t within, int level, std::string_view event, std::string_view fields) {
    host_.log(find(within).get(), level, event, fields);
}

void PluginInProcess::completed(std::uint64_t number, Outcome outcome) {
    std::shared_ptr<PendingCall> call;
    {
        const std::lock_guard lock{guard_};
        const auto found = pending_.find(number);
        if (found == pending_.end()) return;
        call = found->second;
        pending_.erase(found);
        changed_.notify_all();
    }
    call->complete(std::move(outcome));
}

bool PluginInProcess::cancelled(std::uint64_t number) {
    const auto call = find(number);
    return !call || call->cancelled();
}

} // namespace motcua::plugins
