// What a file is by its content.
#pragma once

#include <string>
#include <string_view>

namespace motcua::files {

// The media type by the first bytes, among those that a dossier may hold; "" for anything else. 64 KiB are
// enough.
std::string mediaTypeOf(std::string_view start);

// The usual ending of a file of that type; "bin" for one that mediaTypeOf does not know.
std::string extensionOf(std::string_view mediaType); // "pdf"

} // namespace motcua::files
