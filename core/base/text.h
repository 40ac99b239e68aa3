// Vietnamese text: one normal form for all that is stored, and the folded forms by which it is found and
// sorted.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::text {

bool isUtf8(std::string_view text);

// NFC, the only form that is stored and shown; nothing for broken UTF-8.
std::optional<std::string> nfc(std::string_view text);

// What a citizen typed, made storable: NFC, control characters dropped (line ends and tabs stay), ends
// trimmed.
std::optional<std::string> clean(std::string_view text);

// Without marks, lower case, đ as d, runs of anything but letters and digits as one space:
// "Giấy phép Xây dựng" → "giay phep xay dung". Broken bytes are skipped.
std::string fold(std::string_view text);

std::vector<std::string> words(std::string_view folded);

// Bytes that sort as a Vietnamese dictionary does: letters first (a ă â b … d đ e ê …), then the tones
// (ngang huyền hỏi ngã sắc nặng), then capitals.
std::string sortKey(std::string_view text);

std::string trim(std::string_view text);
std::string lower(std::string_view text); // Unicode simple lower case
std::string upper(std::string_view text); // and upper case

// At most `count` characters, never half of one.
std::string shorten(std::string_view text, std::size_t count);

} // namespace motcua::text
