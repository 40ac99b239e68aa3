#include "forms/schema_conditions.h"

#include "forms/references.h"

#include <algorithm>

namespace motcua::forms {

namespace {

using feel::Node;
using feel::NodeKind;

Json negated(const Json& schema) {
    return Json::Object{{"not", schema}};
}

SchemaOf join(const char* word, const SchemaOf& a, const SchemaOf& b) {
    if (!a || !b) return std::nullopt;
    return Json{Json::Object{{word, Json::Array{*a, *b}}}};
}

std::optional<Json> literalOf(const Node& node) {
    if (node.kind != NodeKind::Literal) return std::nullopt;
    if (const auto* text = node.value.as<std::string>()) return Json{*text};
    if (const auto* flag = node.value.as<bool>()) return Json{*flag};
    return std::nullopt;
}

} // namespace

SchemaOf bothOf(const SchemaOf& a, const SchemaOf& b) {
    if (a && a->members().empty()) return b;
    if (b && b->members().empty()) return a;
    return join("allOf", a, b);
}

SchemaOf SchemaConditions::of(const std::string& condition) {
    if (condition.empty()) return Json::object();
    const auto parsed = feel::parseExpression(condition, {}, {});
    return parsed ? translate(*parsed->root).yes : std::nullopt;
}

SchemaOf SchemaConditions::shows(const Place& place) {
    if (const auto found = known_.find(place.field->key); found != known_.end()) return found->second;
    SchemaOf made = bothOf(of(place.sectionWhen), of(place.field->when));
    known_.emplace(place.field->key, made);
    return made;
}

SchemaOf SchemaConditions::shownWith(const std::string& name, Json value) {
    const Place place = place_(name);
    const bool choice =
        place.field && (place.field->type == FieldType::Choice || place.field->type == FieldType::YesNo);
    if (!choice) return std::nullopt;
    Json properties = Json::object();
    properties.set(name, Json::Object{{"const", std::move(value)}});
    return bothOf(shows(place),
                  Json{Json::Object{{"properties", std::move(properties)}, {"required", Json::Array{name}}}});
}

SchemaOf SchemaConditions::has(const Node& name, const Node& literal) {
    const auto value = literalOf(literal);
    return name.kind == NodeKind::Name && value ? shownWith(name.text, *value) : std::nullopt;
}

// FEEL compares what is absent as null: it equals no literal, so "not equal" is the plain opposite.
SchemaConditions::Both SchemaConditions::compare(const Node& node) {
    SchemaOf equal = has(*node.children[0], *node.children[1]);
    if (!equal) equal = has(*node.children[1], *node.children[0]);
    if (!equal || (node.text != "=" && node.text != "!=")) return {};
    const Json different = negated(*equal);
    return node.text == "=" ? Both{equal, different} : Both{different, equal};
}

SchemaConditions::Both SchemaConditions::contains(const Node& node) {
    if (node.children.empty() || node.children[0]->kind != NodeKind::Name) return {};
    Json any = Json::array();
    for (const Comparison& comparison : comparisonsOf(node)) {
        const SchemaOf one = shownWith(comparison.reference.name, Json{comparison.text});
        if (!one) return {};
        any.add(*one);
    }
    if (any.items().empty()) return {};
    return {Json{Json::Object{{"anyOf", std::move(any)}}}, std::nullopt};
}

SchemaConditions::Both SchemaConditions::translate(const Node& node) {
    switch (node.kind) {
    case NodeKind::Name:
        return {shownWith(node.text, Json{true}), shownWith(node.text, Json{false})};
    case NodeKind::Compare:
        return compare(node);
    case NodeKind::In:
        return contains(node);
    case NodeKind::And:
    case NodeKind::Or: {
        const Both left = translate(*node.children[0]);
        const Both right = translate(*node.children[1]);
        const bool both = node.kind == NodeKind::And;
        return {join(both ? "allOf" : "anyOf", left.yes, right.yes),
                join(both ? "anyOf" : "allOf", left.no, right.no)};
    }
    case NodeKind::Call: {
        const bool negation = node.children.size() == 2 && node.children[0]->kind == NodeKind::Name &&
                              node.children[0]->text == "not";
        if (!negation) return {};
        Both inner = translate(*node.children[1]);
        return {inner.no, inner.yes};
    }
    default:
        return {};
    }
}

} // namespace motcua::forms
