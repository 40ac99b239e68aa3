// By what signatures are judged: whom this city trusts, when, and what else is known.
#pragma once

#include "base/clock.h"
#include "signing/evidence.h"
#include "signing/trust.h"

#include <optional>

namespace motcua::signing {

struct Judging {
    const TrustAnchors& anchors;
    Instant now;
    // When it is known, by other means than itself, to have been there; a certificate that has ended since is
    // good still. Nothing: it is seen for the first time.
    std::optional<Instant> knownAt{};
    AuthorityDesk* desk = nullptr;      // asks authorities about what the file itself does not prove
    const Evidence* evidence = nullptr; // that the file brings along
    Evidence* collected = nullptr;      // takes what would prove it later

    Instant known() const { return knownAt.value_or(now); }
};

} // namespace motcua::signing
