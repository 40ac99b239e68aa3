// Time-stamps (dấu thời gian) of an authority after RFC 3161: the question, its answer, and what a token
// proves.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "signing/trust.h"

#include <functional>
#include <string>
#include <string_view>

namespace motcua::signing {

// The digest of what was signed, by OpenSSL's number of the algorithm; "" for one that is not known.
using ContentDigest = std::function<std::string(int nid)>;
ContentDigest digestOf(std::string_view content); // which must outlive it

// Gets a token (DER) for a SHA-256 digest. An empty token: none is to be had now, and the signature goes out
// without.
using TimeStamper = std::function<Result<std::string>(const std::string& digest)>;

// A request (TimeStampReq, DER) with a nonce of its own.
std::string timestampRequest(const std::string& digest);

// The token in the answer (TimeStampResp) to that request. Errors: Rejected "signing.time_refused" (the
// authority said no), "signing.time_wrong" (another imprint, another nonce, no answer to this), and
// "signing.time_untrusted" (no chain to an anchor, or a certificate that is not for time-stamps).
Result<std::string> tokenFrom(const std::string& reply, const std::string& request, const std::string& digest,
                              const TrustAnchors& anchors, Instant now);

struct TimeReport {
    bool fits = false;    // it is over these bytes
    bool trusted = false; // signed by an authority for time-stamps that leads to an anchor
    Instant at{};         // by its clock
    std::string authority{};
};

// `known`: when the token is known to have been there; its certificate must have been valid then.
TimeReport judgeToken(std::string_view token, const ContentDigest& digest, const TrustAnchors& anchors,
                      Instant known);

} // namespace motcua::signing
