// What differs between two JSON values, in lines that a person reads.
#pragma once

#include "base/json.h"

#include <string>
#include <vector>

namespace motcua::app {

// "fees[0].amount: 8000 → 10000"; of a null `before` one line, "is new". Items of lists go by their id, code
// or name where they have one, else by their number.
std::vector<std::string> differences(const Json& before, const Json& after);

} // namespace motcua::app
