#include "feel/builtins.h"

#include <algorithm>
#include <map>

namespace motcua::feel {

namespace {

const std::vector<Value>& items(const Value& value) {
    return value.list()->items;
}

std::optional<std::vector<Decimal>> numbers(Call& call, const Value& list) {
    std::vector<Decimal> made;
    for (const auto& item : items(list)) {
        call.budget.pay();
        const auto* number = item.as<Decimal>();
        if (number == nullptr) return std::nullopt;
        made.push_back(*number);
    }
    return made;
}

std::optional<Decimal> total(const std::vector<Decimal>& numbers) {
    std::optional<Decimal> sum = Decimal{};
    for (const auto& number : numbers)
        sum = sum ? *sum + number : std::nullopt;
    return sum;
}

// A place that FEEL counts from 1, or from the end by −1; nothing outside the list.
std::optional<std::size_t> place(const Value& position, std::size_t count) {
    const auto whole = position.as<Decimal>()->whole();
    const auto size = static_cast<std::int64_t>(count);
    if (!whole || *whole == 0 || *whole > size || *whole < -size) return std::nullopt;
    return static_cast<std::size_t>(*whole > 0 ? *whole - 1 : size + *whole);
}

template <int sign>
Value extreme(Call& call, Arguments arguments) {
    const Value* best = nullptr;
    for (const auto& item : items(arguments[0])) {
        call.budget.pay();
        if (!order(item, item)) return {};
        if (best == nullptr) {
            best = &item;
            continue;
        }
        const auto position = order(item, *best);
        if (!position) return {};
        if (*position * sign > 0) best = &item;
    }
    return best == nullptr ? Value{} : *best;
}

Value sum(Call& call, Arguments arguments) {
    const auto held = numbers(call, arguments[0]);
    return held && !held->empty() ? Value{total(*held)} : Value{};
}

Value product(Call& call, Arguments arguments) {
    const auto held = numbers(call, arguments[0]);
    if (!held || held->empty()) return {};
    std::optional<Decimal> made = Decimal{1};
    for (const auto& number : *held)
        made = made ? *made * number : std::nullopt;
    return made;
}

std::optional<Decimal> average(const std::vector<Decimal>& held) {
    const auto sum = held.empty() ? std::nullopt : total(held);
    return sum ? *sum / Decimal{static_cast<std::int64_t>(held.size())} : std::nullopt;
}

Value mean(Call& call, Arguments arguments) {
    const auto held = numbers(call, arguments[0]);
    return held ? Value{average(*held)} : Value{};
}

Value median(Call& call, Arguments arguments) {
    auto held = numbers(call, arguments[0]);
    if (!held || held->empty()) return {};
    std::sort(held->begin(), held->end());
    const std::size_t middle = held->size() / 2;
    if (held->size() % 2 == 1) return (*held)[middle];
    return average({(*held)[middle - 1], (*held)[middle]});
}

Value deviation(Call& call, Arguments arguments) {
    const auto held = numbers(call, arguments[0]);
    const auto middle = held && held->size() > 1 ? average(*held) : std::nullopt;
    if (!middle) return {};
    std::optional<Decimal> squares = Decimal{};
    for (const auto& number : *held) {
        const auto distance = number - *middle;
        const auto square = distance ? *distance * *distance : std::nullopt;
        squares = squares && square ? *squares + *square : std::nullopt;
    }
    const auto variance =
        squares ? *squares / Decimal{static_cast<std::int64_t>(held->size()) - 1} : std::nullopt;
    return variance ? Value{variance->squareRoot()} : Value{};
}

Value mode(Call& call, Arguments arguments) {
    const auto held = numbers(call, arguments[0]);
    if (!held) return {};
    std::map<Decimal, int> counts;
    int most = 0;
    for (const auto& number : *held)
        most = std::max(most, ++counts[number]);
    std::vector<Value> made;
    for (const auto& [number, count] : counts) {
        if (count == most) made.emplace_back(number);
    }
    return makeList(std::move(made), call.budget);
}

// all() stops at false, any() at true.
template <bool stops>
Value junction(Call& call, Arguments arguments) {
    bool unknown = false;
    for (const auto& item : items(arguments[0])) {
        call.budget.pay();
        if (stops ? item.isTrue() : item.isFalse()) return stops;
        unknown = unknown || item.as<bool>() == nullptr;
    }
    return unknown ? Value{} : Value{!stops};
}

bool holds(Call& call, const std::vector<Value>& list, const Value& element) {
    return std::any_of(list.begin(), list.end(),
                       [&](const Value& item) { return same(item, element, call.budget); });
}

Value contains(Call& call, Arguments arguments) {
    return holds(call, items(arguments[0]), arguments[1]);
}

Value indexOf(Call& call, Arguments arguments) {
    std::vector<Value> made;
    std::int64_t at = 0;
    for (const auto& item : items(arguments[0])) {
        ++at;
        if (same(item, arguments[1], call.budget)) made.emplace_back(at);
    }
    return makeList(std::move(made), call.budget);
}

Value sublist(Call& call, Arguments arguments) {
    const auto& list = items(arguments[0]);
    const auto from = place(arguments[1], list.size());
    if (!from) return {};
    std::size_t count = list.size() - *from;
    if (!arguments[2].isNull()) {
        const auto wanted = arguments[2].as<Decimal>()->whole();
        if (!wanted || *wanted < 0 || static_cast<std::size_t>(*wanted) > count) return {};
        count = static_cast<std::size_t>(*wanted);
    }
    const auto begin = list.begin() + static_cast<std::ptrdiff_t>(*from);
    return makeList({begin, begin + static_cast<std::ptrdiff_t>(count)}, call.budget);
}

Value insertBefore(Call& call, Arguments arguments) {
    auto list = items(arguments[0]);
    const auto at = place(arguments[1], list.size());
    if (!at) return {};
    list.insert(list.begin() + static_cast<std::ptrdiff_t>(*at), arguments[2]);
    return makeList(std::move(list), call.budget);
}

Value removeAt(Call& call, Arguments arguments) {
    auto list = items(arguments[0]);
    const auto at = place(arguments[1], list.size());
    if (!at) return {};
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(*at));
    return makeList(std::move(list), call.budget);
}

Value replaceAt(Call& call, Arguments arguments) {
    auto list = items(arguments[0]);
    const auto at = place(arguments[1], list.size());
    if (!at) return {};
    list[*at] = arguments[2];
    return makeList(std::move(list), call.budget);
}

Value reverse(Call& call, Arguments arguments) {
    auto list = items(arguments[0]);
    std::reverse(list.begin(), list.end());
    return makeList(std::move(list), call.budget);
}

// append(list, items…), whose first argument may be no list.
Value append(Call& call, Arguments arguments) {
    const auto& all = items(arguments[0]);
    if (all.empty() || all[0].isNull()) return {};
    std::vector<Value> made = all[0].list() != nullptr ? items(all[0]) : std::vector<Value>{all[0]};
    made.insert(made.end(), all.begin() + 1, all.end());
    return makeList(std::move(made), call.budget);
}

std::optional<std::vector<Value>> joined(Call& call, const Value& lists) {
    std::vector<Value> made;
    for (const auto& list : items(lists)) {
        call.budget.pay(list.list() == nullptr ? 1 : items(list).size());
        if (list.isNull()) return std::nullopt;
        if (list.list() == nullptr) {
            made.push_back(list);
        } else {
            made.insert(made.end(), items(list).begin(), items(list).end());
        }
    }
    return made;
}

Value concatenate(Call& call, Arguments arguments) {
    auto made = joined(call, arguments[0]);
    return made ? makeList(std::move(*made), call.budget) : Value{};
}

Value distinct(Call& call, const std::vector<Value>& list) {
    std::vector<Value> made;
    for (const auto& item : list) {
        call.budget.pay();
        if (!holds(call, made, item)) made.push_back(item);
    }
    return makeList(std::move(made), call.budget);
}

Value unite(Call& call, Arguments arguments) {
    const auto all = joined(call, arguments[0]);
    return all ? distinct(call, *all) : Value{};
}

void flattenInto(Call& call, const std::vector<Value>& list, std::vector<Value>& made) {
    for (const auto& item : list) {
        call.budget.pay();
        if (item.list() != nullptr) {
            flattenInto(call, items(item), made); // as deep as Limits.depth lets lists be
        } else {
            made.push_back(item);
        }
    }
}

Value flatten(Call& call, Arguments arguments) {
    std::vector<Value> made;
    flattenInto(call, items(arguments[0]), made);
    return makeList(std::move(made), call.budget);
}

// A merge sort by hand: the order comes from the expression, and one that contradicts itself must not harm.
void sortRange(Call& call, const Function* precedes, std::vector<Value>& list, bool& failed) {
    if (list.size() < 2 || failed) return;
    const auto middle = list.begin() + static_cast<std::ptrdiff_t>(list.size() / 2);
    std::vector<Value> left(list.begin(), middle);
    std::vector<Value> right(middle, list.end());
    sortRange(call, precedes, left, failed);
    sortRange(call, precedes, right, failed);
    std::size_t a = 0;
    std::size_t b = 0;
    for (auto& slot : list) {
        call.budget.pay();
        bool second = a == left.size();
        if (a < left.size() && b < right.size()) {
            if (precedes != nullptr) {
                second = call.invoke(*precedes, {right[b], left[a]}).isTrue();
            } else {
                const auto position = order(right[b], left[a]);
                failed = failed || !position;
                second = position.value_or(0) < 0;
            }
        }
        slot = second ? right[b++] : left[a++];
    }
}

Value sort(Call& call, Arguments arguments) {
    auto list = items(arguments[0]);
    bool failed = false;
    sortRange(call, arguments[1].function(), list, failed);
    return failed ? Value{} : makeList(std::move(list), call.budget);
}

Value join(Call& call, Arguments arguments) {
    std::string made;
    const auto* delimiter = arguments[1].as<std::string>();
    bool first = true;
    for (const auto& item : items(arguments[0])) {
        if (item.isNull()) continue;
        const auto* text = item.as<std::string>();
        if (text == nullptr) return {};
        call.budget.payText(text->size() + (delimiter == nullptr ? 0 : delimiter->size()));
        if (!first && delimiter != nullptr) made += *delimiter;
        made += *text;
        first = false;
    }
    return made;
}

std::vector<Parameter> list() {
    return {{"list", Kind::List}};
}
std::vector<Parameter> listAt() {
    return {{"list", Kind::List}, {"position", Kind::Number}};
}
std::vector<Parameter> listAtItem(std::string_view item) {
    return {{"list", Kind::List}, {"position", Kind::Number}, {item, Kind::Any, true}};
}

} // namespace

