// The work list on both backends: its order and pages, whom it shows what, its filters and counts, and that
// what it costs does not grow with the dossiers.
#include "work_list_fixture.h"

using namespace motcua;
using namespace motcua::dossier;
using namespace motcua::dossier::test;

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using Show = WorkAsked::Show;
using Ids = std::vector<std::string>;

constexpr Instant noon{1'700'000'000'000};

class WorkListTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(WorkListTest);
    CPPUNIT_TEST(theMostUrgentComeFirstPageAfterPageAndBack);
    CPPUNIT_TEST(stepsDueAtOneMomentAreNeitherLostNorRepeatedWhereAPageEnds);
    CPPUNIT_TEST(whatComesAndGoesMeanwhileMovesNoOtherRow);
    CPPUNIT_TEST(everyOfficialSeesTheDesksOfHisRolesInHisRegion);
    CPPUNIT_TEST(anAgencyThatIsAskedSeesAForeignDossierWhileItMayWorkOnIt);
    CPPUNIT_TEST(moreDesksThanOneStatementTakesAreOneList);
    CPPUNIT_TEST(theListIsNarrowedByUrgencyHolderAndWaiting);
    CPPUNIT_TEST(wordsFindACodeElseTheStepsOfProcedures);
    CPPUNIT_TEST(theCountsSayWhatTheListsHold);
    CPPUNIT_TEST(aDestroyedKeyLeavesTheRowWithoutItsName);
    CPPUNIT_TEST(noStatementReadsAWholeTable);
    CPPUNIT_TEST(asManyStatementsForManyDossiersAsForFew);
    CPPUNIT_TEST_SUITE_END();

    ManualClock clock_{noon};
    const Context receiver_ = official("lan", {"receiver"}, "phuong-ben-nghe");

    static WorkAsked page(int limit, std::string after = {}, std::string before = {}) {
        WorkAsked asked;
        asked.limit = limit;
        asked.after = std::move(after);
        asked.before = std::move(before);
        return asked;
    }

    static Ids forwards(Office& office, const Context& context, int limit, Show show = Show::All) {
        Ids all;
        WorkAsked asked = page(limit);
        asked.show = show;
        for (int pages = 0; pages < 50; ++pages) {
            const WorkPage found = office.list(context, asked);
            const Ids ids = Office::idsOf(found);
            CPPUNIT_ASSERT(ids.size() <= static_cast<std::size_t>(limit));
            all.insert(all.end(), ids.begin(), ids.end());
            if (!found.hasAfter) break;
            CPPUNIT_ASSERT_EQUAL(static_cast<std::size_t>(limit), ids.size());
            asked.after = found.last;
        }
        return all;
    }

