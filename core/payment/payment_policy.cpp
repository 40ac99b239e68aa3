#include "payment/payment_policy.h"

namespace motcua::payment {

bool maySee(const Actor& actor, const Payment& payment, const agency::Tree& tree, const CivilDay& today) {
    if (actor.kind == ActorKind::System) return true;
    const bool works = actor.has("receiver") || actor.has("specialist") || actor.has("leader");
    return actor.kind == ActorKind::Official && works && tree.withinAny(actor.regions, payment.agency, today);
}

bool mayRefund(const Actor& actor, const Payment& payment, const agency::Tree& tree, const CivilDay& today) {
    return actor.kind == ActorKind::Official && actor.has("leader") &&
           tree.withinAny(actor.regions, payment.agency, today);
}

} // namespace motcua::payment
