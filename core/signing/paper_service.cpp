#include "signing/paper_service.h"

#include "base/bytes.h"
#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "forms/display.h"

#include <algorithm>
#include <array>
#include <map>

namespace motcua::signing {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr const char* kMake = "paper.make";
constexpr const char* kMakeTogether = "paper.make_together";
constexpr Millis kActTogether = minutes{5}; // at most, until its papers go their own way
constexpr Millis kKnowBatch = hours{24 * 30};
// The outbox tries for about an hour; what is not made then is put into it again.
constexpr Millis kLookAgain = hours{2};
constexpr Millis kLookForProfile = seconds{5};
constexpr Millis kLookAtFault = minutes{10};
constexpr Millis kExtendAgain = minutes{10};

struct SlipOf {
    std::string_view event;
    std::string_view kind;
};
constexpr std::array<SlipOf, 4> slipsOfEvents{{{"accepted", kReceipt},
                                               {"supplement_requested", kSupplement},
                                               {"rejected", kRefusal},
                                               {"not_accepted", kRefusal}}};

std::string fileName(const Paper& paper, const dossier::Dossier& dossier) {
    const char* word = paper.kind == kReceipt      ? "giay-tiep-nhan-"
                       : paper.kind == kSupplement ? "phieu-yeu-cau-bo-sung-"
                       : paper.kind == kRefusal    ? "phieu-tu-choi-"
                                                   : "ket-qua-";
    return word + (dossier.code.empty() ? dossier.number : dossier.code) + ".pdf";
}

files::Upload uploadOf(const Paper& paper, const dossier::Dossier& dossier, std::string bytes) {
    return {dossier.id, fileName(paper, dossier), files::Source::of(std::move(bytes)), {"application/pdf"}};
}

std::string limitText(const calendar::Limit& limit) {
    const std::string count = std::to_string(limit.count);
    switch (limit.unit) {
    case calendar::Unit::Hours:
        return count + " giờ làm việc";
    case calendar::Unit::WorkingDays:
        return count + " ngày làm việc";
    case calendar::Unit::Days:
        return count + " ngày";
    case calendar::Unit::Months:
        return count + " tháng";
    case calendar::Unit::SameDay:
        break;
    }
    return "trong ngày";
}

// The form itself and the papers that were handed in, a row each.
Json papersOf(const forms::Form& form, const Json& handedIn) {
    Json rows = Json::array();
    rows.add(Json::object().set("row", "1").set("name", form.title.vi).set("count", "1"));
    for (const forms::Paper& paper : form.papers) {
        const std::size_t files = handedIn[paper.key].items().size();
        if (files == 0) continue;
        std::string name = paper.label.vi;
        for (const Json& one : handedIn[paper.key].items())
            if (one.has("seen")) name += " – " + forms::seenText(one["seen"].string(), "vi");
        rows.add(Json::object()
                     .set("row", std::to_string(rows.items().size() + 1))
                     .set("name", std::move(name))
                     .set("count", std::to_string(files)));
    }
    return rows;
}

Json linesOf(const std::string& note) {
    Json lines = Json::array();
    for (std::size_t from = 0; from <= note.size();) {
        const std::size_t end = std::min(note.find('\n', from), note.size());
        const std::string line = text::trim(note.substr(from, end - from));
        if (!line.empty())
            lines.add(Json::object().set("row", std::to_string(lines.items().size() + 1)).set("text", line));
        from = end + 1;
    }
    return lines;
}

} // namespace

void PaperService::subscribe(dossier::Events& dossiers) {
    dossiers.happened.subscribe(
        [this](db::Writer& tx, const Context& context, const dossier::Happened& happened) {
            for (const SlipOf& slip : slipsOfEvents)
                if (happened.kind == slip.event) ask(tx, context, happened.dossier, slip.kind, happened.note);
        });
    dossiers.commanded.subscribe(
        [this](db::Writer& tx, const Context& context, const dossier::Commanded& commanded) {
            if (commanded.command.command == "result.issue") ask(tx, context, commanded.dossier, kResult, {});
            if (commanded.command.command == "refusal.issue")
                ask(tx, context, commanded.dossier, kRefusal, commanded.note);
        });
}

