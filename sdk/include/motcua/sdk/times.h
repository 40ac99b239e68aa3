// Times as providers write them: by a pattern in Vietnam's zone, and ISO 8601 with its own.
#pragma once

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace motcua::sdk {
inline namespace v1 {

namespace detail {

inline constexpr std::int64_t vietnamMs = 7 * 3600 * 1000;
inline constexpr std::int64_t firstMs = -62'135'596'800'000;
inline constexpr std::int64_t lastMs = 253'402'300'799'000 - vietnamMs;

// `count` digits at the front of `text`, taken away; -1 where they are not there.
inline int digitsOf(std::string_view& text, std::size_t count) {
    if (text.size() < count) return -1;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return value;
}

// The letters of a pattern, with where their number stands in `tm` and what is added to it there.
struct TimePart {
    std::string_view letters;
    int std::tm::*place;
    int less;
};
inline constexpr TimePart timeParts[] = {{"yyyy", &std::tm::tm_year, 1900}, {"MM", &std::tm::tm_mon, 1},
                                         {"dd", &std::tm::tm_mday, 0},      {"HH", &std::tm::tm_hour, 0},
                                         {"mm", &std::tm::tm_min, 0},       {"ss", &std::tm::tm_sec, 0}};

inline const TimePart* timePartAt(std::string_view pattern) {
    for (const TimePart& part : timeParts)
        if (pattern.substr(0, part.letters.size()) == part.letters) return &part;
    return nullptr;
}

} // namespace detail

// yyyy, MM, dd, HH, mm and ss stand for numbers, everything else for itself: "yyyyMMddHHmmss".
// A moment outside the years 1 to 9999, for which the pattern has no letters, is told as the nearest inside.
inline std::string vietnamTime(std::int64_t ms, std::string_view pattern) {
    const std::int64_t inside = std::clamp(ms, detail::firstMs, detail::lastMs);
    const std::time_t seconds = static_cast<std::time_t>((inside + detail::vietnamMs) / 1000);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::string out;
    while (!pattern.empty()) {
        const detail::TimePart* part = detail::timePartAt(pattern);
        if (!part) {
            out += pattern.front();
            pattern.remove_prefix(1);
            continue;
        }
        const std::string number = std::to_string(parts.*(part->place) + part->less);
        if (number.size() < part->letters.size()) out.append(part->letters.size() - number.size(), '0');
        out += number;
        pattern.remove_prefix(part->letters.size());
    }
    return out;
}

// Back again; nothing where the text does not follow the pattern or names no day or hour that exists.
inline std::optional<std::int64_t> parseVietnamTime(std::string_view text, std::string_view pattern) {
    const std::string_view whole = text, form = pattern;
    std::tm parts{};
    parts.tm_mday = 1;
    while (!pattern.empty()) {
        if (const detail::TimePart* part = detail::timePartAt(pattern)) {
            const int number = detail::digitsOf(text, part->letters.size());
            if (number < 0) return std::nullopt;
            parts.*(part->place) = number - part->less;
            pattern.remove_prefix(part->letters.size());
        } else {
            if (text.empty() || text.front() != pattern.front()) return std::nullopt;
            text.remove_prefix(1);
            pattern.remove_prefix(1);
        }
    }
    if (!text.empty()) return std::nullopt;
    const std::int64_t ms = std::int64_t{::timegm(&parts)} * 1000 - detail::vietnamMs;
    return vietnamTime(ms, form) == whole ? std::optional{ms} : std::nullopt;
}

// "2020-07-13T10:10:10+07:00".
inline std::string isoTime(std::int64_t ms) {
    return vietnamTime(ms, "yyyy-MM-ddTHH:mm:ss") + "+07:00";
}

// Seconds' fractions are cut; a time without a zone is Vietnam's.
inline std::optional<std::int64_t> parseIsoTime(std::string_view text) {
    constexpr std::size_t plain = 19;
    if (text.size() < plain) return std::nullopt;
    const auto local = parseVietnamTime(text.substr(0, plain), "yyyy-MM-ddTHH:mm:ss");
    if (!local) return std::nullopt;
    text.remove_prefix(plain);
    if (!text.empty() && text.front() == '.') {
        const std::size_t end = text.find_first_not_of("0123456789", 1);
        if (end == 1 || text.size() == 1) return std::nullopt;
        text.remove_prefix(end == std::string_view::npos ? text.size() : end);
    }
    if (text.empty()) return local;
    if (text == "Z") return *local + detail::vietnamMs;
    const int sign = text.front() == '+' ? 1 : text.front() == '-' ? -1 : 0;
    text.remove_prefix(1);
    const int hours = detail::digitsOf(text, 2);
    if (!text.empty() && text.front() == ':') text.remove_prefix(1);
    const int minutes = detail::digitsOf(text, 2);
    if (sign == 0 || hours < 0 || hours > 14 || minutes < 0 || minutes > 59 || !text.empty())
        return std::nullopt;
    return *local + detail::vietnamMs - sign * (hours * 60 + minutes) * std::int64_t{60'000};
}

} // namespace v1
} // namespace motcua::sdk
