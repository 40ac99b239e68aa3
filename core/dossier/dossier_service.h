// The dossier's way: draft, submission, the steps of its process, supplement, withdrawal, and who sees what
// of it.
#pragma once

#include "audit/audit.h"
#include "calendar/calendar_service.h"
#include "catalogue/catalogue_service.h"
#include "dossier/dossier_events.h"
#include "dossier/dossier_facts.h"
#include "dossier/dossier_repository.h"
#include "dossier/dossier_work.h"
#include "dossier/reception.h"
#include "files/file_store.h"
#include "forms/forms_service.h"
#include "forms/personal.h"
#include "forms/validate.h"
#include "process/process_service.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::dossier {

// A step that is open now, with what an official may do at it.
struct OpenStep {
    process::TaskView view;
    bool mine = false; // this actor may work on it
};

// Everything of one dossier that its owner or an official sees.
struct Sight {
    Dossier dossier;
    std::vector<Event> events;
    std::vector<OpenStep> steps;
    std::vector<Document> documents;
    std::vector<files::File> files;           // papers of the applicant
    std::vector<process::Incident> incidents; // timers that could not fire; for officials
    std::string supplementNote;               // what is asked for, while it is
    std::string refusalReason;                // why it was turned down, where it was
    bool owner = false;
    bool resultUnsigned = false;        // it is not handed out before it stands in the files
    bool desk = false;                  // this official acts for the applicant, who came in person
    std::optional<Applicant> applicant; // who came in person; for officials
};

// What a desk can take in.
struct Receivable {
    std::string code; // of the procedure
    std::string name;
    std::vector<agency::Agency> agencies;
};

// What the applicant who came in person follows by code and telephone number.
struct Followed {
    Dossier dossier; // without answers
    std::vector<Event> events;
    std::string supplementNote;
    std::string refusalReason;
};

struct Action {
    std::string dossierId;
    std::string taskId;
    std::int64_t taskVersion = 0;
    std::string action; // one of the step's; empty where it has none
    std::string note;   // reason or list; required for supplement, reject, refuse and return
    Json variables = Json::object();
};

class DossierService {
public:
    struct Rooms {
        db::Database& database;
        vault::Vault& vault;
        audit::Audit& audit;
        files::FileStore& files;
        agency::AgencyService& agencies;
        calendar::CalendarService& calendars;
        catalogue::CatalogueService& catalogue;
        forms::FormsService& forms;
        process::ProcessService& processes;
        const Clock& clock;
    };
    explicit DossierService(const Rooms& rooms);

    Events& events() { return events_; }

    // A draft. Errors: Unauthenticated, catalogue.no_procedure, dossier.not_online, dossier.wrong_agency
    // (Invalid).
    Result<Dossier> begin(const Context& context, std::string_view procedureCode, std::string_view agencyId);
    // What this official may take in at his counters, by name; nothing for anybody else.
    std::vector<Receivable> receivable(const Context& context);
    // A draft for somebody who stands at the counter, by an official who receives for that agency; what the
    // form asks of him is filled in. Filed by submit() it is accepted at once and belongs to the applicant.
    // Errors: those of begin, Denied dossier.not_receiver, Rejected dossier.not_in_person, form.invalid.
    Result<Dossier> receive(const Context& context, std::string_view procedureCode, std::string_view agencyId,
                            const Applicant& typed);
    // A paper that was shown or handed in at the counter (forms::isSeen) and is not scanned.
    Result<Dossier> seePaper(const Context& context, std::string_view id, const std::string& slot,
                             const std::string& seen);
    // For who came in person: NotFound dossier.none unless the telephone number is his.
    Result<Followed> followed(const Context& context, std::string_view code, std::string_view phone);
    // Who came in person; the right to read it is checked by who calls.
    std::optional<Applicant> cameInPerson(db::Reader& tx, std::string_view id);
    // Answers judged as of a draft with `section` complete (empty: none is yet); what is wrong is not kept
    // but told (form.invalid). Conflict dossier.stale where the draft has changed since version `expected`.
    Result<Dossier> save(const Context& context, std::string_view id, std::int64_t expected,
                         const Json& answers, const std::string& section);
    Result<Dossier> addPaper(const Context& context, std::string_view id, const std::string& slot,
                             std::string name, files::Source source);
    Result<Dossier> removePaper(const Context& context, std::string_view id, const std::string& slot,
                                std::string_view fileId);
    Result<void> discard(const Context& context, std::string_view id);
    // Throws away the drafts that nobody touched for draftDays, but for those whose fee is paid; a scheduled
    // job, at most a thousand a run.
    void forgetDrafts(const Context& context);
    // Files it: number, process, fee. The same `key` again answers the dossier that it filed. Errors:
    // form.invalid with what is missing.
    Result<Dossier> submit(const Context& context, std::string_view id, const std::string& key);

