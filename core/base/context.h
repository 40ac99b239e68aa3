// What travels with every call from the socket to the plugin: who acts, until when an answer counts, and the
// trace.
#pragma once

#include "base/actor.h"
#include "base/until.h"

#include <string>

namespace motcua {

struct Context {
    Actor actor{};
    Until deadline = Until::never(); // past it nobody waits for the answer any more
    std::string trace{};         // 32 hex digits, W3C trace-id
    std::string locale = "vi";   // "vi" or "en"
};

} // namespace motcua
