// Processes that last: every command reads the instance, lets the engine decide, and writes instance, steps,
// timers and audit record in the caller's transaction.
#pragma once

#include "process/process_events.h"
#include "process/process_repository.h"

#include "audit/audit.h"
#include "base/context.h"
#include "calendar/calendar_service.h"
#include "db/database.h"

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::process {

struct Start {
    std::string definitionId;
    std::string subject;                        // has no other running instance
    std::map<std::string, std::string> units{}; // the unit names of the drawing → agencies
    Json variables = Json::object();            // kept in the clear: routing data only
    Json facts = Json::object();                // not kept: what conditions may read of the subject now
};

struct Completion {
    std::string taskId;
    std::int64_t expectedVersion = 0; // of the task, as the page showed it
    std::string action{};             // one of the step's actions, empty where it has none
    Json variables = Json::object();
    Json facts = Json::object();
};

struct Message {
    std::string subject;
    std::string name; // "supplement"
    Json variables = Json::object();
    Json facts = Json::object();
};

// Beside the engine's own errors: NotFound process.no_definition, process.no_task, process.no_instance,
// Conflict process.stale (somebody was quicker), process.running (the subject has one already),
// process.task_closed, Denied process.denied, Invalid process.unit_unknown, NotFound calendar.none.
//
// `calendars` is taken before the transaction is opened (CalendarService::calendars).
class ProcessService {
public:
    ProcessService(const audit::Audit& audit, const Clock& clock) : audit_(audit), clock_(clock) {}

    Events& events() { return events_; }

    // A new version, or the newest where the file is the same. Invalid process.not_runnable names each
    // finding as a field (code "process.finding.…"); the errors of readBpmn. The right to do so is checked by
    // who calls.
    Result<DefinitionVersion> deploy(const Context& context, db::Writer& tx, const std::string& key,
                                     const std::string& bpmn);
    Result<DefinitionVersion> latest(db::Reader& tx, const std::string& key) const;
    // The newest drawing as it was deployed; nothing where there is none.
    std::optional<std::string> drawing(db::Reader& tx, const std::string& key) const;
    Result<std::shared_ptr<const Definition>> definition(db::Reader& tx,
                                                         const std::string& id); // [thread-safe]

    Result<Moved> start(const Context& context, db::Writer& tx, const calendar::Calendars& calendars,
                        const Start& start);
    Result<Moved> complete(const Context& context, db::Writer& tx, const calendar::Calendars& calendars,
                           const Completion& completion);
    Result<Moved> message(const Context& context, db::Writer& tx, const calendar::Calendars& calendars,
                          const Message& message);

    // Trả lại bước trước. The step goes back to whoever did it.
    Result<Moved> giveBack(const Context& context, db::Writer& tx, const calendar::Calendars& calendars,
                           const std::string& taskId, std::int64_t expectedVersion);
    // Thu hồi: who finished the step takes it back while nobody holds the next one. `taskId` is the finished
    // step.
    Result<Moved> recall(const Context& context, db::Writer& tx, const calendar::Calendars& calendars,
                         const std::string& taskId);
    // Chuyển người xử lý, and taking a step for oneself; an empty assignee frees it. That the assignee exists
    // and has the role is for the caller to know.
    Result<Task> handOver(const Context& context, db::Writer& tx, const calendar::Calendars& calendars,
                          const std::string& taskId, std::int64_t expectedVersion,
                          const std::string& assignee);

    // Tạm dừng: the clocks of the open steps and timers stand still until it is resumed.
    Result<void> pause(const Context& context, db::Writer& tx, const std::string& subject);
    Result<void> resume(const Context& context, db::Writer& tx, const calendar::Calendars& calendars,
                        const std::string& subject);
    // Rút hồ sơ, and stopping from outside.
    Result<Moved> withdraw(const Context& context, db::Writer& tx, const calendar::Calendars& calendars,
                           const std::string& subject);

    // The most overdue first. Those with an incident not before they are to be tried again.
    std::vector<TimerRow> dueTimers(db::Reader& tx, int limit) const;
    // Once: Conflict process.not_here where it fired before or is not due any more.
    Result<Moved> fireTimer(const Context& context, db::Writer& tx, const calendar::Calendars& calendars,
                            const TimerRow& timer, const Json& facts);
    // It could not fire: tried again after a pause that doubles from a minute to an hour. Nothing where the
    // timer has fired or gone meanwhile.
    std::optional<Incident> timerFailed(const Context& context, db::Writer& tx, const TimerRow& timer,
                                        const Error& error);
    std::vector<Incident> incidents(db::Reader& tx, const std::string& subject) const;
    // The timer's name as drawn; "" where the definition has none of that id.
    std::string timerName(db::Reader& tx, const TimerRow& timer);

    Result<TaskView> task(db::Reader& tx, const std::string& taskId);
    Result<std::vector<TaskView>> openOf(db::Reader& tx, const std::string& subject);
    std::vector<Task> history(db::Reader& tx, const std::string& subject) const; // every step, oldest first
    // A page of open steps, the most urgent first. That the actor works at these desks is for the caller to
    // know (mayWork).
    std::vector<Task> open(db::Reader& tx, const Openings& asked, const Mark& mark, int limit) const;
    // How many of them there are; counts no further than `most`.
    std::int64_t countOpen(db::Reader& tx, const Openings& asked, std::int64_t most) const;
    // The open steps of these subjects, the most urgent first.
    std::vector<Task> openOfAll(db::Reader& tx, const std::vector<std::string>& subjects) const;
    std::optional<InstanceRow> running(db::Reader& tx, const std::string& subject) const;

private:
    struct Loaded {
        InstanceRow row;
        std::shared_ptr<const Definition> definition;
    };
    struct Step { // an open task that the actor may work on
        Task task;
        Loaded instance;
    };

    Result<Loaded> load(db::Reader& tx, std::optional<InstanceRow> row);
    Result<Step> step(const Context& context, db::Reader& tx, const calendar::Calendars& calendars,
                      const std::string& taskId, std::int64_t expectedVersion);

    const audit::Audit& audit_;
    const Clock& clock_;
    Events events_{};
    std::mutex mutex_{};
    std::map<std::string, std::shared_ptr<const Definition>> definitions_{}; // they never change
};

} // namespace motcua::process
