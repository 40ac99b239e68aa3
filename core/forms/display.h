// Answers as people read them: labels of options, days as 23/11/2026, money as 1.250.000 đ.
#pragma once

#include "base/clock.h"
#include "base/json.h"
#include "forms/definition.h"

#include <string>
#include <string_view>
#include <vector>

namespace motcua::forms {

// One line of a field that is no table; a group's parts joined by ", ". Empty where there is no answer.
std::string displayText(const Field& field, const Json& answer, std::string_view locale);

// Every answer as text under its key, groups as objects, tables as arrays of objects, yes/no and choices also
// as
// "<key>_is": {"<value>": true}, so that templates can choose: what result templates and notices are filled
// with.
Json displayAll(const Form& form, const Json& answers, std::string_view locale);

struct SummaryRow {
    std::string path; // of the field, to link back to
    std::string label{};
    std::string value{}; // one line, or
    std::vector<std::string>
        lines{}; // several: the parts of a group, the rows of a table, chosen options, files
};

struct SummarySection {
    std::string key; // "papers" for the papers
    std::string title{};
    std::vector<SummaryRow> rows{};
};

// A paper that was seen at the counter: "Đã xem bản chính".
std::string seenText(std::string_view seen, std::string_view locale);

// Normalised answers for the page "check your answers": what is shown and answered, and what is shown and was
// left empty on purpose (with an empty value). Notes, declarations and hidden fields are left out.
std::vector<SummarySection> summarise(const Definition& definition, const Json& answers,
                                      std::string_view locale, Instant now);

} // namespace motcua::forms