void PaperService::handleIn(jobs::Runner& runner) {
    runner.handle(kMake, [this](const Context& context, const jobs::OutboxItem& item) {
        return carryOut(context, item);
    });
    runner.handle(kMakeTogether, [this](const Context& context, const jobs::OutboxItem& item) {
        return carryOutTogether(context, item);
    });
    runner.schedule("signing.look_after", kLookForProfile,
                    [this](const Context& context) { lookAfter(context); });
    runner.schedule("signing.extend", minutes{1}, [this](const Context& context) { extendAll(context); });
}

// The number is taken here, in the transaction of the event: whatever happens later, the paper keeps it.
void PaperService::ask(db::Writer& tx, const Context& context, const dossier::Dossier& dossier,
                       std::string_view kind, const std::string& note) {
    const Instant now = rooms_.clock.now();
    Paper paper;
    paper.id = newId(rooms_.clock);
    paper.dossier = dossier.id;
    paper.kind = kind;
    paper.agency = dossier.agency;
    paper.year = civilDay(now).year;
    // Each procedure has a register of its results, as the law's books have.
    paper.number = repository_.nextNumber(tx, paper.agency, paper.year,
                                          kind == kResult ? dossier.procedureCode : std::string{kind});
    paper.checkCode = newCheckCode();
    paper.askedAt = now;
    paper.askedBy = context.actor.kind == ActorKind::Official ? context.actor.id : "";
    paper.mustSign = mustBeSigned(kind);
    paper.facts.set("note", note).set("received_ms", dossier.acceptedAt.value_or(now).ms);
    if (dossier.dueAt) paper.facts.set("due_ms", dossier.dueAt->ms);
    if (!paper.askedBy.empty()) paper.batch = repository_.batchOfAct(tx, paper.dossier, paper.askedBy, now);
    const bool alone = paper.batch.empty();
    repository_.insert(tx, paper, now + (alone ? kLookAgain : kActTogether));
    if (alone) queue(tx, paper);
}

// A subject of their own: a paper that waits holds back no letter about the dossier.
void PaperService::queue(db::Writer& tx, const Paper& paper) {
    rooms_.outbox.add(tx, kMake, "paper:" + paper.dossier, Json::object().set("paper", paper.id));
}

Result<void> PaperService::carryOut(const Context& context, const jobs::OutboxItem& item) {
    MOTCUA_TRY(paper, rooms_.database.read(context, [&](db::Reader& tx) {
        return repository_.find(tx, item.payload["paper"].string());
    }));
    if (paper.made()) return {};
    const auto done = make(context, paper);
    if (done) return {};
    const bool again = mayRetry(done.error());
    log::warning("paper.not_made",
                 {{"paper", paper.id}, {"error", done.error().code}, {"detail", done.error().detail}});
    MOTCUA_CHECK(postpone(context, paper, done.error().code, again ? kLookAgain : kLookAtFault));
    if (again) return done.error();
    return {};
}

Result<void> PaperService::postpone(const Context& context, const Paper& paper, const std::string& problem,
                                    Millis by) {
    return rooms_.database.write(context, [&](db::Writer& tx) -> Result<void> {
        repository_.postpone(tx, paper.id, problem, rooms_.clock.now() + by);
        return {};
    });
}

Result<void> PaperService::make(const Context& context, const Paper& paper) {
    const auto profile = signer_.profileOf(context, paper.agency);
    if (!profile && paper.mustSign) return postpone(context, paper, std::string{kNoProfile}, kLookForProfile);
    MOTCUA_TRY(dossier, rooms_.dossiers.find(context, paper.dossier));
    MOTCUA_TRY(laid, lay(context, paper, dossier));
    if (!profile) return keep(context, paper, dossier, {std::move(laid.bytes)}, false);
    auto made = signer_.sign(context, {{paper, laid}}, *profile);
    return keepIfSigned(context, paper, dossier, laid, std::move(made.front()));
}

