// Answers from before a new version of a form, without what it does not ask any more.
#pragma once

#include "base/json.h"
#include "forms/form.h"

namespace motcua::forms {

// Keeps the values of fields, parts, columns and papers that the form has, whatever they are.
Json known(const Form& form, const Json& answers);

} // namespace motcua::forms
