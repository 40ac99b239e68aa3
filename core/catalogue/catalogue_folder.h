// The catalogue as a folder of files that a person reads and edits: fields.yaml and procedures/<code>.yaml.
#pragma once

#include "catalogue/catalogue_service.h"

#include <filesystem>

namespace motcua::catalogue {

// Reads all of it. Invalid "yaml.invalid" names every mistake of every file; a file whose name is not its
// procedure's code is such a mistake.
Result<Content> readFolder(const std::filesystem::path& folder);

// Writes such a folder; files that stand there under the same names are replaced. Unavailable
// "catalogue.cannot_write" where a file cannot be written.
Result<void> writeFolder(const std::filesystem::path& folder, const Content& content);

} // namespace motcua::catalogue
