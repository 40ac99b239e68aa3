// Clocks that run, pause and begin anew, their lights, and calendars that contradict themselves.
#include "calendar/calendar_file.h"
#include "calendar/deadline.h"

#include <cppunit/extensions/HelperMacros.h>

using namespace motcua;
using namespace motcua::calendar;

namespace {

constexpr const char* week = "working_week: [monday, tuesday, wednesday, thursday, friday]\n"
                             "sessions: [\"07:30-11:30\", \"13:00-17:00\"]\n";

Result<WorkingCalendar> fromText(const std::string& text) {
    MOTCUA_TRY(document, yaml::parse(text, "calendar.yaml"));
    return read(document);
}

WorkingCalendar calendarOf(const std::string& more) {
    auto made = fromText(week + more);
    CPPUNIT_ASSERT_MESSAGE(made ? "" : made.error().code + " " + made.error().detail, made.ok());
    return std::move(*made);
}

// July 2020, which has no holiday and begins on a Wednesday.
Instant july(int day, int hour, int minute = 0) {
    return CivilDay{2020, 7, static_cast<unsigned>(day)}.start() + std::chrono::minutes{hour * 60 + minute};
}

class DeadlineTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DeadlineTest);
    CPPUNIT_TEST(lightsGoFromGreenToAmberToRed);
    CPPUNIT_TEST(aPauseKeepsWhatWasLeft);
    CPPUNIT_TEST(aPauseOverNightCostsNothing);
    CPPUNIT_TEST(whatWasLateStaysLate);
    CPPUNIT_TEST(restartCountsAnew);
    CPPUNIT_TEST(remainingIsWorkingTime);
    CPPUNIT_TEST(aHalfDayMovesTheTimeOfDay);
    CPPUNIT_TEST(saturdayReceptionTakesButDoesNotCount);
    CPPUNIT_TEST(limitsAreRead);
    CPPUNIT_TEST(aBrokenFileIsNamed);
    CPPUNIT_TEST_SUITE_END();

