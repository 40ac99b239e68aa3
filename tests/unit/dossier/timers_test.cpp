// Timers of processes on both backends, with a test clock: each fires once, whoever runs them; one that
// cannot fire is seen, tried again and holds nothing up.
#include "support/city_bench.h"

#include <thread>

using namespace motcua;
using motcua::test::assertOk;
using motcua::test::CityBench;

namespace {

constexpr const char* permit = "1.013225";
constexpr const char* district = "quan-1";

// 10:00 on Monday, 09/03/2026.
const Instant monday = CivilDay{2026, 3, 9}.start() + std::chrono::hours{10};
constexpr Millis day = std::chrono::hours{24};

const Context receiver = CityBench::official("lan", "receiver", district);
const Context specialist = CityBench::official("tuan", "specialist", "phong-quan-ly-do-thi-quan-1");
const Context asked = CityBench::official("thien", "specialist", "so-quy-hoach-kien-truc");
const Context job = CityBench::contextOf(Actor::system("jobs"));

// A building permit that waits for another agency's opinion.
std::string consulting(CityBench& city, const std::string& owner) {
    const std::string id = city.filed(owner, permit, district);
    assertOk(city.act(receiver, id, "accept"));
    assertOk(city.act(specialist, id, "pass"));
    assertOk(city.act(specialist, id, "pass"));
    return id;
}

std::vector<std::string> openSteps(CityBench& city, const std::string& id) {
    std::vector<std::string> found;
    const dossier::Sight sight = *assertOk(city.dossiers.see(CityBench::system(), id));
    for (const dossier::OpenStep& step : sight.steps)
        found.push_back(step.view.task.element + "@" + step.view.task.agency);
    return found;
}

long times(CityBench& city, const std::string& id, const std::string& kind) {
    const auto kinds = city.kinds(id);
    return std::count(kinds.begin(), kinds.end(), kind);
}

// The package's process, but for a gateway behind the timer that has no way on until `form` says so.
std::string withoutAWay() {
    std::string bpmn = test::cityText("config/city/packages/1.013225/process.bpmn");
    const auto replace = [&](const std::string& from, const std::string& to) {
        const auto at = bpmn.find(from);
        CPPUNIT_ASSERT_MESSAGE(from, at != std::string::npos);
        bpmn.replace(at, from.size(), to);
    };
    replace("<bpmn:sequenceFlow id=\"f_consult_overdue_draft\" sourceRef=\"consult_overdue\" "
            "targetRef=\"draft\"/>",
            "<bpmn:exclusiveGateway id=\"gw_way\" name=\"Có đường đi?\"/>"
            "<bpmn:sequenceFlow id=\"w0\" sourceRef=\"consult_overdue\" targetRef=\"gw_way\"/>"
            "<bpmn:sequenceFlow id=\"w1\" sourceRef=\"gw_way\" targetRef=\"draft\">"
            "<bpmn:conditionExpression>lot = \"khong-co\"</bpmn:conditionExpression></bpmn:sequenceFlow>"
            "<bpmn:sequenceFlow id=\"w2\" sourceRef=\"gw_way\" targetRef=\"refuse_sign\">"
            "<bpmn:conditionExpression>lot = \"cung-khong\"</bpmn:conditionExpression></bpmn:sequenceFlow>");
    return bpmn;
}

} // namespace

class TimersTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TimersTest);
    CPPUNIT_TEST(theStepsStandAtTheUnitsOfTheProcedure);
    CPPUNIT_TEST(anAnswerThatIsLateIsToldOnce);
    CPPUNIT_TEST(silenceIsAgreementWhenTheTimeIsUp);
    CPPUNIT_TEST(lateByDaysItFiresOnce);
    CPPUNIT_TEST(twoRunnersFireItOnce);
    CPPUNIT_TEST(aStepThatIsDoneInTimeLeavesNoTimer);
    CPPUNIT_TEST(aTimerThatCannotFireIsSeenAndTriedAgain);
    CPPUNIT_TEST(onlyTheSystemFiresTimers);
    CPPUNIT_TEST_SUITE_END();

    ManualClock clock_{monday};

    template <typename Check>
    void onEach(Check run, const std::map<std::string, std::string>& process = {}) {
        for (auto& database : test::databases(test::citySchemas(), clock_)) {
            clock_.set(monday);
            CityBench city(*database, clock_, process);
            run(city);
        }
    }

