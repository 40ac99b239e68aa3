#include "agency/agency_policy.h"

#include <algorithm>

namespace motcua::agency {

bool mayChange(const Actor& actor, const Tree& before, const Tree& after,
               const std::vector<std::string>& changed, const CivilDay& today) {
    if (actor.kind == ActorKind::System) return true;
    if (actor.kind != ActorKind::Official || !actor.has("admin")) return false;
    return std::all_of(changed.begin(), changed.end(), [&](const std::string& id) {
        return after.withinAny(actor.regions, id, today) &&
               (!before.find(id) || before.withinAny(actor.regions, id, today));
    });
}

} // namespace motcua::agency
