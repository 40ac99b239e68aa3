// motcua-plugin-host: the process in which one plugin runs. The server starts it with a socket on descriptor
// 3; it is not made to be called by hand.
//
//   motcua-plugin-host LIBRARY PARENT-PID CONCURRENCY MEMORY-MB DESCRIPTORS LOCAL-SOCKETS
//
// It never outlives the server: the kernel kills it with its parent, the end of the socket ends it, and it
// looks at its parent's number while nothing comes.
#include "confine.h"

#include "base/clock.h"
#include "plugins/instance.h"
#include "plugins/wire.h"

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <string_view>
#include <thread>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using namespace motcua;
using namespace motcua::plugins;

// The plugin's side of the wire. One thread at a time reads; when it has read a call it hands the reading on
// and runs the call itself, so that a call costs one change of threads on this side. With two threads more
// than calls there is always one to read.
class Guest final : public Surroundings {
public:
    Guest(Fd socket, pid_t parent) : channel_(std::move(socket)), parent_(parent) {}

    int run(const std::string& library, int concurrency) {
        std::vector<std::thread> threads;
        for (int i = 0; i < concurrency + 1; ++i)
            threads.emplace_back([this] { serve(); });
        auto loaded = Instance::load(library, *this);
        const auto started = loaded ? (*loaded)->start() : Result<void>{loaded.error()};
        if (!started) {
            const Error& error = started.error();
            channel_.send(
                {wire::Kind::Refused, 0, wire::Packer{}.text(error.code).text(error.detail).body, {}, {}});
            waitForEnd();
        } else {
            {
                const std::lock_guard lock{guard_};
                instance_ = std::move(*loaded);
            }
            sayHello();
            waitForEnd();
            waitForCalls();
            instance_->stop();
        }
        // Threads may still be inside the plugin's code, and static destructors of libraries are no business
        // of ours.
        std::fflush(nullptr);
        ::_exit(0);
    }

    Outcome hostCall(std::uint64_t within, std::string_view operation, std::string_view json,
                     const sdk::Blobs& blobs) override {
        return ask(within, operation, json, blobs);
    }
    Outcome connect(std::uint64_t within, std::string_view host, std::uint32_t port) override {
        return ask(within, "net.connect/1", wire::Packer{}.text(host).number(port).body, {});
    }
    void log(std::uint64_t within, int level, std::string_view event, std::string_view fields) override {
        channel_.send(
            {wire::Kind::Log, within, wire::Packer{}.number(level).text(event).text(fields).body, {}, {}});
    }
    std::int64_t nowMs() override { return clock_.now().ms; }

    void completed(std::uint64_t call, Outcome outcome) override {
        wire::Frame frame{wire::Kind::Reply, call, {}, std::move(outcome.blobs), {}};
        frame.body =
            wire::Packer{}.number(outcome.status).number(outcome.retryAfterMs).text(outcome.json).body;
        channel_.send(frame);
        const std::lock_guard lock{guard_};
        open_.erase(call);
        cancelled_.erase(call);
        changed_.notify_all();
    }
    bool cancelled(std::uint64_t call) override {
        const std::lock_guard lock{guard_};
        return ended_ || cancelled_.contains(call);
    }

private:
    struct Question {
        bool answered = false;
        Outcome outcome{};
    };

    void sayHello() {
        const auto operations = instance_->operations();
        wire::Packer body;
        body.text(wire::cookie).number(static_cast<std::int64_t>(operations.size()));
        for (const std::string& operation : operations)
            body.text(operation);
        channel_.send({wire::Kind::Hello, 0, std::move(body.body), {}, {}});
    }

    void serve() {
        while (true) {
            wire::Frame frame;
            {
                const std::lock_guard lock{reading_};
                if (!read(frame)) return end();
            }
            if (frame.kind == wire::Kind::Invoke) invoke(std::move(frame));
        }
    }

    // Reads until an Invoke comes; what else comes is seen to here. Only with reading_ held.
    bool read(wire::Frame& frame) {
        while (true) {
            switch (channel_.receive(frame)) {
            case wire::Channel::Got::End:
                return false;
            case wire::Channel::Got::Nothing:
                if (::getppid() != parent_) ::_exit(3);
                continue;
            case wire::Channel::Got::Frame:
                break;
            }
            if (frame.kind == wire::Kind::Invoke) {
                const std::lock_guard lock{guard_};
                open_.insert(frame.call);
                return true;
            }
            if (frame.kind == wire::Kind::Stop) stop();
            if (frame.kind == wire::Kind::Cancel) cancel(frame.call);
            if (frame.kind == wire::Kind::HostReply) answered(frame);
        }
    }

