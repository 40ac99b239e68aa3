#include "forms/definition_reader.h"

#include "forms/field_reader.h"

namespace motcua::forms {

namespace {

Section readSection(const Json& value, const std::string& path, const Library& library,
                    yaml::Problems& problems) {
    yaml::Mapping map{value, path, problems};
    Section section;
    section.key = map.text("key");
    section.title = readWords(map, "title", true);
    section.hint = readWords(map, "hint", false);
    section.when = map.optionalText("when").value_or("");
    section.eligibility = map.boolean("eligibility");
    section.fields = readFields(map, "fields", library);
    return section;
}

Paper readPaper(const Json& value, const std::string& path, yaml::Problems& problems) {
    yaml::Mapping map{value, path, problems};
    Paper paper;
    paper.key = map.text("key");
    paper.label = readWords(map, "label", true);
    paper.hint = readWords(map, "hint", false);
    paper.when = map.optionalText("when").value_or("");
    paper.required = map.boolean("required", true);
    paper.requiredWhen = map.optionalText("required_when").value_or("");
    paper.originals = static_cast<int>(map.integer("originals", 1, 0, 20));
    paper.copies = static_cast<int>(map.integer("copies", 0, 0, 20));
    if (map.has("accepts")) paper.accepts = map.texts("accepts");
    paper.maxMegabytes = static_cast<int>(map.integer("max_mb", 10, 1, 200));
    paper.maxFiles = static_cast<int>(map.integer("max_files", 5, 1, 50));
    paper.reuse = map.optionalText("reuse").value_or("");
    paper.blank = map.optionalText("blank").value_or("");
    return paper;
}

Form readAll(const Json& root, const Library& library, yaml::Problems& problems) {
    Form form;
    yaml::Mapping map{root, "", problems};
    map.integer("form", 1, 1, 1); // the shape's version
    form.procedure = map.text("procedure");
    form.title = readWords(map, "title", true);
    form.intro = readWords(map, "intro", false);
    form.number = map.optionalText("number").value_or("");
    if (map.has("fee")) {
        yaml::Mapping fee{map.raw("fee"), "fee", problems};
        form.fee = {fee.optionalText("quantity").value_or(""), fee.optionalText("exempt_when").value_or("")};
    }
    map.each("sections", [&](const Json& item, const std::string& path) {
        form.sections.push_back(readSection(item, path, library, problems));
    });
    map.each("papers", [&](const Json& item, const std::string& path) {
        form.papers.push_back(readPaper(item, path, problems));
    });
    return form;
}

Result<Form> read(const Json& root, const Library& library, const yaml::Document* document) {
    yaml::Problems problems{document};
    Form form = readAll(root, library, problems);
    if (!problems.empty()) return problems.error();
    return form;
}

// Writes only what differs from the default, so that a stored form reads like the file it came from.
class JsonOf {
public:
    static Json words(const Words& words) { return Json::Object{{"vi", words.vi}, {"en", words.en}}; }

    static void text(Json& json, std::string_view key, const std::string& value) {
        if (!value.empty()) json.set(key, value);
    }
    static void words(Json& json, std::string_view key, const Words& value) {
        if (!value.empty()) json.set(key, words(value));
    }
    static Json number(double value) {
        const auto whole = static_cast<std::int64_t>(value);
        return static_cast<double>(whole) == value ? Json{whole} : Json{value};
    }

    static Json field(const Field& field) {
        Json json = Json::object();
        json.set("key", field.key).set("type", name(field.type));
        words(json, "label", field.label);
        words(json, "hint", field.hint);
        text(json, "when", field.when);
        text(json, "place", field.place);
        if (field.personal) json.set("personal", true);
        if (!field.required && field.type != FieldType::Note && field.type != FieldType::Calculated)
            json.set("required", false);
        for (const Rule& rule : field.rules)
            entry(json, "rules").add(Json::Object{{"check", rule.check}, {"message", words(rule.message)}});
        if (!field.errors.empty()) {
            Json own = Json::object();
            for (const auto& [code, message] : field.errors)
                own.set(code, words(message));
            json.set("errors", own);
        }
        text(json, "prefill", field.prefill);
        text(json, "autocomplete", field.autocomplete);
        text(json, "inputmode", field.inputmode);
        limits(json, field);
        parts(json, field);
        return json;
    }

