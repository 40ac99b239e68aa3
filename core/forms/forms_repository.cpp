#include "forms/forms_repository.h"

namespace motcua::forms {

namespace {

constexpr db::Query kOn{
    "forms.version_on",
    "SELECT procedure_code, version, digest, form, result, notices, effective_from, effective_to, "
    "created_at, created_by "
    "FROM form_definition WHERE procedure_code = ? AND effective_from <= ? AND effective_to > ?"};
constexpr db::Query kKeyOn{"forms.key_on",
                           "SELECT version, effective_to FROM form_definition "
                           "WHERE procedure_code = ? AND effective_from <= ? AND effective_to > ?"};
constexpr db::Query kKeyOf{
    "forms.key_of",
    "SELECT version, effective_to FROM form_definition WHERE procedure_code = ? AND version = ?"};
constexpr db::Query kVersion{"forms.version",
                             "SELECT procedure_code, version, digest, form, result, notices, effective_from, "
                             "effective_to, created_at, created_by "
                             "FROM form_definition WHERE procedure_code = ? AND version = ?"};
constexpr db::Query kNewest{"forms.newest",
                            "SELECT procedure_code, version, digest, form, result, notices, effective_from, "
                            "effective_to, created_at, created_by "
                            "FROM form_definition WHERE procedure_code = ? ORDER BY version DESC LIMIT 1"};
constexpr db::Query kProcedures{"forms.procedures_on",
                                "SELECT procedure_code FROM form_definition WHERE effective_from <= ? AND "
                                "effective_to > ? ORDER BY procedure_code"};
constexpr db::Query kEnd{"forms.end_versions",
                         "UPDATE form_definition SET effective_to = CASE WHEN effective_from < ? THEN ? ELSE "
                         "effective_from END WHERE procedure_code = ? AND effective_to > ?"};
constexpr db::Query kAdd{
    "forms.add_version",
    "INSERT INTO form_definition (procedure_code, version, digest, form, result, notices, "
    "effective_from, effective_to, created_at, created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};

CivilDay dayOf(std::string_view text) {
    return CivilDay::parse(text).value_or(CivilDay{});
}

VersionRow rowOf(const db::Row& row) {
    return {row.string(0), row.integer(1),     row.string(2),      row.string(3),  row.string(4),
            row.string(5), dayOf(row.text(6)), dayOf(row.text(7)), row.instant(8), row.string(9)};
}

VersionKey versionKey(const db::Row& row) {
    return {row.integer(0), dayOf(row.text(1))};
}

} // namespace

std::optional<VersionKey> keyOn(db::Reader& reader, std::string_view procedure, const CivilDay& day) {
    return reader.one(kKeyOn, versionKey, procedure, day.iso(), day.iso());
}

std::optional<VersionKey> keyOf(db::Reader& reader, std::string_view procedure, std::int64_t version) {
    return reader.one(kKeyOf, versionKey, procedure, version);
}

std::optional<VersionRow> findOn(db::Reader& reader, std::string_view procedure, const CivilDay& day) {
    return reader.one(kOn, rowOf, procedure, day.iso(), day.iso());
}

std::optional<VersionRow> findVersion(db::Reader& reader, std::string_view procedure, std::int64_t version) {
    return reader.one(kVersion, rowOf, procedure, version);
}

std::optional<VersionRow> findNewest(db::Reader& reader, std::string_view procedure) {
    return reader.one(kNewest, rowOf, procedure);
}

std::vector<std::string> proceduresOn(db::Reader& reader, const CivilDay& day) {
    return reader.all(
        kProcedures, [](const db::Row& row) { return row.string(0); }, day.iso(), day.iso());
}

void addVersion(db::Writer& writer, const VersionRow& row) {
    writer.run(kEnd, row.from.iso(), row.from.iso(), row.procedure, row.from.iso());
    writer.run(kAdd, row.procedure, row.version, row.digest, row.form, row.result, row.notices,
               row.from.iso(), row.to.iso(), row.createdAt, row.createdBy);
}

} // namespace motcua::forms
