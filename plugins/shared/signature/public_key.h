// The public half of a key that lies elsewhere: what its certificate says, and whether a signature is its
// own. A remote service is believed only so far as its signatures verify.
#pragma once

#include "motcua/sdk/signature.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace remote {

namespace sdk = motcua::sdk;

// SubjectPublicKeyInfo (DER) of an X.509 certificate (DER); nothing for what is none, or has bytes after it.
std::optional<std::string> publicKeyOf(std::string_view certificate);

// The common name of the certificate's subject; "" where there is none.
std::string commonNameOf(std::string_view certificate);

// What a key of its kind (RSA, EC) can do at best; empty for other kinds.
std::vector<sdk::SignatureAlgorithm> algorithmsOf(std::string_view publicKey);

std::size_t digestLengthOf(sdk::SignatureAlgorithm algorithm);

// The signature in the form the capability wants (ECDSA as DER, whether it came so or as r || s) where it is
// the key's over this digest; nothing where it is not.
std::optional<std::string> proven(std::string_view publicKey, sdk::SignatureAlgorithm algorithm,
                                  std::string_view digest, std::string_view signature);

// All of them in the order of the digests, or Denied "signature.not_valid".
sdk::Result<std::vector<sdk::Bytes>> allProven(std::string_view publicKey, const sdk::SignRequest& request,
                                               const std::vector<std::string>& signatures);

std::string sha256(std::string_view bytes);
std::string hex(std::string_view bytes);

} // namespace remote
