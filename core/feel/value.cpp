#include "feel/value.h"

#include <algorithm>

namespace motcua::feel {

namespace {

Value equalItems(const List& a, const List& b, Budget& budget) {
    if (a.items.size() != b.items.size()) return false;
    for (std::size_t i = 0; i < a.items.size(); ++i) {
        if (!same(a.items[i], b.items[i], budget)) return false;
    }
    return true;
}

Value equalMembers(const Members& a, const Members& b, Budget& budget) {
    if (a.entries.size() != b.entries.size()) return false;
    for (const auto& [name, value] : a.entries) {
        budget.pay(b.entries.size() / 8);
        const Value* other = b.find(name);
        if (other == nullptr || !same(value, *other, budget)) return false;
    }
    return true;
}

bool comparable(const Zone& a, const Zone& b) {
    return a.offset.has_value() == b.offset.has_value();
}

template <typename T>
int sign(const T& a, const T& b) {
    return a < b ? -1 : b < a ? 1 : 0;
}

std::string quoted(const std::string& text) {
    std::string made = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') made += '\\';
        made += c;
    }
    return made + "\"";
}

std::string literal(const Value& value, Budget& budget) {
    if (const auto* text = value.as<std::string>()) return quoted(*text);
    return toText(value, budget);
}

std::string rangeText(const Range& range, Budget& budget) {
    if (range.from.isNull())
        return std::string{"("} + (range.toIncluded ? "<=" : "<") + literal(range.to, budget) + ")";
    if (range.to.isNull()) {
        return std::string{"("} + (range.fromIncluded ? ">=" : ">") + literal(range.from, budget) + ")";
    }
    return (range.fromIncluded ? "[" : "(") + literal(range.from, budget) + ".." + literal(range.to, budget) +
           (range.toIncluded ? "]" : ")");
}

} // namespace

int Value::depth() const {
    if (const auto* held = list()) return held->depth;
    if (const auto* held = members()) return held->depth;
    return 0;
}

Value Value::fromJson(const Json& json) {
    if (json.isBool()) return json.boolean();
    if (json.isInteger()) return json.integer();
    if (json.isNumber()) return Decimal::fromDouble(json.number());
    if (json.isString()) return json.string();
    if (json.isArray()) {
        List made;
        for (const auto& item : json.items()) {
            made.items.push_back(fromJson(item));
            made.depth = std::max(made.depth, made.items.back().depth() + 1);
        }
        return std::make_shared<const List>(std::move(made));
    }
    if (json.isObject()) {
        Members made;
        for (const auto& [name, member] : json.members()) {
            made.entries.emplace_back(name, fromJson(member));
            made.depth = std::max(made.depth, made.entries.back().second.depth() + 1);
        }
        return std::make_shared<const Members>(std::move(made));
    }
    return {};
}

const Value* Members::find(std::string_view name) const {
    for (const auto& [key, value] : entries) {
        if (key == name) return &value;
    }
    return nullptr;
}

Value makeList(std::vector<Value> items, Budget& budget) {
    budget.pay(items.size() + 1);
    int depth = 1;
    for (const auto& item : items)
        depth = std::max(depth, item.depth() + 1);
    if (depth > budget.mostDepth()) throw LimitReached{"depth"};
    return std::make_shared<const List>(List{std::move(items), depth});
}

Value makeMembers(std::vector<std::pair<std::string, Value>> entries, Budget& budget) {
    budget.pay(entries.size() + 1);
    int depth = 1;
    for (const auto& [name, value] : entries)
        depth = std::max(depth, value.depth() + 1);
    if (depth > budget.mostDepth()) throw LimitReached{"depth"};
    return std::make_shared<const Members>(Members{std::move(entries), depth});
}

