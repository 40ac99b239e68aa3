#include "dossier/dossier_repository.h"

#include "db/merge.h"
#include "forms/personal.h"

#include <algorithm>
#include <functional>
#include <span>

namespace motcua::dossier {

namespace {

constexpr db::Query kInsert{"dossier.insert",
                            "INSERT INTO dossier (id, owner, procedure_code, procedure_name, "
                            "procedure_version, form_version, agency, channel, case_id, "
                            "state, phase, version, open_answers, sealed_answers, applicant, quantity, "
                            "fee_dong, made_ms, changed_ms) "
                            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
constexpr db::Query kUpdate{"dossier.update",
                            "UPDATE dossier SET procedure_name = ?, procedure_version = ?, form_version = ?, "
                            "case_id = ?, open_answers = ?, sealed_answers = ?, applicant "
                            "= ?, quantity = ?, fee_dong = ?, changed_ms = ?, "
                            "version = version + 1 WHERE id = ? AND version = ?"};
constexpr db::Query kUpdateState{
    "dossier.update_state",
    "UPDATE dossier SET number = ?, code = ?, state = ?, phase = ?, fee_paid_ms = ?, changed_ms = ?, "
    "submitted_ms = ?, "
    "accepted_ms = ?, due_ms = ?, ended_ms = ?, version = version + 1 WHERE id = ? AND version = ?"};
constexpr db::Query kHandOver{"dossier.hand_over", "UPDATE dossier SET owner = ? WHERE id = ?"};
constexpr db::Query kFile{
    "dossier.file",
    "UPDATE dossier SET procedure_name = ?, procedure_version = ?, form_version = ?, case_id = ?, "
    "open_answers = ?, sealed_answers = ?, applicant = ?, quantity = ?, fee_dong = ?, number = ?, code = ?, "
    "state = ?, phase = ?, changed_ms = ?, submitted_ms = ?, accepted_ms = ?, due_ms = ?, ended_ms = ?, "
    "submit_key = ?, version = version + 1 WHERE id = ? AND version = ?"};
constexpr db::Query kLock{"dossier.lock", "SELECT version FROM dossier WHERE id = ?",
                          "SELECT version FROM dossier WHERE id = ? FOR UPDATE"};
constexpr db::Query kRemove{"dossier.remove", "DELETE FROM dossier WHERE id = ? AND state = 0"};
constexpr db::Query kFind{"dossier.find",
                          "SELECT id, number, code, owner, procedure_code, procedure_name, "
                          "procedure_version, form_version, agency, channel, case_id, "
                          "state, phase, version, open_answers, sealed_answers, applicant, quantity, "
                          "fee_dong, fee_paid_ms, made_ms, changed_ms, "
                          "submitted_ms, accepted_ms, due_ms, ended_ms FROM dossier WHERE id = ?"};
constexpr db::Query kPublicView{
    "dossier.public_view", "SELECT number, code, state, phase FROM dossier WHERE number = ? "
                           "UNION ALL SELECT number, code, state, phase FROM dossier WHERE code = ? LIMIT 1"};
constexpr db::Query kByKey{"dossier.by_submit_key", "SELECT id FROM dossier WHERE submit_key = ?"};
constexpr db::Query kByPrefix{"dossier.by_prefix",
                              "SELECT id FROM dossier WHERE number >= ? AND number < ? "
                              "UNION SELECT id FROM dossier WHERE code >= ? AND code < ? "
                              "ORDER BY id LIMIT ?"};
// CROSS JOIN: SQLite looks each up as the list has it, instead of sorting the list into a table first.
constexpr db::Query kListed{
    "dossier.listed",
    "SELECT d.id, d.number, d.code, d.owner, d.procedure_name, d.agency, d.state, d.changed_ms, "
    "d.submitted_ms, d.applicant FROM json_each(?) listed CROSS JOIN dossier d ON d.id = listed.value",
    "SELECT id, number, code, owner, procedure_name, agency, state, changed_ms, submitted_ms, applicant "
    "FROM dossier WHERE id = ANY (ARRAY(SELECT json_array_elements_text(CAST(? AS json))))"};
constexpr db::Query kOfOwner{
    "dossier.of_owner",
    "SELECT id, number, code, procedure_name, agency, state, changed_ms, due_ms FROM dossier "
    "WHERE owner = ? AND (changed_ms < ? OR (changed_ms = ? AND id < ?)) "
    "ORDER BY changed_ms DESC, id DESC LIMIT ?"};
constexpr db::Query kDraftsBefore{
    "dossier.drafts_before",
    "SELECT id FROM dossier WHERE state = 0 AND changed_ms < ? AND fee_paid_ms IS NULL "
    "ORDER BY changed_ms LIMIT ?"};
constexpr db::Query kIsDraftBefore{
    "dossier.is_draft_before",
    "SELECT 1 FROM dossier WHERE id = ? AND state = 0 AND changed_ms < ? AND fee_paid_ms IS NULL"};
constexpr db::Query kNextNumber{
    "dossier.next_number",
    "INSERT INTO dossier_counter (agency, day, last) VALUES (?, ?, 1) "
    "ON CONFLICT (agency, day) DO UPDATE SET last = dossier_counter.last + 1 RETURNING last"};
constexpr db::Query kAddEvent{
    "dossier.add_event",
    "INSERT INTO dossier_event (dossier, number, at_ms, kind, state, actor, agency, step, note) "
    "VALUES (?, (SELECT COALESCE(MAX(number), 0) + 1 FROM dossier_event WHERE dossier = ?), ?, ?, ?, ?, ?, "
    "?, ?)"};
constexpr db::Query kEvents{"dossier.events",
                            "SELECT number, at_ms, kind, state, actor, agency, step, note FROM dossier_event "
                            "WHERE dossier = ? ORDER BY number"};
constexpr db::Query kLastNote{
    "dossier.last_note",
    "SELECT note FROM dossier_event WHERE dossier = ? AND kind = ? ORDER BY number DESC LIMIT 1"};
constexpr db::Query kCountEvents{"dossier.count_events",
                                 "SELECT COUNT(*) FROM dossier_event WHERE dossier = ? AND kind = ?"};
constexpr db::Query kSetDocument{
    "dossier.set_document",
    "INSERT INTO dossier_document (dossier, kind, file, made_ms) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (dossier, kind) DO UPDATE SET file = excluded.file, made_ms = excluded.made_ms"};
constexpr db::Query kDocuments{
    "dossier.documents",
    "SELECT kind, file, made_ms FROM dossier_document WHERE dossier = ? ORDER BY made_ms, kind"};

std::optional<std::string> orNull(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional{text};
}

Dossier toDossier(const db::Row& row) {
    Dossier dossier;
    dossier.id = row.string(0);
    dossier.number = row.optionalString(1).value_or("");
    dossier.code = row.optionalString(2).value_or("");
    dossier.owner = row.string(3);
    dossier.procedureCode = row.string(4);
    dossier.procedureName = row.string(5);
    dossier.procedureVersion = row.integer(6);
    dossier.formVersion = row.integer(7);
    dossier.agency = row.string(8);
    dossier.channel = row.string(9);
    dossier.caseId = row.string(10);
    dossier.state = static_cast<State>(row.integer(11));
    dossier.phase = row.string(12);
    dossier.version = row.integer(13);
    dossier.quantity = row.integer(17);
    dossier.fee = row.money(18);
    dossier.feePaidAt = row.optionalInstant(19);
    dossier.madeAt = row.instant(20);
    dossier.changedAt = row.instant(21);
    dossier.submittedAt = row.optionalInstant(22);
    dossier.acceptedAt = row.optionalInstant(23);
    dossier.dueAt = row.optionalInstant(24);
    dossier.endedAt = row.optionalInstant(25);
    return dossier;
}

Summary toSummary(const db::Row& row) {
    return {row.string(0),
            row.optionalString(1).value_or(""),
            row.optionalString(2).value_or(""),
            row.string(3),
            row.string(4),
            static_cast<State>(row.integer(5)),
            row.instant(6),
            row.optionalInstant(7)};
}

constexpr const char* kOfProcedures = " AND CAST(? AS TEXT) LIKE '%,' || procedure_code || ',%'";

// ",1.001193,1.004873,": one parameter whatever their number.
std::string procedureList(const std::vector<std::string>& procedures) {
    std::string list = ",";
    for (const std::string& code : procedures)
        list += code + ",";
    return list;
}

// As many agencies at a time as one statement takes.
void eachArms(std::span<const std::string> agencies,
              const std::function<void(std::span<const std::string>)>& statement) {
    while (!agencies.empty()) {
        const std::size_t now = std::min(agencies.size(), db::kMostArms);
        statement(agencies.first(now));
        agencies = agencies.subspan(now);
    }
}

// A row of dossier_event has no id of its own; its note is sealed for the dossier at this place.
constexpr std::string_view kNotePlace = "note";

} // namespace

Result<std::string> DossierRepository::open(db::Reader& tx, std::string_view id, std::string_view column,
                                            const std::string& sealed) {
    return vault_.open(tx, {"dossier", column, id}, sealed);
}

std::string DossierRepository::seal(db::Writer& tx, const Dossier& dossier, const vault::Place& place,
                                    std::string_view plain) {
    return dossier.key.empty() ? vault_.seal(tx, dossier.id, place, plain)
                               : vault_.sealBy(tx, dossier.key, place, plain);
}

void DossierRepository::insert(db::Writer& tx, const Dossier& dossier, const Json& open, const Json& sealed) {
    const std::string answers = seal(tx, dossier, {"dossier", "sealed_answers", dossier.id}, sealed.dump());
    const std::string applicant = seal(tx, dossier, {"dossier", "applicant", dossier.id}, dossier.applicant);
    tx.run(kInsert, dossier.id, dossier.owner, dossier.procedureCode, dossier.procedureName,
           dossier.procedureVersion, dossier.formVersion, dossier.agency, dossier.channel, dossier.caseId,
           static_cast<int>(dossier.state), dossier.phase, dossier.version, open.dump(), db::Blob{answers},
           db::Blob{applicant}, dossier.quantity, dossier.fee, dossier.madeAt, dossier.changedAt);
}

DossierRepository::Answers DossierRepository::answers(db::Reader& tx, const Dossier& dossier,
                                                      const Json& open, const Json& sealed) {
    return {open.dump(),
            vault_.sealBy(tx, dossier.key, {"dossier", "sealed_answers", dossier.id}, sealed.dump()),
            vault_.sealBy(tx, dossier.key, {"dossier", "applicant", dossier.id}, dossier.applicant)};
}

bool DossierRepository::update(db::Writer& tx, const Dossier& dossier, const Json& open, const Json& sealed,
                               std::int64_t expected) {
    const Answers stored = answers(tx, dossier, open, sealed);
    return tx.run(kUpdate, dossier.procedureName, dossier.procedureVersion, dossier.formVersion,
                  dossier.caseId, stored.open, db::Blob{stored.sealed}, db::Blob{stored.applicant},
                  dossier.quantity, dossier.fee, dossier.changedAt, dossier.id, expected) == 1;
}

bool DossierRepository::file(db::Writer& tx, const Dossier& dossier, const Answers& answers,
                             std::string_view submitKey, std::int64_t expected) const {
    return tx.run(kFile, dossier.procedureName, dossier.procedureVersion, dossier.formVersion, dossier.caseId,
                  answers.open, db::Blob{answers.sealed}, db::Blob{answers.applicant}, dossier.quantity,
                  dossier.fee, orNull(dossier.number), orNull(dossier.code), static_cast<int>(dossier.state),
                  dossier.phase, dossier.changedAt, dossier.submittedAt, dossier.acceptedAt, dossier.dueAt,
                  dossier.endedAt, submitKey, dossier.id, expected) == 1;
}

std::optional<std::int64_t> DossierRepository::lock(db::Writer& tx, std::string_view id) const {
    return tx.one(
        kLock, [](const db::Row& row) { return row.integer(0); }, id);
}

bool DossierRepository::updateState(db::Writer& tx, const Dossier& dossier, std::int64_t expected) const {
    return tx.run(kUpdateState, orNull(dossier.number), orNull(dossier.code), static_cast<int>(dossier.state),
                  dossier.phase, dossier.feePaidAt, dossier.changedAt, dossier.submittedAt,
                  dossier.acceptedAt, dossier.dueAt, dossier.endedAt, dossier.id, expected) == 1;
}

void DossierRepository::handOver(db::Writer& tx, std::string_view id, std::string_view owner) const {
    tx.run(kHandOver, owner, id);
}

void DossierRepository::remove(db::Writer& tx, std::string_view id) const {
    tx.run(kRemove, id);
}

Result<Dossier> DossierRepository::find(db::Reader& tx, std::string_view id) {
    struct Stored {
        Dossier dossier;
        std::string open, sealed, applicant;
    };
    auto stored = tx.one(
        kFind,
        [](const db::Row& row) {
            return Stored{toDossier(row), row.string(14), std::string{row.blob(15)},
                          std::string{row.blob(16)}};
        },
        id);
    if (!stored) return notFound("dossier.none");
    MOTCUA_TRY(sealed, open(tx, id, "sealed_answers", stored->sealed));
    MOTCUA_TRY(applicant, open(tx, id, "applicant", stored->applicant));
    MOTCUA_TRY(openAnswers, Json::parse(stored->open));
    MOTCUA_TRY(sealedAnswers, Json::parse(sealed));
    stored->dossier.answers = forms::joinPersonal({std::move(openAnswers), std::move(sealedAnswers)});
    stored->dossier.applicant = std::move(applicant);
    stored->dossier.key = vault::Vault::keyIdOf(stored->sealed);
    return std::move(stored->dossier);
}

std::optional<std::string> DossierRepository::idBySubmitKey(db::Reader& tx, std::string_view key) const {
    return tx.one(
        kByKey, [](const db::Row& row) { return row.string(0); }, key);
}

std::vector<std::string> DossierRepository::idsByPrefix(db::Reader& tx, std::string_view text,
                                                        int limit) const {
    std::string from{text};
    for (char& c : from)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    const std::string until = from + "\xF4\x8F\xBF\xBF"; // behind whatever may follow
    return tx.all(
        kByPrefix, [](const db::Row& row) { return row.string(0); }, from, until, from, until, limit);
}

std::vector<DossierRepository::Listed> DossierRepository::listed(db::Reader& tx,
                                                                 const std::vector<std::string>& ids) const {
    if (ids.empty()) return {};
    return tx.all(
        kListed,
        [](const db::Row& row) {
            Listed listed;
            listed.dossier.id = row.string(0);
            listed.dossier.number = row.optionalString(1).value_or("");
            listed.dossier.code = row.optionalString(2).value_or("");
            listed.dossier.owner = row.string(3);
            listed.dossier.procedureName = row.string(4);
            listed.dossier.agency = row.string(5);
            listed.dossier.state = static_cast<State>(row.integer(6));
            listed.dossier.changedAt = row.instant(7);
            listed.dossier.submittedAt = row.optionalInstant(8);
            listed.applicant = row.blob(9);
            return listed;
        },
        db::listOf(ids));
}

std::string DossierRepository::applicant(db::Reader& tx, std::string_view id, const std::string& sealed) {
    auto opened = open(tx, id, "applicant", sealed);
    return opened ? std::move(*opened) : std::string{};
}

std::vector<process::Mark> DossierRepository::waiting(db::Reader& tx,
                                                      const std::vector<std::string>& agencies,
                                                      const std::vector<std::string>& procedures,
                                                      const process::Mark& mark, int limit) const {
    const std::string arm = "SELECT changed_ms, id FROM dossier WHERE agency = ? AND state = 5 AND "
                            "(changed_ms, id) " +
                            std::string{mark.backwards ? "<" : ">"} + " (?, ?)" +
                            (procedures.empty() ? "" : kOfProcedures);
    const std::string order =
        mark.backwards ? " ORDER BY changed_ms DESC, id DESC" : " ORDER BY changed_ms, id";
    const std::string list = procedureList(procedures);
    std::vector<process::Mark> found;
    eachArms(agencies, [&](std::span<const std::string> some) {
        const std::size_t arms = db::armsFor(some.size());
        std::vector<db::Parameter> parameters;
        for (std::size_t at = 0; at < arms; ++at) {
            parameters.emplace_back(at < some.size() ? std::string_view{some[at]} : "");
            parameters.emplace_back(mark.due);
            parameters.emplace_back(mark.id);
            if (!procedures.empty()) parameters.emplace_back(list);
        }
        parameters.emplace_back(limit);
        const std::string sql = db::merged(tx.backend(), arm, arms, order);
        tx.each({"dossier.waiting", sql}, parameters, [&](const db::Row& row) {
            found.push_back({row.instant(0), row.string(1), false});
        });
    });
    std::sort(found.begin(), found.end(), [](const process::Mark& a, const process::Mark& b) {
        return std::pair{a.due, a.id} < std::pair{b.due, b.id};
    });
    const std::size_t most = static_cast<std::size_t>(limit);
    const auto surplus = static_cast<std::ptrdiff_t>(found.size() > most ? found.size() - most : 0);
    if (mark.backwards)
        found.erase(found.begin(), found.begin() + surplus);
    else
        found.erase(found.end() - surplus, found.end());
    return found;
}

std::int64_t DossierRepository::countWaiting(db::Reader& tx, const std::vector<std::string>& agencies,
                                             std::int64_t most) const {
    std::int64_t counted = 0;
    eachArms(agencies, [&](std::span<const std::string> some) {
        const std::size_t arms = db::armsFor(some.size());
        std::vector<db::Parameter> parameters;
        for (std::size_t at = 0; at < arms; ++at)
            parameters.emplace_back(at < some.size() ? std::string_view{some[at]} : "");
        parameters.emplace_back(most - counted);
        const std::string sql = db::counted("SELECT 1 FROM dossier WHERE agency = ? AND state = 5", arms);
        tx.each({"dossier.count_waiting", sql}, parameters,
                [&](const db::Row& row) { counted += row.integer(0); });
    });
    return counted;
}

std::vector<Summary> DossierRepository::ofOwner(db::Reader& tx, std::string_view owner, Instant beforeChanged,
                                                std::string_view beforeId, int limit) const {
    return tx.all(kOfOwner, toSummary, owner, beforeChanged, beforeChanged, beforeId, limit);
}

std::vector<std::string> DossierRepository::draftsBefore(db::Reader& tx, Instant before, int limit) const {
    return tx.all(
        kDraftsBefore, [](const db::Row& row) { return row.string(0); }, before, limit);
}

bool DossierRepository::isDraftBefore(db::Reader& tx, std::string_view id, Instant before) const {
    return tx
        .one(
            kIsDraftBefore, [](const db::Row& row) { return row.boolean(0); }, id, before)
        .has_value();
}

std::int64_t DossierRepository::nextNumber(db::Writer& tx, std::string_view agency,
                                           const CivilDay& day) const {
    return *tx.one(
        kNextNumber, [](const db::Row& row) { return row.integer(0); }, agency, day.iso());
}

void DossierRepository::addEvent(db::Writer& tx, const Dossier& dossier, Event event) {
    const std::string note = seal(tx, dossier, {"dossier_event", kNotePlace, dossier.id}, event.note);
    tx.later(kAddEvent, dossier.id, dossier.id, event.at, event.kind, static_cast<int>(event.state),
             event.actor, event.agency, event.step, db::Blob{note});
}

std::vector<Event> DossierRepository::events(db::Reader& tx, std::string_view id) {
    struct Stored {
        Event event;
        std::string note;
    };
    std::vector<Event> events;
    for (Stored& stored : tx.all(
             kEvents,
             [](const db::Row& row) {
                 return Stored{{row.integer(0),
                                row.instant(1),
                                row.string(2),
                                static_cast<State>(row.integer(3)),
                                row.string(4),
                                row.string(5),
                                row.string(6),
                                {}},
                               std::string{row.blob(7)}};
             },
             id)) {
        // A destroyed key leaves the event without its words.
        if (auto note = vault_.open(tx, {"dossier_event", kNotePlace, id}, stored.note))
            stored.event.note = std::move(*note);
        events.push_back(std::move(stored.event));
    }
    return events;
}

std::string DossierRepository::lastNote(db::Reader& tx, std::string_view id, std::string_view kind) {
    const auto sealed = tx.one(
        kLastNote, [](const db::Row& row) { return std::string{row.blob(0)}; }, id, kind);
    if (!sealed) return {};
    auto note = vault_.open(tx, {"dossier_event", kNotePlace, id}, *sealed);
    return note ? std::move(*note) : std::string{};
}

std::int64_t DossierRepository::countEvents(db::Reader& tx, std::string_view id,
                                            std::string_view kind) const {
    return tx
        .one(
            kCountEvents, [](const db::Row& row) { return row.integer(0); }, id, kind)
        .value_or(0);
}

std::optional<PublicView> DossierRepository::publicView(db::Reader& tx, std::string_view numberOrCode) const {
    return tx.one(
        kPublicView,
        [](const db::Row& row) {
            const std::string code = row.optionalString(1).value_or("");
            return PublicView{code.empty() ? row.string(0) : code, static_cast<State>(row.integer(2)),
                              row.string(3)};
        },
        numberOrCode, numberOrCode);
}

void DossierRepository::setDocument(db::Writer& tx, std::string_view id, const Document& document) const {
    tx.run(kSetDocument, id, document.kind, document.file, document.madeAt);
}

std::vector<Document> DossierRepository::documents(db::Reader& tx, std::string_view id) const {
    return tx.all(
        kDocuments,
        [](const db::Row& row) {
            return Document{row.string(0), row.string(1), row.instant(2)};
        },
        id);
}

} // namespace motcua::dossier
