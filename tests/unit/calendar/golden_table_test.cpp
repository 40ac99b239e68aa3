// A table of due times worked out by hand from the law and the announced days off, over the city's own
// calendar file.
//
// Sources named in the rows: CC = Civil Code 2015 (147: the first day does not count; 148.5: a last day off
// moves to the next working day), LC = Labour Code 2019 (111.3 compensation, 112 holidays), D61 = Decree
// 61/2018 (18: the 15:00 rule), D23 = Decree 23/2015 art. 7 and CS = Civil Status Act 2014 (same day, after
// 15:00 the next working day), SW = swap announced by the Government, H = hours of state agencies (8 h in two
// sessions), CV = convention of one-stop systems (one working day = the same time on the next one).
#include "calendar/calendar_file.h"
#include "calendar/deadline.h"

#include <cppunit/extensions/HelperMacros.h>

#include <random>

using namespace motcua;
using namespace motcua::calendar;

namespace {

struct Case {
    const char* from;
    const char* limit;
    const char* due;
    const char* source;
};

constexpr Case golden[] = {
    // Working days.
    {"2020-12-25 10:00", "3 working_days", "2020-12-30 10:00", "CC 147, CV: over a weekend"},
    {"2020-07-13 08:15", "1 working_days", "2020-07-14 08:15", "CC 147"},
    {"2020-07-13 08:15", "5 working_days", "2020-07-20 08:15", "CC 147"},
    {"2020-07-17 16:59", "1 working_days", "2020-07-20 16:59", "CC 147: Friday's last minute"},
    {"2020-07-17 17:00", "1 working_days", "2020-07-21 07:30", "H: at closing it counts as Monday's first"},
    {"2020-07-18 09:00", "1 working_days", "2020-07-21 07:30", "H: filed on Saturday, received on Monday"},
    {"2020-07-14 06:00", "1 working_days", "2020-07-15 07:30", "H: before opening"},
    {"2020-07-14 12:15", "2 working_days", "2020-07-16 13:00", "H: at noon"},
    {"2020-07-14 11:30", "1 working_days", "2020-07-15 13:00", "H: as the morning ends"},
    {"2020-07-14 07:30", "1 working_days", "2020-07-15 07:30", "H: as the day begins"},
    {"2020-09-01 09:00", "1 working_days", "2020-09-03 09:00", "before 2021 one day of 2/9"},
    {"2021-09-01 09:00", "1 working_days", "2021-09-06 09:00", "LC 112: 2 and 3/9, then a weekend"},
    {"2019-12-31 14:00", "1 working_days", "2020-01-02 14:00", "LC 112: 1/1"},
    {"2020-01-22 10:00", "1 working_days", "2020-01-30 10:00", "LC 112: Tết Canh Tý 23–29/1"},
    {"2020-01-22 10:00", "3 working_days", "2020-02-03 10:00", "LC 112: Tết and a weekend"},
    {"2021-02-09 15:30", "1 working_days", "2021-02-17 15:30", "LC 112: Tết Tân Sửu 10–16/2"},
    {"2021-02-12 09:00", "1 working_days", "2021-02-18 07:30", "filed on mùng 1 Tết"},
    {"2022-01-28 08:00", "2 working_days", "2022-02-08 08:00", "LC 112: Tết Nhâm Dần 31/1–4/2"},
    {"2023-01-19 16:00", "1 working_days", "2023-01-27 16:00", "LC 112: Tết Quý Mão 20–26/1"},
    {"2024-02-07 10:00", "1 working_days", "2024-02-15 10:00", "LC 112: Tết Giáp Thìn 8–14/2"},
    {"2025-01-24 10:00", "1 working_days", "2025-02-03 10:00", "LC 112: Tết Ất Tỵ 27–31/1"},
    {"2026-02-13 10:00", "1 working_days", "2026-02-23 10:00", "LC 112: Tết Bính Ngọ 16–20/2"},
    {"2021-04-29 09:00", "1 working_days", "2021-05-04 09:00", "LC 111.3: 1/5 on Saturday, off on Monday"},
    {"2019-04-12 09:00", "1 working_days", "2019-04-16 09:00", "LC 111.3: Giỗ Tổ on Sunday, off on Monday"},
    {"2020-04-01 10:30", "1 working_days", "2020-04-03 10:30", "LC 112: Giỗ Tổ on Thursday"},
    {"2022-04-29 10:00", "1 working_days", "2022-05-04 10:00",
     "LC 111.3: 30/4 and 1/5 on a weekend, two days off"},
    {"2021-12-31 10:00", "1 working_days", "2022-01-04 10:00", "LC 111.3: 1/1 on Saturday"},
    {"2022-12-30 10:00", "1 working_days", "2023-01-03 10:00", "LC 111.3: 1/1 on Sunday"},
    {"2023-04-28 10:00", "1 working_days", "2023-05-04 10:00", "LC 111.3: Giỗ Tổ and 30/4 on a weekend"},
    {"2023-08-31 10:00", "1 working_days", "2023-09-05 10:00", "LC 111.3: 2/9 on Saturday, off on Monday"},
    {"2024-04-26 14:00", "1 working_days", "2024-05-02 14:00", "SW: 29/4/2024 off"},
    {"2024-04-26 14:00", "2 working_days", "2024-05-03 14:00", "SW"},
    {"2024-04-26 14:00", "3 working_days", "2024-05-04 14:00", "SW: Saturday 4/5/2024 is worked"},
    {"2024-04-26 14:00", "4 working_days", "2024-05-06 14:00", "SW"},
    {"2019-04-26 10:00", "3 working_days", "2019-05-04 10:00", "SW: 29/4/2019 for Saturday 4/5"},
    {"2025-04-25 10:00", "1 working_days", "2025-04-26 10:00", "SW: Saturday 26/4/2025 is worked"},
    {"2025-04-29 10:00", "1 working_days", "2025-05-05 10:00", "SW: 2/5/2025 off"},
    {"2025-12-31 10:00", "1 working_days", "2026-01-05 10:00", "SW: 2/1/2026 off"},
    {"2026-01-09 10:00", "1 working_days", "2026-01-10 10:00", "SW: Saturday 10/1/2026 is worked"},
    {"2026-01-10 10:00", "1 working_days", "2026-01-12 10:00", "SW: received on the worked Saturday"},
    {"2026-08-28 10:00", "1 working_days", "2026-09-03 10:00", "SW: 31/8/2026 off, then 1–2/9"},
    {"2020-02-28 10:00", "1 working_days", "2020-03-02 10:00", "leap year: 29/2/2020 is a Saturday"},
    {"2024-02-28 10:00", "1 working_days", "2024-02-29 10:00", "leap day that is worked"},
    {"2020-07-01 09:45", "20 working_days", "2020-07-29 09:45", "CC 147: four weeks"},
    // Hours.
    {"2020-07-14 08:00", "2 hours", "2020-07-14 10:00", "H"},
    {"2020-07-14 10:30", "2 hours", "2020-07-14 14:00", "H: over noon"},
    {"2020-07-14 09:30", "2 hours", "2020-07-14 11:30", "H: to the end of the morning"},
    {"2020-07-14 16:00", "2 hours", "2020-07-15 08:30", "H: over the night"},
    {"2020-07-17 16:00", "8 hours", "2020-07-20 16:00", "H: over a weekend"},
    {"2020-07-14 10:00", "8 hours", "2020-07-15 10:00", "H: eight hours are a working day"},
    {"2020-01-22 16:30", "4 hours", "2020-01-30 11:00", "H: over Tết"},
    {"2020-07-14 19:00", "1 hours", "2020-07-15 08:30", "H: filed in the evening"},
    {"2024-05-03 16:30", "1 hours", "2024-05-04 08:00", "SW: goes on on the worked Saturday"},
    // Calendar days and months.
    {"2020-07-01 09:00", "15 days", "2020-07-16 17:00", "CC 147–148: the end of the last day"},
    {"2020-07-03 09:00", "15 days", "2020-07-20 17:00", "CC 148.5: the last day is a Saturday"},
    {"2020-07-04 09:00", "1 days", "2020-07-07 17:00", "filed on Saturday, received on Monday"},
    {"2020-01-13 09:00", "10 days", "2020-01-30 17:00", "CC 148.5: the last day is the first of Tết"},
    {"2021-04-15 09:00", "15 days", "2021-05-04 17:00", "CC 148.5: 30/4, 1/5 and compensation"},
    {"2024-04-20 09:00", "12 days", "2024-05-04 17:00",
     "filed Saturday, counted from Monday 22/4; 4/5 is worked (SW)"},
    {"2025-04-11 09:00", "15 days", "2025-04-26 17:00", "SW: a worked Saturday is no day off"},
    {"2020-07-01 09:00", "30 days", "2020-07-31 17:00", "CC 147"},
    {"2020-01-31 09:00", "1 months", "2020-03-02 17:00", "CC 147: 29/2 is a Saturday"},
    {"2021-01-29 09:00", "1 months", "2021-03-01 17:00", "CC 147: no 29/2, 28/2 is a Sunday"},
    {"2020-07-15 09:00", "1 months", "2020-08-17 17:00", "CC 148.5: 15/8 is a Saturday"},
    {"2020-07-15 09:00", "3 months", "2020-10-15 17:00", "CC 147"},
    {"2020-11-16 09:00", "2 months", "2021-01-18 17:00", "CC 148.5, over the year"},
    // Within the day.
    {"2020-07-14 08:00", "same_day", "2020-07-14 17:00", "CS, D23 7"},
    {"2020-07-14 15:00", "same_day", "2020-07-14 17:00", "D23 7: at 15:00 sharp, not after"},
    {"2020-07-14 15:01", "same_day", "2020-07-15 17:00", "D23 7: after 15:00"},
    {"2020-07-14 16:10", "same_day", "2020-07-15 17:00", "D23 7"},
    {"2020-07-17 16:10", "same_day", "2020-07-20 17:00", "D23 7: Friday after 15:00"},
    {"2020-07-14 20:00", "same_day", "2020-07-15 17:00", "filed in the evening, received next morning"},
    {"2020-01-22 15:30", "same_day", "2020-01-30 17:00", "D23 7: the eve of Tết after 15:00"},
    {"2024-05-03 16:00", "same_day", "2024-05-04 17:00", "SW: the next working day is the worked Saturday"},
    {"2021-02-13 09:00", "same_day", "2021-02-17 17:00", "filed in Tết"},
};

Instant at(const std::string& text) {
    const auto day = CivilDay::parse(text.substr(0, 10));
    CPPUNIT_ASSERT_MESSAGE(text, day.has_value());
    return day->start() +
           std::chrono::minutes{std::stoi(text.substr(11, 2)) * 60 + std::stoi(text.substr(14, 2))};
}

std::string shown(Instant moment) {
    return civilDay(moment).iso() + " " + vietnameseMoment(moment).substr(0, 5);
}

const WorkingCalendar& city() {
    static const WorkingCalendar made = [] {
        const auto file = yaml::load("config/city/calendar.yaml");
        if (!file) throw std::runtime_error(file.error().code + " " + file.error().detail);
        auto read = calendar::read(*file);
        if (!read) throw std::runtime_error(read.error().code + " " + read.error().detail);
        return std::move(*read);
    }();
    return made;
}

class GoldenTableTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GoldenTableTest);
    CPPUNIT_TEST(whatIsWrittenReadsBackTheSame);
    CPPUNIT_TEST(everyDueTimeIsAsTheLawSays);
    CPPUNIT_TEST(whatCameAfterThreeIsPassedOnInTheFirstHourOfTheNextDay);
    CPPUNIT_TEST(theApologyComesADayBefore);
    CPPUNIT_TEST(theFileCoversTheYearsOfTheTable);
    CPPUNIT_TEST(aNewHolidayNeverMakesADueTimeEarlier);
    CPPUNIT_TEST(aLaterStartIsNeverDueEarlier);
    CPPUNIT_TEST_SUITE_END();