public:
    void theMostUrgentComeFirstPageAfterPageAndBack() {
        onEach(clock_, [&](Office& office) {
            // Filed in another order than they are due; one has no limit and comes last.
            Ids byDue(7);
            for (const int hour : {5, 1, 6, 3, 2, 4})
                byDue[static_cast<std::size_t>(hour - 1)] = office.file({.due = noon + hours{hour}});
            byDue[6] = office.file({.due = std::nullopt});
            CPPUNIT_ASSERT(forwards(office, receiver_, 3) == byDue);

            const WorkPage first = office.list(receiver_, page(3));
            CPPUNIT_ASSERT(!first.hasBefore && first.hasAfter);
            CPPUNIT_ASSERT(first.rows[0].applicant.starts_with("Người "));
            CPPUNIT_ASSERT(first.rows[0].step->dueAt == noon + hours{1});
            const WorkPage second = office.list(receiver_, page(3, first.last));
            CPPUNIT_ASSERT(second.hasBefore && second.hasAfter);
            const WorkPage third = office.list(receiver_, page(3, second.last));
            CPPUNIT_ASSERT(third.hasBefore && !third.hasAfter);
            const WorkPage back = office.list(receiver_, page(3, {}, third.first));
            CPPUNIT_ASSERT(Office::idsOf(back) == Office::idsOf(second));
            CPPUNIT_ASSERT(back.hasBefore && back.hasAfter);
            const WorkPage begin = office.list(receiver_, page(3, {}, back.first));
            CPPUNIT_ASSERT(Office::idsOf(begin) == Office::idsOf(first));
            CPPUNIT_ASSERT(!begin.hasBefore && begin.hasAfter);
            for (const char* forged : {"x", "1", "1.", "1.not-an-id", "99999999999999999999.a"})
                CPPUNIT_ASSERT(Office::idsOf(office.list(receiver_, page(3, forged))) ==
                               Office::idsOf(first));
        });
    }

    void stepsDueAtOneMomentAreNeitherLostNorRepeatedWhereAPageEnds() {
        onEach(clock_, [&](Office& office) {
            Ids all;
            for (int i = 0; i < 9; ++i)
                all.push_back(office.file({.due = noon + hours{1}})); // ids grow, so this is their order
            for (const int limit : {1, 2, 4, 9})
                CPPUNIT_ASSERT(forwards(office, receiver_, limit) == all);
            // The same over several desks.
            const Context district = official("cường", {"receiver"}, "quan-1");
            all.push_back(
                office.file({.agency = "phuong-da-kao", .desk = "phuong-da-kao", .due = noon + hours{1}}));
            CPPUNIT_ASSERT(forwards(office, district, 4) == all);
        });
    }

    void whatComesAndGoesMeanwhileMovesNoOtherRow() {
        onEach(clock_, [&](Office& office) {
            Ids ids;
            for (int i = 1; i <= 6; ++i)
                ids.push_back(office.file({.due = noon + hours{i}}));
            const WorkPage first = office.list(receiver_, page(3));
            const std::string urgent = office.file({.due = noon});
            office.finish(ids[0]);
            office.finish(ids[2]); // the very row that the page ended with
            const WorkPage second = office.list(receiver_, page(3, first.last));
            CPPUNIT_ASSERT(Office::idsOf(second) == (Ids{ids[3], ids[4], ids[5]}));
            // Back to a first page that is whole, though fewer rows stand before the second than a page has.
            const WorkPage back = office.list(receiver_, page(3, {}, second.first));
            CPPUNIT_ASSERT(Office::idsOf(back) == (Ids{urgent, ids[1], ids[3]}));
            CPPUNIT_ASSERT(!back.hasBefore);
        });
    }

    void everyOfficialSeesTheDesksOfHisRolesInHisRegion() { // O18
        onEach(clock_, [&](Office& office) {
            const std::string received = office.file({.due = noon + hours{1}});
            const std::string signing = office.file({.role = "leader", .due = noon + hours{2}});
            const std::string next = office.file({.agency = "phuong-da-kao",
                                                  .desk = "phuong-da-kao",
                                                  .role = "leader",
                                                  .due = noon + hours{3}});
            const std::string other =
                office.file({.agency = "quan-3", .desk = "quan-3", .role = "leader", .due = noon + hours{4}});
            const auto seen = [&](const Context& context) { return Office::idsOf(office.list(context)); };
            CPPUNIT_ASSERT(seen(receiver_) == Ids{received});
            CPPUNIT_ASSERT(seen(official("a", {"leader"}, "phuong-ben-nghe")) == Ids{signing});
            CPPUNIT_ASSERT(seen(official("b", {"leader"}, "quan-1")) == (Ids{signing, next}));
            CPPUNIT_ASSERT(seen(official("c", {"leader", "receiver"}, "quan-1")) ==
                           (Ids{received, signing, next}));
            CPPUNIT_ASSERT(seen(official("d", {"leader"}, "tphcm")) == (Ids{signing, next, other}));
            CPPUNIT_ASSERT(seen(official("e", {"admin"}, "tphcm")).empty());
            CPPUNIT_ASSERT(seen(official("f", {"leader"}, "phuong-none")).empty());
            CPPUNIT_ASSERT(seen(as({ActorKind::Official, "g", "g", {"leader"}, {}})).empty());
            CPPUNIT_ASSERT(seen(as({ActorKind::Citizen, "citizen", "", {"leader"}, {"tphcm"}})).empty());
            CPPUNIT_ASSERT(seen(Context{}).empty());
            // Two regions of which one lies in the other list each step once.
            CPPUNIT_ASSERT(
                seen(as({ActorKind::Official, "h", "h", {"leader"}, {"quan-1", "phuong-da-kao"}})) ==
                (Ids{signing, next}));
        });
    }

    void anAgencyThatIsAskedSeesAForeignDossierWhileItMayWorkOnIt() {
        onEach(clock_, [&](Office& office) {
            const Context asked = official("bảo", {"specialist"}, "so-tu-phap");
            const std::string free =
                office.file({.desk = "so-tu-phap", .role = "specialist", .due = noon + hours{1}});
            const std::string own = office.file(
                {.desk = "so-tu-phap", .role = "specialist", .holder = "bảo", .due = noon + hours{2}});
            office.file(
                {.desk = "so-tu-phap", .role = "specialist", .holder = "khác", .due = noon + hours{3}});
            CPPUNIT_ASSERT(Office::idsOf(office.list(asked)) == (Ids{free, own}));
        });
    }

    void moreDesksThanOneStatementTakesAreOneList() {
        onEach(clock_, [&](Office& office) {
            const auto tree = office.agencies.tree(system_);
            const auto all = tree->subtree("tphcm", civilDay(noon));
            const std::vector<std::string> roles{"receiver", "specialist", "leader", "admin"};
            CPPUNIT_ASSERT(all.size() * roles.size() > db::kMostArms);
            Ids ids;
            int hour = 0;
            for (std::size_t i = 0; i < all.size(); i += 9)
                ids.push_back(office.file({.agency = all[i]->id,
                                           .desk = all[i]->id,
                                           .role = roles[i % 3],
                                           .due = noon + hours{++hour}}));
            const Context city = official("đức", roles, "tphcm");
            CPPUNIT_ASSERT(forwards(office, city, 4) == ids);
            const WorkPage second = office.list(city, page(4, office.list(city, page(4)).last));
            const WorkPage third = office.list(city, page(4, second.last));
            CPPUNIT_ASSERT(Office::idsOf(office.list(city, page(4, {}, third.first))) ==
                           Office::idsOf(second));
            CPPUNIT_ASSERT_EQUAL(static_cast<std::int64_t>(ids.size()), office.dossiers.workCounts(city).all);
        });
    }

    void theListIsNarrowedByUrgencyHolderAndWaiting() {
        onEach(clock_, [&](Office& office) {
            const std::string late = office.file({.due = noon - minutes{1}});
            const std::string soon = office.file({.holder = "lan", .due = noon});
            const std::string later = office.file({.holder = "khác", .due = noon + kDueSoon});
            const std::string none = office.file({.due = std::nullopt});
            const auto of = [&](Show show, Urgency urgency) {
                WorkAsked asked;
                asked.show = show;
                asked.urgency = urgency;
                return Office::idsOf(office.list(receiver_, asked));
            };
            CPPUNIT_ASSERT(of(Show::All, Urgency::Any) == (Ids{late, soon, later, none}));
            CPPUNIT_ASSERT(of(Show::All, Urgency::Late) == Ids{late});
            CPPUNIT_ASSERT(of(Show::All, Urgency::Soon) == Ids{soon});
            CPPUNIT_ASSERT(of(Show::All, Urgency::InTime) == (Ids{later, none}));
            CPPUNIT_ASSERT(of(Show::Mine, Urgency::Any) == Ids{soon});
            CPPUNIT_ASSERT(of(Show::Mine, Urgency::Late).empty());
            // A step held before the official moved to another agency is not his to see any more.
            CPPUNIT_ASSERT(
                office.list(official("lan", {"receiver"}, "quan-3"), {.show = Show::Mine}).rows.empty());

            Ids waiting;
            for (int i = 0; i < 5; ++i) {
                waiting.push_back(office.file({.state = State::Supplement}));
                clock_.advance(minutes{1});
            }
            office.file({.agency = "quan-3", .state = State::Supplement});
            CPPUNIT_ASSERT(forwards(office, receiver_, 2, Show::Waiting) == waiting);
            CPPUNIT_ASSERT(forwards(office, receiver_, 9, Show::All).size() == 4);
        });
    }

    void wordsFindACodeElseTheStepsOfProcedures() {
        onEach(clock_, [&](Office& office) {
            const std::string birth = office.file({.due = noon + hours{1},
                                                   .number = "TN-261123-7K2M9QXD4B",
                                                   .code = "000.24.15.H29-261123-0001"});
            const std::string marriage = office.file({.procedure = "1.004873", .due = noon});
            const std::string ended =
                office.file({.state = State::Returned, .code = "000.24.15.H29-261123-0002"});
            office.file({.agency = "quan-3", .state = State::Returned, .code = "000.24.15.H29-261123-0003"});
            const auto found = [&](const std::string& words, Urgency urgency = Urgency::Any) {
                WorkAsked asked;
                asked.words = words;
                asked.urgency = urgency;
                return Office::idsOf(office.list(receiver_, asked));
            };
            CPPUNIT_ASSERT(found(" tn-261123-7k2m9qxd4b ") == Ids{birth});
            CPPUNIT_ASSERT(found("000.24.15.H29-261123-") ==
                           (Ids{birth, ended})); // not that of another district
            CPPUNIT_ASSERT(found("khai sinh") == Ids{birth});
            CPPUNIT_ASSERT(found("xac nhan tinh trang hon nhan") == Ids{marriage});
            CPPUNIT_ASSERT(found("khai sinh", Urgency::Late).empty());
            CPPUNIT_ASSERT(found("1.004873") == Ids{marriage});
            CPPUNIT_ASSERT(found("khong thu tuc nao nhu the").empty());
            CPPUNIT_ASSERT(found("%'; --").empty());
        });
    }

    void theCountsSayWhatTheListsHold() {
        onEach(clock_, [&](Office& office) {
            office.file({.due = noon - hours{1}});
            office.file({.holder = "lan", .due = noon + hours{1}});
            office.file({.due = noon + hours{2}});
            office.file({.agency = "quan-3", .desk = "quan-3", .due = noon});
            office.file({.state = State::Supplement});
            WorkCounts counts = office.dossiers.workCounts(receiver_);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, counts.all);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, counts.late);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, counts.soon);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, counts.inTime);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, counts.mine);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, counts.waiting);
            for (int i = 0; i < 120; ++i)
                office.file({.due = noon + hours{3}});
            counts = office.dossiers.workCounts(receiver_);
            CPPUNIT_ASSERT_EQUAL(kCountedWork, counts.soon); // and no further
            CPPUNIT_ASSERT_EQUAL(kCountedWork, counts.all);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0},
                                 office.dossiers.workCounts(as({ActorKind::Citizen, "c", "", {}, {}})).all);
        });
    }

    void aDestroyedKeyLeavesTheRowWithoutItsName() {
        onEach(clock_, [&](Office& office) {
            const std::string gone = office.file({.due = noon});
            office.write([&](db::Writer& tx) { office.vault.destroy(tx, gone); });
            const WorkPage found = office.list(receiver_);
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, found.rows.size());
            CPPUNIT_ASSERT_EQUAL(std::string{}, found.rows[0].applicant);
        });
    }

    // Every statement of every kind of list, planned as it is run.
    void noStatementReadsAWholeTable() {
        onEach(clock_, [&](Office& office) {
            for (int i = 0; i < 3; ++i)
                office.file({.holder = "lan", .due = noon + hours{i}});
            const Context district = official("lan", {"receiver", "leader"}, "quan-1");
            static_cast<void>(office.list(district)); // the tree of agencies is read whole, once
            office.database.planning = true;
            const std::string mark = office.list(district, page(1)).last;
            for (const Show show : {Show::All, Show::Mine, Show::Waiting}) {
                for (const bool back : {false, true}) {
                    WorkAsked asked = page(2, back ? "" : mark, back ? mark : "");
                    asked.show = show;
                    static_cast<void>(office.list(district, asked));
                }
                WorkAsked asked;
                asked.show = show;
                asked.words = "khai sinh";
                static_cast<void>(office.list(district, asked));
            }
            WorkAsked byCode;
            byCode.words = "TN-261123-1";
            CPPUNIT_ASSERT(!office.list(district, byCode).rows.empty());
            static_cast<void>(office.dossiers.workCounts(district));
            office.database.planning = false;
            CPPUNIT_ASSERT(office.database.plans.size() > 20);
            const std::regex whole{R"((SCAN (process_task|dossier|account|vault_key)\b)|(Seq Scan on))"};
            const std::regex sorted{R"(TEMP B-TREE FOR ORDER BY|Sort  \(cost)"};
            const auto everyStep = [](const Planned& plan) {
                std::string all;
                for (const std::string& step : plan.steps)
                    all += step + "\n";
                return all;
            };
            for (const Planned& plan : office.database.plans) {
                // The catalogue does not grow with the dossiers.
                if (plan.name.starts_with("catalogue.") || plan.name.starts_with("search.")) continue;
                const bool ordered = plan.name == "process.open" || plan.name == "dossier.waiting";
                for (const std::string& step : plan.steps) {
                    CPPUNIT_ASSERT_MESSAGE(plan.name + ": " + step, !std::regex_search(step, whole));
                    if (ordered)
                        CPPUNIT_ASSERT_MESSAGE(plan.name + ": " + everyStep(plan), !std::regex_search(step, sorted));
                }
            }
        });
    }

    void asManyStatementsForManyDossiersAsForFew() {
        onEach(clock_, [&](Office& office) {
            const Context district = official("lan", {"receiver", "leader"}, "quan-1");
            const auto cost = [&] {
                clock_.advance(hours{1}); // whatever is kept for a while is asked for anew
                static_cast<void>(office.agencies.tree(system_));
                const std::int64_t before = office.database.statements();
                static_cast<void>(office.list(district));
                static_cast<void>(office.dossiers.workCounts(district));
                return office.database.statements() - before;
            };
            for (int i = 0; i < 3; ++i)
                office.file({.holder = "lan", .due = noon + hours{i}});
            static_cast<void>(cost()); // what is read once and kept
            const std::int64_t few = cost();
            for (int i = 0; i < 200; ++i)
                office.file({.holder = i % 2 == 0 ? "lan" : "mai", .due = noon + hours{i}});
            CPPUNIT_ASSERT_EQUAL(few, cost());
            CPPUNIT_ASSERT(few <= 10);
        });
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(WorkListTest);

} // namespace
