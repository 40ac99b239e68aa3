#include "app/json_difference.h"

#include "base/text.h"

#include <map>

namespace motcua::app {

namespace {

constexpr std::size_t kShown = 60;

std::string shown(const Json& value) {
    return text::shorten(value.isString() ? value.string() : value.dump(), kShown);
}

// What an item of a list is called, "" where it has no name of its own.
std::string nameOf(const Json& item) {
    for (const char* key : {"id", "key", "code", "year", "day", "from", "value"})
        if (item.has(key)) return item[key].isString() ? item[key].string() : item[key].dump();
    return {};
}

using Named = std::vector<std::pair<std::string, const Json*>>;

Named partsOf(const Json& value) {
    Named parts;
    for (const auto& [key, part] : value.members())
        parts.emplace_back(key, &part);
    std::map<std::string, int> seen;
    std::size_t number = 0;
    for (const Json& item : value.items()) {
        std::string name = nameOf(item);
        if (name.empty() || seen[name]++ > 0) name = std::to_string(number);
        parts.emplace_back("[" + name + "]", &item);
        ++number;
    }
    return parts;
}

const Json* find(const Named& parts, const std::string& name) {
    for (const auto& [key, value] : parts)
        if (key == name) return value;
    return nullptr;
}

std::string below(const std::string& path, const std::string& name) {
    return path.empty() || name.starts_with('[') ? path + name : path + "." + name;
}

void compare(const Json& before, const Json& after, const std::string& path,
             std::vector<std::string>& lines) {
    if (before == after) return;
    const bool alike = (before.isObject() && after.isObject()) || (before.isArray() && after.isArray());
    if (!alike) {
        lines.push_back(path + ": " + shown(before) + " → " + shown(after));
        return;
    }
    const Named old = partsOf(before);
    const Named now = partsOf(after);
    const std::size_t known = lines.size();
    for (const auto& [name, value] : now) {
        if (const Json* was = find(old, name))
            compare(*was, *value, below(path, name), lines);
        else
            lines.push_back(below(path, name) + ": new, " + shown(*value));
    }
    for (const auto& [name, value] : old)
        if (!find(now, name)) lines.push_back(below(path, name) + ": goes, " + shown(*value));
    // The order of keys says nothing; that of a list does.
    if (lines.size() == known && before.isArray()) lines.push_back(path + ": in another order");
}

} // namespace

std::vector<std::string> differences(const Json& before, const Json& after) {
    if (before.isNull() && !after.isNull()) return {"is new"};
    std::vector<std::string> lines;
    compare(before, after, "", lines);
    return lines;
}

} // namespace motcua::app
