// Files that hold a key: made whole, for their owner alone, and never over one that is there.
#pragma once

#include <string>
#include <string_view>

namespace motcua {

// Writes `content` to `file`, mode 0400, durable when it answers: after a crash at any moment there is the
// whole file or none. False where a file of that name is there already, which stays as it is. Throws
// std::runtime_error that names the cause.
bool createSecretFile(const std::string& file, std::string_view content);

// Whether others than the owner may read or write the file; false where there is none.
bool isOpenToOthers(const std::string& file);

} // namespace motcua
