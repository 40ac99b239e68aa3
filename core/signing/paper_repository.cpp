#include "signing/paper_repository.h"

#include "base/log.h"

namespace motcua::signing {

namespace {

constexpr db::Query kNextNumber{
    "paper.next_number",
    "INSERT INTO paper_counter (agency, year, register, last) VALUES (?, ?, ?, 1) "
    "ON CONFLICT (agency, year, register) DO UPDATE SET last = paper_counter.last + 1 RETURNING last"};
constexpr db::Query kInsert{
    "paper.insert",
    "INSERT INTO paper (id, dossier, kind, agency, year, number, check_code, asked_ms, asked_by, facts, "
    "must_sign, look_ms, batch, problem, signed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 0)"};
constexpr db::Query kFind{
    "paper.find", "SELECT id, dossier, kind, agency, year, number, check_code, asked_ms, asked_by, "
                  "facts, must_sign, problem, file, signed, made_ms, level, batch FROM paper WHERE id = ?"};
constexpr db::Query kFindByCode{
    "paper.find_by_code",
    "SELECT id, dossier, kind, agency, year, number, check_code, asked_ms, asked_by, facts, "
    "must_sign, problem, file, signed, made_ms, level, batch FROM paper WHERE check_code = ?"};
constexpr db::Query kOfDossier{
    "paper.of_dossier",
    "SELECT id, dossier, kind, agency, year, number, check_code, asked_ms, asked_by, facts, "
    "must_sign, problem, file, signed, made_ms, level, batch FROM paper WHERE dossier = ? ORDER BY id"};
constexpr db::Query kOfBatch{
    "paper.of_batch",
    "SELECT id, dossier, kind, agency, year, number, check_code, asked_ms, asked_by, facts, "
    "must_sign, problem, file, signed, made_ms, level, batch FROM paper "
    "WHERE batch = ? AND batch <> '' ORDER BY id"};
constexpr db::Query kBeginBatch{"paper.begin_batch",
                                "INSERT INTO paper_batch (id, official, begun_ms) VALUES (?, ?, ?) "
                                "ON CONFLICT (id) DO NOTHING"};
constexpr db::Query kAddToBatch{
    "paper.add_to_batch",
    "INSERT INTO paper_batch_item (batch, dossier, place, shown, official, open_until_ms, error) "
    "VALUES (?, ?, ?, ?, ?, ?, '') ON CONFLICT (batch, dossier) DO NOTHING"};
constexpr db::Query kBatchOfAct{"paper.batch_of_act",
                                "SELECT batch FROM paper_batch_item WHERE dossier = ? AND official = ? AND "
                                "open_until_ms > ? ORDER BY open_until_ms DESC LIMIT 1"};
constexpr db::Query kCloseItem{
    "paper.close_item",
    "UPDATE paper_batch_item SET open_until_ms = 0, error = ? WHERE batch = ? AND dossier = ?"};
constexpr db::Query kItems{"paper.batch_items",
                           "SELECT i.dossier, i.shown, i.error, i.open_until_ms FROM paper_batch_item i "
                           "JOIN paper_batch b ON b.id = i.batch WHERE i.batch = ? AND b.official = ? "
                           "ORDER BY i.place"};
constexpr db::Query kForgetItems{
    "paper.forget_batch_items",
    "DELETE FROM paper_batch_item WHERE batch IN (SELECT id FROM paper_batch WHERE begun_ms < ?)"};
constexpr db::Query kForgetBatches{"paper.forget_batches", "DELETE FROM paper_batch WHERE begun_ms < ?"};
constexpr db::Query kUnmade{
    "paper.unmade",
    "SELECT id, dossier, kind, agency, year, number, check_code, asked_ms, asked_by, facts, must_sign, "
    "problem, file, signed, made_ms, level, batch FROM paper WHERE made_ms IS NULL AND look_ms <= ? "
    "ORDER BY look_ms LIMIT ?"};
constexpr db::Query kMarkMade{
    "paper.mark_made",
    "UPDATE paper SET file = ?, signed = ?, level = ?, made_ms = ?, look_ms = NULL, problem = '' "
    "WHERE id = ? AND made_ms IS NULL"};
constexpr db::Query kPostpone{"paper.postpone",
                              "UPDATE paper SET problem = ?, look_ms = ? WHERE id = ? AND made_ms IS NULL"};

constexpr db::Query kSetExtension{"paper.set_extension", "UPDATE paper SET extend_ms = ? WHERE id = ?"};
constexpr db::Query kToExtend{
    "paper.to_extend",
    "SELECT id, dossier, kind, agency, year, number, check_code, asked_ms, asked_by, facts, must_sign, "
    "problem, file, signed, made_ms, level, batch FROM paper WHERE extend_ms <= ? ORDER BY extend_ms LIMIT "
    "?"};
constexpr db::Query kMarkExtended{"paper.mark_extended",
                                  "UPDATE paper SET file = ?, level = ? WHERE id = ? AND file = ?"};

// With the facts still sealed, as their text.
Paper toPaper(const db::Row& row) {
    Paper paper;
    paper.id = row.string(0);
    paper.dossier = row.string(1);
    paper.kind = row.string(2);
    paper.agency = row.string(3);
    paper.year = static_cast<int>(row.integer(4));
    paper.number = row.integer(5);
    paper.checkCode = row.string(6);
    paper.askedAt = row.instant(7);
    paper.askedBy = row.string(8);
    paper.facts = std::string{row.blob(9)};
    paper.mustSign = row.boolean(10);
    paper.problem = row.string(11);
    paper.file = row.optionalString(12).value_or("");
    paper.isSigned = row.boolean(13);
    paper.madeAt = row.optionalInstant(14);
    for (const Level level : {Level::Timed, Level::Lasting})
        if (row.string(15) == toWord(level)) paper.level = level;
    paper.batch = row.string(16);
    return paper;
}

} // namespace

std::int64_t PaperRepository::nextNumber(db::Writer& tx, std::string_view agency, int year,
                                         std::string_view reg) const {
    return *tx.one(
        kNextNumber, [](const db::Row& row) { return row.integer(0); }, agency, year, reg);
}

void PaperRepository::insert(db::Writer& tx, const Paper& paper, Instant lookAt) {
    const std::string facts =
        vault_.seal(tx, paper.dossier, {"paper", "facts", paper.id}, paper.facts.dump());
    tx.run(kInsert, paper.id, paper.dossier, paper.kind, paper.agency, paper.year, paper.number,
           paper.checkCode, paper.askedAt, paper.askedBy, db::Blob{facts}, paper.mustSign, lookAt,
           paper.batch);
}

Result<Paper> PaperRepository::opened(db::Reader& tx, Paper paper) {
    MOTCUA_TRY(text, vault_.open(tx, {"paper", "facts", paper.id}, paper.facts.string()));
    MOTCUA_TRY(facts, Json::parse(text));
    paper.facts = std::move(facts);
    return paper;
}

std::vector<Paper> PaperRepository::openedAll(db::Reader& tx, std::vector<Paper> rows) {
    std::vector<Paper> papers;
    for (Paper& row : rows) {
        const std::string id = row.id;
        auto paper = opened(tx, std::move(row));
        if (paper) {
            papers.push_back(std::move(*paper));
        } else {
            log::warning("paper.not_opened", {{"paper", id}, {"error", paper.error().code}});
        }
    }
    return papers;
}

Result<Paper> PaperRepository::find(db::Reader& tx, std::string_view id) {
    auto row = tx.one(kFind, toPaper, id);
    return row ? opened(tx, std::move(*row)) : Result<Paper>{notFound("paper.none")};
}

Result<Paper> PaperRepository::findByCode(db::Reader& tx, std::string_view code) {
    auto row = tx.one(kFindByCode, toPaper, code);
    return row ? opened(tx, std::move(*row)) : Result<Paper>{notFound("paper.none")};
}

std::vector<Paper> PaperRepository::ofDossier(db::Reader& tx, std::string_view dossier) {
    return openedAll(tx, tx.all(kOfDossier, toPaper, dossier));
}

std::vector<Paper> PaperRepository::unmade(db::Reader& tx, Instant now, int limit) {
    return openedAll(tx, tx.all(kUnmade, toPaper, now, limit));
}

std::vector<Paper> PaperRepository::ofBatch(db::Reader& tx, std::string_view batch) {
    return openedAll(tx, tx.all(kOfBatch, toPaper, batch));
}

bool PaperRepository::beginBatch(db::Writer& tx, std::string_view batch, std::string_view official,
                                 Instant now) const {
    return tx.run(kBeginBatch, batch, official, now) == 1;
}

void PaperRepository::addToBatch(db::Writer& tx, std::string_view batch, const BatchItem& item, int place,
                                 std::string_view official, Instant until) const {
    tx.run(kAddToBatch, batch, item.dossier, place, item.shown, official, until);
}

std::string PaperRepository::batchOfAct(db::Reader& tx, std::string_view dossier, std::string_view official,
                                        Instant now) const {
    return tx
        .one(
            kBatchOfAct, [](const db::Row& row) { return row.string(0); }, dossier, official, now)
        .value_or("");
}

void PaperRepository::closeItem(db::Writer& tx, std::string_view batch, std::string_view dossier,
                                std::string_view error) const {
    tx.run(kCloseItem, error, batch, dossier);
}

std::vector<BatchItem> PaperRepository::batchItems(db::Reader& tx, std::string_view batch,
                                                   std::string_view official) const {
    return tx.all(
        kItems,
        [](const db::Row& row) {
            return BatchItem{row.string(0), row.string(1), row.string(2), row.integer(3) != 0};
        },
        batch, official);
}

void PaperRepository::forgetBatches(db::Writer& tx, Instant before) const {
    tx.run(kForgetItems, before);
    tx.run(kForgetBatches, before);
}

bool PaperRepository::markMade(db::Writer& tx, std::string_view id, std::string_view file,
                               std::optional<Level> level, Instant at) const {
    const std::string_view word = level ? toWord(*level) : std::string_view{};
    return tx.run(kMarkMade, file, level.has_value(), word, at, id) == 1;
}

void PaperRepository::setExtension(db::Writer& tx, std::string_view id, std::optional<Instant> at) const {
    tx.run(kSetExtension, at, id);
}

std::vector<Paper> PaperRepository::toExtend(db::Reader& tx, Instant now, int limit) {
    return openedAll(tx, tx.all(kToExtend, toPaper, now, limit));
}

bool PaperRepository::markExtended(db::Writer& tx, std::string_view id, std::string_view from,
                                   std::string_view to, Level level) const {
    return tx.run(kMarkExtended, to, toWord(level), id, from) == 1;
}

void PaperRepository::postpone(db::Writer& tx, std::string_view id, std::string_view problem,
                               Instant lookAt) const {
    tx.run(kPostpone, problem, lookAt, id);
}

} // namespace motcua::signing
