// Who may change a calendar. Everybody may read it.
#pragma once

#include "agency/agency_tree.h"

#include "base/actor.h"

#include <string>

namespace motcua::calendar {

// The system itself, and an administrator in whose regions the agency is (O18).
bool mayChange(const Actor& actor, const agency::Tree& tree, const std::string& agency,
               const CivilDay& today);

} // namespace motcua::calendar
