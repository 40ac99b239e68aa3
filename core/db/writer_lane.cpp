#include "db/writer_lane.h"

#include "base/log.h"

#include <algorithm>

namespace motcua::db {

namespace {

constexpr std::size_t kMostTogether = 512;
constexpr Millis kBudget{50}; // of one unit: past it the lane says so in the log

std::exception_ptr databaseError(const std::string& said) {
    return std::make_exception_ptr(DatabaseError(said));
}

} // namespace

// Lives on the stack of the thread that waits for it.
struct WriterLane::Unit {
    Until until;
    const Work& work;
    std::exception_ptr failure{};

    std::mutex mutex{};
    std::condition_variable answered{};
    bool done = false;
};

WriterLane::WriterLane(std::unique_ptr<SqliteSession> session, Millis longestTogether)
    : session_(std::move(session)), longestTogether_(longestTogether), thread_([this] { loop(); }) {}

WriterLane::~WriterLane() {
    {
        const std::lock_guard lock{mutex_};
        ending_ = true;
    }
    arrived_.notify_one();
    thread_.join();
    try { // so that the next start plans with what the tables have become
        session_->begin(Until::in(Millis{500}));
        session_->script("PRAGMA analysis_limit=400; PRAGMA optimize");
    } catch (const DatabaseError& error) {
        log::warning("db.not_optimized", {{"error", error.what()}});
    }
}

void WriterLane::run(const Until& until, const Work& work) {
    Unit unit{until, work};
    {
        const std::lock_guard lock{mutex_};
        queue_.push_back(&unit);
    }
    arrived_.notify_one();

    std::unique_lock lock{unit.mutex};
    const auto done = [&] { return unit.done; };
    if (!until.wait(unit.answered, lock, done)) {
        lock.unlock();
        {
            const std::lock_guard queue{mutex_};
            if (std::erase(queue_, &unit) > 0) throw DeadlinePassed("no turn on the writer lane in time");
        }
        lock.lock(); // it runs already, and the lane ends it
        unit.answered.wait(lock, done);
    }
    lock.unlock();
    if (unit.failure) std::rethrow_exception(unit.failure);
}

std::size_t WriterLane::waiting() const {
    const std::lock_guard lock{mutex_};
    return queue_.size();
}

void WriterLane::answer(Unit& unit) {
    const std::lock_guard lock{unit.mutex};
    unit.done = true;
    unit.answered.notify_one(); // under the lock: the unit is gone as soon as its thread sees `done`
}

// The unit that has waited longest; null where there is none, or where the lane ends.
WriterLane::Unit* WriterLane::next(bool waiting) {
    std::unique_lock lock{mutex_};
    if (waiting) arrived_.wait(lock, [&] { return ending_ || !queue_.empty(); });
    if (queue_.empty()) return nullptr;
    Unit* unit = queue_.front();
    queue_.pop_front();
    return unit;
}

void WriterLane::loop() {
    std::vector<Unit*> ran;
    while (Unit* first = next(true)) {
        ran.clear();
        const Until enough = Until::in(longestTogether_);
        const bool kept = runTogether(
            [&]() -> Unit* {
                if (ran.empty()) return first;
                return ran.size() < kMostTogether && !enough.passed() ? next(false) : nullptr;
            },
            ran);
        if (!kept && ran.size() > 1 && mayRunAgain_) {
            log::warning("db.shared_commit_lost", {{"units", ran.size()}});
            for (Unit* unit : ran)
                runAlone(*unit);
            continue;
        }
        if (!kept) fail(ran);
        for (Unit* unit : ran)
            answer(*unit);
    }
}

void WriterLane::runAlone(Unit& unit) {
    std::vector<Unit*> ran;
    if (!runTogether([&] { return ran.empty() ? &unit : nullptr; }, ran)) fail(ran);
    answer(unit);
}

// Runs what `take` hands out in one transaction. False where that was lost: no outcome of `ran` counts then.
bool WriterLane::runTogether(const std::function<Unit*()>& take, std::vector<Unit*>& ran) {
    bool begun = false;
    bool committing = false;
    try {
        session_->begin(Until::never());
        while (Unit* unit = take()) {
            ran.push_back(unit);
            if (!begun) session_->control("BEGIN IMMEDIATE");
            begun = true;
            runInSavepoint(*unit);
            if (!session_->inTransaction()) throw DatabaseError("SQLite rolled the transaction back");
        }
        committing = true;
        session_->control("COMMIT");
        return true;
    } catch (const std::exception& error) {
        // After a failed write or flush nobody knows what the disk holds: never again in silence.
        const int code = session_->lastFailure() & 0xff;
        mayRunAgain_ = code != SQLITE_IOERR && code != SQLITE_CORRUPT && code != SQLITE_NOTADB;
        outcomeUnknown_ = !mayRunAgain_ && committing;
        lost_ = error.what();
        rollBack();
        return false;
    }
}

void WriterLane::runInSavepoint(Unit& unit) {
    unit.failure = nullptr;
    if (unit.until.passed()) {
        unit.failure = std::make_exception_ptr(DeadlinePassed("no turn on the writer lane in time"));
        return;
    }
    session_->control("SAVEPOINT unit");
    const auto started = std::chrono::steady_clock::now();
    session_->begin(unit.until);
    bool keep = false;
    try {
        keep = unit.work(*session_);
        if (keep && session_->failed()) {
            keep = false;
            unit.failure = databaseError("nothing is kept of a transaction in which a statement failed");
        }
    } catch (...) {
        unit.failure = std::current_exception();
    }
    session_->begin(Until::never());
    const auto took = std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - started);
    if (took > kBudget)
        log::warning("db.long_unit", {{"ms", std::int64_t{took.count()}}, {"last", session_->lastName()}});
    if (!session_->inTransaction()) return;
    if (!keep) session_->control("ROLLBACK TO unit");
    session_->control("RELEASE unit");
}

// A unit keeps its own failure: it says more than the loss that followed from it.
void WriterLane::fail(const std::vector<Unit*>& units) {
    for (Unit* unit : units) {
        if (unit->failure) continue;
        unit->failure =
            outcomeUnknown_ ? std::make_exception_ptr(OutcomeUnknown(lost_)) : databaseError(lost_);
    }
}

void WriterLane::rollBack() noexcept {
    try {
        if (session_->inTransaction()) session_->control("ROLLBACK");
    } catch (const std::exception& error) {
        log::error("db.rollback_failed", {{"error", error.what()}});
    }
}

} // namespace motcua::db
