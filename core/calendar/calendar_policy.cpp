#include "calendar/calendar_policy.h"

#include "agency/agency_policy.h"

namespace motcua::calendar {

bool mayChange(const Actor& actor, const agency::Tree& tree, const std::string& agency,
               const CivilDay& today) {
    if (actor.kind == ActorKind::System) return true;
    return actor.kind == ActorKind::Official &&
           tree.withinAny(agency::regionsOf(actor, "admin"), agency, today);
}

} // namespace motcua::calendar
