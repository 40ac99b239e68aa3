// The settings of a plugin as a form made from its manifest's schema: what is shown, what was typed, what is
// wrong.
#pragma once

#include "http/page.h"
#include "plugins/plugin_registry.h"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::web {

// The settings of a form that came in; secrets apart, of which an empty one is left as it is stored.
struct TypedSettings {
    Json config = Json::object();
    std::map<std::string, std::string> secrets{};
};

TypedSettings readSettings(const plugins::Manifest& manifest, const http::Fields& typed);

// What is wrong with them by the schema, and the secrets that are neither typed nor stored.
std::vector<FieldError> judgeSettings(const plugins::Manifest& manifest, const TypedSettings& typed,
                                      const std::set<std::string>& storedSecrets);

// Errors of the schema in the words for administrators: "plugin.field.required", with the label and the
// limits. Their field is the id of the control.
std::vector<FieldError> explain(const plugins::Manifest& manifest, const std::vector<FieldError>& errors,
                                std::string_view locale);

// Names and ids of the settings' controls: apart from those of the form itself (csrf, version).
std::string controlOf(const std::string& setting);

// One control a setting; with what was typed where `typed` is given, else with what is stored. `wrong` holds
// sentences by the id of the control.
void fillSettings(http::Page& page, const plugins::Manifest& manifest, const plugins::StoredProfile& stored,
                  const http::Fields* typed, const std::map<std::string, std::string>& wrong,
                  std::string_view locale);

} // namespace motcua::web
