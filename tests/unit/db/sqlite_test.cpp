// The writer lane and its group commit, as if it were SQLite itself; backup and the file's rights.
#include "db_test_support.h"

#include "db/sqlite_session.h"
#include "db/writer_lane.h"

#include <sys/stat.h>

#include <atomic>
#include <cstdio>
#include <latch>
#include <set>
#include <thread>
#include <utility>

using namespace motcua;
using namespace motcua::db;
using namespace motcua::db::test;
using motcua::test::TemporaryFolder;

namespace {

const SystemClock kClock;

// A lane on a fresh file, whose thread stands still while a batch is put together behind it.
class Lane {
public:
    // However slow the machine is, the batch is one.
    Lane()
        : lane(std::make_unique<SqliteSession>(file(), SqliteSession::Use::Write, unhurried),
               Millis{60'000}) {
        lane.run(Until::never(), [](SqliteSession& writer) {
            writer.script(
                "CREATE TABLE thing (id TEXT NOT NULL PRIMARY KEY, count INTEGER NOT NULL, note TEXT) STRICT;"
                "CREATE TABLE parent (id INTEGER PRIMARY KEY) STRICT;"
                "CREATE TABLE child (id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED) "
                "STRICT");
            return true;
        });
    }

    std::string file() const { return folder / "lane.sqlite"; }

    // Runs all of `works` in one batch; answers what each threw ("" for none).
    std::vector<std::string> together(const std::vector<WriterLane::Work>& works) {
        std::latch standing{1};
        std::latch go{1};
        bool first = true;
        std::thread holder{[&] {
            lane.run(Until::never(), [&](SqliteSession&) {
                if (std::exchange(first, false))
                    standing.count_down(); // again where the shared commit is lost
                go.wait();
                return false;
            });
        }};
        standing.wait();
        std::vector<std::string> thrown(works.size());
        std::vector<std::thread> threads;
        for (std::size_t at = 0; at < works.size(); at++) {
            threads.emplace_back([&, at] {
                try {
                    lane.run(Until::never(), works[at]);
                } catch (const std::exception& error) {
                    thrown[at] = error.what();
                }
            });
            while (lane.waiting() <= at)
                std::this_thread::yield(); // in this order
        }
        go.count_down();
        holder.join();
        for (auto& thread : threads)
            thread.join();
        return thrown;
    }

    // What a connection of its own finds.
    std::vector<std::string> ids() const {
        SqliteSession reader{file(), SqliteSession::Use::Read, unhurried};
        return reader.all(kAll, word);
    }
    std::string integrity() const {
        SqliteSession reader{file(), SqliteSession::Use::Read, unhurried};
        return *reader.one(Query{"check", "PRAGMA integrity_check"}, word);
    }

    TemporaryFolder folder;
    WriterLane lane;
};

WriterLane::Work adds(const std::string& id) {
    return [id](SqliteSession& writer) {
        writer.run(kAdd, id, 1);
        return true;
    };
}

constexpr Query kFindThing{"thing.find", "SELECT id FROM thing WHERE id = ?"};

using Ids = std::vector<std::string>;

} // namespace

class SqliteTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SqliteTest);
    CPPUNIT_TEST(aFailureHarmsNoNeighbourInItsBatch);
    CPPUNIT_TEST(nobodyIsAnsweredBeforeTheCommit);
    CPPUNIT_TEST(aLostCommitIsRunAgainUnitByUnit);
    CPPUNIT_TEST(aRollbackOfSqlitesOwnIsRunAgainUnitByUnit);
    CPPUNIT_TEST(nothingFollowsARollbackOfSqlitesOwn);
    CPPUNIT_TEST(anAnswerThatRestedOnALostNeighbourIsGivenAnew);
    CPPUNIT_TEST(aStatementCutOffHarmsNoNeighbour);
    CPPUNIT_TEST(whoWaitsTooLongNeverRuns);
    CPPUNIT_TEST(whatWaitsWhenTheLaneEndsStillRuns);
    CPPUNIT_TEST(aFullDiskLosesNothingThatWasAnswered);
    CPPUNIT_TEST(anotherProcessThatHoldsTheFileIsAnError);
    CPPUNIT_TEST(statementsArePreparedOnce);
    CPPUNIT_TEST(noReadHoldsTheLogBack);
    CPPUNIT_TEST(aBackupIsOneStateMadeWhileOthersWrite);
    CPPUNIT_TEST(theFileIsItsOwnersAlone);
    CPPUNIT_TEST(whatCannotBeOpenedSaysWhy);
    CPPUNIT_TEST(killedAtAnyMomentItKeepsWhatItAnswered);
    CPPUNIT_TEST_SUITE_END();

    void aFailureHarmsNoNeighbourInItsBatch() {
        Lane lane;
        const auto thrown = lane.together({adds("a"), adds("a"),
                                           [](SqliteSession& writer) {
                                               writer.run(kAdd, "refused", 1);
                                               return false;
                                           },
                                           [](SqliteSession& writer) -> bool {
                                               writer.run(kAdd, "thrown", 1);
                                               throw std::out_of_range("mine");
                                           },
                                           [](SqliteSession& writer) {
                                               writer.run(kAdd, "swallowed", 1);
                                               try {
                                                   writer.run(kAdd, "a", 1);
                                               } catch (const DatabaseError&) {
                                               }
                                               return true;
                                           },
                                           adds("b")});
        CPPUNIT_ASSERT_EQUAL(std::string{}, thrown[0]);
        CPPUNIT_ASSERT(thrown[1].find("UNIQUE") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::string{}, thrown[2]);
        CPPUNIT_ASSERT_EQUAL(std::string{"mine"}, thrown[3]);
        CPPUNIT_ASSERT(thrown[4].find("nothing is kept") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::string{}, thrown[5]);
        CPPUNIT_ASSERT((lane.ids() == Ids{"a", "b"}));
    }

    void nobodyIsAnsweredBeforeTheCommit() {
        Lane lane;
        const auto thrown =
            lane.together({adds("a"), [&](SqliteSession& writer) {
                               // In the same transaction, and nobody else can see it.
                               CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, *writer.one(kCount, number));
                               CPPUNIT_ASSERT(lane.ids().empty());
                               return true;
                           }});
        CPPUNIT_ASSERT_EQUAL(std::string{}, thrown[0] + thrown[1]);
        CPPUNIT_ASSERT((lane.ids() == Ids{"a"}));
    }

    void aLostCommitIsRunAgainUnitByUnit() {
        Lane lane;
        int runs = 0;
        const auto thrown =
            lane.together({[&](SqliteSession& writer) {
                               runs++;
                               writer.run(kAdd, "a", 1);
                               return true;
                           },
                           [](SqliteSession& writer) {
                               // Breaks its promise only at the commit.
                               writer.run(Query{"child", "INSERT INTO child (id) VALUES (404)"});
                               return true;
                           },
                           adds("b")});
        CPPUNIT_ASSERT_EQUAL(std::string{}, thrown[0] + thrown[2]);
        CPPUNIT_ASSERT(thrown[1].find("FOREIGN KEY") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(2, runs);
        CPPUNIT_ASSERT((lane.ids() == Ids{"a", "b"}));
    }

    void aRollbackOfSqlitesOwnIsRunAgainUnitByUnit() {
        constexpr Query orRollback{"rollback", "INSERT OR ROLLBACK INTO thing (id, count) VALUES ('a', 2)"};
        Lane lane;
        const auto thrown = lane.together({adds("a"),
                                           [&](SqliteSession& writer) {
                                               writer.run(orRollback);
                                               return true;
                                           },
                                           adds("b")});
        CPPUNIT_ASSERT_EQUAL(std::string{}, thrown[0] + thrown[2]);
        CPPUNIT_ASSERT(thrown[1].find("UNIQUE") != std::string::npos);
        CPPUNIT_ASSERT((lane.ids() == Ids{"a", "b"}));
    }

    void nothingFollowsARollbackOfSqlitesOwn() {
        constexpr Query orRollback{"rollback", "INSERT OR ROLLBACK INTO thing (id, count) VALUES ('a', 2)"};
        Lane lane;
        const auto thrown = lane.together({adds("a"),
                                           [&](SqliteSession& writer) {
                                               try {
                                                   writer.run(orRollback);
                                               } catch (const DatabaseError&) {
                                               }
                                               writer.run(kAdd, "outside of any transaction", 1);
                                               return true;
                                           },
                                           adds("b")});
        CPPUNIT_ASSERT_EQUAL(std::string{}, thrown[0] + thrown[2]);
        CPPUNIT_ASSERT(thrown[1].find("has failed") != std::string::npos);
        CPPUNIT_ASSERT((lane.ids() == Ids{"a", "b"}));
    }

    void anAnswerThatRestedOnALostNeighbourIsGivenAnew() {
        Lane lane;
        std::int64_t seen = -1;
        const auto thrown =
            lane.together({[](SqliteSession& writer) {
                               writer.run(kAdd, "a", 1);
                               writer.run(Query{"child", "INSERT INTO child (id) VALUES (404)"});
                               return true;
                           },
                           [&](SqliteSession& writer) {
                               seen = *writer.one(kCount, number);
                               return false; // "there is one already"
                           }});
        CPPUNIT_ASSERT(!thrown[0].empty());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, seen);
    }

    void aStatementCutOffHarmsNoNeighbour() {
        constexpr Query endless{"endless",
                                "INSERT INTO thing (id, count) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL "
                                "SELECT i + 1 FROM n) SELECT 'x' || i, i FROM n WHERE i < 0"};
        Lane lane;
        const auto thrown = lane.together({adds("a"),
                                           [&](SqliteSession& writer) {
                                               writer.begin(Until::in(Millis{30}));
                                               writer.run(endless);
                                               return true;
                                           },
                                           adds("b")});
        CPPUNIT_ASSERT_EQUAL(std::string{}, thrown[0] + thrown[2]);
        CPPUNIT_ASSERT(thrown[1].find("interrupted") != std::string::npos);
        CPPUNIT_ASSERT((lane.ids() == Ids{"a", "b"}));
    }

    void whoWaitsTooLongNeverRuns() {
        Lane lane;
        bool ran = false;
        lane.lane.run(Until::never(), [&](SqliteSession&) {
            std::thread{[&] {
                const auto work = [&](SqliteSession&) { return ran = true; };
                CPPUNIT_ASSERT_THROW(lane.lane.run(Until::in(Millis{20}), work), DeadlinePassed);
            }}.join();
            return true;
        });
        lane.lane.run(Until::never(), adds("a"));
        CPPUNIT_ASSERT(!ran);
        const auto late = [&](SqliteSession&) { return ran = true; };
        CPPUNIT_ASSERT_THROW(lane.lane.run(Until::in(Millis{-1}), late), DeadlinePassed);
        CPPUNIT_ASSERT(!ran);
    }

    void whatWaitsWhenTheLaneEndsStillRuns() {
        const TemporaryFolder folder;
        std::thread writer;
        {
            auto lane = std::make_unique<WriterLane>(
                std::make_unique<SqliteSession>(folder / "x.sqlite", SqliteSession::Use::Write, unhurried));
            lane->run(Until::never(), [](SqliteSession& session) {
                session.script("CREATE TABLE thing (id TEXT PRIMARY KEY, count INTEGER) STRICT");
                return true;
            });
            std::latch standing{1};
            std::latch go{1};
            std::thread holder{[&] {
                lane->run(Until::never(), [&](SqliteSession&) {
                    standing.count_down();
                    go.wait();
                    return true;
                });
            }};
            standing.wait();
            writer = std::thread{[&lane = *lane] { lane.run(Until::never(), adds("last")); }};
            while (lane->waiting() == 0)
                std::this_thread::yield();
            std::thread ender{[&] { lane.reset(); }};
            go.count_down();
            holder.join();
            ender.join();
        }
        writer.join();
        SqliteSession reader{folder / "x.sqlite", SqliteSession::Use::Read, unhurried};
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, *reader.one(kCount, number));
    }

    void aFullDiskLosesNothingThatWasAnswered() {
        constexpr Query note{"thing.note", "INSERT INTO thing (id, count, note) VALUES (?, 1, ?)"};
        Lane lane;
        lane.lane.run(Until::never(), [](SqliteSession& writer) {
            writer.script("PRAGMA max_page_count = 60");
            return true;
        });
        Ids answered;
        int refused = 0;
        const std::string much(20000, 'x');
        for (int batch = 0; batch < 12; batch++) {
            std::vector<WriterLane::Work> works;
            for (int at = 0; at < 4; at++)
                works.push_back([&, id = "n" + std::to_string(100 + batch * 4 + at)](SqliteSession& writer) {
                    writer.run(note, id, much);
                    return true;
                });
            const auto thrown = lane.together(works);
            for (int at = 0; at < 4; at++) {
                if (thrown[static_cast<std::size_t>(at)].empty())
                    answered.push_back("n" + std::to_string(100 + batch * 4 + at));
                else
                    refused++;
            }
        }
        CPPUNIT_ASSERT(answered.size() > 3 && refused > 3);
        CPPUNIT_ASSERT(lane.ids() == answered);
        CPPUNIT_ASSERT_EQUAL(std::string{"ok"}, lane.integrity());
        lane.lane.run(Until::never(), [](SqliteSession& writer) {
            writer.script("PRAGMA max_page_count = 1000000");
            return true;
        });
        lane.lane.run(Until::never(), adds("there is room again"));
    }

    void anotherProcessThatHoldsTheFileIsAnError() {
        Lane lane;
        lane.lane.run(Until::never(), [](SqliteSession& writer) {
            writer.script("PRAGMA busy_timeout = 30");
            return true;
        });
        SqliteSession other{lane.file(), SqliteSession::Use::Write, unhurried};
        other.control("BEGIN IMMEDIATE");
        CPPUNIT_ASSERT_THROW(lane.lane.run(Until::never(), adds("a")), DatabaseError);
        other.control("ROLLBACK");
        lane.lane.run(Until::never(), adds("a"));
    }

    void statementsArePreparedOnce() {
        // Debian's SQLite lists a connection's prepared statements and how often each ran.
        constexpr Query prepared{"prepared", "SELECT run FROM sqlite_stmt WHERE sql = ?"};
        Lane lane;
        SqliteSession session{lane.file(), SqliteSession::Use::Read, unhurried};
        for (int at = 0; at < 50; at++)
            session.one(kFindThing, word, "none");
        const auto runs = session.all(prepared, number, kFindThing.sql);
        CPPUNIT_ASSERT((runs == std::vector<std::int64_t>{50}));
    }

    void noReadHoldsTheLogBack() {
        for (auto& database : motcua::test::databases({&schema()})) {
            if (database->backend() != Backend::Sqlite) continue;
            for (const char* id : {"a", "b", "c"})
                add(*database, id).value();
            database->read(Context{},
                           [](Reader& reader) { reader.one(kAll, word); }); // stops at the first of three
            const std::string file = database.address.substr(7);
            SqliteSession session{file, SqliteSession::Use::Write, unhurried};
            const auto busy = session.one(Query{"checkpoint", "PRAGMA wal_checkpoint(TRUNCATE)"}, number);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, *busy);
        }
    }

    // N5
    void aBackupIsOneStateMadeWhileOthersWrite() {
        const TemporaryFolder folder;
        for (auto& database : motcua::test::databases({&schema()})) {
            const std::string copy = folder / "copy.sqlite";
            if (database->backend() == Backend::Postgresql) continue; // pg_dump's: tests/functional/commands
            std::atomic<bool> enough = false;
            std::thread writer{[&] {
                for (int at = 0; !enough; at++) { // always both or none
                    (void)database->write(Context{}, [&](Writer& w) -> Result<void> {
                        w.run(kAdd, "a" + std::to_string(at), at);
                        w.run(kAdd, "b" + std::to_string(at), at);
                        return {};
                    });
                }
            }};
            while (things(*database) < 100)
                std::this_thread::yield();
            database->backup(copy).value();
            database->backup(copy).value(); // takes the place of the first
            enough = true;
            writer.join();
            const auto opened = Database::open({.address = "sqlite:" + copy}, kClock);
            CPPUNIT_ASSERT_EQUAL(0, opened->migrate({&schema()}).value());
            CPPUNIT_ASSERT(things(*opened) >= 100);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, things(*opened) % 2);
            struct stat about {};
            CPPUNIT_ASSERT_EQUAL(0, ::stat(copy.c_str(), &about));
            CPPUNIT_ASSERT_EQUAL(0600u, about.st_mode & 0777u);
        }
    }

    void theFileIsItsOwnersAlone() {
        Lane lane;
        for (const char* suffix : {"", "-wal", "-shm"}) {
            struct stat about {};
            CPPUNIT_ASSERT_EQUAL(0, ::stat((lane.file() + suffix).c_str(), &about));
            CPPUNIT_ASSERT_EQUAL(0600u, about.st_mode & 0777u);
        }
    }

    void whatCannotBeOpenedSaysWhy() {
        const TemporaryFolder folder;
        const auto said = [](const std::string& address) {
            try {
                Database::open({.address = address}, kClock);
            } catch (const DatabaseError& error) {
                return std::string{error.what()};
            }
            return std::string{};
        };
        CPPUNIT_ASSERT(said("sqlite:" + (folder / "none/x.sqlite")).find("folder") != std::string::npos);
        CPPUNIT_ASSERT(said("sqlite::memory:").find("names no file") != std::string::npos);
        CPPUNIT_ASSERT(said("sqlite:").find("names no file") != std::string::npos);
        const std::string letter = folder / "letter.txt";
        FILE* file = std::fopen(letter.c_str(), "w");
        std::fputs("Kính gửi Ủy ban nhân dân quận, tôi là một lá thư chứ không phải cơ sở dữ liệu.", file);
        std::fclose(file);
        CPPUNIT_ASSERT(said("sqlite:" + letter).find("not a database") != std::string::npos);
    }

    // A child writes from several threads and says each id after its write was answered; it is killed at a
    // random moment. Whatever it said is there afterwards, whole.
    void killedAtAnyMomentItKeepsWhatItAnswered() {
        const TemporaryFolder folder;
        const std::string address = "sqlite:" + (folder / "killed.sqlite");
        Database::open({.address = address}, kClock)->migrate({&schema()}).value();
        std::size_t answered = 0;
        for (int round = 0; round < 15; round++) {
            const auto said = idsOfKilledWriter(address, std::to_string(round), 3 + round * 4);
            answered += said.size();
            const auto database = Database::open({.address = address}, kClock);
            const auto kept =
                database->read(Context{}, [](Reader& reader) { return reader.all(kAll, word); });
            const std::set<std::string> all(kept.begin(), kept.end());
            for (const auto& id : said)
                CPPUNIT_ASSERT_MESSAGE(id, all.contains(id) && all.contains(id + "+"));
            CPPUNIT_ASSERT_EQUAL(std::size_t{0}, all.size() % 2); // each unit writes two rows
        }
        CPPUNIT_ASSERT(answered > 0);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SqliteTest);
