#include "agency/agency_policy.h"

#include <algorithm>

namespace motcua::agency {

bool mayChange(const Actor& actor, const Tree& before, const Tree& after,
               const std::vector<std::string>& changed, const CivilDay& today) {
    if (actor.kind == ActorKind::System) return true;
    if (actor.kind != ActorKind::Official || !actor.has("admin")) return false;
    const auto regions = regionsOf(actor, "admin");
    return std::all_of(changed.begin(), changed.end(), [&](const std::string& id) {
        return after.withinAny(regions, id, today) &&
               (!before.find(id) || before.withinAny(regions, id, today));
    });
}

std::vector<std::string> regionsOf(const Actor& actor, std::string_view role) {
    if (!actor.has(role)) return {};
    if (actor.roles.size() != actor.regions.size()) return actor.regions;
    std::vector<std::string> held;
    for (std::size_t i = 0; i < actor.roles.size(); ++i)
        if (actor.roles[i] == role) held.push_back(actor.regions[i]);
    return held;
}

bool administersCity(const Actor& actor, const Tree& tree, const CivilDay& today) {
    if (actor.kind == ActorKind::System) return true;
    if (actor.kind != ActorKind::Official) return false;
    const auto regions = regionsOf(actor, "admin");
    return std::any_of(tree.all().begin(), tree.all().end(), [&](const Agency& agency) {
        return agency.kind == Kind::City && tree.withinAny(regions, agency.id, today);
    });
}

} // namespace motcua::agency
