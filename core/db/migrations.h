// Brings the rooms' tables to their newest version, forward only, the same way on both backends.
#pragma once

#include "db/database.h"

#include <functional>

namespace motcua::db {

struct MigrationSession {
    Writer& writer;
    std::function<void(const std::string&)> script; // several statements as they stand
};

// Runs what it is handed in one committed transaction that no other migration runs beside, in any process.
using MigrationTransaction = std::function<void(const std::function<void(const MigrationSession&)>&)>;

// As Database::migrate says.
Result<int> runMigrations(const std::vector<const Schema*>& schemas, const Clock& clock,
                          const MigrationTransaction& transaction);

} // namespace motcua::db
