#include "payment/payment_policy.h"

#include "agency/agency_policy.h"
#include "dossier/dossier_policy.h"

namespace motcua::payment {

namespace {

std::vector<std::string> regionsToSee(const Actor& actor) {
    if (actor.kind != ActorKind::Official) return {};
    std::vector<std::string> all;
    for (const char* role : {"receiver", "specialist", "leader"})
        for (std::string& region : agency::regionsOf(actor, role))
            all.push_back(std::move(region));
    return all;
}

} // namespace

std::vector<std::string> agenciesOf(const Actor& actor, const agency::Tree& tree, const CivilDay& today) {
    const auto regions = regionsToSee(actor);
    std::vector<std::string> all;
    for (const agency::Agency& agency : tree.all())
        if (actor.kind == ActorKind::System || tree.withinAny(regions, agency.id, today))
            all.push_back(agency.id);
    return all;
}

bool maySee(const Actor& actor, const Payment& payment, const agency::Tree& tree, const CivilDay& today) {
    if (actor.kind == ActorKind::System) return true;
    return tree.withinAny(regionsToSee(actor), payment.agency, today);
}

bool mayTakeMoney(const Actor& actor, const std::string& agency, const agency::Tree& tree,
                  const CivilDay& today) {
    return actor.kind == ActorKind::Official && dossier::mayReceive(actor, agency, tree, today);
}

bool mayRefund(const Actor& actor, const Payment& payment, const agency::Tree& tree, const CivilDay& today) {
    return actor.kind == ActorKind::Official &&
           tree.withinAny(agency::regionsOf(actor, "leader"), payment.agency, today);
}

} // namespace motcua::payment
