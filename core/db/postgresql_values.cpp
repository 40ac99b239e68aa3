#include "db/postgresql_values.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <stdexcept>

namespace motcua::db {

namespace {

// From the server's catalogue (pg_type.dat); they never change.
enum Type : Oid {
    kBool = 16,
    kBytea = 17,
    kName = 19,
    kInt8 = 20,
    kInt2 = 21,
    kInt4 = 23,
    kText = 25,
    kJson = 114,
    kFloat4 = 700,
    kFloat8 = 701,
    kBpchar = 1042,
    kVarchar = 1043,
    kNumeric = 1700
};

bool isText(Oid type) {
    return type == kText || type == kVarchar || type == kBpchar || type == kName || type == kJson;
}

template <typename Whole>
Whole fromNetwork(std::string_view bytes) {
    std::make_unsigned_t<Whole> value = 0;
    for (std::size_t at = 0; at < sizeof(Whole); at++)
        value = static_cast<decltype(value)>(value << 8 | static_cast<unsigned char>(bytes[at]));
    return static_cast<Whole>(value);
}

template <typename Whole>
std::string toNetwork(Whole value) {
    std::string bytes(sizeof(Whole), '\0');
    for (std::size_t at = 0; at < sizeof(Whole); at++)
        bytes[at] = static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * (sizeof(Whole) - 1 - at)));
    return bytes;
}

// NUMERIC: count of digits, weight of the first, sign, scale; then the digits, each of base 10,000.
struct Numeric {
    explicit Numeric(std::string_view raw)
        : count(fromNetwork<std::int16_t>(raw)),
          weight(fromNetwork<std::int16_t>(raw.substr(2))),
          sign(fromNetwork<std::int16_t>(raw.substr(4))),
          digits(raw.substr(8)) {}

    bool finite() const { return sign == 0 || sign == 0x4000; }
    int digit(int place) const { // of 10,000 to the power of `place`
        const int at = weight - place;
        return at < 0 || at >= count
                   ? 0
                   : fromNetwork<std::int16_t>(digits.substr(static_cast<std::size_t>(at) * 2));
    }

    // Nothing where it is no whole number of 64 bits.
    std::optional<std::int64_t> whole() const {
        for (int place = -1; place > weight - count; place--)
            if (digit(place) != 0) return std::nullopt;
        std::int64_t value = 0;
        for (int place = weight; place >= 0; place--) {
            const int signedDigit = sign == 0 ? digit(place) : -digit(place);
            if (__builtin_mul_overflow(value, 10000, &value) ||
                __builtin_add_overflow(value, signedDigit, &value))
                return std::nullopt;
        }
        return finite() ? std::optional{value} : std::nullopt;
    }

    double real() const {
        long double value = 0;
        for (int place = weight; place > weight - count; place--)
            value = value * 10000 + digit(place);
        value *= std::pow(10000.0L, weight - count + 1);
        if (!finite()) return std::numeric_limits<double>::quiet_NaN();
        return static_cast<double>(sign == 0 ? value : -value);
    }

    int count;
    int weight;
    int sign;
    std::string_view digits;
};

} // namespace

BoundValues::BoundValues(std::string_view name, std::span<const Parameter> parameters,
                         std::span<const Oid> types) {
    for (std::size_t at = 0; at < parameters.size(); at++) {
        try {
            std::visit(
                [&](const auto& held) {
                    if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::nullptr_t>) {
                        values_.push_back(nullptr);
                        lengths_.push_back(0);
                        formats_.push_back(1);
                    } else {
                        add(types[at], held);
                    }
                },
                parameters[at].held());
        } catch (const std::logic_error& error) {
            throw std::logic_error(std::string{name} + ": parameter " + std::to_string(at + 1) + " " +
                                   error.what());
        }
    }
}

void BoundValues::addBytes(std::string_view bytes) {
    values_.push_back(bytes.data() ? bytes.data() : ""); // a null pointer would be NULL
    lengths_.push_back(static_cast<int>(bytes.size()));
    formats_.push_back(1);
}

void BoundValues::addText(std::string text) {
    values_.push_back(kept_.emplace_back(std::move(text)).c_str());
    lengths_.push_back(0);
    formats_.push_back(0);
}

template <typename Whole>
void BoundValues::addWhole(std::int64_t number) {
    if (number < std::numeric_limits<Whole>::min() || number > std::numeric_limits<Whole>::max())
        throw std::logic_error("is too large for the type that PostgreSQL found for it: CAST it AS BIGINT");
    addBytes(kept_.emplace_back(toNetwork(static_cast<Whole>(number))));
}

void BoundValues::add(Oid type, std::int64_t number) {
    if (type == kInt8) return addWhole<std::int64_t>(number);
    if (type == kInt4) return addWhole<std::int32_t>(number);
    if (type == kInt2) return addWhole<std::int16_t>(number);
    if (type == kBool) return addText(number != 0 ? "t" : "f");
    addText(std::to_string(number));
}

void BoundValues::add(Oid type, double number) {
    if (type == kFloat8) return addBytes(kept_.emplace_back(toNetwork(std::bit_cast<std::uint64_t>(number))));
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.17g", number);
    addText(text.data());
}

void BoundValues::add(Oid type, std::string_view text) {
    if (isText(type)) return addBytes(text);
    addText(std::string{text});
}

void BoundValues::add(Oid type, Blob blob) {
    if (type != kBytea) throw std::logic_error("is a blob where PostgreSQL wants another type");
    addBytes(blob.bytes);
}

bool PostgresqlRow::isNull(int column) const {
    if (column < 0 || column >= PQnfields(result_))
        throw std::logic_error(std::string{name_} + ": no column " + std::to_string(column));
    return PQgetisnull(result_, row_, column) != 0;
}

std::string_view PostgresqlRow::bytes(int column) const {
    if (isNull(column)) wrong(column, "NULL");
    return {PQgetvalue(result_, row_, column), static_cast<std::size_t>(PQgetlength(result_, row_, column))};
}

void PostgresqlRow::wrong(int column, const char* what) const {
    throw std::logic_error(std::string{name_} + ": column " + std::to_string(column) + " is " + what);
}

std::int64_t PostgresqlRow::integer(int column) const {
    const std::string_view raw = bytes(column);
    switch (PQftype(result_, column)) {
    case kInt8:
        return fromNetwork<std::int64_t>(raw);
    case kInt4:
        return fromNetwork<std::int32_t>(raw);
    case kInt2:
        return fromNetwork<std::int16_t>(raw);
    case kBool:
        return raw[0];
    case kNumeric: // sum() of BIGINT
        if (const auto whole = Numeric{raw}.whole()) return *whole;
        wrong(column, "no whole number of 64 bits");
    default:
        wrong(column, "not a whole number");
    }
}

double PostgresqlRow::real(int column) const {
    const std::string_view raw = bytes(column);
    switch (PQftype(result_, column)) {
    case kFloat8:
        return std::bit_cast<double>(fromNetwork<std::uint64_t>(raw));
    case kFloat4:
        return std::bit_cast<float>(fromNetwork<std::uint32_t>(raw));
    case kNumeric: // avg() of BIGINT
        return Numeric{raw}.real();
    default:
        return static_cast<double>(integer(column));
    }
}

std::string_view PostgresqlRow::text(int column) const {
    const std::string_view raw = bytes(column);
    if (!isText(PQftype(result_, column))) wrong(column, "not text");
    return raw;
}

std::string_view PostgresqlRow::blob(int column) const {
    const std::string_view raw = bytes(column);
    if (PQftype(result_, column) != kBytea) wrong(column, "not a blob");
    return raw;
}

} // namespace motcua::db
