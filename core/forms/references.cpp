#include "forms/references.h"

#include <algorithm>

namespace motcua::forms {

namespace {

using feel::Node;
using feel::NodeKind;

void collect(const Node& node, const std::vector<std::string>& names, std::vector<Reference>& found) {
    if (const auto reference = asReference(node)) {
        if (std::find(names.begin(), names.end(), reference->name) != names.end())
            found.push_back(*reference);
        return;
    }
    for (const auto& child : node.children)
        if (child) collect(*child, names, found);
}

// The texts among the tests of `x in …`.
void texts(const Node& node, std::vector<std::string>& found) {
    if (node.kind == NodeKind::Literal) {
        if (const auto* text = node.value.as<std::string>()) found.push_back(*text);
        return;
    }
    const bool wraps = node.kind == NodeKind::ListOf || node.kind == NodeKind::AnyOf ||
                       node.kind == NodeKind::Holds ||
                       (node.kind == NodeKind::Test && (node.text == "=" || node.text == "!="));
    if (!wraps) return;
    for (const auto& child : node.children)
        if (child) texts(*child, found);
}

void compare(const Node& side, const Node& other, std::vector<Comparison>& found) {
    const auto reference = asReference(side);
    std::vector<std::string> all;
    if (reference) texts(other, all);
    for (std::string& text : all)
        found.push_back({*reference, std::move(text)});
}

void comparisons(const Node& node, std::vector<Comparison>& found) {
    const bool equality = node.kind == NodeKind::Compare && (node.text == "=" || node.text == "!=");
    if (equality && node.children.size() == 2) {
        compare(*node.children[0], *node.children[1], found);
        compare(*node.children[1], *node.children[0], found);
    } else if (node.kind == NodeKind::In) {
        for (std::size_t i = 1; i < node.children.size(); ++i)
            compare(*node.children[0], *node.children[i], found);
    }
    for (const auto& child : node.children)
        if (child) comparisons(*child, found);
}

} // namespace

std::optional<Reference> asReference(const Node& node) {
    if (node.kind == NodeKind::Name) return Reference{node.text, {}};
    if (node.kind != NodeKind::Path || node.children.empty()) return std::nullopt;
    auto inner = asReference(*node.children[0]);
    if (inner) inner->path.push_back(node.text);
    return inner;
}

std::vector<Reference> referencesOf(const Node& root, const std::vector<std::string>& names) {
    std::vector<Reference> found;
    collect(root, names, found);
    return found;
}

std::vector<Comparison> comparisonsOf(const Node& root) {
    std::vector<Comparison> found;
    comparisons(root, found);
    return found;
}

} // namespace motcua::forms
