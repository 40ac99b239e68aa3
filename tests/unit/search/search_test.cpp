#include "search/ranking.h"
#include "search/search.h"

#include "support/databases.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

using namespace motcua;
using search::Entry;

namespace {

const std::vector<Entry> shelf{
    {"procedure",
     "birth",
     "Đăng ký khai sinh",
     {"làm giấy khai sinh", "con mới sinh"},
     "Giấy chứng sinh của trẻ"},
    {"procedure", "birth-again", "Đăng ký lại khai sinh", {"mất giấy khai sinh"}, ""},
    {"procedure", "extract", "Cấp bản sao Trích lục hộ tịch, bản sao Giấy khai sinh", {"trích lục"}, ""},
    {"procedure",
     "house",
     "Cấp giấy phép xây dựng mới đối với nhà ở riêng lẻ",
     {"giấy phép xây dựng"},
     "Bản vẽ"},
    {"procedure", "permit-longer", "Gia hạn giấy phép xây dựng", {}, ""},
    {"procedure", "death", "Đăng ký khai tử", {}, "Không cần giấy khai sinh"},
    {"question", "q1", "Khai sinh ở đâu?", {}, ""},
};

std::string ids(const std::vector<search::Hit>& hits) {
    std::string all;
    for (const auto& hit : hits)
        all += (all.empty() ? "" : " ") + hit.id;
    return all;
}

} // namespace

class SearchTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SearchTest);
    CPPUNIT_TEST(wordsWithoutMarksFindWordsWithMarks); // G10, P2
    CPPUNIT_TEST(aPhrasePeopleUseComesBeforeTitlesThatHoldIt);
    CPPUNIT_TEST(aWordIsFoundByItsBeginningAndALetterOnlyWhole);
    CPPUNIT_TEST(withoutAFullAnswerTheMostWordsCount);
    CPPUNIT_TEST(anEntryIsReplacedAndRemoved);
    CPPUNIT_TEST(oddQueriesFindNothingAndBreakNothing);
    CPPUNIT_TEST(ranksFollowTheOrderOfTheirNames);
    CPPUNIT_TEST_SUITE_END();

    std::vector<test::TestDatabase> filled() {
        auto all = test::databases({&search::schema()});
        for (auto& database : all) {
            const auto done = database->write(Context{}, [](db::Writer& writer) -> Result<void> {
                for (const auto& entry : shelf)
                    search::put(writer, entry);
                return {};
            });
            CPPUNIT_ASSERT_MESSAGE(database.name, done.ok());
        }
        return all;
    }

    static std::string found(test::TestDatabase& database, std::string_view query,
                             std::string_view kind = "procedure") {
        return ids(
            database->read(Context{}, [&](db::Reader& reader) { return search::find(reader, kind, query); }));
    }

    void wordsWithoutMarksFindWordsWithMarks() {
        for (auto& database : filled()) {
            const std::string expected = "birth birth-again extract death";
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, expected, found(database, "khai sinh"));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, expected, found(database, "  KHAI   Sinh! "));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, std::string{"q1"},
                                         found(database, "khai sinh", "question"));
        }
    }

    void aPhrasePeopleUseComesBeforeTitlesThatHoldIt() {
        for (auto& database : filled()) {
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, std::string{"house permit-longer"},
                                         found(database, "giay phep xay dung"));
        }
    }

    void aWordIsFoundByItsBeginningAndALetterOnlyWhole() {
        for (auto& database : filled()) {
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, std::string{"permit-longer house"},
                                         found(database, "xay d"));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, std::string{"extract"}, found(database, "trich l"));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, std::string{"extract"}, found(database, "tri"));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, std::string{}, found(database, "l"));
        }
    }

    void withoutAFullAnswerTheMostWordsCount() {
        for (auto& database : filled()) {
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, std::string{"house"},
                                         found(database, "giay phep xay dung nha quan muoi"));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, std::string{},
                                         found(database, "dua hau xoai birth khai"));
        }
    }

    void anEntryIsReplacedAndRemoved() {
        for (auto& database : filled()) {
            const auto changed = database->write(Context{}, [](db::Writer& writer) -> Result<void> {
                search::put(writer, {"procedure", "death", "Báo tử", {}, ""});
                search::remove(writer, "procedure", "birth-again");
                return {};
            });
            CPPUNIT_ASSERT(changed.ok());
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, std::string{"birth extract"},
                                         found(database, "khai sinh"));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, std::string{"death"}, found(database, "bao tu"));
        }
    }

    void oddQueriesFindNothingAndBreakNothing() {
        for (auto& database : filled()) {
            for (const std::string& query : {std::string{}, std::string{"%"}, std::string{"' OR 1=1 --"},
                                             std::string{"\xff\xfe"}, std::string(5000, '_')})
                CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, std::string{}, found(database, query));
            std::string many;
            for (int i = 0; i < 3000; ++i)
                many += "khai sinh ";
            CPPUNIT_ASSERT_MESSAGE(database.name, found(database, many).starts_with("birth "));
        }
    }

    void ranksFollowTheOrderOfTheirNames() {
        using search::Rank;
        const auto rank = [](const search::Folded& entry, const char* query) {
            return search::match(entry, query, search::queryWords(query))->rank;
        };
        CPPUNIT_ASSERT(rank({"khai sinh", {}, ""}, "khai sinh") == Rank::Title);
        CPPUNIT_ASSERT(rank({"dang ky", {"khai sinh"}, ""}, "khai sinh") == Rank::Phrase);
        CPPUNIT_ASSERT(rank({"dang ky khai sinh", {}, ""}, "khai sinh") == Rank::TitlePhrase);
        CPPUNIT_ASSERT(rank({"dang ky", {"lam khai sinh"}, ""}, "khai sinh") == Rank::PartOfPhrase);
        CPPUNIT_ASSERT(rank({"sinh roi khai", {}, ""}, "khai sinh") == Rank::TitleWords);
        CPPUNIT_ASSERT(rank({"khai", {"sinh"}, ""}, "khai sinh") == Rank::KnownWords);
        CPPUNIT_ASSERT(rank({"a", {}, "giay khai sinh"}, "khai sinh") == Rank::BodyPhrase);
        CPPUNIT_ASSERT(rank({"sinh", {}, "khai"}, "khai sinh") == Rank::AllWords);
        CPPUNIT_ASSERT(rank({"khai", {}, ""}, "khai sinh") == Rank::SomeWords);
        CPPUNIT_ASSERT(!search::holdsPhrase("makhai sinh", "khai sinh"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SearchTest);
