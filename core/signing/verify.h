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
    // "good", "changed", "added_after", "bad_range", "weak", "untrusted", "time", "ended", "bad_timestamp",
    // "time_untrusted", "kind_unsupported"
    std::string code{};
    bool isTimestamp = false; // of an authority over the file: nobody's signature
    CmsReport certificate{};
    std::optional<Instant> claimedAt{}; // by the signer's clock
    std::optional<Instant> provedAt{};  // by a time-stamp: it was there then
    std::string timeAuthority{};
    bool coversWholeFile = false;
};

// For the judges of other forms. The report with its standing and word:
SignatureReport said(SignatureReport report, Standing standing, const char* code);
// takes the time from the time-stamp on the signature, where that is the earlier proof;
void takeTime(SignatureReport& report);
// and weighs what was found of the signature itself.
SignatureReport weighed(const SignatureReport& report, Instant now);

struct Verdict {
    Standing standing = Standing::Unknown;
    // The worst signature's word; or "no_signature", "only_time", "not_pdf", "broken", "encrypted",
    // "form_unsupported".
    std::string code{};
    std::vector<SignatureReport> signatures{}; // the oldest first
};

Verdict verify(std::string_view pdf, const Judging& by);

} // namespace motcua::signing
