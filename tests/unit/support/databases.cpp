#include "support/databases.h"

#include "base/log.h"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace motcua::test {

TemporaryFolder::TemporaryFolder() : path_(std::filesystem::temp_directory_path() / "motcua-test-XXXXXX") {
    if (!::mkdtemp(path_.data())) throw std::runtime_error("no temporary folder at " + path_);
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

namespace {

TestDatabase sqlite() {
    auto folder = std::make_shared<TemporaryFolder>();
    const std::string address = "sqlite:" + (*folder / "test.sqlite");
    return {"sqlite", address, folder, nullptr};
}

} // namespace

std::vector<TestDatabase> databases(const std::vector<const db::Schema*>& schemas, const Clock& clock,
                                    db::Settings settings) {
    log::setThreshold(log::Level::Warning); // a line for each migration of each test helps nobody
    std::vector<TestDatabase> made;
    made.push_back(sqlite());
    for (TestDatabase& database : made) {
        settings.address = database.address;
        database.database = db::Database::open(settings, clock);
        if (const auto migrated = database->migrate(schemas); !migrated)
            throw std::runtime_error(database.name + ": " + migrated.error().code + " " +
                                     migrated.error().detail);
    }
    return made;
}

std::vector<TestDatabase> databases(const std::vector<const db::Schema*>& schemas) {
    static const SystemClock clock;
    return databases(schemas, clock);
}

} // namespace motcua::test
