#include "web/admin/settings_form.h"

#include "base/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace motcua::web {

namespace {

using plugins::ConfigField;

bool isLong(const ConfigField& field) {
    return field.type == "array" || field.format == "multiline" || field.format == "pem";
}

// Browsers send the lines of a text area with CR LF.
std::string withoutReturns(std::string_view typed) {
    std::string text{typed};
    std::erase(text, '\r');
    return text;
}

template <typename T>
std::optional<T> numberOf(const std::string& text) {
    T number{};
    const char* end = text.data() + text.size();
    const auto [stop, failure] = std::from_chars(text.data(), end, number);
    if (failure != std::errc{} || stop != end) return std::nullopt;
    return number;
}

Json linesOf(const std::string& text) {
    Json lines = Json::array();
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        std::string line = text::trim(std::string_view{text}.substr(begin, end - begin));
        if (!line.empty()) lines.add(std::move(line));
        begin = end + 1;
    }
    return lines;
}

// What was typed as a value of the field's type; as the text it is where it is none, which the schema
// refuses. Null where nothing was typed: the default holds.
Json valueOf(const ConfigField& field, const http::Fields& typed) {
    const std::string name = controlOf(field.name);
    if (field.type == "boolean") return typed.has(name);
    const std::string text = text::trim(withoutReturns(typed.get(name)));
    if (field.type == "array") return linesOf(text);
    if (text.empty()) return field.required ? Json{""} : Json{};
    if (field.type == "integer") {
        if (const auto number = numberOf<std::int64_t>(text)) return *number;
    } else if (field.type == "number") {
        if (const auto number = numberOf<double>(text); number && std::isfinite(*number)) return *number;
    }
    return text;
}

std::string textOf(const Json& value) {
    if (value.isString()) return value.string();
    if (value.isNull()) return {};
    if (!value.isArray()) return value.dump();
    std::string text;
    for (const Json& item : value.items())
        text += (text.empty() ? "" : "\n") + textOf(item);
    return text;
}

const ConfigField* fieldOf(const plugins::Manifest& manifest, const std::string& name) {
    const auto& fields = manifest.config.fields();
    const auto found =
        std::find_if(fields.begin(), fields.end(), [&](const auto& one) { return one.name == name; });
    return found == fields.end() ? nullptr : &*found;
}

const std::string& labelOf(const ConfigField& field, std::string_view locale) {
    const std::string& label = field.title.in(locale);
    return label.empty() ? field.name : label;
}

// The code's limits stand in the schema as it was written: its reader keeps them to itself.
void addLimits(FieldError& error, const Json& property, const std::string& rule) {
    const char* least = rule == "too_small" ? "minimum" : rule == "too_short" ? "minLength" : "minItems";
    const char* most = rule == "too_large" ? "maximum" : rule == "too_long" ? "maxLength" : "maxItems";
    error.params["min"] = property[least].dump();
    // Where the schema names none, its reader's own limits hold.
    error.params["max"] = property.has(most) ? property[most].dump() : rule == "too_long" ? "4096" : "100";
}

void append(std::string& hint, const std::string& sentence) {
    hint += (hint.empty() ? "" : hint.ends_with('.') ? " " : ". ") + sentence;
}

void fillOptions(view::Model& row, const ConfigField& field, const std::string& value) {
    row.set("is_select", true);
    const bool known = std::find(field.options.begin(), field.options.end(), value) != field.options.end();
    if (!field.required || !known) row.set("empty", true);
    for (const std::string& option : field.options) {
        view::Model& shown = row.add("options");
        shown.set("key", option).set("text", option);
        if (option == value) shown.set("selected", true);
    }
}

void fillSecret(view::Model& row, const http::Page& page, const ConfigField& field, bool stored, bool typed,
                std::string& hint) {
    if (isLong(field))
        row.set("is_textarea", true);
    else
        row.set("is_text", true).set("type", "password").set("autocomplete", "new-password");
    const char* word = typed ? "plugins.secret_again" : stored ? "plugins.secret_kept" : nullptr;
    if (word) append(hint, page.say(word));
}

