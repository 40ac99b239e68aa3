#include "forms/field_reader.h"

#include <charconv>

namespace motcua::forms {

namespace {

constexpr std::pair<std::string_view, Allowed> characterNames[] = {
    {"any", Allowed::Any}, {"name", Allowed::Name}, {"code", Allowed::Code}, {"digits", Allowed::Digits}};
constexpr std::pair<std::string_view, FieldType> resultNames[] = {{"integer", FieldType::Integer},
                                                                  {"money", FieldType::Money},
                                                                  {"decimal", FieldType::Decimal},
                                                                  {"text", FieldType::Text},
                                                                  {"date", FieldType::Date}};
constexpr std::pair<std::string_view, std::string_view> displayNames[] = {{"radios", "radios"},
                                                                          {"select", "select"}};

std::string textOr(yaml::Mapping& map, std::string_view key, std::string otherwise = {}) {
    return map.optionalText(key).value_or(std::move(otherwise));
}

// 12, 0.5 (which YAML leaves as text) or a JSON number.
std::optional<double> number(yaml::Mapping& map, std::string_view key) {
    const Json& found = map.raw(key);
    if (found.isNumber()) return found.number();
    if (found.isNull()) return std::nullopt;
    const std::string& text = found.string();
    double value = 0;
    const auto read =
        std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (!text.empty() && read.ec == std::errc{} && read.ptr == text.data() + text.size()) return value;
    map.wrong(key, "a number");
    return std::nullopt;
}

class FieldReader {
public:
    FieldReader(const Json& value, const std::string& path, const Library& library, yaml::Problems& problems)
        : map_(value, path, problems), library_(library) {}

    Field read() {
        Field field;
        field.key = map_.text("key");
        const std::string type = map_.text("type");
        if (const auto known = fieldType(type)) {
            field.type = *known;
        } else if (!takeGroup(type, field)) {
            map_.wrong("type", "a type of fields or a group of the library");
        }
        if (map_.has("label") || !fromLibrary_) field.label = readWords(map_, "label", true);
        field.hint = readWords(map_, "hint", false);
        readCommon(field);
        readByType(field);
        return field;
    }

private:
    bool takeGroup(const std::string& type, Field& field) {
        const auto found = library_.groups.find(type);
        if (found == library_.groups.end()) return false;
        fromLibrary_ = true;
        const std::string key = field.key;
        field = found->second;
        field.key = key;
        pickParts(field);
        relabelParts(field);
        return true;
    }

    void pickParts(Field& field) {
        if (map_.has("parts")) {
            std::vector<Field> picked;
            for (const std::string& key : map_.texts("parts"))
                if (const Field* part = change(field, key, "parts")) picked.push_back(*part);
            field.fields = std::move(picked);
        }
        for (const std::string& key : map_.texts("optional"))
            if (Field* part = change(field, key, "optional")) part->required = false;
    }

    void relabelParts(Field& field) {
        if (!map_.has("labels")) return;
        const Json& written = map_.raw("labels");
        yaml::Mapping labels{written, map_.path("labels"), map_.problems()};
        for (const auto& [key, words] : written.members())
            if (Field* part = change(field, key, "labels")) part->label = readWords(labels, key, true);
    }

    Field* change(Field& field, const std::string& key, std::string_view from) {
        for (Field& part : field.fields)
            if (part.key == key) return &part;
        map_.wrong(from, "parts of the group, not " + key);
        return nullptr;
    }

    void readCommon(Field& field) {
        field.when = textOr(map_, "when");
        field.place = textOr(map_, "place", field.place);
        if (field.type == FieldType::Note) {
            field.required = false;
            return;
        }
        field.personal = map_.boolean("personal", field.personal);
        map_.each("rules", [&](const Json& item, const std::string& path) {
            yaml::Mapping rule{item, path, map_.problems()};
            Rule made{rule.text("check"), {}};
            made.message = readWords(rule, "message", true);
            field.rules.push_back(std::move(made));
        });
        if (field.type == FieldType::Calculated) {
            field.required = false;
            return;
        }
        field.required = map_.boolean("required", field.required);
        field.prefill = textOr(map_, "prefill", field.prefill);
        if (!map_.has("errors")) return;
        const Json& written = map_.raw("errors");
        yaml::Mapping errors{written, map_.path("errors"), map_.problems()};
        for (const auto& [code, words] : written.members())
            field.errors.emplace_back(code, readWords(errors, code, true));
    }

