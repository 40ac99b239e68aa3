// Signs the log's heads: ECDSA P-256 with a key of its own, whose public half anyone may check them by.
#pragma once

#include "base/result.h"

#include <memory>
#include <string>
#include <string_view>

namespace motcua::audit {

class HeadSigner {
public:
    // Reads the PEM file, or makes a key and writes it with mode 0400; one that others may read is refused.
    // Errors: Internal audit.bad_key.
    static Result<HeadSigner> loadOrCreate(const std::string& file);

    std::string sign(std::string_view text) const; // DER
    bool verify(std::string_view text, std::string_view signature) const;
    std::string publicKey() const; // PEM

private:
    explicit HeadSigner(std::shared_ptr<void> key) : key_(std::move(key)) {}

    std::shared_ptr<void> key_; // EVP_PKEY
};

} // namespace motcua::audit