void fillValue(view::Model& row, const ConfigField& field, const std::string& value) {
    if (!field.options.empty()) return fillOptions(row, field, value);
    row.set(isLong(field) ? view::Key{"is_textarea"} : view::Key{"is_text"}, true);
    row.setUnlessEmpty("value", value);
    if (field.type == "integer") row.set("inputmode", "numeric").set("width", "10");
    if (field.type == "number") row.set("inputmode", "decimal").set("width", "10");
    if (field.format == "email") row.set("type", "email");
}

} // namespace

std::string controlOf(const std::string& setting) {
    return "setting-" + setting;
}

TypedSettings readSettings(const plugins::Manifest& manifest, const http::Fields& typed) {
    TypedSettings read;
    for (const ConfigField& field : manifest.config.fields()) {
        if (field.secret) {
            std::string secret = withoutReturns(typed.get(controlOf(field.name)));
            if (!secret.empty()) read.secrets[field.name] = std::move(secret);
            continue;
        }
        Json value = valueOf(field, typed);
        if (!value.isNull()) read.config.set(field.name, std::move(value));
    }
    return read;
}

std::vector<FieldError> judgeSettings(const plugins::Manifest& manifest, const TypedSettings& typed,
                                      const std::set<std::string>& storedSecrets) {
    std::vector<FieldError> wrong;
    if (const auto checked = manifest.config.check(typed.config); !checked) wrong = checked.error().fields;
    for (const ConfigField& field : manifest.config.fields())
        if (field.secret && field.required && !typed.secrets.contains(field.name) &&
            !storedSecrets.contains(field.name))
            wrong.push_back({field.name, "form.required"});
    return wrong;
}

std::vector<FieldError> explain(const plugins::Manifest& manifest, const std::vector<FieldError>& errors,
                                std::string_view locale) {
    const auto written = Json::parse(manifest.text);
    const Json whole = written ? *written : Json{};
    const Json& properties = whole["config"]["properties"];
    std::vector<FieldError> explained;
    for (const FieldError& error : errors) {
        const ConfigField* field = fieldOf(manifest, error.field);
        std::string rule = error.code.substr(error.code.rfind('.') + 1);
        if (field && rule == "wrong_type" && field->type == "integer") rule = "not_whole";
        FieldError shown{controlOf(error.field), "plugin.field." + rule};
        shown.params["label"] = field ? labelOf(*field, locale) : error.field;
        addLimits(shown, properties[error.field], rule);
        explained.push_back(std::move(shown));
    }
    return explained;
}

void fillSettings(http::Page& page, const plugins::Manifest& manifest, const plugins::StoredProfile& stored,
                  const http::Fields* typed, const std::map<std::string, std::string>& wrong,
                  std::string_view locale) {
    for (const ConfigField& field : manifest.config.fields()) {
        const std::string id = controlOf(field.name);
        const Json& held = stored.config[field.name].isNull() ? field.fallback : stored.config[field.name];
        view::Model& row = page.model().add("controls");
        row.set("id", id).set("name", id).set("label", labelOf(field, locale));
        std::string hint = field.description.in(locale);
        if (field.type == "array") append(hint, page.say("plugins.one_a_line"));
        if (field.secret) {
            fillSecret(row, page, field, stored.secrets.contains(field.name),
                       typed && !typed->get(id).empty(), hint);
        } else if (field.type == "boolean") {
            view::Model& box = row.set("is_checkboxes", true).add("options");
            box.set("key", "on").set("option_id", id).set("text", page.say("plugins.yes"));
            if (typed ? typed->has(id) : held.boolean()) box.set("selected", true);
        } else {
            fillValue(row, field, typed ? withoutReturns(typed->get(id)) : textOf(held));
        }
        if (!field.required && field.type != "boolean") row.set("optional", true);
        row.setUnlessEmpty("hint", std::move(hint));
        if (const auto found = wrong.find(id); found != wrong.end()) row.set("error", found->second);
    }
}

} // namespace motcua::web
