// What the operators + - * / ** do to each pair of types, and the members and type names of values.
#include "feel/evaluator.h"

namespace motcua::feel {

namespace {

std::optional<Nanos> toNanos(const std::optional<Decimal>& value) {
    const auto rounded = value ? value->rounded(0, Rounding::Down) : std::nullopt;
    const auto whole = rounded ? rounded->whole() : std::nullopt;
    if (!whole) return std::nullopt;
    return static_cast<Nanos>(*whole);
}

Value numbers(char symbol, bool power, const Decimal& a, const Decimal& b) {
    if (power) return a.power(b);
    switch (symbol) {
    case '+':
        return a + b;
    case '-':
        return a - b;
    case '*':
        return a * b;
    default:
        return a / b;
    }
}

// A date counts as its midnight, in UTC, beside a moment.
std::optional<DateTime> moment(const Value& value) {
    if (const auto* date = value.as<Date>()) return DateTime{*date, {0, Zone{0, {}}}};
    if (const auto* held = value.as<DateTime>()) return *held;
    return std::nullopt;
}

Value difference(const Value& left, const Value& right) {
    if (const auto* a = left.as<Time>()) {
        const auto* b = right.as<Time>();
        if (b == nullptr || a->zone.offset.has_value() != b->zone.offset.has_value()) return {};
        return DayTimeDuration{ofDayInUtc(*a) - ofDayInUtc(*b)};
    }
    const auto a = moment(left);
    const auto b = moment(right);
    if (!a || !b || a->time.zone.offset.has_value() != b->time.zone.offset.has_value()) return {};
    return DayTimeDuration{sinceEpoch(*a) - sinceEpoch(*b)};
}

Value moved(const Value& base, const Value& by, bool back) {
    if (const auto* months = by.as<YearMonthDuration>()) {
        const YearMonthDuration step{back ? -months->months : months->months};
        if (const auto* date = base.as<Date>()) {
            const auto made = plus(*date, step);
            return made ? Value{*made} : Value{};
        }
        if (const auto* at = base.as<DateTime>()) {
            const auto made = plus(at->date, step);
            return made ? Value{DateTime{*made, at->time}} : Value{};
        }
        if (const auto* other = base.as<YearMonthDuration>()) {
            YearMonthDuration sum;
            if (__builtin_add_overflow(other->months, step.months, &sum.months)) return {};
            return sum;
        }
        return {};
    }
    const auto* days = by.as<DayTimeDuration>();
    if (days == nullptr) return {};
    const DayTimeDuration step{back ? -days->nanos : days->nanos};
    if (const auto* date = base.as<Date>()) {
        const auto made = plus(DateTime{*date, {}}, step);
        return made ? Value{made->date} : Value{};
    }
    if (const auto* at = base.as<DateTime>()) {
        const auto made = plus(*at, step);
        return made ? Value{*made} : Value{};
    }
    if (const auto* time = base.as<Time>()) return plus(*time, step);
    if (const auto* other = base.as<DayTimeDuration>()) {
        DayTimeDuration sum;
        if (__builtin_add_overflow(other->nanos, step.nanos, &sum.nanos)) return {};
        return sum;
    }
    return {};
}

Value scaled(const Value& duration, const Decimal& by, bool divide) {
    if (divide && by.isZero()) return {};
    const auto times = [&](const Decimal& size) { return divide ? size / by : size * by; };
    if (const auto* months = duration.as<YearMonthDuration>()) {
        const auto made = toNanos(times(Decimal{months->months}));
        return made ? Value{YearMonthDuration{static_cast<std::int64_t>(*made)}} : Value{};
    }
    if (const auto* days = duration.as<DayTimeDuration>()) {
        const auto made = toNanos(times(toDecimal(days->nanos)));
        return made ? Value{DayTimeDuration{*made}} : Value{};
    }
    return {};
}

Value ratio(const Value& left, const Value& right) {
    if (left.kind() != right.kind()) return {};
    if (const auto* a = left.as<YearMonthDuration>()) {
        return Decimal{a->months} / Decimal{right.as<YearMonthDuration>()->months};
    }
    if (const auto* a = left.as<DayTimeDuration>()) {
        return toDecimal(a->nanos) / toDecimal(right.as<DayTimeDuration>()->nanos);
    }
    return {};
}

std::int64_t parts(Nanos nanos, std::int64_t unit, std::int64_t next) {
    const Nanos size = nanos < 0 ? -nanos : nanos;
    const auto made = static_cast<std::int64_t>(next == 0 ? size / unit : size % next / unit);
    return nanos < 0 ? -made : made;
}

Value dateProperty(const Date& date, const std::string& member) {
    if (member == "year") return date.year;
    if (member == "month") return std::int64_t{date.month};
    if (member == "day") return std::int64_t{date.day};
    if (member == "weekday") return std::int64_t{weekday(date)};
    return {};
}

Value timeProperty(const Time& time, const std::string& member) {
    const std::int64_t seconds = time.nanos / nanosPerSecond;
    if (member == "hour") return seconds / 3600;
    if (member == "minute") return seconds / 60 % 60;
    if (member == "second") {
        return toDecimal(time.nanos % (60 * nanosPerSecond)) / Decimal{nanosPerSecond};
    }
    if (member == "time offset" && time.zone.offset) {
        return DayTimeDuration{static_cast<Nanos>(*time.zone.offset) * nanosPerSecond};
    }
    if (member == "timezone" && !time.zone.name.empty()) return time.zone.name;
    return {};
}

Value durationProperty(const DayTimeDuration& duration, const std::string& member) {
    constexpr std::int64_t minute = 60 * nanosPerSecond;
    if (member == "days") return parts(duration.nanos, nanosPerDay, 0);
    if (member == "hours") return parts(duration.nanos, 60 * minute, nanosPerDay);
    if (member == "minutes") return parts(duration.nanos, minute, 60 * minute);
    if (member == "seconds") {
        return toDecimal(duration.nanos % minute) / Decimal{nanosPerSecond};
    }
    return {};
}

Value rangeProperty(const Range& range, const std::string& member) {
    if (member == "start") return range.from;
    if (member == "end") return range.to;
    if (member == "start included") return range.fromIncluded;
    if (member == "end included") return range.toIncluded;
    return {};
}

} // namespace

Value arithmetic(const std::string& symbol, const Value& left, const Value& right, Budget& budget) {
    const auto* a = left.as<Decimal>();
    const auto* b = right.as<Decimal>();
    if (a != nullptr && b != nullptr) return numbers(symbol[0], symbol == "**", *a, *b);
    const auto* textA = left.as<std::string>();
    const auto* textB = right.as<std::string>();
    if (textA != nullptr && textB != nullptr && symbol == "+") {
        budget.payText(textA->size() + textB->size());
        return *textA + *textB;
    }
    if (symbol == "+") {
        const Value made = moved(left, right, false);
        const bool turned = left.as<YearMonthDuration>() != nullptr || left.as<DayTimeDuration>() != nullptr;
        return made.isNull() && turned ? moved(right, left, false) : made;
    }
    if (symbol == "-") {
        const Value made = moved(left, right, true);
        return made.isNull() ? difference(left, right) : made;
    }
    if (symbol == "*")
        return b != nullptr ? scaled(left, *b, false) : a != nullptr ? scaled(right, *a, false) : Value{};
    if (symbol == "/") return b != nullptr ? scaled(left, *b, true) : ratio(left, right);
    return {};
}

Value property(const Value& value, const std::string& member) {
    if (const auto* date = value.as<Date>()) return dateProperty(*date, member);
    if (const auto* time = value.as<Time>()) return timeProperty(*time, member);
    if (const auto* at = value.as<DateTime>()) {
        const Value made = dateProperty(at->date, member);
        return made.isNull() ? timeProperty(at->time, member) : made;
    }
    if (const auto* months = value.as<YearMonthDuration>()) {
        if (member == "years") return months->months / 12;
        if (member == "months") return months->months % 12;
        return {};
    }
    if (const auto* days = value.as<DayTimeDuration>()) return durationProperty(*days, member);
    if (const auto* range = value.range()) return rangeProperty(*range, member);
    return {};
}

bool isOfType(const Value& value, const std::string& type) {
    if (type == "Any") return !value.isNull();
    if (type == "null" || type == "Null") return value.isNull();
    if (type == "number") return value.as<Decimal>() != nullptr;
    if (type == "string") return value.as<std::string>() != nullptr;
    if (type == "boolean") return value.as<bool>() != nullptr;
    if (type == "date") return value.as<Date>() != nullptr;
    if (type == "time") return value.as<Time>() != nullptr;
    if (type == "date and time") return value.as<DateTime>() != nullptr;
    if (type == "years and months duration") return value.as<YearMonthDuration>() != nullptr;
    if (type == "days and time duration") return value.as<DayTimeDuration>() != nullptr;
    if (type == "list") return value.list() != nullptr;
    if (type == "context") return value.members() != nullptr;
    if (type == "range") return value.range() != nullptr;
    if (type == "function") return value.function() != nullptr;
    return false;
}

} // namespace motcua::feel
