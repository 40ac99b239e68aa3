#include "catalogue_fixture.h"

#include <algorithm>

using namespace motcua;
using namespace motcua::catalogue;
using catalogue::test::as;
using catalogue::test::cities;
using catalogue::test::City;
using catalogue::test::good;
using catalogue::test::shippedContent;
using catalogue::test::system_;

namespace {

std::string codes(const ListPage& page) {
    std::string all;
    for (const auto& item : page.items)
        all += (all.empty() ? "" : " ") + item.code;
    return all;
}

// The birth registration under another name.
Content renamed(const std::string& name, std::optional<CivilDay> from = {}) {
    for (auto procedure : shippedContent().procedures) {
        if (procedure.code != "1.001193") continue;
        procedure.name.vi = name;
        procedure.effectiveFrom = from;
        return {{}, {procedure}};
    }
    return {};
}

} // namespace

class CatalogueServiceTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(CatalogueServiceTest);
    CPPUNIT_TEST(loadingTwiceChangesNothing);
    CPPUNIT_TEST(aChangedFileMakesANewVersion); // O19, O21
    CPPUNIT_TEST(aVersionOfTheFutureWaitsForItsDay);
    CPPUNIT_TEST(proceduresAreFoundByWordsWithoutMarks); // P2, X5
    CPPUNIT_TEST(filtersNarrowAListAndASearch);          // P2
    CPPUNIT_TEST(pagesFollowEachOtherWithoutGapOrRepetition);
    CPPUNIT_TEST(bothBackendsAnswerAlike);
    CPPUNIT_TEST(receiversAreTheAgenciesOfTheLevels);
    CPPUNIT_TEST(theCouncilsFeeTakesThePlaceOfTheDemoFromItsDayOn);
    CPPUNIT_TEST(onlyAnAdministratorOfTheCityMayChange); // O18
    CPPUNIT_TEST(unknownFieldsAndAgenciesAreRefusedWhole);
    CPPUNIT_TEST(oddCodesCursorsAndPageSizes);
    CPPUNIT_TEST(theExportIsWhatWasLoaded);  // N16
    CPPUNIT_TEST(everyVersionIsOnTheRecord); // G24
    CPPUNIT_TEST_SUITE_END();

    ManualClock clock_{CivilDay{2026, 11, 23}.start()};

    static ListPage list(City& city, std::string_view words, const Filter& filter = {},
                         std::int64_t limit = 20) {
        return good(city.catalogue.list(system_, words, filter, "", limit));
    }

    void loadingTwiceChangesNothing() {
        for (const auto& city : cities(clock_)) {
            const int count = static_cast<int>(shippedContent().procedures.size());
            CPPUNIT_ASSERT_EQUAL(count, good(city->catalogue.load(system_, shippedContent())).added);
            const auto again = good(city->catalogue.load(system_, shippedContent()));
            CPPUNIT_ASSERT_EQUAL(0, again.added + again.changed);
            CPPUNIT_ASSERT_EQUAL(count, again.unchanged);
            CPPUNIT_ASSERT_EQUAL(shippedContent().fields.size(), city->catalogue.fields(system_).size());
        }
    }

    void aChangedFileMakesANewVersion() {
        for (const auto& city : cities(clock_)) {
            good(city->catalogue.load(system_, shippedContent()));
            const auto first = good(city->catalogue.procedure(system_, "1.001193"));
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, first.version);
            CPPUNIT_ASSERT_EQUAL(1, good(city->catalogue.load(system_, renamed("Ghi tên trẻ mới"))).changed);
            const auto second = good(city->catalogue.procedure(system_, "1.001193"));
            CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, second.version);
            CPPUNIT_ASSERT_EQUAL(std::string{"Ghi tên trẻ mới"}, second.procedure.name.vi);
            // Yesterday's dossiers stay on theirs.
            const CivilDay yesterday{2026, 11, 22};
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1},
                                 good(city->catalogue.procedure(system_, "1.001193", yesterday)).version);
            CPPUNIT_ASSERT_EQUAL(
                first.procedure.name.vi,
                good(city->catalogue.version(system_, "1.001193", 1, yesterday)).procedure.name.vi);
            // Found by the new words only, and once.
            CPPUNIT_ASSERT_EQUAL(std::string{"1.001193"}, codes(list(*city, "ghi ten tre moi")));
            // A second change on the same day ends the first of them at once.
            good(city->catalogue.load(system_, renamed("Ghi tên trẻ")));
            CPPUNIT_ASSERT_EQUAL(std::int64_t{3},
                                 good(city->catalogue.procedure(system_, "1.001193")).version);
            CPPUNIT_ASSERT_EQUAL(std::string{"1.001193"}, codes(list(*city, "ghi ten tre")));
        }
    }

    void aVersionOfTheFutureWaitsForItsDay() {
        for (const auto& city : cities(clock_)) {
            clock_.set(CivilDay{2026, 11, 23}.start());
            good(city->catalogue.load(system_, shippedContent()));
            good(city->catalogue.load(system_, renamed("Khai sinh theo luật mới", CivilDay{2027, 1, 1})));
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1},
                                 good(city->catalogue.procedure(system_, "1.001193")).version);
            CPPUNIT_ASSERT(codes(list(*city, "khai sinh theo luat moi")).find("1.001193") ==
                               std::string::npos ||
                           list(*city, "khai sinh theo luat moi").items.front().version == 1);
            clock_.set(CivilDay{2027, 1, 1}.start());
            CPPUNIT_ASSERT_EQUAL(std::int64_t{2},
                                 good(city->catalogue.procedure(system_, "1.001193")).version);
            CPPUNIT_ASSERT_EQUAL(std::string{"1.001193"},
                                 list(*city, "khai sinh theo luat moi").items.front().code);
            clock_.set(CivilDay{2026, 11, 23}.start());
        }
    }

    void proceduresAreFoundByWordsWithoutMarks() {
        const std::pair<const char*, const char*> wanted[] = {{"khai sinh", "1.001193"},
                                                              {"giay phep xay dung", "1.013225"},
                                                              {"GIẤY PHÉP XÂY DỰNG", "1.013225"},
                                                              {"ho kinh doanh", "1.001612"},
                                                              {"giay doc than", "1.004873"},
                                                              {"trich luc", "2.000635"},
                                                              {"sao y", "2.000815"},
                                                              {"ket hon", "1.000894"},
                                                              {"nhap ho khau", "1.004222"},
                                                              {"1.013225", "1.013225"},
                                                              {"birth certificate", "1.001193"},
                                                              {"so do", ""},
                                                              {"mo quan", "1.001612"},
                                                              {"xay nha", "1.013225"},
                                                              {"ly lich tu phap", "3.000333"}};
        for (const auto& city : cities(clock_)) {
            good(city->catalogue.load(system_, shippedContent()));
            for (const auto& [words, code] : wanted) {
                const auto page = list(*city, words);
                CPPUNIT_ASSERT_MESSAGE(words, !page.items.empty());
                if (*code) CPPUNIT_ASSERT_EQUAL_MESSAGE(words, std::string{code}, page.items.front().code);
            }
            CPPUNIT_ASSERT(list(*city, "zzzz qqqq").items.empty());
        }
    }

    void filtersNarrowAListAndASearch() {
        for (const auto& city : cities(clock_)) {
            good(city->catalogue.load(system_, shippedContent()));
            const auto count = [&](const Filter& filter, std::string_view words = "") {
                return list(*city, words, filter, 200).items.size();
            };
            const auto expected = [](auto holds) {
                const auto& all = shippedContent().procedures;
                return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), holds));
            };
            CPPUNIT_ASSERT_EQUAL(expected([](const auto& p) { return p.field == "ho-tich"; }),
                                 count({"ho-tich", {}, {}, false}));
            CPPUNIT_ASSERT_EQUAL(expected([](const auto& p) {
                                     return std::find(p.levels.begin(), p.levels.end(), Level::Ward) !=
                                            p.levels.end();
                                 }),
                                 count({"", Level::Ward, {}, false}));
            CPPUNIT_ASSERT_EQUAL(std::size_t{5}, count({"", {}, 3, false}));
            CPPUNIT_ASSERT_EQUAL(std::size_t{5}, count({"", {}, {}, true}));
            CPPUNIT_ASSERT_EQUAL(std::size_t{0}, count({"no-field", {}, {}, false}));
            CPPUNIT_ASSERT_EQUAL(std::string{"1.001193 2.000635"},
                                 codes(list(*city, "khai sinh", {"ho-tich", {}, 4, false})));
        }
    }

    void pagesFollowEachOtherWithoutGapOrRepetition() {
        for (const auto& city : cities(clock_)) {
            good(city->catalogue.load(system_, shippedContent()));
            for (const std::string words : {"", "dang ky"}) {
                const auto whole = list(*city, words, {}, 200);
                CPPUNIT_ASSERT(whole.items.size() > 20);
                std::string joined;
                std::string cursor;
                int pages = 0;
                do {
                    const auto page = good(city->catalogue.list(system_, words, {}, cursor, 7));
                    joined += (joined.empty() ? "" : " ") + codes(page);
                    cursor = page.next;
                    ++pages;
                } while (!cursor.empty());
                CPPUNIT_ASSERT_EQUAL(codes(whole), joined);
                CPPUNIT_ASSERT_EQUAL(static_cast<int>((whole.items.size() + 6) / 7), pages);
            }
        }
    }

    void bothBackendsAnswerAlike() {
        const auto both = cities(clock_);
        for (const auto& city : both)
            good(city->catalogue.load(system_, shippedContent()));
        for (const char* words : {"", "dang ky", "giay", "cap", "xay dung nha o quan 1", "đất", "h29", "k"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(words, codes(list(*both.front(), words, {}, 200)),
                                         codes(list(*both.back(), words, {}, 200)));
    }

    void receiversAreTheAgenciesOfTheLevels() {
        for (const auto& city : cities(clock_)) {
            good(city->catalogue.load(system_, shippedContent()));
            const auto of = [&](const char* code) {
                return city->catalogue.receivers(system_,
                                                 good(city->catalogue.procedure(system_, code)).procedure);
            };
            CPPUNIT_ASSERT_EQUAL(std::size_t{22}, of("1.001193").size()); // every ward
            CPPUNIT_ASSERT_EQUAL(std::size_t{24}, of("1.013225").size()); // every district
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, of("1.005136").size());
            CPPUNIT_ASSERT_EQUAL(std::string{"so-tu-phap"}, of("1.005136").front().id);
            CPPUNIT_ASSERT_EQUAL(std::size_t{1 + 24 + 22}, of("2.000635").size()); // one department of many
        }
    }

    void theCouncilsFeeTakesThePlaceOfTheDemoFromItsDayOn() {
        for (const auto& city : cities(clock_)) {
            good(city->catalogue.load(system_, shippedContent()));
            const auto fee = [&](const CivilDay& day) {
                return good(city->catalogue.procedure(system_, "1.001193", day))
                    .procedure.findCase("qua_han")
                    ->feesFor(Channel::Online)
                    ->front();
            };
            const CivilDay from{2026, 12, 1};
            CPPUNIT_ASSERT(
                city->catalogue.setCouncilFee(system_, "1.001193", "le_phi", Money{8000}, from).ok());
            CPPUNIT_ASSERT(fee(CivilDay{2026, 11, 30}).isDemo());
            CPPUNIT_ASSERT(!fee(from).isDemo());
            CPPUNIT_ASSERT_EQUAL(std::int64_t{8000}, fee(from).total(1)->dong);
            const auto refused = [&](const char* code, const char* id, Money amount) {
                return city->catalogue.setCouncilFee(system_, code, id, amount, from).error().code;
            };
            CPPUNIT_ASSERT_EQUAL(std::string{"catalogue.no_council_fee"},
                                 refused("2.000635", "phi", Money{1}));
            CPPUNIT_ASSERT_EQUAL(std::string{"catalogue.no_procedure"}, refused("9.999999", "phi", Money{1}));
            CPPUNIT_ASSERT_EQUAL(std::string{"form.invalid"}, refused("1.001193", "le_phi", Money{-1}));
        }
    }

    void onlyAnAdministratorOfTheCityMayChange() {
        for (const auto& city : cities(clock_)) {
            const Actor refused[] = {{ActorKind::Anonymous, "", "", {}, {}},
                                     {ActorKind::Citizen, "c", "", {"admin"}, {"tphcm"}},
                                     {ActorKind::Official, "l", "", {"leader"}, {"tphcm"}},
                                     {ActorKind::Official, "q", "", {"admin"}, {"quan-1"}}};
            for (const auto& actor : refused) {
                CPPUNIT_ASSERT_EQUAL(std::string{"catalogue.denied"},
                                     city->catalogue.load(as(actor), shippedContent()).error().code);
                CPPUNIT_ASSERT_EQUAL(
                    std::string{"catalogue.denied"},
                    city->catalogue
                        .setCouncilFee(as(actor), "1.001193", "le_phi", Money{1}, CivilDay{2026, 1, 1})
                        .error()
                        .code);
            }
            CPPUNIT_ASSERT(list(*city, "").items.empty());
            const Actor admin{ActorKind::Official, "a", "", {"admin"}, {"tphcm"}};
            CPPUNIT_ASSERT(city->catalogue.load(as(admin), shippedContent()).ok());
        }
    }

    void unknownFieldsAndAgenciesAreRefusedWhole() {
        for (const auto& city : cities(clock_)) {
            Content content = renamed("Khai sinh");
            content.procedures.front().field = "no-field";
            content.procedures.front().agencies = {"no-agency"};
            const auto loaded = city->catalogue.load(system_, content);
            CPPUNIT_ASSERT_EQUAL(std::string{"catalogue.bad_content"}, loaded.error().code);
            CPPUNIT_ASSERT(loaded.error().detail.find("no-field") != std::string::npos);
            CPPUNIT_ASSERT(loaded.error().detail.find("no-agency") != std::string::npos);
            CPPUNIT_ASSERT(list(*city, "").items.empty());
        }
    }

    void oddCodesCursorsAndPageSizes() {
        for (const auto& city : cities(clock_)) {
            good(city->catalogue.load(system_, shippedContent()));
            for (const char* code : {"", "1.001193 ", "1.00119", "' OR 1=1 --", "9.999999"})
                CPPUNIT_ASSERT_EQUAL(std::string{"catalogue.no_procedure"},
                                     city->catalogue.procedure(system_, code).error().code);
            for (const char* cursor : {"x", "!!", "AAAA", "' OR 1=1"})
                for (const char* words : {"", "khai sinh"})
                    CPPUNIT_ASSERT_EQUAL_MESSAGE(
                        cursor, std::string{"catalogue.bad_cursor"},
                        city->catalogue.list(system_, words, {}, cursor, 5).error().code);
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, list(*city, "", {}, -5).items.size());
            CPPUNIT_ASSERT(list(*city, "", {}, INT64_MAX).items.size() <= 200);
            CPPUNIT_ASSERT(!city->catalogue.version(system_, "1.001193", 7, CivilDay{2026, 1, 1}).ok());
        }
    }

    void theExportIsWhatWasLoaded() {
        for (const auto& city : cities(clock_)) {
            good(city->catalogue.load(system_, shippedContent()));
            const auto content = city->catalogue.content(system_);
            CPPUNIT_ASSERT(content.procedures == shippedContent().procedures);
            CPPUNIT_ASSERT_EQUAL(shippedContent().fields.size(), content.fields.size());
        }
    }

    void everyVersionIsOnTheRecord() {
        for (const auto& city : cities(clock_)) {
            good(city->catalogue.load(system_, renamedWithFields()));
            good(city->catalogue.load(system_, renamed("Khai sinh lại")));
            const auto records = city->database->read(system_, [](db::Reader& reader) {
                return audit::Audit::records(reader, "procedure:1.001193");
            });
            CPPUNIT_ASSERT_EQUAL(std::size_t{2}, records.size());
            CPPUNIT_ASSERT_EQUAL(std::string{"catalogue.version_added"}, records.back().action);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, records.back().details["version"].integer());
        }
    }

    static Content renamedWithFields() {
        Content content = renamed("Khai sinh");
        content.fields = shippedContent().fields;
        return content;
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(CatalogueServiceTest);
