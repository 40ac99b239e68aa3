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
    if (speaksFor(actor, dossier, tree, today)) return true;
    // A draft is nobody's business but its owner's.
    return actor.kind == ActorKind::Official && dossier.state != State::Draft &&
           worksFor(actor, dossier.agency, tree, today);
}

bool mayReceive(const Actor& actor, const std::string& agency, const agency::Tree& tree,
                const CivilDay& today) {
    return actor.kind == ActorKind::Official &&
           tree.withinAny(agency::regionsOf(actor, "receiver"), agency, today);
}

bool speaksFor(const Actor& actor, const Dossier& dossier, const agency::Tree& tree, const CivilDay& today) {
    if (!actor.signedIn()) return false;
    const bool own = actor.id == dossier.owner;
    if (!dossier.inPerson() || actor.kind == ActorKind::Citizen) return own;
    return (own || dossier.state != State::Draft) && mayReceive(actor, dossier.agency, tree, today);
}

bool mayEdit(const Actor& actor, const Dossier& dossier, const agency::Tree& tree, const CivilDay& today) {
    return dossier.state == State::Draft && speaksFor(actor, dossier, tree, today);
}

bool mayAnswerSupplement(const Actor& actor, const Dossier& dossier, const agency::Tree& tree,
                         const CivilDay& today) {
    return dossier.state == State::Supplement && speaksFor(actor, dossier, tree, today);
}

bool mayChangePapers(const Actor& actor, const Dossier& dossier, const agency::Tree& tree,
                     const CivilDay& today) {
    return mayEdit(actor, dossier, tree, today) || mayAnswerSupplement(actor, dossier, tree, today);
}

bool mayWithdraw(const Actor& actor, const Dossier& dossier, const agency::Tree& tree,
                 const CivilDay& today) {
    return isOpen(dossier.state) && speaksFor(actor, dossier, tree, today);
}

} // namespace motcua::dossier
