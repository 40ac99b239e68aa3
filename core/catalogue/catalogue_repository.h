// Procedures, fields and council fees in the database. SQL only.
#pragma once

#include "catalogue/catalogue.h"
#include "db/database.h"

#include <string>
#include <string_view>
#include <vector>

namespace motcua::catalogue {

// A version as it is stored.
struct VersionRow {
    std::string code{};
    std::int64_t version = 0;
    std::string origin{}; // "city" or "national"
    std::string digest{};
    std::string body{};
    CivilDay from{};
    CivilDay to{}; // first day no longer in force
    Instant createdAt{};
    std::string createdBy{};
};

// What lists show of a procedure.
struct Summary {
    std::string code{};
    std::int64_t version = 0;
    Wording name{};
    std::string field{};
    std::optional<std::int64_t> onlineLevel{};
    bool ready = false;
    std::string origin{};
    std::string sortKey{};
};

struct Filter {
    std::string field{};                       // id; empty: any
    std::optional<Level> level{};              // received at this level
    std::optional<std::int64_t> onlineLevel{}; // at least this one
    bool readyOnly = false;                    // can be filed here, online
};

std::optional<VersionRow> versionOn(db::Reader& reader, std::string_view code, const CivilDay& day);
std::optional<VersionRow> findVersion(db::Reader& reader, std::string_view code, std::int64_t version);
std::optional<VersionRow> newestVersion(db::Reader& reader, std::string_view code);
std::vector<std::int64_t> versionsOver(db::Reader& reader, std::string_view code, const CivilDay& day);

// In force on the day, after (sortKey, code), at most `limit`, in a dictionary's order.
std::vector<Summary> listOn(db::Reader& reader, const CivilDay& day, const Filter& filter,
                            std::string_view afterKey, std::string_view afterCode, std::int64_t limit);
// Those of the codes that are in force on the day and pass the filter, in no order.
std::vector<Summary> summariesOn(db::Reader& reader, const CivilDay& day, const Filter& filter,
                                 const std::vector<std::string>& codes);
std::vector<std::string> codesOf(db::Reader& reader, std::string_view origin, const CivilDay& day);

// Ends every version that would be in force on or after `row.from`, then stores the new one.
void addVersion(db::Writer& writer, const VersionRow& row, const Procedure& procedure);

struct Counts {
    std::int64_t procedures = 0; // in force on the day
    std::int64_t ready = 0;      // of them: can be filed here
};
Counts countOn(db::Reader& reader, const CivilDay& day);

std::vector<Field> readFields(db::Reader& reader); // in a dictionary's order
void putField(db::Writer& writer, const Field& field);
// Where no field has its id yet.
void addField(db::Writer& writer, const Field& field);

std::optional<Money> councilFeeOn(db::Reader& reader, std::string_view code, std::string_view feeId,
                                  const CivilDay& day);
struct CouncilFee {
    std::string code{}; // of the procedure
    std::string fee{};
    CivilDay from{};
    Money amount{};
    bool operator==(const CouncilFee&) const = default;
};
std::vector<CouncilFee> readCouncilFees(db::Reader& reader); // by procedure, fee and day
void putCouncilFee(db::Writer& writer, std::string_view code, std::string_view feeId, const CivilDay& from,
                   Money amount, Instant at, std::string_view by);

// The room's migrations.
const db::Schema& schema();

} // namespace motcua::catalogue
