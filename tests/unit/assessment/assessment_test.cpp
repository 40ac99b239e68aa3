// Ratings on both backends: who rates what and when, once and for good; figures equal to a scan; who sees
// what.
#include "assessment/assessment_service.h"
#include "support/city_bench.h"
#include "yaml/document.h"

#include <cmath>
#include <thread>

using namespace motcua;
using namespace motcua::assessment;
using motcua::test::assertOk;
using motcua::test::CityBench;

namespace {

constexpr const char* birth = "1.001193";
constexpr const char* ward = "phuong-ben-nghe";

// 10:00 on Tuesday, 10/03/2026.
const Instant tuesday = CivilDay{2026, 3, 10}.start() + std::chrono::hours{10};

struct Bench : CityBench {
    Bench(db::Database& db, ManualClock& clock)
        : CityBench(db, clock), assessments({db, vault, audit, agencies, dossiers, processes, clock}) {
        assertOk(assessments.load(system(),
                                  *assertOk(readQuestionnaire(*yaml::load("config/city/assessment.yaml")))));
    }

    const Context receiver = official("chi", "receiver", ward);
    const Context specialist = official("phuc", "specialist", ward);
    const Context leader = official("yen", "leader", ward);

    std::string accepted(const std::string& owner) {
        const std::string id = filed(owner, birth, ward);
        assertOk(act(receiver, id, "accept"));
        return id;
    }
    std::string settled(const std::string& owner) {
        const std::string id = accepted(owner);
        assertOk(act(specialist, id, "pass"));
        assertOk(act(specialist, id, ""));
        assertOk(act(leader, id, "approve"));
        return id;
    }
    std::string returned(const std::string& owner) {
        const std::string id = settled(owner);
        assertOk(database.write(system(), [&](db::Writer& tx) {
            return dossiers.setDocument(system(), tx, id, "result", "a signed paper");
        }));
        assertOk(act(receiver, id, ""));
        return id;
    }
    std::string codeOf(const Result<void>& result) { return result ? "" : result.error().code; }

    AssessmentService assessments;
};

Answer all(int score) {
    return {{{Stage::Reception, score}, {Stage::Processing, score}, {Stage::Result, score}}};
}

} // namespace

class AssessmentTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AssessmentTest);
    CPPUNIT_TEST(figuresFollowFromTheScores);
    CPPUNIT_TEST(aQuestionnaireHasTheCriteriaOfTheLaw);
    CPPUNIT_TEST(anotherQuestionnaireIsANewVersion);
    CPPUNIT_TEST(theOwnerRatesEachStageOnceItIsOver);
    CPPUNIT_TEST(aStageIsRatedOnce);
    CPPUNIT_TEST(ofTwoSlipsAtOnceOneCounts);
    CPPUNIT_TEST(nobodyElseRates);
    CPPUNIT_TEST(whatIsWrongIsToldAndNothingKept);
    CPPUNIT_TEST(theSlipNamesUnitRoleAndOfficialOfTheStep);
    CPPUNIT_TEST(figuresEqualAScanOfTheScores);
    CPPUNIT_TEST(fewAnswersAreShownToNobody);
    CPPUNIT_TEST(agenciesAreRankedByTheirIndex);
    CPPUNIT_TEST(figuresPageByKeyAndByRegion);
    CPPUNIT_TEST(leadersSeeGroupsReasonsAndWords);
    CPPUNIT_TEST(whatWasWrittenStandsSealed);
    CPPUNIT_TEST(slipsWithoutWordsHideNone);
    CPPUNIT_TEST(whatIsLeftOutDoesNotFollowFromTheRest);
    CPPUNIT_TEST_SUITE_END();

    ManualClock clock_{tuesday};

    template <typename Check>
    void onEach(Check run) {
        for (auto& database : test::databases(test::citySchemas({&schema()}), clock_)) {
            clock_.set(tuesday);
            Bench bench(*database, clock_);
            run(bench);
        }
    }

    // Scores without dossiers, for figures: one slip with one score each.
    static void give(Bench& bench, const std::string& agency, const std::string& procedure, int score,
                     int times, Instant at, const std::string& official = "chi") {
        AssessmentRepository repository(bench.vault);
        for (int i = 0; i < times; ++i)
            assertOk(bench.database.write(CityBench::system(), [&](db::Writer& tx) -> Result<void> {
                ManualClock clock{at};
                const Slip slip{newId(clock), newId(clock), agency, procedure, at, 1, ""};
                repository.addSlip(tx, slip);
                CPPUNIT_ASSERT(
                    repository.addScore(tx, slip, Stage::Reception, {agency, "receiver", official}, score));
                return {};
            }));
    }

