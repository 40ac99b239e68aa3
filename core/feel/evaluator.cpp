#include "feel/evaluator.h"

#include <algorithm>

namespace motcua::feel {

namespace {

// Deeper than any expression within the limits of length and nesting needs; functions that call functions end
// here.
constexpr int mostFrames = 600;

ScopePtr named(const ScopePtr& parent, std::string name, Value value) {
    return std::make_shared<const Scope>(Scope{parent, std::move(name), std::move(value)});
}

const Value* lookUp(const ScopePtr& scope, const std::string& name) {
    for (const Scope* at = scope.get(); at != nullptr; at = at->parent.get()) {
        if (at->name.empty()) {
            const Members* members = at->value.members();
            if (const Value* found = members == nullptr ? nullptr : members->find(name)) return found;
        } else if (at->name == name) {
            return &at->value;
        }
    }
    return nullptr;
}

Value negated(const Value& value) {
    if (const auto* number = value.as<Decimal>()) return number->negated();
    if (const auto* months = value.as<YearMonthDuration>()) return YearMonthDuration{-months->months};
    if (const auto* days = value.as<DayTimeDuration>()) return DayTimeDuration{-days->nanos};
    return {};
}

} // namespace

Evaluator::Evaluator(Budget& budget, std::optional<Instant> now) : budget_(budget), call_{budget, now, {}} {
    call_.invoke = [this](const Function& function, std::vector<Value> arguments) {
        return invoke(function, {}, std::move(arguments));
    };
}

Value Evaluator::evaluate(const Node& node, const ScopePtr& scope) {
    budget_.pay();
    if (++depth_ > mostFrames) throw LimitReached{"depth"};
    Value value = dispatch(node, scope);
    --depth_;
    return value;
}

Value Evaluator::dispatch(const Node& node, const ScopePtr& scope) {
    const auto child = [&](std::size_t i) { return evaluate(*node.children[i], scope); };
    switch (node.kind) {
    case NodeKind::Literal:
        return node.value;
    case NodeKind::Name:
        return name(node, scope);
    case NodeKind::Negate:
        return negated(child(0));
    case NodeKind::Arithmetic: {
        const Value left = child(0);
        return arithmetic(node.text, left, child(1), budget_);
    }
    case NodeKind::Compare: {
        const Value left = child(0);
        return compare(node.text, left, child(1));
    }
    case NodeKind::And:
        return logic(node, scope, false);
    case NodeKind::Or:
        return logic(node, scope, true);
    case NodeKind::Between:
        return between(node, scope);
    case NodeKind::In:
        return in(node, scope);
    case NodeKind::InstanceOf:
        return isOfType(child(0), node.text);
    case NodeKind::If:
        return child(0).isTrue() ? child(1) : child(2);
    case NodeKind::For:
        return iteration(node, scope);
    case NodeKind::Some:
        return quantified(node, scope, false);
    case NodeKind::Every:
        return quantified(node, scope, true);
    case NodeKind::Range:
        return range(node, scope);
    case NodeKind::Context:
        return context(node, scope);
    case NodeKind::Path:
        return path(child(0), node.text);
    case NodeKind::Filter:
        return filter(node, scope);
    case NodeKind::Call:
        return call(node, scope);
    case NodeKind::Function:
        return std::make_shared<const Function>(Function{node.names, node.children[0], scope, {}});
    case NodeKind::ListOf: {
        std::vector<Value> items;
        for (const auto& item : node.children)
            items.push_back(evaluate(*item, scope));
        return makeList(std::move(items), budget_);
    }
    case NodeKind::Test: {
        const Value limit = child(0);
        if (node.text == "=") return std::make_shared<const Range>(Range{limit, limit, true, true});
        if (node.text == "!=") return {};
        const bool included = node.text.size() == 2;
        const bool upper = node.text[0] == '<';
        return std::make_shared<const Range>(upper ? Range{{}, limit, false, included}
                                                   : Range{limit, {}, included, false});
    }
    case NodeKind::AnyOf:
        return anyTest(node, 0, *lookUp(scope, "?"), scope);
    case NodeKind::NoneOf: {
        const Value any = anyTest(node, 0, *lookUp(scope, "?"), scope);
        return any.isNull() ? Value{} : Value{!any.isTrue()};
    }
    case NodeKind::Holds:
    case NodeKind::Span:
        break; // evaluated by test() and domain()
    }
    throw std::logic_error("a FEEL node out of its place");
}

Value Evaluator::name(const Node& node, const ScopePtr& scope) {
    if (const Value* found = lookUp(scope, node.text)) return *found;
    if (isBuiltin(node.text)) return std::make_shared<const Function>(Function{{}, {}, {}, node.text});
    return {};
}

// And stops at false, or at true; anything that is no boolean counts as null.
Value Evaluator::logic(const Node& node, const ScopePtr& scope, bool stops) {
    const auto decides = [&](const Value& value) { return stops ? value.isTrue() : value.isFalse(); };
    const Value left = evaluate(*node.children[0], scope);
    if (decides(left)) return stops;
    const Value right = evaluate(*node.children[1], scope);
    if (decides(right)) return stops;
    return left.as<bool>() != nullptr && right.as<bool>() != nullptr ? Value{!stops} : Value{};
}

Value Evaluator::compare(const std::string& symbol, const Value& left, const Value& right) {
    if (symbol == "=" || symbol == "!=") {
        const Value equals = equal(left, right, budget_);
        if (equals.isNull()) return {};
        return equals.isTrue() == (symbol == "=");
    }
    const auto position = order(left, right);
    if (!position) return {};
    if (symbol == "<") return *position < 0;
    if (symbol == "<=") return *position <= 0;
    if (symbol == ">") return *position > 0;
    return *position >= 0;
}

Value Evaluator::between(const Node& node, const ScopePtr& scope) {
    const Value value = evaluate(*node.children[0], scope);
    Range limits{evaluate(*node.children[1], scope), evaluate(*node.children[2], scope), true, true};
    if (limits.from.isNull() || limits.to.isNull()) return {};
    return inRange(value, limits);
}

Value Evaluator::inRange(const Value& input, const Range& range) {
    const auto low = range.from.isNull() ? std::optional{1} : order(input, range.from);
    const auto high = range.to.isNull() ? std::optional{-1} : order(input, range.to);
    if (!low || !high) return {};
    return (*low > 0 || (*low == 0 && range.fromIncluded)) && (*high < 0 || (*high == 0 && range.toIncluded));
}

Value Evaluator::contained(const Value& input, const Value& in) {
    if (in.isNull() && !input.isNull()) return {};
    if (const auto* range = in.range()) {
        if (input.range() != nullptr) return equal(input, in, budget_);
        return inRange(input, *range);
    }
    if (const auto* list = in.list()) {
        if (input.list() != nullptr && same(input, in, budget_)) return true;
        for (const auto& item : list->items) {
            budget_.pay();
            if (item.range() != nullptr ? contained(input, item).isTrue() : same(input, item, budget_))
                return true;
        }
        return false;
    }
    return equal(input, in, budget_);
}

Value Evaluator::test(const Node& node, const Value& input, const ScopePtr& scope) {
    if (node.kind == NodeKind::Test) return compare(node.text, input, evaluate(*node.children[0], scope));
    const Value value = evaluate(*node.children[0], scope);
    if (node.text == "?" && value.as<bool>() != nullptr) return value;
    return contained(input, value);
}

Value Evaluator::anyTest(const Node& node, std::size_t first, const Value& input, const ScopePtr& scope) {
    bool unknown = false;
    for (std::size_t i = first; i < node.children.size(); ++i) {
        const Value held = test(*node.children[i], input, scope);
        if (held.isTrue()) return true;
        unknown = unknown || held.isNull();
    }
    return unknown ? Value{} : Value{false};
}

Value Evaluator::in(const Node& node, const ScopePtr& scope) {
    return anyTest(node, 1, evaluate(*node.children[0], scope), scope);
}

Value Evaluator::range(const Node& node, const ScopePtr& scope) {
    Range made{evaluate(*node.children[0], scope), evaluate(*node.children[1], scope), node.text[0] == '[',
               node.text[1] == ']'};
    const auto position = order(made.from, made.to);
    if (!position || *position > 0) return {};
    return std::make_shared<const Range>(std::move(made));
}

bool Evaluator::span(const Value& from, const Value& to, std::vector<Value>& into) {
    const auto* first = from.as<Date>();
    const auto* last = to.as<Date>();
    const bool dates = first != nullptr && last != nullptr;
    const auto whole = [](const Value& value) {
        const auto* number = value.as<Decimal>();
        return number == nullptr ? std::nullopt : number->whole();
    };
    const auto low = dates ? std::optional{daysSinceEpoch(*first)} : whole(from);
    const auto high = dates ? std::optional{daysSinceEpoch(*last)} : whole(to);
    if (!low || !high) return false;
    const std::int64_t step = *low <= *high ? 1 : -1;
    for (std::int64_t at = *low;; at += step) {
        budget_.pay();
        into.push_back(dates ? Value{fromDays(at)} : Value{at});
        if (at == *high) return true;
    }
}

bool Evaluator::domain(const Node& node, const ScopePtr& scope, std::vector<Value>& into) {
    if (node.kind == NodeKind::Span) {
        const Value from = evaluate(*node.children[0], scope);
        return span(from, evaluate(*node.children[1], scope), into);
    }
    const Value value = evaluate(node, scope);
    if (const auto* list = value.list()) {
        budget_.pay(list->items.size());
        into = list->items;
        return true;
    }
    if (const auto* range = value.range()) {
        if (!span(range->from, range->to, into)) return false;
        if (!range->fromIncluded && !into.empty()) into.erase(into.begin());
        if (!range->toIncluded && !into.empty()) into.pop_back();
        return true;
    }
    if (value.isNull()) return false;
    into.push_back(value);
    return true;
}

// Calls `visit` with each combination of the names of a for, some or every; false where a domain is none.
bool Evaluator::eachBinding(const Node& node, std::size_t depth, const ScopePtr& scope,
                            const std::function<bool(const ScopePtr&)>& visit) {
    if (depth == node.names.size()) return visit(scope);
    std::vector<Value> items;
    if (!domain(*node.children[depth], scope, items)) return false;
    for (auto& item : items) {
        if (!eachBinding(node, depth + 1, named(scope, node.names[depth], std::move(item)), visit))
            return false;
    }
    return true;
}

Value Evaluator::iteration(const Node& node, const ScopePtr& scope) {
    std::vector<Value> results;
    const Node& body = *node.children.back();
    const bool done = eachBinding(node, 0, scope, [&](const ScopePtr& inner) {
        ScopePtr seen = node.text == "partial" ? named(inner, "partial", makeList(results, budget_)) : inner;
        results.push_back(evaluate(body, seen));
        return true;
    });
    return done ? makeList(std::move(results), budget_) : Value{};
}

Value Evaluator::quantified(const Node& node, const ScopePtr& scope, bool every) {
    bool decided = false;
    bool unknown = false;
    const bool done = eachBinding(node, 0, scope, [&](const ScopePtr& inner) {
        const Value held = evaluate(*node.children.back(), inner);
        decided = decided || (every ? held.isFalse() : held.isTrue());
        unknown = unknown || held.as<bool>() == nullptr;
        return true;
    });
    if (!done) return {};
    if (decided) return !every;
    return unknown ? Value{} : Value{every};
}

Value Evaluator::context(const Node& node, const ScopePtr& scope) {
    std::vector<std::pair<std::string, Value>> entries;
    ScopePtr inner = scope;
    for (std::size_t i = 0; i < node.names.size(); ++i) {
        for (const auto& [name, value] : entries) {
            if (name == node.names[i]) return {}; // a name twice makes no context
        }
        Value value = evaluate(*node.children[i], inner);
        if (!node.names[i].empty()) inner = named(inner, node.names[i], value);
        entries.emplace_back(node.names[i], std::move(value));
    }
    return makeMembers(std::move(entries), budget_);
}

Value Evaluator::path(const Value& value, const std::string& member) {
    if (const auto* list = value.list()) {
        std::vector<Value> items;
        for (const auto& item : list->items) {
            budget_.pay();
            items.push_back(path(item, member));
        }
        return makeList(std::move(items), budget_);
    }
    if (const auto* members = value.members()) {
        const Value* found = members->find(member);
        return found == nullptr ? Value{} : *found;
    }
    return property(value, member);
}

Value Evaluator::filter(const Node& node, const ScopePtr& scope) {
    const Value value = evaluate(*node.children[0], scope);
    const Node& condition = *node.children[1];
    std::vector<Value> items;
    if (const auto* list = value.list()) {
        items = list->items;
    } else if (!value.isNull()) {
        items.push_back(value);
    }
    budget_.pay(items.size());
    const auto decide = [&](const Value& item) {
        const ScopePtr inner = named(scope, "item", item);
        return evaluate(condition, item.members() == nullptr ? inner : named(inner, {}, item));
    };
    const Value first = decide(items.empty() ? Value{} : items.front());
    if (const auto* number = first.as<Decimal>()) {
        const auto index = number->whole();
        const auto count = static_cast<std::int64_t>(items.size());
        if (!index || *index == 0 || *index > count || *index < -count) return {};
        return items[static_cast<std::size_t>(*index > 0 ? *index - 1 : count + *index)];
    }
    std::vector<Value> kept;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const Value held = i == 0 ? first : decide(items[i]);
        if (held.as<bool>() == nullptr && !held.isNull()) return {};
        if (held.isTrue()) kept.push_back(items[i]);
    }
    return makeList(std::move(kept), budget_);
}

Value Evaluator::call(const Node& node, const ScopePtr& scope) {
    const Node& callee = *node.children[0];
    const Value* found = callee.kind == NodeKind::Name ? lookUp(scope, callee.text) : nullptr;
    std::vector<Value> arguments;
    for (std::size_t i = 1; i < node.children.size(); ++i)
        arguments.push_back(evaluate(*node.children[i], scope));
    const Value held = found != nullptr ? *found : evaluate(callee, scope);
    return held.function() == nullptr ? Value{} : invoke(*held.function(), node.names, std::move(arguments));
}

Value Evaluator::invoke(const Function& function, const std::vector<std::string>& names,
                        std::vector<Value> arguments) {
    if (!function.builtin.empty()) return callBuiltin(function.builtin, names, std::move(arguments), call_);
    if (arguments.size() != function.parameters.size()) return {};
    ScopePtr inner = function.scope;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& name = names.empty() ? function.parameters[i] : names[i];
        if (std::find(function.parameters.begin(), function.parameters.end(), name) ==
            function.parameters.end()) {
            return {};
        }
        inner = named(inner, name, std::move(arguments[i]));
    }
    return evaluate(*function.body, inner);
}

} // namespace motcua::feel
