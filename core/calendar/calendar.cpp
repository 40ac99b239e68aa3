#include "calendar/calendar.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace motcua::calendar {

namespace {

constexpr int mostCount = 2'000;
constexpr int mostDaysAhead = 20'000; // a calendar that finds no working day in 50 years is a bug of make()

constexpr Millis minute{60'000};

std::size_t index(const CivilDay& day) {
    return day.weekday() - 1;
}

Instant moment(const CivilDay& day, int minuteOf) {
    return day.start() + minute * minuteOf;
}

struct UnitName {
    Unit unit;
    std::string_view name;
};

constexpr std::array<UnitName, 5> unitNames{{{Unit::Hours, "hours"},
                                             {Unit::WorkingDays, "working_days"},
                                             {Unit::Days, "days"},
                                             {Unit::Months, "months"},
                                             {Unit::SameDay, "same_day"}}};

Error badLimit(std::string_view text) {
    Error error = invalid("calendar.bad_limit");
    error.params = {{"text", std::string{text}}};
    return error;
}

Error contradiction(std::string code, const CivilDay& day) {
    Error error = invalid(std::move(code));
    error.params = {{"day", day.iso()}};
    return error;
}

bool inOrder(const std::vector<Session>& sessions) {
    int last = 0;
    for (const auto& session : sessions) {
        if (session.from < last || session.to <= session.from || session.to > 24 * 60) return false;
        last = session.to;
    }
    return true;
}

CivilDay plusMonths(const CivilDay& day, int months) {
    const int total = day.year * 12 + static_cast<int>(day.month) - 1 + months;
    CivilDay moved{total / 12, static_cast<unsigned>(total % 12) + 1, 1};
    const CivilDay next = CivilDay{(total + 1) / 12, static_cast<unsigned>((total + 1) % 12) + 1, 1};
    moved.day = std::min(day.day, static_cast<unsigned>(daysBetween(moved, next)));
    return moved;
}

} // namespace

Result<Limit> Limit::parse(std::string_view text) {
    if (text == "same_day") return Limit{0, Unit::SameDay};
    const auto space = text.find(' ');
    if (space == std::string_view::npos) return badLimit(text);
    const std::string_view number = text.substr(0, space);
    Limit limit;
    const auto [end, problem] = std::from_chars(number.data(), number.data() + number.size(), limit.count);
    if (problem != std::errc{} || end != number.data() + number.size()) return badLimit(text);
    if (limit.count < 1 || limit.count > mostCount) return badLimit(text);
    for (const auto& [unit, name] : unitNames) {
        if (name != text.substr(space + 1) || unit == Unit::SameDay) continue;
        limit.unit = unit;
        return limit;
    }
    return badLimit(text);
}

std::string Limit::text() const {
    const auto found = std::find_if(unitNames.begin(), unitNames.end(),
                                    [&](const UnitName& held) { return held.unit == unit; });
    const std::string name{found->name};
    return unit == Unit::SameDay ? name : std::to_string(count) + " " + name;
}

Result<WorkingCalendar> WorkingCalendar::make(CalendarData data) {
    bool any = false;
    for (std::size_t i = 0; i < 7; ++i) {
        if (!inOrder(data.sessions[i]) || !inOrder(data.reception[i]))
            return invalid("calendar.bad_sessions");
        if (data.working[i] && data.sessions[i].empty()) return invalid("calendar.no_sessions");
        any = any || data.working[i];
    }
    if (!any) return invalid("calendar.no_working_day");
    for (const auto& [day, held] : data.swappedIn) {
        const auto off = data.off.find(held);
        if (off == data.off.end() || off->second.reason != OffReason::Swapped) {
            return contradiction("calendar.swap_without_day_off", day);
        }
        if (data.working[index(day)] || data.off.contains(day))
            return contradiction("calendar.swap_of_working_day", day);
        if (!data.working[index(held)]) return contradiction("calendar.swap_for_rest_day", held);
    }
    for (const auto& [day, held] : data.off) {
        if (held.reason == OffReason::Swapped && (!held.of || !data.swappedIn.contains(*held.of))) {
            return contradiction("calendar.swap_without_day_worked", day);
        }
    }
    return WorkingCalendar{std::move(data)};
}

bool WorkingCalendar::worksOn(const CivilDay& day) const {
    if (data_.off.contains(day)) return false;
    return data_.working[index(day)] || data_.swappedIn.contains(day);
}

const std::vector<Session>& WorkingCalendar::sessionsOn(const CivilDay& day) const {
    static const std::vector<Session> none;
    if (!worksOn(day)) return none;
    const auto swapped = data_.swappedIn.find(day);
    return data_.sessions[index(swapped == data_.swappedIn.end() ? day : swapped->second)];
}

CivilDay WorkingCalendar::nextWorkingDay(const CivilDay& after) const {
    CivilDay day = after.plus(1);
    for (int i = 0; i < mostDaysAhead; ++i, day = day.plus(1)) {
        if (worksOn(day)) return day;
    }
    throw std::logic_error("a calendar without working days after " + after.iso());
}

CivilDay WorkingCalendar::previousWorkingDay(const CivilDay& before) const {
    CivilDay day = before.plus(-1);
    for (int i = 0; i < mostDaysAhead; ++i, day = day.plus(-1)) {
        if (worksOn(day)) return day;
    }
    throw std::logic_error("a calendar without working days before " + before.iso());
}

Instant WorkingCalendar::opening(const CivilDay& workingDay) const {
    return moment(workingDay, sessionsOn(workingDay).front().from);
}

Instant WorkingCalendar::closing(const CivilDay& workingDay) const {
    return moment(workingDay, sessionsOn(workingDay).back().to);
}

Instant WorkingCalendar::received(Instant at) const {
    const CivilDay day = civilDay(at);
    const bool works = worksOn(day);
    // On a holiday nobody receives, whatever the weekday's reception hours are.
    static const std::vector<Session> none;
    const auto& sessions = works                     ? sessionsOn(day)
                           : data_.off.contains(day) ? none
                                                     : data_.reception[index(day)];
    for (const auto& session : sessions) {
        if (at < moment(day, session.from)) return moment(day, session.from);
        if (at < moment(day, session.to)) return at;
    }
    return opening(nextWorkingDay(day));
}

// The time of day on another working day; where no session holds it, the next one's beginning, at last the
// closing.
Instant WorkingCalendar::atTimeOfDay(const CivilDay& workingDay, int minuteOf, Millis within) const {
    const Instant wanted = moment(workingDay, minuteOf) + within;
    for (const auto& session : sessionsOn(workingDay)) {
        if (wanted < moment(workingDay, session.from)) return moment(workingDay, session.from);
        if (wanted <= moment(workingDay, session.to)) return wanted;
    }
    return closing(workingDay);
}

// Civil Code art. 148.5: a term whose last day is a day off ends with the next working day.
Instant WorkingCalendar::endOf(const CivilDay& lastDay) const {
    return closing(worksOn(lastDay) ? lastDay : nextWorkingDay(lastDay));
}

Instant WorkingCalendar::addWorking(Instant start, const Limit& limit) const {
    const Instant from = received(start);
    const CivilDay day = civilDay(from);
    const int minuteOf = minuteOfDay(from);
    switch (limit.unit) {
    case Unit::Hours:
        return addWorkingTime(from, minute * 60 * limit.count);
    case Unit::Days:
        return endOf(day.plus(limit.count));
    case Unit::Months:
        return endOf(plusMonths(day, limit.count));
    case Unit::SameDay: {
        const bool late = from > moment(day, lateHour);
        return closing(worksOn(day) && !late ? day : nextWorkingDay(day));
    }
    case Unit::WorkingDays:
        break;
    }
    // Civil Code art. 147.2: the first day does not count.
    CivilDay last = day;
    for (int i = 0; i < limit.count; ++i)
        last = nextWorkingDay(last);
    return atTimeOfDay(last, minuteOf, from - moment(day, minuteOf));
}

Millis WorkingCalendar::workingTime(Instant from, Instant to) const {
    if (to < from) return -workingTime(to, from);
    Millis total{0};
    const CivilDay last = civilDay(to);
    for (CivilDay day = civilDay(from); day <= last; day = day.plus(1)) {
        for (const auto& session : sessionsOn(day)) {
            const Instant begin = std::max(from, moment(day, session.from));
            const Instant end = std::min(to, moment(day, session.to));
            if (begin < end) total += end - begin;
        }
    }
    return total;
}

Instant WorkingCalendar::addWorkingTime(Instant from, Millis time) const {
    CivilDay day = civilDay(from);
    if (!worksOn(day)) day = nextWorkingDay(day);
    for (;; day = nextWorkingDay(day)) {
        for (const auto& session : sessionsOn(day)) {
            const Instant begin = std::max(from, moment(day, session.from));
            const Instant end = moment(day, session.to);
            if (begin >= end) continue;
            if (time <= end - begin) return begin + time;
            time -= end - begin;
        }
    }
}

Instant WorkingCalendar::passOnBy(Instant receivedAt) const {
    const Instant from = received(receivedAt);
    const CivilDay day = civilDay(from);
    if (worksOn(day) && from <= moment(day, lateHour)) return closing(day);
    return opening(nextWorkingDay(day)) + minute * 60;
}

Instant WorkingCalendar::apologyBy(Instant due) const {
    return closing(previousWorkingDay(civilDay(due)));
}

} // namespace motcua::calendar
