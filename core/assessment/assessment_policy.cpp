#include "assessment/assessment_policy.h"

namespace motcua::assessment {

bool mayRate(const Actor& actor, const dossier::Dossier& dossier) {
    return actor.signedIn() && actor.id == dossier.owner && dossier.state != dossier::State::Draft;
}

bool maySeeFigures(const Actor& actor, const std::string& agency, const agency::Tree& tree,
                   const CivilDay& today) {
    return actor.kind == ActorKind::Official && tree.withinAny(actor.regions, agency, today);
}

bool maySeeDetail(const Actor& actor, const std::string& agency, const agency::Tree& tree,
                  const CivilDay& today) {
    return maySeeFigures(actor, agency, tree, today) && (actor.has("leader") || actor.has("admin"));
}

bool mayChangeQuestionnaire(const Actor& actor) {
    return actor.kind == ActorKind::System;
}

} // namespace motcua::assessment
