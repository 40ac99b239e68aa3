// The files of config/city/procedures, and the strictness with which such files are read.
#include "catalogue_fixture.h"

#include <filesystem>
#include <set>

using namespace motcua;
using namespace motcua::catalogue;
using catalogue::test::good;
using catalogue::test::shippedContent;

class ContentTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ContentTest);
    CPPUNIT_TEST(theCityShipsAtLeastSeventyProcedures);
    CPPUNIT_TEST(theFiveReadyOnesAreComplete);   // issue: five procedures ready end to end
    CPPUNIT_TEST(whatIsWrittenReadsBackTheSame); // N16
    CPPUNIT_TEST(aFolderIsWrittenAndReadBack);
    CPPUNIT_TEST(mistakesAreNamedByFileLineAndKey);
    CPPUNIT_TEST(feesAddUp);
    CPPUNIT_TEST(aChannelTakesWhatItLeavesOpenFromItsCase);
    CPPUNIT_TEST_SUITE_END();

    static const Procedure& shipped(std::string_view code) {
        for (const auto& procedure : shippedContent().procedures)
            if (procedure.code == code) return procedure;
        CPPUNIT_FAIL("not shipped: " + std::string{code});
        return shippedContent().procedures.front();
    }

    void theCityShipsAtLeastSeventyProcedures() {
        const auto& content = shippedContent();
        CPPUNIT_ASSERT(content.procedures.size() >= 70);
        std::set<std::string> fields;
        for (const auto& field : content.fields)
            fields.insert(field.id);
        for (const auto& procedure : content.procedures) {
            CPPUNIT_ASSERT_MESSAGE(procedure.code, fields.contains(procedure.field));
            CPPUNIT_ASSERT_MESSAGE(procedure.code, !procedure.cases.empty() && !procedure.steps.empty());
            CPPUNIT_ASSERT_MESSAGE(procedure.code,
                                   !procedure.legalBasis.empty() && !procedure.serves.empty());
            CPPUNIT_ASSERT_EQUAL(procedure.code + ".000.00.00.H29", procedure.localCode);
            for (const auto& result : procedure.results)
                CPPUNIT_ASSERT_MESSAGE(procedure.code, result.code.starts_with("KQ.G"));
        }
    }

    void theFiveReadyOnesAreComplete() {
        std::set<std::string> ready;
        for (const auto& procedure : shippedContent().procedures)
            if (procedure.ready) ready.insert(procedure.code);
        CPPUNIT_ASSERT(ready ==
                       (std::set<std::string>{"1.001193", "1.001612", "1.004873", "1.013225", "2.000635"}));
        for (const auto& code : ready) {
            const auto& procedure = shipped(code);
            CPPUNIT_ASSERT_MESSAGE(code, !procedure.name.en.empty() && !procedure.summary.vi.empty());
            CPPUNIT_ASSERT_MESSAGE(code, !procedure.papers.empty() && !procedure.results.empty());
            CPPUNIT_ASSERT_MESSAGE(code, procedure.search.size() >= 3 && procedure.onlineLevel == 4);
            for (const auto& each : procedure.cases) {
                CPPUNIT_ASSERT_MESSAGE(code, each.limitFor(Channel::Online).has_value());
                CPPUNIT_ASSERT_MESSAGE(code, each.feesFor(Channel::Online).has_value());
            }
        }
        const auto& fees = shipped("2.000635").cases.front().feesFor(Channel::Online);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{24000}, fees->front().total(3)->dong); // 8,000 đ a copy
        CPPUNIT_ASSERT(shipped("1.001193").findCase("dung_han")->feesFor(Channel::Online)->empty());
        const auto& late = shipped("1.001193").findCase("qua_han")->feesFor(Channel::Online)->front();
        CPPUNIT_ASSERT(late.setBy == FeeSetter::Council && late.isDemo());
        CPPUNIT_ASSERT_EQUAL(std::string{"15 days"},
                             shipped("1.013225").findCase("nha_o")->limitFor(Channel::Direct)->text());
    }

    void whatIsWrittenReadsBackTheSame() {
        for (const auto& procedure : shippedContent().procedures) {
            const std::string text = yaml::write(toJson(procedure));
            const auto again = good(readProcedure(good(yaml::parse(text, procedure.code))));
            CPPUNIT_ASSERT_MESSAGE(text, again == procedure);
            CPPUNIT_ASSERT(good(readProcedure(toJson(procedure))) == procedure);
        }
    }

    void aFolderIsWrittenAndReadBack() {
        const motcua::test::TemporaryFolder folder;
        const std::string path = folder / "export";
        good(Result<int>{writeFolder(path, shippedContent()).ok() ? 1 : 0});
        const auto again = good(readFolder(path));
        CPPUNIT_ASSERT(again.fields == shippedContent().fields);
        CPPUNIT_ASSERT(again.procedures == shippedContent().procedures);
        std::filesystem::rename(path + "/procedures/1.001193.yaml", path + "/procedures/1.001194.yaml");
        const auto misnamed = readFolder(path);
        CPPUNIT_ASSERT(!misnamed.ok());
        CPPUNIT_ASSERT(misnamed.error().detail.find("1.001194.yaml:1: code") != std::string::npos);
        CPPUNIT_ASSERT(!readFolder(folder / "nowhere").ok());
        CPPUNIT_ASSERT(!writeFolder("/proc/none", shippedContent()).ok());
    }

    void mistakesAreNamedByFileLineAndKey() {
        const char* text = "code: 1.00119\n"
                           "name: Thử\n"
                           "field: ho-tich\n"
                           "levels: [ward, moon]\n"
                           "colour: red\n"
                           "questions:\n"
                           "  - {id: uy_quyen, ask: Có ủy quyền}\n"
                           "cases:\n"
                           "  - id: a\n"
                           "    name: Một\n"
                           "    when: not(uy_quyen) and mau_do\n"
                           "    limit: 3\n"
                           "    fees:\n"
                           "      - {id: phi, name: Phí, set_by: council}\n"
                           "      - {id: phi, name: Phí, amount: -5}\n"
                           "    channels: [online, pigeon]\n"
                           "  - {id: a, name: Hai, limit: 3 ngày, channels: []}\n"
                           "papers:\n"
                           "  - {id: Giấy, name: Giấy, originals: 1000, needed: \"(((\"}\n"
                           "online_level: 5\n";
        const auto read = readProcedure(good(yaml::parse(text, "1.00119.yaml")));
        CPPUNIT_ASSERT(!read.ok());
        const std::string& detail = read.error().detail;
        for (const char* part :
             {":1: code: ", ":4: levels: wrong value, expected no 'moon'", ":5: colour: unknown key",
              ":11: cases[0].when: wrong value, expected a question 'mau_do'", ":12: cases[0].limit",
              ":14: cases[0].fees[0].demo", ":15: cases[0].fees[1].id", ":15: cases[0].fees[1].amount",
              ":16: cases[0].channels", ":17: cases[1].id", ":17: cases[1].limit", ":17: cases[1].channels",
              ":19: papers[0].id", ":19: papers[0].originals",
              ":19: papers[0].needed: wrong value, expected a condition", ":20: online_level"})
            CPPUNIT_ASSERT_MESSAGE(std::string{part} + " in\n" + detail,
                                   detail.find(part) != std::string::npos);
    }

    void feesAddUp() {
        const auto& copies = shipped("2.000815").cases.front().feesFor(Channel::Direct)->front();
        const std::pair<int, int> pages[] = {{0, 0},    {1, 2000},   {2, 4000},
                                             {3, 5000}, {10, 12000}, {500, 200000}};
        for (const auto& [count, dong] : pages)
            CPPUNIT_ASSERT_EQUAL(std::int64_t{dong}, copies.total(count)->dong);
        CPPUNIT_ASSERT(!copies.total(-1));
        Fee council;
        council.setBy = FeeSetter::Council;
        CPPUNIT_ASSERT(!council.total(1));
        council.demo = Money{5000};
        CPPUNIT_ASSERT(council.isDemo());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{5000}, council.total(1)->dong);
        council.amount = Money{0};
        CPPUNIT_ASSERT(!council.isDemo());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, council.total(1)->dong);
    }

    void aChannelTakesWhatItLeavesOpenFromItsCase() {
        const auto& residence = shipped("1.004222").cases.front();
        CPPUNIT_ASSERT_EQUAL(std::string{"7 working_days"}, residence.limitFor(Channel::Online)->text());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{10000}, residence.feesFor(Channel::Online)->front().total(1)->dong);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{20000}, residence.feesFor(Channel::Direct)->front().total(1)->dong);
        CPPUNIT_ASSERT(!residence.limitFor(Channel::Post));
        CPPUNIT_ASSERT(!residence.feesFor(Channel::Post));
        CPPUNIT_ASSERT(!shipped("1.004222").canBeFiled(Channel::Post));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ContentTest);
