// Who may change the tree of agencies, and who administers the whole city. Everybody may read the tree.
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

// Where the actor has the role: a leader of one ward who receives dossiers in another leads only the first
// (O18).
std::vector<std::string> regionsOf(const Actor& actor, std::string_view role);

// The system itself, and an administrator of the whole city: who may change what is one and the same
// everywhere, such as procedures (O21), their forms and the plugins.
bool administersCity(const Actor& actor, const Tree& tree, const CivilDay& today);

} // namespace motcua::agency
