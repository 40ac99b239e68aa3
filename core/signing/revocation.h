// Judges lists and answers of authorities about a certificate, and fetches them; inside this room only.
#pragma once

#include "signing/certificate.h"
#include "signing/judging.h"

namespace motcua::signing {

// How `certificate` stood at `at`, when it is known to have signed, by evidence that is signed by its issuer,
// or for it, and not older than that. A revocation after `at` does not touch it. Where pieces disagree, the
// worst counts.
CertificateState stateOf(X509* certificate, X509* issuer, const Evidence& evidence,
                         const TrustAnchors& anchors, Instant at, Instant now);

// The same of a whole chain (its leaf first, its anchor last, which nobody revokes): the worst, and untold
// where one is. What the evidence of `by` does not tell, its desk asks; the answers are collected where that
// is wished. Only for chains that end in an anchor: the addresses asked are theirs.
CertificateState judgedChain(STACK_OF(X509) * chain, const Judging& by, Instant at);

} // namespace motcua::signing
