// What the face of the database costs beside bare sqlite3 and bare libpq doing the same with the same rows,
// in the same run. One JSON object a figure: {name, value, unit, baseline, ratio}; value is ours, baseline
// the bare program's, both the median of three rounds, taken in turn.
//
// SQLite is durable (synchronous=FULL) on both sides, in a folder under the working directory. PostgreSQL is
// the one of tests/support/postgres, without fsync: the ratio shows our own work, not the disk's.
#include "base/json.h"
#include "base/log.h"
#include "db/database.h"
#include "support/databases.h"

#include <libpq-fe.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <thread>

using namespace motcua;
using namespace motcua::db;

namespace {

constexpr int kRows = 20000; // that a point read chooses from
constexpr Millis kRound{700};

const SystemClock kClock;
const Schema kSchema{
    "bench",
    {{1, "0001_dossier",
      "CREATE TABLE dossier (id TEXT NOT NULL PRIMARY KEY, code TEXT NOT NULL UNIQUE, procedure_id TEXT "
      "NOT NULL, state TEXT NOT NULL, filed_ms INTEGER NOT NULL, due_ms INTEGER, fee INTEGER NOT NULL, "
      "form BLOB NOT NULL) STRICT;"}}};
constexpr Query kInsert{"dossier.insert",
                        "INSERT INTO dossier (id, code, procedure_id, state, filed_ms, due_ms, fee, "
                        "form) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"};
constexpr Query kFind{"dossier.find", "SELECT id, state, filed_ms, fee, form FROM dossier WHERE code = ?"};
constexpr const char* kBareInsert =
    "INSERT INTO dossier (id, code, procedure_id, state, filed_ms, due_ms, fee, form) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
constexpr const char* kBareFind = "SELECT id, state, filed_ms, fee, form FROM dossier WHERE code = $1";

const std::string kForm(350, 'f');
std::atomic<std::int64_t> nextCode = 0;
std::atomic<std::size_t> bytesSeen = 0; // so that no read is for nothing

std::string codeOf(std::int64_t number) {
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "H29.17-261123-%09lld", static_cast<long long>(number));
    return text.data();
}

std::string anyCode() {
    thread_local std::uint32_t state = 12345;
    state = state * 1664525 + 1013904223;
    return codeOf(state % kRows);
}

// A thread's own way of doing one operation.
using Operation = std::function<void()>;
using Make = std::function<Operation()>;

double perSecond(int threads, const Make& make) {
    std::atomic<bool> enough = false;
    std::atomic<std::int64_t> done = 0;
    std::vector<std::thread> running;
    const auto started = std::chrono::steady_clock::now();
    for (int at = 0; at < threads; at++) {
        running.emplace_back([&] {
            const Operation operation = make();
            std::int64_t mine = 0;
            for (; !enough; mine++)
                operation();
            done += mine;
        });
    }
    std::this_thread::sleep_for(kRound);
    enough = true;
    for (auto& thread : running)
        thread.join();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
    return static_cast<double>(done.load()) / took.count();
}

double median(std::array<double, 3> values) {
    std::sort(values.begin(), values.end());
    return values[1];
}

void figure(const std::string& name, int threads, const Make& ours, int bareThreads, const Make& bare,
            int bareRowsEach = 1) {
    std::array<double, 3> our{}, their{};
    for (std::size_t round = 0; round < 3; round++) {
        our[round] = perSecond(threads, ours);
        their[round] = perSecond(bareThreads, bare) * bareRowsEach;
    }
    Json line = Json::object();
    line.set("name", "db." + name);
    line.set("value", median(our));
    line.set("unit", "1/s");
    line.set("baseline", median(their));
    line.set("ratio", median(our) / median(their));
    std::printf("%s\n", line.dump().c_str());
    std::fflush(stdout);
}

// --- ours ---

