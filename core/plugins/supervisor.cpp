#include "plugins/supervisor.h"

#include "base/id.h"
#include "base/log.h"
#include "plugins/in_process.h"

#include "motcua/sdk/capabilities.h"

#include <algorithm>
#include <random>

namespace motcua::plugins {

namespace {

using Steady = std::chrono::steady_clock;

ErrorKind kindOf(motcua_status status) {
    switch (status) {
    case MOTCUA_INVALID:
        return ErrorKind::Invalid;
    case MOTCUA_DENIED:
        return ErrorKind::Denied;
    case MOTCUA_NOT_FOUND:
        return ErrorKind::NotFound;
    case MOTCUA_CONFLICT:
        return ErrorKind::Conflict;
    case MOTCUA_REJECTED:
    case MOTCUA_UNIMPLEMENTED:
        return ErrorKind::Rejected;
    case MOTCUA_UNAVAILABLE:
        return ErrorKind::Unavailable;
    case MOTCUA_TIMEOUT:
        return ErrorKind::Timeout;
    default:
        return ErrorKind::Internal;
    }
}

Error errorOf(const Outcome& outcome) {
    Error error{kindOf(outcome.status), "plugin.malformed", "the plugin's error is not JSON"};
    if (const auto body = Json::parse(outcome.json); body && (*body)["code"].isString()) {
        error.code = (*body)["code"].string();
        error.detail = (*body)["detail"].string();
        for (const auto& [name, value] : (*body)["params"].members())
            error.params[name] = value.string();
    }
    if (outcome.retryAfterMs > 0) error.params["retry_after_ms"] = std::to_string(outcome.retryAfterMs);
    return error;
}

bool isFailure(motcua_status status) {
    return status == MOTCUA_UNAVAILABLE || status == MOTCUA_TIMEOUT || status == MOTCUA_INTERNAL;
}

// Where a way demands none of its operations, one of them must be there all the same.
bool anyOf(const sdk::Capability& capability, const std::set<std::string, std::less<>>& there) {
    const std::string id{capability.id};
    const std::string prefix = id.substr(0, id.find('/')) + ".";
    const auto first = there.lower_bound(prefix);
    return first != there.end() && first->compare(0, prefix.size(), prefix) == 0;
}

// What is not there of the way that lacks least; empty where one is whole.
std::string missingOf(const sdk::Capability& capability, const std::set<std::string, std::less<>>& there) {
    std::vector<const char*> least;
    for (std::size_t i = 0; i < capability.ways.size(); ++i) {
        std::vector<const char*> lacks;
        std::copy_if(capability.ways[i].begin(), capability.ways[i].end(), std::back_inserter(lacks),
                     [&](const char* operation) { return !there.contains(operation); });
        if (lacks.empty() && (!capability.ways[i].empty() || anyOf(capability, there))) return {};
        if (lacks.empty()) lacks.push_back("operation of it");
        if (i == 0 || lacks.size() < least.size()) least = std::move(lacks);
    }
    std::string all;
    for (const char* operation : least)
        (all += all.empty() ? "" : ", ") += operation;
    return all;
}

Millis jittered(Millis most) {
    static thread_local std::minstd_rand random{std::random_device{}()};
    return Millis{std::uniform_int_distribution<std::int64_t>{most.count() / 2, most.count()}(random)};
}

} // namespace

const char* name(PluginState state) {
    switch (state) {
    case PluginState::Off:
        return "off";
    case PluginState::Starting:
        return "starting";
    case PluginState::Running:
        return "running";
    case PluginState::BackingOff:
        return "backing_off";
    case PluginState::Quarantined:
        return "quarantined";
    case PluginState::Refused:
        return "refused";
    }
    return "off";
}

Supervisor::Supervisor(Manifest manifest, std::string library, Housing housing, const HostPorts& ports,
                       const Clock& clock, SupervisorPolicy policy)
    : housing_(std::move(housing)),
      ports_(ports),
      clock_(clock),
      policy_(policy),
      manifest_(std::make_shared<const Manifest>(std::move(manifest))),
      library_(std::move(library)),
      since_(clock.now()),
      control_([this] { control(); }) {}

Supervisor::~Supervisor() {
    {
        const std::lock_guard lock{guard_};
        quit_ = true;
        changed_.notify_all();
    }
    control_.join();
}

void Supervisor::control() {
    std::unique_lock lock{guard_};
    while (!quit_) {
        const bool idle =
            !wanted_; // before the lock is let go of below: what changes meanwhile must be noticed
        if (idle) {
            retire(lock);
            become(PluginState::Off);
        } else if (!current_ && (state_ == PluginState::Off || state_ == PluginState::Starting ||
                                 (state_ == PluginState::BackingOff && Steady::now() >= startAt_))) {
            startOne(lock);
            continue;
        }
        endOverdue(lock);
        const auto unlessWoken = [&] {
            return quit_ || wanted_ == idle || (wanted_ && !current_ && state_ == PluginState::Starting) ||
                   wakeAt() <= Steady::now();
        };
        // Until something is due: a restart, the end of a call that hangs.
        while (!unlessWoken()) {
            const auto due = wakeAt();
            if (due == Steady::time_point::max()) {
                changed_.wait(lock);
            } else {
                changed_.wait_until(lock, due);
            }
        }
    }
    retire(lock);
}

Steady::time_point Supervisor::wakeAt() const {
    auto due = dead_.empty() ? Steady::time_point::max() : Steady::now();
    if (wanted_ && state_ == PluginState::BackingOff) due = startAt_;
    for (const Overdue& one : overdue_)
        due = std::min(due, one.killAt);
    return due;
}

void Supervisor::become(PluginState state, std::string reason) {
    if (state_ != state || reason_ != reason) {
        state_ = state;
        reason_ = std::move(reason);
        since_ = clock_.now();
        log::info("plugin.state", {{"plugin", manifest_->id}, {"state", name(state)}, {"reason", reason_}});
    }
    changed_.notify_all();
}

Result<std::shared_ptr<Supervisor::Generation>>
Supervisor::makeGeneration(std::shared_ptr<const Manifest> manifest, const std::string& library) {
    auto made = std::make_shared<Generation>();
    made->manifest = std::move(manifest);
    made->host = std::make_unique<HostServices>(*made->manifest, ports_, clock_);
    if (housing_.isolation == Isolation::InProcess) {
        {
            const std::lock_guard lock{guard_};
            loadedHere_ = true;
        }
        made->runner = std::make_unique<PluginInProcess>(library, *made->manifest, *made->host);
    } else {
        ProcessSettings settings{housing_.hostProgram, library, housing_.folder, housing_.environment};
        made->runner = std::make_unique<PluginProcess>(
            std::move(settings), *made->manifest, *made->host,
            [this, key = made.get()](const std::string& reason) { ended(*key, reason); });
    }
    MOTCUA_CHECK(startGeneration(*made));
    return made;
}

// The operations of one way to provide each capability must be there, or the manifest promised too much.
Result<void> Supervisor::startGeneration(Generation& generation) {
    MOTCUA_TRY(operations, generation.runner->start(policy_.startPatience));
    generation.operations.insert(operations.begin(), operations.end());
    for (const sdk::Capability& capability : sdk::capabilities()) {
        const auto& provided = generation.manifest->provides;
        if (std::find(provided.begin(), provided.end(), capability.id) == provided.end()) continue;
        const std::string missing = missingOf(capability, generation.operations);
        if (missing.empty()) continue;
        Error error = rejected("plugin.lying_manifest");
        error.detail =
            "the manifest says " + std::string{capability.id} + ", but the library has no " + missing;
        return error;
    }
    return {};
}

void Supervisor::startOne(std::unique_lock<std::mutex>& lock) {
    become(PluginState::Starting);
    const auto manifest = manifest_;
    const std::string library = library_;
    lock.unlock();
    auto made = makeGeneration(manifest, library);
    lock.lock();
    if (manifest_ != manifest || current_) { // an upgrade came between: this one is of the old version
        if (made) dead_.push_back(std::move(*made));
        if (!current_) become(PluginState::Starting);
    } else if (made && !(*made)->end) {
        current_ = std::move(*made);
        become(PluginState::Running);
    } else if (made) {
        crashed(*(*made)->end);
        dead_.push_back(std::move(*made));
    } else if (made.error().kind == ErrorKind::Rejected) {
        become(PluginState::Refused, made.error().code + ": " + made.error().detail);
    } else {
        crashed(made.error().detail);
    }
}

// Ends the current generation, and lets go of what it leaves behind.
void Supervisor::retire(std::unique_lock<std::mutex>& lock) {
    if (current_) drain(lock, std::exchange(current_, nullptr));
    auto overdue = std::exchange(overdue_, {});
    auto dead = std::exchange(dead_, {});
    lock.unlock();
    overdue.clear();
    bury(std::move(dead));
    lock.lock();
}

// Lets the calls that entered `old` finish, then stops it; the lock is free meanwhile.
void Supervisor::drain(std::unique_lock<std::mutex>& lock, std::shared_ptr<Generation> old) {
    changed_.wait_for(lock, policy_.stopGrace, [&] { return old->inFlight == 0 || old->end; });
    lock.unlock();
    old->runner->stop(policy_.stopGrace);
    old.reset();
    lock.lock();
}

void Supervisor::endOverdue(std::unique_lock<std::mutex>& lock) {
    const auto now = Steady::now();
    std::vector<Overdue> due;
    const auto isOver = [&](const Overdue& one) { return one.call->finished() || one.killAt <= now; };
    std::copy_if(overdue_.begin(), overdue_.end(), std::back_inserter(due), isOver);
    std::erase_if(overdue_, isOver);
    auto dead = std::exchange(dead_, {});
    lock.unlock();
    for (const Overdue& one : due) {
        if (one.call->finished()) continue;
        const std::string reason = "hung in " + one.call->invocation().operation;
        if (!one.generation->runner->kill(reason))
            log::error("plugin.hung", {{"plugin", one.generation->manifest->id}, {"reason", reason}});
    }
    due.clear();
    bury(std::move(dead));
    lock.lock();
}

// What a plugin asked of the host before it ended goes on to its own end, an HTTP exchange until its
// deadline: the next start must not wait for that.
void Supervisor::bury(std::vector<std::shared_ptr<Generation>> dead) {
    std::erase_if(graves_, [](const std::future<void>& grave) {
        return grave.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
    });
    if (dead.empty()) return;
    graves_.push_back(std::async(std::launch::async, [held = std::move(dead)]() mutable { held.clear(); }));
}

void Supervisor::ended(Generation& generation, const std::string& reason) {
    const std::lock_guard lock{guard_};
    generation.end = reason;
    changed_.notify_all();
    if (current_.get() != &generation) return; // not yet the one, or no more
    dead_.push_back(std::exchange(current_, nullptr));
    crashed(reason);
}

void Supervisor::crashed(const std::string& reason) {
    const Instant now = clock_.now();
    crashes_.push_back(now);
    while (crashes_.front() < now - policy_.crashWindow)
        crashes_.pop_front();
    const auto count = static_cast<int>(crashes_.size());
    log::warning("plugin.crashed", {{"plugin", manifest_->id}, {"reason", reason}, {"crashes", count}});
    if (count >= policy_.crashesToQuarantine) {
        return become(PluginState::Quarantined, std::to_string(count) + " ends within " +
                                                    std::to_string(policy_.crashWindow.count() / 60'000) +
                                                    " minutes, the last: " + reason);
    }
    const auto grown = policy_.backOffFirst.count() << std::min(count - 1, 20);
    startAt_ = Steady::now() + jittered(std::min(Millis{grown}, policy_.backOffMost));
    become(PluginState::BackingOff, reason);
}

void Supervisor::enable() {
    const std::lock_guard lock{guard_};
    wanted_ = true;
    changed_.notify_all();
}

void Supervisor::disable() {
    std::unique_lock lock{guard_};
    wanted_ = false;
    changed_.notify_all();
    changed_.wait(lock, [&] { return state_ == PluginState::Off || wanted_ || quit_; });
}

void Supervisor::tryAgain() {
    const std::lock_guard lock{guard_};
    if (!wanted_ || current_ || state_ == PluginState::Starting) return;
    crashes_.clear();
    breakers_.clear();
    become(PluginState::Starting);
}

Result<void> Supervisor::upgrade(const std::string& library) {
    MOTCUA_TRY(read, Manifest::read(library));
    const auto fresh = std::make_shared<const Manifest>(std::move(read));
    std::unique_lock lock{guard_};
    if (fresh->id != manifest_->id)
        return Error{ErrorKind::Conflict, "plugin.other_plugin",
                     library + " is " + fresh->id + ", not " + manifest_->id};
    if (housing_.isolation == Isolation::InProcess && loadedHere_ && library == library_)
        return Error{ErrorKind::Rejected, "plugin.needs_restart",
                     library +
                         " is loaded in the server, which would go on running its old code: restart the "
                         "server, or let the plugin run in a process of its own"};
    std::shared_ptr<Generation> left; // the old one, or the new one where nobody wants it any more
    if (wanted_ && state_ == PluginState::Running) {
        lock.unlock();
        auto made = makeGeneration(fresh, library);
        if (!made) return made.error();
        lock.lock();
        left = std::move(*made);
        if (wanted_ && left->end) {
            const Error error{ErrorKind::Unavailable, "plugin.not_started", *left->end};
            drain(lock, std::move(left));
            return error;
        }
        if (wanted_) {
            std::swap(current_, left);
            become(PluginState::Running);
        }
    } else if (wanted_ && state_ != PluginState::Off) {
        become(PluginState::Starting);
    }
    manifest_ = fresh; // before the lock is let go of: who starts it again starts this one
    library_ = library;
    crashes_.clear();
    breakers_.clear();
    log::info("plugin.upgraded", {{"plugin", fresh->id}, {"version", fresh->version}});
    if (left) drain(lock, std::move(left));
    return {};
}

Result<CallReply> Supervisor::call(const Context& context, const CallRequest& request) {
    const auto known = manifest();
    const bool named = known->limits.timeouts.contains(request.operation) || request.timeout.count() == 0;
    const Until deadline =
        context.deadline.within(named ? known->timeoutOf(request.operation) : request.timeout);
    if (deadline.passed())
        return Error{ErrorKind::Timeout, "plugin.timeout", "the deadline has passed already"};
    const auto until = deadline.at();
    MOTCUA_TRY(invocation, invocationOf(context, request, clock_.now() + deadline.left()));
    MOTCUA_CHECK(askBreaker(request));

    auto entered = enter(request, until);
    if (!entered) {
        withdrawFromBreaker(request); // the plugin is not there, or busy: no word on the provider
        return entered.error();
    }
    const std::shared_ptr<Generation> generation = std::move(*entered);
    const auto call = std::make_shared<PendingCall>(std::move(invocation));
    call->trialSecrets = request.trialSecrets;
    // The runner completes it, and the generation outlives its runner: no need to hold it, which would be a
    // circle.
    call->whenFinished = [this, place = generation.get()] {
        const std::lock_guard lock{guard_};
        --place->inFlight;
        changed_.notify_all();
    };
    generation->runner->invoke(call);
    Outcome outcome = await(generation, call, until);
    tellBreaker(request, outcome.status);
    if (outcome.status == MOTCUA_OK) return CallReply{std::move(outcome.json), std::move(outcome.blobs)};
    Error error = errorOf(outcome);
    error.detail = generation->host->redacted(std::move(error.detail)); // it goes to the log
    return error;
}

Result<Invocation> Supervisor::invocationOf(const Context& context, const CallRequest& request,
                                            Instant deadline) {
    Invocation made;
    if (request.trialConfig) {
        made.config = request.trialConfig->dump();
    } else {
        const auto profiles = ports_.profiles(manifest()->id);
        const auto found = profiles->find(request.profile);
        if (found == profiles->end())
            return Error{ErrorKind::NotFound, "plugin.no_profile",
                         "no profile \"" + request.profile + "\" is switched on"};
        made.config = found->second.dump();
    }
    made.call = ++lastCall_;
    made.operation = request.operation;
    made.json = request.json;
    made.blobs = request.blobs;
    made.deadlineMs = deadline.ms;
    made.attempt = request.attempt;
    made.idempotencyKey = request.idempotencyKey;
    if (!context.trace.empty())
        made.traceparent = "00-" + context.trace + "-" + newTrace().substr(16) + "-01";
    made.locale = context.locale;
    made.profile = request.profile;
    return made;
}

// Waits for a plugin that is about to be there and for one of its places; whoever gets one must give it back.
Result<std::shared_ptr<Supervisor::Generation>> Supervisor::enter(const CallRequest& request,
                                                                  Steady::time_point until) {
    std::unique_lock lock{guard_};
    const auto there = [&] {
        return state_ == PluginState::Running && current_ &&
               current_->inFlight < current_->manifest->limits.concurrency;
    };
    const auto hopeless = [&] {
        return quit_ || !wanted_ || state_ == PluginState::Quarantined || state_ == PluginState::Refused ||
               (state_ == PluginState::BackingOff && startAt_ > until) ||
               (state_ == PluginState::Running && current_ &&
                !current_->operations.contains(request.operation));
    };
    if (!there() && !hopeless()) {
        if (waiting_ >= policy_.queue)
            return unavailable("plugin.busy", "too many calls wait for " + manifest_->id);
        ++waiting_;
        changed_.wait_until(lock, until, [&] { return there() || hopeless(); });
        --waiting_;
    }
    if (hopeless()) {
        if (state_ == PluginState::Running && wanted_ && !quit_)
            return Error{ErrorKind::Rejected, "plugin.unimplemented", request.operation};
        return unavailable(std::string{"plugin."} + name(wanted_ ? state_ : PluginState::Off), reason_);
    }
    if (!there()) return unavailable("plugin.busy", "no place came free at " + manifest_->id);
    ++current_->inFlight;
    ++calls_;
    return current_;
}

Outcome Supervisor::await(const std::shared_ptr<Generation>& generation,
                          const std::shared_ptr<PendingCall>& call, Steady::time_point until) {
    if (auto outcome = call->wait(until)) return std::move(*outcome);
    generation->runner->cancel(call->invocation().call);
    const std::lock_guard lock{guard_};
    overdue_.push_back({generation, call, Steady::now() + policy_.hungGrace});
    changed_.notify_all();
    return failure(MOTCUA_TIMEOUT, "plugin.timeout", call->invocation().operation);
}

Result<void> Supervisor::askBreaker(const CallRequest& request) {
    if (request.trialConfig) return {};
    const std::lock_guard lock{guard_};
    const auto found = breakers_.find(request.profile + " " + request.operation);
    if (found == breakers_.end() || found->second.allow(clock_.now())) return {};
    Error error = unavailable("plugin.breaker_open", "most of the last calls failed");
    const Millis left = found->second.openUntil() - clock_.now();
    if (left.count() > 0) error.params["retry_after_ms"] = std::to_string(left.count());
    return error;
}

void Supervisor::tellBreaker(const CallRequest& request, motcua_status status) {
    const std::lock_guard lock{guard_};
    if (isFailure(status)) ++failures_;
    if (request.trialConfig) return;
    const std::string key = request.profile + " " + request.operation;
    breakers_.try_emplace(key, policy_.breaker).first->second.record(isFailure(status), clock_.now());
}

void Supervisor::withdrawFromBreaker(const CallRequest& request) {
    if (request.trialConfig) return; // it did not ask, so it holds no probe
    const std::lock_guard lock{guard_};
    const auto found = breakers_.find(request.profile + " " + request.operation);
    if (found != breakers_.end()) found->second.withdraw();
}

PluginStatus Supervisor::status() const {
    const std::lock_guard lock{guard_};
    PluginStatus status;
    status.state = state_;
    status.reason = reason_;
    status.since = since_;
    status.version = manifest_->version;
    status.crashes = static_cast<int>(crashes_.size());
    status.calls = calls_;
    status.failures = failures_;
    if (current_) {
        status.pid = current_->runner->pid();
        status.inFlight = current_->inFlight;
        status.operations.assign(current_->operations.begin(), current_->operations.end());
    }
    for (const auto& [key, breaker] : breakers_)
        if (breaker.isOpen()) status.openBreakers.push_back(key);
    return status;
}

bool Supervisor::wanted() const {
    const std::lock_guard lock{guard_};
    return wanted_;
}

std::shared_ptr<const Manifest> Supervisor::manifest() const {
    const std::lock_guard lock{guard_};
    return manifest_;
}

std::string Supervisor::library() const {
    const std::lock_guard lock{guard_};
    return library_;
}

bool Supervisor::waitFor(PluginState state, Millis patience) const {
    std::unique_lock lock{guard_};
    return changed_.wait_for(lock, patience, [&] { return state_ == state; });
}

} // namespace motcua::plugins
