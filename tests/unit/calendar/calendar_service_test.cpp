// Calendars in the database: what comes back is what went in, and whose calendar an agency goes by.
#include "calendar/calendar_file.h"
#include "calendar/calendar_service.h"

#include "agency/agency_repository.h"
#include "audit/audit.h"
#include "support/databases.h"

#include <algorithm>

#include <cppunit/extensions/HelperMacros.h>

using namespace motcua;
using namespace motcua::calendar;

namespace {

const std::string week = "working_week: [monday, tuesday, wednesday, thursday, friday]\n"
                         "sessions: [\"07:30-11:30\", \"13:00-17:00\"]\n";

WorkingCalendar calendarOf(const std::string& text) {
    const auto document = yaml::parse(text, "calendar.yaml");
    CPPUNIT_ASSERT(document.ok());
    auto made = read(*document);
    CPPUNIT_ASSERT_MESSAGE(made ? "" : made.error().detail, made.ok());
    return std::move(*made);
}

class CalendarServiceTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(CalendarServiceTest);
    CPPUNIT_TEST(whatComesBackIsWhatWentIn);
    CPPUNIT_TEST(anAgencyGoesByTheNearestCalendarAbove);
    CPPUNIT_TEST(onlyAnAdministratorOfTheRegionMayChangeIt);
    CPPUNIT_TEST(anotherNodeFollows);
    CPPUNIT_TEST_SUITE_END();

    static constexpr const char* agencies = "agencies:\n"
                                            "  - {id: thanh-pho, kind: city, name: Thành phố}\n"
                                            "  - {id: quan, kind: district, name: Quận, parent: thanh-pho}\n"
                                            "  - {id: phuong, kind: ward, name: Phường, parent: quan}\n";

    std::vector<test::TestDatabase> databases() {
        return test::databases({&audit::schema(), &agency::schema(), &schema()}, clock_);
    }

    static void tree(agency::AgencyService& service, const Context& context) {
        const auto document = yaml::parse(agencies, "agencies.yaml");
        CPPUNIT_ASSERT(document.ok());
        const auto file = agency::read(*document);
        CPPUNIT_ASSERT_MESSAGE(file ? "" : file.error().detail, file.ok());
        const auto loaded = service.load(context, *file);
        CPPUNIT_ASSERT_MESSAGE(loaded ? "" : loaded.error().detail, loaded.ok());
    }

public:
    void whatComesBackIsWhatWentIn() {
        const auto calendar = calendarOf(
            week + "sessions_of: {friday: [\"07:30-11:30\"]}\nreception: {saturday: [\"07:30-11:30\"]}\n"
                   "years:\n  - year: 2024\n    off:\n      - {day: 2024-01-01, name: Tết Dương lịch}\n"
                   "      - {day: 2024-05-03, name: Nghỉ bù, for: 2024-05-05}\n"
                   "    swaps: [{off: 2024-04-29, work: 2024-05-04}]\n");
        for (auto& database : databases()) {
            agency::AgencyService tree_(*database, audit_, clock_);
            tree(tree_, system_);
            CalendarService service(*database, tree_, audit_, clock_);
            CPPUNIT_ASSERT_MESSAGE(database.name,
                                   service.put(system_, "thanh-pho", {2020, 1, 1}, calendar).ok());
            CPPUNIT_ASSERT(service.put(system_, "thanh-pho", {2020, 1, 1}, calendar).ok()); // again: replaces
            const auto held = service.calendars(system_);
            const auto found = held.of("phuong", {2024, 2, 1});
            CPPUNIT_ASSERT(found.ok());
            CPPUNIT_ASSERT((*found)->data() == calendar.data());
        }
    }

    void anAgencyGoesByTheNearestCalendarAbove() {
        const auto city = calendarOf(week);
        const auto district = calendarOf(week + "sessions_of: {friday: [\"07:30-11:30\"]}\n");
        for (auto& database : databases()) {
            agency::AgencyService tree_(*database, audit_, clock_);
            tree(tree_, system_);
            CalendarService service(*database, tree_, audit_, clock_);
            CPPUNIT_ASSERT_EQUAL(std::string{"calendar.none"},
                                 service.calendars(system_).of("phuong", {2020, 1, 1}).error().code);
            CPPUNIT_ASSERT(service.put(system_, "thanh-pho", {2020, 1, 1}, city).ok());
            CPPUNIT_ASSERT(service.put(system_, "quan", {2021, 6, 1}, district).ok());
            const auto held = service.calendars(system_);
            CPPUNIT_ASSERT((*held.of("phuong", {2021, 5, 31}))->data() == city.data());
            CPPUNIT_ASSERT((*held.of("phuong", {2021, 6, 1}))->data() == district.data());
            CPPUNIT_ASSERT((*held.of("thanh-pho", {2021, 6, 1}))->data() == city.data());
            CPPUNIT_ASSERT(!held.of("phuong", {2019, 12, 31}).ok());
        }
    }

    void onlyAnAdministratorOfTheRegionMayChangeIt() {
        const auto calendar = calendarOf(week);
        for (auto& database : databases()) {
            agency::AgencyService tree_(*database, audit_, clock_);
            tree(tree_, system_);
            CalendarService service(*database, tree_, audit_, clock_);
            Context context = system_;
            context.actor = {ActorKind::Official, "a", "An", {"admin"}, {"quan"}};
            for (int i = 0; i < 2; ++i) // the second time nothing changes
                CPPUNIT_ASSERT(service.put(context, "phuong", {2020, 1, 1}, calendar).ok());
            const auto records = database->read(
                context, [](db::Reader& tx) { return audit::Audit::records(tx, "agency:phuong"); });
            CPPUNIT_ASSERT_EQUAL(std::ptrdiff_t{1},
                                 std::count_if(records.begin(), records.end(), [](const auto& record) {
                                     return record.action == "calendar.written";
                                 }));
            CPPUNIT_ASSERT_EQUAL(std::string{"calendar.denied"},
                                 service.put(context, "thanh-pho", {2020, 1, 1}, calendar).error().code);
            context.actor.roles = {"leader"};
            CPPUNIT_ASSERT(!service.put(context, "phuong", {2020, 1, 1}, calendar).ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"agency.unknown"},
                                 service.put(system_, "đâu", {2020, 1, 1}, calendar).error().code);
        }
    }

    void anotherNodeFollows() {
        for (auto& database : databases()) {
            agency::AgencyService tree_(*database, audit_, clock_);
            tree(tree_, system_);
            CalendarService one(*database, tree_, audit_, clock_);
            CalendarService other(*database, tree_, audit_, clock_);
            CPPUNIT_ASSERT(!other.calendars(system_).of("quan", {2020, 1, 1}).ok());
            CPPUNIT_ASSERT(one.put(system_, "quan", {2020, 1, 1}, calendarOf(week)).ok());
            clock_.advance(Millis{1500});
            CPPUNIT_ASSERT(other.calendars(system_).of("quan", {2020, 1, 1}).ok());
        }
    }

private:
    ManualClock clock_{{1'594'800'000'000}};
    audit::Audit audit_{clock_};
    Context system_ = [] {
        Context context;
        context.actor = Actor::system("test");
        return context;
    }();
};

CPPUNIT_TEST_SUITE_REGISTRATION(CalendarServiceTest);

} // namespace
