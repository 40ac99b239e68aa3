// A named SQL statement, one row of its answer, and the values that go in.
#pragma once

#include "base/clock.h"
#include "base/money.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace motcua::db {

// Stands as a constant beside the repository that runs it. `name` ("dossier.find_by_code") labels metrics,
// the log of slow statements and the statement cache. Parameters are `?` in both dialects (outside literals
// and comments). `postgresql` stands only where the two backends do not allow one text.
struct Query {
    std::string_view name;
    std::string_view sql;
    std::string_view postgresql{};
};

struct Blob {
    std::string_view bytes;
};

// A parameter, borrowed for the call. Instant and Money go in as whole numbers, bool as 0 or 1, an empty
// optional as NULL.
class Parameter {
public:
    using Held = std::variant<std::nullptr_t, std::int64_t, double, std::string_view, Blob>;

    Parameter(std::nullptr_t) : held_(nullptr) {}
    Parameter(std::int64_t value) : held_(value) {}
    Parameter(int value) : held_(std::int64_t{value}) {}
    Parameter(unsigned value) : held_(std::int64_t{value}) {}
    Parameter(bool value) : held_(std::int64_t{value}) {}
    Parameter(double value) : held_(value) {}
    Parameter(std::string_view value) : held_(value) {}
    Parameter(const std::string& value) : held_(std::string_view{value}) {}
    Parameter(const char* value) : held_(std::string_view{value}) {}
    Parameter(Blob value) : held_(value) {}
    Parameter(Instant value) : held_(value.ms) {}
    Parameter(Money value) : held_(value.dong) {}
    template <typename T>
    Parameter(const std::optional<T>& value) : held_(value ? Parameter{*value}.held_ : Held{nullptr}) {}

    const Held& held() const { return held_; }

private:
    Held held_;
};

// The row that a statement stands on. Columns count from 0, in the order of the SELECT. Text and blobs are
// borrowed until the next row. A wrong type or a column that is not there is a bug: std::logic_error.
class Row {
public:
    virtual ~Row() = default;
    virtual bool isNull(int column) const = 0;
    virtual std::int64_t integer(int column) const = 0;
    virtual double real(int column) const = 0;
    virtual std::string_view text(int column) const = 0;
    virtual std::string_view blob(int column) const = 0;

    std::string string(int column) const { return std::string{text(column)}; }
    bool boolean(int column) const { return integer(column) != 0; }
    Instant instant(int column) const { return {integer(column)}; }
    Money money(int column) const { return {integer(column)}; }
    std::optional<std::int64_t> optionalInteger(int column) const {
        return isNull(column) ? std::nullopt : std::optional{integer(column)};
    }
    std::optional<Instant> optionalInstant(int column) const {
        return isNull(column) ? std::nullopt : std::optional{instant(column)};
    }
    std::optional<std::string> optionalString(int column) const {
        return isNull(column) ? std::nullopt : std::optional{string(column)};
    }
};

} // namespace motcua::db
