// Who may change the tree of agencies. Everybody may read it.
#pragma once

#include "agency/agency_tree.h"
#include "base/actor.h"

#include <string>
#include <vector>

namespace motcua::agency {

// The system itself, and an administrator whose regions hold every agency that changes, as it stood and as it
// will stand (O18): else an agency could be drawn into somebody's region by the change itself.
bool mayChange(const Actor& actor, const Tree& before, const Tree& after,
               const std::vector<std::string>& changed, const CivilDay& today);

} // namespace motcua::agency