Result<void> PaperService::keepIfSigned(const Context& context, const Paper& paper,
                                        const dossier::Dossier& dossier, const documents::LaidOut& laid,
                                        Result<SignedPaper> made) {
    if (made) return keep(context, paper, dossier, std::move(*made), true);
    if (paper.mustSign || mayRetry(made.error())) return made.error();
    log::warning("paper.unsigned", {{"paper", paper.id}, {"error", made.error().code}});
    return keep(context, paper, dossier, {laid.bytes}, false);
}

Result<void> PaperService::carryOutTogether(const Context& context, const jobs::OutboxItem& item) {
    auto papers = rooms_.database.read(
        context, [&](db::Reader& tx) { return repository_.ofBatch(tx, item.payload["batch"].string()); });
    std::map<std::string, std::vector<Paper>> ofAgency; // one agency, one signer
    for (Paper& paper : papers)
        if (!paper.made()) ofAgency[paper.agency].push_back(std::move(paper));
    for (auto& [agency, some] : ofAgency)
        makeTogether(context, std::move(some));
    return {};
}

// What does not go out here goes on by itself, with its reason shown.
void PaperService::makeTogether(const Context& context, std::vector<Paper> papers) {
    const auto profile = signer_.profileOf(context, papers.front().agency);
    struct Ready {
        const Paper& paper;
        dossier::Dossier dossier;
        documents::LaidOut laid;
    };
    std::vector<Ready> ready;
    for (const Paper& paper : papers) {
        auto dossier = rooms_.dossiers.find(context, paper.dossier);
        auto laid = dossier ? lay(context, paper, *dossier) : Result<documents::LaidOut>{dossier.error()};
        if (profile && laid)
            ready.push_back({paper, std::move(*dossier), std::move(*laid)});
        else
            putBack(context, paper, laid ? std::string{} : laid.error().code);
    }
    if (ready.empty()) return;
    std::vector<PaperSigner::Task> tasks;
    for (const Ready& one : ready)
        tasks.push_back({one.paper, one.laid});
    auto made = signer_.sign(context, tasks, *profile);
    for (std::size_t i = 0; i < ready.size(); ++i) {
        const Ready& one = ready[i];
        const auto kept = keepIfSigned(context, one.paper, one.dossier, one.laid, std::move(made[i]));
        if (!kept) putBack(context, one.paper, kept.error().code);
    }
}

void PaperService::putBack(const Context& context, const Paper& paper, const std::string& problem) {
    if (!problem.empty()) log::warning("paper.not_made", {{"paper", paper.id}, {"error", problem}});
    const auto put = rooms_.database.write(context, [&](db::Writer& tx) -> Result<void> {
        repository_.postpone(tx, paper.id, problem, rooms_.clock.now() + kLookAgain);
        queue(tx, paper);
        return {};
    });
    if (!put) log::warning("paper.not_put_back", {{"paper", paper.id}, {"error", put.error().code}});
}

Result<void> PaperService::approveTogether(const Context& context, const std::string& key,
                                           const std::vector<Chosen>& chosen) {
    if (context.actor.kind != ActorKind::Official) return denied("signing.officials_only");
    if (chosen.empty() || chosen.size() > kMostTogether || key.empty()) return invalid("signing.batch_size");
    const std::string& official = context.actor.id;
    MOTCUA_TRY(fresh, rooms_.database.write(context, [&](db::Writer& tx) -> Result<bool> {
        const Instant now = rooms_.clock.now();
        repository_.forgetBatches(tx, now - kKnowBatch);
        if (!repository_.beginBatch(tx, key, official, now)) return false;
        int place = 0;
        for (const Chosen& one : chosen)
            repository_.addToBatch(tx, key, {one.dossier, one.shown}, ++place, official, now + kActTogether);
        return true;
    }));
    if (!fresh) return {}; // the button was pressed again
    for (const Chosen& one : chosen) {
        const auto done =
            rooms_.dossiers.act(context, {one.dossier, one.task, one.version, "approve", {}, Json::object()});
        const std::string error = done ? std::string{} : done.error().code;
        MOTCUA_CHECK(rooms_.database.write(context, [&](db::Writer& tx) -> Result<void> {
            repository_.closeItem(tx, key, one.dossier, error);
            return {};
        }));
    }
    return rooms_.database.write(context, [&](db::Writer& tx) -> Result<void> {
        rooms_.outbox.add(tx, kMakeTogether, "papers:" + key, Json::object().set("batch", key));
        return {};
    });
}

