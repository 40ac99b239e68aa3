// The global log: every audit record becomes a leaf of one Merkle tree (RFC 6962), whose head is signed. A
// job appends what has been committed; no transaction waits for it.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "db/database.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace motcua::audit {

struct LogHead {
    std::int64_t size = 0;
    std::string root; // 32 bytes
    Instant signedAt;
    std::string signature; // over signedText()

    std::string signedText() const; // "motcua audit log\n<size>\n<root in hex>\n<ms>\n"
};

class MerkleLog {
public:
    using Sign = std::function<std::string(std::string_view text)>;

    MerkleLog(const Clock& clock, Sign sign) : clock_(clock), sign_(std::move(sign)) {}

    // Appends at most `limit` waiting records in the order of their ids; answers how many. One caller at a
    // time (a leased job); a second one waits for the first's transaction and finds its records taken.
    std::int64_t append(db::Writer& tx, int limit = 1000) const;

    // Signs the log as it stands unless its newest head says the same already.
    LogHead signHead(db::Writer& tx) const;

    static std::int64_t size(db::Reader& tx);
    // The newest signed head; nothing before the first minute of a new city.
    static std::optional<LogHead> newestHead(db::Reader& tx);
    static std::string root(db::Reader& tx, std::int64_t size);
    // Errors: NotFound audit.no_such_leaf.
    static Result<std::vector<std::string>> inclusionProof(db::Reader& tx, std::int64_t position,
                                                           std::int64_t size);

    // Whether `proof` leads from the record's hash at `position` to `root`; needs no database (RFC
    // 9162, 2.1.3.2).
    static bool verifyInclusion(std::string_view recordHash, std::int64_t position, std::int64_t size,
                                const std::vector<std::string>& proof, std::string_view root);

private:
    const Clock& clock_;
    Sign sign_;
};

} // namespace motcua::audit
