// The one secret outside the database: a key file, from which everything else is wrapped or derived.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace motcua::vault {

class MasterKey {
public:
    // Reads 64 hex digits. A file that others may read is refused (vault.readable_key), as is one of another
    // shape (vault.bad_key); NotFound vault.no_key where there is none.
    static Result<MasterKey> load(const std::string& file);
    // Makes a new one of random bytes, mode 0400; a file that is there already stays as it is.
    static Result<MasterKey> loadOrCreate(const std::string& file);
    // For tests and tools.
    explicit MasterKey(std::string bytes); // 32 bytes

    // 32 bytes for one purpose, by HKDF-SHA256 (RFC 5869); the same for the same purpose for ever.
    std::string derive(std::string_view purpose) const;

private:
    std::string bytes_;
};

} // namespace motcua::vault
