// What certificates say, and whether they lead to somebody trusted; inside this room only.
#pragma once

#include "base/clock.h"
#include "signing/openssl_handles.h"
#include "signing/trust.h"

#include <optional>
#include <string>

namespace motcua::signing {

using Certificates = Handle<STACK_OF(X509)>;

std::string partOf(const X509_NAME* name, int nid); // "" where there is none
std::string serialOf(X509* certificate);            // hex
std::optional<Instant> instantOf(const ASN1_TIME* time);
bool mayVouch(X509* certificate);  // its key may sign documents
bool strongKey(X509* certificate); // RSA from 2,048 bits, curves from 256
bool strongDigest(int nid);        // SHA-2 and SHA-3 from 256 bits

// The anchors, at a moment: for whoever verifies chains by OpenSSL's own functions.
Handle<X509_STORE> storeOf(const TrustAnchors& anchors, Instant at);
// From the certificate to an anchor, valid at that moment; null where there is no such chain.
Certificates chainTo(X509* certificate, STACK_OF(X509) * others, const TrustAnchors& anchors, Instant at);

} // namespace motcua::signing
