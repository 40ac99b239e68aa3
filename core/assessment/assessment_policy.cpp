#include "assessment/assessment_policy.h"

#include "agency/agency_policy.h"

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
    if (actor.kind != ActorKind::Official) return false;
    return tree.withinAny(agency::regionsOf(actor, "leader"), agency, today) ||
           tree.withinAny(agency::regionsOf(actor, "admin"), agency, today);
}

bool mayChangeQuestionnaire(const Actor& actor) {
    return actor.kind == ActorKind::System;
}

} // namespace motcua::assessment
