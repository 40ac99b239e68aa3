#include "base/config.h"

#include "base/text.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace motcua {

namespace {

const ConfigKey* find(const std::vector<ConfigKey>& known, std::string_view name) {
    const auto found =
        std::find_if(known.begin(), known.end(), [&](const ConfigKey& key) { return key.name == name; });
    return found == known.end() ? nullptr : &*found;
}

std::string environmentName(std::string_view key) {
    std::string name = "MOTCUA_";
    for (const char c : key)
        name += c == '.' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    return name;
}

Error badValue(std::string_view key, const std::string& found, const std::string& expected) {
    Error error{ErrorKind::Invalid, "config.bad_value",
                std::string{key} + " = " + found + ", expected " + expected};
    error.params = {{"key", std::string{key}}, {"found", found}, {"expected", expected}};
    return error;
}

} // namespace

Config::Config(std::vector<ConfigKey> known) : known_(std::move(known)) {}

Result<void> Config::load(const std::string& path) {
    std::ifstream file{path};
    if (!file) return Error{ErrorKind::NotFound, "config.missing", path, {{"file", path}}};
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
        const std::string stated = motcua::text::trim(line);
        if (stated.empty() || stated[0] == '#') continue;
        if (const auto taken = set(stated); !taken) {
            Error error = taken.error();
            error.detail = path + ":" + std::to_string(number) + ": " + error.detail;
            error.params["file"] = path;
            error.params["line"] = std::to_string(number);
            return error;
        }
    }
    return {};
}

void Config::loadEnvironment() {
    for (const ConfigKey& key : known_)
        if (const char* value = std::getenv(environmentName(key.name).c_str()))
            given_[std::string{key.name}] = value;
}

Result<void> Config::set(std::string_view assignment) {
    const std::size_t equals = assignment.find('=');
    if (equals == std::string_view::npos)
        return Error{ErrorKind::Invalid,
                     "config.not_an_assignment",
                     "expected key = value, found " + std::string{assignment},
                     {{"found", std::string{assignment}}}};
    const std::string key = motcua::text::trim(assignment.substr(0, equals));
    if (!find(known_, key))
        return Error{ErrorKind::Invalid, "config.unknown_key", "unknown key " + key, {{"key", key}}};
    given_[key] = motcua::text::trim(assignment.substr(equals + 1));
    return {};
}

std::string Config::text(std::string_view key) const {
    if (const auto given = given_.find(key); given != given_.end()) return given->second;
    const ConfigKey* known = find(known_, key);
    if (!known) throw std::logic_error("no such config key: " + std::string{key});
    return std::string{known->fallback};
}

Result<std::int64_t> Config::integer(std::string_view key, std::int64_t least, std::int64_t most) const {
    const std::string value = text(key);
    std::int64_t number = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
    if (read.ec != std::errc{} || read.ptr != value.data() + value.size() || number < least || number > most)
        return badValue(key, value,
                        "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return number;
}

Result<bool> Config::boolean(std::string_view key) const {
    const std::string value = motcua::text::lower(text(key));
    if (value == "true" || value == "yes" || value == "on") return true;
    if (value == "false" || value == "no" || value == "off") return false;
    return badValue(key, value, "yes or no");
}

std::vector<std::string> Config::list(std::string_view key) const {
    std::vector<std::string> items;
    const std::string value = text(key);
    std::size_t from = 0;
    while (from <= value.size()) {
        const std::size_t end = std::min(value.find(',', from), value.size());
        if (const std::string item = motcua::text::trim(std::string_view{value}.substr(from, end - from));
            !item.empty())
            items.push_back(item);
        from = end + 1;
    }
    return items;
}

bool Config::isSet(std::string_view key) const {
    return given_.find(key) != given_.end();
}

} // namespace motcua
