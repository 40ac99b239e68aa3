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

namespace {

std::string clockTime(int minutes) {
    char text[8];
    std::snprintf(text, sizeof text, "%02d:%02d", (minutes / 60) % 100, minutes % 60);
    return text;
}

Json written(const std::vector<Session>& sessions) {
    Json all = Json::array();
    for (const Session& session : sessions)
        all.add(clockTime(session.from) + "-" + clockTime(session.to));
    return all;
}

// The days off of a year, those that follow each other under one name as one entry.
Json daysOff(const CalendarData& data, int year) {
    Json all = Json::array();
    for (auto at = data.off.begin(); at != data.off.end();) {
        const auto& [day, reason] = *at;
        auto next = std::next(at);
        CivilDay last = day;
        for (; !reason.of && next != data.off.end() && next->second == reason &&
               next->first == last.plus(1) && next->first.year == day.year;
             ++next)
            last = next->first;
        at = next;
        if (day.year != year || reason.reason == OffReason::Swapped) continue;
        Json entry = Json::object();
        if (last == day)
            entry.set("day", day.iso());
        else
            entry.set("from", day.iso()).set("to", last.iso());
        entry.set("name", reason.name);
        if (reason.of) entry.set("for", reason.of->iso());
        all.add(std::move(entry));
    }
    return all;
}

Json swaps(const CalendarData& data, int year) {
    Json all = Json::array();
    for (const auto& [work, off] : data.swappedIn)
        if (off.year == year) all.add(Json::object().set("off", off.iso()).set("work", work.iso()));
    return all;
}

} // namespace

Json write(const WorkingCalendar& calendar) {
    const CalendarData& data = calendar.data();
    Json week = Json::array();
    Json differing = Json::object();
    Json reception = Json::object();
    std::size_t first = 7;
    for (std::size_t i = 0; i < 7; ++i) {
        if (!data.working[i]) continue;
        first = std::min(first, i);
        week.add(weekdays[i]);
    }
    const std::vector<Session> usual = first < 7 ? data.sessions[first] : std::vector<Session>{};
    for (std::size_t i = 0; i < 7; ++i) {
        if (data.sessions[i] != usual) differing.set(weekdays[i], written(data.sessions[i]));
        if (!data.reception[i].empty()) reception.set(weekdays[i], written(data.reception[i]));
    }
    Json file = Json::object();
    file.set("working_week", std::move(week)).set("sessions", written(usual));
    if (!differing.members().empty()) file.set("sessions_of", std::move(differing));
    if (!reception.members().empty()) file.set("reception", std::move(reception));
    Json years = Json::array();
    for (const int year : data.years) {
        Json one = Json::object().set("year", year).set("off", daysOff(data, year));
        if (Json all = swaps(data, year); !all.items().empty()) one.set("swaps", std::move(all));
        years.add(std::move(one));
    }
    file.set("years", std::move(years));
    return file;
}

} // namespace motcua::calendar