public:
    void figuresFollowFromTheScores() {
        Tally none;
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, none.count());
        CPPUNIT_ASSERT_EQUAL(0.0, none.mean());
        CPPUNIT_ASSERT_EQUAL(0.0, none.spread());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, none.permille());
        const Tally tally{{1, 0, 1, 0, 2}}; // 1 3 5 5
        CPPUNIT_ASSERT_EQUAL(std::int64_t{4}, tally.count());
        CPPUNIT_ASSERT_EQUAL(3.5, tally.mean());
        CPPUNIT_ASSERT_DOUBLES_EQUAL(std::sqrt((6.25 + 0.25 + 2.25 + 2.25) / 4), tally.spread(), 1e-12);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{500}, tally.permille());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{667}, (Tally{{1, 0, 0, 1, 1}}).permille());
    }

    void aQuestionnaireHasTheCriteriaOfTheLaw() { // S7
        const auto city = readQuestionnaire(*yaml::load("config/city/assessment.yaml"));
        assertOk(city);
        for (const std::string_view core : coreCriteria)
            CPPUNIT_ASSERT(city->find(core) != nullptr);
        for (const char* broken :
             {"minimum: 5\ncriteria: []\n", "minimum: 0\n",
              "minimum: 5\ncriteria:\n  - {id: time, text: a}\n", "minimum: five\n", "other: 1\n"}) {
            const auto read = readQuestionnaire(*yaml::parse(broken, "assessment.yaml"));
            CPPUNIT_ASSERT_MESSAGE(broken, !read.ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"yaml.invalid"}, read.error().code);
        }
        Questionnaire twice = *city;
        twice.criteria.push_back(twice.criteria.front());
        CPPUNIT_ASSERT(!questionnaireOf(1, toJson(twice)).ok());
        CPPUNIT_ASSERT(questionnaireOf(1, toJson(*city))->criteria == city->criteria);
    }

    void anotherQuestionnaireIsANewVersion() { // S7
        onEach([](Bench& bench) {
            Questionnaire held = bench.assessments.questionnaire(CityBench::system());
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, held.version);
            assertOk(bench.assessments.load(CityBench::system(), held));
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1},
                                 bench.assessments.questionnaire(CityBench::system()).version);
            held.minimum = 7;
            CPPUNIT_ASSERT_EQUAL(std::string{"assessment.denied"},
                                 bench.codeOf(bench.assessments.load(bench.leader, held)));
            assertOk(bench.assessments.load(CityBench::system(), held));
            held = bench.assessments.questionnaire(CityBench::system());
            CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, held.version);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{7}, held.minimum);
        });
    }

    void theOwnerRatesEachStageOnceItIsOver() { // S2, S9, O11
        onEach([](Bench& bench) {
            const Context owner = CityBench::citizen("an");
            const std::string id = bench.filed("an", birth, ward);
            const auto open = [&] { return assertOk(bench.assessments.invitation(owner, id))->open; };
            const auto rated = [&](Stage stage) {
                return bench.codeOf(bench.assessments.rate(owner, id, {{{stage, 4}}}));
            };
            CPPUNIT_ASSERT(open().empty());
            CPPUNIT_ASSERT_EQUAL(std::string{"assessment.not_yet"}, rated(Stage::Reception));
            CPPUNIT_ASSERT_EQUAL(std::string{"assessment.not_yet"},
                                 bench.codeOf(bench.assessments.rate(owner, id, {})));
            assertOk(bench.act(bench.receiver, id, "accept"));
            CPPUNIT_ASSERT(open() == std::vector<Stage>{Stage::Reception});
            CPPUNIT_ASSERT_EQUAL(std::string{"assessment.not_yet"}, rated(Stage::Processing));
            CPPUNIT_ASSERT_EQUAL(std::string{}, rated(Stage::Reception));
            assertOk(bench.act(bench.specialist, id, "pass"));
            assertOk(bench.act(bench.specialist, id, ""));
            CPPUNIT_ASSERT_EQUAL(std::string{"assessment.not_yet"}, rated(Stage::Result));
            assertOk(bench.act(bench.leader, id, "approve"));
            CPPUNIT_ASSERT((open() == std::vector<Stage>{Stage::Processing, Stage::Result}));
            CPPUNIT_ASSERT_EQUAL(std::string{}, rated(Stage::Processing));
            CPPUNIT_ASSERT_EQUAL(std::string{}, rated(Stage::Result));
            CPPUNIT_ASSERT(open().empty());

            const std::string refused = bench.accepted("an"); // a refusal is rated too, but returns nothing
            assertOk(bench.act(bench.specialist, refused, "refuse", "Đã đăng ký"));
            assertOk(bench.act(bench.leader, refused, "approve"));
            CPPUNIT_ASSERT((assertOk(bench.assessments.invitation(owner, refused))->open ==
                            std::vector<Stage>{Stage::Reception, Stage::Processing}));
            const std::string turnedDown = bench.filed("an", birth, ward);
            assertOk(bench.act(bench.receiver, turnedDown, "reject", "Không thuộc thẩm quyền"));
            CPPUNIT_ASSERT(assertOk(bench.assessments.invitation(owner, turnedDown))->open ==
                           std::vector<Stage>{Stage::Reception});
        });
    }

    void aStageIsRatedOnce() { // S9: unalterable
        onEach([](Bench& bench) {
            const Context owner = CityBench::citizen("an");
            const std::string id = bench.returned("an");
            assertOk(bench.assessments.rate(owner, id, all(5)));
            CPPUNIT_ASSERT_EQUAL(std::string{"assessment.already"},
                                 bench.codeOf(bench.assessments.rate(owner, id, all(1))));
            CPPUNIT_ASSERT_EQUAL(std::string{"assessment.already"},
                                 bench.codeOf(bench.assessments.rate(owner, id, {})));
            AssessmentRepository repository(bench.vault);
            bench.database.read(owner, [&](db::Reader& tx) {
                const auto figures = repository.figures(tx, {2026, 3, 10});
                CPPUNIT_ASSERT_EQUAL(std::size_t{1}, figures.size());
                CPPUNIT_ASSERT((figures[0].tally == Tally{{0, 0, 0, 0, 3}}));
                CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, figures[0].people);
                const auto records = audit::Audit::records(tx, id);
                CPPUNIT_ASSERT_EQUAL(std::string{"assessment.rated"}, records.back().action);
                CPPUNIT_ASSERT_EQUAL(std::int64_t{5}, records.back().details["scores"]["result"].integer());
                CPPUNIT_ASSERT(!audit::Audit::verify(tx, id));
            });
        });
    }

    void ofTwoSlipsAtOnceOneCounts() {
        onEach([](Bench& bench) {
            const std::string id = bench.returned("an");
            std::atomic<int> kept{0};
            std::vector<std::thread> clicks;
            for (int i = 0; i < 4; ++i)
                clicks.emplace_back([&] {
                    const auto rated = bench.assessments.rate(CityBench::citizen("an"), id, all(4));
                    if (rated) ++kept;
                });
            for (std::thread& click : clicks)
                click.join();
            CPPUNIT_ASSERT_EQUAL(1, kept.load());
            AssessmentRepository repository(bench.vault);
            bench.database.read(CityBench::system(), [&](db::Reader& tx) {
                CPPUNIT_ASSERT((repository.figures(tx, {2026, 3, 10}).at(0).tally == Tally{{0, 0, 0, 3, 0}}));
            });
        });
    }

    void nobodyElseRates() {
        onEach([](Bench& bench) {
            const std::string id = bench.returned("an");
            for (const Context& other : {CityBench::citizen("binh"), bench.receiver, bench.leader,
                                         CityBench::contextOf({}), CityBench::system()}) {
                CPPUNIT_ASSERT_EQUAL(std::string{"dossier.none"},
                                     bench.codeOf(bench.assessments.rate(other, id, all(5))));
                CPPUNIT_ASSERT(!bench.assessments.invitation(other, id).ok());
            }
            CPPUNIT_ASSERT_EQUAL(
                std::string{"dossier.none"},
                bench.codeOf(bench.assessments.rate(CityBench::citizen("an"), "khong-co", all(5))));
        });
    }

    void whatIsWrongIsToldAndNothingKept() {
        onEach([](Bench& bench) {
            const Context owner = CityBench::citizen("an");
            const std::string id = bench.returned("an");
            const auto wrongField = [&](const Answer& answer) {
                const auto rated = bench.assessments.rate(owner, id, answer);
                CPPUNIT_ASSERT(!rated.ok());
                CPPUNIT_ASSERT(rated.error().kind == ErrorKind::Invalid);
                return rated.error().fields.at(0).field;
            };
            CPPUNIT_ASSERT_EQUAL(std::string{"reception"}, wrongField({}));
            CPPUNIT_ASSERT_EQUAL(std::string{"processing"}, wrongField({{{Stage::Processing, 6}}}));
            CPPUNIT_ASSERT_EQUAL(std::string{"processing"}, wrongField({{{Stage::Processing, 0}}}));
            CPPUNIT_ASSERT_EQUAL(std::string{"reasons"}, wrongField({{{Stage::Result, 5}}, {"time", "x'"}}));
            std::string text;
            for (int i = 0; i < 2000; ++i)
                text += "ệ";
            CPPUNIT_ASSERT_EQUAL(std::string{"comment"}, wrongField({{{Stage::Result, 5}}, {}, text + "ệ"}));
            CPPUNIT_ASSERT_EQUAL(std::size_t{3},
                                 assertOk(bench.assessments.invitation(owner, id))->open.size());
            assertOk(bench.assessments.rate(owner, id, {{{Stage::Result, 5}}, {"time", "time"}, text}));
        });
    }

    void theSlipNamesUnitRoleAndOfficialOfTheStep() { // O11, S3
        onEach([](Bench& bench) {
            const std::string id = bench.returned("an");
            assertOk(bench.assessments.rate(CityBench::citizen("an"), id, all(2)));
            const std::string early = bench.settled("an"); // nobody has handed the result over yet
            assertOk(bench.assessments.rate(CityBench::citizen("an"), early, {{{Stage::Result, 3}}}));
            AssessmentRepository repository(bench.vault);
            const auto groups = bench.database.read(CityBench::system(), [&](db::Reader& tx) {
                return repository.byOfficial(tx, ward, tuesday);
            });
            std::string seen;
            for (const GroupFigure& one : groups)
                seen += std::string{name(one.stage)} + "/" + one.unit + "/" + one.role + "/" + one.official +
                        "=" + std::to_string(one.tally.count()) + " ";
            CPPUNIT_ASSERT_EQUAL(std::string{"processing/phuong-ben-nghe/specialist/phuc=1 "
                                             "reception/phuong-ben-nghe/receiver/chi=1 "
                                             "result/phuong-ben-nghe/receiver/=1 "
                                             "result/phuong-ben-nghe/receiver/chi=1 "},
                                 seen);
        });
    }

    void figuresEqualAScanOfTheScores() {
        onEach([](Bench& bench) {
            const Instant before = tuesday - std::chrono::hours{24 * 40};
            for (int score = 1; score <= 5; ++score) {
                give(bench, ward, birth, score, score, tuesday);
                give(bench, ward, "1.004873", score, 6 - score, before);
                give(bench, "quan-1", birth, score, 1, tuesday);
                // In other months and another year, on first and last days, and at the turn of a day.
                for (const CivilDay& day :
                     {CivilDay{2025, 3, 11}, CivilDay{2025, 3, 31}, CivilDay{2025, 4, 1},
                      CivilDay{2025, 12, 31}, CivilDay{2026, 1, 1}, CivilDay{2026, 2, 28}})
                    give(bench, ward, birth, score, 1, day.start());
                give(bench, ward, birth, score, 2, CivilDay{2026, 1, 1}.start() - Millis{1});
            }
            AssessmentRepository repository(bench.vault);
            bench.database.read(CityBench::system(), [&](db::Reader& tx) {
                for (const CivilDay& since :
                     {CivilDay{2025, 3, 11}, CivilDay{2025, 3, 12}, CivilDay{2025, 4, 1},
                      CivilDay{2025, 12, 31}, CivilDay{2026, 1, 1}, CivilDay{2026, 1, 2},
                      CivilDay{2026, 3, 10}}) {
                    std::map<std::string, Tally> sums;
                    for (const Figure& figure : repository.figures(tx, since))
                        sums[figure.agency] += figure.tally;
                    for (const char* agency : {ward, "quan-1"}) {
                        Tally scanned;
                        for (const GroupFigure& one : repository.byOfficial(tx, agency, since.start()))
                            scanned += one.tally;
                        CPPUNIT_ASSERT(scanned.count() > 0);
                        CPPUNIT_ASSERT(sums[agency] == scanned);
                    }
                }
            });
        });
    }

    void fewAnswersAreShownToNobody() {
        onEach([](Bench& bench) {
            const auto figure = [&] { return bench.assessments.figures(bench.leader, 30, {}, 10).at(0); };
            const auto rank = [&] {
                for (const Standing& one :
                     bench.assessments.ranking(CityBench::contextOf({}), agency::Kind::Ward, 30))
                    if (one.agency == ward) return one;
                return Standing{};
            };
            // Four people, one of whom rated three stages: six answers, but plain who gave them.
            give(bench, ward, birth, 5, 3, tuesday);
            const std::string id = bench.returned("an");
            assertOk(
                bench.assessments.rate(CityBench::citizen("an"), id, {all(1).scores, {"time"}, "Chậm quá"}));
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, figure().tally.count());
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, figure().people);
            CPPUNIT_ASSERT(!rank().rank);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, rank().tally.count());
            auto detail = *assertOk(bench.assessments.detail(bench.leader, ward, 30));
            CPPUNIT_ASSERT(detail.words.empty() && detail.groups.empty() && detail.reasons.empty());
            give(bench, ward, birth, 5, 1, tuesday);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{7}, figure().tally.count());
            CPPUNIT_ASSERT_EQUAL(std::int64_t{5}, figure().people);
            CPPUNIT_ASSERT_EQUAL(1, rank().rank.value());
            detail = *assertOk(bench.assessments.detail(bench.leader, ward, 30));
            CPPUNIT_ASSERT_EQUAL(std::string{"Chậm quá"}, detail.words.at(0).text);
            for (const GroupFigure& one : detail.groups) // one answer says who gave it
                CPPUNIT_ASSERT(one.stage == Stage::Reception);
        });
    }

    void agenciesAreRankedByTheirIndex() { // S1, S4, S5
        onEach([](Bench& bench) {
            give(bench, "quan-1", birth, 5, 8, tuesday);
            give(bench, "quan-1", birth, 1, 2, tuesday);
            give(bench, "quan-3", birth, 4, 9, tuesday);
            give(bench, "quan-3", birth, 2, 1, tuesday);
            give(bench, "quan-4", birth, 4, 4, tuesday); // the same index as quan-1
            give(bench, "quan-4", birth, 3, 1, tuesday);
            give(bench, "quan-5", birth, 5, 4, tuesday); // too few
            give(bench, "quan-6", birth, 5, 9, tuesday - std::chrono::hours{24 * 31});
            const auto ranking = [&](int days) {
                return bench.assessments.ranking(CityBench::contextOf({}), agency::Kind::District, days);
            };
            auto all = ranking(30);
            CPPUNIT_ASSERT_EQUAL(std::size_t{24}, all.size());
            CPPUNIT_ASSERT_EQUAL(std::string{"quan-3"}, all[0].agency);
            CPPUNIT_ASSERT_EQUAL(1, *all[0].rank);
            CPPUNIT_ASSERT_EQUAL(std::string{"quan-1"}, all[1].agency);
            CPPUNIT_ASSERT_EQUAL(std::string{"quan-4"}, all[2].agency);
            CPPUNIT_ASSERT_EQUAL(2, *all[1].rank);
            CPPUNIT_ASSERT_EQUAL(2, *all[2].rank);
            CPPUNIT_ASSERT(!all[3].rank);
            all = ranking(90);
            CPPUNIT_ASSERT_EQUAL(std::string{"quan-6"}, all[0].agency);
            CPPUNIT_ASSERT_EQUAL(3, *all[2].rank); // behind a tie the places are counted
        });
    }

    void figuresPageByKeyAndByRegion() { // S6, O18
        onEach([](Bench& bench) {
            give(bench, "quan-1", birth, 5, 5, tuesday);
            give(bench, ward, birth, 5, 5, tuesday);
            give(bench, ward, "1.004873", 4, 5, tuesday);
            give(bench, "quan-3", birth, 1, 5, tuesday);
            const auto seen = [&](const Context& who, const Figure& after, int limit) {
                std::string text;
                for (const Figure& one : bench.assessments.figures(who, 30, after, limit))
                    text += one.agency + "/" + one.procedure + " ";
                return text;
            };
            const Context district = CityBench::official("lan", "receiver", "quan-1");
            CPPUNIT_ASSERT_EQUAL(
                std::string{"phuong-ben-nghe/1.001193 phuong-ben-nghe/1.004873 quan-1/1.001193 "},
                seen(district, {}, 10));
            CPPUNIT_ASSERT_EQUAL(std::string{"phuong-ben-nghe/1.004873 quan-1/1.001193 "},
                                 seen(district, {ward, birth}, 2));
            CPPUNIT_ASSERT_EQUAL(std::string{"phuong-ben-nghe/1.001193 phuong-ben-nghe/1.004873 "},
                                 seen(bench.specialist, {}, 10));
            for (const Context& other : {CityBench::citizen("an"), CityBench::contextOf({}),
                                         CityBench::official("x", "leader", "quan-5")})
                CPPUNIT_ASSERT_EQUAL(std::string{}, seen(other, {}, 10));
        });
    }

    void leadersSeeGroupsReasonsAndWords() { // O11, S3
        onEach([](Bench& bench) {
            for (const char* owner : {"a", "b", "c", "d", "e"}) {
                const std::string id = bench.returned(owner);
                assertOk(bench.assessments.rate(CityBench::citizen(owner), id,
                                                {all(4).scores, {"conduct"}, std::string{"Lời "} + owner}));
            }
            const auto detail = *assertOk(bench.assessments.detail(bench.leader, ward, 30));
            CPPUNIT_ASSERT_EQUAL(std::int64_t{5}, detail.people);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{15}, detail.tally.count());
            CPPUNIT_ASSERT_EQUAL(std::size_t{6}, detail.groups.size());
            CPPUNIT_ASSERT_EQUAL(std::string{}, detail.groups[0].official);
            CPPUNIT_ASSERT_EQUAL(std::string{"phuc"}, detail.groups[1].official);
            CPPUNIT_ASSERT(
                (detail.reasons == std::vector<std::pair<std::string, std::int64_t>>{{"conduct", 5}}));
            CPPUNIT_ASSERT_EQUAL(std::size_t{5}, detail.words.size());
            for (const Context& other :
                 {bench.receiver, bench.specialist, CityBench::citizen("a"), CityBench::contextOf({}),
                  CityBench::official("x", "leader", "quan-3")})
                CPPUNIT_ASSERT_EQUAL(std::string{"assessment.denied"},
                                     bench.assessments.detail(other, ward, 30).error().code);
            CPPUNIT_ASSERT(
                bench.assessments.detail(CityBench::official("x", "leader", "quan-1"), ward, 30).ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"agency.unknown"},
                                 bench.assessments.detail(bench.leader, "khong-co", 30).error().code);
        });
    }

    void whatWasWrittenStandsSealed() {
        onEach([](Bench& bench) {
            const std::string id = bench.returned("an");
            assertOk(bench.assessments.rate(CityBench::citizen("an"), id,
                                            {{{Stage::Result, 5}}, {}, "Cô Lan ở quầy 3 rất tử tế"}));
            constexpr db::Query comment{"test.comment", "SELECT comment FROM assessment_slip"};
            const auto stored = bench.database.read(CityBench::system(), [&](db::Reader& tx) {
                return tx.one(comment, [](const db::Row& row) { return std::string{row.blob(0)}; });
            });
            CPPUNIT_ASSERT(stored && stored->find("Lan") == std::string::npos);
            AssessmentRepository repository(bench.vault);
            const auto words = [&] {
                return bench.database.read(CityBench::system(), [&](db::Reader& tx) {
                    return repository.words(tx, ward, tuesday, 10);
                });
            };
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, words().size());
            assertOk(bench.database.write(CityBench::system(), [&](db::Writer& tx) -> Result<void> {
                bench.vault.destroy(tx, id);
                return {};
            }));
            CPPUNIT_ASSERT(words().empty()); // and the figures stay
        });
    }

    void slipsWithoutWordsHideNone() {
        onEach([](Bench& bench) {
            const std::string id = bench.returned("an");
            assertOk(bench.assessments.rate(CityBench::citizen("an"), id, {all(1).scores, {}, "Chậm quá"}));
            give(bench, ward, birth, 5, 60, tuesday + std::chrono::minutes{1}); // newer, and silent
            const auto detail = *assertOk(bench.assessments.detail(bench.leader, ward, 30));
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, detail.words.size());
            CPPUNIT_ASSERT_EQUAL(std::string{"Chậm quá"}, detail.words[0].text);
        });
    }

    // Five answers of one official beside one of another: the group's figure would tell the one.
    void whatIsLeftOutDoesNotFollowFromTheRest() {
        onEach([](Bench& bench) {
            const auto officials = [&] {
                const Detail detail = *assertOk(bench.assessments.detail(bench.leader, ward, 30));
                std::string seen;
                for (const GroupFigure& one : detail.groups)
                    seen += (one.official.empty() ? "all" : one.official) + std::string{"="} +
                            std::to_string(one.tally.count()) + " ";
                return seen;
            };
            give(bench, ward, birth, 5, 5, tuesday); // by chi
            give(bench, ward, birth, 1, 1, tuesday, "lan");
            CPPUNIT_ASSERT_EQUAL(std::string{"all=6 "}, officials());
            give(bench, ward, birth, 4, 7, tuesday, "minh");
            CPPUNIT_ASSERT_EQUAL(std::string{"all=13 minh=7 "}, officials());
            give(bench, ward, birth, 1, 4, tuesday, "lan");
            CPPUNIT_ASSERT_EQUAL(std::string{"all=17 chi=5 lan=5 minh=7 "}, officials());
        });
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AssessmentTest);
