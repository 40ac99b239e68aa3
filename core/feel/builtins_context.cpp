// Conversion, contexts and not().
#include "feel/builtins.h"

#include <algorithm>

namespace motcua::feel {

namespace {

using Entries = std::vector<std::pair<std::string, Value>>;

Value numberFromText(Call&, Arguments arguments) {
    std::string held = *arguments[0].as<std::string>();
    const auto* grouping = arguments[1].as<std::string>();
    const auto* point = arguments[2].as<std::string>();
    if (grouping != nullptr && *grouping != " " && *grouping != "," && *grouping != ".") return {};
    if (point != nullptr && *point != "," && *point != ".") return {};
    if (grouping != nullptr && point != nullptr && *grouping == *point) return {};
    if (grouping != nullptr) std::erase(held, grouping->front());
    if (point != nullptr && *point == ",") {
        if (held.find('.') != std::string::npos) return {};
        std::replace(held.begin(), held.end(), ',', '.');
    }
    return Decimal::parse(held);
}

Value put(Entries entries, const std::string& key, const Value& value, Budget& budget) {
    const auto found =
        std::find_if(entries.begin(), entries.end(), [&](const auto& entry) { return entry.first == key; });
    if (found != entries.end()) {
        found->second = value;
    } else {
        entries.emplace_back(key, value);
    }
    return makeMembers(std::move(entries), budget);
}

Value contextFromEntries(Call& call, Arguments arguments) {
    Entries made;
    for (const auto& entry : arguments[0].list()->items) {
        call.budget.pay(1 + made.size() / 8); // its name is compared with each before it
        const auto* members = entry.members();
        const Value* key = members == nullptr ? nullptr : members->find("key");
        const Value* value = members == nullptr ? nullptr : members->find("value");
        if (key == nullptr || value == nullptr || key->as<std::string>() == nullptr) return {};
        const std::string& name = *key->as<std::string>();
        const bool twice =
            std::any_of(made.begin(), made.end(), [&](const auto& held) { return held.first == name; });
        if (twice) return {};
        made.emplace_back(name, *value);
    }
    return makeMembers(std::move(made), call.budget);
}

Value getValue(Call&, Arguments arguments) {
    const Value* found = arguments[0].members()->find(*arguments[1].as<std::string>());
    return found == nullptr ? Value{} : *found;
}

Value getEntries(Call& call, Arguments arguments) {
    std::vector<Value> made;
    for (const auto& [name, value] : arguments[0].members()->entries) {
        made.push_back(makeMembers({{"key", name}, {"value", value}}, call.budget));
    }
    return makeList(std::move(made), call.budget);
}

Value contextPut(Call& call, Arguments arguments) {
    return put(arguments[0].members()->entries, *arguments[1].as<std::string>(), arguments[2], call.budget);
}

Value contextMerge(Call& call, Arguments arguments) {
    Value made = makeMembers({}, call.budget);
    for (const auto& context : arguments[0].list()->items) {
        if (context.members() == nullptr) return {};
        for (const auto& [name, value] : context.members()->entries) {
            made = put(made.members()->entries, name, value, call.budget);
        }
    }
    return made;
}

// is(): equal and of one type, and times also of one zone.
Value isSame(Call& call, Arguments arguments) {
    const Value& a = arguments[0];
    const Value& b = arguments[1];
    if (a.kind() != b.kind()) return false;
    const auto zone = [](const Value& value) -> const Zone* {
        if (const auto* time = value.as<Time>()) return &time->zone;
        if (const auto* moment = value.as<DateTime>()) return &moment->time.zone;
        return nullptr;
    };
    if (zone(a) != nullptr && !(*zone(a) == *zone(b))) return false;
    return same(a, b, call.budget);
}

} // namespace

const std::vector<Builtin>& contextBuiltins() {
    static const std::vector<Builtin> made{
        {"number", {{"from", Kind::Number}}, [](Call&, Arguments a) -> Value { return a[0]; }},
        {"number",
         {{"from", Kind::Text}},
         [](Call&, Arguments a) -> Value { return Decimal::parse(*a[0].as<std::string>()); }},
        {"number",
         {{"from", Kind::Text},
          {"grouping separator", Kind::Text, true},
          {"decimal separator", Kind::Text, true}},
         numberFromText},
        {"string",
         {{"from", Kind::Any, true}},
         [](Call& call, Arguments a) -> Value {
             return a[0].isNull() ? Value{} : Value{toText(a[0], call.budget)};
         }},
        {"not",
         {{"negand", Kind::Boolean, true}},
         [](Call&, Arguments a) -> Value { return a[0].isNull() ? Value{} : Value{a[0].isFalse()}; }},
        {"context", {{"entries", Kind::List}}, contextFromEntries},
        {"get value", {{"m", Kind::Context}, {"key", Kind::Text}}, getValue},
        {"get entries", {{"m", Kind::Context}}, getEntries},
        {"context put",
         {{"context", Kind::Context}, {"key", Kind::Text}, {"value", Kind::Any, true}},
         contextPut},
        {"context merge", {{"contexts", Kind::List}}, contextMerge},
        {"is", {{"value1", Kind::Any, true}, {"value2", Kind::Any, true}}, isSame},
    };
    return made;
}

} // namespace motcua::feel
