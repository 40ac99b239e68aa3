#include "agency/agency.h"

#include <utility>

namespace motcua::agency {

namespace {
constexpr std::pair<Kind, const char*> names[] = {{Kind::City, "city"},
                                                  {Kind::Department, "department"},
                                                  {Kind::District, "district"},
                                                  {Kind::Ward, "ward"},
                                                  {Kind::Unit, "unit"}};
}

const char* name(Kind kind) {
    for (const auto& [known, word] : names)
        if (known == kind) return word;
    return "unit";
}

std::optional<Kind> kindOf(std::string_view word) {
    for (const auto& [kind, known] : names)
        if (word == known) return kind;
    return std::nullopt;
}

const std::string& Agency::label(std::string_view locale) const {
    return locale == "en" && !nameEn.empty() ? nameEn : name;
}

} // namespace motcua::agency
