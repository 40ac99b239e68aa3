#include "forms/json_schema.h"

#include "forms/checks.h"
#include "forms/schema_conditions.h"

#include <algorithm>
#include <cmath>

namespace motcua::forms {

namespace {

const char* blank = "^[ \\t\\n\\r\\f\\v]*$";
const char* notBlank = "[^ \\t\\n\\r\\f\\v]";

Json typed(const char* type) {
    return Json::Object{{"type", type}};
}

Json pattern(std::string text) {
    return Json::Object{{"pattern", std::move(text)}};
}

std::string nationalIdPattern(CivilDay today) {
    std::string provinces;
    for (const std::string& code : nationalIdProvinces())
        provinces += code + "|";
    std::string centuries;
    for (int digit = 0; digit < 10; digit += 2) {
        const int first = 1900 + digit / 2 * 100;
        if (first > today.year) break;
        const int last = std::min(today.year - first, 99);
        std::string years;
        for (int tens = 0; tens <= last / 10; ++tens) {
            const int ones = tens == last / 10 ? last % 10 : 9;
            years += (tens ? "|" : "") + std::to_string(tens) + "[0-" + std::to_string(ones) + "]";
        }
        centuries += (digit ? "|" : "") +
                     ("[" + std::to_string(digit) + std::to_string(digit + 1) + "](" + years + ")");
    }
    return "(" + provinces + "[1-9][0-9]{2})(" + centuries + ")[0-9]{6}";
}

std::string emailPattern() {
    const std::string local = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\-]+";
    const std::string label = "[A-Za-z0-9]([A-Za-z0-9\\-]*[A-Za-z0-9])?";
    return "^(?=[^@]{1,64}@)" + local + "(\\." + local + ")*@(" + label + "\\.)+" + label + "$";
}

Json textSchema(const Field& field) {
    Json schema = typed("string");
    if (field.minLength) schema.set("minLength", *field.minLength);
    schema.set("maxLength", lengthLimit(field));
    const char* allowed = nullptr;
    if (field.allow == Allowed::Name) allowed = "^[\\p{L}\\p{M}' ’.\\-]+$";
    if (field.allow == Allowed::Code) allowed = "^[\\p{L}\\p{M}\\p{N} ./_\\-]+$";
    if (field.allow == Allowed::Digits) allowed = "^[0-9]+$";
    if (allowed) schema.set("pattern", allowed);
    return schema.set("allOf", Json::Array{pattern(notBlank)});
}

Json numberSchema(const Field& field) {
    Json schema = typed(field.type == FieldType::Decimal ? "number" : "integer");
    const double least = field.min.value_or(field.type == FieldType::Money ? 0.0 : -double(greatestNumber));
    schema.set("minimum", Json{least});
    schema.set("maximum", Json{field.max.value_or(double(greatestNumber))});
    if (field.type == FieldType::Decimal) schema.set("multipleOf", Json{std::pow(10.0, -field.places)});
    return schema;
}

Json optionValues(const Field& field) {
    Json values = Json::array();
    for (const Option& option : field.options)
        values.add(option.value);
    return Json::Object{{"enum", std::move(values)}};
}

// A field that may be left out may also be sent empty.
Json orAbsent(const Field& field, Json schema) {
    Json empty = Json::Array{Json{}, Json::array(), Json::object()};
    if (field.type == FieldType::Declaration) empty.add(false);
    Json blankText = typed("string");
    blankText.set("pattern", blank);
    return Json::Object{{"anyOf", Json::Array{Json::Object{{"enum", std::move(empty)}}, std::move(blankText),
                                              std::move(schema)}}};
}

// Whether leaving it out is an error of it or of any part.
bool isNeeded(const Field& field) {
    if (!field.required) return field.type == FieldType::Table && field.minRows > 0;
    switch (field.type) {
    case FieldType::Note:
    case FieldType::Calculated:
        return false;
    case FieldType::Group:
        return std::any_of(field.fields.begin(), field.fields.end(), isNeeded);
    case FieldType::Table:
        return field.minRows > 0;
    default:
        return true;
    }
}

class Exporter {
public:
    Exporter(const Form& form, CivilDay today)
        : form_(form), today_(today), conditions_([this](std::string_view name) { return placeOf(name); }) {}

