#include "forms/definition.h"

#include "base/civil_day.h"
#include "base/text.h"
#include "forms/checks.h"
#include "forms/program.h"
#include "forms/reachable.h"
#include "forms/references.h"

#include <algorithm>
#include <functional>

namespace motcua::forms {

namespace {

constexpr CivilDay anyDay{2020, 7, 1}; // to compare bounds; "today" means this day here

bool isKey(std::string_view key) {
    static const std::set<std::string_view> reserved{
        "papers",    "today",   "now",      "item",     "true", "false",   "null",   "and",  "or",
        "not",       "if",      "then",     "else",     "for",  "in",      "return", "some", "every",
        "satisfies", "between", "instance", "function", "list", "context", "date",   "time"};
    const bool shaped = !key.empty() && key.size() <= 64 && key[0] >= 'a' && key[0] <= 'z' &&
                        std::all_of(key.begin(), key.end(), [](char c) {
                            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
                        });
    return shaped && !reserved.count(key);
}

class Lint {
public:
    explicit Lint(const Form& form)
        : findings_(), program_(compile(form, findings_)), form_(program_->form) {}

    std::vector<Finding> run() {
        structure();
        for (const Slot& slot : program_->slots)
            expressions(slot);
        sectionConditions();
        papers();
        facts();
        if (findings_.empty()) contradictions(); // only what can be evaluated is
        return findings_;
    }
    std::shared_ptr<const Program> program() const { return program_; }

private:
    void find(std::string path, std::string code, std::string detail = {}) {
        findings_.push_back({std::move(path), std::move(code), std::move(detail)});
    }

    void unique(std::set<std::string>& seen, const std::string& key, const std::string& path) {
        if (!isKey(key)) find(path, "form.bad_key", key);
        if (!seen.insert(key).second) find(path, "form.duplicate", key);
    }

    void structure() {
        std::set<std::string> sections;
        std::set<std::string> fields;
        if (form_.sections.empty()) find("sections", "form.nothing_in_it");
        for (const Section& section : form_.sections) {
            unique(sections, section.key, section.key);
            if (section.fields.empty()) find(section.key, "form.nothing_in_it");
            for (const Field& field : section.fields) {
                unique(fields, field.key, section.key + "." + field.key);
                checkField(field, section.key + "." + field.key, 0);
            }
        }
        std::set<std::string> slots;
        for (const Paper& paper : form_.papers)
            unique(slots, paper.key, "papers." + paper.key);
    }

    void checkField(const Field& field, const std::string& path, int depth) {
        if (field.label.vi.empty() || field.label.en.empty()) find(path, "form.words_missing");
        if (depth > 4) find(path, "form.too_deep");
        limits(field, path);
        options(field, path);
        ownWords(field, path);
        if (!field.holdsParts()) return;
        std::set<std::string> keys;
        if (field.type == FieldType::Group && !field.display.empty() && field.display != "line")
            find(path, "form.unknown_word", field.display);
        if (field.fields.empty()) find(path, "form.nothing_in_it");
        for (const Field& part : field.fields) {
            const std::string place = path + "." + part.key;
            unique(keys, part.key, place);
            checkField(part, place, depth + 1);
            if (part.type == FieldType::Table) find(place, "form.table_inside");
            const bool inGroup = field.type == FieldType::Group;
            if (inGroup && (!part.when.empty() || !part.rules.empty() || !part.formula.empty()))
                find(place, "form.expression_in_group");
        }
    }

