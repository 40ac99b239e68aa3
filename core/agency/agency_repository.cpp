#include "agency/agency_repository.h"

#include <map>
#include <set>

namespace motcua::agency {

namespace {

constexpr db::Query kVersion{"agency.state_version", "SELECT version FROM agency_state WHERE id = 1"};
constexpr db::Query kRaise{"agency.raise_state_version",
                           "UPDATE agency_state SET version = version + 1 WHERE id = 1"};
constexpr db::Query kAll{"agency.all",
                         "SELECT id, kind, name_vi, name_en, short_name, identifier, old_identifier, "
                         "derived, valid_from, valid_to, successor_id, address, phone FROM agency "
                         "ORDER BY id"};
constexpr db::Query kAliases{"agency.aliases", "SELECT agency_id, alias FROM agency_alias"};
constexpr db::Query kPlaces{"agency.places", "SELECT agency_id, valid_from, parent_id FROM agency_place "
                                             "ORDER BY agency_id, valid_from"};
constexpr db::Query kPut{
    "agency.put",
    "INSERT INTO agency (id, kind, name_vi, name_en, short_name, identifier, old_identifier, derived, "
    "valid_from, "
    "valid_to, address, phone) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
    "kind = excluded.kind, address = excluded.address, phone = excluded.phone, "
    "name_vi = excluded.name_vi, name_en = excluded.name_en, short_name = excluded.short_name, "
    "identifier = excluded.identifier, old_identifier = excluded.old_identifier, derived = excluded.derived, "
    "valid_from = excluded.valid_from, valid_to = excluded.valid_to"};
constexpr db::Query kSuccessor{"agency.put_successor", "UPDATE agency SET successor_id = ? WHERE id = ?"};
constexpr db::Query kFreeNames{"agency.free_names", "DELETE FROM agency_alias WHERE agency_id = ?"};
constexpr db::Query kPutName{"agency.put_name", "INSERT INTO agency_alias (alias, agency_id) VALUES (?, ?)"};
constexpr db::Query kPutPlace{
    "agency.put_place", "INSERT INTO agency_place (agency_id, valid_from, parent_id) VALUES (?, ?, ?) "
                        "ON CONFLICT (agency_id, valid_from) DO UPDATE SET parent_id = excluded.parent_id"};

std::optional<std::string_view> orNull(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional<std::string_view>{text};
}

Agency readAgency(const db::Row& row) {
    Agency agency;
    agency.id = row.string(0);
    agency.kind = kindOf(row.text(1)).value_or(Kind::Unit);
    agency.name = row.string(2);
    agency.nameEn = row.optionalString(3).value_or("");
    agency.shortName = row.optionalString(4).value_or("");
    agency.identifier = row.optionalString(5).value_or("");
    agency.oldIdentifier = row.optionalString(6).value_or("");
    agency.derived = row.boolean(7);
    agency.from = CivilDay::parse(row.text(8)).value_or(always);
    agency.to = CivilDay::parse(row.text(9)).value_or(unending);
    agency.successor = row.optionalString(10).value_or("");
    agency.address = row.optionalString(11).value_or("");
    agency.phone = row.optionalString(12).value_or("");
    return agency;
}

} // namespace

std::int64_t stateVersion(db::Reader& reader) {
    return reader.one(kVersion, [](const db::Row& row) { return row.integer(0); }).value_or(0);
}

std::vector<Agency> readAgencies(db::Reader& reader) {
    std::map<std::string, std::set<std::string>> names;
    for (const auto& [id, alias] : reader.all(kAliases, [](const db::Row& row) {
             return std::pair{row.string(0), row.string(1)};
         }))
        names[id].insert(alias);
    auto agencies = reader.all(kAll, readAgency);
    for (auto& agency : agencies) {
        auto& own = names[agency.id];
        own.erase(agency.identifier);
        own.erase(agency.oldIdentifier);
        agency.aliases.assign(own.begin(), own.end());
    }
    return agencies;
}

std::vector<Place> readPlaces(db::Reader& reader) {
    return reader.all(kPlaces, [](const db::Row& row) {
        return Place{row.string(0), CivilDay::parse(row.text(1)).value_or(always), row.string(2)};
    });
}

void putAgency(db::Writer& writer, const Agency& agency) {
    writer.run(kPut, agency.id, name(agency.kind), agency.name, orNull(agency.nameEn),
               orNull(agency.shortName), orNull(agency.identifier), orNull(agency.oldIdentifier),
               agency.derived, agency.from.iso(), agency.to.iso(), orNull(agency.address),
               orNull(agency.phone));
}

void freeNames(db::Writer& writer, const Agency& agency) {
    writer.run(kFreeNames, agency.id);
}

void putNames(db::Writer& writer, const Agency& agency) {
    std::set<std::string> names{agency.aliases.begin(), agency.aliases.end()};
    for (const auto& text : {agency.identifier, agency.oldIdentifier})
        if (!text.empty()) names.insert(text);
    for (const auto& text : names)
        writer.run(kPutName, text, agency.id);
}

void putSuccessor(db::Writer& writer, const Agency& agency) {
    writer.run(kSuccessor, orNull(agency.successor), agency.id);
}

void putPlace(db::Writer& writer, const Place& place) {
    writer.run(kPutPlace, place.agency, place.from.iso(), place.parent);
}

void raiseStateVersion(db::Writer& writer) {
    writer.run(kRaise);
}

} // namespace motcua::agency
