#include "dossier/dossier_policy.h"

#include "agency/agency_policy.h"

namespace motcua::dossier {

namespace {

bool worksFor(const Actor& actor, const std::string& agency, const agency::Tree& tree,
              const CivilDay& today) {
    for (const std::string& role : actor.roles)
        if (role != administrator && tree.withinAny(agency::regionsOf(actor, role), agency, today))
            return true;
    return false;
}

} // namespace

bool maySee(const Actor& actor, const Dossier& dossier, const agency::Tree& tree, const CivilDay& today) {
    if (actor.kind == ActorKind::System) return true;
    if (actor.signedIn() && actor.id == dossier.owner) return true;
    // A draft is nobody's business but its owner's.
    return actor.kind == ActorKind::Official && dossier.state != State::Draft &&
           worksFor(actor, dossier.agency, tree, today);
}

bool mayEdit(const Actor& actor, const Dossier& dossier) {
    return actor.signedIn() && actor.id == dossier.owner && dossier.state == State::Draft;
}

bool mayChangePapers(const Actor& actor, const Dossier& dossier) {
    return mayEdit(actor, dossier) ||
           (actor.signedIn() && actor.id == dossier.owner && dossier.state == State::Supplement);
}

bool mayWithdraw(const Actor& actor, const Dossier& dossier) {
    return actor.signedIn() && actor.id == dossier.owner && isOpen(dossier.state);
}

} // namespace motcua::dossier