    static Json section(const Section& section) {
        Json json = Json::object();
        json.set("key", section.key).set("title", words(section.title));
        words(json, "hint", section.hint);
        text(json, "when", section.when);
        if (section.eligibility) json.set("eligibility", true);
        Json fields = Json::array();
        for (const Field& one : section.fields)
            fields.add(field(one));
        return json.set("fields", std::move(fields));
    }

    static Json paper(const Paper& paper) {
        Json json = Json::object();
        json.set("key", paper.key).set("label", words(paper.label));
        words(json, "hint", paper.hint);
        text(json, "when", paper.when);
        if (!paper.required) json.set("required", false);
        text(json, "required_when", paper.requiredWhen);
        json.set("originals", paper.originals).set("copies", paper.copies);
        Json accepts = Json::array();
        for (const std::string& type : paper.accepts)
            accepts.add(type);
        json.set("accepts", accepts).set("max_mb", paper.maxMegabytes).set("max_files", paper.maxFiles);
        text(json, "reuse", paper.reuse);
        text(json, "blank", paper.blank);
        return json;
    }

    static Json& entry(Json& json, std::string_view key) {
        if (!json.has(key)) json.set(key, Json::array());
        return *json.find(key);
    }

private:
    static void limits(Json& json, const Field& field) {
        for (const Option& option : field.options) {
            Json one = Json::Object{{"value", option.value}, {"label", words(option.label)}};
            words(one, "hint", option.hint);
            entry(json, "options").add(std::move(one));
        }
        text(json, "display", field.display);
        if (field.minLength) json.set("min_length", *field.minLength);
        if (field.maxLength) json.set("max_length", *field.maxLength);
        if (field.allow != Allowed::Any) json.set("allow", name(field.allow));
        if (field.min) json.set("min", number(*field.min));
        if (field.max) json.set("max", number(*field.max));
        const bool decimal = field.type == FieldType::Decimal || field.result == FieldType::Decimal;
        if (decimal && field.places != 2) json.set("places", field.places);
        text(json, "unit", field.unit);
        text(json, "earliest", field.earliest);
        text(json, "latest", field.latest);
        text(json, "formula", field.formula);
        if (field.type == FieldType::Calculated) json.set("result", name(field.result));
        text(json, "birth_date", field.birthDateKey);
        text(json, "gender", field.genderKey);
    }

    static void parts(Json& json, const Field& field) {
        if (!field.holdsParts()) return;
        Json fields = Json::array();
        for (const Field& part : field.fields)
            fields.add(JsonOf::field(part));
        json.set("fields", std::move(fields));
        if (field.type != FieldType::Table) return;
        json.set("min_rows", field.minRows).set("max_rows", field.maxRows);
        json.set("add_label", words(field.addLabel));
    }
};

} // namespace

Result<Form> loadForm(const std::filesystem::path& file, const Library& library) {
    MOTCUA_TRY(document, yaml::load(file));
    return read(document.root(), library, &document);
}

Result<Form> readForm(std::string_view yaml, const std::string& file, const Library& library) {
    MOTCUA_TRY(document, yaml::parse(yaml, file));
    return read(document.root(), library, &document);
}

Json toJson(const Form& form) {
    Json json = Json::object();
    json.set("form", 1).set("procedure", form.procedure).set("title", JsonOf::words(form.title));
    JsonOf::words(json, "intro", form.intro);
    JsonOf::text(json, "number", form.number);
    Json fee = Json::object();
    JsonOf::text(fee, "quantity", form.fee.quantity);
    JsonOf::text(fee, "exempt_when", form.fee.exemptWhen);
    if (!fee.members().empty()) json.set("fee", std::move(fee));
    Json sections = Json::array();
    for (const Section& section : form.sections)
        sections.add(JsonOf::section(section));
    Json papers = Json::array();
    for (const Paper& paper : form.papers)
        papers.add(JsonOf::paper(paper));
    return json.set("sections", std::move(sections)).set("papers", std::move(papers));
}

Result<Form> fromJson(const Json& json) {
    return read(json, Library{}, nullptr);
}

} // namespace motcua::forms
