// Walks the parsed form of an expression with the names it can see.
#pragma once

#include "feel/builtins.h"
#include "feel/node.h"

#include <memory>
#include <optional>
#include <string>

namespace motcua::feel {

// One name, or (name empty) all members of a context. Scopes are never changed, so functions may keep them.
struct Scope {
    std::shared_ptr<const Scope> parent{};
    std::string name{};
    Value value{};
};

using ScopePtr = std::shared_ptr<const Scope>;

class Evaluator {
public:
    Evaluator(Budget& budget, std::optional<Instant> now);
    Evaluator(const Evaluator&) = delete;
    Evaluator& operator=(const Evaluator&) = delete;

    Value evaluate(const Node& node, const ScopePtr& scope); // throws LimitReached

private:
    Value dispatch(const Node& node, const ScopePtr& scope);
    Value name(const Node& node, const ScopePtr& scope);
    Value logic(const Node& node, const ScopePtr& scope, bool stops);
    Value compare(const std::string& symbol, const Value& left, const Value& right);
    Value between(const Node& node, const ScopePtr& scope);
    Value in(const Node& node, const ScopePtr& scope);
    Value anyTest(const Node& node, std::size_t first, const Value& input, const ScopePtr& scope);
    Value test(const Node& node, const Value& input, const ScopePtr& scope);
    Value contained(const Value& input, const Value& in);
    Value inRange(const Value& input, const Range& range);
    Value range(const Node& node, const ScopePtr& scope);
    Value iteration(const Node& node, const ScopePtr& scope);
    Value quantified(const Node& node, const ScopePtr& scope, bool every);
    bool domain(const Node& node, const ScopePtr& scope, std::vector<Value>& into);
    bool span(const Value& from, const Value& to, std::vector<Value>& into);
    bool eachBinding(const Node& node, std::size_t depth, const ScopePtr& scope,
                     const std::function<bool(const ScopePtr&)>& visit);
    Value context(const Node& node, const ScopePtr& scope);
    Value path(const Value& value, const std::string& member);
    Value filter(const Node& node, const ScopePtr& scope);
    Value call(const Node& node, const ScopePtr& scope);
    Value invoke(const Function& function, const std::vector<std::string>& names,
                 std::vector<Value> arguments);

    Budget& budget_;
    Call call_;
    int depth_ = 0;
};

// The arithmetic of numbers, texts, dates and durations; null where the operator does not take these.
Value arithmetic(const std::string& symbol, const Value& left, const Value& right, Budget& budget);
// The member "year", "time offset", "days" … of a date, time, duration or range; null where it has none.
Value property(const Value& value, const std::string& member);
bool isOfType(const Value& value, const std::string& type);

} // namespace motcua::feel