Result<std::vector<PaperService::BatchState>> PaperService::ofBatch(const Context& context,
                                                                    std::string_view key) {
    return rooms_.database.read(context, [&](db::Reader& tx) -> Result<std::vector<BatchState>> {
        std::vector<BatchState> states;
        for (BatchItem& item : repository_.batchItems(tx, key, context.actor.id))
            states.push_back({std::move(item)});
        if (states.empty()) return notFound("paper.no_batch");
        for (Paper& paper : repository_.ofBatch(tx, key))
            for (BatchState& state : states)
                if (state.item.dossier == paper.dossier) state.paper = std::move(paper);
        return states;
    });
}

Result<void> PaperService::keep(const Context& context, const Paper& paper, const dossier::Dossier& dossier,
                                SignedPaper made, bool isSigned) {
    const std::string digest = toHex(sha256(made.bytes));
    const files::Upload upload = uploadOf(paper, dossier, std::move(made.bytes));
    MOTCUA_CHECK(
        rooms_.files.put(context, upload, [&](db::Writer& tx, const files::File& file) -> Result<void> {
            std::optional<Level> level;
            if (isSigned) level = made.level;
            if (!repository_.markMade(tx, paper.id, file.id, level, rooms_.clock.now()))
                return conflict("paper.made_before");
            if (isSigned && !made.whole) repository_.setExtension(tx, paper.id, rooms_.clock.now());
            rooms_.audit.record(tx, context, dossier.id, "paper.made",
                                Json::object()
                                    .set("paper", paper.id)
                                    .set("kind", paper.kind)
                                    .set("number", paper.shownNumber())
                                    .set("signed", isSigned)
                                    .set("level", isSigned ? toWord(made.level) : "")
                                    .set("sha256", digest));
            return rooms_.dossiers.setDocument(context, tx, dossier.id, paper.kind, file.id);
        }));
    return {};
}

// Signatures that went out without a time-stamp get one behind them, as soon as the authority answers.
void PaperService::extendAll(const Context& context) {
    const auto waiting = rooms_.database.read(
        context, [&](db::Reader& tx) { return repository_.toExtend(tx, rooms_.clock.now(), 20); });
    for (const Paper& paper : waiting) {
        const auto done = extend(context, paper);
        if (done) continue;
        log::warning("paper.not_extended", {{"paper", paper.id}, {"error", done.error().code}});
        const auto put = rooms_.database.write(context, [&](db::Writer& tx) -> Result<void> {
            repository_.setExtension(tx, paper.id, rooms_.clock.now() + kExtendAgain);
            return {};
        });
        if (!put) log::warning("paper.not_extended", {{"paper", paper.id}, {"error", put.error().code}});
    }
}

Result<void> PaperService::extend(const Context& context, const Paper& paper) {
    MOTCUA_TRY(dossier, rooms_.dossiers.find(context, paper.dossier));
    MOTCUA_TRY(kept, rooms_.database.read(context,
                                          [&](db::Reader& tx) { return rooms_.files.find(tx, paper.file); }));
    MOTCUA_TRY(before, rooms_.files.readAll(kept));
    MOTCUA_TRY(more, signer_.extended({std::move(before), paper.level, false}));
    const std::string digest = toHex(sha256(more.bytes));
    const files::Upload upload = uploadOf(paper, dossier, std::move(more.bytes));
    MOTCUA_CHECK(
        rooms_.files.put(context, upload, [&](db::Writer& tx, const files::File& file) -> Result<void> {
            if (!repository_.markExtended(tx, paper.id, paper.file, file.id, more.level))
                return conflict("paper.changed_meanwhile");
            std::optional<Instant> again;
            if (!more.whole) again = rooms_.clock.now() + kExtendAgain;
            repository_.setExtension(tx, paper.id, again);
            rooms_.audit.record(
                tx, context, dossier.id, "paper.extended",
                Json::object().set("paper", paper.id).set("level", toWord(more.level)).set("sha256", digest));
            rooms_.dossiers.renewDocument(tx, dossier.id, paper.kind, paper.file, file.id);
            return {};
        }));
    return {};
}

