#include "assessment/assessment_service.h"

#include "assessment/assessment_policy.h"
#include "base/id.h"
#include "base/text.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace motcua::assessment {

namespace {

constexpr std::size_t longestComment = 2000; // characters
constexpr int mostWords = 50;

bool holds(const std::vector<Stage>& list, Stage stage) {
    return std::find(list.begin(), list.end(), stage) != list.end();
}

// The last who did the stage. The first step of a process is its reception; the desk's later steps return
// the result.
Doer doerOf(Stage stage, const dossier::Dossier& dossier, const std::vector<process::Task>& history) {
    const std::string first = history.empty() ? "" : history.front().element;
    Doer doer{dossier.agency, stage == Stage::Processing ? "specialist" : "receiver", {}};
    for (const process::Task& task : history) {
        if (task.state != process::TaskState::Done) continue;
        const bool reception = task.element == first;
        const bool of = stage == Stage::Reception    ? reception
                        : stage == Stage::Processing ? task.role == "specialist"
                                                     : task.role == "receiver" && !reception;
        if (of) doer = {task.agency, task.role, task.closedBy};
    }
    return doer;
}

void add(Figure& sum, const Figure& more) {
    sum.tally += more.tally;
    sum.people += more.people;
}

// Officials come in the order of their groups: each group stands before those of its officials.
void addToGroup(std::vector<GroupFigure>& groups, GroupFigure one) {
    const auto group = std::find_if(groups.begin(), groups.end(), [&](const GroupFigure& held) {
        return held.official.empty() && held.stage == one.stage && held.unit == one.unit &&
               held.role == one.role;
    });
    if (group == groups.end()) {
        groups.push_back({one.stage, one.unit, one.role, {}, one.tally});
    } else {
        group->tally += one.tally;
    }
    if (!one.official.empty()) groups.push_back(std::move(one));
}

// What is left out must not follow from what is shown: where the officials of a group that are too few make
// less than `minimum` answers together, the smallest figure beside them goes too.
void hideFew(std::vector<GroupFigure>& groups, std::int64_t minimum) {
    std::vector<GroupFigure> shown;
    for (std::size_t i = 0; i < groups.size();) {
        std::size_t end = i + 1; // behind the group's officials
        while (end < groups.size() && !groups[end].official.empty())
            ++end;
        if (groups[i].tally.count() >= minimum) {
            std::vector<GroupFigure> officials(groups.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                               groups.begin() + static_cast<std::ptrdiff_t>(end));
            std::int64_t rest = groups[i].tally.count();
            for (const GroupFigure& one : officials)
                if (one.tally.count() >= minimum) rest -= one.tally.count();
            std::erase_if(officials, [&](const GroupFigure& one) { return one.tally.count() < minimum; });
            if (rest > 0 && rest < minimum && !officials.empty())
                officials.erase(std::min_element(officials.begin(), officials.end(),
                                                 [](const GroupFigure& a, const GroupFigure& b) {
                                                     return a.tally.count() < b.tally.count();
                                                 }));
            shown.push_back(std::move(groups[i]));
            std::move(officials.begin(), officials.end(), std::back_inserter(shown));
        }
        i = end;
    }
    groups = std::move(shown);
}

} // namespace

CivilDay AssessmentService::firstDay(int days) const {
    return civilDay(rooms_.clock.now()).plus(1 - days);
}

Questionnaire AssessmentService::questionnaire(const Context& context) {
    return rooms_.database.read(
        context, [&](db::Reader& tx) { return repository_.questionnaire(tx).value_or(Questionnaire{}); });
}

Result<void> AssessmentService::load(const Context& context, Questionnaire questionnaire) {
    if (!mayChangeQuestionnaire(context.actor)) return denied("assessment.denied");
    return rooms_.database.write(context, [&](db::Writer& tx) -> Result<void> {
        const auto before = repository_.questionnaire(tx);
        if (before && before->criteria == questionnaire.criteria && before->minimum == questionnaire.minimum)
            return {};
        questionnaire.version = before ? before->version + 1 : 1;
        if (!repository_.addQuestionnaire(tx, questionnaire, rooms_.clock.now()))
            return conflict("assessment.stale");
        rooms_.audit.record(tx, context, "assessment", "assessment.questionnaire",
                            Json::object().set("version", questionnaire.version));
        return {};
    });
}

Result<Invitation> AssessmentService::invitation(const Context& context, std::string_view dossierId) {
    MOTCUA_TRY(dossier, rooms_.dossiers.find(context, dossierId));
    if (!mayRate(context.actor, dossier)) return notFound("dossier.none");
    return rooms_.database.read(context, [&](db::Reader& tx) -> Result<Invitation> {
        Invitation made;
        made.given = repository_.given(tx, dossierId);
        for (const Stage stage : ripeStages(dossier))
            if (!holds(made.given, stage)) made.open.push_back(stage);
        made.questionnaire = repository_.questionnaire(tx).value_or(Questionnaire{});
        made.dossier = std::move(dossier);
        return made;
    });
}

Result<void> AssessmentService::judge(const Answer& answer, const Invitation& invitation) const {
    std::vector<FieldError> wrong;
    for (const auto& [stage, score] : answer.scores) {
        if (holds(invitation.given, stage)) return conflict("assessment.already");
        if (!holds(invitation.open, stage)) return conflict("assessment.not_yet");
        if (score < lowestScore || score > highestScore)
            wrong.push_back({name(stage), "assessment.no_such_score"});
    }
    if (invitation.open.empty())
        return conflict(invitation.given.empty() ? "assessment.not_yet" : "assessment.already");
    if (answer.scores.empty()) wrong.push_back({name(invitation.open.front()), "assessment.score_needed"});
    for (const std::string& reason : answer.reasons) {
        if (invitation.questionnaire.find(reason) != nullptr) continue;
        wrong.push_back({"reasons", "assessment.no_such_reason"});
        break;
    }
    if (text::shorten(answer.comment, longestComment) != answer.comment)
        wrong.push_back({"comment", "too_long", {{"max", std::to_string(longestComment)}}});
    if (!wrong.empty()) return invalid("form.invalid", wrong);
    return {};
}

