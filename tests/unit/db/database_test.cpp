// The face of the database, the same on both backends.
#include "db_test_support.h"

#include <atomic>
#include <set>
#include <thread>

using namespace motcua;
using namespace motcua::db;
using namespace motcua::db::test;
using motcua::test::databases;

static const SystemClock kClock;

class DatabaseTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DatabaseTest);
    CPPUNIT_TEST(valuesComeBackAsTheyWentIn);
    CPPUNIT_TEST(textThatOneBackendCannotHoldIsRefusedByBoth);
    CPPUNIT_TEST(aWrongTypeOrColumnIsABug);
    CPPUNIT_TEST(aWrongNumberOfParametersIsABug);
    CPPUNIT_TEST(sumsAndTruthsReadAlike);
    CPPUNIT_TEST(textSortsByItsBytes);
    CPPUNIT_TEST(likeTellsCapitalsApart);
    CPPUNIT_TEST(rowsAreNumberedByThemselves);
    CPPUNIT_TEST(runAnswersHowManyRowsChanged);
    CPPUNIT_TEST(anErrorRollsBack);
    CPPUNIT_TEST(anExceptionRollsBackAndIsThrownOn);
    CPPUNIT_TEST(nothingIsKeptAfterAFailedStatementThatWasSwallowed);
    CPPUNIT_TEST(whatIsWrittenLaterIsThereForTheNextStatementAndTheCommit);
    CPPUNIT_TEST(nothingIsKeptWhereALaterStatementFails);
    CPPUNIT_TEST(anErrorRollsBackWhatWasToBeWrittenLater);
    CPPUNIT_TEST(aReaderCannotWrite);
    CPPUNIT_TEST(aReaderSeesOneStateThroughout);
    CPPUNIT_TEST(aReadInsideAReadOrWriteJoinsIt);
    CPPUNIT_TEST(aWriteInsideAnotherIsRefused);
    CPPUNIT_TEST(aQueryMayRunInsideTheVisitOfItsOwnRows);
    CPPUNIT_TEST(manyWritersLoseNothing);
    CPPUNIT_TEST(aCounterHasNoGapsUnderConcurrency);
    CPPUNIT_TEST(aReaderWaitsForASessionOnlyUntilItsDeadline);
    CPPUNIT_TEST(aStatementIsCutOffAtItsDeadline);
    CPPUNIT_TEST(manyDifferentStatementsAreTheSameToTheCache);
    CPPUNIT_TEST_SUITE_END();

    void valuesComeBackAsTheyWentIn() {
        const std::string everyByte = [] {
            std::string bytes;
            for (int value = 0; value < 256; value++)
                bytes += static_cast<char>(value);
            return bytes;
        }();
        for (auto& database : databases({&schema()})) {
            database
                ->write(Context{},
                        [&](Writer& writer) -> Result<void> {
                            writer.run(kInsert, "least", INT64_MIN, -0.1, Blob{everyByte}, "Nguyễn Thị Đặng");
                            writer.run(kInsert, "most", INT64_MAX, 1e300, Blob{""}, "");
                            writer.run(kInsert, "none", Instant{1}, nullptr, nullptr,
                                       std::optional<std::string>{});
                            writer.run(kInsert, std::string{"views"}, true, 2, Blob{},
                                       std::optional{std::string_view{}});
                            return {};
                        })
                .value();
            database->read(Context{}, [&](Reader& reader) {
                const auto check = [&](const char* id, auto look) {
                    CPPUNIT_ASSERT_MESSAGE(database.name, reader.one(kFind, look, id).has_value());
                };
                check("least", [&](const Row& row) {
                    CPPUNIT_ASSERT_EQUAL(std::int64_t{INT64_MIN}, row.integer(1));
                    CPPUNIT_ASSERT_EQUAL(-0.1, row.real(2));
                    CPPUNIT_ASSERT(row.blob(3) == everyByte);
                    CPPUNIT_ASSERT_EQUAL(std::string{"Nguyễn Thị Đặng"}, row.string(4));
                    return true;
                });
                check("most", [&](const Row& row) {
                    CPPUNIT_ASSERT_EQUAL(std::int64_t{INT64_MAX}, row.integer(1));
                    CPPUNIT_ASSERT_EQUAL(1e300, row.real(2));
                    CPPUNIT_ASSERT(!row.isNull(3) && row.blob(3).empty());
                    CPPUNIT_ASSERT(!row.isNull(4) && row.text(4).empty());
                    return true;
                });
                check("none", [&](const Row& row) {
                    CPPUNIT_ASSERT(row.instant(1) == Instant{1});
                    CPPUNIT_ASSERT(row.isNull(2) && row.isNull(3) && row.isNull(4));
                    CPPUNIT_ASSERT(!row.optionalString(4));
                    return true;
                });
                check("views", [&](const Row& row) {
                    CPPUNIT_ASSERT(row.boolean(1));
                    CPPUNIT_ASSERT_EQUAL(2.0, row.real(2));
                    CPPUNIT_ASSERT(!row.isNull(3) && !row.isNull(4));
                    return true;
                });
            });
        }
    }

    void textThatOneBackendCannotHoldIsRefusedByBoth() {
        for (auto& database : databases({&schema()})) {
            CPPUNIT_ASSERT_THROW(add(*database, std::string{"a\0b", 3}), std::invalid_argument);
            CPPUNIT_ASSERT_THROW(add(*database, "\xc3\x28"), std::invalid_argument);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, things(*database));
        }
    }

    void aWrongTypeOrColumnIsABug() {
        for (auto& database : databases({&schema()})) {
            add(*database, "one").value();
            const auto look = [&](auto map) {
                database->read(Context{}, [&](Reader& reader) { reader.one(kFind, map, "one"); });
            };
            CPPUNIT_ASSERT_THROW(look([](const Row& row) { return row.integer(0); }), std::logic_error);
            CPPUNIT_ASSERT_THROW(look([](const Row& row) { return row.string(1); }), std::logic_error);
            CPPUNIT_ASSERT_THROW(look([](const Row& row) { return row.string(4); }),
                                 std::logic_error); // NULL
            CPPUNIT_ASSERT_THROW(look([](const Row& row) { return row.string(5); }), std::logic_error);
            CPPUNIT_ASSERT_THROW(look([](const Row& row) { return row.isNull(-1); }), std::logic_error);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, things(*database)); // the session is fit for more
        }
    }

    void aWrongNumberOfParametersIsABug() {
        for (auto& database : databases({&schema()})) {
            database->read(Context{}, [&](Reader& reader) {
                CPPUNIT_ASSERT_THROW(reader.one(kFind, word), std::logic_error);
                CPPUNIT_ASSERT_THROW(reader.one(kFind, word, "a", "b"), std::logic_error);
            });
        }
    }

    void sumsAndTruthsReadAlike() {
        constexpr Query sums{"thing.sums",
                             "SELECT sum(count), avg(count), max(count), count(*) = 2, EXISTS (SELECT 1 "
                             "FROM thing WHERE count = ?), 7, 'word' FROM thing"};
        for (auto& database : databases({&schema()})) {
            add(*database, "a", 9000000000000).value();
            add(*database, "b", -1).value();
            database->read(Context{}, [&](Reader& reader) {
                const auto look = [](const Row& row) {
                    CPPUNIT_ASSERT_EQUAL(std::int64_t{8999999999999}, row.integer(0));
                    CPPUNIT_ASSERT_EQUAL(4499999999999.5, row.real(1));
                    CPPUNIT_ASSERT_EQUAL(std::int64_t{9000000000000}, row.integer(2));
                    CPPUNIT_ASSERT(row.boolean(3));
                    CPPUNIT_ASSERT(!row.boolean(4));
                    CPPUNIT_ASSERT_EQUAL(std::int64_t{7}, row.integer(5));
                    CPPUNIT_ASSERT_EQUAL(std::string{"word"}, row.string(6));
                    return true;
                };
                CPPUNIT_ASSERT(reader.one(sums, look, 5).has_value());
            });
        }
    }

    void textSortsByItsBytes() {
        for (auto& database : databases({&schema()})) {
            for (const char* id : {"đ", "e", "Z", "a", "_", "é", "10", "9"})
                add(*database, id).value();
            const auto sorted =
                database->read(Context{}, [](Reader& reader) { return reader.all(kAll, word); });
            const std::vector<std::string> expected{"10", "9", "Z", "_", "a", "e", "é", "đ"};
            CPPUNIT_ASSERT_MESSAGE(database.name, sorted == expected);
        }
    }

    void likeTellsCapitalsApart() {
        constexpr Query like{"thing.like", "SELECT id FROM thing WHERE id LIKE ?"};
        for (auto& database : databases({&schema()})) {
            add(*database, "Abc").value();
            add(*database, "abd").value();
            const auto found =
                database->read(Context{}, [&](Reader& reader) { return reader.all(like, word, "ab%"); });
            CPPUNIT_ASSERT_MESSAGE(database.name, found == std::vector<std::string>{"abd"});
        }
    }

    void rowsAreNumberedByThemselves() {
        constexpr Query insert{"numbered.insert", "INSERT INTO numbered (what) VALUES (?) RETURNING id"};
        for (auto& database : databases({&schema()})) {
            for (std::int64_t expected : {1, 2, 3}) {
                const auto id = database->write(Context{}, [&](Writer& writer) -> Result<std::int64_t> {
                    return *writer.one(insert, number, "x");
                });
                CPPUNIT_ASSERT_EQUAL(expected, id.value());
            }
        }
    }

    void runAnswersHowManyRowsChanged() {
        constexpr Query keep{"thing.keep",
                             "INSERT INTO thing (id, count) VALUES (?, 0) ON CONFLICT DO NOTHING"};
        constexpr Query raise{"thing.raise", "UPDATE thing SET count = count + ?"};
        constexpr Query drop{"thing.drop", "DELETE FROM thing WHERE id = ?"};
        for (auto& database : databases({&schema()})) {
            database
                ->write(Context{},
                        [&](Writer& writer) -> Result<void> {
                            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, writer.run(keep, "a"));
                            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, writer.run(keep, "b"));
                            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, writer.run(keep, "b"));
                            CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, writer.run(raise, 5));
                            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, writer.run(drop, "c"));
                            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, writer.run(drop, "b"));
                            return {};
                        })
                .value();
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, things(*database));
        }
    }

    void anErrorRollsBack() {
        for (auto& database : databases({&schema()})) {
            const auto answer = database->write(Context{}, [](Writer& writer) -> Result<int> {
                writer.run(kAdd, "a", 1);
                return conflict("thing.stale");
            });
            CPPUNIT_ASSERT_EQUAL(std::string{"thing.stale"}, answer.error().code);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, things(*database));
        }
    }

    void anExceptionRollsBackAndIsThrownOn() {
        for (auto& database : databases({&schema()})) {
            const auto work = [](Writer& writer) -> Result<void> {
                writer.run(kAdd, "a", 1);
                throw std::out_of_range("mine");
            };
            CPPUNIT_ASSERT_THROW(database->write(Context{}, work), std::out_of_range);
            add(*database, "b").value();
            CPPUNIT_ASSERT_THROW(add(*database, "b"), DatabaseError);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, things(*database));
        }
    }

    // PostgreSQL answers the COMMIT of an aborted transaction with success: it must be an error.
    void nothingIsKeptAfterAFailedStatementThatWasSwallowed() {
        for (auto& database : databases({&schema()})) {
            const auto work = [](Writer& writer) -> Result<void> {
                writer.run(kAdd, "a", 1);
                try {
                    writer.run(kAdd, "a", 2);
                } catch (const DatabaseError&) {
                }
                return {};
            };
            CPPUNIT_ASSERT_THROW_MESSAGE(database.name, database->write(Context{}, work), DatabaseError);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, things(*database));
            bool refused = false;
            const auto goesOn = [&](Writer& writer) -> Result<void> {
                work(writer).value();
                try {
                    writer.run(kAdd, "b", 1);
                } catch (const DatabaseError&) {
                    refused = true;
                }
                return {};
            };
            CPPUNIT_ASSERT_THROW_MESSAGE(database.name, database->write(Context{}, goesOn), DatabaseError);
            CPPUNIT_ASSERT_MESSAGE(database.name, refused);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, things(*database));
        }
    }

    void whatIsWrittenLaterIsThereForTheNextStatementAndTheCommit() {
        for (auto& database : databases({&schema()})) {
            const auto work = [](Writer& writer) -> Result<std::int64_t> {
                for (const char* id : {"a", "b"})
                    writer.later(kAdd, std::string{id} + std::string(100, 'x'),
                                 1); // its text is gone at once
                const auto seen = writer.one(kCount, number);
                writer.later(kAdd, "c", 3);
                return *seen;
            };
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, std::int64_t{2},
                                         database->write(Context{}, work).value());
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, std::int64_t{3}, things(*database));
            const auto many = [](Writer& writer) -> Result<void> {
                for (int number = 0; number < 1000; number++)
                    writer.later(kAdd, "many " + std::to_string(number), number);
                return {};
            };
            database->write(Context{}, many).value();
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, std::int64_t{1003}, things(*database));
        }
    }

    void nothingIsKeptWhereALaterStatementFails() {
        for (auto& database : databases({&schema()})) {
            for (const bool asksAfterwards : {false, true}) {
                const auto work = [&](Writer& writer) -> Result<void> {
                    writer.later(kAdd, "a", 1);
                    writer.later(kAdd, "a", 2);
                    writer.later(kInsert, "b", 1, nullptr, nullptr, nullptr);
                    if (asksAfterwards) writer.one(kCount, number);
                    return {};
                };
                try {
                    static_cast<void>(database->write(Context{}, work));
                    CPPUNIT_FAIL("kept on " + database.name);
                } catch (const DatabaseError& error) { // names the one that failed
                    CPPUNIT_ASSERT_MESSAGE(error.what(), std::string{error.what()}.starts_with("thing.add"));
                }
                CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, std::int64_t{0}, things(*database));
            }
            const auto swallowing = [](Writer& writer) -> Result<void> {
                writer.later(kAdd, "a", 1);
                writer.later(kAdd, "a", 2);
                try {
                    writer.one(kCount, number);
                } catch (const DatabaseError&) {
                }
                writer.later(kAdd, "b", 1);
                return {};
            };
            CPPUNIT_ASSERT_THROW_MESSAGE(database.name, database->write(Context{}, swallowing),
                                         DatabaseError);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, std::int64_t{0}, things(*database));
            add(*database, "d").value(); // the sessions are whole
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, std::int64_t{1}, things(*database));
        }
    }

    void anErrorRollsBackWhatWasToBeWrittenLater() {
        for (auto& database : databases({&schema()})) {
            for (const char* second : {"b", "a"}) { // one that would be kept, and one that fails
                const auto work = [&](Writer& writer) -> Result<void> {
                    writer.later(kAdd, "a", 1);
                    writer.later(kAdd, second, 1);
                    return conflict("thing.changed_its_mind");
                };
                const auto refused = [&] {
                    try {
                        return database->write(Context{}, work).ok();
                    } catch (const DatabaseError&) { // SQLite has run it already
                        return false;
                    }
                };
                CPPUNIT_ASSERT_MESSAGE(database.name, !refused());
                CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, std::int64_t{0}, things(*database));
            }
            add(*database, "c").value();
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, std::int64_t{1}, things(*database));
        }
    }

    void aReaderCannotWrite() {
        constexpr Query sneaky{"thing.sneaky",
                               "INSERT INTO thing (id, count) VALUES ('x', 1) RETURNING count"};
        for (auto& database : databases({&schema()})) {
            const auto work = [&](Reader& reader) { reader.one(sneaky, number); };
            CPPUNIT_ASSERT_THROW_MESSAGE(database.name, database->read(Context{}, work), DatabaseError);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, things(*database));
        }
    }

    void aReaderSeesOneStateThroughout() {
        for (auto& database : databases({&schema()})) {
            add(*database, "a").value();
            database->read(Context{}, [&](Reader& reader) {
                CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, *reader.one(kCount, number));
                std::thread{[&] { add(*database, "b").value(); }}.join();
                CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, std::int64_t{1}, *reader.one(kCount, number));
            });
            CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, things(*database));
        }
    }

    void aReadInsideAReadOrWriteJoinsIt() {
        for (auto& database : databases({&schema()}, kClock, {.address = "", .readers = 1})) {
            database->read(Context{},
                           [&](Reader&) { CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, things(*database)); });
            database
                ->write(Context{},
                        [&](Writer& writer) -> Result<void> {
                            writer.run(kAdd, "a", 1);
                            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, things(*database));
                            return {};
                        })
                .value();
        }
    }

    void aWriteInsideAnotherIsRefused() {
        for (auto& database : databases({&schema()})) {
            const auto inWrite = [&](Writer&) { return add(*database, "a"); };
            CPPUNIT_ASSERT_THROW(database->write(Context{}, inWrite), std::logic_error);
            const auto inRead = [&](Reader&) { add(*database, "a").value(); };
            CPPUNIT_ASSERT_THROW(database->read(Context{}, inRead), std::logic_error);
            add(*database, "a").value();
        }
    }

    void aQueryMayRunInsideTheVisitOfItsOwnRows() {
        for (auto& database : databases({&schema()})) {
            for (const char* id : {"a", "b", "c"})
                add(*database, id).value();
            int seen = 0;
            database->read(Context{}, [&](Reader& reader) {
                reader.each(kAll, {}, [&](const Row& row) {
                    const std::string outer = row.string(0);
                    seen += static_cast<int>(reader.all(kAll, word).size());
                    CPPUNIT_ASSERT_EQUAL(outer, row.string(0));
                });
            });
            CPPUNIT_ASSERT_EQUAL(9, seen);
        }
    }

    void manyWritersLoseNothing() {
        constexpr int writers = 64;
        constexpr int each = 20;
        for (auto& database : databases({&schema()})) {
            std::atomic<int> refused = 0;
            std::vector<std::thread> threads;
            for (int writer = 0; writer < writers; writer++) {
                threads.emplace_back([&, writer] {
                    for (int at = 0; at < each; at++) {
                        const std::string id = std::to_string(writer) + "/" + std::to_string(at);
                        // Every fourth fails in its own way: what it did must go, its neighbours' must stay.
                        const auto answer = database->write(Context{}, [&](Writer& w) -> Result<void> {
                            w.run(kAdd, id, at);
                            if (at % 4 == 3) return conflict("thing.stale");
                            return {};
                        });
                        if (!answer) refused++;
                    }
                });
            }
            for (auto& thread : threads)
                thread.join();
            CPPUNIT_ASSERT_EQUAL(writers * each / 4, refused.load());
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, std::int64_t{writers * each * 3 / 4},
                                         things(*database));
        }
    }

    void aCounterHasNoGapsUnderConcurrency() {
        constexpr int threads = 32;
        constexpr int each = 10;
        for (auto& database : databases({&schema()})) {
            std::vector<std::vector<std::int64_t>> got(threads);
            std::vector<std::thread> running;
            for (int thread = 0; thread < threads; thread++) {
                running.emplace_back([&, thread] {
                    for (int at = 0; at < each; at++) {
                        const auto next =
                            database->write(Context{}, [&](Writer& writer) -> Result<std::int64_t> {
                                const auto taken = *writer.one(kNext, number, "H29.17-261123");
                                if (at % 5 == 4) return conflict("changed.my.mind");
                                return taken;
                            });
                        if (next) got[static_cast<std::size_t>(thread)].push_back(*next);
                    }
                });
            }
            for (auto& thread : running)
                thread.join();
            std::set<std::int64_t> all;
            for (const auto& one : got)
                all.insert(one.begin(), one.end());
            const std::int64_t expected = threads * each * 4 / 5;
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, expected, static_cast<std::int64_t>(all.size()));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, expected, *all.rbegin());
        }
    }

    static Context within(Millis left) {
        Context context;
        context.deadline = Until::in(left);
        return context;
    }

    void aReaderWaitsForASessionOnlyUntilItsDeadline() {
        for (auto& database : databases({&schema()}, kClock, {.address = "", .readers = 1})) {
            database->read(Context{}, [&](Reader&) {
                bool late = false;
                std::thread{[&] {
                    try {
                        database->read(within(Millis{30}), [](Reader&) {});
                    } catch (const DeadlinePassed&) {
                        late = true;
                    }
                }}.join();
                CPPUNIT_ASSERT_MESSAGE(database.name, late);
            });
        }
    }

    void aStatementIsCutOffAtItsDeadline() {
        constexpr Query endless{"endless", "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                                           "SELECT count(*) FROM n WHERE i < 0"};
        for (auto& database : databases({&schema()})) {
            const auto work = [&](Reader& reader) { reader.one(endless, number); };
            CPPUNIT_ASSERT_THROW(database->read(within(Millis{100}), work), DeadlinePassed);
            const auto change = [&](Writer& writer) -> Result<void> {
                writer.run(kAdd, "a", 1);
                writer.one(endless, number);
                return {};
            };
            CPPUNIT_ASSERT_THROW(database->write(within(Millis{100}), change), DeadlinePassed);
            CPPUNIT_ASSERT_THROW(database->write(within(Millis{-1}), change), DeadlinePassed);
            add(*database, "a").value();
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, things(*database));
        }
    }

    void manyDifferentStatementsAreTheSameToTheCache() {
        for (auto& database : databases({&schema()})) {
            add(*database, "a", 5).value();
            database->read(Context{}, [&](Reader& reader) {
                for (int round = 0; round < 2; round++) {
                    for (int at = 0; at < 600; at++) {
                        const std::string sql =
                            "SELECT count + " + std::to_string(at) + " FROM thing WHERE id = ?";
                        CPPUNIT_ASSERT_EQUAL(std::int64_t{at + 5},
                                             *reader.one(Query{"thing.dynamic", sql}, number, "a"));
                    }
                }
            });
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DatabaseTest);
