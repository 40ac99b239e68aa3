// The workers: carry out what the outbox holds and run scheduled jobs, each on one node at a time.
#pragma once

#include "base/clock.h"
#include "base/context.h"
#include "base/result.h"
#include "db/database.h"
#include "jobs/outbox.h"

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace motcua::jobs {

struct RunnerSettings {
    int workers = 2;
    // Then an item is given up. A provider may be down for a day: the pauses, each between half and all of
    // its length, add up to 24 hours at the least.
    int attempts = 300;
    Millis lease{60'000};         // a handler has nine tenths of it, the rest is for writing down how it went
    Millis jobLease{30'000};      // renewed while a scheduled job runs; then a dead node's job is taken over
    Millis firstPause{1'000};     // doubles with each attempt, with jitter, up to longestPause
    Millis longestPause{600'000}; // so much later than the provider's return the last of the waiting goes out
    Millis poll{200};
};

class Runner {
public:
    // Carries out one item, outside any transaction; may be called twice with the same id. An error that may
    // be retried comes again; any other is given up. A handler that records its success does so in a
    // transaction of its own.
    using Handler = std::function<Result<void>(const Context&, const OutboxItem&)>;
    using Job = std::function<void(const Context&)>;

    Runner(db::Database& database, Outbox& outbox, const Clock& clock, RunnerSettings settings = {});
    ~Runner();

    // Before start().
    void handle(std::string kind, Handler handler);
    void schedule(std::string name, Millis every, Job job);

    void start();
    void stop(); // waits for what is under way
    void wake(); // something was added: look at once [thread-safe]

    // What start()'s threads do, once and here: answers whether there was anything to do. For tests and
    // tools.
    bool runOutboxOnce();
    bool runJobsOnce();

private:
    struct Scheduled {
        std::string name;
        Millis every;
        Job job;
    };

    void work();
    void keepTime();
    void carryOut(const OutboxItem& item, const Until& until);
    Millis pauseAfter(int attempts) const;
    bool leaseJob(const Scheduled& scheduled);
    void keepLease(const Scheduled& scheduled) const;
    Context contextUntil(Millis time, const std::string& trace) const;
    bool sleepUnlessStopped(Millis time);

    db::Database& database_;
    Outbox& outbox_;
    const Clock& clock_;
    RunnerSettings settings_;
    std::string node_;
    std::map<std::string, Handler> handlers_;
    std::vector<Scheduled> scheduled_;
    std::mutex guard_;
    std::condition_variable changed_;
    bool stopping_ = false;
    std::uint64_t wakes_ = 0;
    std::vector<std::thread> threads_;
};

} // namespace motcua::jobs
