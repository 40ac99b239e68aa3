// Versions of form packages in the database. SQL only.
#pragma once

#include "base/civil_day.h"
#include "db/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::forms {

struct VersionRow {
    std::string procedure;
    std::int64_t version = 0;
    std::string digest{};
    std::string form{};
    std::string result{};
    std::string notices{};
    CivilDay from{};
    CivilDay to{}; // first day no longer in force
    Instant createdAt{};
    std::string createdBy{};
};

// Which version it is and until when: enough where the package is at hand.
struct VersionKey {
    std::int64_t version = 0;
    CivilDay to{};
};
std::optional<VersionKey> keyOn(db::Reader& reader, std::string_view procedure, const CivilDay& day);
std::optional<VersionKey> keyOf(db::Reader& reader, std::string_view procedure, std::int64_t version);
std::optional<VersionRow> findOn(db::Reader& reader, std::string_view procedure, const CivilDay& day);
std::optional<VersionRow> findVersion(db::Reader& reader, std::string_view procedure, std::int64_t version);
std::optional<VersionRow> findNewest(db::Reader& reader, std::string_view procedure);
std::vector<std::string> proceduresOn(db::Reader& reader, const CivilDay& day); // that have a form

// Adds the version; those before it end on its first day.
void addVersion(db::Writer& writer, const VersionRow& row);

// The room's migrations.
const db::Schema& schema();

} // namespace motcua::forms
