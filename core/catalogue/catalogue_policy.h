// Who may change the catalogue. Everybody may read it (P3).
#pragma once

#include "agency/agency_tree.h"
#include "base/actor.h"

namespace motcua::catalogue {

// The system itself, and an administrator of the whole city: procedures are one and the same everywhere
// (O21).
bool mayChange(const Actor& actor, const agency::Tree& agencies, const CivilDay& today);

} // namespace motcua::catalogue
