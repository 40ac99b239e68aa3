// Keeps one plugin at work: starts it, gives each call its deadline, bulkhead and breaker, restarts it with
// back-off when it ends, puts it into quarantine when it keeps ending, and exchanges it for another version
// while calls go on.
#pragma once

#include "base/context.h"
#include "base/result.h"
#include "plugins/breaker.h"
#include "plugins/host_services.h"
#include "plugins/manifest.h"
#include "plugins/process.h"
#include "plugins/runner.h"

#include <deque>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace motcua::plugins {

struct SupervisorPolicy {
    Millis startPatience{5'000};
    Millis stopGrace{5'000};
    Millis hungGrace{2'000}; // past a call's deadline, then the process is ended
    Millis backOffFirst{1'000};
    Millis backOffMost{60'000};
    int crashesToQuarantine = 5;
    Millis crashWindow{600'000};
    int queue = 32; // calls that wait for one of the plugin's places
    BreakerPolicy breaker{};
};

enum class Isolation { Process, InProcess };

enum class PluginState {
    Off,         // switched off
    Starting,    //
    Running,     //
    BackingOff,  // it ended; it is started again soon
    Quarantined, // it ended too often; a person must say "try again"
    Refused,     // it does not fit this server, or is not what its manifest says
};

const char* name(PluginState state);

struct PluginStatus {
    PluginState state = PluginState::Off;
    std::string reason{}; // of BackingOff, Quarantined, Refused; for an administrator
    Instant since{};
    std::string version{};
    int pid = 0; // 0: not running, or in this process
    std::vector<std::string> operations{};
    int crashes = 0; // within the crash window
    std::uint64_t calls = 0;
    std::uint64_t failures = 0; // UNAVAILABLE, TIMEOUT, INTERNAL
    int inFlight = 0;
    std::vector<std::string> openBreakers{}; // "profile payment.create/1"
};

struct CallRequest {
    std::string operation{};
    std::string profile{};
    std::string json = "{}";
    sdk::Blobs blobs{};
    std::string idempotencyKey{};
    int attempt = 1;
    Millis timeout{0}; // where the manifest names none for the operation; 0: the manifest's general one
    // Settings and secrets to try instead of the saved ones.
    std::optional<Json> trialConfig{};
    std::map<std::string, std::string> trialSecrets{};
};

struct CallReply {
    std::string json{};
    sdk::Blobs blobs{};
};

// Where a plugin's processes come from.
struct Housing {
    std::string hostProgram{}; // path of motcua-plugin-host
    Isolation isolation = Isolation::Process;
    std::string folder = "/"; // working folder of the processes
    std::map<std::string, std::string> environment{};
};

class Supervisor {
public:
    // `ports` and `clock` must outlive it.
    Supervisor(Manifest manifest, std::string library, Housing housing, const HostPorts& ports,
               const Clock& clock, SupervisorPolicy policy = {});
    ~Supervisor(); // ends the plugin

    void enable();   // returns at once; see status()
    void disable();  // returns once the plugin has ended, calls under way get stopGrace
    void tryAgain(); // leaves Quarantined, Refused and BackingOff
    // Starts the other version, sends new calls there, lets old ones finish. Where it does not start nothing
    // changes. In process the library of one path cannot be exchanged: Rejected "plugin.needs_restart".
    Result<void> upgrade(const std::string& library);

    // Errors: what the plugin answered (its code), or Unavailable
    // "plugin.off|starting|backing_off|quarantined|refused| crashed|busy|breaker_open", Timeout
    // "plugin.timeout", Rejected "plugin.unimplemented", NotFound "plugin.no_profile".
    Result<CallReply> call(const Context& context, const CallRequest& request);

    PluginStatus status() const;
    bool wanted() const; // switched on
    std::shared_ptr<const Manifest> manifest() const;
    std::string library() const;
    // Blocks until `state` or the patience is over; for tests and tools.
    bool waitFor(PluginState state, Millis patience) const;

private:
    // One start of one version. Callers hold it while they call.
    struct Generation {
        std::shared_ptr<const Manifest> manifest{};
        std::set<std::string, std::less<>> operations{};
        int inFlight = 0;                 // guarded by the supervisor, as is the next
        std::optional<std::string> end{}; // why it ended
        std::unique_ptr<HostServices> host{};
        std::unique_ptr<Runner> runner{}; // last: its threads use the others
    };
    struct Overdue {
        std::shared_ptr<Generation> generation;
        std::shared_ptr<PendingCall> call;
        std::chrono::steady_clock::time_point killAt;
    };

    void control();
    void startOne(std::unique_lock<std::mutex>& lock);
    void retire(std::unique_lock<std::mutex>& lock);
    void drain(std::unique_lock<std::mutex>& lock, std::shared_ptr<Generation> old);
    void endOverdue(std::unique_lock<std::mutex>& lock);
    void bury(std::vector<std::shared_ptr<Generation>> dead);
    std::chrono::steady_clock::time_point wakeAt() const;
    Result<std::shared_ptr<Generation>> makeGeneration(std::shared_ptr<const Manifest> manifest,
                                                       const std::string& library);
    Result<void> startGeneration(Generation& generation);
    void ended(Generation& generation, const std::string& reason);
    void crashed(const std::string& reason);
    void become(PluginState state, std::string reason = {});

    Result<std::shared_ptr<Generation>> enter(const CallRequest& request,
                                              std::chrono::steady_clock::time_point until);
    Result<Invocation> invocationOf(const Context& context, const CallRequest& request, Instant deadline);
    Outcome await(const std::shared_ptr<Generation>& generation, const std::shared_ptr<PendingCall>& call,
                  std::chrono::steady_clock::time_point until);
    Result<void> askBreaker(const CallRequest& request);
    void tellBreaker(const CallRequest& request, motcua_status status);
    void withdrawFromBreaker(const CallRequest& request);

    const Housing housing_;
    const HostPorts& ports_;
    const Clock& clock_;
    const SupervisorPolicy policy_;

    mutable std::mutex guard_;
    mutable std::condition_variable changed_;
    std::shared_ptr<const Manifest> manifest_;
    std::string library_;
    std::shared_ptr<Generation> current_;
    std::vector<std::shared_ptr<Generation>> dead_; // the control thread lets go of them: their own may not
    PluginState state_ = PluginState::Off;
    std::string reason_;
    Instant since_{};
    std::deque<Instant> crashes_;
    std::chrono::steady_clock::time_point startAt_{};
    std::vector<Overdue> overdue_;
    std::map<std::string, Breaker> breakers_;
    int waiting_ = 0;
    std::uint64_t calls_ = 0;
    std::uint64_t failures_ = 0;
    std::atomic<std::uint64_t> lastCall_ = 0;
    bool wanted_ = false;
    bool quit_ = false;
    bool loadedHere_ = false;               // in process: a library of one path is loaded once and stays
    std::vector<std::future<void>> graves_; // of the control thread: where the dead are being let go of
    std::thread control_;                   // last: it uses all of the above
};

} // namespace motcua::plugins
