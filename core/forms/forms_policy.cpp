#include "forms/forms_policy.h"

#include <algorithm>

namespace motcua::forms {

bool mayChange(const Actor& actor, const agency::Tree& agencies, const CivilDay& today) {
    if (actor.kind == ActorKind::System) return true;
    if (actor.kind != ActorKind::Official || !actor.has("admin")) return false;
    return std::any_of(agencies.all().begin(), agencies.all().end(), [&](const agency::Agency& agency) {
        return agency.kind == agency::Kind::City && agencies.withinAny(actor.regions, agency.id, today);
    });
}

} // namespace motcua::forms
