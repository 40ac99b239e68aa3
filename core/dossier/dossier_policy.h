// Who may do what to a dossier.
#pragma once

#include "agency/agency_tree.h"
#include "base/actor.h"
#include "dossier/dossier.h"

namespace motcua::dossier {

// Administrators look after accounts, calendars and settings; people's papers are not theirs to read.
inline constexpr std::string_view administrator = "admin";

// The owner, an official who works for the receiving agency or one above it, and the system. An administrator
// as such does not.
bool maySee(const Actor& actor, const Dossier& dossier, const agency::Tree& tree, const CivilDay& today);

// The owner, while it is a draft.
bool mayEdit(const Actor& actor, const Dossier& dossier);

// The owner: a draft's papers, and those of a dossier while a supplement is asked for.
bool mayChangePapers(const Actor& actor, const Dossier& dossier);

// The owner, until it is settled.
bool mayWithdraw(const Actor& actor, const Dossier& dossier);

} // namespace motcua::dossier
