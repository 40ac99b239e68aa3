// Who may rate, and who sees what of the ratings. The published ranking is everybody's.
#pragma once

#include "agency/agency_tree.h"
#include "base/actor.h"
#include "dossier/dossier.h"

namespace motcua::assessment {

// The owner of a dossier that is no draft.
bool mayRate(const Actor& actor, const dossier::Dossier& dossier);

// Every official: the figures of the agencies in his region, so that each sees how his own does.
bool maySeeFigures(const Actor& actor, const std::string& agency, const agency::Tree& tree,
                   const CivilDay& today);

// Leaders and administrators of the agency or above: by group and official, reasons and free words. Nobody
// sees who gave an answer.
bool maySeeDetail(const Actor& actor, const std::string& agency, const agency::Tree& tree,
                  const CivilDay& today);

// The system, when it loads the city's files.
bool mayChangeQuestionnaire(const Actor& actor);

} // namespace motcua::assessment
