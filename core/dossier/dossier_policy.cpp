#include "dossier/dossier_policy.h"

namespace motcua::dossier {

bool maySee(const Actor& actor, const Dossier& dossier, const agency::Tree& tree, const CivilDay& today) {
    if (actor.kind == ActorKind::System) return true;
    if (actor.signedIn() && actor.id == dossier.owner) return true;
    // A draft is nobody's business but its owner's.
    return actor.kind == ActorKind::Official && dossier.state != State::Draft &&
           tree.withinAny(actor.regions, dossier.agency, today);
}

bool mayEdit(const Actor& actor, const Dossier& dossier) {
    return actor.signedIn() && actor.id == dossier.owner && dossier.state == State::Draft;
}

bool mayWithdraw(const Actor& actor, const Dossier& dossier) {
    return actor.signedIn() && actor.id == dossier.owner && isOpen(dossier.state);
}

} // namespace motcua::dossier
