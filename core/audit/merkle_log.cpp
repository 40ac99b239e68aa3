#include "audit/merkle_log.h"

#include "base/bytes.h"

#include <bit>
#include <map>

namespace motcua::audit {

namespace {

constexpr db::Query kWaiting{
    "audit.waiting", "SELECT id, hash FROM audit_record WHERE position IS NULL ORDER BY id LIMIT ?",
    "SELECT id, hash FROM audit_record WHERE position IS NULL ORDER BY id LIMIT ? FOR UPDATE"};
constexpr db::Query kTake{"audit.take", "UPDATE audit_record SET position = ? WHERE id = ?"};
constexpr db::Query kSize{"audit.size",
                          "SELECT number + 1 FROM audit_node WHERE level = 0 ORDER BY number DESC LIMIT 1"};
constexpr db::Query kNode{"audit.node", "SELECT hash FROM audit_node WHERE level = ? AND number = ?"};
constexpr db::Query kInsertNode{"audit.insert_node",
                                "INSERT INTO audit_node (level, number, hash) VALUES (?, ?, ?)"};
constexpr db::Query kNewestHead{
    "audit.newest_head",
    "SELECT size, root, signed_ms, signature FROM audit_head ORDER BY size DESC LIMIT 1"};
constexpr db::Query kInsertHead{
    "audit.insert_head", "INSERT INTO audit_head (size, root, signed_ms, signature) VALUES (?, ?, ?, ?)"};

std::string leafHash(std::string_view recordHash) {
    return sha256(std::string(1, '\0') + std::string{recordHash});
}

std::string nodeHash(std::string_view left, std::string_view right) {
    return sha256(std::string(1, '\1') + std::string{left} + std::string{right});
}

std::string storedNode(db::Reader& tx, int level, std::int64_t number) {
    auto hash = tx.one(
        kNode, [](const db::Row& row) { return std::string{row.blob(0)}; }, level, number);
    if (!hash)
        throw db::DatabaseError("audit log: node " + std::to_string(level) + "/" + std::to_string(number) +
                                " is missing");
    return std::move(*hash);
}

// The hash over leaves [from, from + count): a stored node where the range is a complete subtree.
std::string rangeHash(db::Reader& tx, std::int64_t from, std::int64_t count) {
    const auto width = static_cast<std::uint64_t>(count);
    if (std::has_single_bit(width) && from % count == 0) {
        const int level = std::countr_zero(width);
        return storedNode(tx, level, from >> level);
    }
    const auto left = static_cast<std::int64_t>(std::bit_floor(width - 1));
    return nodeHash(rangeHash(tx, from, left), rangeHash(tx, from + left, count - left));
}

} // namespace

std::string LogHead::signedText() const {
    return "motcua audit log\n" + std::to_string(size) + "\n" + toHex(root) + "\n" +
           std::to_string(signedAt.ms) + "\n";
}

std::int64_t MerkleLog::append(db::Writer& tx, int limit) const {
    const auto waiting = tx.all(
        kWaiting,
        [](const db::Row& row) {
            return std::pair{row.string(0), std::string{row.blob(1)}};
        },
        limit);
    std::int64_t position = size(tx);
    std::map<int, std::string> lefts; // of each level, the newest child that waits for its right one
    for (const auto& [id, hash] : waiting) {
        tx.later(kTake, position, id); // the row is there: it was read for update
        std::string node = leafHash(hash);
        tx.later(kInsertNode, 0, position, db::Blob{node});
        // Each right child completes its parent.
        std::int64_t number = position;
        int level = 0;
        for (; number % 2 == 1; ++level) {
            const auto left = lefts.find(level);
            node = nodeHash(left == lefts.end() ? storedNode(tx, level, number - 1) : left->second, node);
            number /= 2;
            tx.later(kInsertNode, level + 1, number, db::Blob{node});
        }
        lefts.insert_or_assign(level, std::move(node));
        ++position;
    }
    return static_cast<std::int64_t>(waiting.size());
}

LogHead MerkleLog::signHead(db::Writer& tx) const {
    const std::int64_t now = size(tx);
    const auto newest = newestHead(tx);
    if (newest && newest->size == now) return *newest;
    LogHead head{now, root(tx, now), clock_.now(), {}};
    head.signature = sign_(head.signedText());
    tx.run(kInsertHead, head.size, db::Blob{head.root}, head.signedAt, db::Blob{head.signature});
    return head;
}

std::optional<LogHead> MerkleLog::newestHead(db::Reader& tx) {
    return tx.one(kNewestHead, [](const db::Row& row) {
        return LogHead{row.integer(0), std::string{row.blob(1)}, row.instant(2), std::string{row.blob(3)}};
    });
}

std::int64_t MerkleLog::size(db::Reader& tx) {
    return tx.one(kSize, [](const db::Row& row) { return row.integer(0); }).value_or(0);
}

std::string MerkleLog::root(db::Reader& tx, std::int64_t size) {
    return size == 0 ? sha256("") : rangeHash(tx, 0, size);
}

Result<std::vector<std::string>> MerkleLog::inclusionProof(db::Reader& tx, std::int64_t position,
                                                           std::int64_t size) {
    if (position < 0 || position >= size || size > MerkleLog::size(tx)) return notFound("audit.no_such_leaf");
    std::vector<std::string> path;
    std::int64_t from = 0;
    std::int64_t count = size;
    while (count > 1) {
        const auto left = static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(count - 1)));
        if (position < from + left) {
            path.insert(path.begin(), rangeHash(tx, from + left, count - left));
            count = left;
        } else {
            path.insert(path.begin(), rangeHash(tx, from, left));
            from += left;
            count -= left;
        }
    }
    return path;
}

bool MerkleLog::verifyInclusion(std::string_view recordHash, std::int64_t position, std::int64_t size,
                                const std::vector<std::string>& proof, std::string_view root) {
    if (position < 0 || position >= size) return false;
    std::int64_t number = position;
    std::int64_t last = size - 1;
    std::string hash = leafHash(recordHash);
    for (const std::string& sibling : proof) {
        if (last == 0) return false;
        if (number % 2 == 1 || number == last) {
            hash = nodeHash(sibling, hash);
            while (number % 2 == 0 && number != 0)
                number /= 2, last /= 2;
        } else {
            hash = nodeHash(hash, sibling);
        }
        number /= 2;
        last /= 2;
    }
    return last == 0 && hash == root;
}

} // namespace motcua::audit
