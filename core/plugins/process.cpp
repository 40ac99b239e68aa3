#include "plugins/process.h"

#include "base/log.h"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace motcua::plugins {

namespace {

constexpr std::size_t mostServants = 16;
constexpr std::size_t mostWaitingHostCalls = 256;

std::string exitReason(const siginfo_t& info) {
    if (info.si_code == CLD_EXITED) return "exited with status " + std::to_string(info.si_status);
    const char* name = ::strsignal(info.si_status);
    return "killed by signal " + std::to_string(info.si_status) +
           (name ? std::string{" ("} + name + ")" : "");
}

// posix_spawn's actions and attributes, which must be destroyed.
struct SpawnPlan {
    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
    SpawnPlan() {
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawnattr_init(&attributes);
    }
    ~SpawnPlan() {
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
    }
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (std::string& text : texts)
        all.push_back(text.data());
    all.push_back(nullptr);
    return all;
}

} // namespace

PluginProcess::PluginProcess(ProcessSettings settings, const Manifest& manifest, PluginHost& host,
                             Ended ended)
    : settings_(std::move(settings)), manifest_(manifest), host_(host), ended_(std::move(ended)) {}

PluginProcess::~PluginProcess() {
    stop(Millis{0});
    if (pump_.joinable()) pump_.join();
    std::vector<std::thread> servants;
    {
        const std::lock_guard lock{guard_};
        servants.swap(servants_);
    }
    for (std::thread& servant : servants)
        servant.join();
}

Result<std::vector<std::string>> PluginProcess::start(Millis patience) {
    // The kernel's parent-death signal goes by the thread that made the child: so that thread stays with it
    // to the end.
    pump_ = std::thread{[this] {
        if (const auto spawned = spawn(); !spawned) {
            const std::lock_guard lock{guard_};
            hello_ = spawned.error();
            gone_ = true;
            changed_.notify_all();
            return;
        }
        pump();
    }};
    std::unique_lock lock{guard_};
    if (!changed_.wait_for(lock, patience, [&] { return hello_.has_value(); })) {
        lock.unlock();
        kill("said no hello within " + std::to_string(patience.count()) + " ms");
        return Error{ErrorKind::Unavailable, "plugin.not_started",
                     "said no hello within " + std::to_string(patience.count()) + " ms"};
    }
    return *hello_;
}

