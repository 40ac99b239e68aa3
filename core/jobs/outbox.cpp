#include "jobs/outbox.h"

#include "base/id.h"

namespace motcua::jobs {

namespace {

enum State { Waiting = 0, Done = 1, GivenUp = 2 };

constexpr db::Query kInsert{
    "outbox.insert",
    "INSERT INTO outbox (id, kind, subject, payload, state, attempts, not_before_ms, lease_until_ms, "
    "made_ms, last_error) VALUES (?, ?, ?, ?, 0, 0, ?, 0, ?, '')"};
constexpr db::Query kAnyReady{
    "outbox.any_ready",
    "SELECT 1 FROM outbox WHERE state = 0 AND not_before_ms <= ? AND lease_until_ms <= ? LIMIT 1"};
// Ready: due, unleased, and the oldest of its subject that still waits.
constexpr db::Query kTake{
    "outbox.take",
    "UPDATE outbox SET lease_until_ms = ?, attempts = attempts + 1 WHERE id IN ("
    "SELECT o.id FROM outbox o WHERE o.state = 0 AND o.not_before_ms <= ? AND o.lease_until_ms <= ? AND NOT "
    "EXISTS ("
    "SELECT 1 FROM outbox e WHERE e.state = 0 AND e.subject = o.subject AND e.id < o.id) "
    "ORDER BY o.not_before_ms, o.id LIMIT ?) RETURNING id, kind, subject, payload, attempts",
    "UPDATE outbox SET lease_until_ms = ?, attempts = attempts + 1 WHERE id IN ("
    "SELECT o.id FROM outbox o WHERE o.state = 0 AND o.not_before_ms <= ? AND o.lease_until_ms <= ? AND NOT "
    "EXISTS ("
    "SELECT 1 FROM outbox e WHERE e.state = 0 AND e.subject = o.subject AND e.id < o.id) "
    "ORDER BY o.not_before_ms, o.id LIMIT ? FOR UPDATE SKIP LOCKED) RETURNING id, kind, subject, payload, "
    "attempts"};
// Each taking has a number of its own, `attempts`: who comes back after another took the item writes nothing.
constexpr db::Query kSettle{"outbox.settle",
                            "UPDATE outbox SET state = ?, settled_ms = ?, lease_until_ms = 0, last_error = ? "
                            "WHERE id = ? AND state = 0 AND attempts = ?"};
constexpr db::Query kRetry{"outbox.retry",
                           "UPDATE outbox SET not_before_ms = ?, lease_until_ms = 0, last_error = ? "
                           "WHERE id = ? AND state = 0 AND attempts = ?"};
constexpr db::Query kGivenUp{"outbox.given_up",
                             "SELECT id, kind, subject, attempts, last_error, settled_ms FROM outbox "
                             "WHERE state = 2 ORDER BY settled_ms DESC LIMIT ?"};
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
    tx.run(kInsert, id, kind, subject, db::Blob{vault_.seal(tx, subject, placeOf(id), payload.dump())},
           now + delay, now);
    return id;
}

bool Outbox::anyReady(db::Reader& tx) const {
    const Instant now = clock_.now();
    return tx
        .one(
            kAnyReady, [](const db::Row& row) { return row.boolean(0); }, now, now)
        .has_value();
}

std::vector<OutboxItem> Outbox::take(db::Writer& tx, int limit, Millis lease) {
    const Instant now = clock_.now();
    auto taken = tx.all(
        kTake,
        [](const db::Row& row) {
            return Taken{{row.string(0), row.string(1), row.string(2), {}, static_cast<int>(row.integer(4))},
                         std::string{row.blob(3)}};
        },
        now + lease, now, now, limit);
    std::vector<OutboxItem> items;
    for (Taken& one : taken) {
        const auto plain = vault_.open(tx, placeOf(one.item.id), one.sealed);
        auto payload = plain ? Json::parse(*plain) : Result<Json>{plain.error()};
        if (!payload) {
            giveUp(tx, one.item, payload.error().code);
            continue;
        }
        one.item.payload = std::move(*payload);
        items.push_back(std::move(one.item));
    }
    return items;
}

bool Outbox::done(db::Writer& tx, const OutboxItem& item) const {
    return tx.run(kSettle, int{Done}, clock_.now(), "", item.id, item.attempts) == 1;
}

bool Outbox::retry(db::Writer& tx, const OutboxItem& item, Millis delay, std::string_view error) const {
    return tx.run(kRetry, clock_.now() + delay, error, item.id, item.attempts) == 1;
}

bool Outbox::giveUp(db::Writer& tx, const OutboxItem& item, std::string_view error) const {
    return tx.run(kSettle, int{GivenUp}, clock_.now(), error, item.id, item.attempts) == 1;
}

std::vector<GivenUpItem> Outbox::givenUp(db::Reader& tx, int limit) const {
    return tx.all(
        kGivenUp,
        [](const db::Row& row) {
            return GivenUpItem{row.string(0), row.string(1), row.string(2), static_cast<int>(row.integer(3)),
                               row.string(4), row.instant(5)};
        },
        limit);
}

Result<void> Outbox::sendAgain(db::Writer& tx, std::string_view id) const {
    if (tx.run(kSendAgain, clock_.now(), id) == 0) return notFound("outbox.not_given_up");
    return {};
}

} // namespace motcua::jobs
