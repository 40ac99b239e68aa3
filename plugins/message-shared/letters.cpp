#include "message-shared/letters.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace sms {

namespace {

constexpr char escape = 0x1b;
constexpr std::size_t wholeSeptets = 160, partSeptets = 153, wholeBytes = 140, partBytes = 134;

constexpr std::u32string_view table = // 0x1b is the escape
    U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    U"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
static_assert(table.size() == 128);

struct Extension {
    char32_t letter;
    char code;
};
constexpr std::array<Extension, 10> extensions{{{U'\f', 0x0a},
                                                {U'^', 0x14},
                                                {U'{', 0x28},
                                                {U'}', 0x29},
                                                {U'\\', 0x2f},
                                                {U'[', 0x3c},
                                                {U'~', 0x3d},
                                                {U']', 0x3e},
                                                {U'|', 0x40},
                                                {U'€', 0x65}}};

// The letters of UTF-8; a broken one is U+FFFD.
std::u32string lettersOf(std::string_view text) {
    std::u32string out;
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i++]);
        const std::size_t more = lead < 0x80 ? 0 : lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0 ? 1 : 9;
        if (more == 9) {
            out += U'\ufffd';
            continue;
        }
        char32_t letter = more == 0 ? lead : lead & (0x3fu >> more);
        std::size_t taken = 0;
        for (; taken < more && i < text.size() && (static_cast<unsigned char>(text[i]) & 0xc0) == 0x80;
             ++taken)
            letter = (letter << 6) | (static_cast<unsigned char>(text[i++]) & 0x3f);
        out += taken == more && letter <= 0x10ffff ? letter : U'\ufffd';
    }
    return out;
}

void append(std::string& out, char32_t letter) {
    const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80 | ((letter >> shift) & 0x3f)); };
    if (letter < 0x80) {
        out += static_cast<char>(letter);
    } else if (letter < 0x800) {
        out += static_cast<char>(0xc0 | (letter >> 6));
        tail(0);
    } else if (letter < 0x10000) {
        out += static_cast<char>(0xe0 | (letter >> 12));
        tail(6), tail(0);
    } else {
        out += static_cast<char>(0xf0 | (letter >> 18));
        tail(12), tail(6), tail(0);
    }
}

struct Range {
    char32_t first, last;
    char even, odd; // what stands for an even and for an odd code
};
// Ranges of the precomposed letters; where both cases alternate, the even code is the capital.
constexpr std::array<Range, 24> marked{{
    {0xc0, 0xc3, 'A', 'A'},     {0xc8, 0xca, 'E', 'E'},     {0xcc, 0xcd, 'I', 'I'},
    {0xd2, 0xd5, 'O', 'O'},     {0xd9, 0xda, 'U', 'U'},     {0xdd, 0xdd, 'Y', 'Y'},
    {0xe0, 0xe3, 'a', 'a'},     {0xe8, 0xea, 'e', 'e'},     {0xec, 0xed, 'i', 'i'},
    {0xf2, 0xf5, 'o', 'o'},     {0xf9, 0xfa, 'u', 'u'},     {0xfd, 0xfd, 'y', 'y'},
    {0x102, 0x103, 'A', 'a'},   {0x110, 0x110, 'D', 'D'},   {0x111, 0x111, 'd', 'd'},
    {0x128, 0x129, 'I', 'i'},   {0x168, 0x169, 'U', 'u'},   {0x1a0, 0x1a1, 'O', 'o'},
    {0x1ea0, 0x1eb7, 'A', 'a'}, {0x1eb8, 0x1ec7, 'E', 'e'}, {0x1ec8, 0x1ecb, 'I', 'i'},
    {0x1ecc, 0x1ee3, 'O', 'o'}, {0x1ee4, 0x1ef1, 'U', 'u'}, {0x1ef2, 0x1ef9, 'Y', 'y'},
}};

char bare(char32_t letter) {         // 0 where it has no mark
    if (letter == 0x1af) return 'U'; // Ư and ư: here the odd code is the capital
    if (letter == 0x1b0) return 'u';
    for (const Range& range : marked)
        if (letter >= range.first && letter <= range.last) return letter % 2 == 0 ? range.even : range.odd;
    return 0;
}

