#include "signing/paper.h"

#include "base/bytes.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace motcua::signing {

namespace {

// The proper name of a place; one that is only a number keeps its word: "Quận 1".
std::string bareName(std::string name) {
    constexpr std::array<std::string_view, 7> words{"Ủy ban nhân dân ", "Phường ", "Quận ", "Huyện ", "Xã ",
                                                    "Thị trấn ",        "Thị xã "};
    for (const std::string_view word : words) {
        if (!name.starts_with(word) || name.size() == word.size()) continue;
        const char next = name[word.size()];
        if (word != words.front() && next >= '0' && next <= '9') continue;
        name.erase(0, word.size());
    }
    return name;
}

bool isPlace(agency::Kind kind) {
    return kind == agency::Kind::City || kind == agency::Kind::District || kind == agency::Kind::Ward;
}

} // namespace

std::string_view toWord(Level level) {
    return level == Level::Basic ? "B-B" : level == Level::Timed ? "B-T" : "B-LT";
}

bool mustBeSigned(std::string_view kind) {
    return kind == kResult || kind == kRefusal;
}

std::string newCheckCode() {
    static constexpr std::string_view letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    std::string code;
    for (const unsigned char byte : randomBytes(10))
        code += letters[byte & 31];
    return code;
}

std::string normalCheckCode(std::string_view typed) {
    std::string code;
    for (char c : typed) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        if (c == 'O') c = '0';
        if (c == 'I' || c == 'L') c = '1';
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')) code += c;
    }
    return code;
}

std::string placeOf(const agency::Tree& tree, const agency::Agency& agency, const CivilDay& day) {
    const agency::Agency* at = &agency;
    for (const agency::Agency* above : tree.ancestors(agency.id, day)) {
        if (isPlace(at->kind)) break;
        at = above;
    }
    return bareName(at->shortName.empty() ? at->name : at->shortName);
}

std::string wordedDay(const CivilDay& day) {
    // Days below 10 and January and February have a zero before them (Decree 30/2020, annex I, II.4).
    char text[64];
    std::snprintf(text, sizeof text, "ngày %02u tháng %s%u năm %d", day.day, day.month < 3 ? "0" : "",
                  day.month, day.year);
    return text;
}

std::string wordedMoment(Instant at) {
    const int minute = minuteOfDay(at);
    char text[32];
    std::snprintf(text, sizeof text, "%02d giờ %02d phút, ", minute / 60, minute % 60);
    return text + wordedDay(civilDay(at));
}

std::string signerTitle(agency::Kind kind) {
    // U+2028 breaks the line where a template's value may not.
    if (isPlace(kind)) return "TM. ỦY BAN NHÂN DÂN\u2028CHỦ TỊCH";
    return kind == agency::Kind::Department ? "GIÁM ĐỐC" : "THỦ TRƯỞNG ĐƠN VỊ";
}

std::optional<std::size_t> profileFor(const std::vector<std::string>& names, const agency::Tree& tree,
                                      const std::string& agency, const CivilDay& day) {
    std::vector<std::string> wanted{agency};
    for (const agency::Agency* above : tree.ancestors(agency, day))
        wanted.push_back(above->id);
    wanted.emplace_back("default");
    for (const std::string& name : wanted)
        if (const auto found = std::find(names.begin(), names.end(), name); found != names.end())
            return static_cast<std::size_t>(found - names.begin());
    return std::nullopt;
}

} // namespace motcua::signing
