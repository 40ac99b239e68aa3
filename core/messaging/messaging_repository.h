// Languages of people in the database. SQL only.
#pragma once

#include "db/database.h"

#include <string>
#include <string_view>

namespace motcua::messaging {

const db::Schema& schema();

void putLanguage(db::Writer& tx, std::string_view account, std::string_view locale);
std::string languageOf(db::Reader& tx, std::string_view account); // "vi" where nothing is known

} // namespace motcua::messaging
