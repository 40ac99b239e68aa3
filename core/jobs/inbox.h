// The inbox: what the world tells us counts once. The key is taken after verification, in the transaction of
// the change.
#pragma once

#include "base/clock.h"
#include "db/database.h"
#include "vault/vault.h"

#include <optional>
#include <string>
#include <string_view>

namespace motcua::jobs {

class Inbox {
public:
    Inbox(vault::Vault& vault, const Clock& clock) : vault_(vault), clock_(clock) {}

    // True where this is the first authentic notice of that key; then the caller makes the change in `tx` and
    // `answer` is what every repetition gets. False: it came before, and nothing was written.
    bool take(db::Writer& tx, std::string_view source, std::string_view externalKey, std::string_view answer);

    // At most `limit` keys that were taken before then go; answers how many. A notice that comes again later
    // is news to the inbox: whoever forgets must wait longer than the world repeats itself.
    std::int64_t forget(db::Writer& tx, Instant before, int limit) const;

    // The answer that was given to the first notice of that key.
    std::optional<std::string> answerTo(db::Reader& tx, std::string_view source,
                                        std::string_view externalKey);

private:
    vault::Vault& vault_;
    const Clock& clock_;
};

} // namespace motcua::jobs
