#include "payment/payment_policy.h"

#include "agency/agency_policy.h"

namespace motcua::payment {

bool maySee(const Actor& actor, const Payment& payment, const agency::Tree& tree, const CivilDay& today) {
    if (actor.kind == ActorKind::System) return true;
    if (actor.kind != ActorKind::Official) return false;
    for (const char* role : {"receiver", "specialist", "leader"})
        if (tree.withinAny(agency::regionsOf(actor, role), payment.agency, today)) return true;
    return false;
}

bool mayRefund(const Actor& actor, const Payment& payment, const agency::Tree& tree, const CivilDay& today) {
    return actor.kind == ActorKind::Official &&
           tree.withinAny(agency::regionsOf(actor, "leader"), payment.agency, today);
}

} // namespace motcua::payment
