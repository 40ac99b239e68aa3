#include "forms/personal.h"

#include <algorithm>

namespace motcua::forms {

namespace {

bool isPersonal(const Field& field) {
    return field.personal || std::any_of(field.fields.begin(), field.fields.end(), isPersonal);
}

} // namespace

SplitAnswers splitPersonal(const Form& form, const Json& answers) {
    SplitAnswers split;
    for (const auto& [key, value] : answers.members()) {
        const Field* field = form.field(key);
        (field && !isPersonal(*field) ? split.open : split.sealed).set(key, value);
    }
    return split;
}

Json joinPersonal(const SplitAnswers& split) {
    Json answers = split.open;
    for (const auto& [key, value] : split.sealed.members())
        answers.set(key, value);
    return answers;
}

} // namespace motcua::forms
