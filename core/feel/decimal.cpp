#include "feel/decimal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace motcua::feel {

namespace {

__extension__ typedef unsigned __int128 Wide;

constexpr int mostExponent = 6144;
constexpr int leastExponent = -6176;

constexpr std::array<Wide, 39> powers = [] {
    std::array<Wide, 39> made{};
    made[0] = 1;
    for (std::size_t i = 1; i < made.size(); ++i)
        made[i] = made[i - 1] * 10;
    return made;
}();

Wide tenTo(int count) {
    return powers[static_cast<std::size_t>(count)];
}

int digitCount(Wide value) {
    int count = 0;
    while (count < 38 && value >= tenTo(count + 1))
        ++count;
    return value == 0 ? 0 : count + 1;
}

// One more at the last place? `rest` is the sign of (what was cut off − one half): −1, 0, 1; `any`: anything
// was cut.
bool roundsAway(Rounding mode, bool negative, bool odd, int rest, bool any) {
    switch (mode) {
    case Rounding::HalfEven:
        return rest > 0 || (rest == 0 && odd);
    case Rounding::HalfUp:
        return rest >= 0;
    case Rounding::HalfDown:
        return rest > 0;
    case Rounding::Up:
        return any;
    case Rounding::Down:
        return false;
    case Rounding::Floor:
        return any && negative;
    case Rounding::Ceiling:
        return any && !negative;
    }
    return false;
}

// value / 10^places, rounded; `sticky` says that something below the last digit was lost before.
Wide cut(Wide value, int places, Rounding mode, bool negative, bool sticky) {
    if (places <= 0) return value;
    if (places > 38) return roundsAway(mode, negative, false, -1, value != 0 || sticky) ? 1 : 0;
    const Wide divisor = tenTo(places);
    const Wide quotient = value / divisor;
    const Wide remainder = value % divisor;
    const Wide half = divisor / 2;
    int rest = remainder < half ? -1 : remainder > half ? 1 : 0;
    if (rest == 0 && sticky) rest = 1;
    const bool any = remainder != 0 || sticky;
    return quotient + (roundsAway(mode, negative, quotient % 2 == 1, rest, any) ? 1 : 0);
}

// The product of two coefficients, cut to at most 37 digits: {high digits, digits dropped, something was
// lost}.
struct Product {
    Wide value;
    int dropped;
    bool sticky;
};

Product multiply(Wide a, Wide b) {
    const std::uint64_t low = ~std::uint64_t{0};
    const Wide a0 = a & low, a1 = a >> 64, b0 = b & low, b1 = b >> 64;
    const Wide p00 = a0 * b0, p01 = a0 * b1, p10 = a1 * b0, p11 = a1 * b1;
    const Wide middle = (p00 >> 64) + (p01 & low) + (p10 & low);
    const Wide upper = p11 + (p01 >> 64) + (p10 >> 64) + (middle >> 64);
    std::array<std::uint64_t, 4> limbs{static_cast<std::uint64_t>(upper >> 64),
                                       static_cast<std::uint64_t>(upper), static_cast<std::uint64_t>(middle),
                                       static_cast<std::uint64_t>(p00)};
    Product result{0, 0, false};
    const auto current = [&] { return (static_cast<Wide>(limbs[2]) << 64) | limbs[3]; };
    while (limbs[0] != 0 || limbs[1] != 0 || current() >= tenTo(37)) {
        Wide remainder = 0;
        for (auto& limb : limbs) {
            const Wide part = (remainder << 64) | limb;
            limb = static_cast<std::uint64_t>(part / 10);
            remainder = part % 10;
        }
        // The last digit cut decides about the half only together with the digits before it; 37 kept digits
        // leave at least three below the 34 of the result, so a sticky bit is enough.
        result.sticky = result.sticky || remainder != 0;
        ++result.dropped;
    }
    result.value = current();
    return result;
}

} // namespace

Decimal::Decimal(std::int64_t whole) : negative_(whole < 0) {
    const auto magnitude = static_cast<std::uint64_t>(whole);
    coefficient_ = negative_ ? std::uint64_t{0} - magnitude : magnitude;
}

std::optional<Decimal> Decimal::make(bool negative, Wide coefficient, int exponent, bool sticky) {
    const int excess = digitCount(coefficient) - digits;
    if (excess > 0) {
        coefficient = cut(coefficient, excess, Rounding::HalfEven, negative, sticky);
        exponent += excess;
        if (coefficient == tenTo(digits)) {
            coefficient /= 10;
            ++exponent;
        }
    }
    if (exponent < leastExponent) {
        coefficient = cut(coefficient, leastExponent - exponent, Rounding::HalfEven, negative, sticky);
        exponent = leastExponent;
    }
    if (coefficient != 0 && exponent + digitCount(coefficient) - 1 > mostExponent) return std::nullopt;
    Decimal made;
    made.negative_ = negative && coefficient != 0;
    made.coefficient_ = coefficient;
    made.exponent_ = coefficient == 0 ? 0 : exponent;
    return made;
}