Value equal(const Value& a, const Value& b, Budget& budget) {
    budget.pay();
    if (a.isNull() || b.isNull()) return a.isNull() && b.isNull();
    if (a.kind() != b.kind()) return {};
    if (a.as<bool>() != nullptr) return a.isTrue() == b.isTrue();
    if (a.as<std::string>() != nullptr) return *a.as<std::string>() == *b.as<std::string>();
    if (const auto* left = a.list()) return equalItems(*left, *b.list(), budget);
    if (const auto* left = a.members()) return equalMembers(*left, *b.members(), budget);
    if (const auto* left = a.range()) {
        const Range& right = *b.range();
        return left->fromIncluded == right.fromIncluded && left->toIncluded == right.toIncluded &&
               same(left->from, right.from, budget) && same(left->to, right.to, budget);
    }
    if (const auto* left = a.as<Time>()) {
        const Time& right = *b.as<Time>();
        return comparable(left->zone, right.zone) && ofDayInUtc(*left) == ofDayInUtc(right);
    }
    if (const auto* left = a.as<DateTime>()) {
        const DateTime& right = *b.as<DateTime>();
        return comparable(left->time.zone, right.time.zone) && sinceEpoch(*left) == sinceEpoch(right);
    }
    const auto position = order(a, b);
    return position ? Value{*position == 0} : Value{};
}

bool same(const Value& a, const Value& b, Budget& budget) {
    return equal(a, b, budget).isTrue();
}

std::optional<int> order(const Value& a, const Value& b) {
    if (a.kind() != b.kind()) return std::nullopt;
    if (const auto* left = a.as<Decimal>()) return Decimal::compare(*left, *b.as<Decimal>());
    if (const auto* left = a.as<std::string>()) return sign(*left, *b.as<std::string>());
    if (const auto* left = a.as<Date>()) return sign(*left, *b.as<Date>());
    if (const auto* left = a.as<YearMonthDuration>()) return sign(*left, *b.as<YearMonthDuration>());
    if (const auto* left = a.as<DayTimeDuration>()) return sign(*left, *b.as<DayTimeDuration>());
    if (const auto* left = a.as<Time>()) {
        const Time& right = *b.as<Time>();
        if (!comparable(left->zone, right.zone)) return std::nullopt;
        return sign(ofDayInUtc(*left), ofDayInUtc(right));
    }
    if (const auto* left = a.as<DateTime>()) {
        const DateTime& right = *b.as<DateTime>();
        if (!comparable(left->time.zone, right.time.zone)) return std::nullopt;
        return sign(sinceEpoch(*left), sinceEpoch(right));
    }
    return std::nullopt;
}

std::string toText(const Value& value, Budget& budget) {
    budget.pay();
    std::string made;
    if (value.isNull()) made = "null";
    if (const auto* held = value.as<bool>()) made = *held ? "true" : "false";
    if (const auto* held = value.as<Decimal>()) made = held->text();
    if (const auto* held = value.as<std::string>()) made = *held;
    if (const auto* held = value.as<Date>()) made = text(*held);
    if (const auto* held = value.as<Time>()) made = text(*held);
    if (const auto* held = value.as<DateTime>()) made = text(*held);
    if (const auto* held = value.as<YearMonthDuration>()) made = text(*held);
    if (const auto* held = value.as<DayTimeDuration>()) made = text(*held);
    if (const auto* held = value.range()) made = rangeText(*held, budget);
    if (value.function() != nullptr) made = "function";
    if (const auto* held = value.list()) {
        for (const auto& item : held->items)
            made += (made.empty() ? "" : ", ") + literal(item, budget);
        made = "[" + made + "]";
    }
    if (const auto* held = value.members()) {
        for (const auto& [name, member] : held->entries) {
            made += (made.empty() ? "" : ", ") + name + ": " + literal(member, budget);
        }
        made = "{" + made + "}";
    }
    budget.payText(made.size());
    return made;
}

Result<Json> toJson(const Value& value, Budget& budget) {
    budget.pay();
    if (value.isNull()) return Json{};
    if (const auto* held = value.as<bool>()) return Json{*held};
    if (const auto* held = value.as<Decimal>()) {
        const auto whole = held->whole();
        return whole ? Json{*whole} : Json{held->toDouble()};
    }
    if (const auto* held = value.list()) {
        Json made = Json::array();
        for (const auto& item : held->items) {
            MOTCUA_TRY(member, toJson(item, budget));
            made.add(std::move(member));
        }
        return made;
    }
    if (const auto* held = value.members()) {
        Json made = Json::object();
        for (const auto& [name, item] : held->entries) {
            MOTCUA_TRY(member, toJson(item, budget));
            made.set(name, std::move(member));
        }
        return made;
    }
    if (value.range() != nullptr || value.function() != nullptr) return rejected("feel.no_data");
    return Json{toText(value, budget)};
}

} // namespace motcua::feel
