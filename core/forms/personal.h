// Which answers are personal and must be sealed where they are stored.
#pragma once

#include "base/json.h"
#include "forms/form.h"

namespace motcua::forms {

struct SplitAnswers {
    Json open = Json::object();
    Json sealed = Json::object(); // fields marked personal, and papers (their file names may name people)
};

// By top-level field: a field is sealed whole where it or any part of it is marked personal.
SplitAnswers splitPersonal(const Form& form, const Json& answers);
Json joinPersonal(const SplitAnswers& split);

} // namespace motcua::forms
