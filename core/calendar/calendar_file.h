// Working calendars as a file that a person writes (config/city/calendar.yaml).
#pragma once

#include "calendar/calendar.h"
#include "yaml/document.h"

namespace motcua::calendar {

//   working_week: [monday, …, friday]
//   sessions: ["07:30-11:30", "13:00-17:00"]
//   sessions_of: {friday: ["07:30-11:30"]}       # of weekdays that differ
//   reception: {saturday: ["07:30-11:30"]}       # rest days when dossiers are taken
//   years:
//     - year: 2024
//       off:
//         - {day: 2024-01-01, name: Tết Dương lịch}
//         - {from: 2024-02-08, to: 2024-02-14, name: Tết Nguyên đán}
//         - {day: 2022-05-02, name: Nghỉ bù, for: 2022-04-30}
//       swaps:
//         - {off: 2024-04-29, work: 2024-05-04}
//
// Invalid "yaml.invalid" names every mistake by file, line and key; then the errors of WorkingCalendar::make.
Result<WorkingCalendar> read(const yaml::Document& document);

// The calendar as such a file; read() makes the same of it.
Json write(const WorkingCalendar& calendar);

} // namespace motcua::calendar
