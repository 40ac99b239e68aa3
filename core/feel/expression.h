// FEEL, the expression language of conditions, forms, fees and assignment (DMN 1.5, chapter 10): parsed once,
// evaluated often. An expression has no effects, reads nothing but its context and cannot run or grow for
// long.
//
// What cannot be computed (a missing name, a wrong type, division by zero) is null, as the language wants it;
// an Error is a text that is no FEEL (Invalid "feel.syntax" with line, column, expected, found) or a limit
// that was reached (Rejected "feel.limit").
#pragma once

#include "feel/value.h"

#include "base/clock.h"
#include "base/json.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::feel {

struct ParseOptions {
    // Names of the context that hold keywords or + - * / . ' inside, like "Số tiền (USD)" or "date-of-birth".
    // Plain names, also of several words and with Vietnamese letters, need no mention.
    std::vector<std::string> known{};
    Limits limits{};
};

class Expression { // [thread-safe] once parsed; cheap to copy
public:
    static Result<Expression> parse(std::string_view text, const ParseOptions& options = {});

    // `now` is what today() and now() read, in Asia/Ho_Chi_Minh; without it both are null.
    Result<Json> evaluate(const Json& context, std::optional<Instant> now = {}) const;
    Result<Value> evaluateValue(const Value& context, std::optional<Instant> now = {}) const;
    // A condition holds only where it is true: null and everything else is no.
    Result<bool> holds(const Json& context, std::optional<Instant> now = {}) const;

    const std::string& text() const { return text_; }
    const std::vector<std::string>& names() const { return names_; } // what it takes from its context

private:
    friend class UnaryTests;
    Expression() = default;

    std::string text_{};
    std::vector<std::string> names_{};
    std::shared_ptr<const Node> root_{};
    Limits limits_{};
};

// The cell of a decision table or the allowed values of a field: "<18, >=60", "[1..10]", "not(\"a\")", "? * 2
// > x", "-".
class UnaryTests {
public:
    static Result<UnaryTests> parse(std::string_view text, const ParseOptions& options = {});

    Result<bool> matches(const Json& input, const Json& context, std::optional<Instant> now = {}) const;
    Result<bool> matchesValue(const Value& input, const Value& context,
                              std::optional<Instant> now = {}) const;

    const std::string& text() const { return expression_.text(); }
    const std::vector<std::string>& names() const { return expression_.names(); }

private:
    Expression expression_;
};

} // namespace motcua::feel
