// Finds the variant of a built-in that takes given arguments, and fits them to its parameters.
#include "feel/builtins.h"

#include <array>
#include <map>

namespace motcua::feel {

namespace {

using Index = std::map<std::string_view, std::vector<const Builtin*>, std::less<>>;

const Index& index() {
    static const Index made = [] {
        Index all;
        for (const auto* group : {&stringBuiltins(), &listBuiltins(), &numberBuiltins(), &temporalBuiltins(),
                                  &contextBuiltins()}) {
            for (const auto& builtin : *group)
                all[builtin.name].push_back(&builtin);
        }
        return all;
    }();
    return made;
}

bool isOf(const Value& value, Kind kind) {
    switch (kind) {
    case Kind::Any:
        return true;
    case Kind::Number:
        return value.as<Decimal>() != nullptr;
    case Kind::Text:
        return value.as<std::string>() != nullptr;
    case Kind::Boolean:
        return value.as<bool>() != nullptr;
    case Kind::List:
        return value.list() != nullptr;
    case Kind::Date:
        return value.as<Date>() != nullptr;
    case Kind::Time:
        return value.as<Time>() != nullptr;
    case Kind::DateTime:
        return value.as<DateTime>() != nullptr;
    case Kind::Moment:
        return value.as<Date>() != nullptr || value.as<DateTime>() != nullptr;
    case Kind::Duration:
        return value.as<YearMonthDuration>() != nullptr || value.as<DayTimeDuration>() != nullptr;
    case Kind::Context:
        return value.members() != nullptr;
    case Kind::Function:
        return value.function() != nullptr;
    }
    return false;
}

// The value as the parameter wants it; nothing where it does not fit.
std::optional<Value> fitted(const Parameter& parameter, const Value& value, Budget& budget) {
    if (isOf(value, parameter.kind)) return value;
    if (value.isNull()) return parameter.optional ? std::optional{value} : std::nullopt;
    if (parameter.kind == Kind::List) return makeList({value}, budget);
    const List* list = value.list();
    if (list != nullptr && list->items.size() == 1 && isOf(list->items[0], parameter.kind))
        return list->items[0];
    if (parameter.kind == Kind::DateTime) {
        if (const auto* date = value.as<Date>()) return DateTime{*date, {0, Zone{0, {}}}};
    }
    return std::nullopt;
}

std::optional<std::vector<Value>> placed(const Builtin& builtin, const std::vector<std::string>& names,
                                         const std::vector<Value>& arguments) {
    std::vector<Value> made(builtin.parameters.size());
    std::vector<bool> given(builtin.parameters.size(), false);
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        std::size_t at = i;
        if (!names.empty()) {
            at = 0;
            while (at < builtin.parameters.size() && builtin.parameters[at].name != names[i])
                ++at;
        }
        if (at >= made.size() || given[at]) return std::nullopt;
        made[at] = arguments[i];
        given[at] = true;
    }
    for (std::size_t i = 0; i < made.size(); ++i) {
        if (!given[i] && !builtin.parameters[i].optional) return std::nullopt;
    }
    return made;
}

std::optional<std::vector<Value>> prepared(const Builtin& builtin, const std::vector<std::string>& names,
                                           const std::vector<Value>& arguments, Budget& budget) {
    if (builtin.variadic && names.empty() && !arguments.empty() &&
        (arguments.size() > 1 || arguments[0].list() == nullptr)) {
        if (arguments.size() == 1 && arguments[0].isNull()) return std::nullopt;
        return std::vector<Value>{makeList(arguments, budget)};
    }
    auto made = placed(builtin, names, arguments);
    if (!made) return std::nullopt;
    for (std::size_t i = 0; i < made->size(); ++i) {
        auto value = fitted(builtin.parameters[i], (*made)[i], budget);
        if (!value) return std::nullopt;
        (*made)[i] = std::move(*value);
    }
    return made;
}

} // namespace

bool isBuiltin(std::string_view name) {
    return index().contains(name);
}

Value callBuiltin(std::string_view name, const std::vector<std::string>& names, std::vector<Value> arguments,
                  Call& call) {
    const auto found = index().find(name);
    if (found == index().end()) return {};
    for (const Builtin* builtin : found->second) {
        if (auto made = prepared(*builtin, names, arguments, call.budget)) return builtin->run(call, *made);
    }
    return {};
}

} // namespace motcua::feel
