#include "jobs/forgetting.h"
#include "jobs/inbox.h"
#include "jobs/runner.h"
#include "support/databases.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <atomic>
#include <future>
#include <mutex>
#include <set>
#include <thread>

using namespace motcua;
using namespace motcua::jobs;

class JobsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(JobsTest);
    CPPUNIT_TEST(anItemIsCarriedOutAfterItsTransactionOnly);
    CPPUNIT_TEST(itemsOfOneSubjectGoInOrder);
    CPPUNIT_TEST(whatMayBeRetriedComesAgainLater);
    CPPUNIT_TEST(whatIsRefusedIsGivenUpAndCanBeSentAgain);
    CPPUNIT_TEST(aLateWorkerSaysNothingOfAnItemThatWasSentAgain);
    CPPUNIT_TEST(anItemOfADeadWorkerComesBack);
    CPPUNIT_TEST(aWorkerThatComesBackTooLateChangesNothing);
    CPPUNIT_TEST(aProviderDownForADayLosesNothing);
    CPPUNIT_TEST(aHandlerIsDoneBeforeAnotherMayTakeItsItem);
    CPPUNIT_TEST(theLeaseOfANodeWhoseClockIsAheadCounts);
    CPPUNIT_TEST(theJobOfADeadNodeIsTakenOver);
    CPPUNIT_TEST(aLongJobKeepsItsLease);
    CPPUNIT_TEST(aThrowingHandlerHarmsNobodyElse);
    CPPUNIT_TEST(noItemIsTakenTwiceByManyWorkers);
    CPPUNIT_TEST(theInboxTakesEachKeyOnce);
    CPPUNIT_TEST(aScheduledJobRunsOnOneNodeOnly);
    CPPUNIT_TEST(aClockThatIsSetBackHoldsNothingUp);
    CPPUNIT_TEST(threadsCarryOutWhatIsAdded);
    CPPUNIT_TEST(whatWaitsBehindAnotherIsNotReady);
    CPPUNIT_TEST(whatIsSettledIsForgottenInTimeAndNothingElse);
    CPPUNIT_TEST(forgettingStopsWhenItsTimeIsUp);
    CPPUNIT_TEST_SUITE_END();

    ManualClock clock_{{1'700'000'000'000}};
    vault::Vault vault_{vault::MasterKey{std::string(32, 'k')}, clock_};
    Outbox outbox_{vault_, clock_};

    std::vector<test::TestDatabase> databases() const {
        return test::databases({&vault::schema(), &schema()}, clock_);
    }

    std::string add(db::Database& database, const std::string& subject, int number) {
        return *database.write(Context{}, [&](db::Writer& tx) -> Result<std::string> {
            return outbox_.add(tx, "test", subject, Json::object().set("number", number));
        });
    }

    void anItemIsCarriedOutAfterItsTransactionOnly() {
        for (auto& database : databases()) {
            Runner runner{*database, outbox_, clock_};
            int seen = 0;
            runner.handle("test", [&](const Context&, const OutboxItem& item) -> Result<void> {
                seen = static_cast<int>(item.payload["number"].integer());
                return {};
            });
            const auto undone = database->write(Context{}, [&](db::Writer& tx) -> Result<void> {
                outbox_.add(tx, "test", "d1", Json::object());
                return rejected("test.undo");
            });
            CPPUNIT_ASSERT(!undone && !runner.runOutboxOnce());
            add(*database, "d1", 7);
            CPPUNIT_ASSERT_MESSAGE(database.name, runner.runOutboxOnce());
            CPPUNIT_ASSERT_EQUAL(7, seen);
            CPPUNIT_ASSERT(!runner.runOutboxOnce());
        }
    }

    void itemsOfOneSubjectGoInOrder() {
        for (auto& database : databases()) {
            Runner runner{*database, outbox_, clock_};
            std::vector<int> seen;
            bool refuse = true;
            runner.handle("test", [&](const Context&, const OutboxItem& item) -> Result<void> {
                if (refuse && item.subject == "d1") return unavailable("test.down");
                seen.push_back(static_cast<int>(item.payload["number"].integer()));
                return {};
            });
            add(*database, "d1", 1);
            add(*database, "d1", 2);
            add(*database, "d2", 3);
            while (runner.runOutboxOnce()) {
            }
            CPPUNIT_ASSERT_MESSAGE(database.name, seen == std::vector<int>{3});
            refuse = false;
            clock_.advance(std::chrono::hours{1});
            while (runner.runOutboxOnce()) {
            }
            CPPUNIT_ASSERT_MESSAGE(database.name, (seen == std::vector<int>{3, 1, 2}));
        }
    }

    void whatMayBeRetriedComesAgainLater() {
        for (auto& database : databases()) {
            RunnerSettings settings;
            settings.attempts = 3;
            Runner runner{*database, outbox_, clock_, settings};
            std::vector<std::string> ids;
            runner.handle("test", [&](const Context&, const OutboxItem& item) -> Result<void> {
                ids.push_back(item.id);
                return unavailable("test.down");
            });
            const std::string id = add(*database, "d1", 1);
            for (int i = 0; i < 6; ++i) {
                runner.runOutboxOnce();
                CPPUNIT_ASSERT(!runner.runOutboxOnce()); // not at once
                clock_.advance(std::chrono::hours{4});
            }
            CPPUNIT_ASSERT_MESSAGE(database.name, (ids == std::vector<std::string>{id, id, id}));
            const auto given = database->read(Context{}, [&](db::Reader& tx) { return outbox_.givenUp(tx); });
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, given.size());
            CPPUNIT_ASSERT_EQUAL(std::string{"test.down"}, given[0].lastError);
        }
    }

    void whatIsRefusedIsGivenUpAndCanBeSentAgain() {
        for (auto& database : databases()) {
            Runner runner{*database, outbox_, clock_};
            int calls = 0;
            runner.handle("test", [&](const Context&, const OutboxItem&) -> Result<void> {
                if (++calls == 1) return rejected("test.no_such_number");
                return {};
            });
            const std::string id = add(*database, "d1", 1);
            CPPUNIT_ASSERT(runner.runOutboxOnce());
            clock_.advance(std::chrono::hours{24});
            CPPUNIT_ASSERT(!runner.runOutboxOnce());
            const auto again = [&] {
                return database->write(Context{}, [&](db::Writer& tx) { return outbox_.sendAgain(tx, id); });
            };
            CPPUNIT_ASSERT(again().ok());
            CPPUNIT_ASSERT(runner.runOutboxOnce());
            CPPUNIT_ASSERT_EQUAL(2, calls);
            CPPUNIT_ASSERT(again().error().kind == ErrorKind::NotFound);
        }
    }

    void aLateWorkerSaysNothingOfAnItemThatWasSentAgain() {
        for (auto& database : databases()) {
            const std::string id = add(*database, "d1", 1);
            const auto inside = [&](auto work) {
                return *database->write(
                    Context{}, [&](db::Writer& tx) -> Result<decltype(work(tx))> { return work(tx); });
            };
            const auto take = [&] {
                return inside([&](db::Writer& tx) { return outbox_.take(tx, 1, std::chrono::minutes{1}); })
                    .at(0);
            };
            const OutboxItem late = take();
            clock_.advance(std::chrono::minutes{2});
            CPPUNIT_ASSERT(
                inside([&, other = take()](db::Writer& tx) { return outbox_.giveUp(tx, other, "no"); }));
            CPPUNIT_ASSERT(
                database->write(Context{}, [&](db::Writer& tx) { return outbox_.sendAgain(tx, id); }).ok());
            const OutboxItem again = take();
            CPPUNIT_ASSERT_EQUAL(late.attempts, again.attempts);
            CPPUNIT_ASSERT(!inside([&](db::Writer& tx) { return outbox_.done(tx, late); }));
            CPPUNIT_ASSERT(inside([&](db::Writer& tx) { return outbox_.done(tx, again); }));
        }
    }

    void anItemOfADeadWorkerComesBack() {
        for (auto& database : databases()) {
            const std::string id = add(*database, "d1", 1);
            const auto take = [&] {
                return *database->write(Context{}, [&](db::Writer& tx) -> Result<std::vector<OutboxItem>> {
                    return outbox_.take(tx, 5, std::chrono::minutes{1});
                });
            };
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, take().size());
            CPPUNIT_ASSERT(take().empty());
            clock_.advance(std::chrono::minutes{2});
            const auto again = take();
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, again.size());
            CPPUNIT_ASSERT_EQUAL(id, again[0].id);
            CPPUNIT_ASSERT_EQUAL(2, again[0].attempts);
        }
    }

    void aWorkerThatComesBackTooLateChangesNothing() {
        for (auto& database : databases()) {
            add(*database, "d1", 1);
            const auto take = [&] {
                return database
                    ->write(Context{},
                            [&](db::Writer& tx) -> Result<std::vector<OutboxItem>> {
                                return outbox_.take(tx, 5, std::chrono::minutes{1});
                            })
                    ->at(0);
            };
            const auto settles = [&](auto how) {
                return *database->write(Context{}, [&](db::Writer& tx) -> Result<bool> { return how(tx); });
            };
            const OutboxItem first = take();
            clock_.advance(std::chrono::minutes{2});
            const OutboxItem second = take();
            const auto retries = [&](db::Writer& tx) { return outbox_.retry(tx, first, Millis{0}, "late"); };
            const auto givesUp = [&](db::Writer& tx) { return outbox_.giveUp(tx, first, "late"); };
            CPPUNIT_ASSERT_MESSAGE(database.name, !settles(retries));
            CPPUNIT_ASSERT(settles([&](db::Writer& tx) { return outbox_.done(tx, second); }));
            CPPUNIT_ASSERT(!settles(givesUp));
            const auto given = database->read(Context{}, [&](db::Reader& tx) { return outbox_.givenUp(tx); });
            CPPUNIT_ASSERT(given.empty());
        }
    }

    void aProviderDownForADayLosesNothing() {
        for (auto& database : databases()) {
            Runner runner{*database, outbox_, clock_};
            const Instant back = clock_.now() + std::chrono::hours{24};
            int done = 0;
            runner.handle("test", [&](const Context&, const OutboxItem&) -> Result<void> {
                if (clock_.now() < back) return unavailable("test.down");
                ++done;
                return {};
            });
            add(*database, "d1", 1);
            while (clock_.now() < back + std::chrono::minutes{11}) {
                runner.runOutboxOnce();
                clock_.advance(std::chrono::minutes{5});
            }
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, 1, done);
        }
    }

    void aHandlerIsDoneBeforeAnotherMayTakeItsItem() {
        for (auto& database : databases()) {
            const RunnerSettings settings;
            Runner runner{*database, outbox_, clock_, settings};
            Until deadline = Until::never();
            runner.handle("test", [&](const Context& context, const OutboxItem&) -> Result<void> {
                deadline = context.deadline;
                return {};
            });
            add(*database, "d1", 1);
            CPPUNIT_ASSERT(runner.runOutboxOnce());
            CPPUNIT_ASSERT(deadline.bounded() && !deadline.passed() && deadline.left() < settings.lease);
        }
    }

    void theLeaseOfANodeWhoseClockIsAheadCounts() {
        for (auto& database : databases()) {
            int runs = 0;
            ManualClock ahead{clock_.now() + std::chrono::seconds{5}};
            Runner one{*database, outbox_, ahead};
            Runner two{*database, outbox_, clock_};
            two.schedule("sweep", std::chrono::minutes{5}, [&](const Context&) { ++runs; });
            // While the node ahead runs the job, this one must not.
            one.schedule("sweep", std::chrono::minutes{5}, [&](const Context&) { two.runJobsOnce(); });
            one.runJobsOnce();
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, 0, runs);
        }
    }

    // Until the node that runs the job has renewed its lease; what never happens shows in the test's count.
    static void waitForLease(db::Database& database, Instant until) {
        constexpr db::Query kRenewed{"test.renewed", "SELECT 1 FROM job_lease WHERE until_ms = ?"};
        const Until patience = Until::in(std::chrono::seconds{30});
        while (!patience.passed() && !database.read(Context{}, [&](db::Reader& tx) {
            return tx
                .one(
                    kRenewed, [](const db::Row&) { return true; }, until)
                .has_value();
        }))
            std::this_thread::sleep_for(Millis{5});
    }

    void theJobOfADeadNodeIsTakenOver() {
        for (auto& database : databases()) {
            const RunnerSettings settings;
            int runs = 0;
            int before = -1; // its lease was over
            Runner one{*database, outbox_, clock_, settings};
            Runner two{*database, outbox_, clock_, settings};
            two.schedule("sweep", settings.jobLease / 2, [&](const Context&) { ++runs; });
            one.schedule("sweep", settings.jobLease / 2, [&](const Context&) {
                clock_.advance(settings.jobLease - std::chrono::seconds{1});
                two.runJobsOnce();
                before = runs;
                clock_.advance(std::chrono::seconds{2}); // and nobody renewed it
                two.runJobsOnce();
            });
            one.runJobsOnce();
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, 0, before);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, 1, runs);
        }
    }

    void aLongJobKeepsItsLease() {
        for (auto& database : databases()) {
            RunnerSettings settings;
            settings.jobLease = Millis{500};
            int runs = 0;
            Runner one{*database, outbox_, clock_, settings};
            Runner two{*database, outbox_, clock_, settings};
            two.schedule("sweep", Millis{100}, [&](const Context&) { ++runs; });
            one.schedule("sweep", Millis{100}, [&](const Context&) {
                for (int i = 0; i < 3; ++i) {
                    clock_.advance(Millis{400});
                    waitForLease(*database, clock_.now() + settings.jobLease);
                }
                two.runJobsOnce();
            });
            one.runJobsOnce();
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, 0, runs);
            clock_.advance(Millis{400}); // it has ended: another may
            two.runJobsOnce();
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, 1, runs);
        }
    }

    void aThrowingHandlerHarmsNobodyElse() {
        for (auto& database : databases()) {
            Runner runner{*database, outbox_, clock_};
            int done = 0;
            runner.handle("test", [&](const Context&, const OutboxItem& item) -> Result<void> {
                if (item.subject == "d1") throw std::runtime_error("a bug");
                ++done;
                return {};
            });
            add(*database, "d1", 1);
            add(*database, "d2", 2);
            while (runner.runOutboxOnce()) {
            }
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, 1, done);
        }
    }

    void noItemIsTakenTwiceByManyWorkers() {
        for (auto& database : databases()) {
            constexpr int items = 60;
            for (int i = 0; i < items; ++i)
                add(*database, "d" + std::to_string(i), i);
            std::mutex guard;
            std::multiset<std::int64_t> seen;
            std::vector<std::thread> workers;
            for (int i = 0; i < 4; ++i)
                workers.emplace_back([&] {
                    Runner runner{*database, outbox_, clock_};
                    runner.handle("test", [&](const Context&, const OutboxItem& item) -> Result<void> {
                        const std::lock_guard lock{guard};
                        seen.insert(item.payload["number"].integer());
                        return {};
                    });
                    while (runner.runOutboxOnce()) {
                    }
                });
            for (auto& worker : workers)
                worker.join();
            Runner rest{*database, outbox_,
                        clock_}; // a worker that lost a race for the last items stops early
            rest.handle("test", [&](const Context&, const OutboxItem& item) -> Result<void> {
                seen.insert(item.payload["number"].integer());
                return {};
            });
            while (rest.runOutboxOnce()) {
            }
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, std::size_t{items}, seen.size());
            for (int i = 0; i < items; ++i)
                CPPUNIT_ASSERT_EQUAL(std::size_t{1}, seen.count(i));
        }
    }

    void theInboxTakesEachKeyOnce() {
        for (auto& database : databases()) {
            Inbox inbox{vault_, clock_};
            const auto take = [&](const std::string& key, const std::string& answer) {
                return *database->write(Context{}, [&](db::Writer& tx) -> Result<bool> {
                    return inbox.take(tx, "vnpay", key, answer);
                });
            };
            CPPUNIT_ASSERT(take("1", "00"));
            CPPUNIT_ASSERT_MESSAGE(database.name, !take("1", "99"));
            CPPUNIT_ASSERT(take("2", "01"));
            const auto answer = [&](const std::string& key) {
                return database->read(Context{},
                                      [&](db::Reader& tx) { return inbox.answerTo(tx, "vnpay", key); });
            };
            CPPUNIT_ASSERT_EQUAL(std::string{"00"}, *answer("1"));
            CPPUNIT_ASSERT(!answer("3"));
        }
    }

    void aScheduledJobRunsOnOneNodeOnly() {
        for (auto& database : databases()) {
            std::atomic<int> runs = 0;
            Runner one{*database, outbox_, clock_};
            Runner two{*database, outbox_, clock_};
            for (Runner* runner : {&one, &two})
                runner->schedule("sweep", std::chrono::minutes{5}, [&](const Context&) { ++runs; });
            for (int i = 0; i < 3; ++i) {
                one.runJobsOnce();
                two.runJobsOnce();
            }
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, 1, runs.load());
            clock_.advance(std::chrono::minutes{6});
            two.runJobsOnce();
            one.runJobsOnce();
            CPPUNIT_ASSERT_EQUAL(2, runs.load());
        }
    }

    // A day back: what was leased and run before lies in the future now.
    void aClockThatIsSetBackHoldsNothingUp() {
        for (auto& database : databases()) {
            std::atomic<int> runs = 0;
            Runner runner{*database, outbox_, clock_};
            runner.schedule("sweep", std::chrono::minutes{5}, [&](const Context&) { ++runs; });
            runner.runJobsOnce();
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, 1, runs.load());
            clock_.advance(-std::chrono::hours{24});
            runner.runJobsOnce();
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, 2, runs.load());

            (void)database->write(Context{}, [&](db::Writer& tx) -> Result<void> {
                outbox_.add(tx, "clock", "s", Json::object());
                return {};
            });
            const auto take = [&] {
                return database
                    ->write(Context{},
                            [&](db::Writer& tx) -> Result<std::size_t> {
                                return outbox_.take(tx, 1, std::chrono::hours{24} + std::chrono::minutes{1})
                                    .size();
                            })
                    .value();
            };
            CPPUNIT_ASSERT_EQUAL(std::size_t{1},
                                 take()); // as if by a worker that died before the clock was set back
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, std::size_t{1}, take());
        }
    }

    void threadsCarryOutWhatIsAdded() {
        const SystemClock clock;
        vault::Vault vault{vault::MasterKey{std::string(32, 'k')}, clock};
        Outbox outbox{vault, clock};
        for (auto& database : test::databases({&vault::schema(), &schema()}, clock)) {
            std::promise<void> done;
            Runner runner{*database, outbox, clock};
            runner.handle("test", [&](const Context&, const OutboxItem&) -> Result<void> {
                done.set_value();
                return {};
            });
            runner.start();
            CPPUNIT_ASSERT(database
                               ->write(Context{},
                                       [&](db::Writer& tx) -> Result<void> {
                                           outbox.add(tx, "test", "d1", Json::object());
                                           return {};
                                       })
                               .ok());
            runner.wake();
            CPPUNIT_ASSERT(done.get_future().wait_for(std::chrono::seconds{20}) == std::future_status::ready);
            runner.stop();
        }
    }

    // Else a worker would hold the one writer's lane, several times a second, for nothing.
    void whatWaitsBehindAnotherIsNotReady() {
        for (auto& database : databases()) {
            if (database->backend() != db::Backend::Sqlite) continue;
            Runner runner{*database, outbox_, clock_};
            runner.handle("test", [](const Context&, const OutboxItem&) -> Result<void> {
                return unavailable("down");
            });
            add(*database, "d1", 1);
            add(*database, "d1", 2);
            const auto ready = [&] {
                return database->read(Context{}, [&](db::Reader& tx) { return outbox_.anyReady(tx); });
            };
            CPPUNIT_ASSERT(ready());
            CPPUNIT_ASSERT(runner.runOutboxOnce());
            CPPUNIT_ASSERT_MESSAGE(database.name, !ready());
            clock_.advance(std::chrono::seconds{2});
            CPPUNIT_ASSERT(ready());
        }
    }

    static std::int64_t rows(db::Database& database, const char* counted) {
        const db::Query query{"test.count", counted};
        return *database.read(Context{}, [&](db::Reader& tx) {
            return tx.one(query, [](const db::Row& row) { return row.integer(0); });
        });
    }
    static constexpr const char* kItems = "SELECT COUNT(*) FROM outbox";
    static constexpr const char* kNotices = "SELECT COUNT(*) FROM inbox";

    static Context withTime(const Until& until) {
        Context context;
        context.deadline = until;
        return context;
    }

    void whatIsSettledIsForgottenInTimeAndNothingElse() { // N9
        using std::chrono::hours;
        const KeptFor kept{hours{24 * 30}, hours{24 * 400}};
        for (auto& database : databases()) {
            Inbox inbox{vault_, clock_};
            const auto forget = [&] {
                return forgetSettled(withTime(Until::in(hours{1})), *database, outbox_, inbox, clock_, kept);
            };
            const auto take = [&](const std::string& key) {
                return *database->write(Context{}, [&](db::Writer& tx) -> Result<bool> {
                    return inbox.take(tx, "vnpay", key, "00");
                });
            };
            Runner runner{*database, outbox_, clock_};
            runner.handle("test", [](const Context&, const OutboxItem& item) -> Result<void> {
                if (item.subject == "refused") return rejected("test.refused");
                if (item.subject == "down") return unavailable("test.down");
                return {};
            });
            for (int i = 0; i < 450; ++i) // several batches
                add(*database, "d" + std::to_string(i), i);
            add(*database, "refused", 1);
            const std::string aside = add(*database, "refused", 2);
            while (runner.runOutboxOnce()) {
            }
            CPPUNIT_ASSERT(
                database->write(Context{}, [&](db::Writer& tx) { return outbox_.discard(tx, aside); }).ok());
            add(*database, "down", 1);
            runner.runOutboxOnce();
            CPPUNIT_ASSERT(take("old"));
            clock_.advance(hours{24 * 30} - hours{1});
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, forget());
            clock_.advance(hours{2});
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, std::int64_t{451}, forget());
            CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, rows(*database, kItems)); // given up, and waiting
            const auto given = database->read(Context{}, [&](db::Reader& tx) { return outbox_.givenUp(tx); });
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, given.size());
            CPPUNIT_ASSERT(take("new"));
            CPPUNIT_ASSERT_MESSAGE("a repetition is still known", !take("old"));
            clock_.advance(hours{24 * 371});
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, forget());
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, rows(*database, kNotices));
            CPPUNIT_ASSERT(!take("new"));
        }
    }

    void forgettingStopsWhenItsTimeIsUp() {
        const KeptFor kept{std::chrono::hours{24}, std::chrono::hours{24}};
        for (auto& database : databases()) {
            Inbox inbox{vault_, clock_};
            Runner runner{*database, outbox_, clock_};
            runner.handle("test", [](const Context&, const OutboxItem&) -> Result<void> { return {}; });
            add(*database, "d1", 1);
            CPPUNIT_ASSERT(runner.runOutboxOnce());
            clock_.advance(std::chrono::hours{48});
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, forgetSettled(withTime(Until::in(Millis{0})), *database,
                                                                outbox_, inbox, clock_, kept));
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, rows(*database, kItems));
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(JobsTest);