    void stop() {
        const std::lock_guard lock{guard_};
        stopping_ = true;
        changed_.notify_all();
    }

    void end() {
        const std::lock_guard lock{guard_};
        ended_ = true;
        changed_.notify_all();
    }

    void cancel(std::uint64_t call) {
        const std::lock_guard lock{guard_};
        if (open_.contains(call)) cancelled_.insert(call);
    }

    void invoke(wire::Frame frame) {
        wire::Unpacker body{frame.body};
        Invocation invocation;
        invocation.call = frame.call;
        invocation.blobs = std::move(frame.blobs);
        invocation.operation = body.text();
        invocation.json = body.text();
        invocation.deadlineMs = body.number();
        invocation.attempt = static_cast<int>(body.number());
        invocation.idempotencyKey = body.text();
        invocation.traceparent = body.text();
        invocation.locale = body.text();
        invocation.profile = body.text();
        invocation.config = body.text();
        if (!body.whole())
            return completed(frame.call, failure(MOTCUA_INVALID, "plugin.malformed", "a short frame"));
        instance_->invoke(invocation);
    }

    Outcome ask(std::uint64_t within, std::string_view operation, std::string_view json,
                const sdk::Blobs& blobs) {
        std::uint64_t number = 0;
        {
            const std::lock_guard lock{guard_};
            number = ++lastQuestion_;
            questions_[number];
        }
        wire::Frame frame{wire::Kind::HostCall, number, {}, blobs, {}};
        frame.body = wire::Packer{}.number(static_cast<std::int64_t>(within)).text(operation).text(json).body;
        const bool sent = channel_.send(frame);
        std::unique_lock lock{guard_};
        Question& question = questions_[number];
        if (sent) changed_.wait(lock, [&] { return question.answered || ended_; });
        Outcome outcome = question.answered
                              ? std::move(question.outcome)
                              : failure(MOTCUA_UNAVAILABLE, "host.busy", "the host does not answer");
        questions_.erase(number);
        return outcome;
    }

    void answered(wire::Frame& frame) {
        wire::Unpacker body{frame.body};
        const std::lock_guard lock{guard_};
        const auto found = questions_.find(frame.call);
        if (found == questions_.end()) return;
        Outcome& outcome = found->second.outcome;
        outcome.status = static_cast<motcua_status>(body.number());
        outcome.json = body.text();
        outcome.blobs = std::move(frame.blobs);
        if (!frame.sockets.empty()) outcome.socket = std::move(frame.sockets.front());
        found->second.answered = true;
        changed_.notify_all();
    }

    void waitForEnd() {
        std::unique_lock lock{guard_};
        changed_.wait(lock, [&] { return stopping_ || ended_; });
    }
    void waitForCalls() {
        std::unique_lock lock{guard_};
        changed_.wait_for(lock, std::chrono::seconds{5}, [&] { return ended_ || open_.empty(); });
    }

    wire::Channel channel_;
    const pid_t parent_;
    SystemClock clock_;
    std::unique_ptr<Instance> instance_;

    std::mutex reading_;
    std::mutex guard_;
    std::condition_variable changed_;
    std::set<std::uint64_t> open_;
    std::set<std::uint64_t> cancelled_;
    std::map<std::uint64_t, Question> questions_;
    std::uint64_t lastQuestion_ = 0;
    bool stopping_ = false; // asked to finish: what is open goes on
    bool ended_ = false;    // the server is gone
};

} // namespace

int main(int argc, char** argv) {
    if (argc != 7) {
        std::fprintf(stderr, "motcua-plugin-host is started by motcua, with a socket on descriptor 3.\n");
        return 2;
    }
    const pid_t parent = std::atoi(argv[2]);
    ::setpgid(0, 0); // what a terminal sends (Ctrl-C) is for the server, which then ends this process in good order
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) return 3; // it died before the line above
    ::signal(SIGPIPE, SIG_IGN);
    ::fcntl(3, F_SETFD, FD_CLOEXEC);
    const timeval patience{2, 0}; // between two looks at the parent
    ::setsockopt(3, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const std::string_view refused =
        confine({std::atoi(argv[4]), std::atoi(argv[5]), std::string_view{argv[6]} == "1"});
    if (!refused.empty()) {
        std::fprintf(stderr, "motcua-plugin-host: the kernel has no %s\n", refused.data());
        return 4;
    }
    return Guest{Fd{3}, parent}.run(argv[1], std::atoi(argv[3]));
}