    // An official's act at a step. Errors of ProcessService, Invalid dossier.reason_needed (note), Rejected
    // dossier.supplemented_once where no leader asks for a second supplement (Decree 61/2018,
    // article 11.2.c).
    Result<Dossier> act(const Context& context, const Action& action);
    // The owner has supplied what was asked for: the papers stand in the dossier already. Errors:
    // form.invalid where one that is needed was taken out and not replaced.
    Result<Dossier> answerSupplement(const Context& context, std::string_view id, std::string_view note);
    Result<Dossier> withdraw(const Context& context, std::string_view id, std::string_view reason);
    // A scheduled job: the timers of processes that are due fire, each in a transaction of its own, at most
    // `most` in one go. One that cannot fire stays as an incident and is tried again; it holds nothing up.
    struct TimerRun {
        int fired = 0;
        int failed = 0;
    };
    TimerRun fireTimers(const Context& context, int most = 100);
    // Money for the fee arrived (payment room). True where it settles the fee; false where it settles
    // nothing: the dossier is gone or ended, its fee is paid already or is another amount. Counts once.
    // Conflict dossier.stale: begin the transaction again.
    Result<bool> feePaid(const Context& context, db::Writer& tx, std::string_view id, Money amount);
    // What it costs, fee by fee; none where it costs nothing.
    Result<std::vector<FeeLine>> feeLines(const Context& context, const Dossier& dossier);
    // A paper that the agency made stands in the files; that of a result is told as "result_issued".
    Result<void> setDocument(const Context& context, db::Writer& tx, std::string_view id,
                             const std::string& kind, const std::string& file);
    // The same document with more proof in it, such as a time-stamp: nothing has happened, nobody is told.
    // Where another one has taken its place meanwhile, nothing changes.
    void renewDocument(db::Writer& tx, std::string_view id, const std::string& kind, const std::string& from,
                       const std::string& to);
    // A file of the dossier for whoever may see it, recorded as read. NotFound file.none.
    Result<files::File> openFile(const Context& context, std::string_view id, std::string_view fileId);

    Result<Dossier> find(const Context& context, std::string_view id);
    Result<Sight> see(const Context& context, std::string_view id);
    // The form package that it goes by: of its own version once it is filed, a draft that owes nothing by the
    // one in force.
    Result<std::shared_ptr<const forms::Package>> package(const Context& context, const Dossier& dossier);
    std::vector<Summary> mine(const Context& context, Instant beforeChanged, std::string_view beforeId,
                              int limit);
    // By the number or code as people type it. NotFound dossier.none for a wrong one and for a draft alike.
    Result<PublicView> publicView(const Context& context, std::string_view numberOrCode);
    // Of what lies at the official's desks (a role, at an agency of a region); empty for anybody else. A mark
    // that no page has given out counts as the beginning.
    Result<WorkPage> workList(const Context& context, const WorkAsked& asked);
    WorkCounts workCounts(const Context& context);
    // Of these, the steps that this official may approve, the most urgent first, at most `most`.
    Result<std::vector<WorkRow>> approvable(const Context& context, std::size_t most);
    // By the agency's working time; by the clock where it has no calendar.
    Pressing pressing(const Context& context, const std::string& agency);

private:
    // What is needed of other rooms, fetched before a transaction is opened.
    struct Prepared {
        calendar::Calendars calendars;
        catalogue::Stored procedure;
        std::shared_ptr<const forms::Package> package;
    };
    // A dossier as it was read, before a transaction changes it.
    struct Seen {
        Dossier dossier;
        Prepared prepared;
    };
    // A draft that may be filed, as it will stand; or one that this key has filed already.
    struct Filing {
        Seen seen;
        DossierRepository::Answers answers{};
        std::vector<files::File> unused{}; // papers that no answer names
        std::string drawing{};             // of its process
        bool done = false;
    };
    // A change under way: the dossier as it will stand, and what an official or citizen wrote with it.
    struct Change {
        const Context& context;
        db::Writer& tx;
        Dossier& dossier;
        const Prepared& prepared;
        std::string note{};
    };
    // What an official's lists may read.
    struct Reach {
        std::shared_ptr<const agency::Tree> tree;
        CivilDay today;
        std::vector<std::string> agencies;
        std::vector<process::Desk> desks;
    };
    struct WorkItem {
        std::string dossier;
        std::optional<process::Task> step;
    };
    using Allowed = bool (*)(const Actor&, const Dossier&, const agency::Tree&, const CivilDay&);
    using Work = std::function<Result<void>(Change&)>;

