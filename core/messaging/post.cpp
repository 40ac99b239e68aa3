#include "messaging/post.h"

namespace motcua::messaging {

Result<void> PluginPost::send(const Context& context, const sdk::Message& message,
                              const plugins::CallOptions& id) {
    const auto profiles = client_.profiles();
    if (profiles.empty()) return unavailable("messaging.no_plugin", "no message plugin is switched on");
    MOTCUA_CHECK(client_.send(context, profiles.front().text(), message, id));
    return {};
}

} // namespace motcua::messaging
