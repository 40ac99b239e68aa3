#include "web/controls.h"

#include "http/errors.h"

#include <algorithm>

namespace motcua::web {

void addControl(view::Model& page, const http::Request& request, const TextControl& control,
                const Error* error) {
    view::Model& row = page.add("controls");
    row.set("is_text", true).set("id", control.name).set("name", control.name).set("label", control.label);
    row.setUnlessEmpty("value", control.value);
    row.setUnlessEmpty("hint", control.hint);
    row.setUnlessEmpty("type", control.type);
    row.setUnlessEmpty("autocomplete", control.autocomplete);
    row.setUnlessEmpty("inputmode", control.inputmode);
    row.setUnlessEmpty("width", control.width);
    if (control.optional) row.set("optional", true);
    if (!error) return;
    const auto wrong = std::find_if(error->fields.begin(), error->fields.end(),
                                    [&](const FieldError& field) { return field.field == control.name; });
    if (wrong != error->fields.end()) row.set("error", http::sentenceOf(request, *wrong));
}

void setButton(view::Model& page, std::string text) {
    page.add("buttons").set("text", std::move(text));
}

} // namespace motcua::web
