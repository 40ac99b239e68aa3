#include "forms/form.h"

#include <algorithm>
#include <array>

namespace motcua::forms {

namespace {

constexpr std::array<std::pair<FieldType, const char*>, 18> types{{
    {FieldType::Text, "text"},
    {FieldType::LongText, "longtext"},
    {FieldType::Integer, "integer"},
    {FieldType::Money, "money"},
    {FieldType::Decimal, "decimal"},
    {FieldType::Date, "date"},
    {FieldType::Choice, "choice"},
    {FieldType::Multi, "multi"},
    {FieldType::YesNo, "yes_no"},
    {FieldType::Email, "email"},
    {FieldType::Phone, "phone"},
    {FieldType::NationalId, "national_id"},
    {FieldType::TaxCode, "tax_code"},
    {FieldType::Declaration, "declaration"},
    {FieldType::Note, "note"},
    {FieldType::Calculated, "calculated"},
    {FieldType::Group, "group"},
    {FieldType::Table, "table"},
}};

constexpr std::array<std::pair<Allowed, const char*>, 4> characters{{
    {Allowed::Any, "any"},
    {Allowed::Name, "name"},
    {Allowed::Code, "code"},
    {Allowed::Digits, "digits"},
}};

template <typename All, typename Key>
auto byKey(const All& all, const Key& key) -> const typename All::value_type* {
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.key == key; });
    return found == all.end() ? nullptr : &*found;
}

std::string_view firstStep(std::string_view& path) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    const std::string_view step = path.substr(0, dot);
    path.remove_prefix(std::min(dot + 1, path.size()));
    return step;
}

} // namespace

const char* name(FieldType type) {
    return std::find_if(types.begin(), types.end(), [&](const auto& one) { return one.first == type; })
        ->second;
}

std::optional<FieldType> fieldType(std::string_view name) {
    for (const auto& [type, text] : types)
        if (name == text) return type;
    return std::nullopt;
}

const char* name(Allowed allowed) {
    return characters[static_cast<std::size_t>(allowed)].second;
}

std::optional<Allowed> allowed(std::string_view name) {
    for (const auto& [allow, text] : characters)
        if (name == text) return allow;
    return std::nullopt;
}

std::int64_t lengthLimit(const Field& field) {
    return field.maxLength.value_or(field.type == FieldType::LongText ? longTextLength : textLength);
}

const Field* Field::part(std::string_view partKey) const {
    return byKey(fields, partKey);
}

const Section* Form::section(std::string_view key) const {
    return byKey(sections, key);
}

const Paper* Form::paper(std::string_view key) const {
    return byKey(papers, key);
}

const Field* Form::field(std::string_view key) const {
    for (const Section& one : sections)
        if (const Field* found = byKey(one.fields, key)) return found;
    return nullptr;
}

const Field* Form::fieldAt(std::string_view path) const {
    const Field* found = field(firstStep(path));
    while (found && !path.empty()) {
        if (found->type == FieldType::Table) firstStep(path); // the row's number
        if (path.empty()) break;
        found = found->part(firstStep(path));
    }
    return found;
}

} // namespace motcua::forms