Result<void> PluginProcess::spawn() {
    int pair[2], pipe[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return unavailable("plugin.not_started", std::strerror(errno));
    Fd ours{pair[0]}, theirs{pair[1]};
    if (::pipe2(pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return unavailable("plugin.not_started", std::strerror(errno));
    Fd reading{pipe[0]}, writing{pipe[1]};
    ::fcntl(writing.get(), F_SETFL, 0); // blocking for the child: a flood slows it down instead of failing it

    SpawnPlan plan;
    ::posix_spawn_file_actions_addopen(&plan.actions, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&plan.actions, writing.get(), 1);
    ::posix_spawn_file_actions_adddup2(&plan.actions, writing.get(), 2);
    ::posix_spawn_file_actions_adddup2(&plan.actions, theirs.get(), 3); // last: 3 may be one of those above
    ::posix_spawn_file_actions_addclosefrom_np(&plan.actions, 4);
    ::posix_spawn_file_actions_addchdir_np(&plan.actions, settings_.folder.c_str());
    sigset_t none, defaults;
    sigemptyset(&none);
    sigfillset(&defaults);
    ::posix_spawnattr_setsigmask(&plan.attributes, &none);
    ::posix_spawnattr_setsigdefault(&plan.attributes, &defaults);
    ::posix_spawnattr_setflags(&plan.attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

    std::vector<std::string> arguments{settings_.hostProgram, settings_.library, std::to_string(::getpid()),
                                       std::to_string(manifest_.limits.concurrency),
                                       std::to_string(manifest_.limits.memoryMb),
                                       std::to_string(manifest_.limits.descriptors),
                                       // Tokens stand behind programs of this machine (pcscd, p11-kit).
                                       manifest_.offers("signature") ? "1" : "0"};
    std::vector<std::string> environment;
    for (const auto& [name, value] : settings_.environment)
        environment.push_back(name + "=" + value);
    pid_t child = 0;
    const int error = ::posix_spawn(&child, settings_.hostProgram.c_str(), &plan.actions, &plan.attributes,
                                    pointers(arguments).data(), pointers(environment).data());
    if (error != 0)
        return unavailable("plugin.not_started", settings_.hostProgram + ": " + std::strerror(error));
    pidfd_ = Fd{static_cast<int>(::syscall(SYS_pidfd_open, child, 0))};
    if (!pidfd_) { // nothing would ever tell of its end
        const std::string why = std::strerror(errno);
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        return unavailable("plugin.not_started", "pidfd_open: " + why);
    }
    output_ = std::move(reading);
    const std::lock_guard lock{guard_};
    channel_ = std::make_unique<wire::Channel>(std::move(ours));
    pid_ = child;
    return {};
}

void PluginProcess::pump() {
    bool talking = true;
    while (true) {
        pollfd waited[3] = {{pidfd_.get(), POLLIN, 0},
                            {output_.get(), POLLIN, 0},
                            {talking ? channel_->fd() : -1, POLLIN, 0}};
        if (::poll(waited, 3, -1) < 0 && errno != EINTR) break;
        if (waited[2].revents) talking = readFrames();
        if (waited[1].revents && !readOutput()) output_.reset();
        if (!talking)
            ::syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGKILL, nullptr,
                      0); // it spoke nonsense, or closed
        if (waited[0].revents) break;
    }
    // What it answered before it ended still counts.
    for (pollfd left{channel_->fd(), POLLIN, 0}; talking && ::poll(&left, 1, 0) > 0;)
        talking = readFrames();
    if (output_) readOutput();
    reap();
}

bool PluginProcess::readFrames() {
    pollfd ready{channel_->fd(), POLLIN, 0};
    if (::poll(&ready, 1, 0) <= 0) return true;
    wire::Frame frame;
    if (channel_->receive(frame) != wire::Channel::Got::Frame) return false;
    take(std::move(frame));
    return true;
}

void PluginProcess::take(wire::Frame frame) {
    switch (frame.kind) {
    case wire::Kind::Reply:
        return takeReply(frame);
    case wire::Kind::HostCall:
        return takeHostCall(frame);
    case wire::Kind::Log:
        return takeLog(frame);
    case wire::Kind::Hello:
    case wire::Kind::Refused:
        break;
    default:
        return log::warning("plugin.misbehaving", {{"plugin", manifest_.id}, {"what", "unknown frame"}});
    }
    wire::Unpacker body{frame.body};
    Result<std::vector<std::string>> hello = std::vector<std::string>{};
    if (frame.kind == wire::Kind::Refused) {
        Error error{ErrorKind::Rejected, std::string{body.text()}};
        error.detail = body.text();
        hello = error;
    } else if (body.text() != wire::cookie) {
        hello = Error{ErrorKind::Internal, "plugin.not_started",
                      "it speaks another wire protocol: install its host with this server"};
    } else {
        for (std::int64_t count = body.number(); count > 0 && body.whole(); --count)
            hello->emplace_back(body.text());
    }
    const std::lock_guard lock{guard_};
    if (!hello_) hello_ = std::move(hello);
    changed_.notify_all();
}

void PluginProcess::takeReply(const wire::Frame& frame) {
    wire::Unpacker body{frame.body};
    Outcome outcome;
    outcome.status = static_cast<motcua_status>(body.number());
    outcome.retryAfterMs = body.number();
    outcome.json = body.text();
    outcome.blobs = frame.blobs;
    if (outcome.status < MOTCUA_OK || outcome.status > MOTCUA_INTERNAL)
        outcome = failure(MOTCUA_INTERNAL, "plugin.malformed", "an unknown status");
    std::shared_ptr<PendingCall> call;
    {
        const std::lock_guard lock{guard_};
        const auto found = pending_.find(frame.call);
        if (found == pending_.end()) return;
        call = found->second;
        pending_.erase(found);
    }
    call->complete(std::move(outcome));
}

void PluginProcess::takeLog(const wire::Frame& frame) {
    wire::Unpacker body{frame.body};
    const auto level = static_cast<int>(body.number());
    const std::string_view event = body.text();
    host_.log(find(frame.call).get(), level, event, body.text());
}

void PluginProcess::takeHostCall(wire::Frame& frame) {
    wire::Unpacker body{frame.body};
    HostCall call;
    call.number = frame.call;
    call.within = static_cast<std::uint64_t>(body.number());
    call.operation = body.text();
    call.json = body.text();
    call.blobs = std::move(frame.blobs);
    std::unique_lock lock{guard_};
    if (hostCalls_.size() >= mostWaitingHostCalls) {
        lock.unlock();
        return sendHostReply(call.number, failure(MOTCUA_UNAVAILABLE, "host.busy"));
    }
    hostCalls_.push_back(std::move(call));
    if (idleServants_ < hostCalls_.size() && servants_.size() < mostServants)
        servants_.emplace_back([this] { serveHostCalls(); });
    changed_.notify_all();
}

void PluginProcess::serveHostCalls() {
    while (true) {
        HostCall call;
        {
            std::unique_lock lock{guard_};
            ++idleServants_;
            changed_.wait(lock, [&] { return gone_ || !hostCalls_.empty(); });
            --idleServants_;
            if (gone_) return;
            call = std::move(hostCalls_.front());
            hostCalls_.pop_front();
        }
        try {
            sendHostReply(call.number, hostOutcome(call));
        } catch (const std::exception& problem) { // no descriptor or memory is left for what it asked
            log::error("plugin.host_call_failed",
                       {{"plugin", manifest_.id}, {"operation", call.operation}, {"what", problem.what()}});
            sendHostReply(call.number, failure(MOTCUA_UNAVAILABLE, "host.busy"));
        }
    }
}

Outcome PluginProcess::hostOutcome(const HostCall& call) {
    const std::shared_ptr<PendingCall> within = find(call.within);
    if (call.within != 0 && !within) return failure(MOTCUA_INVALID, "plugin.malformed", "the call is over");
    if (call.operation != "net.connect/1")
        return host_.operation(within.get(), call.operation, call.json, call.blobs);
    wire::Unpacker place{call.json};
    const std::string_view name = place.text();
    return host_.connect(within.get(), name, static_cast<std::uint32_t>(place.number()));
}

void PluginProcess::sendHostReply(std::uint64_t number, Outcome outcome) {
    wire::Frame answer{wire::Kind::HostReply, number, {}, std::move(outcome.blobs), {}};
    answer.body = wire::Packer{}.number(outcome.status).text(outcome.json).body;
    if (outcome.socket) answer.sockets.push_back(std::move(outcome.socket));
    channel_->send(answer);
}

bool PluginProcess::readOutput() {
    char buffer[4096];
    while (true) {
        const ssize_t got = ::read(output_.get(), buffer, sizeof buffer);
        if (got < 0) return errno == EAGAIN || errno == EINTR;
        if (got == 0) return false;
        partialLine_.append(buffer, static_cast<std::size_t>(got));
        for (std::size_t end = 0; (end = partialLine_.find('\n')) != std::string::npos;
             partialLine_.erase(0, end + 1))
            host_.output(std::string_view{partialLine_}.substr(0, end));
        if (partialLine_.size() > 65536) partialLine_.clear();
    }
}

void PluginProcess::reap() {
    siginfo_t info{};
    while (::waitid(static_cast<idtype_t>(P_PIDFD), static_cast<id_t>(pidfd_.get()), &info, WEXITED) != 0 &&
           errno == EINTR)
        ;
    std::string reason = exitReason(info);
    bool inOrder = false;
    std::map<std::uint64_t, std::shared_ptr<PendingCall>> orphans;
    {
        const std::lock_guard lock{guard_};
        pid_ = 0;
        gone_ = true;
        inOrder = stopping_ && killReason_.empty();
        if (!killReason_.empty()) reason = killReason_;
        if (!hello_) hello_ = Error{ErrorKind::Unavailable, "plugin.not_started", reason};
        orphans.swap(pending_);
        changed_.notify_all();
    }
    // First the supervisor, so that who repeats a failed call at once does not meet the dead again.
    if (!inOrder) ended_(reason);
    for (const auto& orphan : orphans)
        orphan.second->complete(failure(MOTCUA_UNAVAILABLE, "plugin.crashed", reason));
}

std::shared_ptr<PendingCall> PluginProcess::find(std::uint64_t call) {
    const std::lock_guard lock{guard_};
    const auto found = pending_.find(call);
    return found == pending_.end() ? nullptr : found->second;
}

void PluginProcess::invoke(const std::shared_ptr<PendingCall>& call) {
    const Invocation& given = call->invocation();
    {
        const std::lock_guard lock{guard_};
        if (gone_ || stopping_ || !channel_)
            return call->complete(failure(MOTCUA_UNAVAILABLE, "plugin.crashed", "the plugin has ended"));
        pending_[given.call] = call;
    }
    wire::Frame frame{wire::Kind::Invoke, given.call, {}, given.blobs, {}};
    frame.body = wire::Packer{}
                     .text(given.operation)
                     .text(given.json)
                     .number(given.deadlineMs)
                     .number(given.attempt)
                     .text(given.idempotencyKey)
                     .text(given.traceparent)
                     .text(given.locale)
                     .text(given.profile)
                     .text(given.config)
                     .body;
    if (!wire::fit(frame.body, frame.blobs))
        return drop(call, failure(MOTCUA_INVALID, "plugin.malformed", "the request is too large"));
    try {
        // Where the send fails the process is gone or stuck; the pump sees the end and fails every open call.
        channel_->send(frame);
    } catch (const std::exception& problem) {
        drop(call, failure(MOTCUA_UNAVAILABLE, "plugin.not_sent", problem.what()));
    }
}

void PluginProcess::drop(const std::shared_ptr<PendingCall>& call, Outcome outcome) {
    {
        const std::lock_guard lock{guard_};
        pending_.erase(call->invocation().call);
    }
    call->complete(std::move(outcome));
}

void PluginProcess::cancel(std::uint64_t call) {
    if (find(call)) channel_->send({wire::Kind::Cancel, call, {}, {}, {}}, 100);
}

void PluginProcess::stop(Millis grace) {
    std::unique_lock lock{guard_};
    if (!pump_.joinable() || gone_) return;
    if (!std::exchange(stopping_, true) && channel_) {
        lock.unlock();
        channel_->send({wire::Kind::Stop, 0, {}, {}, {}}, 100);
        lock.lock();
    }
    if (changed_.wait_for(lock, grace, [&] { return gone_; })) return;
    if (pid_ != 0) ::syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGKILL, nullptr, 0);
    changed_.wait_for(lock, Millis{5000}, [&] { return gone_; });
}

bool PluginProcess::kill(const std::string& reason) {
    const std::lock_guard lock{guard_};
    if (killReason_.empty()) killReason_ = reason;
    if (pid_ != 0) ::syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGKILL, nullptr, 0);
    return true;
}

} // namespace motcua::plugins