std::string_view plain(char32_t letter) { // "" where it is not typographic
    switch (letter) {
    case U'–':
    case U'—':
    case U'‑':
        return "-";
    case U'“':
    case U'”':
    case U'„':
        return "\"";
    case U'‘':
    case U'’':
        return "'";
    case U'…':
        return "...";
    case U'\u00a0':
    case U'\u202f':
        return " ";
    default:
        return "";
    }
}

// `text` in pieces of at most `most` bytes, cut where `isCut` says that the byte at an index may begin one.
template <typename IsCut>
std::vector<std::string> pieces(const std::string& text, std::size_t most, IsCut isCut) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = std::min(at + most, text.size());
        while (end < text.size() && !isCut(end))
            --end;
        out.push_back(text.substr(at, end - at));
        at = end;
    }
    return out;
}

} // namespace

std::string unmarked(std::string_view text) {
    std::string out;
    for (const char32_t letter : lettersOf(text)) {
        if (letter >= 0x300 && letter <= 0x36f) continue; // a mark by itself
        if (const char base = bare(letter)) {
            out += base;
        } else if (const std::string_view simple = plain(letter); !simple.empty()) {
            out += simple;
        } else {
            append(out, letter);
        }
    }
    return out;
}

std::optional<std::string> toGsm7(std::string_view text) {
    std::string out;
    for (const char32_t letter : lettersOf(text)) {
        const std::size_t code = letter == U'\u001b' ? std::u32string_view::npos : table.find(letter);
        if (code != std::u32string_view::npos) {
            out += static_cast<char>(code);
            continue;
        }
        const auto found = std::find_if(extensions.begin(), extensions.end(),
                                        [&](const Extension& one) { return one.letter == letter; });
        if (found == extensions.end()) return std::nullopt;
        (out += escape) += found->code;
    }
    return out;
}

std::string fromGsm7(std::string_view octets) {
    std::string out;
    for (std::size_t i = 0; i < octets.size(); ++i) {
        const auto code = static_cast<unsigned char>(octets[i]);
        if (octets[i] != escape) {
            append(out, code < 128 ? table[code] : U' ');
            continue;
        }
        const char second = ++i < octets.size() ? octets[i] : ' ';
        const auto found = std::find_if(extensions.begin(), extensions.end(),
                                        [&](const Extension& one) { return one.code == second; });
        append(out, found == extensions.end() ? U' ' : found->letter);
    }
    return out;
}

std::string toUcs2(std::string_view text) {
    std::string out;
    const auto unit = [&](char32_t value) {
        (out += static_cast<char>((value >> 8) & 0xff)) += static_cast<char>(value & 0xff);
    };
    for (const char32_t letter : lettersOf(text)) {
        if (letter < 0x10000) {
            unit(letter);
        } else {
            unit(0xd800 + ((letter - 0x10000) >> 10));
            unit(0xdc00 + ((letter - 0x10000) & 0x3ff));
        }
    }
    return out;
}

std::string fromUcs2(std::string_view bytes) {
    const auto unit = [&](std::size_t i) -> char32_t {
        return static_cast<char32_t>((static_cast<unsigned char>(bytes[i]) << 8) |
                                     static_cast<unsigned char>(bytes[i + 1]));
    };
    std::string out;
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
        char32_t letter = unit(i);
        if (letter >= 0xd800 && letter < 0xe000) {
            const char32_t low = letter < 0xdc00 && i + 3 < bytes.size() ? unit(i + 2) : 0;
            const bool pair = low >= 0xdc00 && low < 0xe000;
            letter = pair ? 0x10000 + ((letter - 0xd800) << 10) + (low - 0xdc00) : U'\ufffd';
            if (pair) i += 2;
        }
        append(out, letter);
    }
    return out;
}

Parts split(std::string_view text) {
    Parts out;
    const auto septets = toGsm7(text);
    if (septets) {
        if (septets->size() <= wholeSeptets) {
            out.parts = {*septets};
        } else {
            out.parts =
                pieces(*septets, partSeptets, [&](std::size_t at) { return (*septets)[at - 1] != escape; });
        }
        return out;
    }
    const std::string units = toUcs2(text);
    out.ucs2 = true;
    if (units.size() <= wholeBytes) {
        out.parts = {units};
    } else {
        out.parts = pieces(units, partBytes, [&](std::size_t at) {
            return at % 2 == 0 && (static_cast<unsigned char>(units[at]) & 0xfc) != 0xdc;
        });
    }
    return out;
}

} // namespace sms
