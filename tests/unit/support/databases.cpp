#include "support/databases.h"

#include "base/bytes.h"
#include "base/log.h"

#include <libpq-fe.h>
#include <unistd.h>

#include <cstdio>
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

// The first line that a command prints; empty where it fails.
std::string firstLine(const std::string& command) {
    FILE* output = ::popen(command.c_str(), "r");
    if (!output) return {};
    std::string line;
    for (int c = 0; (c = std::fgetc(output)) != EOF && c != '\n';)
        line += static_cast<char>(c);
    return ::pclose(output) == 0 ? line : "";
}

void execute(const std::string& server, const std::string& sql) {
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection{PQconnectdb(server.c_str()), &PQfinish};
    const std::unique_ptr<PGresult, decltype(&PQclear)> result{PQexec(connection.get(), sql.c_str()),
                                                               &PQclear};
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK)
        throw std::runtime_error("test PostgreSQL: " + std::string{PQerrorMessage(connection.get())});
}

// A schema of its own on the shared server.
TestDatabase postgresql(const std::string& server) {
    const std::string schema = "t" + toHex(randomBytes(8));
    execute(server, "CREATE SCHEMA " + schema);
    auto place = std::shared_ptr<void>(nullptr, [server, schema](void*) {
        try {
            execute(server, "SET client_min_messages = warning; DROP SCHEMA " + schema + " CASCADE");
        } catch (const std::exception& error) {
            std::fprintf(stderr, "%s\n", error.what());
        }
    });
    return {"postgresql", server + " options='-c search_path=" + schema + "'", std::move(place), nullptr};
}

} // namespace

const std::string& postgresqlServer() {
    static const std::string address = [] {
        if (const char* given = std::getenv("MOTCUA_TEST_POSTGRESQL"); given && *given)
            return std::string{given};
        const std::string started = firstLine(
            std::string{MOTCUA_SOURCE_DIR "/tests/support/postgres start "} + std::to_string(::getpid()));
        if (started.empty())
            std::fprintf(stderr,
                         "\n*** NOT TESTED ON POSTGRESQL: no server could be started (apt-get install "
                         "postgresql). ***\n\n");
        return started;
    }();
    return address;
}

std::vector<TestDatabase> databases(const std::vector<const db::Schema*>& schemas, const Clock& clock,
                                    db::Settings settings) {
    log::setThreshold(log::Level::Warning); // a line for each migration of each test helps nobody
    std::vector<TestDatabase> made;
    made.push_back(sqlite());
    if (!postgresqlServer().empty()) made.push_back(postgresql(postgresqlServer()));
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
