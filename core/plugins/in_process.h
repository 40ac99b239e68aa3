// Runs a plugin inside the server: an administrator's choice for one that is trusted. Deadlines and the
// breaker still work; a crash takes the server along, and a hanging call cannot be ended.
#pragma once

#include "plugins/runner.h"

#include <deque>
#include <thread>

namespace motcua::plugins {

class PluginInProcess final : public Runner, private Surroundings {
public:
    PluginInProcess(std::string library, const Manifest& manifest, PluginHost& host);
    ~PluginInProcess() override;

    Result<std::vector<std::string>> start(Millis patience) override;
    void invoke(const std::shared_ptr<PendingCall>& call) override;
    void cancel(std::uint64_t) override {} // the plugin asks, see cancelled()
    void stop(Millis grace) override;
    bool kill(const std::string&) override { return false; }
    int pid() const override { return 0; }

private:
    Outcome hostCall(std::uint64_t within, std::string_view operation, std::string_view json,
                     const sdk::Blobs& blobs) override;
    Outcome connect(std::uint64_t within, std::string_view host, std::uint32_t port) override;
    void log(std::uint64_t within, int level, std::string_view event, std::string_view fields) override;
    std::int64_t nowMs() override { return host_.nowMs(); }
    void completed(std::uint64_t call, Outcome outcome) override;
    bool cancelled(std::uint64_t call) override;

    std::shared_ptr<PendingCall> find(std::uint64_t call);
    void work();

    const std::string library_;
    const Manifest& manifest_;
    PluginHost& host_;
    std::unique_ptr<Instance> instance_;

    std::mutex guard_;
    std::condition_variable changed_;
    std::map<std::uint64_t, std::shared_ptr<PendingCall>> pending_;
    std::deque<std::shared_ptr<PendingCall>> queue_;
    std::vector<std::thread> workers_;
    bool stopping_ = false;
};

} // namespace motcua::plugins
