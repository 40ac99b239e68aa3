// The signature's envelope: CMS SignedData, detached, with the attributes of a CAdES baseline signature (ETSI
// EN 319 122-1), made around a signature that somebody else computes, and judged.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "signing/timestamp.h"
#include "signing/trust.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::signing {

// Whose key signs: X.509 in DER, its issuers nearest first.
struct SignerCertificate {
    std::string certificate;
    std::vector<std::string> chain{};
};

enum class KeyKind { Rsa, EllipticCurve };

// Kind of the certificate's key. Rejected "signing.certificate_unfit": broken, an RSA key below 2,048 bits, a
// curve below 256, a key that may not sign, or not valid at `now`.
Result<KeyKind> fitFor(const SignerCertificate& signer, Instant now);
std::string commonName(const std::string& certificate); // "" for what cannot be read

class CmsDraft {
public:
    // Over a document's SHA-256 digest: contentType, messageDigest and signingCertificateV2 are signed, and
    // signingTime where `at` is given (PAdES keeps the time in the file: ETSI EN 319 142-1, 6.3).
    static Result<CmsDraft> make(const SignerCertificate& signer, const std::string& documentDigest,
                                 std::optional<Instant> at = {});
    CmsDraft(CmsDraft&&) noexcept;
    ~CmsDraft();

    // The SHA-256 digest of the signed attributes: what the key signs (RSA PKCS#1 v1.5 or ECDSA).
    std::string digestToSign() const;
    // With the signature, and the token of the time-stamp over it where there is one: DER.
    std::string finished(const std::string& signature, const std::string& token = {});
    // Bytes that finished() takes at most without a token.
    std::size_t mostBytes();

private:
    struct Held;
    explicit CmsDraft(std::unique_ptr<Held> held);
    std::unique_ptr<Held> held_;
};

// What a CMS says of the bytes it was made over.
struct CmsReport {
    bool intact = false; // digest and signature fit, attributes as required
    bool weak = false; // made with an algorithm that no longer proves anything (SHA-1, RSA below 2,048 bits)
    bool trusted = false; // its chain ends in an anchor, and was valid when it was made
    bool ended = false;   // that chain is not valid any more when it is known to have been there
    std::string signer{}; // common name
    std::string organisation{};
    std::string issuer{};
    std::string serial{}; // hex
    std::optional<Instant> validFrom{};
    std::optional<Instant> validTo{};
    std::optional<Instant> claimedAt{}; // signingTime, where the envelope has one
    // A time-stamp on the signature; none: the time is the signer's own word.
    std::optional<TimeReport> time{};
    std::string why{}; // for the log: what does not fit
};

// By what is judged.
struct Judging {
    const TrustAnchors& anchors;
    Instant now;
    // When it is known, by other means than itself, to have been there; a certificate that has ended since is
    // good still. Nothing: it is seen for the first time.
    std::optional<Instant> knownAt{};

    Instant known() const { return knownAt.value_or(now); }
};

// `cades`: signingCertificateV2 is demanded. `claimedAt`: when its signer says, outside the envelope, that it
// was made. A trusted time-stamp on it counts for more.
CmsReport judgeCms(std::string_view der, const ContentDigest& digest, bool cades, const Judging& by,
                   std::optional<Instant> claimedAt);

} // namespace motcua::signing