    SchemaExport run() {
        Json schema = Json::object();
        schema.set("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.set("title", form_.title.vi);
        schema.set("description", form_.title.en);
        schema.set("type", "object");
        Json properties = Json::object();
        Json required = Json::array();
        Json rules = Json::array();
        for (const Section& section : form_.sections)
            for (const Field& field : section.fields)
                addField(field, field.key, conditions_.shows({&field, section.when}), properties, required,
                         rules);
        addPapers(properties, rules);
        finish(schema, std::move(properties), std::move(required), std::move(rules));
        Json missing = Json::array();
        for (const std::string& path : export_.notCovered)
            missing.add(path);
        if (!missing.items().empty()) schema.set("x-not-covered", std::move(missing));
        export_.schema = std::move(schema);
        return std::move(export_);
    }

private:
    SchemaConditions::Place placeOf(std::string_view name) const {
        for (const Section& section : form_.sections)
            for (const Field& field : section.fields)
                if (field.key == name) return {&field, section.when};
        return {};
    }

    static void finish(Json& schema, Json properties, Json required, Json rules) {
        schema.set("properties", std::move(properties));
        schema.set("additionalProperties", false);
        if (!required.items().empty()) schema.set("required", std::move(required));
        if (!rules.items().empty()) schema.set("allOf", std::move(rules));
    }

    // Adds one member of an object: always judged, judged under a condition, or let through.
    void addField(const Field& field, const std::string& path, const SchemaOf& shown, Json& properties,
                  Json& required, Json& rules) {
        if (!field.hasValue()) return;
        if (field.type == FieldType::Calculated || !shown) {
            properties.set(field.key, true); // what is sent for it is dropped
            if (!shown && field.type != FieldType::Calculated) export_.notCovered.push_back(path);
            return;
        }
        Json schema = isNeeded(field) ? schemaOf(field, path) : orAbsent(field, schemaOf(field, path));
        if (shown->members().empty()) {
            properties.set(field.key, std::move(schema));
            if (isNeeded(field)) required.add(field.key);
            return;
        }
        properties.set(field.key, true); // a hidden field's value is dropped, whatever it is
        Json member = Json::object();
        member.set(field.key, std::move(schema));
        Json then = Json::Object{{"properties", std::move(member)}};
        if (isNeeded(field)) then.set("required", Json::Array{field.key});
        rules.add(Json::Object{{"if", *shown}, {"then", std::move(then)}});
    }

    Json schemaOf(const Field& field, const std::string& path) {
        switch (field.type) {
        case FieldType::Text:
        case FieldType::LongText:
            return textSchema(field);
        case FieldType::Integer:
        case FieldType::Money:
        case FieldType::Decimal:
            return numberSchema(field);
        case FieldType::Date:
            return dateSchema(field);
        case FieldType::Choice:
            return optionValues(field);
        case FieldType::Multi: {
            Json schema = typed("array");
            return schema.set("items", optionValues(field)).set("uniqueItems", true).set("minItems", 1);
        }
        case FieldType::YesNo:
            return typed("boolean");
        case FieldType::Declaration:
            return Json::Object{{"const", true}};
        case FieldType::Email:
            return typed("string").set("pattern", emailPattern()).set("maxLength", 254);
        case FieldType::Phone:
            return typed("string").set("pattern", "^(0[35789][0-9]{8}|02[0-9]{9}|\\+[1-9][0-9]{7,14})$");
        case FieldType::NationalId:
            return typed("string").set("pattern", "^" + nationalIdPattern(today_) + "$");
        case FieldType::TaxCode:
            return typed("string").set("pattern",
                                       "^([0-9]{10}(-[0-9]{3})?|" + nationalIdPattern(today_) + ")$");
        case FieldType::Group:
            return objectSchema(field, path, false);
        case FieldType::Table:
            return typed("array")
                .set("items", objectSchema(field, path, true))
                .set("minItems", field.minRows)
                .set("maxItems", field.maxRows);
        default:
            return Json{true};
        }
    }

    Json dateSchema(const Field& field) const {
        Json schema = typed("string");
        schema.set("format", "date").set("pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$");
        schema.set("formatMinimum", earliest(field, today_).iso());
        return schema.set("formatMaximum", latest(field, today_).iso());
    }

    Json objectSchema(const Field& holder, const std::string& path, bool row) {
        SchemaConditions inRow([&](std::string_view name) {
            return SchemaConditions::Place{holder.part(name), {}};
        });
        Json schema = typed("object");
        Json properties = Json::object();
        Json required = Json::array();
        Json rules = Json::array();
        for (const Field& part : holder.fields) {
            const SchemaOf shown = row ? inRow.of(part.when) : SchemaOf{Json::object()};
            addField(part, path + "." + part.key, shown, properties, required, rules);
        }
        finish(schema, std::move(properties), std::move(required), std::move(rules));
        return schema;
    }

    static Json fileSchema(const Paper& paper) {
        Json types = Json::array();
        for (const std::string& type : paper.accepts)
            types.add(type);
        Json size = typed("integer");
        size.set("minimum", 1).set("maximum", std::int64_t{paper.maxMegabytes} * 1024 * 1024);
        Json properties = Json::Object{{"file", typed("string").set("minLength", 1)},
                                       {"name", typed("string")},
                                       {"type", Json::Object{{"enum", std::move(types)}}},
                                       {"size", std::move(size)}};
        Json file = typed("object");
        file.set("properties", std::move(properties)).set("additionalProperties", false);
        return file.set("required", Json::Array{"file", "name", "type", "size"});
    }

    static Json inPapers(const std::string& key, Json schema, bool needed) {
        Json slot = Json::object();
        slot.set(key, std::move(schema));
        Json papers = Json::Object{{"properties", std::move(slot)}};
        if (needed) papers.set("required", Json::Array{key}).set("type", "object");
        Json made = Json::Object{{"properties", Json::Object{{"papers", std::move(papers)}}}};
        if (needed) made.set("required", Json::Array{"papers"});
        return made;
    }

    void addPapers(Json& properties, Json& rules) {
        Json slots = Json::object();
        for (const Paper& paper : form_.papers) {
            slots.set(paper.key, true);
            const SchemaOf shown = conditions_.of(paper.when);
            SchemaOf needed = paper.required ? SchemaOf{Json::object()} : std::nullopt;
            if (!paper.requiredWhen.empty()) needed = conditions_.of(paper.requiredWhen);
            if (!shown || (!paper.requiredWhen.empty() && !needed)) {
                export_.notCovered.push_back("papers." + paper.key);
                continue;
            }
            Json files = typed("array");
            files.set("items", fileSchema(paper)).set("minItems", 1).set("maxItems", paper.maxFiles);
            const Json optional = orAbsent(Field{}, files);
            rules.add(Json::Object{{"if", *shown}, {"then", inPapers(paper.key, optional, false)}});
            if (!needed) continue;
            rules.add(
                Json::Object{{"if", *bothOf(shown, needed)}, {"then", inPapers(paper.key, files, true)}});
        }
        Json papers = Json::Object{{"type", Json::Array{"object", "null"}}};
        papers.set("properties", std::move(slots)).set("additionalProperties", false);
        properties.set("papers", std::move(papers));
    }

    const Form& form_;
    CivilDay today_;
    SchemaConditions conditions_;
    SchemaExport export_{};
};

} // namespace

SchemaExport exportSchema(const Definition& definition, CivilDay today) {
    return Exporter{definition.form(), today}.run();
}

} // namespace motcua::forms
