#include "dossier/dossier_service.h"

#include "base/id.h"
#include "dossier/dossier_facts.h"
#include "dossier/dossier_policy.h"
#include "files/media_type.h"
#include "forms/known.h"
#include "forms/personal.h"
#include "process/process_policy.h"

#include <algorithm>

namespace motcua::dossier {

namespace {

Error stale() {
    return conflict("dossier.stale");
}

// The forms room names a paper by file, name, type ("pdf") and size.
Json paperEntry(const files::File& file) {
    return Json::object()
        .set("file", file.id)
        .set("name", file.name)
        .set("type", files::extensionOf(file.mediaType))
        .set("size", file.size);
}

// A draft goes by what is in force until it is filed (O19), but keeps what its fee was paid under.
bool followsTheLaw(const Dossier& dossier) {
    return dossier.state == State::Draft && !dossier.feePaidAt;
}

// Ids of the files that its papers name.
std::vector<std::string> filesOf(const Dossier& dossier) {
    std::vector<std::string> ids;
    for (const auto& [slot, files] : dossier.answers["papers"].members())
        for (const Json& file : files.items())
            if (file.has("file")) ids.push_back(file["file"].string()); // others were seen at the counter
    return ids;
}

bool usesFile(const Dossier& dossier, const std::string& fileId) {
    const auto used = filesOf(dossier);
    return std::find(used.begin(), used.end(), fileId) != used.end();
}

} // namespace

DossierService::DossierService(const Rooms& rooms)
    : rooms_(rooms), repository_(rooms.vault), receptions_(rooms.vault) {}

Result<DossierService::Prepared> DossierService::prepare(const Context& context, const Dossier& dossier,
                                                         const calendar::Calendars& calendars) {
    const CivilDay today = civilDay(rooms_.clock.now());
    MOTCUA_TRY(procedure, followsTheLaw(dossier) ? rooms_.catalogue.procedure(context, dossier.procedureCode)
                                                 : rooms_.catalogue.version(context, dossier.procedureCode,
                                                                            dossier.procedureVersion, today));
    MOTCUA_TRY(held, package(context, dossier));
    return Prepared{calendars, std::move(procedure), std::move(held)};
}

void DossierService::takeUp(const Prepared& prepared, Dossier& dossier) const {
    if (!followsTheLaw(dossier)) return;
    dossier.procedureName = prepared.procedure.procedure.name.vi;
    dossier.procedureVersion = prepared.procedure.version;
    dossier.formVersion = prepared.package->version;
    dossier.answers = forms::known(prepared.package->definition.form(), dossier.answers);
}

Result<DossierService::Seen> DossierService::look(const Context& context, db::Reader& tx, std::string_view id,
                                                  Allowed allowed, const calendar::Calendars& calendars) {
    MOTCUA_TRY(dossier, repository_.find(tx, id));
    if (!allowed(context.actor, dossier, calendars.agencies(), civilDay(rooms_.clock.now())))
        return notFound("dossier.none");
    MOTCUA_TRY(prepared, prepare(context, dossier, calendars));
    return Seen{std::move(dossier), std::move(prepared)};
}

Result<Dossier> DossierService::change(const Context& context, std::string_view id, Allowed allowed,
                                       const Work& work) {
    // Before a session is taken: who keeps them may ask the database for a newer state under a lock of his
    // own.
    const auto calendars = rooms_.calendars.calendars(context);
    MOTCUA_TRY(seen, rooms_.database.read(
                         context, [&](db::Reader& tx) { return look(context, tx, id, allowed, calendars); }));
    return rooms_.database.write(context, [&](db::Writer& tx) -> Result<Dossier> {
        const auto version = repository_.lock(tx, id);
        if (!version) return notFound("dossier.none");
        // Nothing is unsealed again where nobody has changed it since.
        MOTCUA_TRY(dossier, *version == seen.dossier.version ? Result<Dossier>{seen.dossier}
                                                             : repository_.find(tx, id));
        if (!allowed(context.actor, dossier, calendars.agencies(), civilDay(rooms_.clock.now())))
            return notFound("dossier.none");
        takeUp(seen.prepared, dossier);
        Change under{context, tx, dossier, seen.prepared, {}};
        MOTCUA_CHECK(work(under));
        return dossier;
    });
}

Result<Dossier> DossierService::visible(const Context& context, db::Reader& tx, std::string_view id,
                                        const agency::Tree& tree) {
    MOTCUA_TRY(dossier, repository_.find(tx, id));
    const CivilDay today = civilDay(rooms_.clock.now());
    if (maySee(context.actor, dossier, tree, today)) return dossier;
    // An agency that is asked along the way sees it while a step is open there.
    if (context.actor.kind != ActorKind::Official || dossier.state == State::Draft)
        return notFound("dossier.none");
    MOTCUA_TRY(open, rooms_.processes.openOf(tx, dossier.id));
    const bool asked = std::any_of(open.begin(), open.end(), [&](const process::TaskView& view) {
        return process::mayWork(context.actor, view.task, tree, today);
    });
    if (!asked) return notFound("dossier.none");
    return dossier;
}

// A draft that nobody has written down yet.
Result<Dossier> DossierService::fresh(const Context& context, std::string_view procedureCode,
                                      std::string_view agencyId) {
    if (!context.actor.signedIn()) return Error{ErrorKind::Unauthenticated, "sign_in.needed"};
    MOTCUA_TRY(stored, rooms_.catalogue.procedure(context, procedureCode));
    const auto package = rooms_.forms.inForce(context, procedureCode);
    if (!package) return rejected("dossier.not_online");
    const auto receivers = rooms_.catalogue.receivers(context, stored.procedure);
    const bool receives =
        std::any_of(receivers.begin(), receivers.end(), [&](const auto& one) { return one.id == agencyId; });
    if (!receives) return invalidField("agency", "dossier.wrong_agency");

    Dossier dossier;
    dossier.id = newId(rooms_.clock);
    dossier.owner = context.actor.id;
    dossier.procedureCode = stored.procedure.code;
    dossier.procedureName = stored.procedure.name.vi;
    dossier.procedureVersion = stored.version;
    dossier.formVersion = (*package)->version;
    dossier.agency = agencyId;
    dossier.madeAt = dossier.changedAt = rooms_.clock.now();
    return dossier;
}

Result<Dossier> DossierService::begin(const Context& context, std::string_view procedureCode,
                                      std::string_view agencyId) {
    MOTCUA_TRY(dossier, fresh(context, procedureCode, agencyId));
    return rooms_.database.write(context, [&](db::Writer& tx) -> Result<Dossier> {
        repository_.insert(tx, dossier, Json::object(), Json::object());
        rooms_.audit.record(tx, context, dossier.id, "dossier.begun",
                            Json::object().set("procedure", dossier.procedureCode));
        return dossier;
    });
}

// Takes over what the verdict left of the answers, and what follows from them.
Result<forms::SplitAnswers> DossierService::settle(const Prepared& prepared, Dossier& dossier,
                                                   const forms::Verdict& verdict) const {
    const Instant now = rooms_.clock.now();
    const catalogue::Case* oneCase = caseOf(prepared.procedure.procedure, verdict.answers, now);
    const Money fee =
        oneCase ? feeOf(*oneCase, channelOf(dossier), verdict.quantity, verdict.feeExempt) : Money{0};
    if (dossier.feePaidAt && fee != dossier.fee) return conflict("dossier.fee_paid");
    dossier.answers = verdict.answers;
    dossier.caseId = oneCase ? oneCase->id : "";
    dossier.quantity = verdict.quantity;
    dossier.fee = fee;
    dossier.applicant = applicantOf(verdict.answers);
    dossier.changedAt = now;
    return forms::splitPersonal(prepared.package->definition.form(), dossier.answers);
}

Result<void> DossierService::keepAnswers(Change& change, const forms::Verdict& verdict) {
    Dossier& dossier = change.dossier;
    MOTCUA_TRY(split, settle(change.prepared, dossier, verdict));
    if (!repository_.update(change.tx, dossier, split.open, split.sealed, dossier.version)) return stale();
    ++dossier.version;
    return {};
}

Result<Dossier> DossierService::save(const Context& context, std::string_view id, std::int64_t expected,
                                     const Json& answers, const std::string& section) {
    return change(context, id, mayEdit, [&](Change& under) -> Result<void> {
        if (under.dossier.version != expected) return stale();
        // A page from before a new version may hold what is not asked any more.
        Json merged = forms::known(under.prepared.package->definition.form(), answers);
        merged.set("papers", under.dossier.answers["papers"].isNull() ? Json::object()
                                                                      : under.dossier.answers["papers"]);
        const auto verdict = forms::judge(under.prepared.package->definition, merged,
                                          {rooms_.clock.now(), forms::Stage::Section, section});
        if (!verdict.errors.empty()) return invalid("form.invalid", verdict.errors);
        return keepAnswers(under, verdict);
    });
}

// Papers change at any time until the dossier is filed, and again while a supplement is asked for.
Result<Dossier> DossierService::changePapers(const Context& context, std::string_view id,
                                             const std::function<void(Json& papers)>& edit) {
    return change(context, id, mayChangePapers, [&](Change& under) -> Result<void> {
        Json papers =
            under.dossier.answers["papers"].isNull() ? Json::object() : under.dossier.answers["papers"];
        edit(papers);
        Json answers = under.dossier.answers;
        answers.set("papers", std::move(papers));
        const auto verdict = forms::judge(under.prepared.package->definition, answers,
                                          {rooms_.clock.now(), forms::Stage::Draft, {}});
        if (!verdict.errors.empty()) return invalid("form.invalid", verdict.errors);
        const Dossier before = under.dossier;
        MOTCUA_CHECK(keepAnswers(under, verdict));
        for (const std::string& file : filesOf(under.dossier)) {
            // The same bytes were put in and taken out at once.
            if (!rooms_.files.find(under.tx, file)) return stale();
        }
        // What an official has seen stays on record: only a draft forgets a paper that once stood in it.
        if (before.state != State::Draft) return {};
        for (const std::string& file : filesOf(before))
            if (!usesFile(under.dossier, file)) forgetFile(under.tx, file);
        return {};
    });
}

void DossierService::forgetFile(db::Writer& tx, const std::string& fileId) const {
    if (const auto file = rooms_.files.find(tx, fileId)) rooms_.files.forget(tx, *file);
}

Result<Dossier> DossierService::addPaper(const Context& context, std::string_view id, const std::string& slot,
                                         std::string name, files::Source source) {
    // Rights before bytes: a stranger's upload is not kept.
    MOTCUA_TRY(dossier,
               rooms_.database.read(context, [&](db::Reader& tx) { return repository_.find(tx, id); }));
    if (!mayChangePapers(context.actor, dossier, *rooms_.agencies.tree(context),
                         civilDay(rooms_.clock.now())))
        return notFound("dossier.none");
    MOTCUA_TRY(held, package(context, dossier));
    const forms::Paper* paper = held->definition.form().paper(slot);
    if (!paper) return notFound("dossier.no_such_paper");
    files::Upload upload{dossier.id,
                         std::move(name),
                         std::move(source),
                         {},
                         static_cast<std::uint64_t>(paper->maxMegabytes) << 20};
    MOTCUA_TRY(file, rooms_.files.put(context, upload));
    auto added = changePapers(context, id, [&](Json& papers) {
        Json files = papers[slot].isNull() ? Json::array() : papers[slot];
        for (const Json& present : files.items())
            if (present["file"].string() == file.id) return;
        files.add(paperEntry(file));
        papers.set(slot, std::move(files));
    });
    // What the dossier does not take is not kept either.
    if (!added)
        MOTCUA_CHECK(rooms_.database.write(context, [&](db::Writer& tx) -> Result<void> {
            const auto now = repository_.find(tx, id);
            const bool needed = now ? usesFile(*now, file.id) : now.error().kind != ErrorKind::NotFound;
            if (!needed) rooms_.files.forget(tx, file);
            return {};
        }));
    return added;
}

Result<Dossier> DossierService::removePaper(const Context& context, std::string_view id,
                                            const std::string& slot, std::string_view fileId) {
    return changePapers(context, id, [&](Json& papers) {
        Json left = Json::array();
        for (const Json& present : papers[slot].items())
            if (present[present.has("seen") ? "seen" : "file"].string() != fileId) left.add(present);
        papers.set(slot, std::move(left));
    });
}

Result<void> DossierService::discard(const Context& context, std::string_view id) {
    const auto tree = rooms_.agencies.tree(context);
    std::vector<files::File> papers;
    const auto done = rooms_.database.write(context, [&](db::Writer& tx) -> Result<void> {
        MOTCUA_TRY(dossier, repository_.find(tx, id));
        if (!mayEdit(context.actor, dossier, *tree, civilDay(rooms_.clock.now())))
            return notFound("dossier.none");
        if (dossier.feePaidAt) return conflict("dossier.fee_paid");
        papers = erase(context, tx, id, "dossier.discarded");
        return {};
    });
    if (done)
        for (const files::File& paper : papers)
            rooms_.files.removeBytes(paper);
    return done;
}

// A draft, with all that was sealed for it.
std::vector<files::File> DossierService::erase(const Context& context, db::Writer& tx, std::string_view id,
                                               const char* what) {
    auto papers = rooms_.files.ofOwner(tx, id); // while their keys are there
    for (const files::File& paper : papers)
        rooms_.files.forget(tx, paper);
    receptions_.remove(tx, id);
    repository_.remove(tx, id);
    rooms_.audit.record(tx, context, id, what);
    rooms_.vault.destroy(tx, id);
    return papers;
}

void DossierService::forgetDrafts(const Context& context) {
    constexpr int most = 1'000;
    const Instant before = rooms_.clock.now() - std::chrono::hours{24} * draftDays;
    const auto old = rooms_.database.read(
        context, [&](db::Reader& tx) { return repository_.draftsBefore(tx, before, most); });
    for (const std::string& id : old) {
        // Each in a transaction of its own: a unit on the writer lane has to be short.
        std::vector<files::File> papers;
        const auto gone = rooms_.database.write(context, [&](db::Writer& tx) -> Result<void> {
            if (repository_.isDraftBefore(tx, id, before))
                papers = erase(context, tx, id, "dossier.draft_forgotten");
            return {};
        });
        if (!gone) throw db::DatabaseError("old drafts: " + gone.error().code);
        for (const files::File& paper : papers)
            rooms_.files.removeBytes(paper);
    }
}

Result<Dossier> DossierService::submit(const Context& context, std::string_view id, const std::string& key) {
    constexpr int most = 3;
    const auto calendars = rooms_.calendars.calendars(context);
    for (int attempt = 1;; ++attempt) {
        MOTCUA_TRY(filing, rooms_.database.read(context, [&](db::Reader& tx) {
            return toFile(context, tx, id, key, calendars);
        }));
        if (filing.done) return std::move(filing.seen.dossier);
        auto sent =
            rooms_.database.write(context, [&](db::Writer& tx) { return file(context, tx, filing, key); });
        // Changed meanwhile: looked at again. The same submission sent twice at once ends so too, and the
        // slower one answers what the quicker one filed.
        if (sent || sent.error().code != stale().code || attempt == most) return sent;
    }
}

// Judged and sealed before the transaction that writes, which others wait for.
Result<DossierService::Filing> DossierService::toFile(const Context& context, db::Reader& tx,
                                                      std::string_view id, std::string_view key,
                                                      const calendar::Calendars& calendars) {
    MOTCUA_TRY(seen, look(context, tx, id, speaksFor, calendars));
    Filing filing{std::move(seen)};
    Dossier& dossier = filing.seen.dossier;
    if (dossier.state != State::Draft) {
        const auto filed = repository_.idBySubmitKey(tx, key);
        if (!filed || *filed != id) return stale();
        filing.done = true;
        return filing;
    }
    const Prepared& prepared = filing.seen.prepared;
    takeUp(prepared, dossier);
    const auto verdict = forms::judge(prepared.package->definition, dossier.answers,
                                      {rooms_.clock.now(), forms::Stage::Submit, {}});
    if (!verdict.errors.empty()) return invalid("form.invalid", verdict.errors);
    MOTCUA_TRY(split, settle(prepared, dossier, verdict));
    // At the counter the fee is taken once the dossier has its code.
    if (dossier.feeDue() && !dossier.inPerson()) return rejected("dossier.fee_due");
    filing.answers = repository_.answers(tx, dossier, split.open, split.sealed);
    for (files::File& kept : rooms_.files.ofOwner(tx, id))
        if (!usesFile(dossier, kept.id)) filing.unused.push_back(std::move(kept));
    MOTCUA_TRY(drawing, rooms_.processes.latest(tx, dossier.procedureCode));
    filing.drawing = std::move(drawing.id);
    return filing;
}

Result<bool> DossierService::feePaid(const Context& context, db::Writer& tx, std::string_view id,
                                     Money amount) {
    auto found = repository_.find(tx, id);
    if (!found && found.error().kind == ErrorKind::NotFound) return false;
    if (!found) return found.error();
    Dossier& dossier = *found;
    if (!dossier.feeDue() || dossier.fee != amount || isEnded(dossier.state)) return false;
    const std::int64_t before = dossier.version;
    dossier.feePaidAt = dossier.changedAt = rooms_.clock.now();
    if (!repository_.updateState(tx, dossier, before)) return stale();
    ++dossier.version;
    Event event;
    event.at = *dossier.feePaidAt;
    event.kind = "paid";
    event.state = dossier.state;
    event.agency = dossier.agency;
    repository_.addEvent(tx, dossier, std::move(event));
    rooms_.audit.record(tx, context, id, "dossier.fee_paid", Json::object().set("dong", dossier.fee.dong));
    events_.happened.publish(tx, context, {dossier, "paid", {}});
    return true;
}

Result<std::vector<FeeLine>> DossierService::feeLines(const Context& context, const Dossier& dossier) {
    if (dossier.fee.dong == 0) return std::vector<FeeLine>{};
    MOTCUA_TRY(stored, rooms_.catalogue.version(context, dossier.procedureCode, dossier.procedureVersion,
                                                civilDay(rooms_.clock.now())));
    const catalogue::Case* oneCase = stored.procedure.findCase(dossier.caseId);
    return oneCase ? feeLinesOf(*oneCase, channelOf(dossier), dossier.quantity) : std::vector<FeeLine>{};
}

Result<void> DossierService::setDocument(const Context& context, db::Writer& tx, std::string_view id,
                                         const std::string& kind, const std::string& file) {
    MOTCUA_TRY(dossier, repository_.find(tx, id));
    const Instant now = rooms_.clock.now();
    repository_.setDocument(tx, dossier.id, {kind, file, now});
    rooms_.audit.record(tx, context, dossier.id, "dossier.document_made",
                        Json::object().set("kind", kind).set("file", file));
    if (kind != "result") return {};
    Event event;
    event.at = now;
    event.kind = "result_issued";
    event.state = dossier.state;
    event.agency = dossier.agency;
    repository_.addEvent(tx, dossier, event);
    events_.happened.publish(tx, context, {dossier, event.kind, {}});
    return {};
}

void DossierService::renewDocument(db::Writer& tx, std::string_view id, const std::string& kind,
                                   const std::string& from, const std::string& to) {
    for (const Document& document : repository_.documents(tx, id))
        if (document.kind == kind && document.file == from)
            repository_.setDocument(tx, id, {kind, to, document.madeAt});
}

Result<files::File> DossierService::openFile(const Context& context, std::string_view id,
                                             std::string_view fileId) {
    const auto tree = rooms_.agencies.tree(context);
    return rooms_.database.write(context, [&](db::Writer& tx) -> Result<files::File> {
        MOTCUA_TRY(dossier, visible(context, tx, id, *tree));
        MOTCUA_TRY(file, rooms_.files.find(tx, fileId));
        if (file.owner != dossier.id) return notFound("file.none");
        rooms_.audit.record(tx, context, dossier.id, "dossier.file_read",
                            Json::object().set("file", file.id));
        return file;
    });
}

Result<Dossier> DossierService::find(const Context& context, std::string_view id) {
    const auto tree = rooms_.agencies.tree(context);
    return rooms_.database.read(context, [&](db::Reader& tx) { return visible(context, tx, id, *tree); });
}

Result<std::shared_ptr<const forms::Package>> DossierService::package(const Context& context,
                                                                      const Dossier& dossier) {
    if (followsTheLaw(dossier)) return rooms_.forms.inForce(context, dossier.procedureCode);
    return rooms_.forms.version(context, dossier.procedureCode, dossier.formVersion);
}

Result<Sight> DossierService::see(const Context& context, std::string_view id) {
    const auto tree = rooms_.agencies.tree(context);
    const CivilDay today = civilDay(rooms_.clock.now());
    return rooms_.database.read(context, [&](db::Reader& tx) -> Result<Sight> {
        MOTCUA_TRY(dossier, visible(context, tx, id, *tree));
        Sight sight;
        sight.owner = context.actor.signedIn() && context.actor.id == dossier.owner;
        if (context.actor.kind == ActorKind::Official && dossier.inPerson()) {
            sight.desk = speaksFor(context.actor, dossier, *tree, today);
            sight.applicant = receptions_.find(tx, id);
        }
        sight.events = repository_.events(tx, id);
        sight.documents = repository_.documents(tx, id);
        sight.files = rooms_.files.ofOwner(tx, id);
        if (dossier.state == State::Supplement)
            sight.supplementNote = repository_.lastNote(tx, id, "supplement_requested");
        sight.refusalReason = refusalOf(tx, dossier);
        sight.resultUnsigned = resultUnsigned(tx, dossier);
        if (dossier.state != State::Draft) {
            MOTCUA_TRY(open, rooms_.processes.openOf(tx, std::string{id}));
            if (!sight.owner) sight.incidents = rooms_.processes.incidents(tx, std::string{id});
            for (process::TaskView& view : open) {
                const bool mine = process::mayWork(context.actor, view.task, *tree, today);
                sight.steps.push_back({std::move(view), mine});
            }
        }
        sight.dossier = std::move(dossier);
        return sight;
    });
}

std::string DossierService::refusalOf(db::Reader& tx, const Dossier& dossier) {
    if (dossier.state == State::NotAccepted) return repository_.lastNote(tx, dossier.id, "rejected");
    return dossier.state == State::Stopped ? repository_.lastNote(tx, dossier.id, "refused") : std::string{};
}

std::vector<Summary> DossierService::mine(const Context& context, Instant beforeChanged,
                                          std::string_view beforeId, int limit) {
    if (!context.actor.signedIn()) return {};
    return rooms_.database.read(context, [&](db::Reader& tx) {
        return repository_.ofOwner(tx, context.actor.id, beforeChanged, beforeId, limit);
    });
}

Result<PublicView> DossierService::publicView(const Context& context, std::string_view numberOrCode) {
    return rooms_.database.read(context, [&](db::Reader& tx) -> Result<PublicView> {
        auto view = repository_.publicView(tx, normalCode(numberOrCode));
        if (!view) return notFound("dossier.none");
        return std::move(*view);
    });
}

} // namespace motcua::dossier
