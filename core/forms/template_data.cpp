#include "forms/template_data.h"

namespace motcua::forms {

namespace {

using Escape = std::function<std::string(std::string_view)>;

view::Value value(const Json& json, const Escape& escape) {
    if (json.isObject()) return templateData(json, escape);
    if (json.isArray()) {
        view::List list;
        for (const Json& item : json.items())
            list.push_back(value(item, escape));
        return list;
    }
    if (json.isString())
        return json.string().empty() ? view::Value{false} : view::Value{escape(json.string())};
    if (json.isNumber()) return json.dump();
    return json.boolean();
}

} // namespace

view::Model templateData(const Json& json, const Escape& escape) {
    view::Model model;
    model.reserve(json.members().size());
    for (const auto& [key, member] : json.members())
        if (!member.isNull()) model.set(view::Key::borrowed(key), value(member, escape));
    return model;
}

} // namespace motcua::forms
