#include "web/portal/rating_pages.h"

#include "http/errors.h"
#include "web/figures.h"
#include "web/paths.h"
#include "web/portal/filing_pages.h"
#include "web/wording.h"

#include <algorithm>
#include <array>

namespace motcua::web {

namespace {

constexpr std::size_t kPageSize = 50;
constexpr std::array<agency::Kind, 3> kRankedKinds{agency::Kind::Department, agency::Kind::District,
                                                   agency::Kind::Ward};
// An address may be a hall's or a kiosk's, where many rate one after another.
constexpr http::Rate kRate{120, std::chrono::minutes{1}};

std::string slipPath(const std::string& dossierId) {
    return dossierPath(dossierId, "/danh-gia");
}

// The answer as it was sent: a score that is none is 0, and refused by its own sentence.
assessment::Answer answerOf(const http::Request& request) {
    assessment::Answer answer;
    for (const assessment::Stage stage : assessment::stages) {
        const std::string_view sent = request.form(assessment::name(stage));
        if (!sent.empty()) answer.scores[stage] = sent.size() == 1 ? sent.front() - '0' : 0;
    }
    answer.reasons = request.form().fields.all("reasons");
    answer.comment = request.form("comment");
    return answer;
}

std::string problemOf(const http::Request& request, const Error* error, std::string_view field) {
    if (!error) return {};
    for (const FieldError& wrong : error->fields)
        if (wrong.field == field) return http::sentenceOf(request, wrong);
    return {};
}

void addQuestion(http::Page& page, const http::Request& request, assessment::Stage stage,
                 const Error* error) {
    const std::string id = assessment::name(stage);
    view::Model& question = page.model().add("questions");
    question.set("id", id).set("name", id).set("text", page.say("rate.stage." + id));
    question.setUnlessEmpty("error", problemOf(request, error, id));
    for (int score = assessment::highestScore; score >= assessment::lowestScore; --score) {
        const std::string key = std::to_string(score);
        view::Model& face = question.add("faces");
        face.set("key", key).set("icon", "face-" + key).set("text", page.say("rate.face." + key));
        face.set("option_id", score == assessment::highestScore ? id : id + "-" + key);
        if (request.form(id) == key) face.set("selected", true);
    }
}

void addReasons(http::Page& page, const http::Request& request, const assessment::Questionnaire& slip,
                const Error* error) {
    if (slip.criteria.empty()) return;
    const auto chosen = request.form().fields.all("reasons");
    view::Model& reasons = page.model().add("controls");
    reasons.set("is_checkboxes", true).set("id", "reasons").set("name", "reasons").set("optional", true);
    reasons.set("label", page.say("rate.reasons")).set("hint", page.say("rate.reasons_hint"));
    reasons.setUnlessEmpty("error", problemOf(request, error, "reasons"));
    for (const assessment::Criterion& criterion : slip.criteria) {
        view::Model& option = reasons.add("options");
        option.set("key", criterion.id).set("text", criterion.text.in(request.locale()));
        option.set("option_id",
                   &criterion == &slip.criteria.front() ? std::string{"reasons"} : "reasons-" + criterion.id);
        if (std::find(chosen.begin(), chosen.end(), criterion.id) != chosen.end())
            option.set("selected", true);
    }
}

agency::Kind kindOf(const http::Request& request) {
    const auto asked = agency::kindOf(request.query("kind"));
    const bool ranked =
        asked && std::find(kRankedKinds.begin(), kRankedKinds.end(), *asked) != kRankedKinds.end();
    return ranked ? *asked : agency::Kind::District;
}

} // namespace

void RatingPages::mount(http::Router& router) {
    const std::string slipPattern = std::string{paths::kDossiers} + "/:id/danh-gia";
    router.get(slipPattern, [this](http::Request& request) { return slip(request); }).signedIn();
    router.post(slipPattern, [this](http::Request& request) { return rated(request); })
        .signedIn()
        .limit(kRate);
    router.get(paths::kRatings, [this](http::Request& request) { return ranking(request); })
        .cachedFor(std::chrono::seconds{5});
}

void RatingPages::fillDossier(http::Page& page, const http::Request& request, const std::string& dossierId) {
    const auto invitation = assessments_.invitation(request.context(), dossierId);
    if (!invitation) return;
    if (!invitation->open.empty()) {
        page.set("rate", link(page.say("dossier.rate_button"), slipPath(dossierId)));
    } else if (!invitation->given.empty()) {
        page.model().object("rated").set("text", page.say("dossier.rated"));
    }
}

Result<http::Response> RatingPages::slip(http::Request& request, const Error* error) {
    const std::string& id = request.param("id");
    MOTCUA_TRY(invitation, assessments_.invitation(request.context(), id));
    if (invitation.open.empty()) {
        if (error) return *error;
        if (invitation.given.empty()) return conflict("assessment.not_yet");
        return http::Response::seeOther(dossierPath(id));
    }
    http::Page page{request, "rate"};
    page.title(page.say("rate.title")).form().set("lead", page.say("rate.lead"));
    page.set("action", slipPath(id)).set("back", link(page.say("rate.back"), dossierPath(id)));
    page.set("subject",
             invitation.dossier.procedureName + " – " +
                 (invitation.dossier.code.empty() ? invitation.dossier.number : invitation.dossier.code));
    for (const assessment::Stage stage : invitation.open)
        addQuestion(page, request, stage, error);
    addReasons(page, request, invitation.questionnaire, error);
    view::Model& comment = page.model().add("controls");
    comment.set("is_textarea", true).set("id", "comment").set("name", "comment").set("optional", true);
    comment.set("label", page.say("rate.comment")).set("hint", page.say("rate.comment_hint"));
    comment.setUnlessEmpty("value", std::string{request.form("comment")});
    comment.setUnlessEmpty("error", problemOf(request, error, "comment"));
    page.model().add("buttons").set("text", page.say("rate.button"));
    if (error) page.errors(*error);
    return page.response();
}

Result<http::Response> RatingPages::rated(http::Request& request) {
    const std::string& id = request.param("id");
    const auto kept = assessments_.rate(request.context(), id, answerOf(request));
    // Also where a stage was rated on another page meanwhile: what was typed stands on the slip of those
    // left.
    const bool again =
        !kept && (kept.error().kind == ErrorKind::Invalid || kept.error().code == "assessment.already");
    if (again) return slip(request, &kept.error());
    MOTCUA_CHECK(kept);
    http::Response response = http::Response::seeOther(dossierPath(id));
    response.flash("rate.thanks");
    return response;
}

Result<http::Response> RatingPages::ranking(http::Request& request) {
    const agency::Kind kind = kindOf(request);
    const int days = daysOf(request);
    const std::string kindName = agency::name(kind);
    const auto tree = agencies_.tree(request.context());
    const auto standings = assessments_.ranking(request.context(), kind, days);
    http::Page page{request, "ratings"};
    page.title(page.say("ratings.title")).set("lead", page.say("ratings.lead"));
    for (const agency::Kind other : kRankedKinds) {
        view::Model tab = link(page.say(std::string{"ratings.kind."} + agency::name(other)),
                               std::string{paths::kRatings} + "?kind=" + agency::name(other) +
                                   "&days=" + std::to_string(days));
        if (other == kind) tab.set("current", true);
        page.model().object("tabs").list("items").emplace_back(std::move(tab));
    }
    addPeriods(page, std::string{paths::kRatings} + "?kind=" + kindName + "&days=", days);

    FigureTable table{page, {"rank", "agency", "people", "index", "mean"}};
    const std::size_t from = std::min<std::size_t>(numberOf(request.query("from")), standings.size());
    for (std::size_t i = from; i < standings.size() && i < from + kPageSize; ++i) {
        const assessment::Standing& one = standings[i];
        table.row();
        table.cell(one.rank ? std::to_string(*one.rank) : "–");
        table.cell(tree->find(one.agency)->label(request.locale()));
        table.people(one.rank ? one.people : 0);
        table.index(one.tally);
        table.mean(one.tally);
    }
    const std::string next =
        std::string{paths::kRatings} + "?kind=" + kindName + "&days=" + std::to_string(days) + "&from=";
    if (from > 0)
        page.model()
            .object("paging")
            .object("previous")
            .set("href", next + std::to_string(from - std::min(from, kPageSize)));
    if (from + kPageSize < standings.size())
        page.model().object("paging").object("next").set("href", next + std::to_string(from + kPageSize));
    const std::int64_t minimum = assessments_.questionnaire(request.context()).minimum;
    page.set("method", page.say("ratings.note", {{"minimum", std::to_string(minimum)}}));
    return page.response();
}

} // namespace motcua::web
