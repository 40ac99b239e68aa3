// Asks the services of certification authorities over HTTP: time-stamps, and whether a certificate still
// stands.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "signing/timestamp.h"
#include "signing/trust.h"

#include <string>
#include <string_view>

namespace motcua::signing {

struct AuthorityQuestion {
    std::string url;    // http or https
    std::string type{}; // of the body; "" asks by GET
    std::string body{};
    std::string replyType{}; // "" where any will do
    std::size_t mostBytes = 1u << 20;
    Millis time{10'000};
    bool publicOnly = false; // the address was named by others: nothing of this machine or network is asked
};

// "ocsp.example:8080" of an address of the web, in lower case; "" for what is none.
std::string authorityHost(std::string_view url);

// The body of the answer. Errors: Unavailable "signing.authority_unreachable" for whatever is no answer.
Result<std::string> askAuthority(const AuthorityQuestion& question);

// A token of the authority at `url` over a SHA-256 digest. Errors: that, and those of tokenFrom().
Result<std::string> timestampFrom(const std::string& url, const std::string& digest,
                                  const TrustAnchors& anchors, Instant now);

} // namespace motcua::signing
