// Forms as text: YAML that people write, JSON that is stored and exchanged; both have the same keys
// (README.md).
#pragma once

#include "base/json.h"
#include "forms/form.h"
#include "forms/library.h"

#include <filesystem>
#include <string>

namespace motcua::forms {

// Strict: unknown keys and wrong types are refused, each with file, line and key (Invalid "yaml.invalid").
// What makes a readable form unusable (cycles, unknown references) is found by Definition::make.
Result<Form> loadForm(const std::filesystem::path& file, const Library& library);
Result<Form> readForm(std::string_view yaml, const std::string& file, const Library& library);

// The stored form stands alone: lists and groups are written out in it.
Json toJson(const Form& form);
Result<Form> fromJson(const Json& json);

} // namespace motcua::forms
