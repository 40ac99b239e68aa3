// Who may change forms. Everybody may read them: a form is what the law asks for.
#pragma once

#include "agency/agency_tree.h"
#include "base/actor.h"

namespace motcua::forms {

// The system itself, and an administrator of the whole city: a procedure has one form everywhere.
bool mayChange(const Actor& actor, const agency::Tree& agencies, const CivilDay& today);

} // namespace motcua::forms
