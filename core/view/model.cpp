#include "view/model.h"

namespace motcua::view {

Model::Model() = default;
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;
Model::Model(const Model&) = default;
Model& Model::operator=(const Model&) = default;
Model::~Model() = default;

void Model::reserve(std::size_t fields) {
    fields_.reserve(fields);
}

Value& Model::slot(Key key) {
    for (Field& field : fields_)
        if (field.key == key.text()) return field.value;
    return fields_.emplace_back(key.text(), false).value;
}

Model& Model::setUnlessEmpty(Key key, std::string text) {
    return text.empty() ? set(key, false) : set(key, std::move(text));
}

Model& Model::object(Key key) {
    Value& value = slot(key);
    if (!value.model()) value = Model{};
    return *value.model();
}

List& Model::list(Key key) {
    Value& value = slot(key);
    if (!value.list()) value = List{};
    return *value.list();
}

Model& Model::add(Key key) {
    return *list(key).emplace_back(Model{}).model();
}

} // namespace motcua::view
