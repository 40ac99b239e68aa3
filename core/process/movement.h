// Writes what one command did: steps opened and closed, timers, the instance itself.
#pragma once

#include "process/process_events.h"
#include "process/process_repository.h"

#include "base/context.h"
#include "calendar/calendar_service.h"

#include <string>
#include <vector>

namespace motcua::process {

class Movement {
public:
    // `row` holds the state after the command.
    Movement(db::Writer& tx, const calendar::Calendars& calendars, const Clock& clock,
             const Definition& definition, InstanceRow row, const Context& context);

    // Who gets the steps that open: by element, for steps that go back to whoever did them.
    void assign(const std::string& element, const std::string& assignee) { assignees_[element] = assignee; }

    // Steps, timers and instance. Invalid process.unit_unknown, NotFound calendar.none, Conflict
    // process.stale.
    Result<Moved> write(const Effects& effects, const std::string& outcome, bool fresh);

private:
    Result<void> apply(const Effect& effect, const std::string& outcome);
    Result<void> openTask(const Effect& effect, const Element& element);
    Result<void> closeTask(const Effect& effect, TaskState state, const std::string& outcome);
    Result<void> setTimer(const Effect& effect, const Element& timer);
    void note(const Element& element);
    Result<std::string> agencyOf(const Element& element) const;

    db::Writer& tx_;
    const calendar::Calendars& calendars_;
    const Clock& clock_;
    const Definition& definition_;
    InstanceRow row_;
    const Context& context_;
    Instant now_;
    Moved moved_{};
    std::map<std::string, std::string> assignees_{};
};

} // namespace motcua::process