// What waits for a signature goes on as soon as there is one; what the outbox gave up is tried again.
void PaperService::lookAfter(const Context& context) {
    const auto waiting = rooms_.database.read(
        context, [&](db::Reader& tx) { return repository_.unmade(tx, rooms_.clock.now(), 100); });
    for (const Paper& paper : waiting) {
        const bool stuck = paper.mustSign && !signer_.profileOf(context, paper.agency);
        const auto done = rooms_.database.write(context, [&](db::Writer& tx) -> Result<void> {
            const Instant now = rooms_.clock.now();
            repository_.postpone(tx, paper.id, stuck ? kNoProfile : std::string_view{paper.problem},
                                 now + (stuck ? kLookForProfile : kLookAgain));
            if (!stuck) queue(tx, paper);
            return {};
        });
        if (!done)
            log::warning("paper.not_looked_after", {{"paper", paper.id}, {"error", done.error().code}});
    }
}

Result<documents::LaidOut> PaperService::lay(const Context& context, const Paper& paper,
                                             const dossier::Dossier& dossier) {
    MOTCUA_TRY(data, dataOf(context, paper, dossier));
    if (paper.kind == kResult) {
        MOTCUA_TRY(package, rooms_.dossiers.package(context, dossier));
        MOTCUA_TRY(document, package->result.make(data, paper.askedAt));
        return documents::layOut(document);
    }
    // Read each time: a city that mends its slip need not restart.
    MOTCUA_TRY(slip, forms::ResultTemplate::load(rooms_.templateFolder + "/" + paper.kind + ".mustache"));
    MOTCUA_TRY(document, slip.make(data, paper.askedAt));
    return documents::layOut(document);
}

Result<Json> PaperService::dataOf(const Context& context, const Paper& paper,
                                  const dossier::Dossier& dossier) {
    const auto tree = rooms_.agencies.tree(context);
    const agency::Agency* agency = tree->find(paper.agency);
    if (!agency) return internal("agency.unknown", paper.agency);
    MOTCUA_TRY(package, rooms_.dossiers.package(context, dossier));
    const CivilDay day = civilDay(paper.askedAt);
    const std::string official = rooms_.database.read(
        context, [&](db::Reader& tx) { return rooms_.identity.displayName(tx, paper.askedBy); });
    const bool ofCommittee = agency->kind != agency::Kind::Department && agency->kind != agency::Kind::Unit;
    const agency::Agency* parent = ofCommittee ? nullptr : tree->find(tree->parent(agency->id, day));
    Json answers = forms::displayAll(package->definition.form(), dossier.answers, "vi");
    Json data = Json::object();
    data.set("agency", agency->name)
        .set("parent_agency", parent ? parent->name : "")
        .set("number", paper.shownNumber())
        .set("place_and_date", placeOf(*tree, *agency, day) + ", " + wordedDay(day))
        .set("issued_on", day.vietnamese())
        .set("code", dossier.code.empty() ? dossier.number : dossier.code)
        .set("procedure", dossier.procedureName)
        .set("signer", Json::object().set("title", signerTitle(agency->kind)).set("name", official))
        .set("officer", official)
        .set("verify_url", rooms_.origin + "/kiem-tra?code=" + paper.checkCode)
        .set("check_code", paper.checkCode)
        .set("site", rooms_.origin)
        .set("official", Json::object());
    MOTCUA_TRY(note, noteOf(context, paper));
    data.set("items", linesOf(note)).set("reason", std::move(note));
    data.set("papers", papersOf(package->definition.form(), dossier.answers["papers"]));
    fillApplicant(context, dossier, answers, data);
    fillTerms(context, paper, dossier, data);
    data.set("answers", std::move(answers));
    return data;
}