public:
    // N16: with holidays in a row, made up days, swaps, and weekdays of their own.
    void whatIsWrittenReadsBackTheSame() {
        CalendarData data = city().data();
        data.sessions[4] = {{450, 690}};
        data.reception[5] = {{450, 690}};
        data.off[CivilDay{2023, 12, 31}] = {
            OffReason::Holiday, "Tết Dương lịch", {}}; // runs into the next year
        data.off[CivilDay{2024, 1, 1}] = {OffReason::Holiday, "Tết Dương lịch", {}};
        for (const CalendarData& each : {city().data(), data}) {
            const auto calendar = WorkingCalendar::make(each);
            CPPUNIT_ASSERT(calendar.ok());
            const auto document = yaml::parse(yaml::write(calendar::write(*calendar)), "calendar.yaml");
            CPPUNIT_ASSERT_MESSAGE(document ? "" : document.error().detail, document.ok());
            const auto again = calendar::read(*document);
            CPPUNIT_ASSERT_MESSAGE(again ? "" : again.error().detail, again.ok());
            CPPUNIT_ASSERT(again->data() == each);
        }
    }

    void everyDueTimeIsAsTheLawSays() {
        CPPUNIT_ASSERT(std::size(golden) >= 60);
        for (const auto& row : golden) {
            const auto limit = Limit::parse(row.limit);
            CPPUNIT_ASSERT_MESSAGE(row.limit, limit.ok());
            CPPUNIT_ASSERT_EQUAL_MESSAGE(std::string{row.from} + " + " + row.limit + " (" + row.source + ")",
                                         std::string{row.due},
                                         shown(city().addWorking(at(row.from), *limit)));
        }
    }

    void whatCameAfterThreeIsPassedOnInTheFirstHourOfTheNextDay() { // D61 18.1
        const std::pair<const char*, const char*> rows[] = {{"2020-07-14 09:00", "2020-07-14 17:00"},
                                                            {"2020-07-14 15:00", "2020-07-14 17:00"},
                                                            {"2020-07-14 15:01", "2020-07-15 08:30"},
                                                            {"2020-07-17 16:30", "2020-07-20 08:30"},
                                                            {"2020-01-22 16:30", "2020-01-30 08:30"}};
        for (const auto& [from, by] : rows)
            CPPUNIT_ASSERT_EQUAL(std::string{by}, shown(city().passOnBy(at(from))));
    }

    void theApologyComesADayBefore() { // D61 19.9
        CPPUNIT_ASSERT_EQUAL(std::string{"2020-07-14 17:00"},
                             shown(city().apologyBy(at("2020-07-15 09:00"))));
        CPPUNIT_ASSERT_EQUAL(std::string{"2020-07-17 17:00"},
                             shown(city().apologyBy(at("2020-07-20 09:00"))));
    }

    void theFileCoversTheYearsOfTheTable() {
        for (int year = 2019; year <= 2026; ++year)
            CPPUNIT_ASSERT(city().covers(year));
        CPPUNIT_ASSERT(!city().covers(2040));
    }

    void aNewHolidayNeverMakesADueTimeEarlier() {
        std::mt19937 random(20201);
        const CivilDay first{2019, 1, 1};
        int tried = 0;
        for (int round = 0; round < 3000; ++round) {
            CalendarData more = city().data();
            const CivilDay start = first.plus(static_cast<int>(random() % 2700));
            const CivilDay holiday = start.plus(static_cast<int>(random() % 40));
            if (more.off.contains(holiday) || more.swappedIn.contains(holiday)) continue;
            more.off[holiday] = {OffReason::Holiday, "mới", {}};
            const auto changed = WorkingCalendar::make(more);
            CPPUNIT_ASSERT(changed.ok());
            const Instant from = start.start() + std::chrono::minutes{random() % 1440};
            const Limit limit{static_cast<int>(random() % 30) + 1, static_cast<Unit>(random() % 5)};
            CPPUNIT_ASSERT_MESSAGE(shown(from) + " + " + limit.text() + ", holiday " + holiday.iso(),
                                   changed->addWorking(from, limit) >= city().addWorking(from, limit));
            ++tried;
        }
        CPPUNIT_ASSERT(tried > 2000);
    }

    void aLaterStartIsNeverDueEarlier() {
        std::mt19937 random(7);
        for (int round = 0; round < 3000; ++round) {
            const CivilDay day = CivilDay{2019, 1, 1}.plus(static_cast<int>(random() % 2700));
            const Instant from = day.start() + std::chrono::minutes{random() % 1440};
            const Instant later = from + std::chrono::minutes{random() % 6000};
            const Limit limit{static_cast<int>(random() % 30) + 1, static_cast<Unit>(random() % 5)};
            CPPUNIT_ASSERT_MESSAGE(shown(from) + ", " + shown(later) + " + " + limit.text(),
                                   city().addWorking(later, limit) >= city().addWorking(from, limit));
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GoldenTableTest);

} // namespace
