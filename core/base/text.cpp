#include "base/text.h"

#include <utf8proc.h>

#include <array>
#include <cstdlib>
#include <memory>

namespace motcua::text {

namespace {

const utf8proc_uint8_t* raw(std::string_view text) {
    return reinterpret_cast<const utf8proc_uint8_t*>(text.data());
}

// Calls `each` with every code point; false at the first broken byte unless `lenient`, which skips it.
template <typename Each>
bool codePoints(std::string_view text, bool lenient, Each each) {
    std::size_t at = 0;
    while (at < text.size()) {
        utf8proc_int32_t code = 0;
        const auto left = static_cast<utf8proc_ssize_t>(text.size() - at);
        const auto used = utf8proc_iterate(raw(text) + at, left, &code);
        if (used <= 0) {
            if (!lenient) return false;
            ++at;
            continue;
        }
        each(code);
        at += static_cast<std::size_t>(used);
    }
    return true;
}

void append(std::string& out, utf8proc_int32_t code) {
    utf8proc_uint8_t bytes[4];
    const auto size = utf8proc_encode_char(code, bytes);
    out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

bool isAscii(std::string_view text) {
    for (const char c : text)
        if (static_cast<unsigned char>(c) >= 0x80) return false;
    return true;
}

// NFD of text known to be UTF-8.
std::vector<utf8proc_int32_t> decomposed(std::string_view text) {
    std::vector<utf8proc_int32_t> codes;
    codes.reserve(text.size());
    codePoints(text, true, [&](utf8proc_int32_t code) {
        std::array<utf8proc_int32_t, 8> parts{};
        int boundary = 0;
        const auto count =
            utf8proc_decompose_char(code, parts.data(), parts.size(), UTF8PROC_DECOMPOSE, &boundary);
        for (utf8proc_ssize_t i = 0; i < count && i < 8; ++i)
            codes.push_back(parts[static_cast<std::size_t>(i)]);
    });
    return codes;
}

bool isMark(utf8proc_int32_t code) {
    return utf8proc_category(code) == UTF8PROC_CATEGORY_MN;
}

bool isLetterOrDigit(utf8proc_int32_t code) {
    const auto category = utf8proc_category(code);
    return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
           category == UTF8PROC_CATEGORY_ND;
}

bool isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

// The tones in a dictionary's order; 0 is ngang (none), and no tone for any other mark.
int toneOf(utf8proc_int32_t mark) {
    switch (mark) {
    case 0x300:
        return 1; // huyền
    case 0x309:
        return 2; // hỏi
    case 0x303:
        return 3; // ngã
    case 0x301:
        return 4; // sắc
    case 0x323:
        return 5; // nặng
    default:
        return 0;
    }
}

// Where a letter stands in the Vietnamese alphabet: its base letter and 1 for ă đ ê ô ơ's first variant, 2
// for the next.
int variantOf(utf8proc_int32_t base, utf8proc_int32_t mark) {
    if (mark == 0x306) return 1;                   // ă
    if (mark == 0x302) return base == 'a' ? 2 : 1; // â after ă; ê; ô
    if (mark == 0x31b) return base == 'o' ? 2 : 1; // ơ after ô; ư
    return 0;
}

} // namespace

bool isUtf8(std::string_view text) {
    return isAscii(text) || codePoints(text, false, [](utf8proc_int32_t) {});
}

std::optional<std::string> nfc(std::string_view text) {
    if (isAscii(text)) return std::string{text};
    utf8proc_uint8_t* made = nullptr;
    const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    const auto size = utf8proc_map(raw(text), static_cast<utf8proc_ssize_t>(text.size()), &made, options);
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner{made, &std::free};
    if (size < 0) return std::nullopt;
    return std::string{reinterpret_cast<const char*>(made), static_cast<std::size_t>(size)};
}

std::optional<std::string> clean(std::string_view text) {
    const auto composed = nfc(text);
    if (!composed) return std::nullopt;
    std::string kept;
    kept.reserve(composed->size());
    codePoints(*composed, true, [&](utf8proc_int32_t code) {
        const auto category = utf8proc_category(code);
        const bool control = category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF;
        // Bidirectional overrides and zero-width characters are Cf: they let a name look like another.
        if (!control || code == '\n' || code == '\t') append(kept, code);
    });
    return trim(kept);
}

std::string fold(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    bool gap = false;
    for (const auto code : decomposed(text)) {
        if (isMark(code)) continue;
        if (!isLetterOrDigit(code)) {
            gap = true;
            continue;
        }
        if (gap && !out.empty()) out += ' ';
        gap = false;
        const auto small = utf8proc_tolower(code);
        append(out, small == 0x111 ? 'd' : small); // đ has no decomposition
    }
    return out;
}

std::vector<std::string> words(std::string_view folded) {
    std::vector<std::string> all;
    std::size_t from = 0;
    while (from < folded.size()) {
        const std::size_t end = std::min(folded.find(' ', from), folded.size());
        if (end > from) all.emplace_back(folded.substr(from, end - from));
        from = end + 1;
    }
    return all;
}

std::string sortKey(std::string_view text) {
    std::string letters;
    std::string tones;
    std::string capitals;
    for (const auto code : decomposed(text)) {
        if (isMark(code)) {
            if (tones.empty()) continue;
            const int tone = toneOf(code);
            if (tone) tones.back() = static_cast<char>('0' + tone);
            const int variant = variantOf(letters.size() >= 2 ? letters[letters.size() - 2] : 0, code);
            if (variant) letters.back() = static_cast<char>(1 + variant);
            continue;
        }
        const auto small = utf8proc_tolower(code);
        const bool stroked = small == 0x111;
        append(letters, stroked ? 'd' : small);
        letters +=
            stroked ? '\2' : '\1'; // the variant, below every letter so that a shorter word comes first
        tones += '0';
        capitals += small == code ? '0' : '1';
    }
    return letters + '\1' + tones + '\1' + capitals;
}

std::string trim(std::string_view text) {
    while (!text.empty() && isSpace(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && isSpace(text.back()))
        text.remove_suffix(1);
    return std::string{text};
}

std::string lower(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    codePoints(text, true, [&](utf8proc_int32_t code) { append(out, utf8proc_tolower(code)); });
    return out;
}

std::string upper(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    codePoints(text, true, [&](utf8proc_int32_t code) { append(out, utf8proc_toupper(code)); });
    return out;
}

std::string shorten(std::string_view text, std::size_t count) {
    std::string out;
    codePoints(text, true, [&](utf8proc_int32_t code) {
        if (count == 0) return;
        --count;
        append(out, code);
    });
    return out;
}

} // namespace motcua::text
