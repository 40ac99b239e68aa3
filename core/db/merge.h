// A list that stands in many ranges of one index (the desks of an official, say), in one order and without
// sorting: each range is an arm of one UNION ALL, and both databases merge arms that come in order. A page
// then costs its own rows and one step into each range, however long the ranges are.
#pragma once

#include "db/database.h"

#include <span>
#include <string>
#include <string_view>

namespace motcua::db {

inline constexpr std::size_t kMostArms = 256; // SQLite takes 500 in a statement

// How many arms a statement for `ranges` of them has: a power of two, so that few texts are prepared. Those
// without a range of their own get parameters that find nothing.
std::size_t armsFor(std::size_t ranges);

// How many rows all arms have together, with a parameter for how many are counted at most.
std::string counted(std::string_view arm, std::size_t arms);
// "arm UNION ALL arm …" in the order of `order` (" ORDER BY due_ms, id"), with a parameter for how many at most.
// PostgreSQL merges only arms that say their order themselves, and SQLite only arms that do not.
std::string merged(Backend backend, std::string_view arm, std::size_t arms, std::string_view order);

// Ids as one parameter: for `IN (SELECT value FROM json_each(?))` on SQLite and
// `= ANY (ARRAY(SELECT json_array_elements_text(CAST(? AS json))))` on PostgreSQL.
std::string listOf(std::span<const std::string> ids);

} // namespace motcua::db
