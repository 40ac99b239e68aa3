// PAdES baseline B-B and B-T (ETSI EN 319 142-1): signatures and time-stamps put into a PDF as increments, so
// that what was signed before stays as it was.
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

// A PDF with room for one more signature over all of it, and what the key must sign. Between the two anything
// may happen: the owner of a key agrees on his phone, or signs many files by one act.
class PadesDraft {
public:
    // `stamped`: room for a time-stamp is kept. Errors: "signing.certificate_unfit", Invalid "signing.pdf_…"
    // for a file that cannot be signed.
    static Result<PadesDraft> make(const std::string& pdf, const SignerCertificate& signer,
                                   const SignatureFacts& facts, bool stamped);

    std::string digestToSign() const { return cms_.digestToSign(); } // SHA-256
    // Internal "signing.room" where the signature is longer than the key promised, Rejected
    // "signing.time_room" where the token is too long.
    Result<std::string> finished(const std::string& signature, const std::string& token = {});

private:
    PadesDraft(std::string file, std::size_t gapFrom, std::size_t gapTo, CmsDraft cms)
        : file_(std::move(file)), gapFrom_(gapFrom), gapTo_(gapTo), cms_(std::move(cms)) {}

    std::string file_;
    std::size_t gapFrom_, gapTo_;
    CmsDraft cms_;
};

// The same in one step: B-B, with a `stamper` B-T. Errors: those of the draft, of `sign` and of `stamper`.
Result<std::string> signPdf(const std::string& pdf, const SignerCertificate& signer,
                            const SignatureFacts& facts, const DigestSigner& sign,
                            const TimeStamper& stamper = {});

// The file with a time-stamp over all of it (DocTimeStamp, ETSI EN 319 142-1, 5.4.3): proves from when on the
// signatures in it were there, without touching them. Errors: Invalid "signing.pdf_…", "signing.time_room",
// those of `stamper`.
Result<std::string> stampPdf(const std::string& pdf, const TimeStamper& stamper);

} // namespace motcua::signing
