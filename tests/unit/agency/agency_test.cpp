#include "agency/agency_repository.h"
#include "agency/agency_service.h"
#include "agency/identifier.h"

#include "support/databases.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <filesystem>

using namespace motcua;
using namespace motcua::agency;

namespace {

const CivilDay july2020{2020, 7, 13};
const CivilDay spring2021{2021, 3, 1};

AgencyFile file(std::string_view text) {
    const auto document = yaml::parse(text, "agencies.yaml");
    CPPUNIT_ASSERT_MESSAGE(document ? "" : document.error().detail, document.ok());
    auto read = agency::read(*document);
    CPPUNIT_ASSERT_MESSAGE(read ? "" : read.error().detail, read.ok());
    return *std::move(read);
}

AgencyFile shipped(const std::string& name) {
    const auto document = yaml::load("config/city/" + name);
    CPPUNIT_ASSERT_MESSAGE(document ? "" : document.error().detail, document.ok());
    auto read = agency::read(*document);
    CPPUNIT_ASSERT_MESSAGE(read ? "" : read.error().detail, read.ok());
    return *std::move(read);
}

const char* small = R"(agencies:
  - {id: city, kind: city, name: Thành phố, identifier: H29, old_identifier: 000.00.00.H29}
  - {id: d1, kind: district, parent: city, name: Quận 1, identifier: H29.41, old_identifier: 000.00.41.H29}
  - {id: d2, kind: district, parent: city, name: Quận 2, identifier: H29.42, aliases: [H29.42.00.000]}
  - {id: w1, kind: ward, parent: d1, name: Phường Bến Nghé}
  - {id: w2, kind: ward, parent: d2, name: Phường An Phú}
)";

Context as(Actor actor) {
    Context context;
    context.actor = std::move(actor);
    return context;
}

const Context system_ = as(Actor::system("test"));

} // namespace

class AgencyTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AgencyTest);
    CPPUNIT_TEST(theTwoFormsOfAnIdentifierSayTheSame); // G12, regulations 1.2 and 1.3
    CPPUNIT_TEST(brokenIdentifiersAreRefused);
    CPPUNIT_TEST(theShippedCityHasItsAgencies);
    CPPUNIT_TEST(anAgencyIsFoundByEitherFormAndByAlias);
    CPPUNIT_TEST(theTreeIsThatOfTheDay);
    CPPUNIT_TEST(aRegionHoldsItselfAndAllBelow); // O18
    CPPUNIT_TEST(loadingTwiceChangesNothingAndKeepsAReform);
    CPPUNIT_TEST(anotherNodeSeesAChangeWithinASecond);
    CPPUNIT_TEST(aBadTreeIsRefusedWhole);
    CPPUNIT_TEST(onlyAnAdministratorOfTheRegionMayChange);
    CPPUNIT_TEST(mistakesInTheFileAreNamedByLine);
    CPPUNIT_TEST(theTreeIsWrittenAsTheFileItCameFrom); // N16
    CPPUNIT_TEST_SUITE_END();

    ManualClock clock_{CivilDay{2026, 11, 23}.start()};
    audit::Audit audit_{clock_};

    std::vector<test::TestDatabase> databases() {
        return test::databases({&audit::schema(), &agency::schema()}, clock_);
    }

    void theTwoFormsOfAnIdentifierSayTheSame() {
        const std::pair<const char*, const char*> same[] = {{"000.00.00.H29", "H29"},
                                                            {"000.00.15.H29", "H29.15"},
                                                            {"000.01.41.H29", "H29.41.01"},
                                                            {"012.01.41.H29", "H29.41.01.12"}};
        for (const auto& [old, made] : same) {
            CPPUNIT_ASSERT_EQUAL(std::string{made}, newForm(old).value_or(""));
            CPPUNIT_ASSERT_EQUAL(std::string{old}, oldForm(made).value_or(""));
        }
        CPPUNIT_ASSERT_EQUAL(std::string{"H29.15"}, newForm("00.15.H29").value_or(""));
        CPPUNIT_ASSERT_EQUAL(std::string{"H29.15"}, newForm("15.H29").value_or(""));
        CPPUNIT_ASSERT(isIdentifier("H55.242"));
        CPPUNIT_ASSERT(!oldForm("H55.242"));
    }

    void brokenIdentifiersAreRefused() {
        for (const char* text :
             {"", ".", "H29.", ".H29", "h29", "Z29.01", "H2.01", "H29..01", "H29 .01", "000.00.15.H2",
              "00.000.15.H29", "0000.00.15.H29", "1.000.00.15.H29", "000.00.1a.H29"}) {
            CPPUNIT_ASSERT_MESSAGE(text, !isOldIdentifier(text));
            CPPUNIT_ASSERT_MESSAGE(text, !newForm(text));
        }
        CPPUNIT_ASSERT(!isIdentifier("H29." + std::string(40, '1')));
        CPPUNIT_ASSERT(!isIdentifier("H29.é"));
    }

    void theShippedCityHasItsAgencies() {
        const auto city = shipped("agencies.yaml");
        int districts = 0;
        int wards = 0;
        for (const auto& written : city.agencies) {
            const auto& agency = written.agency;
            districts += agency.kind == Kind::District;
            wards += agency.kind == Kind::Ward;
            CPPUNIT_ASSERT_EQUAL_MESSAGE(agency.id, agency.kind == Kind::Ward,
                                         agency.kind == Kind::Ward && agency.derived);
        }
        CPPUNIT_ASSERT_EQUAL(24, districts);
        CPPUNIT_ASSERT_EQUAL(22, wards);
        for (auto& database : databases()) {
            AgencyService service{*database, audit_, clock_};
            const auto report = service.load(system_, city);
            CPPUNIT_ASSERT_MESSAGE(report ? "" : report.error().detail, report.ok());
            CPPUNIT_ASSERT_EQUAL(static_cast<int>(city.agencies.size()), report->added);
            CPPUNIT_ASSERT_EQUAL(std::string{"Sở Tư pháp"}, service.find(system_, "000.00.15.H29")->name);
            CPPUNIT_ASSERT_EQUAL(std::string{"Quận 12"}, service.find(system_, "H29.52")->shortName);
            CPPUNIT_ASSERT_EQUAL(std::size_t{13}, service.children(system_, "quan-1").size());
        }
    }

    void anAgencyIsFoundByEitherFormAndByAlias() {
        for (auto& database : databases()) {
            AgencyService service{*database, audit_, clock_};
            CPPUNIT_ASSERT(service.load(system_, file(small)).ok());
            for (const char* text : {"d1", "H29.41", "000.00.41.H29", "00.41.H29", "41.H29"})
                CPPUNIT_ASSERT_EQUAL_MESSAGE(text, std::string{"d1"}, service.find(system_, text)->id);
            CPPUNIT_ASSERT_EQUAL(std::string{"d2"}, service.find(system_, "H29.42.00.000")->id);
            CPPUNIT_ASSERT_EQUAL(std::string{"d2"}, service.find(system_, "000.00.42.H29")->id);
            for (const char* text : {"", "d3", "H29.43", "' OR 1=1"})
                CPPUNIT_ASSERT_EQUAL_MESSAGE(text, std::string{"agency.unknown"},
                                             service.find(system_, text).error().code);
        }
    }

    void theTreeIsThatOfTheDay() {
        for (auto& database : databases()) {
            AgencyService service{*database, audit_, clock_};
            CPPUNIT_ASSERT(service.load(system_, shipped("agencies.yaml")).ok());
            CPPUNIT_ASSERT(service.load(system_, shipped("reforms/2021-thu-duc.yaml")).ok());
            const auto tree = service.tree(system_);
            CPPUNIT_ASSERT_EQUAL(std::string{"quan-thu-duc"}, tree->parent("phuong-linh-dong", july2020));
            CPPUNIT_ASSERT_EQUAL(std::string{"thanh-pho-thu-duc"},
                                 tree->parent("phuong-linh-dong", spring2021));
            CPPUNIT_ASSERT(tree->within("quan-thu-duc", "phuong-linh-dong", july2020));
            CPPUNIT_ASSERT(!tree->within("quan-thu-duc", "phuong-linh-dong", spring2021));
            const auto districts = [&](const CivilDay& day) {
                int count = 0;
                for (const auto* child : tree->children("tphcm", day))
                    count += child->kind == Kind::District;
                return count;
            };
            CPPUNIT_ASSERT_EQUAL(24, districts(july2020));
            CPPUNIT_ASSERT_EQUAL(22, districts(spring2021)); // three became one
            CPPUNIT_ASSERT(tree->find("quan-9")->validOn(CivilDay{2020, 12, 31}));
            CPPUNIT_ASSERT(!tree->find("quan-9")->validOn(CivilDay{2021, 1, 1}));
            CPPUNIT_ASSERT_EQUAL(std::string{"thanh-pho-thu-duc"}, tree->find("quan-9")->successor);
        }
    }

    void aRegionHoldsItselfAndAllBelow() {
        for (auto& database : databases()) {
            AgencyService service{*database, audit_, clock_};
            CPPUNIT_ASSERT(service.load(system_, file(small)).ok());
            CPPUNIT_ASSERT(service.within(system_, "city", "w1"));
            CPPUNIT_ASSERT(service.within(system_, "d1", "d1"));
            CPPUNIT_ASSERT(service.within(system_, "d1", "w1"));
            CPPUNIT_ASSERT(!service.within(system_, "d2", "w1"));
            CPPUNIT_ASSERT(!service.within(system_, "w1", "d1"));
            CPPUNIT_ASSERT(!service.within(system_, "nowhere", "nowhere"));
            const auto above = service.ancestors(system_, "w1");
            CPPUNIT_ASSERT_EQUAL(std::size_t{2}, above.size());
            CPPUNIT_ASSERT_EQUAL(std::string{"d1"}, above[0].id);
            CPPUNIT_ASSERT_EQUAL(std::size_t{5}, service.tree(system_)->subtree("city", july2020).size());
        }
    }

    void loadingTwiceChangesNothingAndKeepsAReform() {
        for (auto& database : databases()) {
            AgencyService service{*database, audit_, clock_};
            const auto city = shipped("agencies.yaml");
            CPPUNIT_ASSERT(service.load(system_, city).ok());
            CPPUNIT_ASSERT(service.load(system_, shipped("reforms/2021-thu-duc.yaml")).ok());
            const auto version =
                database->read(system_, [](db::Reader& reader) { return stateVersion(reader); });
            for (const auto& again : {city, shipped("reforms/2021-thu-duc.yaml")}) {
                const auto report = service.load(system_, again);
                CPPUNIT_ASSERT_EQUAL(0, report->added + report->changed);
                CPPUNIT_ASSERT_EQUAL(static_cast<int>(again.agencies.size()), report->unchanged);
            }
            CPPUNIT_ASSERT_EQUAL(
                version, database->read(system_, [](db::Reader& reader) { return stateVersion(reader); }));
            CPPUNIT_ASSERT(!service.tree(system_)->find("quan-2")->validOn(spring2021));
        }
    }

    void anotherNodeSeesAChangeWithinASecond() {
        for (auto& database : databases()) {
            AgencyService one{*database, audit_, clock_};
            AgencyService other{*database, audit_, clock_};
            CPPUNIT_ASSERT(one.load(system_, file(small)).ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"Quận 1"}, other.find(system_, "d1")->name);
            CPPUNIT_ASSERT(
                one.load(system_,
                         file("agencies:\n  - {id: d1, kind: district, parent: city, name: Quận Nhất}\n"))
                    .ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"Quận Nhất"}, one.find(system_, "d1")->name);
            clock_.advance(Millis{1000});
            CPPUNIT_ASSERT_EQUAL(std::string{"Quận Nhất"}, other.find(system_, "d1")->name);
            CPPUNIT_ASSERT(!other.find(system_, "H29.41")); // the name went with the old row
        }
    }

    void aBadTreeIsRefusedWhole() {
        for (auto& database : databases()) {
            AgencyService service{*database, audit_, clock_};
            CPPUNIT_ASSERT(service.load(system_, file(small)).ok());
            for (const char* text :
                 {"moved:\n  - {id: d1, parent: w1, from: 2020-01-01}\n", // a circle
                  "agencies:\n  - {id: d9, kind: district, parent: none, name: Quận 9}\n",
                  "agencies:\n  - {id: d9, kind: district, parent: city, name: Quận 9, identifier: H29.41}\n",
                  "agencies:\n  - {id: x, kind: ward, parent: d1, name: X, from: 2021-01-01, to: "
                  "2020-01-01}\n",
                  "closed:\n  - {id: d9, to: 2020-01-01}\n",
                  "closed:\n  - {id: d1, to: 2020-01-01, into: d9}\n"}) {
                const auto report = service.load(system_, file(text));
                CPPUNIT_ASSERT_MESSAGE(text, !report.ok());
                CPPUNIT_ASSERT_EQUAL_MESSAGE(text, std::string{"agency.bad_tree"}, report.error().code);
                CPPUNIT_ASSERT_MESSAGE(text, !report.error().detail.empty());
            }
            CPPUNIT_ASSERT_EQUAL(std::size_t{5}, service.tree(system_)->all().size());
        }
    }

    void onlyAnAdministratorOfTheRegionMayChange() {
        for (auto& database : databases()) {
            AgencyService service{*database, audit_, clock_};
            CPPUNIT_ASSERT(service.load(system_, file(small)).ok());
            const Context official = as({ActorKind::Official, "o", "", {"leader"}, {"city"}});
            const Context adminOfOne = as({ActorKind::Official, "a", "", {"admin"}, {"d1"}});
            const Context citizen = as({ActorKind::Citizen, "c", "", {"admin"}, {"city"}});
            const auto own = file("agencies:\n  - {id: w1, kind: ward, parent: d1, name: Phường khác}\n");
            const auto foreign = file("agencies:\n  - {id: w2, kind: ward, parent: d2, name: Phường khác}\n");
            const auto grab = file("moved:\n  - {id: w2, parent: d1, from: 2020-01-01}\n");
            CPPUNIT_ASSERT_EQUAL(std::string{"agency.denied"}, service.load(official, own).error().code);
            CPPUNIT_ASSERT_EQUAL(std::string{"agency.denied"}, service.load(citizen, own).error().code);
            CPPUNIT_ASSERT_EQUAL(std::string{"agency.denied"},
                                 service.load(adminOfOne, foreign).error().code);
            CPPUNIT_ASSERT_EQUAL(std::string{"agency.denied"}, service.load(adminOfOne, grab).error().code);
            CPPUNIT_ASSERT(service.load(adminOfOne, own).ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"Phường khác"}, service.find(system_, "w1")->name);
        }
    }

    void mistakesInTheFileAreNamedByLine() {
        const auto document =
            yaml::parse("agencies:\n"
                        "  - {id: Quận, kind: town, parent: city, name: X}\n"
                        "  - {id: a, kind: ward, name: X, colour: red}\n"
                        "  - {id: a, kind: ward, parent: b, name: X, identifier: h29, from: 31/02/2020}\n"
                        "  - {id: b, kind: ward, parent: b, name: X, identifier: H29.15, old_identifier: "
                        "000.00.16.H29}\n",
                        "agencies.yaml");
        const auto read = agency::read(*document);
        CPPUNIT_ASSERT(!read.ok());
        const std::string& detail = read.error().detail;
        for (const char* part :
             {"agencies.yaml:2: agencies[0].id", "agencies.yaml:2: agencies[0].kind",
              "agencies.yaml:3: agencies[1].parent", "agencies.yaml:3: agencies[1].colour: unknown key",
              "agencies.yaml:4: agencies[2].identifier", "agencies.yaml:4: agencies[2].from",
              "agencies.yaml:4: agencies[2].id", "agencies.yaml:5: agencies[3].old_identifier"})
            CPPUNIT_ASSERT_MESSAGE(std::string{part} + " in\n" + detail,
                                   detail.find(part) != std::string::npos);
    }

    void theTreeIsWrittenAsTheFileItCameFrom() {
        for (auto& database : databases()) {
            AgencyService service{*database, audit_, clock_};
            CPPUNIT_ASSERT(service.load(system_, shipped("agencies.yaml")).ok());
            CPPUNIT_ASSERT(service.load(system_, shipped("reforms/2021-thu-duc.yaml")).ok());
            const auto tree = service.tree(system_);
            const auto again = file(yaml::write(agency::write(tree->all(), tree->places())));
            for (auto& copy : databases()) {
                AgencyService second{*copy, audit_, clock_};
                const auto report = second.load(system_, again);
                CPPUNIT_ASSERT_MESSAGE(report ? "" : report.error().detail, report.ok());
                CPPUNIT_ASSERT(second.tree(system_)->all() == tree->all());
                CPPUNIT_ASSERT(second.tree(system_)->places() == tree->places());
            }
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AgencyTest);
