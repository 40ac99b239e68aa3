#include "jobs/inbox.h"

namespace motcua::jobs {

namespace {

constexpr db::Query kTake{"inbox.take",
                          "INSERT INTO inbox (source, external_key, received_ms, answer) VALUES (?, ?, ?, ?) "
                          "ON CONFLICT (source, external_key) DO NOTHING"};
constexpr db::Query kAnswer{"inbox.answer", "SELECT answer FROM inbox WHERE source = ? AND external_key = ?"};

constexpr db::Query kForget{"inbox.forget",
                            "DELETE FROM inbox WHERE (source, external_key) IN (SELECT source, external_key "
                            "FROM inbox WHERE received_ms < ? ORDER BY received_ms LIMIT ?)"};

std::string rowName(std::string_view source, std::string_view externalKey) {
    return std::string{source} + "/" + std::string{externalKey};
}

} // namespace

bool Inbox::take(db::Writer& tx, std::string_view source, std::string_view externalKey,
                 std::string_view answer) {
    const std::string row = rowName(source, externalKey);
    const std::string sealed = vault_.seal(tx, "jobs", {"inbox", "answer", row}, answer);
    return tx.run(kTake, source, externalKey, clock_.now(), db::Blob{sealed}) == 1;
}

std::optional<std::string> Inbox::answerTo(db::Reader& tx, std::string_view source,
                                           std::string_view externalKey) {
    const auto sealed = tx.one(
        kAnswer, [](const db::Row& row) { return std::string{row.blob(0)}; }, source, externalKey);
    if (!sealed) return std::nullopt;
    auto answer = vault_.open(tx, {"inbox", "answer", rowName(source, externalKey)}, *sealed);
    if (!answer) throw db::DatabaseError(answer.error().code + ": " + answer.error().detail);
    return std::move(*answer);
}

std::int64_t Inbox::forget(db::Writer& tx, Instant before, int limit) const {
    return tx.run(kForget, before, limit);
}

} // namespace motcua::jobs
