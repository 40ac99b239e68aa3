#include "dossier/dossier.h"

#include "base/bytes.h"

#include <algorithm>
#include <cstdio>

namespace motcua::dossier {

bool isOpen(State state) {
    return state == State::Filed || state == State::Accepted || state == State::InProcess ||
           state == State::Supplement || state == State::Duty;
}

bool isEnded(State state) {
    return state != State::Draft && !isOpen(state);
}

std::string legalCode(std::string_view agencyIdentifier, const CivilDay& day, std::int64_t number) {
    char last[24];
    std::snprintf(last, sizeof last, "%04lld", static_cast<long long>(number));
    return std::string{agencyIdentifier} + "-" + day.compact() + "-" + last;
}

std::string submissionNumber(const CivilDay& day) {
    static constexpr std::string_view letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's 32
    std::string number = "TN-" + day.compact() + "-";
    for (const unsigned char byte : randomBytes(10))
        number += letters[byte & 31];
    return number;
}

namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

// As it is meant: capitals, and the digits that letters are mistaken for.
std::string digitsMeant(std::string text) {
    for (char& c : text)
        c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
    return text;
}

bool allDigits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), isDigit);
}

} // namespace

std::string normalCode(std::string_view typed) {
    std::string shown; // without spaces, in capitals
    std::string bare;  // and without marks
    for (const char c : typed) {
        if (c == ' ' || c == '\t') continue;
        const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        shown += upper;
        if (upper != '.' && upper != '-') bare += upper;
    }
    constexpr std::size_t numberSize = 18; // TN, six of the day, ten at random
    if (bare.size() == numberSize && bare.starts_with("TN")) {
        const std::string rest = digitsMeant(bare.substr(2));
        if (allDigits(rest.substr(0, 6))) return "TN-" + rest.substr(0, 6) + "-" + rest.substr(6);
    }
    // V1V2V3.Z1Z2.Y1Y2.MX1X2-YYMMDD-XXXX: seven digits, a letter and two, six, at least four.
    constexpr std::size_t letterAt = 7;
    if (bare.size() >= 20 && bare[letterAt] >= 'A' && bare[letterAt] <= 'Y') {
        const std::string front = digitsMeant(bare.substr(0, letterAt));
        const std::string rest = digitsMeant(bare.substr(letterAt + 1));
        if (allDigits(front) && allDigits(rest))
            return front.substr(0, 3) + "." + front.substr(3, 2) + "." + front.substr(5) + "." +
                   bare[letterAt] + rest.substr(0, 2) + "-" + rest.substr(2, 6) + "-" + rest.substr(8);
    }
    return shown;
}

} // namespace motcua::dossier