std::optional<Decimal> Decimal::parse(std::string_view text) {
    std::size_t at = 0;
    const bool negative = !text.empty() && text[0] == '-';
    if (negative || (!text.empty() && text[0] == '+')) ++at;
    Wide coefficient = 0;
    int exponent = 0;
    int seen = 0;
    bool point = false;
    bool sticky = false;
    for (; at < text.size(); ++at) {
        if (text[at] == '.' && !point) {
            point = true;
            continue;
        }
        if (text[at] < '0' || text[at] > '9') break;
        ++seen;
        if (coefficient < tenTo(36)) {
            coefficient = coefficient * 10 + static_cast<unsigned>(text[at] - '0');
            if (point) --exponent;
        } else {
            sticky = sticky || text[at] != '0';
            if (!point) ++exponent;
        }
    }
    if (seen == 0 || text.back() == '.') return std::nullopt;
    if (at < text.size()) {
        if (text[at] != 'e' && text[at] != 'E') return std::nullopt;
        ++at;
        if (at < text.size() && text[at] == '+') ++at;
        int written = 0;
        const auto [end, problem] = std::from_chars(text.data() + at, text.data() + text.size(), written);
        if (problem != std::errc{} || end != text.data() + text.size() || std::abs(written) > 20'000)
            return std::nullopt;
        exponent += written;
    }
    return make(negative, coefficient, exponent, sticky);
}

std::optional<Decimal> Decimal::fromDouble(double value) {
    if (!std::isfinite(value)) return std::nullopt;
    std::array<char, 40> text{};
    const auto [end, problem] = std::to_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc{}) return std::nullopt;
    return parse({text.data(), static_cast<std::size_t>(end - text.data())});
}

