// What forms share: groups of parts (person, organisation, address, …) and long lists (ethnic groups,
// countries, provinces). A form takes copies of them when it is read, so a stored form never changes with the
// library.
#pragma once

#include "forms/form.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace motcua::forms {

struct Library {
    std::map<std::string, std::vector<Option>, std::less<>> lists{};
    std::map<std::string, Field, std::less<>> groups{}; // a group field without key, with all its parts
    Option yes{};                                       // the words of yes_no's answers
    Option no{};
};

// Invalid "yaml.invalid" with the place of each mistake.
Result<Library> loadLibrary(const std::filesystem::path& file);
Result<Library> readLibrary(std::string_view yaml, const std::string& file);

} // namespace motcua::forms
