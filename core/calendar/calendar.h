// The working calendar of an agency: which days and hours count, and what a time limit comes to.
//
// Sources: Labour Code 2019 art. 111–112 (holidays, compensation), Civil Code 2015 art. 147–148 (how a term
// begins and ends), Decree 61/2018/NĐ-CP art. 17–19 (reception, the 15:00 rule, limits), Civil Status Act
// 2014 and Decree 23/2015/NĐ-CP art. 7 (results within the day).
#pragma once

#include "base/civil_day.h"
#include "base/result.h"

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::calendar {

// Minutes of the day, [from, to).
struct Session {
    int from = 0;
    int to = 0;

    auto operator<=>(const Session&) const = default;
};

enum class Unit {
    Hours,       // giờ làm việc: counted through the sessions
    WorkingDays, // ngày làm việc: the same time of day so many working days later
    Days, // ngày: calendar days; to the end of the last one, which a day off moves on (Civil Code art. 148.5)
    Months,  // tháng: likewise
    SameDay, // trong ngày: by closing, of the next working day for what came after 15:00
};

// Thời hạn: "4 hours", "3 working_days", "15 days", "1 months", "same_day".
struct Limit {
    int count = 0;
    Unit unit = Unit::WorkingDays;

    bool operator==(const Limit&) const = default;
    static Result<Limit> parse(std::string_view text); // calendar.bad_limit
    std::string text() const;
};

enum class OffReason {
    Holiday,      // ngày nghỉ lễ, tết
    Compensation, // nghỉ bù: the holiday `of` fell on a rest day
    Swapped,      // hoán đổi: worked on the day `of` instead
};

struct OffDay {
    OffReason reason = OffReason::Holiday;
    std::string name{};
    std::optional<CivilDay> of{};

    bool operator==(const OffDay&) const = default;
};

struct CalendarData {
    std::array<bool, 7> working{};                  // Monday first
    std::array<std::vector<Session>, 7> sessions{}; // of each weekday, in order; of a rest day unused
    std::array<std::vector<Session>, 7>
        reception{}; // of rest days when dossiers are taken though no time counts
    std::map<CivilDay, OffDay> off{};
    std::map<CivilDay, CivilDay> swappedIn{}; // a rest day that is worked, and the day off it stands for
    std::set<int> years{};                    // whose holidays are known

    bool operator==(const CalendarData&) const = default;
};

class WorkingCalendar {
public:
    // Invalid "calendar.…" where the data contradict themselves: no working day, sessions that overlap, a day
    // both off and worked, a day swapped with one that is not off.
    static Result<WorkingCalendar> make(CalendarData data);

    const CalendarData& data() const { return data_; }
    bool covers(int year) const { return data_.years.contains(year); }

    bool worksOn(const CivilDay& day) const;
    const std::vector<Session>& sessionsOn(const CivilDay& day) const; // empty on a day off
    CivilDay nextWorkingDay(const CivilDay& after) const;
    CivilDay previousWorkingDay(const CivilDay& before) const;
    Instant opening(const CivilDay& workingDay) const;
    Instant closing(const CivilDay& workingDay) const;

    // When what arrives at `at` counts as received: at once within working or reception hours, else as the
    // next session begins.
    Instant received(Instant at) const;

    // Until when something received at `start` is due.
    Instant addWorking(Instant start, const Limit& limit) const;

    // Working time from `from` to `to`, negative where `to` is earlier.
    Millis workingTime(Instant from, Instant to) const;
    // The moment when so much working time has passed since `from`. Precondition: time is not negative.
    Instant addWorkingTime(Instant from, Millis time) const;

    // Decree 61/2018 art. 18.1: a dossier taken at the counter is passed on the same working day, one taken
    // after 15:00 in the first hour of the next.
    Instant passOnBy(Instant receivedAt) const;
    // Decree 61/2018 art. 19.9: an apology with a new date comes at the latest one day before the due day; so
    // by the closing of the last working day before it.
    Instant apologyBy(Instant due) const;

private:
    explicit WorkingCalendar(CalendarData data) : data_(std::move(data)) {}

    Instant atTimeOfDay(const CivilDay& workingDay, int minute, Millis within) const;
    Instant endOf(const CivilDay& lastDay) const;

    CalendarData data_;
};

constexpr int lateHour = 15 * 60; // "sau 15 giờ"

} // namespace motcua::calendar
