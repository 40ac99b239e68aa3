// The one thread that writes to a SQLite file. Units of work that wait at the same time share a commit: one
// flush of the disk makes all of them durable, and each is answered only after it.
//
// Every unit runs in a savepoint of its own, so that one that fails takes nothing of its neighbours with it.
// Where the shared transaction itself is lost (the commit fails, or SQLite rolled back by itself), every unit
// of it runs again alone: its answer may have rested on what is gone.
#pragma once

#include "db/sqlite_session.h"

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace motcua::db {

class WriterLane {
public:
    using Work = std::function<bool(SqliteSession&)>; // answers whether to keep what it did

    // What joins one commit within `longestTogether`: long enough to share the flush widely, and short enough
    // that the first does not wait long.
    static constexpr Millis kLongestTogether{20};

    explicit WriterLane(std::unique_ptr<SqliteSession> session, Millis longestTogether = kLongestTogether);
    ~WriterLane(); // after what waits has run

    // [thread-safe] Runs `work` on the lane's thread and returns when it is durable or rolled back. Throws
    // what `work` throws, DeadlinePassed where `until` came before its turn, DatabaseError where it could not
    // be kept.
    void run(const Until& until, const Work& work);

    std::size_t waiting() const; // [thread-safe] how many have not had their turn yet

private:
    struct Unit;

    void loop();
    Unit* next(bool waiting);
    bool runTogether(const std::function<Unit*()>& take, std::vector<Unit*>& ran);
    void runAlone(Unit& unit);
    void runInSavepoint(Unit& unit);
    void fail(const std::vector<Unit*>& units);
    void rollBack() noexcept;
    static void answer(Unit& unit);

    std::unique_ptr<SqliteSession> session_;
    const Millis longestTogether_;
    mutable std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<Unit*> queue_;
    bool ending_ = false;
    std::string lost_;        // why the last shared transaction was lost
    bool mayRunAgain_ = true; // not where the disk failed
    bool outcomeUnknown_ = false;
    std::thread thread_;
};

} // namespace motcua::db