    void readByType(Field& field) {
        switch (field.type) {
        case FieldType::Text:
        case FieldType::LongText:
            readText(field);
            break;
        case FieldType::Integer:
        case FieldType::Money:
        case FieldType::Decimal:
            readNumber(field);
            break;
        case FieldType::Date:
            field.earliest = textOr(map_, "earliest");
            field.latest = textOr(map_, "latest");
            readInput(field);
            break;
        case FieldType::Choice:
        case FieldType::Multi:
        case FieldType::YesNo:
            readChoice(field);
            break;
        case FieldType::NationalId:
            field.birthDateKey = textOr(map_, "birth_date");
            field.genderKey = textOr(map_, "gender");
            readInput(field);
            break;
        case FieldType::Email:
        case FieldType::Phone:
        case FieldType::TaxCode:
            readInput(field);
            break;
        case FieldType::Calculated:
            readFormula(field);
            break;
        case FieldType::Group:
        case FieldType::Table:
            readParts(field);
            break;
        case FieldType::Declaration:
        case FieldType::Note:
            break;
        }
    }

    void readInput(Field& field) {
        field.autocomplete = textOr(map_, "autocomplete");
        field.inputmode = textOr(map_, "inputmode");
    }

    void readText(Field& field) {
        field.minLength = map_.optionalInteger("min_length", 0, 20'000);
        field.maxLength = map_.optionalInteger("max_length", 1, 20'000);
        field.allow = map_.choice("allow", characterNames, Allowed::Any);
        readInput(field);
    }

    void readNumber(Field& field) {
        field.min = number(map_, "min");
        field.max = number(map_, "max");
        field.unit = textOr(map_, "unit");
        if (field.type == FieldType::Decimal)
            field.places = static_cast<int>(map_.integer("places", 2, 0, 6));
        readInput(field);
    }

    void readChoice(Field& field) {
        const Json& options = map_.raw("options");
        if (options.isObject()) {
            yaml::Mapping from{options, map_.path("options"), map_.problems()};
            const auto found = library_.lists.find(from.text("list"));
            if (found == library_.lists.end()) {
                from.wrong("list", "a list of the library");
            } else {
                field.options = found->second;
            }
        } else if (map_.has("options")) {
            field.options = readOptions(map_, "options");
        } else if (field.type == FieldType::YesNo) {
            field.options = {library_.yes, library_.no};
        }
        if (field.type == FieldType::Choice)
            field.display = map_.choice<std::string_view>("display", displayNames,
                                                          field.options.size() > 7 ? "select" : "radios");
        readInput(field);
    }

    void readFormula(Field& field) {
        field.formula = map_.text("formula");
        field.result = map_.choice("result", resultNames, FieldType::Integer);
        field.unit = textOr(map_, "unit");
        if (field.result == FieldType::Decimal)
            field.places = static_cast<int>(map_.integer("places", 2, 0, 6));
    }

    void readParts(Field& field) {
        if (!fromLibrary_) field.fields = readFields(map_, "fields", library_);
        if (field.type == FieldType::Group) field.display = textOr(map_, "display", field.display);
        if (field.type != FieldType::Table) return;
        field.minRows = static_cast<int>(map_.integer("min_rows", field.required ? 1 : 0, 0, 200));
        field.maxRows = static_cast<int>(map_.integer("max_rows", 20, 1, 200));
        field.addLabel = readWords(map_, "add_label", true);
    }

    yaml::Mapping map_;
    const Library& library_;
    bool fromLibrary_ = false;
};

} // namespace

Words readWords(yaml::Mapping& map, std::string_view key, bool needed) {
    const Json& value = map.raw(key);
    if (value.isNull() && !needed) return {};
    yaml::Mapping words{value, map.path(key), map.problems()};
    if (!value.isObject()) return {};
    return {words.text("vi"), words.text("en")};
}

std::vector<Option> readOptions(yaml::Mapping& map, std::string_view key) {
    std::vector<Option> options;
    map.each(key, [&](const Json& item, const std::string& path) {
        yaml::Mapping one{item, path, map.problems()};
        Option option{one.text("value"), {}, {}};
        option.label = readWords(one, "label", true);
        option.hint = readWords(one, "hint", false);
        options.push_back(std::move(option));
    });
    return options;
}

std::vector<Field> readFields(yaml::Mapping& map, std::string_view key, const Library& library) {
    std::vector<Field> fields;
    map.each(key, [&](const Json& item, const std::string& path) {
        fields.push_back(FieldReader{item, path, library, map.problems()}.read());
    });
    return fields;
}

} // namespace motcua::forms
