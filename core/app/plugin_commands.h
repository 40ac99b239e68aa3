// plugin list|check|enable|disable: what the administrator's pages do, for who has a terminal.
#pragma once

#include "app/commands.h"

namespace motcua::app {

int listPlugins(Application& application, const Call& call, const Say& say);
int checkPlugin(Application& application, const Call& call, const Say& say);
int enablePlugin(Application& application, const Call& call, const Say& say);
int disablePlugin(Application& application, const Call& call, const Say& say);

} // namespace motcua::app