public:
    void theStepsStandAtTheUnitsOfTheProcedure() { // O9
        onEach([&](CityBench& city) {
            const std::string id = city.filed("an", permit, district);
            CPPUNIT_ASSERT(openSteps(city, id) == std::vector<std::string>{"receive@quan-1"});
            assertOk(city.act(receiver, id, "accept"));
            CPPUNIT_ASSERT(openSteps(city, id) ==
                           std::vector<std::string>{"appraise@phong-quan-ly-do-thi-quan-1"});
            assertOk(city.act(specialist, id, "pass"));
            assertOk(city.act(specialist, id, "pass"));
            CPPUNIT_ASSERT(openSteps(city, id) == std::vector<std::string>{"consult@so-quy-hoach-kien-truc"});
            // A district without such an office does the steps itself.
            const std::string other = city.filed("an", permit, "quan-3");
            assertOk(city.act(CityBench::official("x", "receiver", "quan-3"), other, "accept"));
            CPPUNIT_ASSERT(openSteps(city, other) == std::vector<std::string>{"appraise@quan-3"});
        });
    }

    void anAnswerThatIsLateIsToldOnce() { // Decree 61/2018, article 19.5; O8
        onEach([&](CityBench& city) {
            const std::string id = consulting(city, "an");
            std::vector<std::string> heard;
            city.dossiers.events().happened.subscribe(
                [&](db::Writer&, const Context& context, const dossier::Happened& happened) {
                    heard.push_back(happened.kind + " by " + context.actor.id);
                });
            CPPUNIT_ASSERT_EQUAL(0, city.dossiers.fireTimers(job).fired);
            clock_.set(monday + 3 * day - std::chrono::minutes{1}); // a minute before Thursday, 10:00
            CPPUNIT_ASSERT_EQUAL(0, city.dossiers.fireTimers(job).fired);
            clock_.advance(std::chrono::minutes{2});
            CPPUNIT_ASSERT_EQUAL(1, city.dossiers.fireTimers(job).fired);
            CPPUNIT_ASSERT_EQUAL(0, city.dossiers.fireTimers(job).fired);
            CPPUNIT_ASSERT(heard == std::vector<std::string>{"step_late by system"});
            CPPUNIT_ASSERT_EQUAL(1L, times(city, id, "step_late"));
            CPPUNIT_ASSERT(openSteps(city, id) == std::vector<std::string>{"consult@so-quy-hoach-kien-truc"});
            assertOk(city.act(asked, id, "agree")); // it may still answer
            CPPUNIT_ASSERT(openSteps(city, id) ==
                           std::vector<std::string>{"draft@phong-quan-ly-do-thi-quan-1"});
        });
    }

    void silenceIsAgreementWhenTheTimeIsUp() {
        onEach([&](CityBench& city) {
            const std::string id = consulting(city, "an");
            clock_.set(monday + 4 * day);
            CPPUNIT_ASSERT_EQUAL(1, city.dossiers.fireTimers(job).fired);
            clock_.set(monday + 12 * day + std::chrono::minutes{1});
            CPPUNIT_ASSERT_EQUAL(1, city.dossiers.fireTimers(job).fired);
            CPPUNIT_ASSERT(openSteps(city, id) ==
                           std::vector<std::string>{"draft@phong-quan-ly-do-thi-quan-1"});
            CPPUNIT_ASSERT_EQUAL(1L, times(city, id, "timer"));
            CPPUNIT_ASSERT_EQUAL(std::string{"dossier.none"}, city.act(asked, id, "agree").error().code);
            city.database.read(job, [&](db::Reader& tx) {
                std::vector<std::string> actions;
                for (const audit::Record& record : audit::Audit::records(tx, id))
                    actions.push_back(record.action);
                CPPUNIT_ASSERT_EQUAL(2L, std::count(actions.begin(), actions.end(), "process.timer"));
                CPPUNIT_ASSERT_EQUAL(1L, std::count(actions.begin(), actions.end(), "dossier.timer"));
                CPPUNIT_ASSERT(!audit::Audit::verify(tx, id));
            });
        });
    }

    void lateByDaysItFiresOnce() {
        onEach([&](CityBench& city) {
            const std::string id = consulting(city, "an");
            clock_.set(monday + 60 * day); // nothing ran for weeks
            CPPUNIT_ASSERT(city.dossiers.fireTimers(job).fired >= 1);
            for (int again = 0; again < 3; ++again)
                city.dossiers.fireTimers(job);
            CPPUNIT_ASSERT_EQUAL(1L, times(city, id, "timer"));
            CPPUNIT_ASSERT(times(city, id, "step_late") <= 1);
            CPPUNIT_ASSERT(openSteps(city, id) ==
                           std::vector<std::string>{"draft@phong-quan-ly-do-thi-quan-1"});
            CPPUNIT_ASSERT(
                city.database.read(job, [&](db::Reader& tx) { return city.processes.dueTimers(tx, 10); })
                    .empty());
        });
    }

    void twoRunnersFireItOnce() {
        onEach([&](CityBench& city) {
            std::vector<std::string> ids;
            for (int i = 0; i < 3; ++i)
                ids.push_back(consulting(city, "an"));
            clock_.set(monday + 12 * day + std::chrono::hours{1});
            std::atomic<int> failed{0};
            std::vector<std::thread> runners;
            for (int i = 0; i < 4; ++i)
                runners.emplace_back([&] { failed += city.dossiers.fireTimers(job).failed; });
            for (std::thread& runner : runners)
                runner.join();
            city.dossiers.fireTimers(job); // what a runner left to another
            CPPUNIT_ASSERT_EQUAL(0, failed.load());
            for (const std::string& id : ids) {
                CPPUNIT_ASSERT_EQUAL(1L, times(city, id, "timer"));
                CPPUNIT_ASSERT(times(city, id, "step_late") <= 1);
                CPPUNIT_ASSERT(openSteps(city, id) ==
                               std::vector<std::string>{"draft@phong-quan-ly-do-thi-quan-1"});
            }
        });
    }

    void aStepThatIsDoneInTimeLeavesNoTimer() {
        onEach([&](CityBench& city) {
            const std::string id = consulting(city, "an");
            assertOk(city.act(asked, id, "disagree", "Vượt chỉ giới xây dựng"));
            clock_.set(monday + 30 * day);
            CPPUNIT_ASSERT_EQUAL(0, city.dossiers.fireTimers(job).fired);
            CPPUNIT_ASSERT_EQUAL(0L, times(city, id, "timer"));
            const std::string gone = consulting(city, "binh");
            assertOk(city.dossiers.withdraw(CityBench::citizen("binh"), gone, "Thôi"));
            clock_.advance(30 * day);
            CPPUNIT_ASSERT_EQUAL(0, city.dossiers.fireTimers(job).fired);
        });
    }

    void aTimerThatCannotFireIsSeenAndTriedAgain() {
        onEach(
            [&](CityBench& city) {
                const std::string stuck = consulting(city, "an");
                clock_.advance(std::chrono::minutes{1});
                const std::string fine = city.filed("binh", permit, "quan-3");
                clock_.set(monday + 12 * day + std::chrono::hours{1});
                const auto run = city.dossiers.fireTimers(job);
                CPPUNIT_ASSERT_EQUAL(1, run.fired); // the reminder of the same step
                CPPUNIT_ASSERT_EQUAL(1, run.failed);
                const auto incidents = [&](const Context& who) -> std::vector<process::Incident> {
                    return assertOk(city.dossiers.see(who, stuck))->incidents;
                };
                const Context leader = CityBench::official("hau", "leader", district);
                CPPUNIT_ASSERT_EQUAL(std::size_t{1}, incidents(leader).size());
                CPPUNIT_ASSERT_EQUAL(std::string{"process.no_way"}, incidents(leader)[0].error);
                CPPUNIT_ASSERT_EQUAL(std::string{"Có đường đi?"}, incidents(leader)[0].params["gateway"]);
                CPPUNIT_ASSERT_EQUAL(1, incidents(leader)[0].attempts);
                CPPUNIT_ASSERT(incidents(CityBench::citizen("an")).empty());   // nothing that he could mend
                CPPUNIT_ASSERT_EQUAL(0, city.dossiers.fireTimers(job).failed); // not before its time
                clock_.advance(std::chrono::seconds{61});
                CPPUNIT_ASSERT_EQUAL(1, city.dossiers.fireTimers(job).failed);
                clock_.advance(std::chrono::seconds{61});
                CPPUNIT_ASSERT_EQUAL(0, city.dossiers.fireTimers(job).failed); // the pause has doubled
                CPPUNIT_ASSERT_EQUAL(2, incidents(leader)[0].attempts);
                // The step itself can still be done, which ends timer and incident.
                assertOk(city.act(asked, stuck, "agree"));
                CPPUNIT_ASSERT(incidents(leader).empty());
                clock_.advance(day);
                CPPUNIT_ASSERT_EQUAL(0, city.dossiers.fireTimers(job).failed);
                CPPUNIT_ASSERT_EQUAL(1L, times(city, fine, "submitted"));
            },
            {{permit, withoutAWay()}});
    }

    void onlyTheSystemFiresTimers() {
        onEach([&](CityBench& city) {
            const std::string id = consulting(city, "an");
            clock_.set(monday + 13 * day);
            for (const Context& who : {CityBench::citizen("an"), specialist, CityBench::contextOf({})})
                CPPUNIT_ASSERT_EQUAL(0, city.dossiers.fireTimers(who).fired);
            CPPUNIT_ASSERT_EQUAL(0L, times(city, id, "timer"));
        });
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TimersTest);
