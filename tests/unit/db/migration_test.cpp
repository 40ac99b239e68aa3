// Migrations: forward only, checked, one at a time, the same on both backends.
#include "db_test_support.h"

#include <sys/wait.h>
#include <unistd.h>

#include <set>

using namespace motcua;
using namespace motcua::db;
using namespace motcua::db::test;
using motcua::test::databases;
using motcua::test::TestDatabase;

namespace {

const SystemClock kClock;

std::unique_ptr<Database> second(const TestDatabase& database) {
    return Database::open({.address = database.address}, kClock);
}

} // namespace

class MigrationTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(MigrationTest);
    CPPUNIT_TEST(eachRunsOnce);
    CPPUNIT_TEST(aLaterOneIsAdded);
    CPPUNIT_TEST(aChangedOneIsRefused);
    CPPUNIT_TEST(aNewerDatabaseIsRefused);
    CPPUNIT_TEST(oneThatFailsLeavesNothing);
    CPPUNIT_TEST(aGapIsABug);
    CPPUNIT_TEST(twoProcessesDoNotRunTheSame);
    CPPUNIT_TEST(bothBackendsHaveTheSameColumns);
    CPPUNIT_TEST_SUITE_END();

    void eachRunsOnce() {
        for (auto& database : databases({})) {
            CPPUNIT_ASSERT_EQUAL(2, database->migrate({&schema()}).value());
            CPPUNIT_ASSERT_EQUAL(0, database->migrate({&schema()}).value());
            CPPUNIT_ASSERT_EQUAL(0, second(database)->migrate({&schema()}).value());
        }
    }

    void aLaterOneIsAdded() {
        Schema longer = schema();
        longer.migrations.push_back(
            {3, "0003_more", "ALTER TABLE thing ADD COLUMN more INTEGER NOT NULL DEFAULT 7;"});
        Schema other{"other",
                     {{1, "0001_other", "CREATE TABLE other (id TEXT NOT NULL PRIMARY KEY) STRICT;"}}};
        for (auto& database : databases({&schema()})) {
            add(*database, "a").value();
            CPPUNIT_ASSERT_EQUAL(2, database->migrate({&longer, &other}).value());
            constexpr Query more{"thing.more", "SELECT more FROM thing"};
            CPPUNIT_ASSERT_EQUAL(std::int64_t{7}, *database->read(Context{}, [&](Reader& reader) {
                return reader.one(more, number);
            }));
        }
    }

    void aChangedOneIsRefused() {
        Schema changed = schema();
        changed.migrations[1].sql += " -- harmless";
        for (auto& database : databases({&schema()})) {
            const auto answer = database->migrate({&changed});
            CPPUNIT_ASSERT_EQUAL(std::string{"db.changed_migration"}, answer.error().code);
            CPPUNIT_ASSERT_EQUAL(std::string{"2"}, answer.error().params.at("version"));
        }
    }

    void aNewerDatabaseIsRefused() {
        Schema older = schema();
        older.migrations.pop_back();
        for (auto& database : databases({&schema()}))
            CPPUNIT_ASSERT_EQUAL(std::string{"db.newer_than_program"},
                                 database->migrate({&older}).error().code);
    }

    void oneThatFailsLeavesNothing() {
        Schema broken = schema();
        broken.migrations.push_back(
            {3, "0003_broken", "CREATE TABLE half (id TEXT NOT NULL) STRICT; SELECT nonsense"});
        for (auto& database : databases({&schema()})) {
            try {
                (void)database->migrate({&broken});
                CPPUNIT_FAIL(database.name);
            } catch (const DatabaseError& error) {
                CPPUNIT_ASSERT(std::string{error.what()}.find("sample/0003_broken") != std::string::npos);
            }
            broken.migrations.back().sql = "CREATE TABLE half (id TEXT NOT NULL) STRICT;";
            CPPUNIT_ASSERT_EQUAL(1, database->migrate({&broken}).value());
            broken.migrations.back().sql = "CREATE TABLE half (id TEXT NOT NULL) STRICT; SELECT nonsense";
        }
    }

    void aGapIsABug() {
        Schema gap{"gap", {{2, "0002_late", "SELECT 1"}}};
        for (auto& database : databases({}))
            CPPUNIT_ASSERT_THROW((void)database->migrate({&gap}), std::logic_error);
    }

    // The file or server is opened by processes that know nothing of each other, all at the same moment.
    void twoProcessesDoNotRunTheSame() {
        constexpr int processes = 4;
        for (auto& database : databases({})) {
            std::vector<std::pair<pid_t, int>> children(processes);
            for (auto& [child, output] : children)
                child = startChild({"migrate", database.address}, output);
            int ran = 0;
            for (const auto& [child, output] : children) {
                char answer = 0;
                CPPUNIT_ASSERT(::read(output, &answer, 1) == 1);
                ::close(output);
                ran += answer - '0';
                int status = 0;
                ::waitpid(child, &status, 0);
                CPPUNIT_ASSERT_EQUAL(0, status);
            }
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, 2, ran);
        }
    }

    void bothBackendsHaveTheSameColumns() {
        constexpr Query columns{
            "columns",
            "SELECT m.name || '.' || c.name || ' ' || CASE c.type WHEN 'INTEGER' THEN 'bigint' WHEN 'BLOB' "
            "THEN "
            "'bytea' WHEN 'REAL' THEN 'double precision' ELSE lower(c.type) END || CASE WHEN c.\"notnull\" = "
            "1 OR "
            "c.pk > 0 THEN '!' ELSE '' END FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = "
            "'table'",
            "SELECT table_name || '.' || column_name || ' ' || data_type || CASE is_nullable WHEN 'NO' THEN "
            "'!' ELSE "
            "'' END FROM information_schema.columns WHERE table_schema = current_schema()"};
        std::vector<std::set<std::string>> found;
        for (auto& database : databases({&schema()})) {
            const auto all =
                database->read(Context{}, [&](Reader& reader) { return reader.all(columns, word); });
            found.emplace_back(all.begin(), all.end());
        }
        CPPUNIT_ASSERT(found.front().contains("thing.sealed bytea"));
        for (const auto& columnsOfOne : found) {
            for (const auto& column : columnsOfOne)
                CPPUNIT_ASSERT_MESSAGE(column, found.front().contains(column));
            CPPUNIT_ASSERT_EQUAL(found.front().size(), columnsOfOne.size());
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MigrationTest);
