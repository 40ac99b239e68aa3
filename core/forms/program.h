// The parsed expressions of a form and how to evaluate them; inside this room only.
#pragma once

#include "base/clock.h"
#include "feel/expression.h"
#include "forms/definition.h"
#include "forms/references.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::forms {

using Values = std::map<std::string, feel::Value, std::less<>>;
using Condition = std::optional<feel::Expression>; // none: always true

struct CompiledRule {
    feel::Expression check;
    std::vector<Reference> reads; // what it takes from the answers
};

// A top-level field, or a column of a table, with its expressions.
struct Slot {
    const Field* field = nullptr;
    const Section* section = nullptr; // none for a column
    Condition when{};
    Condition formula{};
    std::vector<CompiledRule> rules{};
    std::vector<Slot> columns{};                // of a table
    std::vector<std::size_t> columnOrder{};     // after what they depend on
    std::set<std::string, std::less<>> needs{}; // names of the same scope that it depends on, but for rules
};

struct PaperSlot {
    const Paper* paper = nullptr;
    Condition when{};
    Condition requiredWhen{};
};

struct Program {
    Form form{};
    std::map<std::string, feel::Expression, std::less<>> sectionWhen{};
    std::vector<Slot> slots{};        // in the form's order
    std::vector<std::size_t> order{}; // after what they depend on
    std::vector<PaperSlot> papers{};
    Condition exempt{};

    const Slot* slot(std::string_view key) const;
    const feel::Expression* conditionOf(const Section& section) const;
};

// Parses everything; what cannot be parsed or ordered is told in `findings`, and the program is then not to
// be run.
std::shared_ptr<const Program> compile(Form form, std::vector<Finding>& findings);

// The FEEL value of a normalised answer: dates become dates, what is absent null.
feel::Value toFeel(const Field& field, const Json& answer);

// What the expression reads, from the row first; unknown names are null.
feel::Value contextOf(const feel::Expression& expression, const Values& top, const Values* row);

// Whether something that the rule reads is not answered.
bool isOpen(const CompiledRule& rule, const feel::Value& context);

// A condition that cannot be evaluated within its limits counts as true: nothing that was answered is dropped
// for it.
bool holds(const Condition& condition, const Values& top, const Values* row, Instant now);
bool holds(const feel::Expression* condition, const Values& top, const Values* row, Instant now);

} // namespace motcua::forms