const std::vector<Builtin>& listBuiltins() {
    static const std::vector<Builtin> made{
        {"list contains", {{"list", Kind::List}, {"element", Kind::Any, true}}, contains},
        {"count", list(),
         [](Call&, Arguments a) -> Value { return static_cast<std::int64_t>(items(a[0]).size()); }},
        {"min", list(), extreme<-1>, true},
        {"max", list(), extreme<1>, true},
        {"sum", list(), sum, true},
        {"product", list(), product, true},
        {"mean", list(), mean, true},
        {"median", list(), median, true},
        {"stddev", list(), deviation, true},
        {"mode", list(), mode, true},
        {"all", list(), junction<false>, true},
        {"any", list(), junction<true>, true},
        {"sublist",
         {{"list", Kind::List}, {"start position", Kind::Number}, {"length", Kind::Number, true}},
         sublist},
        {"append", list(), append, true},
        {"concatenate", list(), concatenate, true},
        {"insert before", listAtItem("newItem"), insertBefore},
        {"list replace", listAtItem("newItem"), replaceAt},
        {"remove", listAt(), removeAt},
        {"reverse", list(), reverse},
        {"index of", {{"list", Kind::List}, {"match", Kind::Any, true}}, indexOf},
        {"union", list(), unite, true},
        {"distinct values", list(),
         [](Call& call, Arguments arguments) { return distinct(call, items(arguments[0])); }},
        {"flatten", list(), flatten},
        {"sort", {{"list", Kind::List}, {"precedes", Kind::Function, true}}, sort},
        {"string join", {{"list", Kind::List}, {"delimiter", Kind::Text, true}}, join},
    };
    return made;
}

} // namespace motcua::feel
