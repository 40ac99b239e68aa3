#include "forms/known.h"

namespace motcua::forms {

namespace {

Json partsOf(const Field& field, const Json& value);

Json knownOf(const Field& field, const Json& value) {
    if (field.type == FieldType::Group) return partsOf(field, value);
    if (field.type != FieldType::Table || !value.isArray()) return value;
    Json rows = Json::array();
    for (const Json& row : value.items())
        rows.add(partsOf(field, row));
    return rows;
}

Json partsOf(const Field& field, const Json& value) {
    if (!value.isObject()) return value;
    Json kept = Json::object();
    for (const auto& [key, part] : value.members())
        if (const Field* known = field.part(key)) kept.set(key, knownOf(*known, part));
    return kept;
}

} // namespace

Json known(const Form& form, const Json& answers) {
    Json kept = Json::object();
    for (const auto& [key, value] : answers.members()) {
        if (const Field* field = form.field(key)) kept.set(key, knownOf(*field, value));
        if (key != "papers") continue;
        Json papers = Json::object();
        for (const auto& [slot, files] : value.members())
            if (form.paper(slot)) papers.set(slot, files);
        kept.set(key, std::move(papers));
    }
    return kept;
}

} // namespace motcua::forms