std::string Decimal::text() const {
    if (coefficient_ == 0) return "0";
    std::string number;
    for (Wide rest = coefficient_; rest != 0; rest /= 10) {
        number.insert(number.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
    }
    int exponent = exponent_;
    while (exponent < 0 && number.back() == '0') {
        number.pop_back();
        ++exponent;
    }
    if (exponent >= 0) {
        number.append(static_cast<std::size_t>(exponent), '0');
    } else {
        const auto places = static_cast<std::size_t>(-exponent);
        if (number.size() <= places) number.insert(0, places - number.size() + 1, '0');
        number.insert(number.size() - places, 1, '.');
    }
    return negative_ ? "-" + number : number;
}

double Decimal::toDouble() const {
    std::string number;
    for (Wide rest = coefficient_; rest != 0; rest /= 10) {
        number.insert(number.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
    }
    if (number.empty()) return 0;
    number += "e" + std::to_string(exponent_);
    double value = 0;
    const auto [end, problem] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (problem == std::errc::result_out_of_range) {
        value = exponent_ > 0 ? std::numeric_limits<double>::infinity() : 0;
    }
    return negative_ ? -value : value;
}

bool Decimal::isWhole() const {
    if (exponent_ >= 0) return true;
    if (-exponent_ > 38) return coefficient_ == 0;
    return coefficient_ % tenTo(-exponent_) == 0;
}

std::optional<std::int64_t> Decimal::whole() const {
    if (!isWhole()) return std::nullopt;
    if (exponent_ > 19) return std::nullopt;
    const Wide limit = static_cast<Wide>(std::numeric_limits<std::int64_t>::max());
    if (exponent_ > 0 && coefficient_ > limit / tenTo(exponent_)) return std::nullopt;
    const Wide value =
        exponent_ >= 0 ? coefficient_ * tenTo(exponent_) : coefficient_ / tenTo(std::min(-exponent_, 38));
    if (value > limit) return std::nullopt;
    const auto magnitude = static_cast<std::int64_t>(value);
    return negative_ ? -magnitude : magnitude;
}

Decimal Decimal::negated() const {
    Decimal other = *this;
    other.negative_ = !negative_ && coefficient_ != 0;
    return other;
}

Decimal Decimal::absolute() const {
    Decimal other = *this;
    other.negative_ = false;
    return other;
}

std::optional<Decimal> Decimal::rounded(int scale, Rounding mode) const {
    const int places = -exponent_ - scale; // digits to cut
    if (places <= 0) return *this;
    const Wide kept = cut(coefficient_, places, mode, negative_, false);
    return make(negative_, kept, -scale);
}

std::optional<Decimal> Decimal::addSigned(const Decimal& a, const Decimal& b) {
    if (a.coefficient_ == 0) return b;
    if (b.coefficient_ == 0) return a;
    const Decimal& high = a.exponent_ >= b.exponent_ ? a : b;
    const Decimal& low = a.exponent_ >= b.exponent_ ? b : a;
    // Both at one exponent, with 37 digits for the higher so that rounding at 34 sees three more and a sticky
    // bit.
    const int room = 37 - digitCount(high.coefficient_);
    const int raise = std::min(room, high.exponent_ - low.exponent_);
    const int exponent = high.exponent_ - raise;
    const int drop = exponent - low.exponent_;
    const Wide left = high.coefficient_ * tenTo(raise);
    const Wide right = drop > 38 ? 0 : low.coefficient_ / tenTo(drop);
    const bool sticky = drop > 38 || low.coefficient_ % tenTo(drop) != 0;
    if (high.negative_ == low.negative_) return make(high.negative_, left + right, exponent, sticky);
    if (left == right) return make(high.negative_, 0, 0);
    // What was cut from the smaller makes the difference a little less: borrow one and leave the sticky bit.
    if (left > right) return make(high.negative_, left - right - (sticky ? 1 : 0), exponent, sticky);
    return make(low.negative_, right - left, exponent, sticky);
}

std::optional<Decimal> operator+(const Decimal& a, const Decimal& b) {
    return Decimal::addSigned(a, b);
}

std::optional<Decimal> operator-(const Decimal& a, const Decimal& b) {
    return Decimal::addSigned(a, b.negated());
}

std::optional<Decimal> operator*(const Decimal& a, const Decimal& b) {
    const Product product = multiply(a.coefficient_, b.coefficient_);
    return Decimal::make(a.negative_ != b.negative_, product.value,
                         a.exponent_ + b.exponent_ + product.dropped, product.sticky);
}

std::optional<Decimal> operator/(const Decimal& a, const Decimal& b) {
    if (b.coefficient_ == 0) return std::nullopt;
    if (a.coefficient_ == 0) return Decimal{};
    Wide quotient = a.coefficient_ / b.coefficient_;
    Wide remainder = a.coefficient_ % b.coefficient_;
    int exponent = a.exponent_ - b.exponent_;
    while (remainder != 0 && quotient < tenTo(36)) {
        remainder *= 10;
        quotient = quotient * 10 + remainder / b.coefficient_;
        remainder %= b.coefficient_;
        --exponent;
    }
    return Decimal::make(a.negative_ != b.negative_, quotient, exponent, remainder != 0);
}

int Decimal::compare(const Decimal& a, const Decimal& b) {
    if (a.coefficient_ == 0 || b.coefficient_ == 0 || a.negative_ != b.negative_) {
        const int left = a.coefficient_ == 0 ? 0 : a.negative_ ? -1 : 1;
        const int right = b.coefficient_ == 0 ? 0 : b.negative_ ? -1 : 1;
        return left < right ? -1 : left > right ? 1 : 0;
    }
    const int sign = a.negative_ ? -1 : 1;
    const int topA = digitCount(a.coefficient_) + a.exponent_;
    const int topB = digitCount(b.coefficient_) + b.exponent_;
    if (topA != topB) return topA < topB ? -sign : sign;
    const int least = std::min(a.exponent_, b.exponent_); // differ by less than 34 where the tops agree
    const Wide left = a.coefficient_ * tenTo(a.exponent_ - least);
    const Wide right = b.coefficient_ * tenTo(b.exponent_ - least);
    return left < right ? -sign : left > right ? sign : 0;
}

std::optional<Decimal> Decimal::power(const Decimal& exponent) const {
    const auto count = exponent.whole();
    if (!count || std::abs(*count) > 999'999'999)
        return fromDouble(std::pow(toDouble(), exponent.toDouble()));
    Decimal result = 1;
    Decimal base = *this;
    for (std::int64_t rest = std::abs(*count); rest != 0; rest /= 2) {
        if (rest % 2 == 1) {
            const auto next = result * base;
            if (!next) return std::nullopt;
            result = *next;
        }
        if (rest > 1) {
            const auto square = base * base;
            if (!square) return std::nullopt;
            base = *square;
        }
    }
    return *count < 0 ? Decimal{1} / result : std::optional{result};
}

std::optional<Decimal> Decimal::squareRoot() const {
    if (negative_) return std::nullopt;
    if (coefficient_ == 0) return Decimal{};
    // Newton from the double's root of the value brought near 1, where a double neither overflows nor loses.
    const int shift = (digitCount(coefficient_) + exponent_) / 2;
    Decimal near = *this;
    near.exponent_ -= 2 * shift;
    auto root = fromDouble(std::sqrt(near.toDouble()));
    for (int round = 0; root && round < 4; ++round) {
        const auto quotient = near / *root;
        const auto sum = quotient ? *quotient + *root : std::nullopt;
        root = sum ? *sum / Decimal{2} : std::nullopt;
    }
    if (!root) return std::nullopt;
    return make(false, root->coefficient_, root->exponent_ + shift);
}

} // namespace motcua::feel
