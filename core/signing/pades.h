// PAdES baseline B-B (ETSI EN 319 142-1): a signature put into a PDF as an increment, so that what was signed
// before stays as it was.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "documents/write_pdf.h"
#include "signing/cms.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace motcua::signing {

// What stands in the file beside the signature itself.
struct SignatureFacts {
    std::string name{};     // who signs, for readers
    std::string reason{};   // what for
    std::string location{}; // where
    Instant at{};           // /M: the signer's own clock
    // Where and how it is shown; without either it is invisible.
    std::optional<documents::Place> place{};
    std::vector<std::string> lines{};
    bool organisation = true; // else a person's
};

// Signs a SHA-256 digest; RSA PKCS#1 v1.5, or ECDSA as DER.
using DigestSigner = std::function<Result<std::string>(const std::string& digest)>;

// The file with one more signature over all of it. Errors: "signing.certificate_unfit", Invalid
// "signing.pdf_…" for a file that cannot be signed, Internal "signing.room" where the signature is longer
// than the key promised; those of `sign`.
Result<std::string> signPdf(const std::string& pdf, const SignerCertificate& signer,
                            const SignatureFacts& facts, const DigestSigner& sign);

// "D:20261123140511+07'00'".
std::string pdfDate(Instant at);
std::optional<Instant> parsePdfDate(std::string_view text);
// "23-11-2026 14:05:11 +07:00": day, time and zone as Decree 30/2020 wants them shown with a digital
// signature.
std::string signatureMoment(Instant at);

} // namespace motcua::signing