public:
    void lightsGoFromGreenToAmberToRed() { // O8
        const auto calendar = calendarOf("");
        const auto week5 = begin(calendar, july(6, 9), {5, Unit::WorkingDays});
        CPPUNIT_ASSERT(week5.due == july(13, 9));
        CPPUNIT_ASSERT(light(calendar, week5, july(6, 10)) == Light::Green);
        CPPUNIT_ASSERT(light(calendar, week5, july(10, 8, 59)) == Light::Green);
        CPPUNIT_ASSERT(light(calendar, week5, july(10, 9)) == Light::Amber); // one working day left
        CPPUNIT_ASSERT(light(calendar, week5, july(13, 9)) == Light::Amber);
        CPPUNIT_ASSERT(light(calendar, week5, july(13, 9, 1)) == Light::Red);
        // A limit of one day is not amber from its first minute.
        const auto day1 = begin(calendar, july(6, 9), {1, Unit::WorkingDays});
        CPPUNIT_ASSERT(light(calendar, day1, july(6, 10)) == Light::Green);
        CPPUNIT_ASSERT(light(calendar, day1, july(7, 7, 30)) == Light::Amber);
        CPPUNIT_ASSERT(light(calendar, week5, july(9, 9), {50, 8}) == Light::Amber);
    }

    void aPauseKeepsWhatWasLeft() {
        const auto calendar = calendarOf("");
        auto clock = begin(calendar, july(6, 9), {3, Unit::WorkingDays}); // to the 9th, 9:00
        pause(clock, july(9, 8, 30));                                     // in the last half hour
        pause(clock, july(9, 8, 59));
        CPPUNIT_ASSERT(remaining(calendar, clock, july(20, 9)) == std::chrono::minutes{30});
        CPPUNIT_ASSERT(light(calendar, clock, july(20, 9)) == Light::Amber);
        resume(calendar, clock, july(17, 16, 45));
        CPPUNIT_ASSERT(clock.due == july(20, 7, 45));
        CPPUNIT_ASSERT(!clock.pausedAt);
    }

    void aPauseOverNightCostsNothing() {
        const auto calendar = calendarOf("");
        auto clock = begin(calendar, july(6, 9), {3, Unit::WorkingDays});
        const Instant due = clock.due;
        pause(clock, july(6, 18));
        resume(calendar, clock, july(7, 6));
        CPPUNIT_ASSERT(clock.due == due);
    }

    void whatWasLateStaysLate() {
        const auto calendar = calendarOf("");
        auto clock = begin(calendar, july(6, 9), {1, Unit::WorkingDays});
        const Instant due = clock.due;
        pause(clock, july(8, 9));
        resume(calendar, clock, july(20, 9));
        CPPUNIT_ASSERT(clock.due == due);
        CPPUNIT_ASSERT(light(calendar, clock, july(20, 9)) == Light::Red);
    }

    void restartCountsAnew() { // Decree 61/2018 art. 19.4
        const auto calendar = calendarOf("");
        auto clock = begin(calendar, july(6, 9), {3, Unit::WorkingDays});
        pause(clock, july(8, 9));
        restart(calendar, clock, july(15, 14));
        CPPUNIT_ASSERT(clock.start == july(15, 14));
        CPPUNIT_ASSERT(clock.due == july(20, 14));
        CPPUNIT_ASSERT(!clock.pausedAt);
    }

    void remainingIsWorkingTime() {
        const auto calendar = calendarOf("");
        const auto clock = begin(calendar, july(10, 16), {1, Unit::WorkingDays}); // Friday to Monday
        CPPUNIT_ASSERT(remaining(calendar, clock, july(11, 12)) == std::chrono::hours{7});
        CPPUNIT_ASSERT(remaining(calendar, clock, july(14, 8)) == -std::chrono::minutes{90});
    }

    void aHalfDayMovesTheTimeOfDay() {
        const auto calendar = calendarOf("sessions_of: {friday: [\"07:30-11:30\"]}\n");
        CPPUNIT_ASSERT(calendar.addWorking(july(9, 15), {1, Unit::WorkingDays}) == july(10, 11, 30));
        CPPUNIT_ASSERT(calendar.addWorking(july(10, 10), {2, Unit::Hours}) == july(13, 8));
        CPPUNIT_ASSERT(calendar.addWorking(july(10, 14), {1, Unit::WorkingDays}) == july(14, 7, 30));
    }

    void saturdayReceptionTakesButDoesNotCount() {
        const auto calendar = calendarOf("reception: {saturday: [\"07:30-11:30\"]}\n");
        CPPUNIT_ASSERT(calendar.received(july(11, 9)) == july(11, 9));
        CPPUNIT_ASSERT(calendar.addWorking(july(11, 9), {1, Unit::WorkingDays}) == july(13, 9));
        CPPUNIT_ASSERT(calendar.addWorking(july(11, 9), {1, Unit::Hours}) == july(13, 8, 30));
        CPPUNIT_ASSERT(calendar.addWorking(july(11, 9), {0, Unit::SameDay}) == july(13, 17));
        CPPUNIT_ASSERT(calendar.received(july(11, 12)) == july(13, 7, 30));
    }

    void limitsAreRead() {
        CPPUNIT_ASSERT(*Limit::parse("3 working_days") == (Limit{3, Unit::WorkingDays}));
        CPPUNIT_ASSERT(*Limit::parse("same_day") == (Limit{0, Unit::SameDay}));
        CPPUNIT_ASSERT_EQUAL(std::string{"2 months"}, Limit::parse("2 months")->text());
        for (const char* bad :
             {"", "3", "3 weeks", "-1 days", "0 days", "1 same_day", "99999 days", "1.5 days", " 1 days"}) {
            CPPUNIT_ASSERT_MESSAGE(bad, !Limit::parse(bad).ok());
        }
    }

    void aBrokenFileIsNamed() {
        const auto code = [](const std::string& more) -> std::string {
            const auto made = fromText(week + more);
            if (made) return "ok";
            if (made.error().fields.empty()) return made.error().code;
            const auto& field = made.error().fields.front();
            return field.code + " " + field.field + ":" + field.params.at("line");
        };
        CPPUNIT_ASSERT_EQUAL(std::string{"yaml.unknown_key holidays:3"}, code("holidays: []\n"));
        CPPUNIT_ASSERT_EQUAL(std::string{"yaml.wrong_value years[0].off[0].day:5"},
                             code("years:\n  - year: 2020\n    off: [{day: 2020-02-30, name: x}]\n"));
        CPPUNIT_ASSERT_EQUAL(std::string{"yaml.wrong_value sessions_of.friday:3"},
                             code("sessions_of: {friday: [\"7-11\"]}\n"));
        CPPUNIT_ASSERT_EQUAL(std::string{"yaml.wrong_value years[0].off[1].day:7"},
                             code("years:\n  - year: 2020\n    off:\n      - {day: 2020-02-03, name: x}"
                                  "\n      - {day: 2020-02-03, name: y}\n"));
        CPPUNIT_ASSERT_EQUAL(std::string{"calendar.bad_sessions"},
                             code("sessions_of: {friday: [\"07:30-11:30\", \"11:00-12:00\"]}\n"));
        CPPUNIT_ASSERT_EQUAL(
            std::string{"calendar.swap_of_working_day"},
            code("years:\n  - year: 2020\n    swaps: [{off: 2020-07-06, work: 2020-07-07}]\n"));
        CPPUNIT_ASSERT_EQUAL(
            std::string{"calendar.swap_for_rest_day"},
            code("years:\n  - year: 2020\n    swaps: [{off: 2020-07-05, work: 2020-07-04}]\n"));
        CPPUNIT_ASSERT(!fromText("working_week: []\nsessions: []\n").ok());
        CPPUNIT_ASSERT(!fromText("{").ok());
        CPPUNIT_ASSERT(!fromText("").ok());
        CPPUNIT_ASSERT(!fromText("- a").ok());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DeadlineTest);

} // namespace
