// config export|import: the city's configuration as a folder, and back.
#pragma once

#include "app/commands.h"

namespace motcua::app {

// What importConfig() answers where there is something to do and --yes was not said.
inline constexpr int kConfigWaits = 3;

int exportConfig(Application& application, const Call& call, const Say& say);
int importConfig(Application& application, const Call& call, const Say& say);

} // namespace motcua::app
