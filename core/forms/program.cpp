#include "forms/program.h"

#include <algorithm>
#include <functional>

namespace motcua::forms {

namespace {

using Findings = std::vector<Finding>;

Condition parse(const std::string& text, const std::string& path, Findings& findings) {
    if (text.empty()) return {};
    auto parsed = feel::Expression::parse(text);
    if (parsed) return std::move(*parsed);
    const Error& error = parsed.error();
    std::string detail = text;
    if (const auto found = error.params.find("expected"); found != error.params.end())
        detail += " (expected " + found->second + ")";
    findings.push_back({path, "form.expression_broken", detail});
    return {};
}

void need(Slot& slot, const Condition& condition) {
    if (condition) slot.needs.insert(condition->names().begin(), condition->names().end());
}

std::vector<Reference> readsOf(const feel::Expression& expression) {
    const auto parsed = feel::parseExpression(expression.text(), {}, {});
    return parsed ? referencesOf(*parsed->root, expression.names()) : std::vector<Reference>{};
}

Slot makeSlot(const Field& field, const std::string& path, Findings& findings) {
    Slot slot;
    slot.field = &field;
    slot.when = parse(field.when, path + ".when", findings);
    slot.formula = parse(field.formula, path + ".formula", findings);
    need(slot, slot.when);
    need(slot, slot.formula);
    for (std::size_t i = 0; i < field.rules.size(); ++i)
        if (auto rule = parse(field.rules[i].check, path + ".rules[" + std::to_string(i) + "]", findings))
            slot.rules.push_back({*rule, readsOf(*rule)});
    return slot;
}

// Kahn's algorithm that keeps the written order where nothing speaks against it; what is left over is a
// cycle.
std::vector<std::size_t> orderOf(const std::vector<Slot>& slots, const std::string& path,
                                 Findings& findings) {
    std::map<std::string_view, std::size_t> position;
    for (std::size_t i = 0; i < slots.size(); ++i)
        position.emplace(slots[i].field->key, i);
    std::vector<std::size_t> order;
    std::vector<bool> done(slots.size(), false);
    const auto ready = [&](const Slot& slot) {
        return std::all_of(slot.needs.begin(), slot.needs.end(), [&](const std::string& name) {
            const auto found = position.find(name);
            return found == position.end() || done[found->second];
        });
    };
    for (bool moved = true; moved;) {
        moved = false;
        for (std::size_t i = 0; i < slots.size(); ++i) {
            if (done[i] || !ready(slots[i])) continue;
            done[i] = true;
            order.push_back(i);
            moved = true;
        }
    }
    if (order.size() == slots.size()) return order;
    std::string names;
    for (std::size_t i = 0; i < slots.size(); ++i)
        if (!done[i]) names += (names.empty() ? "" : ", ") + slots[i].field->key;
    findings.push_back({path, "form.cycle", names});
    return order;
}

void makeColumns(Slot& slot, const std::string& path, Findings& findings) {
    for (const Field& part : slot.field->fields)
        slot.columns.push_back(makeSlot(part, path + "." + part.key, findings));
    slot.columnOrder = orderOf(slot.columns, path, findings);
    for (const Slot& column : slot.columns)
        for (const std::string& name : column.needs)
            if (!slot.field->part(name)) slot.needs.insert(name);
}

} // namespace

const Slot* Program::slot(std::string_view key) const {
    const auto found =
        std::find_if(slots.begin(), slots.end(), [&](const Slot& one) { return one.field->key == key; });
    return found == slots.end() ? nullptr : &*found;
}

const feel::Expression* Program::conditionOf(const Section& section) const {
    const auto found = sectionWhen.find(section.key);
    return found == sectionWhen.end() ? nullptr : &found->second;
}

std::shared_ptr<const Program> compile(Form form, Findings& findings) {
    auto program = std::make_shared<Program>();
    program->form = std::move(form);
    for (const Section& section : program->form.sections) {
        const Condition when = parse(section.when, section.key + ".when", findings);
        if (when) program->sectionWhen.emplace(section.key, *when);
        for (const Field& field : section.fields) {
            const std::string path = section.key + "." + field.key;
            Slot slot = makeSlot(field, path, findings);
            slot.section = &section;
            need(slot, when);
            if (field.type == FieldType::Table) makeColumns(slot, path, findings);
            program->slots.push_back(std::move(slot));
        }
    }
    program->order = orderOf(program->slots, "sections", findings);
    for (const Paper& paper : program->form.papers) {
        const std::string path = "papers." + paper.key;
        program->papers.push_back({&paper, parse(paper.when, path + ".when", findings),
                                   parse(paper.requiredWhen, path + ".required_when", findings)});
    }
    program->exempt = parse(program->form.fee.exemptWhen, "fee.exempt_when", findings);
    return program;
}

feel::Value toFeel(const Field& field, const Json& answer) {
    if (answer.isNull()) return {};
    const bool dated = field.type == FieldType::Date ||
                       (field.type == FieldType::Calculated && field.result == FieldType::Date);
    if (dated) {
        const auto date = feel::parseDate(answer.string());
        return date ? feel::Value{*date} : feel::Value{};
    }
    const auto members = [&field](const Json& object) {
        auto made = std::make_shared<feel::Members>();
        for (const Field& part : field.fields) {
            made->entries.emplace_back(part.key, toFeel(part, object[part.key]));
            made->depth = std::max(made->depth, made->entries.back().second.depth() + 1);
        }
        return feel::Value{std::shared_ptr<const feel::Members>{std::move(made)}};
    };
    if (field.type == FieldType::Group) return members(answer);
    if (field.type != FieldType::Table) return feel::Value::fromJson(answer);
    auto rows = std::make_shared<feel::List>();
    for (const Json& row : answer.items()) {
        rows->items.push_back(members(row));
        rows->depth = std::max(rows->depth, rows->items.back().depth() + 1);
    }
    return feel::Value{std::shared_ptr<const feel::List>{std::move(rows)}};
}

feel::Value contextOf(const feel::Expression& expression, const Values& top, const Values* row) {
    auto context = std::make_shared<feel::Members>();
    for (const std::string& name : expression.names()) {
        const feel::Value* value = nullptr;
        if (row)
            if (const auto found = row->find(name); found != row->end()) value = &found->second;
        if (!value)
            if (const auto found = top.find(name); found != top.end()) value = &found->second;
        context->entries.emplace_back(name, value ? *value : feel::Value{});
        context->depth = std::max(context->depth, context->entries.back().second.depth() + 1);
    }
    return feel::Value{std::shared_ptr<const feel::Members>{std::move(context)}};
}

bool isOpen(const CompiledRule& rule, const feel::Value& context) {
    return std::any_of(rule.reads.begin(), rule.reads.end(), [&](const Reference& reference) {
        const feel::Value* at = context.members()->find(reference.name);
        for (const std::string& member : reference.path) {
            if (!at || at->isNull()) return true;
            if (!at->members()) return false; // a list or a date: nothing of it is missing
            at = at->members()->find(member);
        }
        return !at || at->isNull();
    });
}

bool holds(const feel::Expression* condition, const Values& top, const Values* row, Instant now) {
    if (!condition) return true;
    const auto value = condition->evaluateValue(contextOf(*condition, top, row), now);
    return !value || value->isTrue();
}

bool holds(const Condition& condition, const Values& top, const Values* row, Instant now) {
    return holds(condition ? &*condition : nullptr, top, row, now);
}

} // namespace motcua::forms
