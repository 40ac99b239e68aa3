// CAdES baseline B-B and B-T, detached (ETSI EN 319 122-1): a signature in a file of its own, beside a file
// of any kind.
#pragma once

#include "signing/pades.h"
#include "signing/verify.h"

#include <string>
#include <string_view>

namespace motcua::signing {

// DER. Errors: "signing.certificate_unfit", those of `sign` and of `stamper`.
Result<std::string> signDetached(std::string_view content, const SignerCertificate& signer, Instant at,
                                 const DigestSigner& sign, const TimeStamper& stamper = {});

// What such a signature is worth for that content. Words: those of a PDF's signatures; "broken" for what is
// no signature.
Verdict verifyDetached(std::string_view signature, std::string_view content, const Judging& by);

} // namespace motcua::signing
