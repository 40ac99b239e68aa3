// Dates, times and durations of FEEL (ISO 8601 of the proleptic Gregorian calendar), their texts and
// arithmetic.
#pragma once

#include "feel/decimal.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace motcua::feel {

__extension__ typedef __int128 Nanos; // nanoseconds; 64 bits would end after 292 years

constexpr std::int64_t nanosPerSecond = 1'000'000'000;
constexpr std::int64_t nanosPerDay = 86'400 * nanosPerSecond;

struct Date {
    std::int64_t year = 1970; // ±999,999,999
    int month = 1;
    int day = 1;

    auto operator<=>(const Date&) const = default;
};

// Local time, an offset from UTC, or a named zone. Of the named zones only those of fixed offset that the
// product needs are known: Asia/Ho_Chi_Minh, Etc/UTC.
struct Zone {
    std::optional<std::int32_t> offset{}; // seconds east of UTC
    std::string name{};                   // "Asia/Ho_Chi_Minh", else empty

    bool operator==(const Zone&) const = default;
};

struct Time {
    std::int64_t nanos = 0; // of the day
    Zone zone{};
};

struct DateTime {
    Date date{};
    Time time{};
};

struct YearMonthDuration {
    std::int64_t months = 0;
    auto operator<=>(const YearMonthDuration&) const = default;
};

struct DayTimeDuration {
    Nanos nanos = 0;
    friend bool operator==(const DayTimeDuration& a, const DayTimeDuration& b) { return a.nanos == b.nanos; }
    friend bool operator<(const DayTimeDuration& a, const DayTimeDuration& b) { return a.nanos < b.nanos; }
};

std::optional<Date> makeDate(std::int64_t year, std::int64_t month, std::int64_t day);
std::optional<Time> makeTime(std::int64_t hour, std::int64_t minute, const Decimal& second, const Zone& zone);

std::optional<Date> parseDate(std::string_view text); // "2020-07-15"
std::optional<Time> parseTime(std::string_view text); // "10:30:00", "…Z", "…+07:00", "…@Asia/Ho_Chi_Minh"
std::optional<DateTime> parseDateTime(std::string_view text);            // "2020-07-15T10:30:00…"
std::optional<YearMonthDuration> parseYearMonths(std::string_view text); // "P1Y2M"
std::optional<DayTimeDuration> parseDayTime(std::string_view text);      // "P1DT2H"

std::string text(const Date& date);
std::string text(const Time& time);
std::string text(const DateTime& moment);
std::string text(const YearMonthDuration& duration);
std::string text(const DayTimeDuration& duration);

std::int64_t daysSinceEpoch(const Date& date);
Date fromDays(std::int64_t days);
int weekday(const Date& date); // 1 Monday … 7 Sunday
int dayOfYear(const Date& date);
int weekOfYear(const Date& date); // ISO 8601

// Nanoseconds since 1970, in UTC where the moment has a zone, else as if local time were UTC.
Nanos sinceEpoch(const DateTime& moment);
Nanos ofDayInUtc(const Time& time);

std::optional<Date> plus(const Date& date, YearMonthDuration duration); // the last day of a shorter month
std::optional<Date> plusDays(const Date& date, std::int64_t days);
std::optional<DateTime> plus(const DateTime& moment, DayTimeDuration duration);
Time plus(const Time& time, DayTimeDuration duration); // goes round midnight
YearMonthDuration monthsBetween(const Date& from, const Date& to);

Decimal toDecimal(Nanos value);

} // namespace motcua::feel
