#include "forms/prefill.h"

#include "forms/checks.h"

namespace motcua::forms {

namespace {

const Json& at(const Json& root, std::string_view path) {
    const Json* found = &root;
    while (!path.empty()) {
        const std::size_t dot = std::min(path.find('.'), path.size());
        found = &(*found)[path.substr(0, dot)];
        path.remove_prefix(std::min(dot + 1, path.size()));
    }
    return *found;
}

class Filler {
public:
    Filler(CivilDay today, Prefilled& made) : today_(today), made_(made) {}

    void fill(const Field& field, Json& holder, const Json& source, const std::string& path,
              const std::string& name) {
        if (field.prefill.empty()) return;
        const Json& given = at(source, field.prefill);
        if (field.type == FieldType::Group) return fillParts(field, holder, given, path, name);
        if (field.holdsParts() || !isAbsent(holder[field.key]) || isAbsent(given)) return;
        Checked checked = checkValue(field, given, today_);
        if (checked.refusal) return;
        holder.set(field.key, std::move(checked.value));
        made_.from.emplace(path, name);
    }

private:
    void fillParts(const Field& field, Json& holder, const Json& given, const std::string& path,
                   const std::string& name) {
        const Json& present = holder[field.key];
        Json parts = present.isObject() ? present : Json::object();
        for (const Field& part : field.fields)
            fill(part, parts, given, path + "." + part.key, name);
        if (!parts.members().empty()) holder.set(field.key, std::move(parts));
    }

    CivilDay today_;
    Prefilled& made_;
};

} // namespace

Prefilled prefill(const Definition& definition, const Json& answers, const Json& sources, Instant now) {
    Prefilled made;
    if (answers.isObject()) made.answers = answers;
    Filler filler{civilDay(now), made};
    Json filled = made.answers;
    for (const Section& section : definition.form().sections)
        for (const Field& field : section.fields)
            filler.fill(field, filled, sources, field.key, field.prefill.substr(0, field.prefill.find('.')));
    made.answers = std::move(filled);
    return made;
}

} // namespace motcua::forms