    Result<Prepared> prepare(const Context& context, const Dossier& dossier,
                             const calendar::Calendars& calendars);
    void takeUp(const Prepared& prepared, Dossier& dossier) const;
    Result<Seen> look(const Context& context, db::Reader& tx, std::string_view id, Allowed allowed,
                      const calendar::Calendars& calendars);
    // Loads the dossier, lets `work` change it where `allowed`, and answers it as it then stands. Who may
    // not, is told that there is no such dossier.
    Result<Dossier> change(const Context& context, std::string_view id, Allowed allowed, const Work& work);
    Result<Dossier> changePapers(const Context& context, std::string_view id,
                                 const std::function<void(Json& papers)>& edit);
    Result<Dossier> visible(const Context& context, db::Reader& tx, std::string_view id,
                            const agency::Tree& tree);

    Reach reachOf(const Context& context);
    std::vector<WorkRow> workRows(const Context& context, db::Reader& tx, const Reach& reach,
                                  std::vector<WorkItem> wanted);
    WorkPage pageOfSteps(const Context& context, db::Reader& tx, const Reach& reach, const WorkAsked& asked,
                         std::vector<std::string> procedures);
    WorkPage pageOfWaiting(const Context& context, db::Reader& tx, const Reach& reach, const WorkAsked& asked,
                           const std::vector<std::string>& procedures);
    std::vector<WorkRow> rowsByCode(const Context& context, db::Reader& tx, const Reach& reach,
                                    const std::string& text, int limit);

    Result<Dossier> fresh(const Context& context, std::string_view procedureCode, std::string_view agencyId);
    Result<void> handOver(Change& change);
    Result<void> takeIn(Change& change);
    static Json factsOf(const Dossier& dossier);
    bool resultUnsigned(db::Reader& tx, const Dossier& dossier) const;
    std::string refusalOf(db::Reader& tx, const Dossier& dossier);
    Result<forms::SplitAnswers> settle(const Prepared& prepared, Dossier& dossier,
                                       const forms::Verdict& verdict) const;
    Result<void> keepAnswers(Change& change, const forms::Verdict& verdict);
    Result<Filing> toFile(const Context& context, db::Reader& tx, std::string_view id, std::string_view key,
                          const calendar::Calendars& calendars);
    Result<Dossier> file(const Context& context, db::Writer& tx, const Filing& filing, std::string_view key);
    Result<void> takeOver(Change& change, const process::Moved& moved);
    void tellOf(Change& change, const process::Moved& moved);
    Result<void> follow(Change& change, const process::Moved& moved);
    Result<void> mayAskSupplement(const Change& change, const process::Task& task);
    std::string reasonOf(Change& change, std::string_view notice);
    // Answers the papers whose bytes go once that is committed.
    std::vector<files::File> erase(const Context& context, db::Writer& tx, std::string_view id,
                                   const char* what);
    void forgetFile(db::Writer& tx, const std::string& fileId) const;
    Result<void> carryOut(Change& change, const process::Command& command);
    Result<Dossier> fireTimer(const Context& context, const process::TimerRow& timer);
    bool keepIncident(const Context& context, const process::TimerRow& timer, const Error& error);
    Result<void> accept(Change& change);
    Instant dueFrom(const Change& change, Instant start) const;
    Result<void> storeState(Change& change);
    void note(Change& change, const std::string& kind, const std::string& agency, const std::string& step);
    void tell(Change& change, const std::string& kind);
    Result<void> checkNote(const Action& action) const;

    Rooms rooms_;
    DossierRepository repository_;
    Receptions receptions_;
    Events events_;
};

} // namespace motcua::dossier
