// Reads the fields of a form and of the library; inside this room only.
#pragma once

#include "forms/library.h"
#include "yaml/reader.h"

#include <string>
#include <vector>

namespace motcua::forms {

Words readWords(yaml::Mapping& map, std::string_view key, bool needed);
std::vector<Option> readOptions(yaml::Mapping& map, std::string_view key);
std::vector<Field> readFields(yaml::Mapping& map, std::string_view key, const Library& library);

} // namespace motcua::forms
