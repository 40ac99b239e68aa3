// The SQLite backend: sessions that read, and the lane that writes.
#pragma once

#include "db/database.h"

namespace motcua::db {

std::unique_ptr<Database> openSqlite(const std::string& file, const Settings& settings, const Clock& clock);

} // namespace motcua::db
