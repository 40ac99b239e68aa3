// Asks the services of certification authorities over HTTP: time-stamps, and whether a certificate still
// stands.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "signing/timestamp.h"
#include "signing/trust.h"

#include <string>

namespace motcua::signing {

struct AuthorityQuestion {
    std::string url;    // http or https
    std::string type{}; // of the body; "" asks by GET
    std::string body{};
    std::string replyType{}; // "" where any will do
    std::size_t mostBytes = 1u << 20;
    Millis time{10'000};
};

// The body of the answer. Errors: Unavailable "signing.authority_unreachable" for whatever is no answer.
Result<std::string> askAuthority(const AuthorityQuestion& question);

// A token of the authority at `url` over a SHA-256 digest. Errors: that, and those of tokenFrom().
Result<std::string> timestampFrom(const std::string& url, const std::string& digest,
                                  const TrustAnchors& anchors, Instant now);

} // namespace motcua::signing
