#include "web/sessions.h"

#include "base/bytes.h"

namespace motcua::web {

Result<std::optional<Actor>> Sessions::bySession(const Context& context, std::string_view tokenHash) {
    const auto hash = fromHex(tokenHash);
    return hash ? identity_.actorOf(context, *hash) : std::optional<Actor>{};
}

Result<std::optional<Actor>> Sessions::byBearer(const Context&, std::string_view) {
    return std::optional<Actor>{};
}

} // namespace motcua::web
