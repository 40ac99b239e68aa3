// Reads one section of a shared library as bytes, so that a plugin's manifest is known before its code may
// run.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace motcua::plugins {

// 64-bit ELF of this machine's byte order. NotFound "plugin.no_manifest" where there is no such section,
// Invalid "plugin.not_a_library" where the file is no such library.
Result<std::string> elfSection(const std::string& file, std::string_view section);

} // namespace motcua::plugins
