// Numbers of FEEL: decimals of 34 digits (the arithmetic of IEEE 754 decimal128), so that money and rates are
// exact where a binary double would not be.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace motcua::feel {

enum class Rounding { HalfEven, HalfUp, HalfDown, Up, Down, Floor, Ceiling };

class Decimal {
public:
    static constexpr int digits = 34;
    static constexpr int leastScale = -6111; // the scales that `rounded` takes
    static constexpr int mostScale = 6176;

    Decimal() = default;
    Decimal(std::int64_t whole);

    // "12", "-0.5", ".5", "1.5e3"; nothing where the text is no number or lies outside ±10^6144.
    static std::optional<Decimal> parse(std::string_view text);
    static std::optional<Decimal>
    fromDouble(double value); // by its shortest text; nothing for NaN and infinity

    std::string
    text() const; // without exponent and without trailing zeros behind the point: "1250000", "0.33"
    double toDouble() const;
    std::optional<std::int64_t> whole() const; // where this is whole and fits
    bool isWhole() const;
    bool isZero() const { return coefficient_ == 0; }
    bool isNegative() const { return negative_; }

    Decimal negated() const;
    Decimal absolute() const;
    // To `scale` places behind the point (before it, where negative).
    std::optional<Decimal> rounded(int scale, Rounding mode) const;
    // Exact products for a whole exponent of up to 9 digits; else by way of binary doubles (about 15 digits).
    std::optional<Decimal> power(const Decimal& exponent) const;
    std::optional<Decimal> squareRoot() const; // 34 digits

    // Nothing on overflow and on division by zero.
    friend std::optional<Decimal> operator+(const Decimal& a, const Decimal& b);
    friend std::optional<Decimal> operator-(const Decimal& a, const Decimal& b);
    friend std::optional<Decimal> operator*(const Decimal& a, const Decimal& b);
    friend std::optional<Decimal> operator/(const Decimal& a, const Decimal& b);

    // −1, 0 or 1.
    static int compare(const Decimal& a, const Decimal& b);
    friend bool operator==(const Decimal& a, const Decimal& b) { return compare(a, b) == 0; }
    friend bool operator<(const Decimal& a, const Decimal& b) { return compare(a, b) < 0; }

private:
    __extension__ typedef unsigned __int128 Wide;

    static std::optional<Decimal> make(bool negative, Wide coefficient, int exponent, bool sticky = false);
    static std::optional<Decimal> addSigned(const Decimal& a, const Decimal& b);

    bool negative_ = false;
    Wide coefficient_ = 0; // below 10^34
    int exponent_ = 0;     // value = coefficient · 10^exponent
};

} // namespace motcua::feel
