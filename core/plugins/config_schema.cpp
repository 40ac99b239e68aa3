#include "plugins/config_schema.h"

#include <Poco/Exception.h>
#include <Poco/RegularExpression.h>

#include <algorithm>
#include <memory>
#include <set>

namespace motcua::plugins {

namespace {

const std::set<std::string, std::less<>> keywords{
    "type",     "title",     "description", "default", "enum",   "minimum",
    "maximum",  "minLength", "maxLength",   "pattern", "format", "items",
    "minItems", "maxItems",  "x-secret",    "x-group", "x-order"};
const std::set<std::string, std::less<>> types{"string", "integer", "number", "boolean", "array"};
const std::set<std::string, std::less<>> formats{"email", "uri", "hostname", "multiline", "pem"};

Error wrong(const std::string& where, std::string_view what) {
    return {ErrorKind::Invalid, "plugin.schema", where + ": " + std::string{what}};
}

LocalText localText(const Json& json) {
    if (json.isString()) return {json.string(), json.string()};
    return {json["vi"].string(), json["en"].string()};
}

std::size_t characters(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// Null where the pattern is no expression.
std::unique_ptr<Poco::RegularExpression> expression(const std::string& pattern) {
    try {
        return std::make_unique<Poco::RegularExpression>(pattern, Poco::RegularExpression::RE_UTF8);
    } catch (const Poco::RegularExpressionException&) {
        return nullptr;
    }
}

bool contains(const Poco::RegularExpression& pattern, const std::string& text) {
    Poco::RegularExpression::Match match{};
    try {
        return pattern.match(text, 0, match) > 0;
    } catch (const Poco::RegularExpressionException&) { // more backtracking than it allows itself
        return false;
    }
}

bool hasFormat(const std::string& text, std::string_view format) {
    static const Poco::RegularExpression email{R"([^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+)"};
    static const Poco::RegularExpression uri{R"(https?://[^\s/?#]+([/?#]\S*)?)"};
    static const Poco::RegularExpression hostname{
        R"([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[?[0-9A-Fa-f:.]+\]?)"};
    if (format == "email") return email.match(text);
    if (format == "uri") return uri.match(text);
    if (format == "hostname") return text.size() <= 253 && hostname.match(text);
    if (format == "pem") return text.find("-----BEGIN ") != std::string::npos;
    return true;
}

bool isOfType(const Json& value, const std::string& type) {
    return (type == "string" && value.isString()) || (type == "integer" && value.isInteger()) ||
           (type == "number" && value.isNumber()) || (type == "boolean" && value.isBool()) ||
           (type == "array" && value.isArray());
}

// The code of the first rule that `value` breaks; "" where it breaks none.
std::string broken(const Json& schema, const Json& value) {
    if (!isOfType(value, schema["type"].string())) return "form.wrong_type";
    if (schema.has("enum")) {
        const auto& all = schema["enum"].items();
        if (std::find(all.begin(), all.end(), value) == all.end()) return "form.not_a_choice";
    }
    if (value.isNumber()) {
        if (schema.has("minimum") && value.number() < schema["minimum"].number()) return "form.too_small";
        if (schema.has("maximum") && value.number() > schema["maximum"].number()) return "form.too_large";
    }
    if (value.isString()) {
        const auto length = static_cast<std::int64_t>(characters(value.string()));
        if (length < schema["minLength"].integer(0)) return "form.too_short";
        if (length > schema["maxLength"].integer(4096)) return "form.too_long";
        // Empty means "not given"; minLength is what forbids it.
        if (value.string().empty()) return "";
        if (schema.has("pattern") && !contains(*expression(schema["pattern"].string()), value.string()))
            return "form.wrong_pattern";
        if (!hasFormat(value.string(), schema["format"].string())) return "form.wrong_format";
    }
    if (value.isArray()) {
        const auto count = static_cast<std::int64_t>(value.items().size());
        if (count < schema["minItems"].integer(0)) return "form.too_few";
        if (count > schema["maxItems"].integer(100)) return "form.too_many";
        for (const Json& item : value.items())
            if (const std::string code = broken(schema["items"], item); !code.empty()) return code;
    }
    return "";
}

Result<void> checkProperty(const std::string& name, const Json& schema, bool isItem) {
    if (!schema.isObject()) return wrong(name, "is not an object");
    for (const auto& [key, value] : schema.members())
        if (!keywords.contains(key)) return wrong(name, "unknown keyword " + key);
    const std::string& type = schema["type"].string();
    if (!types.contains(type)) return wrong(name, "type must be string, integer, number, boolean or array");
    if (schema.has("format") && (type != "string" || !formats.contains(schema["format"].string())))
        return wrong(name, "unknown format " + schema["format"].string());
    if (schema.has("pattern") && !expression(schema["pattern"].string()))
        return wrong(name, "pattern is no expression");
    if (schema.has("x-secret") && type != "string") return wrong(name, "only a string may be a secret");
    if (schema["x-secret"].boolean() && schema.has("default")) return wrong(name, "a secret has no default");
    if (type == "array") {
        if (isItem) return wrong(name, "a list of lists");
        MOTCUA_CHECK(checkProperty(name + ".items", schema["items"], true));
    }
    if (schema.has("default")) {
        if (const std::string code = broken(schema, schema["default"]); !code.empty())
            return wrong(name, "the default breaks its own rule: " + code);
    }
    return {};
}

ConfigField fieldOf(const std::string& name, const Json& schema, bool required, std::int64_t place) {
    ConfigField field;
    field.name = name;
    field.type = schema["type"].string();
    field.format = schema["format"].string();
    field.group = schema["x-group"].string();
    field.title = localText(schema["title"]);
    field.description = localText(schema["description"]);
    for (const Json& option : schema["enum"].items())
        field.options.push_back(option.isString() ? option.string() : option.dump());
    field.fallback = schema["default"];
    field.required = required;
    field.secret = schema["x-secret"].boolean();
    field.order = schema["x-order"].integer(place);
    return field;
}

} // namespace

Result<ConfigSchema> ConfigSchema::parse(const Json& schema) {
    ConfigSchema made;
    if (schema.isNull()) return made;
    for (const auto& [key, value] : schema.members())
        if (key != "type" && key != "properties" && key != "required")
            return wrong("config", "unknown keyword " + key);
    if (schema["type"].string() != "object") return wrong("config", "type must be object");
    std::set<std::string> required;
    for (const Json& name : schema["required"].items()) {
        if (!schema["properties"].has(name.string()))
            return wrong("config.required", "no property " + name.dump());
        required.insert(name.string());
    }
    std::int64_t place = 0;
    for (const auto& [name, property] : schema["properties"].members()) {
        MOTCUA_CHECK(checkProperty("config." + name, property, false));
        made.fields_.push_back(fieldOf(name, property, required.contains(name), ++place));
    }
    std::stable_sort(made.fields_.begin(), made.fields_.end(),
                     [](const ConfigField& a, const ConfigField& b) { return a.order < b.order; });
    made.schema_ = schema;
    return made;
}

Result<Json> ConfigSchema::check(const Json& values) const {
    Error error = invalid("plugin.config_invalid");
    Json filled = Json::object();
    for (const auto& [name, value] : values.members())
        if (std::none_of(fields_.begin(), fields_.end(),
                         [&known = name](const auto& field) { return field.name == known; }))
            error.fields.push_back({name, "form.unknown_field"});
    for (const ConfigField& field : fields_) {
        const Json& given = values[field.name];
        if (field.secret) {
            if (!given.isNull()) error.fields.push_back({field.name, "form.secret_in_config"});
            continue;
        }
        const Json& value = given.isNull() ? field.fallback : given;
        if (value.isNull() || (field.required && value.isString() && value.string().empty())) {
            if (field.required) error.fields.push_back({field.name, "form.required"});
            continue;
        }
        const std::string code = broken(schema_["properties"][field.name], value);
        if (!code.empty()) error.fields.push_back({field.name, code});
        filled.set(field.name, value);
    }
    if (!error.fields.empty()) {
        for (const FieldError& field : error.fields)
            error.detail += (error.detail.empty() ? "" : ", ") + field.field + ": " + field.code;
        return error;
    }
    return filled;
}

} // namespace motcua::plugins
