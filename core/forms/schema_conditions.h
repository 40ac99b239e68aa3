// FEEL conditions as JSON Schemas of the answers; inside this room only.
#pragma once

#include "base/json.h"
#include "feel/node.h"
#include "forms/form.h"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace motcua::forms {

// A schema that accepts exactly the answers for which the condition is true; {} accepts all. Nothing: not
// expressible.
using SchemaOf = std::optional<Json>;

SchemaOf bothOf(const SchemaOf& a, const SchemaOf& b);

// Conditions over the fields of one object: the top level, or a table's row.
class SchemaConditions {
public:
    // `field` by name, nothing where the name is not of this object; `sectionWhen` of the section it stands
    // in.
    struct Place {
        const Field* field = nullptr;
        std::string sectionWhen{};
    };
    explicit SchemaConditions(std::function<Place(std::string_view)> place) : place_(std::move(place)) {}

    SchemaOf of(const std::string& condition); // "" is always true
    // That the field is shown.
    SchemaOf shows(const Place& place);

private:
    struct Both {
        SchemaOf yes{};
        SchemaOf no{};
    };
    Both translate(const feel::Node& node);
    Both compare(const feel::Node& node);
    Both contains(const feel::Node& node);
    SchemaOf has(const feel::Node& name, const feel::Node& literal);
    SchemaOf shownWith(const std::string& name, Json value);

    std::function<Place(std::string_view)> place_;
    std::map<std::string, SchemaOf> known_{};
};

} // namespace motcua::forms
