// What stands between a digest and a signature: DigestInfo for RSA PKCS#1 v1.5, the DER form of an ECDSA
// signature.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pkcs11 {

enum class Hash { Sha256, Sha384, Sha512 };

std::size_t lengthOf(Hash hash);

// DER DigestInfo (RFC 8017, appendix B.1).
std::string digestInfo(Hash hash, std::string_view digest);

// r || s, as PKCS#11 gives it, as ECDSA-Sig-Value; nothing for an odd or empty length.
std::optional<std::string> ecdsaDer(std::string_view raw);

std::string hex(std::string_view bytes);

} // namespace pkcs11
