// Form controls for the pages that are not made from a form definition: sign-in, register, search, settings.
#pragma once

#include "http/request.h"
#include "view/model.h"

#include <string>

namespace motcua::web {

// One line of text, as the partial control_text shows it.
struct TextControl {
    std::string name; // its id too
    std::string label;
    std::string value{};
    std::string hint{};
    std::string type{}; // "email", "tel", "password"; empty: text
    std::string autocomplete{};
    std::string inputmode{};
    std::string width{};
    bool optional = false;
};

// Appends it to the page's "controls", with the sentence of its error where `error` has one of that name.
void addControl(view::Model& page, const http::Request& request, const TextControl& control,
                const Error* error = nullptr);

// The one button of a form.
void setButton(view::Model& page, std::string text);

} // namespace motcua::web
