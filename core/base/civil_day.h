// The civil day of Asia/Ho_Chi_Minh (+07:00, no summer time), by which codes, counters, calendars and reports
// go. Never the zone of the process: the country has one zone and the law counts its days.
#pragma once

#include "base/clock.h"

#include <chrono>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace motcua {

struct CivilDay {
    int year = 1970;
    unsigned month = 1;
    unsigned day = 1;

    auto operator<=>(const CivilDay&) const = default;

    CivilDay plus(int days) const;
    unsigned weekday() const;       // ISO: 1 Monday … 7 Sunday
    Instant start() const;          // 00:00 +07:00
    std::string iso() const;        // "2026-11-23"
    std::string compact() const;    // "261123", the YYMMDD of a dossier code (Circular 01/2018, article 19)
    std::string vietnamese() const; // "23/11/2026"

    // "2026-11-23" or "23/11/2026"; nothing for a day that does not exist.
    static std::optional<CivilDay> parse(std::string_view text);
};

// Days from `from` to `to`, negative where `to` is earlier.
int daysBetween(const CivilDay& from, const CivilDay& to);

CivilDay civilDay(Instant at);

// Minutes since the civil day's midnight, 0 to 1439.
int minuteOfDay(Instant at);

// "08:05 23/11/2026", as Vietnamese papers write a moment.
std::string vietnameseMoment(Instant at);

} // namespace motcua
