// The small values: days, money in words, bytes, ids, configuration, results.
#include "base/bytes.h"
#include "base/civil_day.h"
#include "base/config.h"
#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "base/secret_file.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include <sys/stat.h>
#include <unistd.h>

using namespace motcua;

class ValuesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ValuesTest);
    CPPUNIT_TEST(theCivilDayTurnsAtMidnightOfHoChiMinhCity);
    CPPUNIT_TEST(daysThatDoNotExistAreRefused);
    CPPUNIT_TEST(moneyIsWrittenAsReceiptsSayIt);
    CPPUNIT_TEST(bytesSurviveTheirWrittenForms);
    CPPUNIT_TEST(macsAgreeWithTheRfcs);
    CPPUNIT_TEST(idsAreUniqueAndSortByTheirMaking);
    CPPUNIT_TEST(configNamesThePlaceOfAnError);
    CPPUNIT_TEST(aSecretFileIsMadeWholeOnceAndForItsOwner);
    CPPUNIT_TEST(triedResultsHandTheirErrorOn);
    CPPUNIT_TEST_SUITE_END();

    void aSecretFileIsMadeWholeOnceAndForItsOwner() { // N4
        namespace fs = std::filesystem;
        const fs::path folder = fs::temp_directory_path() / ("motcua-secret-" + toHex(randomBytes(8)));
        fs::create_directory(folder);
        const std::string file = folder / "key";
        std::vector<std::thread>
            makers; // of two that begin together one makes it, and nobody sees half of it
        std::atomic<int> made{0};
        for (int i = 0; i < 4; ++i)
            makers.emplace_back([&] { made += createSecretFile(file, "the secret") ? 1 : 0; });
        for (auto& maker : makers)
            maker.join();
        CPPUNIT_ASSERT_EQUAL(1, made.load());
        CPPUNIT_ASSERT(!createSecretFile(file, "another"));
        std::ifstream in{file};
        const std::string held{std::istreambuf_iterator<char>{in}, {}};
        CPPUNIT_ASSERT_EQUAL(std::string{"the secret"}, held);
        struct stat status {};
        CPPUNIT_ASSERT(::stat(file.c_str(), &status) == 0);
        CPPUNIT_ASSERT_EQUAL(0400u, status.st_mode & 0777u);
        CPPUNIT_ASSERT(!isOpenToOthers(file));
        ::chmod(file.c_str(), 0440);
        CPPUNIT_ASSERT(isOpenToOthers(file));
        CPPUNIT_ASSERT_EQUAL(std::ptrdiff_t{1},
                             std::distance(fs::directory_iterator{folder}, {})); // no draft
        CPPUNIT_ASSERT_THROW(createSecretFile(folder / "none" / "key", "x"), std::runtime_error);
        fs::remove_all(folder);
    }

    void theCivilDayTurnsAtMidnightOfHoChiMinhCity() {
        const CivilDay day{2026, 11, 23};
        CPPUNIT_ASSERT(civilDay(day.start()) == day);
        CPPUNIT_ASSERT(civilDay(day.start() - Millis{1}) == (CivilDay{2026, 11, 22}));
        CPPUNIT_ASSERT_EQUAL(std::string{"2026-11-22T17:00:00.000Z"}, toIso8601(day.start()));
        CPPUNIT_ASSERT_EQUAL(1u, day.weekday());
        CPPUNIT_ASSERT_EQUAL(std::string{"261123"}, day.compact());
        CPPUNIT_ASSERT_EQUAL(15 * 60 + 1, minuteOfDay(day.start() + std::chrono::minutes{15 * 60 + 1}));
        CPPUNIT_ASSERT_EQUAL(std::string{"08:05 23/11/2026"},
                             vietnameseMoment(day.start() + std::chrono::minutes{485}));
        CPPUNIT_ASSERT(civilDay(Instant{-1}) == (CivilDay{1970, 1, 1}));
    }

    void daysThatDoNotExistAreRefused() {
        CPPUNIT_ASSERT(CivilDay::parse("29/02/2024") == (CivilDay{2024, 2, 29}));
        CPPUNIT_ASSERT(CivilDay::parse("2024-02-29") == (CivilDay{2024, 2, 29}));
        for (const char* text : {"29/02/2023", "2023-13-01", "31/04/2023", "1/1/2023", "2023/01/01",
                                 "aaaa-bb-cc", "", "2023-01-011"})
            CPPUNIT_ASSERT_MESSAGE(text, !CivilDay::parse(text));
        CPPUNIT_ASSERT_EQUAL(366, daysBetween({2024, 1, 1}, {2025, 1, 1}));
    }

    void moneyIsWrittenAsReceiptsSayIt() {
        CPPUNIT_ASSERT_EQUAL(std::string{"1.250.000 đ"}, format(Money{1250000}));
        CPPUNIT_ASSERT_EQUAL(std::string{"-8.000 đ"}, format(Money{-8000}));
        const std::vector<std::pair<std::int64_t, std::string>> cases{
            {0, "Không đồng"},
            {8000, "Tám nghìn đồng"},
            {15, "Mười lăm đồng"},
            {21, "Hai mươi mốt đồng"},
            {105, "Một trăm linh năm đồng"},
            {1250000, "Một triệu hai trăm năm mươi nghìn đồng"},
            {1000005, "Một triệu không trăm linh năm đồng"},
            {1000000000000, "Một nghìn tỷ đồng"},
            {-1000, "Âm một nghìn đồng"},
        };
        for (const auto& [dong, words] : cases)
            CPPUNIT_ASSERT_EQUAL(words, inWords(Money{dong}));
    }

    void bytesSurviveTheirWrittenForms() {
        for (std::size_t size = 0; size < 70; ++size) {
            const std::string bytes = randomBytes(size);
            CPPUNIT_ASSERT(fromHex(toHex(bytes)) == bytes);
            CPPUNIT_ASSERT(fromBase64(toBase64(bytes)) == bytes);
            CPPUNIT_ASSERT(fromBase64Url(toBase64Url(bytes)) == bytes);
        }
        for (const char* text : {"a", "ab=c", "a b=", "====", "ab-_"})
            CPPUNIT_ASSERT_MESSAGE(text, !fromBase64(text));
        CPPUNIT_ASSERT(!fromHex("0g"));
        CPPUNIT_ASSERT(!fromHex("0"));
    }

    void macsAgreeWithTheRfcs() {
        CPPUNIT_ASSERT_EQUAL(std::string{"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
                             toHex(sha256("abc")));
        // RFC 4231, test case 2
        CPPUNIT_ASSERT_EQUAL(std::string{"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
                             toHex(hmacSha256("Jefe", "what do ya want for nothing?")));
        CPPUNIT_ASSERT(equalInConstantTime("abc", "abc") && !equalInConstantTime("abc", "abd") &&
                       !equalInConstantTime("a", "ab"));
    }

    void idsAreUniqueAndSortByTheirMaking() {
        const ManualClock clock{{1700000000000}};
        std::vector<std::vector<std::string>> made(4);
        std::vector<std::thread> makers;
        for (auto& mine : made)
            makers.emplace_back([&] {
                for (int i = 0; i < 3000; ++i)
                    mine.push_back(newId(clock));
            });
        for (auto& maker : makers)
            maker.join();
        std::set<std::string> all;
        for (const auto& mine : made) {
            CPPUNIT_ASSERT(std::is_sorted(mine.begin(), mine.end()));
            for (const auto& id : mine)
                CPPUNIT_ASSERT(isId(id) && all.insert(id).second);
        }
        CPPUNIT_ASSERT_EQUAL('7', all.begin()->at(14));
        CPPUNIT_ASSERT(!isId("018bcfe5-6800-7000-8000-00000000000G"));
    }

    void configNamesThePlaceOfAnError() {
        Config config{{{"http.port", "8080", "the port"}, {"roles", "web,jobs", "the roles"}}};
        CPPUNIT_ASSERT_EQUAL(std::int64_t{8080}, *config.integer("http.port", 1, 65535));
        CPPUNIT_ASSERT(config.set("http.port = 99999").ok());
        CPPUNIT_ASSERT(config.integer("http.port", 1, 65535).error().detail.find("99999") !=
                       std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::string{"config.unknown_key"}, config.set("http.prot=1").error().code);
        CPPUNIT_ASSERT(config.list("roles") == (std::vector<std::string>{"web", "jobs"}));
        CPPUNIT_ASSERT_THROW(config.text("nobody"), std::logic_error);

        const std::string path = "config_test.properties";
        std::ofstream{path} << "# a comment\nhttp.port = 81\nnonsense\n";
        const auto loaded = config.load(path);
        std::remove(path.c_str());
        CPPUNIT_ASSERT(loaded.error().detail.starts_with(path + ":3: "));
    }

    static Result<int> doubled(Result<int> from) {
        MOTCUA_TRY(value, from);
        return value * 2;
    }

    void triedResultsHandTheirErrorOn() {
        CPPUNIT_ASSERT_EQUAL(8, *doubled(4));
        CPPUNIT_ASSERT_EQUAL(std::string{"x.gone"}, doubled(notFound("x.gone")).error().code);
        CPPUNIT_ASSERT_THROW(doubled(conflict("x.stale")).value(), std::logic_error);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ValuesTest);
