#include "calendar/calendar_file.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>

namespace motcua::calendar {

namespace {

struct BadFile {
    int line;
    std::string problem;
};

[[noreturn]] void fail(const YAML::Node& node, std::string problem) {
    throw BadFile{node.Mark().line + 1, std::move(problem)};
}

void allowKeys(const YAML::Node& map, std::initializer_list<std::string_view> allowed) {
    if (!map.IsMap()) fail(map, "a map is expected");
    for (const auto& entry : map) {
        const auto key = entry.first.as<std::string>();
        if (std::find(allowed.begin(), allowed.end(), key) == allowed.end())
            fail(entry.first, "unknown key " + key);
    }
}

std::size_t weekday(const YAML::Node& node) {
    static constexpr std::array<std::string_view, 7> names{"monday", "tuesday",  "wednesday", "thursday",
                                                           "friday", "saturday", "sunday"};
    const auto text = node.as<std::string>();
    const auto found = std::find(names.begin(), names.end(), text);
    if (found == names.end()) fail(node, "no weekday: " + text);
    return static_cast<std::size_t>(found - names.begin());
}

CivilDay day(const YAML::Node& node) {
    const auto text = node.as<std::string>();
    const auto made = CivilDay::parse(text);
    if (!made) fail(node, "no day: " + text);
    return *made;
}

std::vector<Session> sessions(const YAML::Node& list) {
    if (!list.IsSequence()) fail(list, "a list of sessions is expected");
    std::vector<Session> made;
    for (const auto& node : list) {
        const auto text = node.as<std::string>();
        int fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0;
        char rest = 0;
        if (std::sscanf(text.c_str(), "%2d:%2d-%2d:%2d%c", &fromHour, &fromMinute, &toHour, &toMinute,
                        &rest) != 4 ||
            text.size() != 11) {
            fail(node, "no session such as 07:30-11:30: " + text);
        }
        made.push_back({fromHour * 60 + fromMinute, toHour * 60 + toMinute});
    }
    return made;
}

void readWeek(const YAML::Node& file, CalendarData& data) {
    if (!file["working_week"] || !file["sessions"]) fail(file, "working_week and sessions are needed");
    for (const auto& node : file["working_week"])
        data.working[weekday(node)] = true;
    data.sessions.fill(sessions(file["sessions"]));
    if (file["sessions_of"]) {
        for (const auto& entry : file["sessions_of"])
            data.sessions[weekday(entry.first)] = sessions(entry.second);
    }
    if (file["reception"]) {
        for (const auto& entry : file["reception"])
            data.reception[weekday(entry.first)] = sessions(entry.second);
    }
}

void addOff(const YAML::Node& at, CalendarData& data, const CivilDay& off, OffDay reason) {
    if (!data.off.emplace(off, std::move(reason)).second) fail(at, "twice: " + off.iso());
}

void readOff(const YAML::Node& entry, CalendarData& data) {
    allowKeys(entry, {"day", "from", "to", "name", "for"});
    const bool one = entry["day"].IsDefined();
    if (one == (entry["from"].IsDefined() && entry["to"].IsDefined()))
        fail(entry, "either day or from and to");
    const CivilDay first = day(one ? entry["day"] : entry["from"]);
    const CivilDay last = one ? first : day(entry["to"]);
    if (last < first || daysBetween(first, last) > 31)
        fail(entry, "from comes before to, by a month at most");
    OffDay reason;
    reason.name = entry["name"] ? entry["name"].as<std::string>() : "";
    if (entry["for"]) {
        reason.reason = OffReason::Compensation;
        reason.of = day(entry["for"]);
    }
    for (CivilDay at = first; at <= last; at = at.plus(1))
        addOff(entry, data, at, reason);
}

void readYear(const YAML::Node& year, CalendarData& data) {
    allowKeys(year, {"year", "off", "swaps"});
    data.years.insert(year["year"].as<int>());
    for (const auto& entry : year["off"])
        readOff(entry, data);
    if (!year["swaps"]) return;
    for (const auto& entry : year["swaps"]) {
        allowKeys(entry, {"off", "work", "name"});
        const CivilDay off = day(entry["off"]);
        const CivilDay work = day(entry["work"]);
        addOff(entry, data, off, {OffReason::Swapped, "Hoán đổi ngày làm việc", work});
        if (!data.swappedIn.emplace(work, off).second) fail(entry, "twice: " + work.iso());
    }
}

Error badFile(int line, std::string problem) {
    Error error = invalid("calendar.bad_file");
    error.detail = "line " + std::to_string(line) + ": " + problem;
    error.params = {{"line", std::to_string(line)}, {"problem", std::move(problem)}};
    return error;
}

} // namespace

Result<WorkingCalendar> readCalendar(std::string_view yaml) {
    CalendarData data;
    try {
        const YAML::Node file = YAML::Load(std::string{yaml});
        allowKeys(file, {"working_week", "sessions", "sessions_of", "reception", "years"});
        readWeek(file, data);
        for (const auto& year : file["years"])
            readYear(year, data);
    } catch (const BadFile& problem) {
        return badFile(problem.line, problem.problem);
    } catch (const YAML::Exception& problem) {
        return badFile(problem.mark.line + 1, problem.msg);
    }
    return WorkingCalendar::make(std::move(data));
}

} // namespace motcua::calendar
