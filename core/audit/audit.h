// Who did what to which subject: one chained record in the transaction of each change (G24, S9, N6).
#pragma once

#include "base/clock.h"
#include "base/context.h"
#include "base/json.h"
#include "db/database.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::audit {

const db::Schema& schema();

struct Record {
    std::string id;
    std::string subject;
    std::int64_t number = 0; // 1, 2, … inside the subject, without gaps
    Instant at;
    std::string actor;
    std::string action; // "dossier.accepted"
    Json details;
    std::string trace;
    std::string hash; // SHA-256 over the previous record's hash and this record's fields
};

class Audit {
public:
    explicit Audit(const Clock& clock) : clock_(clock) {}

    // Appends to the subject's chain inside the caller's transaction. `details` may hold ids, codes, states
    // and digests, never a person's words.
    void record(db::Writer& tx, const Context& context, std::string_view subject, std::string_view action,
                const Json& details = Json::object()) const;

    // The subject's records, oldest first; pages by number.
    static std::vector<Record> records(db::Reader& tx, std::string_view subject, std::int64_t afterNumber = 0,
                                       int limit = 200);

    // Recomputes the subject's chain: nothing where it is whole, else what is wrong and at which number.
    static std::optional<std::string> verify(db::Reader& tx, std::string_view subject);

    // The first broken chain of all; `visited` is told how many records were checked.
    static std::optional<std::string> verifyAll(db::Reader& tx, std::int64_t& visited);

private:
    const Clock& clock_;
};

} // namespace motcua::audit
