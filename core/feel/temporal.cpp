#include "feel/temporal.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>

namespace motcua::feel {

namespace {

constexpr std::int64_t mostYear = 999'999'999;
constexpr std::int32_t mostOffset = 18 * 3600;

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

bool isLeap(std::int64_t year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int daysInMonth(std::int64_t year, int month) {
    static constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && isLeap(year) ? 29 : days[static_cast<std::size_t>(month - 1)];
}

// Reads texts of fixed shapes from the front.
struct Reader {
    std::string_view rest;

    bool take(char c) {
        if (rest.empty() || rest.front() != c) return false;
        rest.remove_prefix(1);
        return true;
    }
    std::optional<std::int64_t> number(std::size_t least, std::size_t most) {
        std::size_t count = 0;
        while (count < rest.size() && count < most && isDigit(rest[count]))
            ++count;
        if (count < least) return std::nullopt;
        std::int64_t value = 0;
        std::from_chars(rest.data(), rest.data() + count, value);
        rest.remove_prefix(count);
        return value;
    }
    // The digits behind a point as nanoseconds; what is finer is cut off.
    std::optional<std::int64_t> fraction() {
        if (rest.empty() || !isDigit(rest.front())) return std::nullopt;
        std::int64_t value = 0;
        std::int64_t unit = nanosPerSecond;
        while (!rest.empty() && isDigit(rest.front())) {
            if (unit > 1) {
                unit /= 10;
                value += (rest.front() - '0') * unit;
            }
            rest.remove_prefix(1);
        }
        return value;
    }
};

std::optional<Zone> namedZone(std::string_view name) {
    if (name == "Asia/Ho_Chi_Minh") return Zone{7 * 3600, std::string{name}};
    if (name == "Etc/UTC") return Zone{0, std::string{name}};
    return std::nullopt;
}

std::optional<Zone> readZone(Reader& in) {
    if (in.rest.empty()) return Zone{};
    if (in.take('Z')) return in.rest.empty() ? std::optional{Zone{0, {}}} : std::nullopt;
    if (in.take('@')) return namedZone(in.rest);
    const bool east = in.rest.front() == '+';
    if (!in.take('+') && !in.take('-')) return std::nullopt;
    const auto hours = in.number(2, 2);
    if (!hours || !in.take(':')) return std::nullopt;
    const auto minutes = in.number(2, 2);
    std::optional<std::int64_t> seconds = 0;
    if (in.take(':')) seconds = in.number(2, 2);
    if (!minutes || !seconds || *minutes > 59 || *seconds > 59 || !in.rest.empty()) return std::nullopt;
    const auto offset = static_cast<std::int32_t>(*hours * 3600 + *minutes * 60 + *seconds);
    if (offset > mostOffset) return std::nullopt;
    return Zone{east ? offset : -offset, {}};
}

std::string zoneText(const Zone& zone) {
    if (!zone.name.empty()) return "@" + zone.name;
    if (!zone.offset) return {};
    if (*zone.offset == 0) return "Z";
    const std::int32_t size = std::abs(*zone.offset);
    std::array<char, 40> text{};
    if (size % 60 != 0) {
        std::snprintf(text.data(), text.size(), "%c%02d:%02d:%02d", *zone.offset < 0 ? '-' : '+', size / 3600,
                      size / 60 % 60, size % 60);
    } else {
        std::snprintf(text.data(), text.size(), "%c%02d:%02d", *zone.offset < 0 ? '-' : '+', size / 3600,
                      size / 60 % 60);
    }
    return text.data();
}

std::string fractionText(std::int64_t nanos) {
    if (nanos == 0) return {};
    std::string digits = std::to_string(nanosPerSecond + nanos).substr(1);
    while (digits.back() == '0')
        digits.pop_back();
    return "." + digits;
}

} // namespace

std::optional<Date> makeDate(std::int64_t year, std::int64_t month, std::int64_t day) {
    if (year < -mostYear || year > mostYear || month < 1 || month > 12 || day < 1) return std::nullopt;
    if (day > daysInMonth(year, static_cast<int>(month))) return std::nullopt;
    return Date{year, static_cast<int>(month), static_cast<int>(day)};
}

std::optional<Time> makeTime(std::int64_t hour, std::int64_t minute, const Decimal& second,
                             const Zone& zone) {
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second.isNegative() ||
        !(second < Decimal{60})) {
        return std::nullopt;
    }
    if (zone.offset && std::abs(*zone.offset) > mostOffset) return std::nullopt;
    const auto scaled = second * Decimal{nanosPerSecond};
    const auto nanos = scaled ? scaled->rounded(0, Rounding::Down) : std::nullopt;
    return Time{(hour * 3600 + minute * 60) * nanosPerSecond + nanos.value_or(Decimal{}).whole().value_or(0),
                zone};
}

std::optional<Date> parseDate(std::string_view text) {
    Reader in{text};
    const bool negative = in.take('-');
    const bool padded =
        in.rest.size() > 4 && in.rest[0] == '0' && isDigit(in.rest[4]); // "00999-…" is not a year
    const auto year = in.number(4, 9);
    if (!year || padded || !in.take('-')) return std::nullopt;
    const auto month = in.number(2, 2);
    if (!month || !in.take('-')) return std::nullopt;
    const auto day = in.number(2, 2);
    if (!day || !in.rest.empty()) return std::nullopt;
    return makeDate(negative ? -*year : *year, *month, *day);
}

std::optional<Time> parseTime(std::string_view text) {
    Reader in{text};
    const auto hour = in.number(2, 2);
    if (!hour || !in.take(':')) return std::nullopt;
    const auto minute = in.number(2, 2);
    if (!minute || !in.take(':')) return std::nullopt;
    const auto second = in.number(2, 2);
    if (!second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
    std::int64_t nanos = 0;
    if (in.take('.')) {
        const auto fraction = in.fraction();
        if (!fraction) return std::nullopt;
        nanos = *fraction;
    }
    const auto zone = readZone(in);
    if (!zone) return std::nullopt;
    return Time{(*hour * 3600 + *minute * 60 + *second) * nanosPerSecond + nanos, *zone};
}

std::optional<DateTime> parseDateTime(std::string_view text) {
    const auto split = text.find('T');
    const auto date = parseDate(text.substr(0, split));
    if (!date) return std::nullopt;
    if (split == std::string_view::npos) return DateTime{*date, {}};
    const auto time = parseTime(text.substr(split + 1));
    if (!time) return std::nullopt;
    return DateTime{*date, *time};
}

std::optional<YearMonthDuration> parseYearMonths(std::string_view text) {
    Reader in{text};
    const bool negative = in.take('-');
    if (!in.take('P')) return std::nullopt;
    std::int64_t months = 0;
    bool any = false;
    for (const auto& [letter, size] : {std::pair{'Y', 12}, std::pair{'M', 1}}) {
        Reader ahead = in;
        const auto count = ahead.number(1, 12);
        if (!count || !ahead.take(letter)) continue;
        months += *count * size;
        in = ahead;
        any = true;
    }
    if (!any || !in.rest.empty()) return std::nullopt;
    return YearMonthDuration{negative ? -months : months};
}

std::optional<DayTimeDuration> parseDayTime(std::string_view text) {
    Reader in{text};
    const bool negative = in.take('-');
    if (!in.take('P')) return std::nullopt;
    Nanos total = 0;
    bool any = false;
    const auto part = [&](char letter, std::int64_t seconds) {
        Reader ahead = in;
        const auto count = ahead.number(1, 15);
        if (!count || !ahead.take(letter)) return;
        total += static_cast<Nanos>(*count) * seconds * nanosPerSecond;
        in = ahead;
        any = true;
    };
    part('D', 86'400);
    if (in.take('T')) {
        any = false;
        part('H', 3600);
        part('M', 60);
        if (const auto seconds = in.number(1, 15)) {
            std::optional<std::int64_t> nanos = 0;
            // "PT0.S" is accepted as the reference cases ask, though ISO would want a digit.
            if (in.take('.') && in.rest != "S") nanos = in.fraction();
            if (!nanos || !in.take('S')) return std::nullopt;
            total += static_cast<Nanos>(*seconds) * nanosPerSecond + *nanos;
            any = true;
        }
    }
    if (!any || !in.rest.empty()) return std::nullopt;
    return DayTimeDuration{negative ? -total : total};
}

std::string text(const Date& date) {
    std::array<char, 48> made{};
    std::snprintf(made.data(), made.size(), "%s%04lld-%02d-%02d", date.year < 0 ? "-" : "",
                  static_cast<long long>(std::abs(date.year)), date.month, date.day);
    return made.data();
}

std::string text(const Time& time) {
    const std::int64_t seconds = time.nanos / nanosPerSecond;
    std::array<char, 48> made{};
    std::snprintf(made.data(), made.size(), "%02d:%02d:%02d", static_cast<int>(seconds / 3600),
                  static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
    return made.data() + fractionText(time.nanos % nanosPerSecond) + zoneText(time.zone);
}

std::string text(const DateTime& moment) {
    return text(moment.date) + "T" + text(moment.time);
}

std::string text(const YearMonthDuration& duration) {
    const std::int64_t size = std::abs(duration.months);
    std::string made = duration.months < 0 ? "-P" : "P";
    if (size / 12 != 0) made += std::to_string(size / 12) + "Y";
    if (size % 12 != 0 || size == 0) made += std::to_string(size % 12) + "M";
    return made;
}

std::string text(const DayTimeDuration& duration) {
    const Nanos size = duration.nanos < 0 ? -duration.nanos : duration.nanos;
    const auto days = static_cast<std::int64_t>(size / nanosPerDay);
    const auto rest = static_cast<std::int64_t>(size % nanosPerDay);
    const std::int64_t seconds = rest / nanosPerSecond;
    std::string made = duration.nanos < 0 ? "-P" : "P";
    if (days != 0) made += std::to_string(days) + "D";
    if (rest == 0) return size == 0 ? "PT0S" : made;
    made += "T";
    if (seconds / 3600 != 0) made += std::to_string(seconds / 3600) + "H";
    if (seconds / 60 % 60 != 0) made += std::to_string(seconds / 60 % 60) + "M";
    if (rest % (60 * nanosPerSecond) != 0) {
        made += std::to_string(seconds % 60) + fractionText(rest % nanosPerSecond) + "S";
    }
    return made;
}

// Days from civil and back, by eras of 400 years that begin in March (Howard Hinnant's published derivation).
std::int64_t daysSinceEpoch(const Date& date) {
    const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const std::int64_t yearOfEra = year - era * 400;
    const std::int64_t dayOf = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    return era * 146'097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOf - 719'468;
}

Date fromDays(std::int64_t days) {
    days += 719'468;
    const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
    const std::int64_t dayOfEra = days - era * 146'097;
    const std::int64_t yearOfEra =
        (dayOfEra - dayOfEra / 1460 + dayOfEra / 36'524 - dayOfEra / 146'096) / 365;
    const std::int64_t dayOf = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    const std::int64_t shifted = (5 * dayOf + 2) / 153;
    const int month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
    return {yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
            static_cast<int>(dayOf - (153 * shifted + 2) / 5 + 1)};
}

int weekday(const Date& date) {
    const std::int64_t days = daysSinceEpoch(date) + 3; // 1970-01-01 was a Thursday
    return static_cast<int>((days % 7 + 7) % 7) + 1;
}

int dayOfYear(const Date& date) {
    return static_cast<int>(daysSinceEpoch(date) - daysSinceEpoch({date.year, 1, 1})) + 1;
}

int weekOfYear(const Date& date) {
    const Date thursday = fromDays(daysSinceEpoch(date) - weekday(date) + 4);
    return (dayOfYear(thursday) - 1) / 7 + 1;
}

Nanos ofDayInUtc(const Time& time) {
    return static_cast<Nanos>(time.nanos) - static_cast<Nanos>(time.zone.offset.value_or(0)) * nanosPerSecond;
}

Nanos sinceEpoch(const DateTime& moment) {
    return static_cast<Nanos>(daysSinceEpoch(moment.date)) * nanosPerDay + ofDayInUtc(moment.time);
}

std::optional<Date> plus(const Date& date, YearMonthDuration duration) {
    if (std::abs(duration.months) > mostYear * 24)
        return std::nullopt; // out of the calendar, whatever the date
    const std::int64_t total = date.year * 12 + date.month - 1 + duration.months;
    const std::int64_t year = (total >= 0 ? total : total - 11) / 12;
    const int month = static_cast<int>(total - year * 12) + 1;
    const int last = daysInMonth(year, month);
    return makeDate(year, month, date.day < last ? date.day : last);
}

std::optional<Date> plusDays(const Date& date, std::int64_t days) {
    if (std::abs(days) > mostYear * 366) return std::nullopt;
    const Date moved = fromDays(daysSinceEpoch(date) + days);
    return makeDate(moved.year, moved.month, moved.day);
}

std::optional<DateTime> plus(const DateTime& moment, DayTimeDuration duration) {
    constexpr Nanos beyond = static_cast<Nanos>(mostYear) * 732 * nanosPerDay;
    if (duration.nanos > beyond || duration.nanos < -beyond) return std::nullopt;
    const Nanos total = static_cast<Nanos>(moment.time.nanos) + duration.nanos;
    const Nanos days = (total >= 0 ? total : total - nanosPerDay + 1) / nanosPerDay;
    if (days > mostYear * 366 || days < -mostYear * 366) return std::nullopt;
    const auto date = plusDays(moment.date, static_cast<std::int64_t>(days));
    if (!date) return std::nullopt;
    return DateTime{*date, {static_cast<std::int64_t>(total - days * nanosPerDay), moment.time.zone}};
}

Time plus(const Time& time, DayTimeDuration duration) {
    const Nanos total = static_cast<Nanos>(time.nanos) + duration.nanos % nanosPerDay + nanosPerDay;
    return {static_cast<std::int64_t>(total % nanosPerDay), time.zone};
}

YearMonthDuration monthsBetween(const Date& from, const Date& to) {
    if (to < from) return {-monthsBetween(to, from).months};
    return {(to.year - from.year) * 12 + to.month - from.month - (to.day < from.day ? 1 : 0)};
}

Decimal toDecimal(Nanos value) {
    constexpr std::int64_t half = 1'000'000'000'000'000'000;
    const Decimal high{static_cast<std::int64_t>(value / half)};
    const Decimal low{static_cast<std::int64_t>(value % half)};
    const auto scaled = high * Decimal{half};
    return (scaled ? *scaled + low : std::nullopt).value_or(Decimal{});
}

} // namespace motcua::feel
