// A signature for demonstrations: a software token with a key and a certificate that says of itself that it
// proves nothing.
#pragma once

#include "app/settings.h"
#include "base/context.h"
#include "base/result.h"
#include "plugins/plugin_registry.h"

#include <string>

namespace motcua::app {

// Where the plugin has no profile yet: makes the token in the data folder, puts its authority among those
// trusted, sets the profile "default" up and switches the plugin on. Answers a sentence for the operator.
// Errors: Unavailable "demo.no_token" where SoftHSM is not installed or fails.
Result<std::string> prepareDemoSignature(const Context& context, const Settings& settings,
                                         plugins::PluginRegistry& plugins);

} // namespace motcua::app
