#include "process/process_policy.h"

#include "agency/agency_policy.h"

namespace motcua::process {

namespace {

// Whether the actor has the role where the step is.
bool holds(const Actor& actor, const std::string& role, const Task& task, const agency::Tree& tree,
           const CivilDay& today) {
    return actor.kind == ActorKind::Official &&
           tree.withinAny(agency::regionsOf(actor, role), task.agency, today);
}

} // namespace

bool mayWork(const Actor& actor, const Task& task, const agency::Tree& tree, const CivilDay& today) {
    if (actor.kind == ActorKind::System) return true;
    const bool free = task.assignee.empty() || task.assignee == actor.id;
    return free && holds(actor, task.role, task, tree, today);
}

bool mayHandOver(const Actor& actor, const Task& task, const agency::Tree& tree, const CivilDay& today) {
    return mayWork(actor, task, tree, today) || holds(actor, "leader", task, tree, today);
}

} // namespace motcua::process
