// What only a server can do to us: backends that die, locks, a commit nobody answers.
#include "db_test_support.h"

#include "db/postgresql_session.h"

#include <array>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <latch>
#include <set>
#include <thread>

using namespace motcua;
using namespace motcua::db;
using namespace motcua::db::test;

namespace {

const SystemClock kClock;

constexpr Query kPid{"pid", "", "SELECT pg_backend_pid()"};
constexpr Query kKill{"kill", "", "SELECT pg_terminate_backend(?)"};
constexpr Query kAlive{"alive", "", "SELECT count(*) FROM pg_stat_activity WHERE pid = ?"};
constexpr Query kRaise{"thing.raise", "UPDATE thing SET count = count + 1 WHERE id = ?"};

// The PostgreSQL one of the fresh databases, and a connection beside it that does the harm.
class Server {
public:
    Server() : all_(motcua::test::databases({&schema()})) {
        for (auto& one : all_)
            if (one->backend() == Backend::Postgresql) database = &one;
        if (database) other = std::make_unique<PostgresqlSession>(database->address, unhurried);
    }
    explicit operator bool() const { return database != nullptr; }
    Database& operator*() const { return **database; }
    Database* operator->() const { return database->database.get(); }

    std::int64_t ask(const Query& query, const std::vector<Parameter>& parameters) {
        std::int64_t answer = 0;
        other->begin(PostgresqlSession::Use::Read, Until::never());
        other->each(query, parameters, [&](const Row& row) { answer = row.integer(0); });
        other->rollBack();
        return answer;
    }
    // Returns when the backend is gone.
    void kill(std::int64_t pid) {
        ask(kKill, {pid});
        while (ask(kAlive, {pid}) != 0)
            std::this_thread::yield();
    }

    motcua::test::TestDatabase* database = nullptr;
    std::unique_ptr<PostgresqlSession> other;

private:
    std::vector<motcua::test::TestDatabase> all_;
};

Context within(Millis left) {
    Context context;
    context.deadline = Until::in(left);
    return context;
}

} // namespace

class PostgresqlTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PostgresqlTest);
    CPPUNIT_TEST(aBackendKilledInTheMiddleIsDoneAgain);
    CPPUNIT_TEST(backendsKilledWhileIdleAreReplaced);
    CPPUNIT_TEST(aCommitThatNobodyAnsweredIsReportedAndNotRepeated);
    CPPUNIT_TEST(killedAtAnyMomentItKeepsWhatItAnswered);
    CPPUNIT_TEST(aDeadlockIsDoneAgain);
    CPPUNIT_TEST(aSerializationFailureThatWasSwallowedIsDoneAgain);
    CPPUNIT_TEST(whatFailsAlwaysIsTriedFiveTimes);
    CPPUNIT_TEST(aLockIsAwaitedOnlyUntilTheDeadline);
    CPPUNIT_TEST(aServerThatStandsStillHoldsNobody);
    CPPUNIT_TEST(aDeferredConstraintFailsAtTheCommit);
    CPPUNIT_TEST(theServerKeepsABoundedNumberOfStatements);
    CPPUNIT_TEST(aSessionIsReturnedClean);
    CPPUNIT_TEST(addressesAreThoseOfLibpq);
    CPPUNIT_TEST(whatCannotBeReachedSaysWhyAndLeaksNothing);
    CPPUNIT_TEST_SUITE_END();

    void aBackendKilledInTheMiddleIsDoneAgain() {
        Server server;
        if (!server) return;
        int runs = 0;
        server
            ->write(Context{},
                    [&](Writer& writer) -> Result<void> {
                        writer.run(kAdd, "a", 1);
                        if (++runs == 1) server.kill(*writer.one(kPid, number));
                        writer.run(kAdd, "b", 1);
                        return {};
                    })
            .value();
        CPPUNIT_ASSERT_EQUAL(2, runs);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, things(*server));
    }

    void backendsKilledWhileIdleAreReplaced() {
        Server server;
        if (!server) return;
        for (int round = 0; round < 3; round++) {
            const auto pid =
                *server->read(Context{}, [](Reader& reader) { return reader.one(kPid, number); });
            server.kill(pid);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{round}, things(*server));
            const auto next =
                *server->read(Context{}, [](Reader& reader) { return reader.one(kPid, number); });
            server.kill(next);
            add(*server, std::to_string(round)).value();
        }
    }

    // Whether it is there cannot be known, so it is for the caller to look.
    void aCommitThatNobodyAnsweredIsReportedAndNotRepeated() {
        Server server;
        if (!server) return;
        server.other->begin(PostgresqlSession::Use::Write, Until::never());
        server.other->script(
            "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM "
            "pg_sleep(60); RETURN NULL; END $$;"
            "CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT ON thing DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION dawdle()");
        server.other->commit();
        constexpr Query sleeps{
            "sleeps", "", "SELECT count(*) FROM pg_stat_activity WHERE pid = ? AND wait_event = 'PgSleep'"};
        int runs = 0;
        std::thread killer;
        const auto work = [&](Writer& writer) -> Result<void> {
            runs++;
            writer.run(kAdd, "a", 1);
            killer = std::thread{[&, pid = *writer.one(kPid, number)] {
                while (server.ask(sleeps, {pid}) == 0)
                    std::this_thread::yield();
                server.ask(kKill, {pid});
            }};
            return {};
        };
        CPPUNIT_ASSERT_THROW(server->write(Context{}, work), OutcomeUnknown);
        killer.join();
        CPPUNIT_ASSERT_EQUAL(1, runs);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, things(*server));
    }

    // Backends die all the time while 8 threads write: what was answered is there once, what was refused is
    // not.
    void killedAtAnyMomentItKeepsWhatItAnswered() {
        constexpr Query one{
            "one", "",
            "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity WHERE pid "
            "<> pg_backend_pid() AND query LIKE ? ORDER BY random() LIMIT 1) s"};
        Server server;
        if (!server) return;
        std::array<std::set<std::string>, 8> kept, refused;
        std::atomic<bool> enough = false;
        std::vector<std::thread> threads;
        for (std::size_t thread = 0; thread < kept.size(); thread++) {
            threads.emplace_back([&, thread] {
                for (int at = 0; !enough; at++) {
                    const std::string id = std::to_string(thread) + "/" + std::to_string(at);
                    try {
                        if (add(*server, id)) kept[thread].insert(id);
                    } catch (const OutcomeUnknown&) {
                    } catch (const DatabaseError&) {
                        refused[thread].insert(id);
                    }
                }
            });
        }
        std::int64_t killed = 0;
        for (int round = 0; round < 150; round++)
            killed += server.ask(one, {"%thing%"});
        enough = true;
        for (auto& thread : threads)
            thread.join();
        const auto found = server->read(Context{}, [](Reader& reader) { return reader.all(kAll, word); });
        const std::set<std::string> all(found.begin(), found.end());
        CPPUNIT_ASSERT(killed > 20);
        for (const auto& ids : kept)
            for (const auto& id : ids)
                CPPUNIT_ASSERT_MESSAGE("lost: " + id, all.contains(id));
        for (const auto& ids : refused)
            for (const auto& id : ids)
                CPPUNIT_ASSERT_MESSAGE("kept though refused: " + id, !all.contains(id));
    }

    void aDeadlockIsDoneAgain() {
        Server server;
        if (!server) return;
        add(*server, "a").value();
        add(*server, "b").value();
        std::latch both{2};
        const auto raise = [&](const char* first, const char* second) {
            bool met = false;
            server
                ->write(Context{},
                        [&](Writer& writer) -> Result<void> {
                            writer.run(kRaise, first);
                            if (!std::exchange(met, true)) both.arrive_and_wait();
                            writer.run(kRaise, second);
                            return {};
                        })
                .value();
        };
        std::thread other{[&] { raise("b", "a"); }};
        raise("a", "b");
        other.join();
        constexpr Query sum{"thing.sum", "SELECT sum(count) FROM thing"};
        CPPUNIT_ASSERT_EQUAL(std::int64_t{4}, *server->read(Context{}, [&](Reader& reader) {
            return reader.one(sum, number);
        }));
    }

    void aSerializationFailureThatWasSwallowedIsDoneAgain() {
        constexpr Query fails{"fails", "", "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$"};
        Server server;
        if (!server) return;
        int runs = 0;
        server
            ->write(Context{},
                    [&](Writer& writer) -> Result<void> {
                        writer.run(kAdd, "a", 1);
                        try {
                            if (++runs == 1) writer.run(fails);
                        } catch (const DatabaseError&) {
                        }
                        return {};
                    })
            .value();
        CPPUNIT_ASSERT_EQUAL(2, runs);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, things(*server));
    }

    void whatFailsAlwaysIsTriedFiveTimes() {
        constexpr Query fails{"fails", "", "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$"};
        Server server;
        if (!server) return;
        int runs = 0;
        const auto work = [&](Writer& writer) -> Result<void> {
            runs++;
            writer.run(fails);
            return {};
        };
        CPPUNIT_ASSERT_THROW(server->write(Context{}, work), DatabaseError);
        CPPUNIT_ASSERT_EQUAL(5, runs);
    }

    void aLockIsAwaitedOnlyUntilTheDeadline() {
        Server server;
        if (!server) return;
        add(*server, "a").value();
        server
            ->write(Context{},
                    [&](Writer& writer) -> Result<void> {
                        writer.run(kRaise, "a");
                        bool late = false;
                        std::thread{[&] {
                            try {
                                (void)server->write(within(Millis{60}), [](Writer& w) -> Result<void> {
                                    w.run(kRaise, "a");
                                    return {};
                                });
                            } catch (const DeadlinePassed&) {
                                late = true;
                            }
                        }}.join();
                        CPPUNIT_ASSERT(late);
                        return {};
                    })
            .value();
    }

    void aServerThatStandsStillHoldsNobody() {
        Server server;
        if (!server) return;
        std::int64_t stopped = 0;
        const auto work = [&](Reader& reader) {
            stopped = *reader.one(kPid, number);
            CPPUNIT_ASSERT_EQUAL(0, ::kill(static_cast<pid_t>(stopped), SIGSTOP));
            reader.one(kPid, number);
        };
        CPPUNIT_ASSERT_THROW(server->read(within(Millis{300}), work), DeadlinePassed);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, things(*server)); // on another session
        CPPUNIT_ASSERT_EQUAL(0, ::kill(static_cast<pid_t>(stopped), SIGCONT));
    }

    void aDeferredConstraintFailsAtTheCommit() {
        Server server;
        if (!server) return;
        server.other->begin(PostgresqlSession::Use::Write, Until::never());
        server.other->script(
            "CREATE TABLE child (id TEXT REFERENCES thing (id) DEFERRABLE INITIALLY DEFERRED)");
        server.other->commit();
        const auto work = [](Writer& writer) -> Result<void> {
            writer.run(Query{"child.add", "INSERT INTO child (id) VALUES (?)"}, "404");
            return {};
        };
        for (const Context& context : {Context{}, within(Millis{5000})}) {
            try {
                server->write(context, work).value();
                CPPUNIT_FAIL("it committed");
            } catch (const OutcomeUnknown&) {
                CPPUNIT_FAIL("the outcome is known");
            } catch (const DatabaseError&) {
            }
        }
        add(*server, "a").value();
    }

    void theServerKeepsABoundedNumberOfStatements() {
        constexpr Query kept{"kept", "", "SELECT count(*) FROM pg_prepared_statements"};
        Server server;
        if (!server) return;
        for (int at = 0; at < 600; at++) {
            const std::string sql = "SELECT count + " + std::to_string(at) + " FROM thing";
            server->read(Context{}, [&](Reader& reader) { reader.one(Query{"thing.dynamic", sql}, number); });
        }
        for (int at = 0; at < 10; at++) {
            const auto count =
                *server->read(Context{}, [&](Reader& reader) { return reader.one(kept, number); });
            CPPUNIT_ASSERT(count >= 256 &&
                           count <= 257); // one may wait for the next transaction to let it go
        }
    }

    // The deadline of one transaction is not the next one's, and nothing stays open on the server.
    void aSessionIsReturnedClean() {
        constexpr Query timeout{"timeout", "", "SELECT current_setting('statement_timeout')"};
        Server server;
        if (!server) return;
        const auto read = [&](const Context& context) {
            return *server->read(context, [&](Reader& reader) { return reader.one(timeout, word); });
        };
        CPPUNIT_ASSERT(read(within(Millis{60000})) != "0");
        CPPUNIT_ASSERT_EQUAL(std::string{"0"}, read(Context{}));
        constexpr Query open{"open", "",
                             "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%' AND pid = ?"};
        const auto pid = *server->read(Context{}, [](Reader& reader) { return reader.one(kPid, number); });
        while (server.ask(open, {pid}) != 0)
            std::this_thread::yield();
    }

    void addressesAreThoseOfLibpq() {
        Server server;
        if (!server) return;
        const std::string& words =
            motcua::test::postgresqlServer(); // host=FOLDER user=motcua dbname=postgres
        const std::string folder = words.substr(5, words.find(' ') - 5);
        const auto database =
            Database::open({.address = "postgresql:///postgres?user=motcua&host=" + folder}, kClock);
        CPPUNIT_ASSERT(database->backend() == Backend::Postgresql);
    }

    void whatCannotBeReachedSaysWhyAndLeaksNothing() {
        const auto descriptors = [] {
            std::size_t count = 0;
            for ([[maybe_unused]] const auto& one : std::filesystem::directory_iterator("/proc/self/fd"))
                count++;
            return count;
        };
        const auto before = descriptors();
        for (int at = 0; at < 50; at++) {
            try {
                PostgresqlSession session{"host=/nonexistent dbname=x", unhurried};
                CPPUNIT_FAIL("it connected");
            } catch (const DatabaseError& error) {
                CPPUNIT_ASSERT(std::string{error.what()}.find("cannot reach PostgreSQL") == 0);
            }
        }
        CPPUNIT_ASSERT_EQUAL(before, descriptors());
        CPPUNIT_ASSERT_THROW(Database::open({.address = "host=/nonexistent"}, kClock), DatabaseError);
        CPPUNIT_ASSERT_THROW(Database::open({.address = "nonsense=1"}, kClock), DatabaseError);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PostgresqlTest);
