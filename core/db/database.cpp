#include "db/database.h"

#include "db/postgresql_database.h"
#include "db/sqlite_database.h"

namespace motcua::db {

std::unique_ptr<Database> Database::open(const Settings& settings, const Clock& clock) {
    if (settings.readers < 1) throw DatabaseError("a database needs at least one session that reads");
    constexpr std::string_view sqlite = "sqlite:";
    if (settings.address.starts_with(sqlite))
        return openSqlite(settings.address.substr(sqlite.size()), settings, clock);
    return openPostgresql(settings, clock);
}

} // namespace motcua::db
