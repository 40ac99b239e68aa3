// Who may do what to a dossier.
#pragma once

#include "agency/agency_tree.h"
#include "base/actor.h"
#include "dossier/dossier.h"

namespace motcua::dossier {

// The owner, an official in whose region the receiving agency lies, and the system.
bool maySee(const Actor& actor, const Dossier& dossier, const agency::Tree& tree, const CivilDay& today);

// The owner, while it is a draft.
bool mayEdit(const Actor& actor, const Dossier& dossier);

// The owner, until it is settled.
bool mayWithdraw(const Actor& actor, const Dossier& dossier);

} // namespace motcua::dossier
