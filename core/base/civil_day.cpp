#include "base/civil_day.h"

#include <cstdio>

namespace motcua {

namespace {

constexpr Millis zoneOffset = std::chrono::hours{7};

std::chrono::sys_days toSysDays(const CivilDay& day) {
    using namespace std::chrono;
    return sys_days{year_month_day{std::chrono::year{day.year}, std::chrono::month{day.month},
                                   std::chrono::day{day.day}}};
}

CivilDay fromSysDays(std::chrono::sys_days days) {
    const std::chrono::year_month_day date{days};
    return {static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
            static_cast<unsigned>(date.day())};
}

std::chrono::sys_time<Millis> local(Instant at) {
    return std::chrono::sys_time<Millis>{Millis{at.ms} + zoneOffset};
}

std::string format(const char* pattern, int a, unsigned b, unsigned c) {
    char text[48];
    std::snprintf(text, sizeof text, pattern, a, b, c);
    return text;
}

} // namespace

CivilDay CivilDay::plus(int days) const {
    return fromSysDays(toSysDays(*this) + std::chrono::days{days});
}

unsigned CivilDay::weekday() const {
    return std::chrono::weekday{toSysDays(*this)}.iso_encoding();
}

Instant CivilDay::start() const {
    return {std::chrono::duration_cast<Millis>(toSysDays(*this).time_since_epoch() - zoneOffset).count()};
}

std::string CivilDay::iso() const {
    return format("%04d-%02u-%02u", year, month, day);
}

std::string CivilDay::compact() const {
    return format("%02d%02u%02u", year % 100, month, day);
}

std::string CivilDay::vietnamese() const {
    char text[48];
    std::snprintf(text, sizeof text, "%02u/%02u/%04d", day, month, year);
    return text;
}

std::optional<CivilDay> CivilDay::parse(std::string_view text) {
    if (text.size() != 10) return std::nullopt;
    const bool iso = text[4] == '-';
    const char* shape = iso ? "dddd-dd-dd" : "dd/dd/dddd";
    for (std::size_t i = 0; i < 10; ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        if (shape[i] == 'd' ? !digit : text[i] != shape[i]) return std::nullopt;
    }
    const auto number = [&](std::size_t at, std::size_t count) {
        int value = 0;
        for (std::size_t i = at; i < at + count; ++i)
            value = value * 10 + (text[i] - '0');
        return value;
    };
    CivilDay day;
    day.year = iso ? number(0, 4) : number(6, 4);
    day.month = static_cast<unsigned>(iso ? number(5, 2) : number(3, 2));
    day.day = static_cast<unsigned>(iso ? number(8, 2) : number(0, 2));
    const std::chrono::year_month_day date{std::chrono::year{day.year}, std::chrono::month{day.month},
                                           std::chrono::day{day.day}};
    return date.ok() ? std::optional{day} : std::nullopt;
}

int daysBetween(const CivilDay& from, const CivilDay& to) {
    return static_cast<int>((toSysDays(to) - toSysDays(from)).count());
}

CivilDay civilDay(Instant at) {
    return fromSysDays(std::chrono::floor<std::chrono::days>(local(at)));
}

int minuteOfDay(Instant at) {
    const auto moment = local(at);
    const auto since = moment - std::chrono::floor<std::chrono::days>(moment);
    return static_cast<int>(std::chrono::duration_cast<std::chrono::minutes>(since).count());
}

std::string vietnameseMoment(Instant at) {
    const int minute = minuteOfDay(at);
    char text[32];
    std::snprintf(text, sizeof text, "%02d:%02d ", minute / 60, minute % 60);
    return text + civilDay(at).vietnamese();
}

} // namespace motcua
