// The commands of the catalogue: taking over the national one, handing ours on.
#pragma once

#include "app/commands.h"

namespace motcua::app {

int importCatalogue(Application& application, const Call& call, const Say& say);
int exportCatalogue(Application& application, const Call& call, const Say& say);

} // namespace motcua::app
