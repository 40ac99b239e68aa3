#include "base/clock.h"

#include <cstdio>

namespace motcua {

Instant SystemClock::now() const {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<Millis>(since).count()};
}

std::string toIso8601(Instant at) {
    using namespace std::chrono;
    const sys_time<Millis> moment{Millis{at.ms}};
    const auto day = floor<days>(moment);
    const year_month_day date{day};
    const hh_mm_ss<Millis> time{moment - day};
    char text[48];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
    return text;
}

} // namespace motcua
