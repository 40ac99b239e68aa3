// Finds conditions that no answers can make true, by trying every combination of the choices that they depend
// on; inside this room only.
#pragma once

#include "forms/program.h"

#include <string>
#include <vector>

namespace motcua::forms {

// Paths of sections, fields and papers whose condition never holds, also because a condition before it
// excludes it. Conditions that depend on anything but choices and yes/no, or on more than 4,096 combinations,
// are not judged.
std::vector<std::string> neverShown(const Program& program);

// Paths of choices and yes/no fields that are shown in some case but break one of their rules whatever is
// answered.
std::vector<std::string> neverRight(const Program& program);

} // namespace motcua::forms