// What was written at the act; a leader who agrees to a refusal writes nothing, and the reason is that of the
// step before.
Result<std::string> PaperService::noteOf(const Context& context, const Paper& paper) {
    std::string note = paper.facts["note"].string();
    if (!note.empty() || paper.kind != kRefusal) return note;
    MOTCUA_TRY(sight, rooms_.dossiers.see(context, paper.dossier));
    for (const dossier::Event& event : sight.events)
        if (!event.note.empty() && event.at <= paper.askedAt) note = event.note;
    return note;
}

// Who applies, as the form has it, and how the account reaches him.
void PaperService::fillApplicant(const Context& context, const dossier::Dossier& dossier, const Json& answers,
                                 Json& data) {
    Json applicant = Json::object().set("name", dossier.applicant);
    if (const auto account = rooms_.identity.account(context, dossier.owner)) {
        if (dossier.applicant.empty()) applicant.set("name", account->fullName);
        applicant.set("phone", account->phone).set("email", account->email);
    }
    const auto came = rooms_.database.read(
        context, [&](db::Reader& tx) { return rooms_.dossiers.cameInPerson(tx, dossier.id); });
    if (came)
        applicant.set("phone", came->phone).set("email", came->email).set("national_id", came->nationalId);
    for (const auto& [key, group] : answers.members()) {
        if (group["full_name"].string() != dossier.applicant) continue;
        for (const char* part : {"phone", "email", "national_id"})
            if (!group[part].string().empty()) applicant.set(part, group[part].string());
        applicant.set("address", group["residence"]["line"].string());
        break;
    }
    data.set("applicant", std::move(applicant));
}

void PaperService::fillTerms(const Context& context, const Paper& paper, const dossier::Dossier& dossier,
                             Json& data) {
    data.set("received_at", wordedMoment(Instant{paper.facts["received_ms"].integer()}));
    if (paper.facts.has("due_ms")) data.set("due_at", wordedMoment(Instant{paper.facts["due_ms"].integer()}));
    const auto stored = rooms_.catalogue.version(context, dossier.procedureCode, dossier.procedureVersion,
                                                 civilDay(paper.askedAt));
    if (!stored) return;
    if (const catalogue::Case* one = stored->procedure.findCase(dossier.caseId))
        if (const auto limit = one->limitFor(dossier::channelOf(dossier)))
            data.set("limit", limitText(*limit));
    data.set("fee", dossier.fee.dong == 0
                        ? "không"
                        : format(dossier.fee) + (dossier.feePaidAt ? " (đã nộp)" : " (chưa nộp)"));
}

Result<std::vector<Paper>> PaperService::ofDossier(const Context& context, std::string_view dossier) {
    MOTCUA_CHECK(rooms_.dossiers.find(context, dossier));
    return rooms_.database.read(context, [&](db::Reader& tx) { return repository_.ofDossier(tx, dossier); });
}

Result<Checked> PaperService::check(const Context& context, std::string_view code) {
    std::optional<files::File> file;
    MOTCUA_TRY(paper, rooms_.database.read(context, [&](db::Reader& tx) -> Result<Paper> {
        MOTCUA_TRY(found, repository_.findByCode(tx, normalCheckCode(code)));
        if (found.file.empty()) return found;
        MOTCUA_TRY(kept, rooms_.files.find(tx, found.file));
        file = std::move(kept);
        return found;
    }));
    Checked checked{paper.kind, paper.agency, paper.shownNumber(), paper.madeAt, {}};
    if (!file) return checked;
    MOTCUA_TRY(bytes, rooms_.files.readAll(*file));
    checked.verdict = judge(bytes, paper.madeAt); // it has been kept here since
    return checked;
}

} // namespace motcua::signing
