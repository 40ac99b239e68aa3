// The schema of a plugin's settings: a written subset of JSON Schema, from which the admin form is made and
// by which values are checked when they are saved and when they are loaded. The subset stands in
// sdk/README.md.
#pragma once

#include "base/json.h"
#include "base/result.h"

#include <string>
#include <vector>

namespace motcua::plugins {

// Words for people, as {"vi": …, "en": …} or one text for all.
struct LocalText {
    std::string vi{};
    std::string en{};
    const std::string& in(std::string_view locale) const { return locale == "en" ? en : vi; }
};

// One input of the generated form, in the order to show.
struct ConfigField {
    std::string name{};
    std::string type{};   // "string", "integer", "number", "boolean", "array" (of strings)
    std::string format{}; // "", "email", "uri", "hostname", "multiline", "pem"
    std::string group{};
    LocalText title{};
    LocalText description{};
    std::vector<std::string> options{}; // where not empty: one of these
    Json fallback{};                    // the default; null: none
    bool required = false;
    bool secret = false; // x-secret: the value is a secret's and is never shown
    std::int64_t order = 0;
};

class ConfigSchema {
public:
    ConfigSchema() = default; // no settings at all

    // Invalid "plugin.schema" where it goes beyond the subset or contradicts itself; the detail names the
    // place.
    static Result<ConfigSchema> parse(const Json& schema);

    // The values with their defaults filled in. Invalid "plugin.config_invalid" with one field error for each
    // that is wrong: unknown keys, missing ones, type, range, length, pattern, format, choice. Secrets do not
    // belong here.
    Result<Json> check(const Json& values) const;

    const std::vector<ConfigField>& fields() const { return fields_; }

private:
    Json schema_ = Json::object();
    std::vector<ConfigField> fields_;
};

} // namespace motcua::plugins
