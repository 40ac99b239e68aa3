// Working calendars in the database. SQL only.
#pragma once

#include "calendar/calendar.h"

#include "db/database.h"

#include <cstdint>
#include <string>
#include <vector>

namespace motcua::calendar {

// The room's migrations; after those of agency.
const db::Schema& schema();

struct StoredCalendar {
    std::string id;
    std::string agency;
    CivilDay validFrom;
    WorkingCalendar calendar;
};

std::int64_t stateVersion(db::Reader& reader); // grows with each change
std::vector<StoredCalendar> readCalendars(db::Reader& reader);

// Puts the calendar in the place of the one with the same agency and first day, if there is one.
void putCalendar(db::Writer& writer, const StoredCalendar& stored);
void raiseStateVersion(db::Writer& writer);

} // namespace motcua::calendar
