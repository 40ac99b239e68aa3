// SQL as text: what makes one statement serve both backends.
#pragma once

#include "db/database.h"

#include <string>
#include <string_view>

namespace motcua::db {

// A statement with `?` as PostgreSQL reads it.
struct Numbered {
    std::string sql;
    std::size_t parameters = 0;
};

// `?` becomes $1, $2, … outside literals, quoted names and comments; `??` stands for PostgreSQL's own
// operator `?`.
Numbered numberPlaceholders(std::string_view sql);

// The part of a migration that is for `backend`. Blocks "-- sqlite" and "-- postgresql" stand as they are;
// what is for both is translated for PostgreSQL as schema.h says.
std::string dialect(std::string_view migration, Backend backend);

} // namespace motcua::db
