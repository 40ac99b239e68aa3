#include "process/process_service.h"

#include "base/id.h"
#include "calendar/deadline.h"
#include "process/check.h"
#include "process/movement.h"
#include "process/process_policy.h"

#include <algorithm>

namespace motcua::process {

namespace {

// Between two tries of a timer that could not fire.
constexpr Millis firstPause = std::chrono::minutes{1};
constexpr Millis longestPause = std::chrono::hours{1};

Error notRunnable(const std::vector<Finding>& findings) {
    Error error = invalid("process.not_runnable");
    for (const auto& finding : findings) {
        if (finding.weight == Finding::Weight::Warning) continue;
        error.fields.push_back(
            {finding.element,
             "process.finding." + finding.code,
             {{"name", finding.name}, {"line", std::to_string(finding.line)}, {"detail", finding.detail}}});
        error.detail += describe(finding) + "\n";
    }
    return error;
}

Json stepDetails(const Task& task) {
    Json details;
    details.set("instance", task.instanceId).set("task", task.id).set("element", task.element);
    return details;
}

// The step that a command which moves one token opened.
std::string openedElement(const Effects& effects) {
    std::string element;
    for (const auto& effect : effects) {
        if (effect.kind == Effect::Kind::TaskOpened) element = effect.element;
    }
    return element;
}

} // namespace

Result<DefinitionVersion> ProcessService::deploy(const Context& context, db::Writer& tx,
                                                 const std::string& key, const std::string& bpmn) {
    MOTCUA_TRY(reading, readBpmn(bpmn));
    const auto findings = check(reading);
    if (!runnable(findings)) return notRunnable(findings);
    const auto before = readLatest(tx, key);
    if (before && before->bpmn == bpmn) return before->version;
    StoredDefinition made;
    made.version = {newId(clock_),           key,          before ? before->version.version + 1 : 1,
                    reading.definition.name, clock_.now(), context.actor.id};
    made.bpmn = bpmn;
    addDefinition(tx, made);
    Json details;
    details.set("definition", made.version.id).set("version", made.version.version);
    audit_.record(tx, context, "process:" + key, "process.deployed", details);
    return made.version;
}

Result<DefinitionVersion> ProcessService::latest(db::Reader& tx, const std::string& key) const {
    auto found = readLatestVersion(tx, key);
    if (!found) return notFound("process.no_definition");
    return std::move(*found);
}

std::optional<std::string> ProcessService::drawing(db::Reader& tx, const std::string& key) const {
    const auto found = readLatest(tx, key);
    return found ? std::optional{found->bpmn} : std::nullopt;
}

Result<std::shared_ptr<const Definition>> ProcessService::definition(db::Reader& tx, const std::string& id) {
    {
        const std::lock_guard lock(mutex_);
        const auto held = definitions_.find(id);
        if (held != definitions_.end()) return held->second;
    }
    const auto stored = readDefinition(tx, id);
    if (!stored) return notFound("process.no_definition");
    MOTCUA_TRY(reading, readBpmn(stored->bpmn));
    auto made = std::make_shared<const Definition>(std::move(reading.definition));
    const std::lock_guard lock(mutex_);
    return definitions_.emplace(id, std::move(made)).first->second;
}

Result<ProcessService::Loaded> ProcessService::load(db::Reader& tx, std::optional<InstanceRow> row) {
    if (!row) return notFound("process.no_instance");
    MOTCUA_TRY(held, definition(tx, row->definitionId));
    return Loaded{std::move(*row), std::move(held)};
}

Result<ProcessService::Step> ProcessService::step(const Context& context, db::Reader& tx,
                                                  const calendar::Calendars& calendars,
                                                  const std::string& taskId, std::int64_t expectedVersion) {
    auto task = readTask(tx, taskId);
    if (!task) return notFound("process.no_task");
    if (!mayWork(context.actor, *task, calendars.agencies(), civilDay(clock_.now())))
        return denied("process.denied");
    if (task->state != TaskState::Open) return conflict("process.task_closed");
    if (task->version != expectedVersion) return conflict("process.stale");
    MOTCUA_TRY(instance, load(tx, readInstance(tx, task->instanceId)));
    return Step{std::move(*task), std::move(instance)};
}

Result<Moved> ProcessService::start(const Context& context, db::Writer& tx,
                                    const calendar::Calendars& calendars, const Start& start) {
    MOTCUA_TRY(held, definition(tx, start.definitionId));
    if (readRunning(tx, start.subject)) return conflict("process.running");
    InstanceRow row;
    row.id = newId(clock_);
    row.definitionId = start.definitionId;
    row.subject = start.subject;
    row.units = start.units;
    row.startedAt = clock_.now();
    MOTCUA_TRY(effects, Engine(*held).start(row.state, start.variables, start.facts));
    Json details;
    details.set("instance", row.id).set("definition", row.definitionId);
    MOTCUA_TRY(moved,
               Movement(tx, calendars, clock_, *held, std::move(row), context).write(effects, {}, true));
    audit_.record(tx, context, start.subject, "process.started", details);
    events_.moved.publish(tx, context, moved);
    return moved;
}

Result<Moved> ProcessService::complete(const Context& context, db::Writer& tx,
                                       const calendar::Calendars& calendars, const Completion& completion) {
    MOTCUA_TRY(at, step(context, tx, calendars, completion.taskId, completion.expectedVersion));
    InstanceRow& row = at.instance.row;
    const Definition& held = *at.instance.definition;
    MOTCUA_TRY(effects, Engine(held).complete(row.state, at.task.token, completion.action,
                                              completion.variables, completion.facts));
    MOTCUA_TRY(moved, Movement(tx, calendars, clock_, held, std::move(row), context)
                          .write(effects, completion.action, false));
    Json details = stepDetails(at.task);
    details.set("outcome", completion.action);
    audit_.record(tx, context, at.task.subject, "process.completed", details);
    events_.moved.publish(tx, context, moved);
    return moved;
}

Result<Moved> ProcessService::message(const Context& context, db::Writer& tx,
                                      const calendar::Calendars& calendars, const Message& message) {
    MOTCUA_TRY(at, load(tx, readRunning(tx, message.subject)));
    MOTCUA_TRY(effects,
               Engine(*at.definition).message(at.row.state, message.name, message.variables, message.facts));
    Json details;
    details.set("instance", at.row.id).set("message", message.name);
    MOTCUA_TRY(moved, Movement(tx, calendars, clock_, *at.definition, std::move(at.row), context)
                          .write(effects, {}, false));
    audit_.record(tx, context, message.subject, "process.message", details);
    events_.moved.publish(tx, context, moved);
    return moved;
}

Result<Moved> ProcessService::giveBack(const Context& context, db::Writer& tx,
                                       const calendar::Calendars& calendars, const std::string& taskId,
                                       std::int64_t expectedVersion) {
    MOTCUA_TRY(at, step(context, tx, calendars, taskId, expectedVersion));
    InstanceRow& row = at.instance.row;
    const std::string instanceId = row.id;
    MOTCUA_TRY(effects, Engine(*at.instance.definition).giveBack(row.state, at.task.token));
    Movement movement(tx, calendars, clock_, *at.instance.definition, std::move(row), context);
    const std::string target = openedElement(effects);
    const auto before = readDone(tx, instanceId, target);
    if (before) movement.assign(target, before->closedBy);
    MOTCUA_TRY(moved, movement.write(effects, {}, false));
    Json details = stepDetails(at.task);
    details.set("to", target);
    audit_.record(tx, context, at.task.subject, "process.given_back", details);
    events_.moved.publish(tx, context, moved);
    return moved;
}

Result<Moved> ProcessService::recall(const Context& context, db::Writer& tx,
                                     const calendar::Calendars& calendars, const std::string& taskId) {
    const auto done = readTask(tx, taskId);
    if (!done) return notFound("process.no_task");
    if (context.actor.kind != ActorKind::Official || done->closedBy != context.actor.id)
        return denied("process.denied");
    if (done->state != TaskState::Done) return conflict("process.task_closed");
    MOTCUA_TRY(at, load(tx, readInstance(tx, done->instanceId)));
    for (const auto& next : readOpenOf(tx, done->instanceId)) {
        const Token* token = at.row.state.token(next.token);
        if (token == nullptr || token->path.empty() || token->path.back() != done->element) continue;
        if (!next.assignee.empty()) return rejected("process.cannot_recall"); // somebody is at work on it
        MOTCUA_TRY(effects, Engine(*at.definition).recall(at.row.state, next.token, done->element));
        Movement movement(tx, calendars, clock_, *at.definition, std::move(at.row), context);
        movement.assign(done->element, context.actor.id);
        MOTCUA_TRY(moved, movement.write(effects, {}, false));
        audit_.record(tx, context, done->subject, "process.recalled", stepDetails(*done));
        events_.moved.publish(tx, context, moved);
        return moved;
    }
    return rejected("process.cannot_recall");
}

Result<Task> ProcessService::handOver(const Context& context, db::Writer& tx,
                                      const calendar::Calendars& calendars, const std::string& taskId,
                                      std::int64_t expectedVersion, const std::string& assignee) {
    auto task = readTask(tx, taskId);
    if (!task) return notFound("process.no_task");
    if (!mayHandOver(context.actor, *task, calendars.agencies(), civilDay(clock_.now()))) {
        return denied("process.denied");
    }
    if (task->state != TaskState::Open) return conflict("process.task_closed");
    if (task->version != expectedVersion) return conflict("process.stale");
    Json details = stepDetails(*task);
    details.set("from", task->assignee).set("to", assignee);
    task->assignee = assignee;
    if (!changeTask(tx, *task)) return conflict("process.stale");
    ++task->version;
    audit_.record(tx, context, task->subject, "process.handed_over", details);
    return std::move(*task);
}

Result<void> ProcessService::pause(const Context& context, db::Writer& tx, const std::string& subject) {
    MOTCUA_TRY(at, load(tx, readRunning(tx, subject)));
    MOTCUA_CHECK(Engine(*at.definition).pause(at.row.state));
    at.row.pausedAt = clock_.now();
    if (!changeInstance(tx, at.row)) return conflict("process.stale");
    audit_.record(tx, context, subject, "process.paused");
    return {};
}

Result<void> ProcessService::resume(const Context& context, db::Writer& tx,
                                    const calendar::Calendars& calendars, const std::string& subject) {
    MOTCUA_TRY(at, load(tx, readRunning(tx, subject)));
    MOTCUA_CHECK(Engine(*at.definition).resume(at.row.state));
    const Instant now = clock_.now();
    const auto timers = readTimersOf(tx, at.row.id);
    for (auto& task : readOpenOf(tx, at.row.id)) {
        MOTCUA_TRY(calendar, calendars.of(task.agency, civilDay(task.openedAt)));
        const auto later = [&](Instant due) {
            calendar::Deadline clock{task.openedAt, {}, due, at.row.pausedAt};
            calendar::resume(*calendar, clock, now);
            return clock.due;
        };
        for (const auto& timer : timers) {
            if (timer.token != task.token) continue;
            dropTimer(tx, timer.instanceId, timer.token, timer.element);
            addTimer(tx, {timer.instanceId, timer.token, timer.element, later(timer.due)});
        }
        if (!task.dueAt) continue;
        task.dueAt = later(*task.dueAt);
        if (!changeTask(tx, task)) return conflict("process.stale");
    }
    at.row.pausedAt.reset();
    if (!changeInstance(tx, at.row)) return conflict("process.stale");
    audit_.record(tx, context, subject, "process.resumed");
    return {};
}

Result<Moved> ProcessService::withdraw(const Context& context, db::Writer& tx,
                                       const calendar::Calendars& calendars, const std::string& subject) {
    MOTCUA_TRY(at, load(tx, readRunning(tx, subject)));
    MOTCUA_TRY(effects, Engine(*at.definition).withdraw(at.row.state));
    MOTCUA_TRY(moved, Movement(tx, calendars, clock_, *at.definition, std::move(at.row), context)
                          .write(effects, {}, false));
    audit_.record(tx, context, subject, "process.withdrawn");
    events_.moved.publish(tx, context, moved);
    return moved;
}

std::vector<TimerRow> ProcessService::dueTimers(db::Reader& tx, int limit) const {
    return readDueTimers(tx, clock_.now(), limit);
}

Result<Moved> ProcessService::fireTimer(const Context& context, db::Writer& tx,
                                        const calendar::Calendars& calendars, const TimerRow& timer,
                                        const Json& facts) {
    bool standing = false;
    for (const auto& held : readTimersOf(tx, timer.instanceId)) {
        const bool same = held.token == timer.token && held.element == timer.element;
        standing = standing || (same && held.due <= clock_.now());
    }
    if (!standing) return conflict("process.not_here");
    MOTCUA_TRY(at, load(tx, readInstance(tx, timer.instanceId)));
    MOTCUA_TRY(effects, Engine(*at.definition).timer(at.row.state, timer.token, timer.element, facts));
    dropTimer(tx, timer.instanceId, timer.token, timer.element);
    Json details;
    details.set("instance", at.row.id).set("element", timer.element);
    MOTCUA_TRY(moved, Movement(tx, calendars, clock_, *at.definition, std::move(at.row), context)
                          .write(effects, {}, false));
    audit_.record(tx, context, moved.subject, "process.timer", details);
    events_.moved.publish(tx, context, moved);
    return moved;
}

std::optional<Incident> ProcessService::timerFailed(const Context& context, db::Writer& tx,
                                                    const TimerRow& timer, const Error& error) {
    const auto timers = readTimersOf(tx, timer.instanceId);
    const bool standing = std::any_of(timers.begin(), timers.end(), [&](const TimerRow& held) {
        return held.token == timer.token && held.element == timer.element && held.due <= clock_.now();
    });
    if (!standing) return std::nullopt;
    const Instant now = clock_.now();
    Incident incident = readIncident(tx, timer).value_or(Incident{timer, {}, {}, 0, now, {}});
    incident.error = error.code;
    incident.params = error.params;
    const int doublings = std::min(incident.attempts++, 6);
    incident.retryAt = now + std::min<Millis>(firstPause * (1 << doublings), longestPause);
    putIncident(tx, incident);
    audit_.record(tx, context, timer.subject, "process.timer_failed",
                  Json::object().set("element", timer.element).set("error", error.code));
    return incident;
}

std::vector<Incident> ProcessService::incidents(db::Reader& tx, const std::string& subject) const {
    return readIncidents(tx, subject);
}

std::string ProcessService::timerName(db::Reader& tx, const TimerRow& timer) {
    const auto at = load(tx, readInstance(tx, timer.instanceId));
    const Element* element = at ? at->definition->find(timer.element) : nullptr;
    return element == nullptr ? "" : element->name;
}

Result<TaskView> ProcessService::task(db::Reader& tx, const std::string& taskId) {
    auto found = readTask(tx, taskId);
    if (!found) return notFound("process.no_task");
    MOTCUA_TRY(at, load(tx, readInstance(tx, found->instanceId)));
    const Element* element = at.definition->find(found->element);
    return TaskView{std::move(*found), element == nullptr ? Directions{} : element->directions};
}

Result<std::vector<TaskView>> ProcessService::openOf(db::Reader& tx, const std::string& subject) {
    std::vector<TaskView> made;
    auto row = readRunning(tx, subject);
    if (!row) return made;
    MOTCUA_TRY(at, load(tx, std::move(row)));
    for (auto& task : readOpenOf(tx, at.row.id)) {
        const Element* element = at.definition->find(task.element);
        made.push_back({std::move(task), element == nullptr ? Directions{} : element->directions});
    }
    return made;
}

std::vector<Task> ProcessService::history(db::Reader& tx, const std::string& subject) const {
    return readTasksOf(tx, subject);
}

std::vector<Task> ProcessService::open(db::Reader& tx, const Openings& asked, const Mark& mark,
                                       int limit) const {
    return readOpen(tx, asked, mark, limit);
}

std::int64_t ProcessService::countOpen(db::Reader& tx, const Openings& asked, std::int64_t most) const {
    return process::countOpen(tx, asked, most);
}

std::vector<Task> ProcessService::openOfAll(db::Reader& tx, const std::vector<std::string>& subjects) const {
    return readOpenOfAll(tx, subjects);
}

std::optional<InstanceRow> ProcessService::running(db::Reader& tx, const std::string& subject) const {
    return readRunning(tx, subject);
}

} // namespace motcua::process
