#include "base/money.h"

#include "base/text.h"

#include <array>
#include <vector>

namespace motcua {

namespace {

const std::array<const char*, 10> digitWords{"không", "một", "hai", "ba",  "bốn",
                                             "năm",   "sáu", "bảy", "tám", "chín"};

// "hai trăm linh năm"; `whole` says the hundreds even where they are zero, as inside a longer number.
std::string threeDigits(int value, bool whole) {
    const int hundreds = value / 100;
    const int tens = value / 10 % 10;
    const int ones = value % 10;
    std::string out;
    const auto say = [&](const std::string& word) { out += (out.empty() ? "" : " ") + word; };
    if (hundreds || whole) say(std::string{digitWords[static_cast<std::size_t>(hundreds)]} + " trăm");
    if (tens == 0 && ones && (hundreds || whole)) say("linh");
    if (tens == 1) say("mười");
    if (tens > 1) say(std::string{digitWords[static_cast<std::size_t>(tens)]} + " mươi");
    if (ones == 1 && tens > 1) {
        say("mốt");
    } else if (ones == 5 && tens > 0) {
        say("lăm");
    } else if (ones) {
        say(digitWords[static_cast<std::size_t>(ones)]);
    }
    return out;
}

std::string numberWords(std::uint64_t value) {
    static const std::array<const char*, 4> scales{"", " nghìn", " triệu", " tỷ"};
    constexpr std::uint64_t billion = 1'000'000'000;
    if (value == 0) return digitWords[0];
    std::string out;
    if (value >= billion) {
        out = numberWords(value / billion) + " tỷ";
        value %= billion;
    }
    for (int scale = 2; scale >= 0; --scale) {
        const std::uint64_t unit = scale == 2 ? 1'000'000 : scale == 1 ? 1'000 : 1;
        const int group = static_cast<int>(value / unit % 1000);
        if (group == 0) continue;
        const bool whole = !out.empty();
        out += (whole ? " " : "") + threeDigits(group, whole) + scales[static_cast<std::size_t>(scale)];
    }
    return out;
}

} // namespace

std::string format(Money money) {
    const bool negative = money.dong < 0;
    std::string digits = std::to_string(money.dong).substr(negative ? 1 : 0);
    for (std::size_t at = digits.size(); at > 3; at -= 3)
        digits.insert(at - 3, ".");
    return (negative ? "-" : "") + digits + " đ";
}

std::string inWords(Money money) {
    const auto size =
        money.dong < 0 ? 0 - static_cast<std::uint64_t>(money.dong) : static_cast<std::uint64_t>(money.dong);
    std::string words = (money.dong < 0 ? "âm " : "") + numberWords(size) + " đồng";
    const std::string first = words.substr(0, words.find(' '));
    // The number words begin with an ASCII letter or with "â".
    if (first.starts_with("â")) return "Â" + words.substr(std::string{"â"}.size());
    words[0] = static_cast<char>(words[0] - 'a' + 'A');
    return words;
}

} // namespace motcua
