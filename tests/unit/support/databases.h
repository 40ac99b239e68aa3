// Fresh databases for a test of any room, one on each backend:
//
//     #include "support/databases.h"
//
//     for (auto& database : test::databases({&agency::schema(), &identity::schema()})) {
//         CPPUNIT_ASSERT_MESSAGE(database.name, database->write(context, …).ok());
//     }
//
// Each has the rooms' tables, in the order given, and no rows; it is gone when the vector is. PostgreSQL is
// the one at MOTCUA_TEST_POSTGRESQL, else one that tests/support/postgres starts for this process. Where that
// is not installed a loud line says so, and SQLite stands alone.
#pragma once

#include "base/clock.h"
#include "db/database.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace motcua::test {

// Removed with all it holds at its end.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
    TemporaryFolder& operator=(TemporaryFolder&&) = delete;
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

struct TestDatabase {
    std::string name;            // "sqlite" or "postgresql", for the messages of assertions
    std::string address;         // by which a second Database, or another process, opens the same data
    std::shared_ptr<void> place; // removes the data after the database is closed
    std::unique_ptr<db::Database> database;

    db::Database& operator*() const { return *database; }
    db::Database* operator->() const { return database.get(); }
};

// `settings` without an address. The clock must live as long as the databases.
std::vector<TestDatabase> databases(const std::vector<const db::Schema*>& schemas, const Clock& clock,
                                    db::Settings settings = {});
std::vector<TestDatabase> databases(const std::vector<const db::Schema*>& schemas); // on the system's clock

// The address of the PostgreSQL server that tests may use, started where need be; empty where there is none.
const std::string& postgresqlServer();

} // namespace motcua::test
