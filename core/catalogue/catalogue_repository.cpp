#include "catalogue/catalogue_repository.h"

#include "base/json.h"
#include "base/text.h"

namespace motcua::catalogue {

namespace {

constexpr db::Query kOn{
    "catalogue.version_on",
    "SELECT code, version, origin, digest, body, effective_from, effective_to, created_at, created_by "
    "FROM catalogue_procedure WHERE code = ? AND effective_from <= ? AND effective_to > ?"};
constexpr db::Query kVersion{
    "catalogue.version",
    "SELECT code, version, origin, digest, body, effective_from, effective_to, created_at, "
    "created_by FROM catalogue_procedure WHERE code = ? AND version = ?"};
constexpr db::Query kNewest{
    "catalogue.newest",
    "SELECT code, version, origin, digest, body, effective_from, effective_to, created_at, "
    "created_by FROM catalogue_procedure WHERE code = ? ORDER BY version DESC LIMIT 1"};
constexpr db::Query kOver{"catalogue.versions_over",
                          "SELECT version FROM catalogue_procedure WHERE code = ? AND effective_to <= ?"};
// What lists read, and the filter that narrows them; the day stands for the first two parameters.
#define MOTCUA_SUMMARY                                                                                       \
    "SELECT p.code, p.version, p.name_vi, p.name_en, p.field, p.online_level, p.ready, p.origin, "           \
    "p.sort_key FROM catalogue_procedure p WHERE p.effective_from <= ? AND p.effective_to > ? "              \
    "AND (? = '' OR p.field = ?) AND (? = 0 OR p.online_level >= ?) AND (? = 0 OR p.ready = 1) "             \
    "AND (? = '' OR EXISTS (SELECT 1 FROM catalogue_level l WHERE l.code = p.code "                          \
    "AND l.version = p.version AND l.level = ?)) "
constexpr db::Query kList{"catalogue.list", MOTCUA_SUMMARY "AND (p.sort_key, p.code) > (?, ?) "
                                                           "ORDER BY p.sort_key, p.code LIMIT ?"};
constexpr db::Query kSummaries{"catalogue.summaries",
                               MOTCUA_SUMMARY "AND p.code IN (SELECT value FROM json_each(?))",
                               MOTCUA_SUMMARY "AND p.code IN (SELECT json_array_elements_text(?::json))"};
#undef MOTCUA_SUMMARY
constexpr db::Query kCodes{"catalogue.codes", "SELECT code FROM catalogue_procedure WHERE origin = ? AND "
                                              "effective_from <= ? AND effective_to > ? ORDER BY code"};
constexpr db::Query kCount{"catalogue.count",
                           "SELECT COUNT(*), COALESCE(SUM(ready), 0) FROM catalogue_procedure "
                           "WHERE effective_from <= ? AND effective_to > ?"};
constexpr db::Query kEnd{
    "catalogue.end_versions",
    "UPDATE catalogue_procedure SET effective_to = CASE WHEN effective_from < ? THEN ? ELSE "
    "effective_from END WHERE code = ? AND effective_to > ?"};
constexpr db::Query kAdd{"catalogue.add_version",
                         "INSERT INTO catalogue_procedure (code, version, origin, digest, body, name_vi, "
                         "name_en, sort_key, field, "
                         "online_level, ready, effective_from, effective_to, created_at, created_by) "
                         "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
constexpr db::Query kAddLevel{"catalogue.add_level",
                              "INSERT INTO catalogue_level (code, version, level) VALUES (?, ?, ?) "
                              "ON CONFLICT (code, version, level) DO NOTHING"};
constexpr db::Query kFields{
    "catalogue.fields", "SELECT id, name_vi, name_en, ministry FROM catalogue_field ORDER BY sort_key, id"};
constexpr db::Query kPutField{
    "catalogue.put_field",
    "INSERT INTO catalogue_field (id, name_vi, name_en, ministry, sort_key) VALUES (?, ?, ?, ?, ?) ON "
    "CONFLICT (id) DO "
    "UPDATE SET name_vi = excluded.name_vi, name_en = excluded.name_en, ministry = excluded.ministry, "
    "sort_key = excluded.sort_key"};
constexpr db::Query kAddField{"catalogue.add_field",
                              "INSERT INTO catalogue_field (id, name_vi, name_en, ministry, sort_key) "
                              "VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"};
constexpr db::Query kFeeOn{"catalogue.council_fee_on",
                           "SELECT amount FROM catalogue_council_fee WHERE code = ? AND fee_id = ? AND "
                           "effective_from <= ? ORDER BY effective_from DESC LIMIT 1"};
constexpr db::Query kFees{"catalogue.council_fees",
                          "SELECT code, fee_id, effective_from, amount FROM catalogue_council_fee "
                          "ORDER BY code, fee_id, effective_from"};
constexpr db::Query kPutFee{
    "catalogue.put_council_fee",
    "INSERT INTO catalogue_council_fee (code, fee_id, effective_from, amount, created_at, "
    "created_by) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (code, fee_id, effective_from) DO UPDATE "
    "SET amount = excluded.amount, created_at = excluded.created_at, "
    "created_by = excluded.created_by"};

std::optional<std::string_view> orNull(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional<std::string_view>{text};
}

CivilDay dayOf(std::string_view text) {
    return CivilDay::parse(text).value_or(CivilDay{});
}

VersionRow versionRow(const db::Row& row) {
    return {row.string(0),      row.integer(1),     row.string(2),  row.string(3), row.string(4),
            dayOf(row.text(5)), dayOf(row.text(6)), row.instant(7), row.string(8)};
}

Summary summaryRow(const db::Row& row) {
    return {row.string(0), row.integer(1),          {row.string(2), row.optionalString(3).value_or("")},
            row.string(4), row.optionalInteger(5),  row.boolean(6),
            row.string(7), std::string{row.blob(8)}};
}

} // namespace

std::optional<VersionRow> versionOn(db::Reader& reader, std::string_view code, const CivilDay& day) {
    return reader.one(kOn, versionRow, code, day.iso(), day.iso());
}

std::optional<VersionRow> findVersion(db::Reader& reader, std::string_view code, std::int64_t version) {
    return reader.one(kVersion, versionRow, code, version);
}

std::optional<VersionRow> newestVersion(db::Reader& reader, std::string_view code) {
    return reader.one(kNewest, versionRow, code);
}

std::vector<std::int64_t> versionsOver(db::Reader& reader, std::string_view code, const CivilDay& day) {
    return reader.all(
        kOver, [](const db::Row& row) { return row.integer(0); }, code, day.iso());
}

std::vector<Summary> listOn(db::Reader& reader, const CivilDay& day, const Filter& filter,
                            std::string_view afterKey, std::string_view afterCode, std::int64_t limit) {
    const std::string level = filter.level ? name(*filter.level) : "";
    const std::int64_t online = filter.onlineLevel.value_or(0);
    return reader.all(kList, summaryRow, day.iso(), day.iso(), filter.field, filter.field, online, online,
                      filter.readyOnly, level, level, db::Blob{afterKey}, afterCode, limit);
}

std::vector<Summary> summariesOn(db::Reader& reader, const CivilDay& day, const Filter& filter,
                                 const std::vector<std::string>& codes) {
    Json list = Json::array();
    for (const auto& code : codes)
        list.add(code);
    const std::string level = filter.level ? name(*filter.level) : "";
    const std::int64_t online = filter.onlineLevel.value_or(0);
    return reader.all(kSummaries, summaryRow, day.iso(), day.iso(), filter.field, filter.field, online,
                      online, filter.readyOnly, level, level, list.dump());
}

std::vector<std::string> codesOf(db::Reader& reader, std::string_view origin, const CivilDay& day) {
    return reader.all(
        kCodes, [](const db::Row& row) { return row.string(0); }, origin, day.iso(), day.iso());
}

Counts countOn(db::Reader& reader, const CivilDay& day) {
    return reader
        .one(
            kCount,
            [](const db::Row& row) {
                return Counts{row.integer(0), row.integer(1)};
            },
            day.iso(), day.iso())
        .value_or(Counts{});
}

void addVersion(db::Writer& writer, const VersionRow& row, const Procedure& procedure) {
    const std::string from = row.from.iso();
    writer.run(kEnd, from, from, row.code, from);
    writer.run(kAdd, row.code, row.version, row.origin, row.digest, row.body, procedure.name.vi,
               orNull(procedure.name.en), db::Blob{text::sortKey(procedure.name.vi)}, procedure.field,
               procedure.onlineLevel, procedure.ready, from, row.to.iso(), row.createdAt, row.createdBy);
    for (const auto level : procedure.levels)
        writer.run(kAddLevel, row.code, row.version, name(level));
}

std::vector<Field> readFields(db::Reader& reader) {
    return reader.all(kFields, [](const db::Row& row) {
        return Field{row.string(0),
                     {row.string(1), row.optionalString(2).value_or("")},
                     row.optionalString(3).value_or("")};
    });
}

void putField(db::Writer& writer, const Field& field) {
    writer.run(kPutField, field.id, field.name.vi, orNull(field.name.en), orNull(field.ministry),
               db::Blob{text::sortKey(field.name.vi)});
}

void addField(db::Writer& writer, const Field& field) {
    writer.run(kAddField, field.id, field.name.vi, orNull(field.name.en), orNull(field.ministry),
               db::Blob{text::sortKey(field.name.vi)});
}

std::optional<Money> councilFeeOn(db::Reader& reader, std::string_view code, std::string_view feeId,
                                  const CivilDay& day) {
    return reader.one(
        kFeeOn, [](const db::Row& row) { return row.money(0); }, code, feeId, day.iso());
}

std::vector<CouncilFee> readCouncilFees(db::Reader& reader) {
    return reader.all(kFees, [](const db::Row& row) {
        return CouncilFee{row.string(0), row.string(1), CivilDay::parse(row.text(2)).value_or(CivilDay{}),
                          row.money(3)};
    });
}

void putCouncilFee(db::Writer& writer, std::string_view code, std::string_view feeId, const CivilDay& from,
                   Money amount, Instant at, std::string_view by) {
    writer.run(kPutFee, code, feeId, from.iso(), amount, at, by);
}

} // namespace motcua::catalogue
