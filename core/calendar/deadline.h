// One running clock of a dossier or a step: when it began, its limit, and until when; paused and begun anew.
#pragma once

#include "calendar/calendar.h"

#include <optional>

namespace motcua::calendar {

enum class Light {
    Green, // trong hạn
    Amber, // sắp đến hạn
    Red,   // quá hạn
};

const char* name(Light light); // "green"

// From when a clock shows amber: so many per cent of its whole working time are left, and for limits of more
// than two working days also when no more than one working day is left.
struct WarnAt {
    int percent = 20;
    int hours = 8;
};

struct Deadline {
    Instant start{};
    Limit limit{};
    Instant due{};
    std::optional<Instant> pausedAt{};

    bool operator==(const Deadline&) const = default;
};

Deadline begin(const WorkingCalendar& calendar, Instant start, const Limit& limit);

// What happens to a clock while the applicant supplements: Decree 61/2018 art. 19.4 counts anew once the full
// dossier is there (restart); some procedures only stop the clock meanwhile (pause). Pausing what is paused
// changes nothing.
void pause(Deadline& deadline, Instant at);
// The working time that was left when it paused is left again from `at`. What was already late stays late.
void resume(const WorkingCalendar& calendar, Deadline& deadline, Instant at);
void restart(const WorkingCalendar& calendar, Deadline& deadline, Instant at);

// Working time left; negative where it is late; while paused, what was left at the pause.
Millis remaining(const WorkingCalendar& calendar, const Deadline& deadline, Instant now);
Light light(const WorkingCalendar& calendar, const Deadline& deadline, Instant now, const WarnAt& warn = {});

} // namespace motcua::calendar
