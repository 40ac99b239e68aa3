#include "signing/pdf_date.h"

#include "base/civil_day.h"

#include <charconv>
#include <cstdio>

namespace motcua::signing {

namespace {

// Day and time of day, printed by a format that takes them in that order.
struct Moment {
    explicit Moment(Instant at)
        : day(civilDay(at)), second(static_cast<int>((at.ms - day.start().ms) / 1000)) {}
    CivilDay day;
    int second;
    int hours() const { return second / 3600; }
    int minutes() const { return second / 60 % 60; }
    int seconds() const { return second % 60; }
};

} // namespace

std::string pdfDate(Instant at) {
    const Moment moment{at};
    char text[64];
    std::snprintf(text, sizeof text, "D:%04d%02u%02u%02d%02d%02d+07'00'", moment.day.year, moment.day.month,
                  moment.day.day, moment.hours(), moment.minutes(), moment.seconds());
    return text;
}

std::string signatureMoment(Instant at) {
    const Moment moment{at};
    char text[64];
    std::snprintf(text, sizeof text, "%02u-%02u-%04d %02d:%02d:%02d +07:00", moment.day.day, moment.day.month,
                  moment.day.year, moment.hours(), moment.minutes(), moment.seconds());
    return text;
}

std::optional<Instant> parsePdfDate(std::string_view text) {
    if (text.starts_with("D:")) text.remove_prefix(2);
    const auto number = [&](std::size_t at, std::size_t count, int otherwise) -> std::optional<int> {
        if (at >= text.size()) return otherwise;
        int value = 0;
        const std::string_view part = text.substr(at, count);
        const auto read = std::from_chars(part.data(), part.data() + part.size(), value);
        if (part.size() != count || read.ptr != part.data() + count || value < 0) return std::nullopt;
        return value;
    };
    const auto year = number(0, 4, -1), month = number(4, 2, 1), day = number(6, 2, 1);
    const auto hour = number(8, 2, 0), minute = number(10, 2, 0), second = number(12, 2, 0);
    if (!year || *year < 1900 || !month || !day || !hour || !minute || !second) return std::nullopt;
    const CivilDay said{*year, static_cast<unsigned>(*month), static_cast<unsigned>(*day)};
    const auto civil = CivilDay::parse(said.iso()); // nothing where there is no such day
    if (!civil || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
    int offset = 0;
    if (text.size() > 14 && text[14] != 'Z') {
        const auto hours = number(15, 2, 0);
        const auto minutes = text.size() > 18 ? number(18, 2, 0) : std::optional{0};
        if ((text[14] != '+' && text[14] != '-') || !hours || !minutes || *hours > 14) return std::nullopt;
        offset = (*hours * 60 + *minutes) * (text[14] == '-' ? -1 : 1);
    }
    // The civil day starts at midnight of +07:00.
    const std::int64_t local = civil->start().ms + 7 * 3'600'000;
    return Instant{local + ((*hour * 60 + *minute) * 60 + *second - offset * 60) * std::int64_t{1000}};
}

} // namespace motcua::signing
