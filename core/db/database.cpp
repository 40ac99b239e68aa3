#include "db/database.h"

#include "db/sqlite_database.h"

namespace motcua::db {

std::unique_ptr<Database> Database::open(const Settings& settings, const Clock& clock) {
    constexpr std::string_view sqlite = "sqlite:";
    if (settings.address.starts_with(sqlite))
        return openSqlite(settings.address.substr(sqlite.size()), settings, clock);
    throw DatabaseError("the database address must begin with sqlite:");
}

} // namespace motcua::db
