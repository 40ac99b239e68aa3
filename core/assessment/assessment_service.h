// What citizens say of the service and what the city learns from it: slips, figures, the published ranking.
#pragma once

#include "agency/agency_service.h"
#include "assessment/assessment_repository.h"
#include "audit/audit.h"
#include "dossier/dossier_service.h"
#include "process/process_service.h"

#include <string>
#include <string_view>
#include <vector>

namespace motcua::assessment {

// What the owner of a dossier may rate now.
struct Invitation {
    dossier::Dossier dossier;
    std::vector<Stage> open;  // ripe and not rated yet
    std::vector<Stage> given; // rated before
    Questionnaire questionnaire;
};

// Periods of figures end today. A figure of fewer answers than the questionnaire's minimum is left out
// wherever it would be shown: with few of them it is plain who said what.
class AssessmentService {
public:
    struct Rooms {
        db::Database& database;
        vault::Vault& vault;
        const audit::Audit& audit;
        agency::AgencyService& agencies;
        dossier::DossierService& dossiers;
        process::ProcessService& processes;
        const Clock& clock;
    };
    explicit AssessmentService(const Rooms& rooms) : rooms_(rooms), repository_(rooms.vault) {}

    // NotFound dossier.none for everybody but the owner.
    Result<Invitation> invitation(const Context& context, std::string_view dossierId);
    // Keeps the slip, once for each stage. Errors: dossier.none; Conflict assessment.not_yet for a stage that
    // is not over, assessment.already for one that was rated; Invalid form.invalid with fields "<stage>",
    // "reasons", "comment".
    Result<void> rate(const Context& context, std::string_view dossierId, const Answer& answer);

    // By agency and procedure in the actor's regions, behind (agency, procedure) of the page before. Those of
    // too few answers come with an empty tally.
    std::vector<Figure> figures(const Context& context, int days, const Figure& after, int limit);
    // Denied assessment.denied; NotFound agency.unknown. Everything is empty where there are too few answers.
    Result<Detail> detail(const Context& context, const std::string& agency, int days);
    // Everybody's: agencies of a kind, best first; those of too few answers behind, by name, with no tally.
    std::vector<Standing> ranking(const Context& context, agency::Kind kind, int days);

    Questionnaire questionnaire(const Context& context);
    // A new version where its content differs from the newest. Denied assessment.denied.
    Result<void> load(const Context& context, Questionnaire questionnaire);

private:
    Result<void> judge(const Answer& answer, const Invitation& invitation) const;
    CivilDay firstDay(int days) const;

    Rooms rooms_;
    AssessmentRepository repository_;
};

} // namespace motcua::assessment