Result<void> AssessmentService::rate(const Context& context, std::string_view dossierId,
                                     const Answer& answer) {
    MOTCUA_TRY(invited, invitation(context, dossierId));
    MOTCUA_CHECK(judge(answer, invited));
    const dossier::Dossier& dossier = invited.dossier;
    return rooms_.database.write(context, [&](db::Writer& tx) -> Result<void> {
        const Slip slip{newId(rooms_.clock),
                        dossier.id,
                        dossier.agency,
                        dossier.procedureCode,
                        rooms_.clock.now(),
                        invited.questionnaire.version,
                        text::clean(answer.comment).value_or("")};
        repository_.addSlip(tx, slip);
        const auto history = rooms_.processes.history(tx, dossier.id);
        Json scores = Json::object();
        for (const auto& [stage, score] : answer.scores) {
            if (!repository_.addScore(tx, slip, stage, doerOf(stage, dossier, history), score))
                return conflict("assessment.already");
            scores.set(name(stage), score);
        }
        for (const std::string& reason : std::set<std::string>(answer.reasons.begin(), answer.reasons.end()))
            repository_.addReason(tx, slip.id, reason);
        rooms_.audit.record(tx, context, dossier.id, "assessment.rated",
                            Json::object().set("slip", slip.id).set("scores", std::move(scores)));
        return {};
    });
}

std::vector<Figure> AssessmentService::figures(const Context& context, int days, const Figure& after,
                                               int limit) {
    const auto tree = rooms_.agencies.tree(context);
    const CivilDay today = civilDay(rooms_.clock.now());
    const std::int64_t minimum = questionnaire(context).minimum;
    std::vector<Figure> all = rooms_.database.read(
        context, [&](db::Reader& tx) { return repository_.figures(tx, firstDay(days)); });
    std::vector<Figure> shown;
    for (Figure& figure : all) {
        if (shown.size() == static_cast<std::size_t>(limit)) break;
        if (std::tie(figure.agency, figure.procedure) <= std::tie(after.agency, after.procedure)) continue;
        if (!maySeeFigures(context.actor, figure.agency, *tree, today)) continue;
        if (figure.people < minimum) figure = {figure.agency, figure.procedure};
        shown.push_back(std::move(figure));
    }
    return shown;
}

Result<Detail> AssessmentService::detail(const Context& context, const std::string& agency, int days) {
    const auto tree = rooms_.agencies.tree(context);
    if (tree->find(agency) == nullptr) return notFound("agency.unknown");
    if (!maySeeDetail(context.actor, agency, *tree, civilDay(rooms_.clock.now())))
        return denied("assessment.denied");
    const Instant since = firstDay(days).start();
    return rooms_.database.read(context, [&](db::Reader& tx) -> Result<Detail> {
        const std::int64_t minimum = repository_.questionnaire(tx).value_or(Questionnaire{}).minimum;
        Detail made;
        std::map<Stage, std::int64_t> people;
        for (GroupFigure& one : repository_.byOfficial(tx, agency, since)) {
            made.tally += one.tally;
            made.people = std::max(made.people, people[one.stage] += one.tally.count());
            addToGroup(made.groups, std::move(one));
        }
        if (made.people < minimum) return Detail{};
        hideFew(made.groups, minimum);
        made.reasons = repository_.reasons(tx, agency, since);
        made.words = repository_.words(tx, agency, since, mostWords);
        return made;
    });
}

std::vector<Standing> AssessmentService::ranking(const Context& context, agency::Kind kind, int days) {
    const auto tree = rooms_.agencies.tree(context);
    const CivilDay today = civilDay(rooms_.clock.now());
    const std::int64_t minimum = questionnaire(context).minimum;
    std::map<std::string, Figure> sums;
    for (const Figure& figure : rooms_.database.read(
             context, [&](db::Reader& tx) { return repository_.figures(tx, firstDay(days)); }))
        add(sums[figure.agency], figure);
    std::vector<Standing> ranked;
    std::vector<Standing> rest;
    for (const agency::Agency& agency : tree->all()) {
        if (agency.kind != kind || !agency.validOn(today)) continue;
        const auto found = sums.find(agency.id);
        const bool enough = found != sums.end() && found->second.people >= minimum;
        if (enough) ranked.push_back({agency.id, found->second.tally, found->second.people});
        if (!enough) rest.push_back({agency.id});
    }
    const auto nameOf = [&](const Standing& one) { return text::sortKey(tree->find(one.agency)->name); };
    std::sort(ranked.begin(), ranked.end(), [&](const Standing& a, const Standing& b) {
        return std::pair{-a.tally.permille(), nameOf(a)} < std::pair{-b.tally.permille(), nameOf(b)};
    });
    std::sort(rest.begin(), rest.end(),
              [&](const Standing& a, const Standing& b) { return nameOf(a) < nameOf(b); });
    for (std::size_t i = 0; i < ranked.size(); ++i) {
        const bool tied = i > 0 && ranked[i].tally.permille() == ranked[i - 1].tally.permille();
        ranked[i].rank = tied ? ranked[i - 1].rank : static_cast<int>(i + 1);
    }
    ranked.insert(ranked.end(), std::make_move_iterator(rest.begin()), std::make_move_iterator(rest.end()));
    return ranked;
}

} // namespace motcua::assessment
