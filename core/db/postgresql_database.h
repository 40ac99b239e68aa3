// The PostgreSQL backend: a pool of sessions, and work that is done again where that may help.
#pragma once

#include "db/database.h"

namespace motcua::db {

std::unique_ptr<Database> openPostgresql(const Settings& settings, const Clock& clock);

} // namespace motcua::db