Result<void> insert(Writer& writer, std::int64_t number) {
    const std::string code = codeOf(number);
    writer.run(kInsert, "id-" + code, code, "1.001193", "filed", std::int64_t{1700000000000} + number,
               nullptr, 8000, Blob{kForm});
    return {};
}

Make writes(Database& database) {
    return [&database]() -> Operation {
        return [&database] {
            database.write(Context{}, [](Writer& writer) { return insert(writer, nextCode++); }).value();
        };
    };
}

Make reads(Database& database) {
    return [&database]() -> Operation {
        return [&database] {
            const auto look = [](const Row& row) {
                return row.text(1).size() + static_cast<std::size_t>(row.integer(2) & 1) + row.blob(4).size();
            };
            const std::string code = anyCode();
            bytesSeen +=
                *database.read(Context{}, [&](Reader& reader) { return reader.one(kFind, look, code); });
        };
    };
}

void fill(Database& database) {
    for (int from = 0; from < kRows; from += 500)
        database
            .write(Context{},
                   [&](Writer& writer) -> Result<void> {
                       for (int at = from; at < from + 500; at++)
                           (void)insert(writer, at);
                       return {};
                   })
            .value();
    nextCode = kRows;
}

// --- bare sqlite3 ---

class BareSqlite {
public:
    explicit BareSqlite(const std::string& file) {
        must(sqlite3_open(file.c_str(), &handle_));
        sqlite3_busy_timeout(handle_, 5000);
        run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA "
            "cache_size=-16000");
        must(sqlite3_prepare_v2(handle_, kInsert.sql.data(), -1, &insert_, nullptr));
        must(sqlite3_prepare_v2(handle_, kFind.sql.data(), -1, &find_, nullptr));
    }
    ~BareSqlite() {
        sqlite3_finalize(insert_);
        sqlite3_finalize(find_);
        sqlite3_close(handle_);
    }
    BareSqlite(const BareSqlite&) = delete;
    BareSqlite& operator=(const BareSqlite&) = delete;

    void insert(int rows) {
        run("BEGIN IMMEDIATE");
        for (int row = 0; row < rows; row++) {
            const std::int64_t number = nextCode++;
            const std::string code = codeOf(number), id = "id-" + code;
            text(insert_, 1, id);
            text(insert_, 2, code);
            text(insert_, 3, "1.001193");
            text(insert_, 4, "filed");
            sqlite3_bind_int64(insert_, 5, 1700000000000 + number);
            sqlite3_bind_null(insert_, 6);
            sqlite3_bind_int64(insert_, 7, 8000);
            sqlite3_bind_blob64(insert_, 8, kForm.data(), kForm.size(), SQLITE_STATIC);
            must(sqlite3_step(insert_));
            sqlite3_reset(insert_);
        }
        run("COMMIT");
    }

    void find() {
        const std::string code = anyCode();
        text(find_, 1, code);
        must(sqlite3_step(find_));
        bytesSeen +=
            static_cast<std::size_t>(sqlite3_column_bytes(find_, 1) + (sqlite3_column_int64(find_, 2) & 1) +
                                     sqlite3_column_bytes(find_, 4));
        sqlite3_reset(find_);
    }

private:
    void must(int code) const {
        if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return;
        std::fprintf(stderr, "bare sqlite3: %s\n", sqlite3_errmsg(handle_));
        std::exit(1);
    }
    void run(const char* sql) { must(sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr)); }
    static void text(sqlite3_stmt* statement, int at, std::string_view value) {
        sqlite3_bind_text64(statement, at, value.data(), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    }

    sqlite3* handle_ = nullptr;
    sqlite3_stmt* insert_ = nullptr;
    sqlite3_stmt* find_ = nullptr;
};

// --- bare libpq ---

class BarePostgresql {
public:
    explicit BarePostgresql(const std::string& address) : connection_(PQconnectdb(address.c_str())) {
        must(PQprepare(connection_, "insert", kBareInsert, 0, nullptr), PGRES_COMMAND_OK);
        must(PQprepare(connection_, "find", kBareFind, 0, nullptr), PGRES_COMMAND_OK);
    }
    ~BarePostgresql() { PQfinish(connection_); }
    BarePostgresql(const BarePostgresql&) = delete;
    BarePostgresql& operator=(const BarePostgresql&) = delete;

