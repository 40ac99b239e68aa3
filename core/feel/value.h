// The values of FEEL, and how much work they may cost.
#pragma once

#include "feel/temporal.h"

#include "base/json.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace motcua::feel {

class Value;
struct Node;
struct Scope;

struct List;
struct Members;
struct Range;
struct Function;

class Value {
public:
    Value() = default; // null
    Value(bool value) : held_(value) {}
    Value(Decimal value) : held_(value) {}
    Value(const std::optional<Decimal>& value) {
        if (value) held_ = *value;
    }
    Value(std::int64_t value) : held_(Decimal{value}) {}
    Value(std::string value) : held_(std::move(value)) {}
    Value(const char* value) : held_(std::string{value}) {}
    Value(Date value) : held_(value) {}
    Value(Time value) : held_(std::move(value)) {}
    Value(DateTime value) : held_(std::move(value)) {}
    Value(YearMonthDuration value) : held_(value) {}
    Value(DayTimeDuration value) : held_(value) {}
    Value(std::shared_ptr<const List> value) : held_(std::move(value)) {}
    Value(std::shared_ptr<const Members> value) : held_(std::move(value)) {}
    Value(std::shared_ptr<const Range> value) : held_(std::move(value)) {}
    Value(std::shared_ptr<const Function> value) : held_(std::move(value)) {}

    bool isNull() const { return held_.index() == 0; }
    bool isTrue() const { return held_.index() == 1 && std::get<1>(held_); }
    bool isFalse() const { return held_.index() == 1 && !std::get<1>(held_); }

    // The held value where it is a T, else nullptr. Composites: list(), members(), range(), function().
    template <typename T>
    const T* as() const {
        return std::get_if<T>(&held_);
    }
    const List* list() const { return composite<List>(); }
    const Members* members() const { return composite<Members>(); }
    const Range* range() const { return composite<Range>(); }
    const Function* function() const { return composite<Function>(); }

    std::size_t kind() const { return held_.index(); } // values of one type have one kind
    int depth() const;                                 // nesting of lists and contexts below this

    static Value fromJson(const Json& json); // strings stay strings: date("…") makes dates of them

private:
    template <typename T>
    const T* composite() const {
        const auto* shared = std::get_if<std::shared_ptr<const T>>(&held_);
        return shared == nullptr ? nullptr : shared->get();
    }

    std::variant<std::monostate, bool, Decimal, std::string, Date, Time, DateTime, YearMonthDuration,
                 DayTimeDuration, std::shared_ptr<const List>, std::shared_ptr<const Members>,
                 std::shared_ptr<const Range>, std::shared_ptr<const Function>>
        held_;
};

struct List {
    std::vector<Value> items;
    int depth = 1;
};

struct Members { // a FEEL context
    std::vector<std::pair<std::string, Value>> entries;
    int depth = 1;

    const Value* find(std::string_view name) const;
};

struct Range {
    Value from{};
    Value to{};
    bool fromIncluded = true;
    bool toIncluded = true;
};

struct Function {
    std::vector<std::string> parameters{};
    std::shared_ptr<const Node> body{};
    std::shared_ptr<const Scope> scope{}; // what the body sees beside its parameters
    std::string builtin{};                // the name of a built-in, where this is one
};

struct Limits {
    std::size_t length = 16'384;  // bytes of an expression
    int depth = 48;               // nesting of expressions, calls and values
    std::int64_t steps = 200'000; // nodes evaluated, items and 16 bytes of text made
};

// Thrown past a limit and caught by Expression::evaluate; nothing else throws it.
struct LimitReached {
    const char* limit; // "steps", "depth"
};

// What one evaluation has left to spend. Every loop over values pays here, so no expression runs or grows for
// long.
class Budget {
public:
    explicit Budget(const Limits& limits) : steps_(limits.steps), depth_(limits.depth) {}
    void pay(std::size_t steps = 1) {
        if (steps > static_cast<std::size_t>(steps_)) throw LimitReached{"steps"};
        steps_ -= static_cast<std::int64_t>(steps);
    }
    void payText(std::size_t bytes) { pay(bytes / 16 + 1); }
    int mostDepth() const { return depth_; }

private:
    std::int64_t steps_;
    int depth_;
};

Value makeList(std::vector<Value> items, Budget& budget);
Value makeMembers(std::vector<std::pair<std::string, Value>> entries, Budget& budget);

// FEEL's equality: null where the types differ (null itself equals null), so three answers.
Value equal(const Value& a, const Value& b, Budget& budget);
bool same(const Value& a, const Value& b, Budget& budget); // equal() is true
// −1, 0, 1; nothing where the two have no order.
std::optional<int> order(const Value& a, const Value& b);

// string(): what a person would write; the parts of lists and contexts as FEEL literals.
std::string toText(const Value& value, Budget& budget);
// Dates, times and durations become their texts, numbers whole or double; a range or function is no data: an
// error.
Result<Json> toJson(const Value& value, Budget& budget);

} // namespace motcua::feel
