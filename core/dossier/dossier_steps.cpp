// The steps of a filed dossier: what its process decides becomes state, code, due time, events and news for
// other rooms.
#include "agency/agency_policy.h"
#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "dossier/dossier_policy.h"
#include "dossier/dossier_service.h"

#include <algorithm>
#include <array>

namespace motcua::dossier {

namespace {

// An official who does one of these owes the applicant a reason (Decree 61/2018, articles 17 and 19).
constexpr std::array<std::string_view, 5> needReason{"supplement", "reject", "refuse", "return", "disagree"};

std::map<std::string, std::string> unitsOf(const agency::Tree& tree, const catalogue::Procedure& procedure,
                                           const Dossier& dossier) {
    const auto unit = [&](const std::string& name) {
        const auto named = procedure.units.find(name);
        if (named == procedure.units.end()) return dossier.agency;
        const agency::Agency* office = tree.find(named->second + "-" + dossier.agency);
        const agency::Agency* found = office ? office : tree.find(named->second);
        return found ? found->id : dossier.agency;
    };
    return {{"one_stop", dossier.agency},
            {"executing", unit("executing")},
            {"authority", unit("authority")},
            {"coordinating", unit("coordinating")}};
}

Result<void> checkLength(const char* field, std::string_view text) {
    constexpr std::size_t most = 10'000; // characters
    if (text::shorten(text, most).size() == text.size()) return {};
    return invalidField(field, "field.too_long");
}

} // namespace

// What conditions of the drawing may read: every answer by its key, as in the form's own conditions, and the
// case.
Json DossierService::factsOf(const Dossier& dossier) {
    Json facts = dossier.answers;
    facts.set("case", dossier.caseId);
    return facts;
}

Result<void> DossierService::storeState(Change& change) {
    change.dossier.changedAt = rooms_.clock.now();
    if (!repository_.updateState(change.tx, change.dossier, change.dossier.version))
        return conflict("dossier.stale");
    ++change.dossier.version;
    return {};
}

void DossierService::note(Change& change, const std::string& kind, const std::string& agency,
                          const std::string& step) {
    Event event;
    event.at = rooms_.clock.now();
    event.kind = kind;
    event.state = change.dossier.state;
    event.actor = change.context.actor.kind == ActorKind::System ? "" : change.context.actor.id;
    event.agency = agency;
    event.step = step;
    event.note = change.note;
    repository_.addEvent(change.tx, change.dossier, std::move(event));
    rooms_.audit.record(change.tx, change.context, change.dossier.id, "dossier." + kind,
                        Json::object().set("state", static_cast<int>(change.dossier.state)));
}

void DossierService::tell(Change& change, const std::string& kind) {
    note(change, kind, change.dossier.agency, {});
    events_.happened.publish(change.tx, change.context, {change.dossier, kind, change.note});
}

Instant DossierService::dueFrom(const Change& change, Instant start) const {
    const catalogue::Case* oneCase = change.prepared.procedure.procedure.findCase(change.dossier.caseId);
    const auto limit = oneCase ? oneCase->limitFor(channelOf(change.dossier)) : std::nullopt;
    const auto calendar = change.prepared.calendars.of(change.dossier.agency, civilDay(start));
    if (!limit || !calendar) return Instant{0};
    return (*calendar)->addWorking((*calendar)->received(start), *limit);
}

Result<Dossier> DossierService::file(const Context& context, db::Writer& tx, const Filing& filing,
                                     std::string_view key) {
    const Prepared& prepared = filing.seen.prepared;
    Dossier dossier = filing.seen.dossier;
    const auto version = repository_.lock(tx, dossier.id);
    if (!version || *version != dossier.version) return conflict("dossier.stale");
    const Instant now = rooms_.clock.now();
    dossier.number = submissionNumber(civilDay(now));
    dossier.submittedAt = dossier.changedAt = now;
    dossier.state = State::Filed;
    for (const files::File& file : filing.unused)
        rooms_.files.forget(tx, file);
    Change change{context, tx, dossier, prepared, {}};
    if (dossier.inPerson()) MOTCUA_CHECK(handOver(change));
    tell(change, "submitted");
    // The process is the system's to begin: the applicant has no rights on its steps.
    Context system = context;
    system.actor = Actor::system("dossier");
    process::Start start{filing.drawing, dossier.id,
                         unitsOf(prepared.calendars.agencies(), prepared.procedure.procedure, dossier),
                         Json::object(), factsOf(dossier)};
    MOTCUA_TRY(moved, rooms_.processes.start(system, tx, prepared.calendars, start));
    MOTCUA_CHECK(takeOver(change, moved));
    if (!repository_.file(tx, dossier, filing.answers, key, dossier.version))
        return conflict("dossier.stale");
    ++dossier.version;
    tellOf(change, moved);
    if (dossier.inPerson()) MOTCUA_CHECK(takeIn(change));
    return dossier;
}

Result<void> DossierService::follow(Change& change, const process::Moved& moved) {
    MOTCUA_CHECK(takeOver(change, moved));
    MOTCUA_CHECK(storeState(change));
    tellOf(change, moved);
    return {};
}

// What has moved, in the dossier as it will stand.
Result<void> DossierService::takeOver(Change& change, const process::Moved& moved) {
    for (const process::Task& task : moved.closed)
        if (task.state == process::TaskState::Done)
            note(change, task.outcome == "refuse" ? "step_refused" : "step_done", task.agency, task.name);
    for (const process::Command& command : moved.commands)
        MOTCUA_CHECK(carryOut(change, command));
    if (moved.nationalStatus != 0) change.dossier.state = static_cast<State>(moved.nationalStatus);
    if (!moved.phase.empty()) change.dossier.phase = moved.phase;
    if (moved.status == process::Status::Completed && !change.dossier.endedAt)
        change.dossier.endedAt = rooms_.clock.now();
    return {};
}

void DossierService::tellOf(Change& change, const process::Moved& moved) {
    const std::string written = change.note;
    for (const std::string& notice : moved.notify) {
        change.note = reasonOf(change, notice);
        tell(change, notice);
        change.note = written;
    }
}

// Why a dossier is refused says who examined it (Decree 61/2018, article 19.8); what the leader wrote when he
// agreed is not the reason. Everything else is told with the words of the act itself.
std::string DossierService::reasonOf(Change& change, std::string_view notice) {
    if (!notice.starts_with("refus")) return change.note;
    const std::string reason = repository_.lastNote(change.tx, change.dossier.id, "step_refused");
    return reason.empty() ? change.note : reason;
}

// Decree 61/2018, article 11.2.c: a supplement is asked for once; a second time a leader answers for it.
Result<void> DossierService::mayAskSupplement(const Change& change, const process::Task& task) {
    if (repository_.countEvents(change.tx, change.dossier.id, "supplement_requested") == 0) return {};
    const auto leads = agency::regionsOf(change.context.actor, "leader");
    if (change.prepared.calendars.agencies().withinAny(leads, task.agency, civilDay(rooms_.clock.now())))
        return {};
    return rejected("dossier.supplemented_once");
}

// What is approved waits for its signature before anybody hands it out.
bool DossierService::resultUnsigned(db::Reader& tx, const Dossier& dossier) const {
    return dossier.state == State::Settled && repository_.countEvents(tx, dossier.id, "result_ready") > 0 &&
           repository_.countEvents(tx, dossier.id, "result_issued") == 0;
}

Result<void> DossierService::carryOut(Change& change, const process::Command& command) {
    if (command.command == "dossier.accept") return accept(change);
    events_.commanded.publish(change.tx, change.context,
                              {change.dossier, command, reasonOf(change, command.command)});
    return {};
}

// Tiếp nhận: the legal code, and until when (Decree 61/2018, article 17; Circular 01/2018, article 19).
Result<void> DossierService::accept(Change& change) {
    Dossier& dossier = change.dossier;
    if (!dossier.code.empty()) return {}; // a supplement came before: it keeps its code
    const agency::Agency* agency = change.prepared.calendars.agencies().find(dossier.agency);
    const std::string identifier = !agency                         ? ""
                                   : agency->oldIdentifier.empty() ? agency->identifier
                                                                   : agency->oldIdentifier;
    if (identifier.empty()) return rejected("dossier.agency_without_identifier");
    const Instant now = rooms_.clock.now();
    const CivilDay day = civilDay(now);
    dossier.code = legalCode(identifier, day, repository_.nextNumber(change.tx, identifier, day));
    dossier.acceptedAt = now;
    if (const Instant due = dueFrom(change, now); due.ms != 0) dossier.dueAt = due;
    return {};
}

Result<void> DossierService::checkNote(const Action& action) const {
    const bool owed = std::find(needReason.begin(), needReason.end(), action.action) != needReason.end();
    if (owed && action.note.find_first_not_of(" \t\r\n") == std::string::npos)
        return invalidField("note", "dossier.reason_needed");
    return checkLength("note", action.note);
}

Result<Dossier> DossierService::act(const Context& context, const Action& action) {
    MOTCUA_CHECK(checkNote(action));
    const Allowed official = [](const Actor& actor, const Dossier& dossier, const agency::Tree&,
                                const CivilDay&) {
        return actor.kind == ActorKind::Official && dossier.state != State::Draft;
    };
    return change(context, action.dossierId, official, [&](Change& under) -> Result<void> {
        MOTCUA_CHECK(visible(context, under.tx, action.dossierId, under.prepared.calendars.agencies()));
        MOTCUA_TRY(view, rooms_.processes.task(under.tx, action.taskId));
        if (view.task.subject != under.dossier.id) return notFound("process.no_task");
        if (resultUnsigned(under.tx, under.dossier)) return rejected("dossier.result_unsigned");
        if (action.action == "supplement") MOTCUA_CHECK(mayAskSupplement(under, view.task));
        under.note = action.note;
        process::Completion completion{action.taskId, action.taskVersion, action.action, action.variables,
                                       factsOf(under.dossier)};
        MOTCUA_TRY(moved, rooms_.processes.complete(context, under.tx, under.prepared.calendars, completion));
        return follow(under, moved);
    });
}

Result<Dossier> DossierService::fireTimer(const Context& context, const process::TimerRow& timer) {
    const Allowed system = [](const Actor& actor, const Dossier&, const agency::Tree&, const CivilDay&) {
        return actor.kind == ActorKind::System;
    };
    return change(context, timer.subject, system, [&](Change& under) -> Result<void> {
        const std::string name = rooms_.processes.timerName(under.tx, timer);
        MOTCUA_TRY(moved, rooms_.processes.fireTimer(context, under.tx, under.prepared.calendars, timer,
                                                     factsOf(under.dossier)));
        // One that only reminds is told of by its notices.
        if (!moved.closed.empty()) note(under, "timer", under.dossier.agency, name);
        return follow(under, moved);
    });
}

bool DossierService::keepIncident(const Context& context, const process::TimerRow& timer,
                                  const Error& error) {
    const auto kept = rooms_.database.write(context, [&](db::Writer& tx) -> Result<bool> {
        const auto incident = rooms_.processes.timerFailed(context, tx, timer, error);
        if (incident)
            log::error("dossier.timer_failed", {{"dossier", timer.subject},
                                                {"timer", timer.element},
                                                {"error", error.code},
                                                {"detail", error.detail},
                                                {"attempt", incident->attempts},
                                                {"trace", context.trace}});
        return incident.has_value();
    });
    return kept && *kept;
}

DossierService::TimerRun DossierService::fireTimers(const Context& context, int most) {
    TimerRun run;
    if (context.actor.kind != ActorKind::System) return run;
    const auto due =
        rooms_.database.read(context, [&](db::Reader& tx) { return rooms_.processes.dueTimers(tx, most); });
    for (const process::TimerRow& timer : due) {
        Result<Dossier> fired = internal("process.timer_threw");
        try {
            fired = fireTimer(context, timer);
        } catch (const std::exception& problem) {
            fired = internal("process.timer_threw", problem.what());
        }
        if (fired) {
            ++run.fired;
            continue;
        }
        // Somebody worked on the dossier at the same moment: the next round sees what is left of it.
        const std::string& code = fired.error().code;
        if (code == "process.stale" || code == "dossier.stale") continue;
        if (keepIncident(context, timer, fired.error())) ++run.failed;
    }
    return run;
}

Result<Dossier> DossierService::answerSupplement(const Context& context, std::string_view id,
                                                 std::string_view text) {
    MOTCUA_CHECK(checkLength("note", text));
    return change(context, id, mayAnswerSupplement, [&](Change& under) -> Result<void> {
        const auto verdict = forms::judge(under.prepared.package->definition, under.dossier.answers,
                                          {rooms_.clock.now(), forms::Stage::Section, "papers"});
        if (!verdict.errors.empty()) return invalid("form.invalid", verdict.errors);
        under.note = std::string{text};
        // Once the full dossier is there the limit counts from the start again (Decree 61/2018,
        // article 19.4).
        if (under.dossier.acceptedAt)
            if (const Instant due = dueFrom(under, rooms_.clock.now()); due.ms != 0)
                under.dossier.dueAt = due;
        tell(under, "supplemented");
        under.note.clear();
        Context system = context;
        system.actor = Actor::system("dossier");
        MOTCUA_TRY(moved, rooms_.processes.message(
                              system, under.tx, under.prepared.calendars,
                              {under.dossier.id, "supplement", Json::object(), factsOf(under.dossier)}));
        return follow(under, moved);
    });
}

Result<Dossier> DossierService::withdraw(const Context& context, std::string_view id,
                                         std::string_view reason) {
    MOTCUA_CHECK(checkLength("reason", reason));
    return change(context, id, mayWithdraw, [&](Change& under) -> Result<void> {
        Context system = context;
        system.actor = Actor::system("dossier");
        MOTCUA_TRY(moved,
                   rooms_.processes.withdraw(system, under.tx, under.prepared.calendars, under.dossier.id));
        under.note = std::string{reason};
        under.dossier.state = State::Withdrawn;
        under.dossier.endedAt = rooms_.clock.now();
        MOTCUA_CHECK(storeState(under));
        tell(under, "withdrawn");
        return {};
    });
}

} // namespace motcua::dossier
