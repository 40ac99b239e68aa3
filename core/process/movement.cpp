#include "process/movement.h"

#include "base/id.h"

#include <algorithm>

namespace motcua::process {

Movement::Movement(db::Writer& tx, const calendar::Calendars& calendars, const Clock& clock,
                   const Definition& definition, InstanceRow row, const Context& context)
    : tx_(tx),
      calendars_(calendars),
      clock_(clock),
      definition_(definition),
      row_(std::move(row)),
      context_(context),
      now_(clock.now()) {
    moved_.instanceId = row_.id;
    moved_.subject = row_.subject;
    moved_.status = row_.state.status;
}

Result<Moved> Movement::write(const Effects& effects, const std::string& outcome, bool fresh) {
    if (row_.state.status == Status::Completed || row_.state.status == Status::Withdrawn) row_.endedAt = now_;
    if (fresh) {
        addInstance(tx_, row_);
    } else if (!changeInstance(tx_, row_)) {
        return conflict("process.stale");
    }
    for (const auto& effect : effects)
        MOTCUA_CHECK(apply(effect, outcome));
    return std::move(moved_);
}

Result<void> Movement::apply(const Effect& effect, const std::string& outcome) {
    const Element* element = definition_.find(effect.element);
    switch (effect.kind) {
    case Effect::Kind::TaskOpened:
        return openTask(effect, *element);
    case Effect::Kind::TaskDone:
        return closeTask(effect, TaskState::Done, outcome);
    case Effect::Kind::TaskCancelled:
        return closeTask(effect, TaskState::Cancelled, {});
    case Effect::Kind::TaskGivenBack:
        return closeTask(effect, TaskState::GivenBack, {});
    case Effect::Kind::TimerSet:
        return setTimer(effect, *element);
    case Effect::Kind::TimerGone:
        dropTimer(tx_, row_.id, effect.token, effect.element);
        return {};
    case Effect::Kind::MessageAwaited:
        moved_.awaited.push_back(element->message);
        note(*element);
        return {};
    case Effect::Kind::Command:
        moved_.commands.push_back({element->directions.command, element->id, element->name});
        note(*element);
        return {};
    case Effect::Kind::Reached:
        note(*element);
        return {};
    case Effect::Kind::MessageTaken:
    case Effect::Kind::Ended:
        return {};
    }
    return {};
}

void Movement::note(const Element& element) {
    const Directions& directions = element.directions;
    if (directions.status != 0) moved_.nationalStatus = directions.status;
    if (!directions.phase.empty()) moved_.phase = directions.phase;
    moved_.notify.insert(moved_.notify.end(), directions.notify.begin(), directions.notify.end());
}

Result<std::string> Movement::agencyOf(const Element& element) const {
    const auto found = row_.units.find(element.directions.unit);
    if (found != row_.units.end()) return found->second;
    Error error = invalid("process.unit_unknown");
    error.params = {{"unit", element.directions.unit}, {"step", element.name}};
    return error;
}

Result<void> Movement::openTask(const Effect& effect, const Element& element) {
    MOTCUA_TRY(agency, agencyOf(element));
    Task task;
    task.id = newId(clock_);
    task.instanceId = row_.id;
    task.subject = row_.subject;
    task.element = element.id;
    task.name = element.name;
    task.token = effect.token;
    task.role = element.directions.role;
    task.agency = agency;
    if (const auto found = assignees_.find(element.id); found != assignees_.end())
        task.assignee = found->second;
    task.openedAt = now_;
    task.limit = element.directions.limit;
    task.version = 1;
    if (task.limit) {
        MOTCUA_TRY(calendar, calendars_.of(agency, civilDay(now_)));
        task.dueAt = calendar->addWorking(now_, *task.limit);
    }
    addTask(tx_, task);
    note(element);
    moved_.opened.push_back(std::move(task));
    return {};
}

Result<void> Movement::closeTask(const Effect& effect, TaskState state, const std::string& outcome) {
    for (auto& task : readOpenOf(tx_, row_.id)) {
        if (task.token != effect.token || task.element != effect.element) continue;
        task.state = state;
        task.outcome = outcome;
        task.closedAt = now_;
        task.closedBy = context_.actor.id;
        if (!changeTask(tx_, task)) return conflict("process.stale");
        moved_.closed.push_back(std::move(task));
        return {};
    }
    return internal("process.lost_task", row_.id + " " + effect.element);
}

Result<void> Movement::setTimer(const Effect& effect, const Element& timer) {
    const Element& task = *definition_.find(timer.attachedTo);
    MOTCUA_TRY(agency, agencyOf(task));
    MOTCUA_TRY(calendar, calendars_.of(agency, civilDay(now_)));
    addTimer(tx_, {row_.id, effect.token, timer.id, calendar->addWorking(now_, *timer.after)});
    return {};
}

} // namespace motcua::process
