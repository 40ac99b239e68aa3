#include "feel/builtins.h"

#include "base/civil_day.h"

#include <array>
#include <cstdlib>

namespace motcua::feel {

namespace {

template <typename T>
Value orNull(const std::optional<T>& value) {
    return value ? Value{*value} : Value{};
}

std::optional<std::int64_t> whole(const Value& value) {
    return value.as<Decimal>()->whole();
}

Date dateOf(const Value& value) {
    if (const auto* date = value.as<Date>()) return *date;
    return value.as<DateTime>()->date;
}

Value dateFromText(Call&, Arguments arguments) {
    return orNull(parseDate(*arguments[0].as<std::string>()));
}

Value dateFromMoment(Call&, Arguments arguments) {
    return dateOf(arguments[0]);
}

Value dateFromParts(Call&, Arguments arguments) {
    const auto year = whole(arguments[0]);
    const auto month = whole(arguments[1]);
    const auto day = whole(arguments[2]);
    return year && month && day ? orNull(makeDate(*year, *month, *day)) : Value{};
}

Value timeFromText(Call&, Arguments arguments) {
    return orNull(parseTime(*arguments[0].as<std::string>()));
}

Value timeFromMoment(Call&, Arguments arguments) {
    if (const auto* moment = arguments[0].as<DateTime>()) return moment->time;
    return Time{0, Zone{0, {}}};
}

Value timeFromParts(Call&, Arguments arguments) {
    const auto hour = whole(arguments[0]);
    const auto minute = whole(arguments[1]);
    Zone zone;
    if (!arguments[3].isNull()) {
        const auto* offset = arguments[3].as<DayTimeDuration>();
        if (offset == nullptr || offset->nanos > nanosPerDay || offset->nanos < -nanosPerDay) return {};
        zone.offset = static_cast<std::int32_t>(offset->nanos / nanosPerSecond);
    }
    return hour && minute ? orNull(makeTime(*hour, *minute, *arguments[2].as<Decimal>(), zone)) : Value{};
}

Value momentFromText(Call&, Arguments arguments) {
    return orNull(parseDateTime(*arguments[0].as<std::string>()));
}

Value momentFromParts(Call&, Arguments arguments) {
    return DateTime{dateOf(arguments[0]), *arguments[1].as<Time>()};
}

Value durationFromText(Call&, Arguments arguments) {
    const std::string& held = *arguments[0].as<std::string>();
    if (const auto months = parseYearMonths(held)) return *months;
    return orNull(parseDayTime(held));
}

Value months(Call&, Arguments arguments) {
    return monthsBetween(dateOf(arguments[0]), dateOf(arguments[1]));
}

// The moment of the civil zone, so that today() is the day on the wall of the counter.
Value now(Call& call, Arguments) {
    if (!call.now) return {};
    const CivilDay day = civilDay(*call.now);
    const std::int64_t sinceMidnight = call.now->ms - day.start().ms;
    return DateTime{{day.year, static_cast<int>(day.month), static_cast<int>(day.day)},
                    {sinceMidnight * 1'000'000, Zone{7 * 3600, "Asia/Ho_Chi_Minh"}}};
}

Value today(Call& call, Arguments arguments) {
    const Value moment = now(call, arguments);
    return moment.isNull() ? Value{} : Value{dateOf(moment)};
}

Value dayName(Call&, Arguments arguments) {
    static constexpr std::array<const char*, 7> names{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                      "Friday", "Saturday", "Sunday"};
    return names[static_cast<std::size_t>(weekday(dateOf(arguments[0])) - 1)];
}

Value monthName(Call&, Arguments arguments) {
    static constexpr std::array<const char*, 12> names{"January",   "February", "March",    "April",
                                                       "May",       "June",     "July",     "August",
                                                       "September", "October",  "November", "December"};
    return names[static_cast<std::size_t>(dateOf(arguments[0]).month - 1)];
}

std::vector<Parameter> date() {
    return {{"date", Kind::Moment}};
}

} // namespace

const std::vector<Builtin>& temporalBuiltins() {
    static const std::vector<Builtin> made{
        {"date", {{"from", Kind::Text}}, dateFromText},
        {"date", {{"from", Kind::Moment}}, dateFromMoment},
        {"date", {{"year", Kind::Number}, {"month", Kind::Number}, {"day", Kind::Number}}, dateFromParts},
        {"time", {{"from", Kind::Text}}, timeFromText},
        {"time", {{"from", Kind::Time}}, [](Call&, Arguments a) -> Value { return a[0]; }},
        {"time", {{"from", Kind::Moment}}, timeFromMoment},
        {"time",
         {{"hour", Kind::Number},
          {"minute", Kind::Number},
          {"second", Kind::Number},
          {"offset", Kind::Duration, true}},
         timeFromParts},
        {"date and time", {{"from", Kind::Text}}, momentFromText},
        {"date and time", {{"from", Kind::DateTime}}, [](Call&, Arguments a) -> Value { return a[0]; }},
        {"date and time", {{"date", Kind::Moment}, {"time", Kind::Time}}, momentFromParts},
        {"duration", {{"from", Kind::Text}}, durationFromText},
        {"duration", {{"from", Kind::Duration}}, [](Call&, Arguments a) -> Value { return a[0]; }},
        {"years and months duration", {{"from", Kind::Moment}, {"to", Kind::Moment}}, months},
        {"now", {}, now},
        {"today", {}, today},
        {"day of year", date(),
         [](Call&, Arguments a) -> Value { return std::int64_t{dayOfYear(dateOf(a[0]))}; }},
        {"week of year", date(),
         [](Call&, Arguments a) -> Value { return std::int64_t{weekOfYear(dateOf(a[0]))}; }},
        {"day of week", date(), dayName},
        {"month of year", date(), monthName},
    };
    return made;
}

} // namespace motcua::feel