    void limits(const Field& field, const std::string& path) {
        if (field.min && field.max && *field.min > *field.max)
            find(path, "form.limits_contradict", "min > max");
        if (field.minLength.value_or(0) > lengthLimit(field) || field.minLength.value_or(0) < 0)
            find(path, "form.limits_contradict", "min_length > max_length");
        if (field.maxLength && (*field.maxLength < 1 || *field.maxLength > 20'000))
            find(path, "form.limits_contradict", "max_length");
        if (field.places < 0 || field.places > 6) find(path, "form.limits_contradict", "places");
        if (field.type == FieldType::Table &&
            (field.minRows < 0 || field.minRows > field.maxRows || field.maxRows > 200))
            find(path, "form.limits_contradict", "min_rows, max_rows");
        for (const std::string& bound : {field.earliest, field.latest})
            if (!bound.empty() && !dateBound(bound, anyDay)) find(path, "form.bad_date", bound);
        if (field.type == FieldType::Date && earliest(field, anyDay) > latest(field, anyDay))
            find(path, "form.limits_contradict", "earliest > latest");
    }

    void options(const Field& field, const std::string& path) {
        const bool chooses = field.type == FieldType::Choice || field.type == FieldType::Multi;
        if (chooses && field.options.size() < 2) find(path, "form.too_few_options");
        if (field.type == FieldType::YesNo && field.options.size() != 2) find(path, "form.too_few_options");
        std::set<std::string> seen;
        for (const Option& option : field.options)
            if (!seen.insert(option.value).second) find(path, "form.duplicate", option.value);
    }

    void ownWords(const Field& field, const std::string& path) {
        static const std::set<std::string_view> codes{
            "required",           "wrong_type",         "too_long",
            "too_short",          "too_small",          "too_great",
            "date_incomplete",    "date_unreal",        "date_too_early",
            "date_too_late",      "not_an_option",      "not_a_number",
            "not_a_whole_number", "declaration_needed", "too_few_rows",
            "too_many_rows",      "national_id_digits", "national_id_birth_year",
            "national_id_gender", "only_name",          "only_code",
            "only_digits"};
        for (const auto& [code, words] : field.errors)
            if (!codes.count(code)) find(path + ".errors." + code, "form.unknown_word", code);
    }

    void expressions(const Slot& slot) {
        const std::string path = slot.section->key + "." + slot.field->key;
        refer(slot.when, path + ".when", nullptr, slot.section);
        refer(slot.formula, path + ".formula", nullptr, nullptr);
        for (const auto& rule : slot.rules)
            refer(rule.check, path + ".rules", nullptr, nullptr);
        for (const Slot& column : slot.columns) {
            const std::string place = path + "." + column.field->key;
            refer(column.when, place + ".when", slot.field, slot.section);
            refer(column.formula, place + ".formula", slot.field, nullptr);
            for (const auto& rule : column.rules)
                refer(rule.check, place + ".rules", slot.field, nullptr);
        }
    }

    void sectionConditions() {
        for (const Section& section : form_.sections)
            if (const feel::Expression* when = program_->conditionOf(section))
                refer(*when, section.key + ".when", nullptr, &section);
    }

    void papers() {
        for (const PaperSlot& slot : program_->papers) {
            const std::string path = "papers." + slot.paper->key;
            refer(slot.when, path + ".when", nullptr, nullptr);
            refer(slot.requiredWhen, path + ".required_when", nullptr, nullptr);
            if (slot.paper->accepts.empty() || slot.paper->maxMegabytes < 1 || slot.paper->maxFiles < 1)
                find(path, "form.limits_contradict", "accepts, max_mb, max_files");
        }
    }

    void facts() {
        refer(program_->exempt, "fee.exempt_when", nullptr, nullptr);
        if (const std::string& key = form_.fee.quantity; !key.empty()) {
            const Field* field = form_.field(key);
            const bool counts =
                field && (field->type == FieldType::Integer ||
                          (field->type == FieldType::Calculated && field->result == FieldType::Integer));
            if (!counts) find("fee.quantity", "form.unknown_reference", key);
        }
    }

    // `before`: the section of what the expression shows; it may not ask for answers of later pages.
    void refer(const Condition& condition, const std::string& path, const Field* table,
               const Section* before) {
        if (!condition) return;
        const auto parsed = feel::parseExpression(condition->text(), {}, {});
        if (!parsed) return;
        for (const Reference& reference : referencesOf(*parsed->root, condition->names())) {
            if (reference.name == "item" || reference.name == "partial") continue;
            const Field* field = table ? table->part(reference.name) : nullptr;
            if (!field) field = topLevel(reference.name, path, before);
            if (!field || !field->hasValue()) {
                find(path, "form.unknown_reference", reference.name);
            } else {
                members(*field, reference, path);
            }
        }
        for (const Comparison& comparison : comparisonsOf(*parsed->root))
            knownOption(comparison, path, table);
        const auto tried = condition->evaluateValue(contextOf(*condition, {}, nullptr), anyDay.start());
        if (!tried) find(path, "form.expression_too_costly", condition->text());
    }

    const Field* topLevel(const std::string& name, const std::string& path, const Section* before) {
        const Slot* slot = program_->slot(name);
        if (!slot) return nullptr;
        if (before && slot->section > before) find(path, "form.refers_ahead", name);
        return slot->field;
    }

    void members(const Field& field, const Reference& reference, const std::string& path) {
        const Field* at = &field;
        std::string name = reference.name;
        for (const std::string& member : reference.path) {
            if (at->type == FieldType::Date) return; // .year, .month, .day
            name += "." + member;
            at = at->holdsParts() ? at->part(member) : nullptr;
            if (at) continue;
            find(path, "form.unknown_reference", name);
            return;
        }
    }

    void knownOption(const Comparison& comparison, const std::string& path, const Field* table) {
        const Field* field = table ? table->part(comparison.reference.name) : nullptr;
        if (!field) field = form_.field(comparison.reference.name);
        for (const std::string& member : comparison.reference.path)
            field = field ? field->part(member) : nullptr;
        if (!field || field->type != FieldType::Choice) return;
        const bool known = std::any_of(field->options.begin(), field->options.end(),
                                       [&](const Option& option) { return option.value == comparison.text; });
        if (!known)
            find(path, "form.unknown_option", comparison.reference.name + " = \"" + comparison.text + "\"");
    }

    void contradictions() {
        for (const std::string& path : neverShown(*program_))
            find(path, "form.never_shown");
        for (const std::string& path : neverRight(*program_))
            find(path, "form.rule_never_holds");
    }

    std::vector<Finding> findings_;
    std::shared_ptr<const Program> program_;
    const Form& form_;
};

} // namespace

Result<Definition> Definition::make(Form form) {
    Lint lint{form};
    const auto findings = lint.run();
    if (findings.empty()) return Definition{lint.program()};
    Error error{ErrorKind::Invalid, "form.definition"};
    for (const Finding& finding : findings) {
        error.fields.push_back({finding.path, finding.code, {{"detail", finding.detail}}});
        error.detail += (error.detail.empty() ? "" : "\n") + finding.path + ": " + finding.code;
        if (!finding.detail.empty()) error.detail += " (" + finding.detail + ")";
    }
    return error;
}

std::vector<Finding> Definition::lint(const Form& form) {
    return Lint{form}.run();
}

const Form& Definition::form() const {
    return program_->form;
}

} // namespace motcua::forms
