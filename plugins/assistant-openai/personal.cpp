#include "personal.h"

#include <algorithm>

namespace assistant {

namespace {

constexpr std::string_view numberMask = "[số đã che]", addressMask = "[thư đã che]";
constexpr std::size_t leastDigits = 9, mostDigits = 15; // 9: chứng minh nhân dân, 10: phone, 12: số định danh

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}
bool isLetter(char c) { // any byte of a letter with marks is one
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (static_cast<unsigned char>(c) & 0x80) != 0;
}
bool isAddressByte(char c) {
    return (isLetter(c) && (static_cast<unsigned char>(c) & 0x80) == 0) || isDigit(c) ||
           std::string_view{"._%+-"}.find(c) != std::string_view::npos;
}

// 1.000.000.000: groups of three behind points, without a zero in front. An amount of money is nobody's
// number.
bool isAmount(std::string_view span) {
    if (span.find('.') == std::string_view::npos || span[0] == '0' || span[0] == '+') return false;
    std::size_t group = 0, groups = 0;
    for (std::size_t i = 0; i <= span.size(); ++i) {
        if (i < span.size() && isDigit(span[i])) {
            ++group;
            continue;
        }
        if (groups++ == 0 ? group > 3 : group != 3) return false;
        group = 0;
    }
    return true;
}

// Digits with single separators of one kind between them, such as 079 190 000 123 or +84-900-000-123.
std::size_t numberEnd(std::string_view text, std::size_t at) {
    char separator = 0;
    std::size_t end = at + (text[at] == '+' ? 1 : 0);
    while (end < text.size()) {
        if (isDigit(text[end])) {
            ++end;
            continue;
        }
        const bool joins = std::string_view{" .-"}.find(text[end]) != std::string_view::npos &&
                           end + 1 < text.size() && isDigit(text[end + 1]) &&
                           (separator == 0 || separator == text[end]);
        if (!joins) break;
        separator = text[end++];
    }
    return end;
}

// A code of a dossier (000.00.01.H29-200713-0001) goes on with letters. Digits without anything between them
// are a number, whatever stands before: "sđt0900000123".
bool belongsToCode(std::string_view text, std::size_t begin, std::size_t end) {
    if (text.substr(begin, end - begin).find_first_of(".-") == std::string_view::npos) return false;
    const auto joined = [&](std::size_t near, std::size_t far) {
        return near < text.size() &&
               (isLetter(text[near]) || (std::string_view{".-"}.find(text[near]) != std::string_view::npos &&
                                         far < text.size() && isLetter(text[far])));
    };
    return joined(begin - 1, begin - 2) || joined(end, end + 1); // past the begin wraps to nowhere
}

std::string withoutNumbers(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const bool begins =
            isDigit(text[at]) || (text[at] == '+' && at + 1 < text.size() && isDigit(text[at + 1]));
        if (!begins) {
            out += text[at++];
            continue;
        }
        const std::size_t end = numberEnd(text, at);
        const std::string_view span = text.substr(at, end - at);
        const auto digits = static_cast<std::size_t>(std::count_if(span.begin(), span.end(), isDigit));
        const bool personal =
            digits >= leastDigits && digits <= mostDigits && !isAmount(span) && !belongsToCode(text, at, end);
        out += personal ? numberMask : span;
        at = end;
    }
    return out;
}

std::string withoutAddresses(std::string_view text) {
    std::string out;
    std::size_t done = 0;
    for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
        std::size_t begin = at, end = at + 1;
        while (begin > done && isAddressByte(text[begin - 1]))
            --begin;
        while (end < text.size() && isAddressByte(text[end]))
            ++end;
        const bool address = begin < at && text.substr(at, end - at).find('.') != std::string_view::npos;
        if (!address) continue;
        out += text.substr(done, begin - done);
        out += addressMask;
        done = end;
        at = end - 1;
    }
    return out += text.substr(done);
}

} // namespace

std::string masked(std::string_view text) {
    return withoutNumbers(withoutAddresses(text));
}

} // namespace assistant
