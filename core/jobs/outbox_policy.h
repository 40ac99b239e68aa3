// Who may look into the outbox and decide about what was given up.
#pragma once

#include "base/actor.h"

namespace motcua::jobs {

inline bool mayManageOutbox(const Actor& actor) {
    return actor.kind == ActorKind::System || (actor.kind == ActorKind::Official && actor.has("admin"));
}

} // namespace motcua::jobs
