// Who may work on a step. Whether somebody may begin, pause or withdraw the process of a subject is for the
// room to say whose subject it is.
#pragma once

#include "process/process.h"

#include "agency/agency_tree.h"
#include "base/actor.h"

namespace motcua::process {

// The system; an official who has the step's role for its agency (O18), where nobody else holds the step.
bool mayWork(const Actor& actor, const Task& task, const agency::Tree& tree, const CivilDay& today);
// Giving a step to somebody: who may work on it himself, and a leader of the region whoever holds it.
bool mayHandOver(const Actor& actor, const Task& task, const agency::Tree& tree, const CivilDay& today);

} // namespace motcua::process
