// PostgreSQL's own pg_dump and pg_restore (Debian: postgresql-client), run as programs: no copy of ours would
// be as good.
#pragma once

#include "base/result.h"

#include <string>

namespace motcua::db {

// The whole database as one file in pg_dump's custom format, one state of it while others write. Errors:
// Unavailable "db.no_tool" where the program is not installed, "db.tool_failed" with what it said.
Result<void> dumpPostgresql(const std::string& address, const std::string& file);

// Brings such a file into the database in one transaction; `replace` drops first what stands there. The same
// errors.
Result<void> restorePostgresql(const std::string& address, const std::string& file, bool replace);

// What stands there already, and who else is connected to it. Unavailable "db.unreachable".
struct PostgresqlState {
    bool hasTables = false;
    int others = 0;
};
Result<PostgresqlState> lookAtPostgresql(const std::string& address);

} // namespace motcua::db
