#include "process/process_policy.h"

namespace motcua::process {

namespace {

bool reaches(const Actor& actor, const Task& task, const agency::Tree& tree, const CivilDay& today) {
    return actor.kind == ActorKind::Official && tree.withinAny(actor.regions, task.agency, today);
}

} // namespace

bool mayWork(const Actor& actor, const Task& task, const agency::Tree& tree, const CivilDay& today) {
    if (actor.kind == ActorKind::System) return true;
    const bool free = task.assignee.empty() || task.assignee == actor.id;
    return free && actor.has(task.role) && reaches(actor, task, tree, today);
}

bool mayHandOver(const Actor& actor, const Task& task, const agency::Tree& tree, const CivilDay& today) {
    return mayWork(actor, task, tree, today) || (actor.has("leader") && reaches(actor, task, tree, today));
}

} // namespace motcua::process
