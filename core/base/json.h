// A JSON value: what forms, processes, plugins and the API exchange. Numbers keep whether they were whole.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace motcua {

class Json {
public:
    using Array = std::vector<Json>;
    using Object = std::vector<std::pair<std::string, Json>>; // in the order written

    Json() = default; // null
    Json(bool value) : held_(value) {}
    Json(std::int64_t value) : held_(value) {}
    Json(int value) : held_(std::int64_t{value}) {}
    Json(double value) : held_(value) {}
    Json(std::string value) : held_(std::move(value)) {}
    Json(std::string_view value) : held_(std::string{value}) {}
    Json(const char* value) : held_(std::string{value}) {}
    Json(Array value) : held_(std::move(value)) {}
    Json(Object value) : held_(std::move(value)) {}
    static Json array() { return Json{Array{}}; }
    static Json object() { return Json{Object{}}; }

    bool isNull() const { return held_.index() == 0; }
    bool isBool() const { return held_.index() == 1; }
    bool isInteger() const { return held_.index() == 2; }
    bool isNumber() const { return held_.index() == 2 || held_.index() == 3; }
    bool isString() const { return held_.index() == 4; }
    bool isArray() const { return held_.index() == 5; }
    bool isObject() const { return held_.index() == 6; }

    // The value, or `otherwise` where this is of another type.
    bool boolean(bool otherwise = false) const;
    std::int64_t integer(std::int64_t otherwise = 0) const; // a double only where it is whole and fits
    double number(double otherwise = 0) const;
    const std::string& string() const; // "" where this is no string
    const Array& items() const;        // empty where this is no array
    const Object& members() const;     // empty where this is no object

    const Json& operator[](std::string_view key) const; // null where there is none
    const Json& at(std::size_t index) const;            // null past the end
    bool has(std::string_view key) const;
    Json& set(std::string_view key, Json value); // replaces; makes an object of a null; *this
    Json& add(Json value);                       // appends; makes an array of a null; *this
    void remove(std::string_view key);
    Json* find(std::string_view key); // for changes in place; nullptr where there is none

    // Strings are written as they are but for what JSON must escape; "<" too, so that a value may stand in a
    // page.
    std::string dump() const;
    std::string pretty() const; // two spaces a level

    struct Limits {
        std::size_t bytes = 1 << 20;
        int depth = 32;
    };
    // Strict RFC 8259: broken UTF-8, duplicate keys, anything after the value and anything past the limits is
    // refused (Invalid "json.malformed", TooLarge "json.too_large").
    static Result<Json> parse(std::string_view text, Limits limits);
    static Result<Json> parse(std::string_view text) { return parse(text, Limits{}); }

    bool operator==(const Json&) const = default;

private:
    std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> held_;
};

} // namespace motcua
