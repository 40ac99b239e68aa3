// The same form as JSON Schema (2020-12), for other programs that fill it and as a second opinion on our own
// check.
#pragma once

#include "base/civil_day.h"
#include "base/json.h"
#include "forms/definition.h"

#include <string>
#include <vector>

namespace motcua::forms {

struct SchemaExport {
    Json schema;
    // Paths whose condition is not expressible (FEEL beyond =, !=, in, and, or, not over choices and yes/no):
    // the schema lets anything stand there. Rules, formulas and digits that check other digits are never in
    // the schema.
    std::vector<std::string> notCovered{};
};

// Describes complete answers, as judge() takes them at Stage::Submit, after trimming and composing text
// (NFC). `today` is what bounds such as "latest: today" mean; dates are bounded with ajv-formats'
// formatMinimum and formatMaximum.
SchemaExport exportSchema(const Definition& definition, CivilDay today);

} // namespace motcua::forms
