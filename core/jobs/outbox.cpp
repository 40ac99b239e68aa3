#include "jobs/outbox.h"

#include "base/id.h"

namespace motcua::jobs {

namespace {

enum State { Waiting = 0, Done = 1, GivenUp = 2, Discarded = 3 };

constexpr db::Query kInsert{
    "outbox.insert",
    "INSERT INTO outbox (id, kind, subject, payload, state, attempts, not_before_ms, lease_until_ms, "
    "made_ms, last_error, takings) VALUES (?, ?, ?, ?, 0, 0, ?, 0, ?, '', 0)"};
// What was leased or put off until later than these was so before the clock was set back, and is held up no
// longer.
constexpr Millis farLease = std::chrono::minutes{10};
constexpr Millis farOff = std::chrono::hours{24};

// Ready: due, unleased, and the oldest of its subject that still waits.
#define READY                                                                                                \
    "FROM outbox o WHERE o.state = 0 AND (o.not_before_ms <= ? OR o.not_before_ms > ?) AND "                 \
    "(o.lease_until_ms <= ? OR o.lease_until_ms > ?) AND NOT EXISTS ("                                       \
    "SELECT 1 FROM outbox e WHERE e.state = 0 AND e.subject = o.subject AND e.id < o.id) "
#define TAKE_READY                                                                                           \
    "UPDATE outbox SET lease_until_ms = ?, attempts = attempts + 1, takings = takings + 1 WHERE id IN ("     \
    "SELECT o.id " READY "ORDER BY o.not_before_ms, o.id LIMIT ?"
#define TAKEN ") RETURNING id, kind, subject, payload, attempts, takings"
// On SQLite a look that promises too much costs others the writer's lane; on PostgreSQL an exact one costs a
// reading of all that wait, where it keeps an unlucky plan.
constexpr db::Query kAnyReady{"outbox.any_ready", "SELECT 1 " READY "LIMIT 1",
                              "SELECT 1 FROM outbox WHERE state = 0 AND "
                              "(not_before_ms <= ? OR not_before_ms > ?) AND "
                              "(lease_until_ms <= ? OR lease_until_ms > ?) LIMIT 1"};
constexpr db::Query kTake{"outbox.take", TAKE_READY TAKEN, TAKE_READY " FOR UPDATE SKIP LOCKED" TAKEN};
#undef TAKEN
#undef TAKE_READY
#undef READY
// PostgreSQL keeps the plan of a statement that it made when few waited, and reads all of them for each one
// that it takes when thousands do. By the indexes it stops at the first.
constexpr db::Query kByIndex{
    "outbox.by_index",
    "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), "
    "set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)"};
// Each taking has a number of its own, which no sending again gives out twice: who comes back after another
// took the item writes nothing.
constexpr db::Query kSettle{"outbox.settle",
                            "UPDATE outbox SET state = ?, settled_ms = ?, lease_until_ms = 0, last_error = ? "
                            "WHERE id = ? AND state = 0 AND takings = ?"};
constexpr db::Query kRetry{"outbox.retry",
                           "UPDATE outbox SET not_before_ms = ?, lease_until_ms = 0, last_error = ? "
                           "WHERE id = ? AND state = 0 AND takings = ?"};
constexpr db::Query kGivenUp{"outbox.given_up",
                             "SELECT id, kind, subject, attempts, last_error, settled_ms FROM outbox "
                             "WHERE state = 2 AND (settled_ms, id) < (?, ?) "
                             "ORDER BY settled_ms DESC, id DESC LIMIT ?"};
constexpr db::Query kWaiting{
    "outbox.count_waiting",
    "SELECT COUNT(*), COALESCE(SUM(CASE WHEN attempts > 0 THEN 1 ELSE 0 END), 0) FROM outbox "
    "WHERE state = 0"};
constexpr db::Query kCountGivenUp{"outbox.count_given_up", "SELECT COUNT(*) FROM outbox WHERE state = 2"};
constexpr db::Query kDiscard{"outbox.discard",
                             "UPDATE outbox SET state = ?, settled_ms = ? WHERE id = ? AND state = 2"};
constexpr db::Query kForget{"outbox.forget",
                            "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox "
                            "WHERE state IN (1, 3) AND settled_ms < ? ORDER BY settled_ms LIMIT ?)"};
constexpr db::Query kSendAgain{
    "outbox.send_again", "UPDATE outbox SET state = 0, attempts = 0, not_before_ms = ?, settled_ms = NULL "
                         "WHERE id = ? AND state = 2"};

vault::Place placeOf(std::string_view id) {
    return {"outbox", "payload", id};
}

struct Taken {
    OutboxItem item;
    std::string sealed;
};

} // namespace

std::string Outbox::add(db::Writer& tx, std::string_view kind, std::string_view subject, const Json& payload,
                        Millis delay) {
    const std::string id = newId(clock_);
    const Instant now = clock_.now();
    tx.later(kInsert, id, kind, subject, db::Blob{vault_.seal(tx, subject, placeOf(id), payload.dump())},
             now + delay, now);
    return id;
}

bool Outbox::anyReady(db::Reader& tx) const {
    const Instant now = clock_.now();
    return tx
        .one(
            kAnyReady, [](const db::Row& row) { return row.boolean(0); }, now, now + farOff, now,
            now + farLease)
        .has_value();
}

std::vector<OutboxItem> Outbox::take(db::Writer& tx, int limit, Millis lease) {
    const Instant now = clock_.now();
    if (tx.backend() == db::Backend::Postgresql) tx.later(kByIndex);
    auto taken = tx.all(
        kTake,
        [](const db::Row& row) {
            return Taken{{row.string(0),
                          row.string(1),
                          row.string(2),
                          {},
                          static_cast<int>(row.integer(4)),
                          row.integer(5)},
                         std::string{row.blob(3)}};
        },
        now + lease, now, now + farOff, now, now + farLease, limit);
    std::vector<OutboxItem> items;
    for (Taken& one : taken) {
        const auto plain = vault_.open(tx, placeOf(one.item.id), one.sealed);
        auto payload = plain ? Json::parse(*plain) : Result<Json>{plain.error()};
        if (!payload) {
            // Whom it concerns was forgotten: there is nobody to look after it either.
            const bool forgotten = payload.error().code == "vault.destroyed";
            tx.run(kSettle, int{forgotten ? Discarded : GivenUp}, now, payload.error().code, one.item.id,
                   one.item.taking);
            continue;
        }
        one.item.payload = std::move(*payload);
        items.push_back(std::move(one.item));
    }
    return items;
}

bool Outbox::done(db::Writer& tx, const OutboxItem& item) const {
    return tx.run(kSettle, int{Done}, clock_.now(), "", item.id, item.taking) == 1;
}

bool Outbox::retry(db::Writer& tx, const OutboxItem& item, Millis delay, std::string_view error) const {
    return tx.run(kRetry, clock_.now() + delay, error, item.id, item.taking) == 1;
}

bool Outbox::giveUp(db::Writer& tx, const OutboxItem& item, std::string_view error) const {
    return tx.run(kSettle, int{GivenUp}, clock_.now(), error, item.id, item.taking) == 1;
}

OutboxState Outbox::state(db::Reader& tx) const {
    OutboxState state = tx.one(kWaiting, [](const db::Row& row) {
                              return OutboxState{row.integer(0), row.integer(1), 0};
                          }).value_or(OutboxState{});
    state.givenUp = tx.one(kCountGivenUp, [](const db::Row& row) { return row.integer(0); }).value_or(0);
    return state;
}

std::vector<GivenUpItem> Outbox::givenUp(db::Reader& tx, int limit, Instant before,
                                         std::string_view beforeId) const {
    return tx.all(
        kGivenUp,
        [](const db::Row& row) {
            return GivenUpItem{row.string(0), row.string(1), row.string(2), static_cast<int>(row.integer(3)),
                               row.string(4), row.instant(5)};
        },
        before, beforeId, limit);
}

Result<void> Outbox::sendAgain(db::Writer& tx, std::string_view id) const {
    if (tx.run(kSendAgain, clock_.now(), id) == 0) return notFound("outbox.not_given_up");
    return {};
}

Result<void> Outbox::discard(db::Writer& tx, std::string_view id) const {
    if (tx.run(kDiscard, int{Discarded}, clock_.now(), id) == 0) return notFound("outbox.not_given_up");
    return {};
}

std::int64_t Outbox::forget(db::Writer& tx, Instant before, int limit) const {
    return tx.run(kForget, before, limit);
}

} // namespace motcua::jobs
