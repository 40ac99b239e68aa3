// A city in one folder and back: the database, the sealed files, and sums by which both are checked. The keys
// are never in it.
#pragma once

#include "app/commands.h"

namespace motcua::app {

// backup FOLDER [--without-files]: of a running city too.
int makeBackup(Application& application, const Call& call, const Say& say);

// restore FOLDER [--force]: into a data folder that no server uses; checks everything before it takes its
// place.
int restoreBackup(const Settings& settings, const Call& call, const Say& say);

} // namespace motcua::app
