// What a PDF's signatures are worth: judged from the bytes alone, never from what the file says about itself.
#pragma once

#include "base/clock.h"
#include "signing/cms.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::signing {

enum class Standing {
    Good,    // signed by somebody trusted, and nothing has changed since
    Changed, // something is not as it was signed
    Unknown, // cannot be told: no signature, a signer that nobody here vouches for, a file that is not read
};

// Why, as a word: the i18n key is "verify.why.<code>".
struct SignatureReport {
    Standing standing = Standing::Unknown;
    std::string code{}; // "good", "changed", "added_after", "bad_range", "weak", "untrusted", "time",
                        // "ended"
    CmsReport certificate{};
    std::optional<Instant> claimedAt{}; // /M: by the signer's clock, proved by nobody
    std::string reason{};
    bool coversWholeFile = false;
};

struct Verdict {
    Standing standing = Standing::Unknown;
    // The worst signature's word; or "no_signature", "not_pdf", "broken", "encrypted", "form_unsupported".
    std::string code{};
    std::vector<SignatureReport> signatures{}; // the oldest first
};

// `knownAt`: when the file is known, by other means than itself, to have been there with its signatures; a
// certificate that has ended since is good still. Nothing: it is seen for the first time.
Verdict verify(std::string_view pdf, const TrustAnchors& anchors, Instant now,
               std::optional<Instant> knownAt = {});

} // namespace motcua::signing
