#include "jobs/runner.h"

#include "base/bytes.h"
#include "base/id.h"
#include "base/log.h"

#include <algorithm>
#include <stop_token>

namespace motcua::jobs {

namespace {

constexpr db::Query kMakeLease{"jobs.make_lease",
                               "INSERT INTO job_lease (name, owner, until_ms, last_run_ms) "
                               "VALUES (?, '', 0, 0) ON CONFLICT (name) DO NOTHING"};
// What lies further ahead than a lease lasts was written before the clock was set back, and holds nobody up.
constexpr db::Query kDueLease{"jobs.due_lease",
                              "SELECT 1 FROM job_lease WHERE name = ? AND ((until_ms > ? AND until_ms <= ?) "
                              "OR (last_run_ms > ? AND last_run_ms <= ?))"};
constexpr db::Query kTakeLease{"jobs.take_lease",
                               "UPDATE job_lease SET owner = ?, until_ms = ?, last_run_ms = ? "
                               "WHERE name = ? AND (until_ms <= ? OR until_ms > ?) "
                               "AND (last_run_ms <= ? OR last_run_ms > ?)"};
constexpr db::Query kKeepLease{
    "jobs.keep_lease", "UPDATE job_lease SET until_ms = ? WHERE name = ? AND owner = ? AND until_ms > 0"};
constexpr db::Query kEndLease{"jobs.end_lease",
                              "UPDATE job_lease SET until_ms = 0 WHERE name = ? AND owner = ?"};

// How long a scheduled job may run.
constexpr Millis jobTime = std::chrono::minutes{10};
// By how much the clocks of two nodes may differ: a lease of one that is ahead still counts.
constexpr Millis mostSkew = std::chrono::seconds{15};

// Mail servers repeat the address that they refuse; who it was is nobody's business in a log.
std::string withoutAddresses(std::string_view detail) {
    std::string shown;
    for (std::size_t at = 0; at < detail.size();) {
        const std::size_t end = std::min(detail.find(' ', at), detail.size());
        const std::string_view word = detail.substr(at, end - at);
        shown += word.find('@') == std::string_view::npos ? word : "…";
        if (end < detail.size()) shown += ' ';
        at = end + 1;
    }
    return shown;
}

double randomShare() {
    const std::string bytes = randomBytes(2);
    return (static_cast<unsigned char>(bytes[0]) * 256.0 + static_cast<unsigned char>(bytes[1])) / 65536.0;
}

// Does something again and again, in a thread of its own, for as long as this lives.
class Beat {
public:
    Beat(Millis every, std::function<void()> act)
        : thread_([every, act = std::move(act)](const std::stop_token& ended) {
              std::mutex guard;
              std::condition_variable_any changed;
              std::unique_lock lock{guard};
              while (!changed.wait_for(lock, ended, every, [&] { return ended.stop_requested(); }))
                  act();
          }) {}

private:
    std::jthread thread_;
};

} // namespace

Runner::Runner(db::Database& database, Outbox& outbox, const Clock& clock, RunnerSettings settings)
    : database_(database), outbox_(outbox), clock_(clock), settings_(settings), node_(newId(clock)) {}

Runner::~Runner() {
    stop();
}

void Runner::handle(std::string kind, Handler handler) {
    handlers_[std::move(kind)] = std::move(handler);
}

void Runner::schedule(std::string name, Millis every, Job job) {
    scheduled_.push_back({std::move(name), every, std::move(job)});
}

void Runner::start() {
    for (int i = 0; i < settings_.workers; ++i)
        threads_.emplace_back([this] { work(); });
    threads_.emplace_back([this] { keepTime(); });
}

void Runner::stop() {
    {
        const std::lock_guard lock{guard_};
        stopping_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_)
        thread.join();
    threads_.clear();
}

void Runner::wake() {
    {
        const std::lock_guard lock{guard_};
        ++wakes_;
    }
    changed_.notify_all();
}

bool Runner::sleepUnlessStopped(Millis time) {
    std::unique_lock lock{guard_};
    const auto seen = wakes_;
    changed_.wait_for(lock, time, [&] { return stopping_ || wakes_ != seen; });
    return !stopping_;
}

Context Runner::contextUntil(Millis time, const std::string& trace) const {
    Context context;
    context.actor = Actor::system("jobs");
    context.deadline = Until::in(time);
    context.trace = trace;
    return context;
}

// An outage of the database must not end the worker: it says so and looks again.
void Runner::work() {
    do {
        try {
            while (runOutboxOnce()) {
                const std::lock_guard lock{guard_};
                if (stopping_) return;
            }
        } catch (const std::exception& problem) {
            log::error("jobs.outbox_failed", {{"why", problem.what()}});
        }
    } while (sleepUnlessStopped(settings_.poll));
}

void Runner::keepTime() {
    do {
        try {
            runJobsOnce();
        } catch (const std::exception& problem) {
            log::error("jobs.schedule_failed", {{"why", problem.what()}});
        }
    } while (sleepUnlessStopped(settings_.poll));
}

bool Runner::runOutboxOnce() {
    const Context context = contextUntil(settings_.lease, newTrace());
    const Until until = Until::in(settings_.lease - settings_.lease / 10); // before another may take it
    if (!database_.read(context, [&](db::Reader& tx) { return outbox_.anyReady(tx); })) return false;
    // One at a time: a lease of several would hold back the later ones while the first is slow.
    const auto taken = database_.write(context, [&](db::Writer& tx) -> Result<std::vector<OutboxItem>> {
        return outbox_.take(tx, 1, settings_.lease);
    });
    if (!taken || taken->empty()) return false;
    for (const OutboxItem& item : *taken)
        carryOut(item, until);
    return true;
}

void Runner::carryOut(const OutboxItem& item, const Until& until) {
    Context context = contextUntil(settings_.lease, newTrace());
    context.deadline = until;
    Result<void> outcome = internal("outbox.no_handler", "no handler for " + item.kind);
    if (const auto handler = handlers_.find(item.kind); handler != handlers_.end()) {
        try {
            outcome = handler->second(context, item);
        } catch (const std::exception& problem) {
            // It may be a passing fault of the environment; the attempts are counted all the same.
            outcome = unavailable("outbox.handler_threw", problem.what());
        }
    }
    const auto settled =
        database_.write(contextUntil(settings_.lease, context.trace), [&](db::Writer& tx) -> Result<bool> {
            if (outcome) return outbox_.done(tx, item);
            if (mayRetry(outcome.error()) && item.attempts < settings_.attempts)
                return outbox_.retry(tx, item, pauseAfter(item.attempts), outcome.error().code);
            return outbox_.giveUp(tx, item, outcome.error().code);
        });
    if (!outcome)
        log::warning("jobs.item_failed", {{"kind", item.kind},
                                          {"item", item.id},
                                          {"attempt", item.attempts},
                                          {"error", outcome.error().code},
                                          {"detail", withoutAddresses(outcome.error().detail)},
                                          {"trace", context.trace}});
    if (!settled) log::error("jobs.item_unsettled", {{"item", item.id}, {"error", settled.error().code}});
    if (settled && !*settled) log::warning("jobs.lease_lost", {{"item", item.id}, {"kind", item.kind}});
}

Millis Runner::pauseAfter(int attempts) const {
    const auto doubled = settings_.firstPause * (std::int64_t{1} << std::min(attempts - 1, 20));
    const Millis longest = std::min<Millis>(doubled, settings_.longestPause);
    return Millis{
        static_cast<std::int64_t>(static_cast<double>(longest.count()) * (0.5 + 0.5 * randomShare()))};
}

bool Runner::leaseJob(const Scheduled& scheduled) {
    const Context context = contextUntil(settings_.jobLease, newTrace());
    const Instant now = clock_.now();
    const Instant lastAllowed = now - scheduled.every;
    const Instant farAhead = now + settings_.jobLease + mostSkew;
    const bool waits = database_.read(context, [&](db::Reader& tx) {
        return tx
            .one(
                kDueLease, [](const db::Row& row) { return row.boolean(0); }, scheduled.name, now, farAhead,
                lastAllowed, farAhead)
            .has_value();
    });
    if (waits) return false;
    const auto leased = database_.write(context, [&](db::Writer& tx) -> Result<bool> {
        tx.run(kMakeLease, scheduled.name);
        return tx.run(kTakeLease, node_, now + settings_.jobLease, now, scheduled.name, now, farAhead,
                      lastAllowed, farAhead) == 1;
    });
    return leased && *leased;
}

void Runner::keepLease(const Scheduled& scheduled) const {
    const Context context = contextUntil(settings_.jobLease, newTrace());
    try {
        const auto kept = database_.write(context, [&](db::Writer& tx) -> Result<bool> {
            return tx.run(kKeepLease, clock_.now() + settings_.jobLease, scheduled.name, node_) == 1;
        });
        if (!kept || !*kept) log::warning("jobs.job_lease_lost", {{"job", scheduled.name}});
    } catch (const std::exception& problem) {
        log::warning("jobs.job_lease_lost", {{"job", scheduled.name}, {"why", problem.what()}});
    }
}

bool Runner::runJobsOnce() {
    bool any = false;
    for (const Scheduled& scheduled : scheduled_) {
        if (!leaseJob(scheduled)) continue;
        any = true;
        const Context context = contextUntil(jobTime, newTrace());
        try {
            const Beat beat{settings_.jobLease / 5, [&] { keepLease(scheduled); }};
            scheduled.job(context);
        } catch (const std::exception& problem) {
            log::error("jobs.job_failed",
                       {{"job", scheduled.name}, {"why", problem.what()}, {"trace", context.trace}});
        }
        const auto ended = database_.write(contextUntil(settings_.jobLease, context.trace),
                                           [&](db::Writer& tx) -> Result<void> {
                                               tx.run(kEndLease, scheduled.name, node_);
                                               return {};
                                           });
        if (!ended) log::error("jobs.lease_not_ended", {{"job", scheduled.name}});
    }
    return any;
}

} // namespace motcua::jobs
