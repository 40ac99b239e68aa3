// Slips and their figures in the database: SQL, and sealing of what people wrote.
#pragma once

#include "assessment/assessment.h"
#include "assessment/questionnaire.h"
#include "db/database.h"
#include "vault/vault.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::assessment {

const db::Schema& schema();

struct Slip {
    std::string id;
    std::string dossier;
    std::string agency;
    std::string procedure;
    Instant at;
    std::int64_t questionnaire = 0;
    std::string comment;
};

// Who did a stage.
struct Doer {
    std::string unit;
    std::string role;
    std::string official;
};

class AssessmentRepository {
public:
    explicit AssessmentRepository(vault::Vault& vault) : vault_(vault) {}

    void addSlip(db::Writer& tx, const Slip& slip);
    void addReason(db::Writer& tx, std::string_view slip, std::string_view criterion) const;
    // Adds the score and counts it into its day; false where the dossier's stage has one already.
    bool addScore(db::Writer& tx, const Slip& slip, Stage stage, const Doer& doer, int score) const;

    std::vector<Stage> given(db::Reader& tx, std::string_view dossier) const;
    // By agency and procedure, in the order of their ids, of days from `since` on.
    std::vector<Figure> figures(db::Reader& tx, const CivilDay& since) const;
    std::vector<GroupFigure> byOfficial(db::Reader& tx, std::string_view agency, Instant since) const;
    std::vector<std::pair<std::string, std::int64_t>> reasons(db::Reader& tx, std::string_view agency,
                                                              Instant since) const;
    std::vector<Words> words(db::Reader& tx, std::string_view agency, Instant since, int limit);

    std::optional<Questionnaire> questionnaire(db::Reader& tx) const; // the newest
    // False where another loader was quicker.
    bool addQuestionnaire(db::Writer& tx, const Questionnaire& questionnaire, Instant now) const;

private:
    vault::Vault& vault_;
};

} // namespace motcua::assessment
