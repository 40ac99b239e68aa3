// Judges answers against a form: what is shown, what is right, and the normalised answers that may be stored.
#pragma once

#include "base/clock.h"
#include "base/json.h"
#include "forms/definition.h"

#include <set>
#include <string>
#include <vector>

namespace motcua::forms {

enum class Stage {
    Draft,   // nothing is missing yet; what is there must still be right
    Section, // the named section (or "papers") must be complete, the rest as in a draft
    Submit,  // everything
};

struct Check {
    Instant now{};
    Stage stage = Stage::Submit;
    std::string section{};
};

struct Verdict {
    Json answers = Json::object(); // normalised; hidden, refused and unknown ones are not in it
    std::vector<FieldError>
        errors{}; // in the form's order; paths as in fieldAt(), "papers.<slot>" for papers
    std::set<std::string, std::less<>> hidden{}; // paths of fields, "section:<key>", "papers.<slot>"
    std::set<std::string, std::less<>> neededPapers{};
    std::int64_t quantity = 1; // of what the fee is paid for
    bool feeExempt = false;

    bool shows(std::string_view path) const { return hidden.find(path) == hidden.end(); }
    bool showsSection(std::string_view key) const { return shows("section:" + std::string{key}); }
    std::vector<FieldError> errorsBelow(std::string_view path) const; // of a field and its parts
};

// `answers` is an object of top-level keys: texts, numbers, dates as "2026-11-23", groups as objects, tables
// as arrays of objects, and "papers": {slot: [{"file", "name", "type", "size"} or {"seen"}]}. Values of
// hidden and calculated fields are dropped, the latter made here; unknown keys are errors
// ("form.unknown_field").
Verdict judge(const Definition& definition, const Json& answers, const Check& check);

// How a paper of a dossier that is filed in person stands for its slot without a file: its "original" was
// shown (xuất trình bản chính), or a "copy" was handed in (nộp bản sao).
bool isSeen(std::string_view word);

// The normalised answers, or Invalid "form.invalid" with the errors as fields.
Result<Json> validate(const Definition& definition, const Json& answers, const Check& check);

// The error with what its sentence needs in the user's language: "label" of the field; the form's own wording
// becomes code "form.own_message" with param "message".
FieldError localised(const Form& form, const FieldError& error, std::string_view locale);

} // namespace motcua::forms
