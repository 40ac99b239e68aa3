// The outbox: effects on the world, written in the transaction that causes them and carried out after it, in
// order for each subject, again until they succeed or are given up.
#pragma once

#include "base/clock.h"
#include "base/context.h"
#include "base/json.h"
#include "db/database.h"
#include "vault/vault.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::jobs {

const db::Schema& schema();

struct OutboxItem {
    std::string id;      // the idempotency key of the effect
    std::string kind;    // "message.send": names the handler
    std::string subject; // items of one subject go one after another
    Json payload;
    int attempts = 0;        // this one included, since it was last sent again
    std::int64_t taking = 0; // how often it was ever taken
};

// An item as an administrator sees it; the payload stays sealed.
struct GivenUpItem {
    std::string id;
    std::string kind;
    std::string subject;
    int attempts = 0;
    std::string lastError;
    Instant settledAt;
};

struct OutboxState {
    std::int64_t waiting = 0;  // not carried out yet
    std::int64_t retrying = 0; // of them: tried at least once
    std::int64_t givenUp = 0;
};

class Outbox {
public:
    Outbox(vault::Vault& vault, const Clock& clock) : vault_(vault), clock_(clock) {}

    // Answers the item's id. The payload is sealed for the subject. A delay is less than a day.
    std::string add(db::Writer& tx, std::string_view kind, std::string_view subject, const Json& payload,
                    Millis delay = Millis{0});

    bool anyReady(db::Reader& tx) const;
    // Takes at most `limit` ready items for `lease`. Nobody else gets them until then; a crashed worker's
    // items come back when the lease is over. An item whose payload cannot be opened any more is given up
    // here.
    std::vector<OutboxItem> take(db::Writer& tx, int limit, Millis lease);
    // How it went. False, and nothing is written, where the lease was over and another worker has the item:
    // then that one's word counts.
    bool done(db::Writer& tx, const OutboxItem& item) const;
    bool retry(db::Writer& tx, const OutboxItem& item, Millis delay, std::string_view error) const;
    bool giveUp(db::Writer& tx, const OutboxItem& item, std::string_view error) const;

    OutboxState state(db::Reader& tx) const;
    // The latest first, those before (`before`, `beforeId`).
    std::vector<GivenUpItem> givenUp(db::Reader& tx, int limit = 100, Instant before = Instant{INT64_MAX},
                                     std::string_view beforeId = {}) const;
    // Errors: NotFound outbox.not_given_up.
    Result<void> sendAgain(db::Writer& tx, std::string_view id) const;
    // Puts it aside for ever. Errors: NotFound outbox.not_given_up.
    Result<void> discard(db::Writer& tx, std::string_view id) const;

    // Rows of at most `limit` items that were carried out or put aside before then go; answers how many. What
    // waits or was given up stays, however old.
    std::int64_t forget(db::Writer& tx, Instant before, int limit) const;

private:
    vault::Vault& vault_;
    const Clock& clock_;
};

} // namespace motcua::jobs
