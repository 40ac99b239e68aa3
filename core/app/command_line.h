// The command line of the server binary.
#pragma once

#include <string>
#include <vector>

namespace motcua::app {

// The words after the program's name; answers its exit code.
int runCommandLine(const std::vector<std::string>& words);

} // namespace motcua::app
