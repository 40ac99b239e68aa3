#include "identity/strangers.h"

#include "base/bytes.h"
#include "base/text.h"

namespace motcua::identity {

namespace {

// A megabyte or two. A flood of more addresses than this starts the counts anew; accounts keep theirs.
constexpr std::size_t most = 10'000;

std::string keyOf(std::string_view email) {
    return sha256(text::lower(email));
}

} // namespace

Instant Strangers::lockedUntil(std::string_view email) const {
    const std::lock_guard lock{guard_};
    const auto found = held_.find(keyOf(email));
    return found == held_.end() ? Instant{} : found->second.lockedUntil;
}

void Strangers::countFailure(std::string_view email, Instant now, Millis (*lock)(int failures)) {
    const std::lock_guard guard{guard_};
    if (held_.size() >= most) held_.clear();
    Held& held = held_[keyOf(email)];
    ++held.failures;
    held.lockedUntil = now + lock(held.failures);
}

} // namespace motcua::identity