    void insert() {
        const std::int64_t number = nextCode++;
        const std::string code = codeOf(number), id = "id-" + code,
                          filed = std::to_string(1700000000000 + number);
        const char* values[] = {id.c_str(),    code.c_str(), "1.001193", "filed",
                                filed.c_str(), nullptr,      "8000",     kForm.data()};
        const int lengths[] = {0, 0, 0, 0, 0, 0, 0, static_cast<int>(kForm.size())};
        const int formats[] = {0, 0, 0, 0, 0, 0, 0, 1};
        must(PQexec(connection_, "BEGIN"), PGRES_COMMAND_OK);
        must(PQexecPrepared(connection_, "insert", 8, values, lengths, formats, 1), PGRES_COMMAND_OK);
        must(PQexec(connection_, "COMMIT"), PGRES_COMMAND_OK);
    }

    void find() { // outside a transaction: one round trip
        const std::string code = anyCode();
        const char* values[] = {code.c_str()};
        PGresult* result = PQexecPrepared(connection_, "find", 1, values, nullptr, nullptr, 1);
        bytesSeen += static_cast<std::size_t>(PQgetlength(result, 0, 1) + PQgetlength(result, 0, 4));
        must(result, PGRES_TUPLES_OK);
    }

private:
    void must(PGresult* result, ExecStatusType wanted) {
        if (PQresultStatus(result) != wanted) {
            std::fprintf(stderr, "bare libpq: %s\n", PQerrorMessage(connection_));
            std::exit(1);
        }
        PQclear(result);
    }

    PGconn* connection_;
};

template <typename Bare, typename Do>
Make bare(const std::string& address, Do act) {
    return [=]() -> Operation {
        auto session = std::make_shared<Bare>(address);
        return [session, act] { act(*session); };
    };
}

void benchSqlite(const test::TestDatabase& database) {
    const std::string file = database.address.substr(std::string_view{"sqlite:"}.size());
    const auto find = bare<BareSqlite>(file, [](BareSqlite& session) { session.find(); });
    const auto insertOne = bare<BareSqlite>(file, [](BareSqlite& session) { session.insert(1); });
    const auto insertMany = bare<BareSqlite>(file, [](BareSqlite& session) { session.insert(64); });
    figure("sqlite.read.1", 1, reads(*database), 1, find);
    figure("sqlite.read.4", 4, reads(*database), 4, find);
    figure("sqlite.durable_write.1", 1, writes(*database), 1, insertOne);
    figure("sqlite.durable_write.16_beside_commit_each", 16, writes(*database), 1, insertOne);
    figure("sqlite.durable_write.64_beside_commit_each", 64, writes(*database), 1, insertOne);
    figure("sqlite.durable_write.64_beside_batches_of_64", 64, writes(*database), 1, insertMany, 64);
}

void benchPostgresql(const test::TestDatabase& database) {
    const auto find = bare<BarePostgresql>(database.address, [](BarePostgresql& session) { session.find(); });
    const auto insert =
        bare<BarePostgresql>(database.address, [](BarePostgresql& session) { session.insert(); });
    for (const int threads : {1, 8}) {
        figure("postgresql.read." + std::to_string(threads), threads, reads(*database), threads, find);
        figure("postgresql.write." + std::to_string(threads), threads, writes(*database), threads, insert);
    }
}

} // namespace

int main() {
    ::setenv("TMPDIR", ".", 0); // /tmp may be memory
    for (auto& database : test::databases({&kSchema}, kClock)) {
        fill(*database);
        if (database->backend() == Backend::Sqlite)
            benchSqlite(database);
        else
            benchPostgresql(database);
    }
    return bytesSeen > 0 ? 0 : 1;
}
