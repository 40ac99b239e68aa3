#include "assessment/assessment_repository.h"

#include <algorithm>

namespace motcua::assessment {

namespace {

constexpr db::Query kAddSlip{
    "assessment.add_slip",
    "INSERT INTO assessment_slip (id, dossier, agency, procedure_code, at_ms, questionnaire, comment) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"};
constexpr db::Query kAddReason{"assessment.add_reason",
                               "INSERT INTO assessment_reason (slip, criterion) VALUES (?, ?) "
                               "ON CONFLICT (slip, criterion) DO NOTHING"};
constexpr db::Query kAddScore{
    "assessment.add_score",
    "INSERT INTO assessment_score (dossier, stage, slip, unit, role, official, score) "
    "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (dossier, stage) DO NOTHING"};
constexpr db::Query kCount{
    "assessment.count",
    "INSERT INTO assessment_day (agency, day, procedure_code, stage, n1, n2, n3, n4, n5) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (agency, day, procedure_code, stage) DO UPDATE SET "
    "n1 = assessment_day.n1 + excluded.n1, n2 = assessment_day.n2 + excluded.n2, "
    "n3 = assessment_day.n3 + excluded.n3, n4 = assessment_day.n4 + excluded.n4, "
    "n5 = assessment_day.n5 + excluded.n5"};
constexpr db::Query kGiven{"assessment.given", "SELECT stage FROM assessment_score WHERE dossier = ?"};
constexpr db::Query kCountMonth{
    "assessment.count_month",
    "INSERT INTO assessment_month (agency, month, procedure_code, stage, n1, n2, n3, n4, n5) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (agency, month, procedure_code, stage) DO UPDATE SET "
    "n1 = assessment_month.n1 + excluded.n1, n2 = assessment_month.n2 + excluded.n2, "
    "n3 = assessment_month.n3 + excluded.n3, n4 = assessment_month.n4 + excluded.n4, "
    "n5 = assessment_month.n5 + excluded.n5"};
// Whole months, and the days of the one that the period begins in.
constexpr db::Query kFigures{
    "assessment.figures",
    "SELECT agency, procedure_code, CAST(SUM(n1) AS BIGINT), CAST(SUM(n2) AS BIGINT), "
    "CAST(SUM(n3) AS BIGINT), CAST(SUM(n4) AS BIGINT), CAST(SUM(n5) AS BIGINT) FROM ("
    "SELECT agency, procedure_code, stage, n1, n2, n3, n4, n5 FROM assessment_day WHERE day >= ? AND day < ? "
    "UNION ALL "
    "SELECT agency, procedure_code, stage, n1, n2, n3, n4, n5 FROM assessment_month WHERE month >= ?) AS "
    "part "
    "GROUP BY agency, procedure_code, stage ORDER BY agency, procedure_code"};
constexpr db::Query kByOfficial{
    "assessment.by_official",
    "SELECT c.stage, c.unit, c.role, c.official, c.score, COUNT(*) FROM assessment_slip s "
    "JOIN assessment_score c ON c.slip = s.id WHERE s.agency = ? AND s.at_ms >= ? "
    "GROUP BY c.stage, c.unit, c.role, c.official, c.score ORDER BY c.stage, c.unit, c.role, c.official"};
constexpr db::Query kReasons{
    "assessment.reasons",
    "SELECT r.criterion, COUNT(*) FROM assessment_slip s JOIN assessment_reason r ON r.slip = s.id "
    "WHERE s.agency = ? AND s.at_ms >= ? GROUP BY r.criterion ORDER BY COUNT(*) DESC, r.criterion"};
constexpr db::Query kWords{"assessment.words", "SELECT dossier, at_ms, comment FROM assessment_slip "
                                               "WHERE agency = ? AND at_ms >= ? AND length(comment) > 0 "
                                               "ORDER BY at_ms DESC, id DESC LIMIT ?"};
constexpr db::Query kQuestionnaire{
    "assessment.questionnaire",
    "SELECT version, content FROM assessment_questionnaire ORDER BY version DESC LIMIT 1"};
constexpr db::Query kAddQuestionnaire{
    "assessment.add_questionnaire",
    "INSERT INTO assessment_questionnaire (version, content, loaded_ms) VALUES (?, ?, ?) "
    "ON CONFLICT (version) DO NOTHING"};

std::string monthOf(const CivilDay& day) {
    return day.iso().substr(0, 7);
}

// The first of the month that begins on the day or after it.
CivilDay nextMonth(const CivilDay& day) {
    if (day.day == 1) return day;
    return day.month == 12 ? CivilDay{day.year + 1, 1, 1} : CivilDay{day.year, day.month + 1, 1};
}

std::optional<Words> opened(vault::Vault& vault, db::Reader& tx, const std::string& dossier, Instant at,
                            const std::string& sealed) {
    // A destroyed key leaves nothing to read.
    auto text = vault.open(tx, {"assessment_slip", "comment", dossier}, sealed);
    if (!text || text->empty()) return std::nullopt;
    return Words{civilDay(at), std::move(*text)};
}

} // namespace

void AssessmentRepository::addSlip(db::Writer& tx, const Slip& slip) {
    // A slip without words is told apart: a list of words must not open those that have none.
    std::string comment;
    if (!slip.comment.empty())
        comment = vault_.seal(tx, slip.dossier, {"assessment_slip", "comment", slip.dossier}, slip.comment);
    tx.run(kAddSlip, slip.id, slip.dossier, slip.agency, slip.procedure, slip.at, slip.questionnaire,
           db::Blob{comment});
}

void AssessmentRepository::addReason(db::Writer& tx, std::string_view slip,
                                     std::string_view criterion) const {
    tx.run(kAddReason, slip, criterion);
}

bool AssessmentRepository::addScore(db::Writer& tx, const Slip& slip, Stage stage, const Doer& doer,
                                    int score) const {
    const std::int64_t added =
        tx.run(kAddScore, slip.dossier, name(stage), slip.id, doer.unit, doer.role, doer.official, score);
    if (added != 1) return false;
    const auto one = [&](int of) { return of == score ? 1 : 0; };
    const CivilDay day = civilDay(slip.at);
    tx.run(kCount, slip.agency, day.iso(), slip.procedure, name(stage), one(1), one(2), one(3), one(4),
           one(5));
    tx.run(kCountMonth, slip.agency, monthOf(day), slip.procedure, name(stage), one(1), one(2), one(3),
           one(4), one(5));
    return true;
}

std::vector<Stage> AssessmentRepository::given(db::Reader& tx, std::string_view dossier) const {
    std::vector<Stage> found;
    for (const std::string& held : tx.all(
             kGiven, [](const db::Row& row) { return row.string(0); }, dossier))
        if (const auto stage = stageOf(held)) found.push_back(*stage);
    return found;
}

std::vector<Figure> AssessmentRepository::figures(db::Reader& tx, const CivilDay& since) const {
    std::vector<Figure> found;
    tx.all(
        kFigures, // a row for each stage
        [&](const db::Row& row) {
            const bool same =
                !found.empty() && found.back().agency == row.text(0) && found.back().procedure == row.text(1);
            if (!same) found.push_back({row.string(0), row.string(1)});
            Tally stage;
            for (int i = 0; i < 5; ++i)
                stage.of[static_cast<std::size_t>(i)] = row.integer(2 + i);
            found.back().tally += stage;
            found.back().people = std::max(found.back().people, stage.count());
            return true;
        },
        since.iso(), nextMonth(since).iso(), monthOf(nextMonth(since)));
    return found;
}

std::vector<GroupFigure> AssessmentRepository::byOfficial(db::Reader& tx, std::string_view agency,
                                                          Instant since) const {
    std::vector<GroupFigure> found;
    tx.all(
        kByOfficial,
        [&](const db::Row& row) {
            const auto stage = stageOf(row.text(0)).value_or(Stage::Reception);
            const bool same = !found.empty() && found.back().stage == stage &&
                              found.back().unit == row.text(1) && found.back().role == row.text(2) &&
                              found.back().official == row.text(3);
            if (!same) found.push_back({stage, row.string(1), row.string(2), row.string(3), {}});
            found.back().tally.of.at(static_cast<std::size_t>(row.integer(4) - 1)) += row.integer(5);
            return true;
        },
        agency, since);
    return found;
}

std::vector<std::pair<std::string, std::int64_t>>
AssessmentRepository::reasons(db::Reader& tx, std::string_view agency, Instant since) const {
    return tx.all(
        kReasons,
        [](const db::Row& row) {
            return std::pair{row.string(0), row.integer(1)};
        },
        agency, since);
}

std::vector<Words> AssessmentRepository::words(db::Reader& tx, std::string_view agency, Instant since,
                                               int limit) {
    struct Stored {
        std::string dossier;
        Instant at;
        std::string comment;
    };
    std::vector<Words> found;
    for (const Stored& stored : tx.all(
             kWords,
             [](const db::Row& row) {
                 return Stored{row.string(0), row.instant(1), std::string{row.blob(2)}};
             },
             agency, since, limit))
        if (auto words = opened(vault_, tx, stored.dossier, stored.at, stored.comment))
            found.push_back(std::move(*words));
    return found;
}

std::optional<Questionnaire> AssessmentRepository::questionnaire(db::Reader& tx) const {
    const auto stored = tx.one(kQuestionnaire, [](const db::Row& row) {
        return std::pair{row.integer(0), row.string(1)};
    });
    if (!stored) return std::nullopt;
    const auto json = Json::parse(stored->second);
    auto made = json ? questionnaireOf(stored->first, *json) : Result<Questionnaire>{json.error()};
    if (!made) throw db::DatabaseError("assessment: unreadable questionnaire: " + made.error().detail);
    return std::move(*made);
}

bool AssessmentRepository::addQuestionnaire(db::Writer& tx, const Questionnaire& questionnaire,
                                            Instant now) const {
    return tx.run(kAddQuestionnaire, questionnaire.version, toJson(questionnaire).dump(), now) == 1;
}

} // namespace motcua::assessment
