#include "db/migrations.h"

#include "base/bytes.h"
#include "base/log.h"
#include "db/sql_text.h"

#include <chrono>
#include <map>

namespace motcua::db {

namespace {

constexpr std::string_view kTable =
    "CREATE TABLE IF NOT EXISTS schema_migration (room TEXT NOT NULL, version INTEGER "
    "NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_ms INTEGER NOT NULL, "
    "took_ms INTEGER NOT NULL, PRIMARY KEY (room, version)) STRICT";
constexpr Query kApplied{"db.applied_migrations", "SELECT room, version, sha256 FROM schema_migration"};
constexpr Query kIsApplied{"db.is_migration_applied",
                           "SELECT sha256 FROM schema_migration WHERE room = ? AND version = ?"};
constexpr Query kRecord{"db.record_migration",
                        "INSERT INTO schema_migration (room, version, name, sha256, applied_ms, "
                        "took_ms) VALUES (?, ?, ?, ?, ?, ?)"};

using Applied = std::map<std::pair<std::string, int>, std::string>; // (room, version) → checksum

std::string checksum(const Migration& migration) {
    return toHex(sha256(migration.sql));
}

void checkNumbers(const Schema& schema) {
    int expected = 0;
    for (const Migration& migration : schema.migrations)
        if (migration.version != ++expected)
            throw std::logic_error("the migrations of " + schema.room + " are not numbered 1, 2, … at " +
                                   migration.name);
}

Applied applied(Reader& reader) {
    Applied all;
    reader.each(kApplied, {}, [&](const Row& row) {
        all[{row.string(0), static_cast<int>(row.integer(1))}] = row.string(2);
    });
    return all;
}

Error refusal(std::string code, const std::string& room, int version) {
    Error error = rejected(std::move(code));
    error.detail = room + " " + std::to_string(version);
    error.params = {{"room", room}, {"version", std::to_string(version)}};
    return error;
}

// A room that this program does not have is left alone: its tables hinder nobody.
Result<void> compare(const Schema& schema, const Applied& found) {
    for (const auto& [key, sum] : found) {
        const auto& [room, version] = key;
        if (room != schema.room) continue;
        if (static_cast<std::size_t>(version) > schema.migrations.size())
            return refusal("db.newer_than_program", room, version);
        if (checksum(schema.migrations[static_cast<std::size_t>(version) - 1]) != sum)
            return refusal("db.changed_migration", room, version);
    }
    return {};
}

// False where another process was quicker.
bool apply(const MigrationSession& session, const std::string& room, const Migration& migration,
           const Clock& clock) {
    const auto sum = [](const Row& row) { return row.string(0); };
    if (session.writer.one(kIsApplied, sum, room, migration.version)) return false;
    const auto started = std::chrono::steady_clock::now();
    try {
        session.script(dialect(migration.sql, session.writer.backend()));
    } catch (const DatabaseError& error) {
        throw DatabaseError("migration " + room + "/" + migration.name + ": " + error.what());
    }
    const auto took = std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - started);
    session.writer.run(kRecord, room, migration.version, migration.name, checksum(migration), clock.now(),
                       std::int64_t{took.count()});
    log::info("db.migrated",
              {{"room", room}, {"migration", migration.name}, {"ms", std::int64_t{took.count()}}});
    return true;
}

} // namespace

Result<int> runMigrations(const std::vector<const Schema*>& schemas, const Clock& clock,
                          const MigrationTransaction& transaction) {
    Applied found;
    transaction([&](const MigrationSession& session) {
        session.script(dialect(kTable, session.writer.backend()));
        found = applied(session.writer);
    });
    for (const Schema* schema : schemas) {
        checkNumbers(*schema);
        MOTCUA_CHECK(compare(*schema, found));
    }
    int ran = 0;
    for (const Schema* schema : schemas) {
        for (const Migration& migration : schema->migrations) {
            if (found.contains({schema->room, migration.version})) continue;
            bool mine = false;
            transaction([&](const MigrationSession& session) {
                mine = apply(session, schema->room, migration, clock);
                if (!mine) found = applied(session.writer);
            });
            if (!mine) MOTCUA_CHECK(compare(*schema, found));
            ran += mine ? 1 : 0;
        }
    }
    return ran;
}

} // namespace motcua::db
