// What a FEEL expression refers to, read from its parsed form; inside this room only.
#pragma once

#include "feel/node.h"

#include <string>
#include <vector>

namespace motcua::forms {

struct Reference {
    std::string name;                // from the context
    std::vector<std::string> path{}; // members after it: father.residence.ward → residence, ward
};

// `names`: those that the expression takes from its context; what it binds itself is left out.
std::vector<Reference> referencesOf(const feel::Node& root, const std::vector<std::string>& names);

// A field compared with a text: `x = "a"`, `x != "a"`, `x in ("a", "b")`.
struct Comparison {
    Reference reference;
    std::string text;
};
std::vector<Comparison> comparisonsOf(const feel::Node& root);

// name or name.member.member; nothing for anything else.
std::optional<Reference> asReference(const feel::Node& node);

} // namespace motcua::forms
