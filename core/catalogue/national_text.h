// Small pieces of reading that the cells of the national portal share.
#pragma once

#include <string_view>

namespace motcua::catalogue::national {

inline bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

inline bool isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

inline std::string_view trimLeft(std::string_view text) {
    while (!text.empty() && isBlank(text.front()))
        text.remove_prefix(1);
    return text;
}

// Cuts `word` off the front, where it stands there.
inline bool take(std::string_view& text, std::string_view word) {
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
    return true;
}

// Where the buttons and menus begin that the page shows after a cell; npos where there are none.
std::size_t chromeAt(std::string_view text);

} // namespace motcua::catalogue::national
