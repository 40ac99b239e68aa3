#include "calendar/calendar_file.h"

#include "yaml/reader.h"

#include <algorithm>
#include <cstdio>

namespace motcua::calendar {

namespace {

constexpr std::array<std::string_view, 7> weekdays{"monday", "tuesday",  "wednesday", "thursday",
                                                   "friday", "saturday", "sunday"};

std::optional<Session> sessionOf(const std::string& text) {
    int fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0;
    char rest = 0;
    const int found =
        std::sscanf(text.c_str(), "%2d:%2d-%2d:%2d%c", &fromHour, &fromMinute, &toHour, &toMinute, &rest);
    if (found != 4 || text.size() != 11) return std::nullopt;
    return Session{fromHour * 60 + fromMinute, toHour * 60 + toMinute};
}

std::vector<Session> sessionsOf(yaml::Mapping& map, std::string_view key) {
    std::vector<Session> made;
    for (const auto& text : map.texts(key)) {
        const auto session = sessionOf(text);
        if (!session) map.wrong(key, "sessions such as 07:30-11:30");
        made.push_back(session.value_or(Session{}));
    }
    return made;
}

// {friday: ["07:30-11:30"]} over what stands there.
void readWeekdays(yaml::Mapping& file, std::string_view key, std::array<std::vector<Session>, 7>& into) {
    if (!file.has(key)) return;
    yaml::Mapping map(file.raw(key), file.path(key), file.problems());
    for (std::size_t i = 0; i < 7; ++i) {
        if (map.has(weekdays[i])) into[i] = sessionsOf(map, weekdays[i]);
    }
}

void readWeek(yaml::Mapping& file, CalendarData& data) {
    for (const auto& name : file.texts("working_week")) {
        const auto found = std::find(weekdays.begin(), weekdays.end(), name);
        if (found == weekdays.end()) {
            file.wrong("working_week", "weekdays in English");
        } else {
            data.working[static_cast<std::size_t>(found - weekdays.begin())] = true;
        }
    }
    data.sessions.fill(sessionsOf(file, "sessions"));
    readWeekdays(file, "sessions_of", data.sessions);
    readWeekdays(file, "reception", data.reception);
}

void addOff(yaml::Mapping& entry, std::string_view key, CalendarData& data, const CivilDay& day,
            OffDay reason) {
    if (!data.off.emplace(day, std::move(reason)).second) entry.wrong(key, day.iso() + " only once");
}

void readOff(yaml::Mapping& entry, CalendarData& data) {
    OffDay reason;
    reason.name = entry.text("name");
    if (const auto of = entry.day("for")) reason = {OffReason::Compensation, reason.name, of};
    const auto day = entry.day("day");
    const auto first = day ? day : entry.day("from");
    const auto last = day ? day : entry.day("to");
    if (!first || !last) return entry.wrong("day", "a day, or from and to");
    if (*last < *first || daysBetween(*first, *last) > 31)
        return entry.wrong("to", "at most a month after from");
    for (CivilDay at = *first; at <= *last; at = at.plus(1))
        addOff(entry, day ? "day" : "from", data, at, reason);
}

void readSwap(yaml::Mapping& entry, CalendarData& data) {
    const auto off = entry.day("off");
    const auto work = entry.day("work");
    if (!off || !work) return entry.wrong(off ? "work" : "off", "a day");
    addOff(entry, "off", data, *off, {OffReason::Swapped, "Hoán đổi ngày làm việc", *work});
    if (!data.swappedIn.emplace(*work, *off).second) entry.wrong("work", work->iso() + " only once");
}

void readYear(yaml::Mapping& year, CalendarData& data) {
    data.years.insert(static_cast<int>(year.integer("year", 0, 1990, 2200)));
    year.each("off", [&](const Json& item, const std::string& path) {
        yaml::Mapping entry(item, path, year.problems());
        readOff(entry, data);
    });
    year.each("swaps", [&](const Json& item, const std::string& path) {
        yaml::Mapping entry(item, path, year.problems());
        readSwap(entry, data);
    });
}

} // namespace

Result<WorkingCalendar> read(const yaml::Document& document) {
    CalendarData data;
    yaml::Problems problems(&document);
    {
        yaml::Mapping file(document.root(), "", problems);
        readWeek(file, data);
        file.each("years", [&](const Json& item, const std::string& path) {
            yaml::Mapping year(item, path, problems);
            readYear(year, data);
        });
    }
    if (!problems.empty()) return problems.error();
    return WorkingCalendar::make(std::move(data));
}

} // namespace motcua::calendar
