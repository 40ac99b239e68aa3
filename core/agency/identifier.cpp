#include "agency/identifier.h"

#include <algorithm>
#include <vector>

namespace motcua::agency {

namespace {

constexpr std::size_t oldLevels = 4;
constexpr std::size_t longest = 35; // characters, Decision 20/2020/QĐ-TTg, article 5

std::vector<std::string_view> parts(std::string_view text) {
    std::vector<std::string_view> all;
    std::size_t from = 0;
    for (;;) {
        const auto end = std::min(text.find('.', from), text.size());
        all.push_back(text.substr(from, end - from));
        if (end == text.size()) return all;
        from = end + 1;
    }
}

bool isDigits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// M of MX1X2 is a letter from A to Y; Z is for other organisations.
bool isTop(std::string_view text) {
    return text.size() == 3 && text[0] >= 'A' && text[0] <= 'Y' && isDigits(text.substr(1));
}

bool isZero(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c == '0'; });
}

// Digits that a level of the old form may hold, counted from the province: 2, 2, 3.
std::size_t widthOf(std::size_t level) {
    return level == 3 ? 3 : 2;
}

} // namespace

std::optional<std::string> newForm(std::string_view old) {
    auto levels = parts(old);
    if (levels.size() > oldLevels || !isTop(levels.back())) return std::nullopt;
    std::reverse(levels.begin(), levels.end());
    for (std::size_t i = 1; i < levels.size(); ++i)
        if (!isDigits(levels[i]) || levels[i].size() != widthOf(i)) return std::nullopt;
    while (levels.size() > 1 && isZero(levels.back()))
        levels.pop_back();
    std::string made{levels.front()};
    for (std::size_t i = 1; i < levels.size(); ++i) {
        // The fourth level is written with three digits in the old form and as many as it needs in the new
        // one.
        const auto digits = i == 3 && levels[i].front() == '0' ? levels[i].substr(1) : levels[i];
        made.append(".").append(digits);
    }
    return made;
}

std::optional<std::string> oldForm(std::string_view identifier) {
    const auto levels = parts(identifier);
    if (levels.size() > oldLevels || !isTop(levels.front())) return std::nullopt;
    std::string made{levels.front()};
    for (std::size_t i = 1; i < oldLevels; ++i) {
        std::string digits = i < levels.size() ? std::string{levels[i]} : std::string{};
        if (i < levels.size() && (!isDigits(digits) || digits.size() > widthOf(i))) return std::nullopt;
        digits.insert(0, widthOf(i) - digits.size(), '0');
        made = digits + "." + made;
    }
    return made;
}

bool isIdentifier(std::string_view text) {
    if (text.empty() || text.size() > longest) return false;
    const auto levels = parts(text);
    return isTop(levels.front()) && std::all_of(levels.begin() + 1, levels.end(), [](std::string_view level) {
               return !level.empty() && std::all_of(level.begin(), level.end(), [](char c) {
                   return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
               });
           });
}

bool isOldIdentifier(std::string_view text) {
    return text.size() == 13 && parts(text).size() == oldLevels && newForm(text).has_value();
}

} // namespace motcua::agency
