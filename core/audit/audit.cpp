#include "audit/audit.h"

#include "base/bytes.h"
#include "base/id.h"

namespace motcua::audit {

namespace {

// The upsert locks the chain's row, so two writers of one subject queue here and their numbers have no gap.
constexpr db::Query kNext{
    "audit.next",
    "INSERT INTO audit_chain (subject, length, hash) VALUES (?, 1, ?) "
    "ON CONFLICT (subject) DO UPDATE SET length = audit_chain.length + 1 RETURNING length, hash"};
constexpr db::Query kSetHead{"audit.set_head", "UPDATE audit_chain SET hash = ? WHERE subject = ?"};
constexpr db::Query kInsert{"audit.insert",
                            "INSERT INTO audit_record (id, subject, number, at_ms, actor, action, details, "
                            "trace, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"};
constexpr db::Query kRecords{"audit.records",
                             "SELECT id, subject, number, at_ms, actor, action, details, trace, hash "
                             "FROM audit_record WHERE subject = ? AND number > ? ORDER BY number LIMIT ?"};
constexpr db::Query kHead{"audit.head", "SELECT length, hash FROM audit_chain WHERE subject = ?"};
constexpr db::Query kSubjects{"audit.subjects",
                              "SELECT subject FROM audit_chain WHERE subject > ? ORDER BY subject LIMIT 500"};

const std::string noHash(32, '\0');

void appendSized(std::string& out, std::string_view part) {
    const std::uint64_t size = part.size();
    for (int shift = 56; shift >= 0; shift -= 8)
        out += static_cast<char>(size >> shift);
    out += part;
}

// Every field with its length before it, so no two records read alike.
std::string hashOf(std::string_view previous, const Record& record, std::string_view details) {
    std::string all{previous};
    for (const std::string_view part : {std::string_view{record.id}, std::string_view{record.subject}})
        appendSized(all, part);
    appendSized(all, std::to_string(record.number));
    appendSized(all, std::to_string(record.at.ms));
    for (const std::string_view part : {std::string_view{record.actor}, std::string_view{record.action},
                                        details, std::string_view{record.trace}})
        appendSized(all, part);
    return sha256(all);
}

struct Stored {
    Record record;
    std::string details;
};

Stored toStored(const db::Row& row) {
    Stored stored{{row.string(0),
                   row.string(1),
                   row.integer(2),
                   row.instant(3),
                   row.string(4),
                   row.string(5),
                   {},
                   row.string(7),
                   std::string{row.blob(8)}},
                  row.string(6)};
    if (auto details = Json::parse(stored.details)) stored.record.details = std::move(*details);
    return stored;
}

} // namespace

void Audit::record(db::Writer& tx, const Context& context, std::string_view subject, std::string_view action,
                   const Json& details) const {
    const auto head = tx.one(
        kNext,
        [](const db::Row& row) {
            return std::pair{row.integer(0), std::string{row.blob(1)}};
        },
        subject, db::Blob{noHash});
    Record record{newId(clock_),
                  std::string{subject},
                  head->first,
                  clock_.now(),
                  context.actor.id,
                  std::string{action},
                  {},
                  context.trace,
                  {}};
    const std::string written = details.dump();
    record.hash = hashOf(head->second, record, written);
    tx.later(kInsert, record.id, subject, record.number, record.at, record.actor, action, written,
             record.trace, db::Blob{record.hash});
    tx.later(kSetHead, db::Blob{record.hash}, subject);
}

std::vector<Record> Audit::records(db::Reader& tx, std::string_view subject, std::int64_t afterNumber,
                                   int limit) {
    std::vector<Record> all;
    for (Stored& stored : tx.all(kRecords, toStored, subject, afterNumber, limit))
        all.push_back(std::move(stored.record));
    return all;
}

std::optional<std::string> Audit::verify(db::Reader& tx, std::string_view subject) {
    std::string previous = noHash;
    std::int64_t number = 0;
    const auto broken = [&](const std::string& how) {
        return "subject " + std::string{subject} + ", record " + std::to_string(number) + ": " + how;
    };
    while (true) {
        const auto page = tx.all(kRecords, toStored, subject, number, 500);
        for (const Stored& stored : page) {
            ++number;
            if (stored.record.number != number) return broken("is missing");
            if (stored.record.hash != hashOf(previous, stored.record, stored.details))
                return broken("was changed");
            previous = stored.record.hash;
        }
        if (page.size() < 500) break;
    }
    const auto head = tx.one(
        kHead,
        [](const db::Row& row) {
            return std::pair{row.integer(0), std::string{row.blob(1)}};
        },
        subject);
    if (!head || head->first != number || head->second != previous)
        return broken("the chain's end was cut off");
    return std::nullopt;
}

std::optional<std::string> Audit::verifyAll(db::Reader& tx, std::int64_t& visited) {
    std::string last;
    while (true) {
        const auto subjects = tx.all(
            kSubjects, [](const db::Row& row) { return row.string(0); }, last);
        for (const std::string& subject : subjects) {
            if (auto broken = verify(tx, subject)) return broken;
            visited += tx.one(
                             kHead, [](const db::Row& row) { return row.integer(0); }, subject)
                           .value_or(0);
        }
        if (subjects.size() < 500) return std::nullopt;
        last = subjects.back();
    }
}

} // namespace motcua::audit
