// Runs a plugin in a process of its own: tools/plugin-host at the other end of a socket pair. A crash, a leak
// or a flood costs that process only.
#pragma once

#include "plugins/runner.h"
#include "plugins/wire.h"

#include <deque>
#include <thread>

namespace motcua::plugins {

struct ProcessSettings {
    std::string hostProgram{};                        // path of motcua-plugin-host
    std::string library{};                            // path of the .so
    std::string folder = "/";                         // the process's working folder
    std::map<std::string, std::string> environment{}; // all that it gets
};

class PluginProcess final : public Runner {
public:
    PluginProcess(ProcessSettings settings, const Manifest& manifest, PluginHost& host, Ended ended);
    ~PluginProcess() override;

    Result<std::vector<std::string>> start(Millis patience) override;
    void invoke(const std::shared_ptr<PendingCall>& call) override;
    void cancel(std::uint64_t call) override;
    void stop(Millis grace) override;
    bool kill(const std::string& reason) override;
    int pid() const override { return pid_; }

private:
    struct HostCall {
        std::uint64_t number = 0;
        std::uint64_t within = 0;
        std::string operation{};
        std::string json{};
        sdk::Blobs blobs{};
    };

    Result<void> spawn();
    void pump();
    bool readFrames();
    void take(wire::Frame frame);
    void takeReply(const wire::Frame& frame);
    void takeHostCall(wire::Frame& frame);
    void takeLog(const wire::Frame& frame);
    bool readOutput();
    void reap();
    void serveHostCalls();
    Outcome hostOutcome(const HostCall& call);
    void sendHostReply(std::uint64_t number, Outcome outcome);
    void drop(const std::shared_ptr<PendingCall>& call, Outcome outcome);
    std::shared_ptr<PendingCall> find(std::uint64_t call);

    const ProcessSettings settings_;
    const Manifest& manifest_;
    PluginHost& host_;
    const Ended ended_;

    std::unique_ptr<wire::Channel> channel_;
    Fd output_;
    Fd pidfd_;
    std::atomic<int> pid_ = 0;
    std::thread pump_;
    std::string partialLine_;

    std::mutex guard_;
    std::condition_variable changed_;
    std::optional<Result<std::vector<std::string>>> hello_;
    std::map<std::uint64_t, std::shared_ptr<PendingCall>> pending_;
    std::deque<HostCall> hostCalls_;
    std::vector<std::thread> servants_;
    std::size_t idleServants_ = 0;
    std::string killReason_;
    bool stopping_ = false;
    bool gone_ = false;
};

} // namespace motcua::plugins
