#include "net/message.h"

#include <algorithm>

namespace motcua::net {

namespace {

char lowered(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

} // namespace

bool sameWord(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lowered(x) == lowered(y); });
}

const std::string* Headers::find(std::string_view name) const {
    for (const auto& [fieldName, value] : fields_) {
        if (sameWord(fieldName, name)) return &value;
    }
    return nullptr;
}

std::string_view Headers::get(std::string_view name) const {
    const std::string* value = find(name);
    return value ? std::string_view{*value} : std::string_view{};
}

void Headers::remove(std::string_view name) {
    std::erase_if(fields_, [name](const Field& field) { return sameWord(field.first, name); });
}

void Headers::set(std::string_view name, std::string value) {
    remove(name);
    add(std::string{name}, std::move(value));
}

} // namespace motcua::net
