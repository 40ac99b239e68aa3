#include "feel/builtins.h"

#include <cmath>

namespace motcua::feel {

namespace {

const Decimal& number(const Value& value) {
    return *value.as<Decimal>();
}

template <Rounding mode>
Value round(Call&, Arguments arguments) {
    std::int64_t scale = 0;
    if (!arguments[1].isNull()) {
        const auto cut = number(arguments[1]).rounded(0, Rounding::Down);
        const auto whole = cut ? cut->whole() : std::nullopt;
        if (!whole) return {};
        scale = *whole;
    }
    if (scale < Decimal::leastScale || scale > Decimal::mostScale) return {};
    return number(arguments[0]).rounded(static_cast<int>(scale), mode);
}

Value absolute(Call&, Arguments arguments) {
    if (const auto* held = arguments[0].as<Decimal>()) return held->absolute();
    if (const auto* held = arguments[0].as<YearMonthDuration>())
        return YearMonthDuration{std::abs(held->months)};
    if (const auto* held = arguments[0].as<DayTimeDuration>()) {
        return DayTimeDuration{held->nanos < 0 ? -held->nanos : held->nanos};
    }
    return {};
}

// The remainder that has the divisor's sign.
std::optional<Decimal> remainder(const Decimal& dividend, const Decimal& divisor) {
    const auto quotient = dividend / divisor;
    const auto floor = quotient ? quotient->rounded(0, Rounding::Floor) : std::nullopt;
    const auto whole = floor ? *floor * divisor : std::nullopt;
    return whole ? dividend - *whole : std::nullopt;
}

Value modulo(Call&, Arguments arguments) {
    return remainder(number(arguments[0]), number(arguments[1]));
}

Value squareRoot(Call&, Arguments arguments) {
    return number(arguments[0]).squareRoot();
}

Value logarithm(Call&, Arguments arguments) {
    const Decimal& held = number(arguments[0]);
    return held.isNegative() || held.isZero() ? Value{}
                                              : Value{Decimal::fromDouble(std::log(held.toDouble()))};
}

Value exponential(Call&, Arguments arguments) {
    return Decimal::fromDouble(std::exp(number(arguments[0]).toDouble()));
}

template <bool odd>
Value parity(Call&, Arguments arguments) {
    if (!number(arguments[0]).isWhole()) return {};
    const auto rest = remainder(number(arguments[0]), Decimal{2});
    return rest ? Value{rest->isZero() != odd} : Value{};
}

std::vector<Parameter> one() {
    return {{"n", Kind::Number}};
}
std::vector<Parameter> scaled(bool optional) {
    return {{"n", Kind::Number}, {"scale", Kind::Number, optional}};
}

} // namespace

const std::vector<Builtin>& numberBuiltins() {
    static const std::vector<Builtin> made{
        {"decimal", scaled(false), round<Rounding::HalfEven>},
        {"floor", one(),
         [](Call&, Arguments a) -> Value { return number(a[0]).rounded(0, Rounding::Floor); }},
        {"floor", scaled(false), round<Rounding::Floor>},
        {"ceiling", one(),
         [](Call&, Arguments a) -> Value { return number(a[0]).rounded(0, Rounding::Ceiling); }},
        {"ceiling", scaled(false), round<Rounding::Ceiling>},
        {"round up", scaled(false), round<Rounding::Up>},
        {"round down", scaled(false), round<Rounding::Down>},
        {"round half up", scaled(false), round<Rounding::HalfUp>},
        {"round half down", scaled(false), round<Rounding::HalfDown>},
        {"abs", {{"n"}}, absolute},
        {"modulo", {{"dividend", Kind::Number}, {"divisor", Kind::Number}}, modulo},
        {"sqrt", {{"number", Kind::Number}}, squareRoot},
        {"log", {{"number", Kind::Number}}, logarithm},
        {"exp", {{"number", Kind::Number}}, exponential},
        {"odd", {{"number", Kind::Number}}, parity<true>},
        {"even", {{"number", Kind::Number}}, parity<false>},
    };
    return made;
}

} // namespace motcua::feel
