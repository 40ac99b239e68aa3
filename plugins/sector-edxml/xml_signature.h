// Enveloped XML signatures (XMLDSig) over a whole document, and no other kind: one reference to everything
// but the signature itself, exclusive or inclusive canonical XML, SHA-2, RSA or ECDSA, a certificate that
// leads to a trusted one.
#pragma once

#include "shared/xml/xml.h"

#include "motcua/sdk/result.h"

#include <cstdint>
#include <string>

namespace signature {

struct Signer {
    std::string subject{};     // of the certificate, RFC 2253
    std::string name{};        // its common name
    std::string fingerprint{}; // SHA-256 of it, lower hexadecimal
};

// Whether key and certificate (PEM, the signer's first) fit and can sign: Invalid "plugin.misconfigured".
motcua::sdk::Result<Signer> checkPair(const std::string& certificates, const std::string& key);

// Whether there is somebody to trust (PEM): Invalid "plugin.misconfigured".
motcua::sdk::Result<void> checkTrusted(const std::string& trusted);

// Signs the document; the signature becomes the last child of `place`.
motcua::sdk::Result<void> sign(const xml::Document& document, xmlNode* place, const std::string& certificates,
                               const std::string& key);

// Who signed the document, where its one signature stands in `place`. Unavailable "sector.not_authentic" for
// everything else; the detail says why. Invalid "plugin.misconfigured" where nobody is trusted.
motcua::sdk::Result<Signer> verify(const xml::Document& document, const xmlNode* place,
                                   const std::string& trusted, std::int64_t nowMs);

} // namespace signature
