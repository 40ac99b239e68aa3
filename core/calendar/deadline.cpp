#include "calendar/deadline.h"

#include <algorithm>

namespace motcua::calendar {

const char* name(Light light) {
    switch (light) {
    case Light::Green:
        return "green";
    case Light::Amber:
        return "amber";
    case Light::Red:
        return "red";
    }
    return "";
}

Deadline begin(const WorkingCalendar& calendar, Instant start, const Limit& limit) {
    return {start, limit, calendar.addWorking(start, limit), std::nullopt};
}

void pause(Deadline& deadline, Instant at) {
    if (!deadline.pausedAt) deadline.pausedAt = at;
}

void resume(const WorkingCalendar& calendar, Deadline& deadline, Instant at) {
    if (!deadline.pausedAt) return;
    if (*deadline.pausedAt < deadline.due) {
        const Millis left = calendar.workingTime(*deadline.pausedAt, deadline.due);
        // A pause within one closed stretch (a night, a holiday) costs and gives nothing.
        deadline.due = std::max(deadline.due, calendar.addWorkingTime(at, left));
    }
    deadline.pausedAt.reset();
}

void restart(const WorkingCalendar& calendar, Deadline& deadline, Instant at) {
    deadline = begin(calendar, at, deadline.limit);
}

Millis remaining(const WorkingCalendar& calendar, const Deadline& deadline, Instant now) {
    return calendar.workingTime(deadline.pausedAt.value_or(now), deadline.due);
}

Light light(const WorkingCalendar& calendar, const Deadline& deadline, Instant now, const WarnAt& warn) {
    const Instant at = deadline.pausedAt.value_or(now);
    if (at > deadline.due) return Light::Red;
    const Millis left = calendar.workingTime(at, deadline.due);
    const Millis whole = calendar.workingTime(deadline.start, deadline.due);
    const Millis day = std::chrono::hours{warn.hours};
    if (left * 100 <= whole * warn.percent) return Light::Amber;
    return whole > day * 2 && left <= day ? Light::Amber : Light::Green;
}

} // namespace motcua::calendar
