// Papers as data: numbers, places, who signs; on both databases. // P14, O7
#include "agency/agency_tree.h"
#include "signing/paper_repository.h"
#include "support/databases.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <set>

using namespace motcua;
using namespace motcua::signing;

namespace {

agency::Agency made(const std::string& id, agency::Kind kind, const std::string& name,
                    const std::string& shortName = {}) {
    agency::Agency agency;
    agency.id = id;
    agency.kind = kind;
    agency.name = name;
    agency.shortName = shortName;
    return agency;
}

agency::Tree city() {
    using agency::Kind;
    return {{made("tp", Kind::City, "Ủy ban nhân dân Thành phố Hồ Chí Minh", "Thành phố Hồ Chí Minh"),
             made("sxd", Kind::Department, "Sở Xây dựng"),
             made("q1", Kind::District, "Ủy ban nhân dân Quận 1", "Quận 1"),
             made("btan", Kind::District, "Ủy ban nhân dân Quận Bình Tân", "Quận Bình Tân"),
             made("bn", Kind::Ward, "Ủy ban nhân dân Phường Bến Nghé", "Phường Bến Nghé"),
             made("p7", Kind::Ward, "Ủy ban nhân dân Phường 7"),
             made("qldt", Kind::Unit, "Phòng Quản lý đô thị")},
            {{"sxd", agency::always, "tp"},
             {"q1", agency::always, "tp"},
             {"btan", agency::always, "tp"},
             {"bn", agency::always, "q1"},
             {"p7", agency::always, "q1"},
             {"qldt", agency::always, "q1"}}};
}

constexpr CivilDay day{2026, 11, 23};

} // namespace

class PaperTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PaperTest);
    CPPUNIT_TEST(numbersHaveNoGapsInTheirRegister);
    CPPUNIT_TEST(aNumberIsGivenBackWithItsTransaction);
    CPPUNIT_TEST(aPaperIsKeptAndMadeOnce);
    CPPUNIT_TEST(whatWaitsIsFoundWhenItsTimeComes);
    CPPUNIT_TEST(whatLacksATimestampIsFoundUntilItHasOne);
    CPPUNIT_TEST(reasonsStandSealed);
    CPPUNIT_TEST(placesAreCalledAsTheDecreeSays);
    CPPUNIT_TEST(momentsAreWorded);
    CPPUNIT_TEST(theNearestProfileSigns);
    CPPUNIT_TEST(checkCodesAreReadAsTheyAreMeant);
    CPPUNIT_TEST_SUITE_END();

    ManualClock clock_{{1'795'400'000'000}};
    vault::Vault vault_{vault::MasterKey{std::string(32, 'k')}, clock_};

    template <typename Check>
    void onBoth(Check check) {
        for (auto& database : test::databases({&vault::schema(), &schema()})) {
            PaperRepository papers{vault_};
            check(papers, *database.database);
        }
    }

    Paper paper(const std::string& id, const std::string& dossier = "d1") {
        Paper paper;
        paper.id = id;
        paper.dossier = dossier;
        paper.kind = kResult;
        paper.agency = "bn";
        paper.year = 2026;
        paper.number = 7;
        paper.checkCode = "CODE" + id;
        paper.askedAt = clock_.now();
        paper.askedBy = "u1";
        paper.facts.set("note", "Giấy chứng sinh bị mờ").set("due_ms", 5);
        paper.mustSign = true;
        return paper;
    }

    void numbersHaveNoGapsInTheirRegister() {
        onBoth([](PaperRepository& papers, db::Database& database) {
            const auto next = [&](const char* agency, int year, const char* reg) {
                return *database.write(Context{}, [&](db::Writer& tx) -> Result<std::int64_t> {
                    return papers.nextNumber(tx, agency, year, reg);
                });
            };
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, next("bn", 2026, "1.001193"));
            CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, next("bn", 2026, "1.001193"));
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, next("bn", 2026, "receipt"));
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, next("q1", 2026, "1.001193"));
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, next("bn", 2027, "1.001193"));
            CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, next("bn", 2026, "1.001193"));
        });
    }

    void aNumberIsGivenBackWithItsTransaction() {
        onBoth([](PaperRepository& papers, db::Database& database) {
            const auto failed = database.write(Context{}, [&](db::Writer& tx) -> Result<std::int64_t> {
                papers.nextNumber(tx, "bn", 2026, "receipt");
                return conflict("dossier.stale");
            });
            CPPUNIT_ASSERT(!failed);
            const auto next = database.write(Context{}, [&](db::Writer& tx) -> Result<std::int64_t> {
                return papers.nextNumber(tx, "bn", 2026, "receipt");
            });
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, *next);
        });
    }

    void aPaperIsKeptAndMadeOnce() {
        onBoth([&](PaperRepository& papers, db::Database& database) {
            CPPUNIT_ASSERT(database.write(Context{}, [&](db::Writer& tx) -> Result<void> {
                papers.insert(tx, paper("p1"), clock_.now());
                papers.insert(tx, paper("p2"), clock_.now());
                return {};
            }));
            const auto mark = [&](const char* file) {
                return *database.write(Context{}, [&](db::Writer& tx) -> Result<bool> {
                    return papers.markMade(tx, "p1", file, Level::Timed, clock_.now());
                });
            };
            CPPUNIT_ASSERT(mark("f1"));
            CPPUNIT_ASSERT(!mark("f2"));
            const auto found =
                database.read(Context{}, [&](db::Reader& tx) { return papers.findByCode(tx, "CODEp1"); });
            CPPUNIT_ASSERT(found && found->made() && found->isSigned && found->mustSign);
            CPPUNIT_ASSERT_EQUAL(std::string{"f1"}, found->file);
            CPPUNIT_ASSERT(found->level == Level::Timed);
            CPPUNIT_ASSERT_EQUAL(std::string{"7/2026"}, found->shownNumber());
            CPPUNIT_ASSERT_EQUAL(std::string{"Giấy chứng sinh bị mờ"}, found->facts["note"].string());
            const auto all =
                database.read(Context{}, [&](db::Reader& tx) { return papers.ofDossier(tx, "d1"); });
            CPPUNIT_ASSERT_EQUAL(std::size_t{2}, all.size());
            CPPUNIT_ASSERT(!all[1].made() && all[1].file.empty());
            const auto none = database.read(Context{}, [&](db::Reader& tx) { return papers.find(tx, "p9"); });
            CPPUNIT_ASSERT_EQUAL(std::string{"paper.none"}, none.error().code);
        });
    }

    void whatWaitsIsFoundWhenItsTimeComes() {
        onBoth([&](PaperRepository& papers, db::Database& database) {
            CPPUNIT_ASSERT(database.write(Context{}, [&](db::Writer& tx) -> Result<void> {
                papers.insert(tx, paper("p1"), clock_.now() + Millis{1000});
                papers.insert(tx, paper("p2"), clock_.now() + Millis{9000});
                papers.markMade(tx, "p2", "f", {}, clock_.now());
                return {};
            }));
            const auto due = [&](Millis later) {
                return database.read(
                    Context{}, [&](db::Reader& tx) { return papers.unmade(tx, clock_.now() + later, 10); });
            };
            CPPUNIT_ASSERT(due(Millis{999}).empty());
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, due(Millis{99'000}).size());
            CPPUNIT_ASSERT(database.write(Context{}, [&](db::Writer& tx) -> Result<void> {
                papers.postpone(tx, "p1", "signing.no_profile", clock_.now() + Millis{5000});
                return {};
            }));
            CPPUNIT_ASSERT(due(Millis{4999}).empty());
            CPPUNIT_ASSERT_EQUAL(std::string{"signing.no_profile"}, due(Millis{5000}).at(0).problem);
        });
    }

    void whatLacksATimestampIsFoundUntilItHasOne() {
        onBoth([&](PaperRepository& papers, db::Database& database) {
            const auto written = [&](auto change) {
                CPPUNIT_ASSERT(database.write(Context{}, [&](db::Writer& tx) -> Result<void> {
                    change(tx);
                    return {};
                }));
            };
            const auto waiting = [&] {
                return database.read(Context{},
                                     [&](db::Reader& tx) { return papers.toExtend(tx, clock_.now(), 10); });
            };
            written([&](db::Writer& tx) {
                papers.insert(tx, paper("p1"), clock_.now());
                papers.markMade(tx, "p1", "f1", Level::Basic, clock_.now());
            });
            CPPUNIT_ASSERT(waiting().empty());
            written([&](db::Writer& tx) { papers.setExtension(tx, "p1", clock_.now()); });
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, waiting().size());
            CPPUNIT_ASSERT(waiting().front().level == Level::Basic);
            written([&](db::Writer& tx) {
                CPPUNIT_ASSERT(!papers.markExtended(tx, "p1", "another", "f2", Level::Timed));
                CPPUNIT_ASSERT(papers.markExtended(tx, "p1", "f1", "f2", Level::Timed));
                papers.setExtension(tx, "p1", {});
            });
            CPPUNIT_ASSERT(waiting().empty());
            const auto found =
                database.read(Context{}, [&](db::Reader& tx) { return papers.find(tx, "p1"); });
            CPPUNIT_ASSERT_EQUAL(std::string{"f2"}, found->file);
            CPPUNIT_ASSERT(found->level == Level::Timed);
        });
    }

    void reasonsStandSealed() { // N4
        onBoth([&](PaperRepository& papers, db::Database& database) {
            CPPUNIT_ASSERT(database.write(Context{}, [&](db::Writer& tx) -> Result<void> {
                papers.insert(tx, paper("p1"), clock_.now());
                return {};
            }));
            constexpr db::Query stored{"test.facts", "SELECT facts FROM paper"};
            const auto bytes = database.read(Context{}, [&](db::Reader& tx) {
                return *tx.one(stored, [](const db::Row& row) { return std::string{row.blob(0)}; });
            });
            CPPUNIT_ASSERT(bytes.find("chứng sinh") == std::string::npos);
        });
    }

    void placesAreCalledAsTheDecreeSays() { // Decree 30/2020, annex I, II.4
        const agency::Tree tree = city();
        const auto place = [&](const char* id) { return placeOf(tree, *tree.find(id), day); };
        CPPUNIT_ASSERT_EQUAL(std::string{"Bến Nghé"}, place("bn"));
        CPPUNIT_ASSERT_EQUAL(std::string{"Phường 7"}, place("p7"));
        CPPUNIT_ASSERT_EQUAL(std::string{"Quận 1"}, place("q1"));
        CPPUNIT_ASSERT_EQUAL(std::string{"Bình Tân"}, place("btan"));
        CPPUNIT_ASSERT_EQUAL(std::string{"Thành phố Hồ Chí Minh"}, place("tp"));
        CPPUNIT_ASSERT_EQUAL(std::string{"Thành phố Hồ Chí Minh"}, place("sxd"));
        CPPUNIT_ASSERT_EQUAL(std::string{"Quận 1"}, place("qldt"));
    }

    void momentsAreWorded() {
        CPPUNIT_ASSERT_EQUAL(std::string{"07 giờ 00 phút, ngày 01 tháng 01 năm 1970"},
                             wordedMoment(Instant{0}));
        CPPUNIT_ASSERT_EQUAL(std::string{"ngày 05 tháng 9 năm 2026"}, wordedDay({2026, 9, 5}));
        CPPUNIT_ASSERT_EQUAL(std::string{"ngày 23 tháng 11 năm 2026"}, wordedDay(day));
    }

    void theNearestProfileSigns() {
        const agency::Tree tree = city();
        const std::vector<std::string> names{"default", "q1", "sxd"};
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, *profileFor(names, tree, "bn", day));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, *profileFor(names, tree, "q1", day));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, *profileFor(names, tree, "sxd", day));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, *profileFor(names, tree, "btan", day));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, *profileFor({"tp"}, tree, "bn", day));
        CPPUNIT_ASSERT(!profileFor({"sxd"}, tree, "bn", day)); // another agency's seal signs for nobody else
        CPPUNIT_ASSERT(!profileFor({}, tree, "bn", day));
    }

    void checkCodesAreReadAsTheyAreMeant() {
        CPPUNIT_ASSERT_EQUAL(std::string{"7K2M0QXD1B"}, normalCheckCode(" 7k2m-oqxd lb "));
        std::set<std::string> codes;
        for (int i = 0; i < 200; ++i) {
            const std::string code = newCheckCode();
            CPPUNIT_ASSERT_EQUAL(code, normalCheckCode(code));
            codes.insert(code);
        }
        CPPUNIT_ASSERT_EQUAL(std::size_t{200}, codes.size());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PaperTest);
