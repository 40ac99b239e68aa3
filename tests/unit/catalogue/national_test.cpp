// Reading the national portal's pages: what stands there without doubt is taken, the rest is told of, nothing
// is guessed.
#include "catalogue_fixture.h"

#include "catalogue/national_import.h"

#include <Poco/DeflatingStream.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

using namespace motcua;
using namespace motcua::catalogue;
using catalogue::test::as;
using catalogue::test::cities;
using catalogue::test::good;
using catalogue::test::shippedContent;
using catalogue::test::system_;
using national::Reason;

namespace {

constexpr const char* head = "Hình thức nộpThời gianPhí, lệ phíMô tả";

struct Told {
    std::vector<std::pair<Reason, std::string>> all;
    national::Tell tell() {
        return [this](Reason reason, std::string_view text) { all.emplace_back(reason, std::string{text}); };
    }
    std::string reasons() const {
        std::string names;
        for (const auto& [reason, text] : all)
            names += (names.empty() ? "" : " ") + std::string{national::name(reason)};
        return names;
    }
};

std::string fixture() {
    std::ifstream in{"tests/fixtures/catalogue/national.jsonl"};
    std::ostringstream text;
    text << in.rdbuf();
    CPPUNIT_ASSERT(in.good());
    return text.str();
}

std::string gzipped(const std::string& text) {
    std::ostringstream out;
    Poco::DeflatingOutputStream deflating{out, Poco::DeflatingStreamBuf::STREAM_GZIP};
    deflating << text;
    deflating.close();
    return out.str();
}

bool has(const ImportReport& report, std::string_view code, std::string_view field, Reason reason) {
    for (const auto& issue : report.issues)
        if (issue.code == code && issue.field == field && issue.reason == reason) return true;
    return false;
}

} // namespace

class NationalTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(NationalTest);
    CPPUNIT_TEST(limitsAndFeesAreReadOnlyWithTheirUnits);
    CPPUNIT_TEST(aSecondRowOfAChannelIsAFurtherCase);
    CPPUNIT_TEST(countsGluedToDigitsAreToldNotGuessed);
    CPPUNIT_TEST(resultsEndWhereThePagesChromeBegins);
    CPPUNIT_TEST(numbersOfLawsAreParted);
    CPPUNIT_TEST(aWholeFileIsReadInOneRun); // G4
    CPPUNIT_TEST(readingItAgainChangesNothingAndKeepsTheCitysOwn);
    CPPUNIT_TEST(aFileCutInTheMiddleIsToldOf);
    CPPUNIT_TEST(onlyAnAdministratorOfTheCityMayImport);
    CPPUNIT_TEST(theWholeNationalFileIsRead);
    CPPUNIT_TEST_SUITE_END();

    ManualClock clock_{CivilDay{2026, 11, 23}.start()};

    static std::vector<Case> channels(const std::string& rows, const std::string& reasons) {
        Told told;
        auto cases = national::readChannels(head + rows, told.tell());
        CPPUNIT_ASSERT_EQUAL_MESSAGE(rows, reasons, told.reasons());
        return cases;
    }

    void limitsAndFeesAreReadOnlyWithTheirUnits() {
        auto cases =
            channels("Trực tuyến3 Ngày làm việcMiễn phíTrực tiếp15 Ngày20,000 VNĐ(/hồ sơ)Tại quầy", "");
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, cases.size());
        CPPUNIT_ASSERT_EQUAL(std::string{"3 working_days"}, cases[0].limitFor(Channel::Online)->text());
        CPPUNIT_ASSERT(cases[0].feesFor(Channel::Online)->empty());
        CPPUNIT_ASSERT_EQUAL(std::string{"15 days"}, cases[0].limitFor(Channel::Direct)->text());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{20000}, cases[0].feesFor(Channel::Direct)->front().amount->dong);

        CPPUNIT_ASSERT(!channels("Trực tuyến1Miễn phí", "no_unit")[0].limitFor(Channel::Online));
        const auto glued = channels("Trực tiếp1100 VNĐ", "run_together")[0];
        CPPUNIT_ASSERT(!glued.limitFor(Channel::Direct) && !glued.feesFor(Channel::Direct));
        CPPUNIT_ASSERT(
            !channels("Trực tiếp5 Ngày500 VNĐ(500.000 đồng)", "too_small")[0].feesFor(Channel::Direct));
        CPPUNIT_ASSERT(!channels("Trực tiếp5 Ngày30,000 VNĐ", "no_unit")[0].feesFor(Channel::Direct));
        CPPUNIT_ASSERT(!channels("Trực tiếp5 Ngày10 USD(/bản)", "unknown_unit")[0].feesFor(Channel::Direct));
        const std::string council = "Miễn phí(Mức thu do Hội đồng nhân dân quyết định)";
        CPPUNIT_ASSERT(!channels("Trực tiếp5 Ngày" + council, "contradiction")[0].feesFor(Channel::Direct));
        CPPUNIT_ASSERT(
            !channels("Trực tiếp2 TuầnKhông có thông tin", "unknown_unit")[0].limitFor(Channel::Direct));
        channels("Trực tiếp7.5 Ngày làm việc40,000 VNĐ", "no_unit");
        channels("Trực tuyếnKhông phải trả kết quảMiễn phí", "run_together");
        channels("", "");
        CPPUNIT_ASSERT(
            channels("Trực tiếp99999999999999999999 NgàyMiễn phí", "bad_code")[0].channels.size() == 1);
    }

    void aSecondRowOfAChannelIsAFurtherCase() {
        const auto cases =
            channels("Trực tiếp3 NgàyKhông có thông tinCó thẻ.Trực tiếp7 NgàyKhông có thông tin", "");
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, cases.size());
        CPPUNIT_ASSERT_EQUAL(std::string{"7 days"}, cases[1].limitFor(Channel::Direct)->text());
        CPPUNIT_ASSERT(cases[0].id != cases[1].id);
    }

    void countsGluedToDigitsAreToldNotGuessed() {
        const std::string group = "--Tên giấy tờMẫu đơn, tờ khaiSố lượng";
        Told told;
        const auto read = national::readPapers(group +
                                                   "- Đơn (nộp 01 bản chính).1 bản chínhẢnh1 bản chính,2 bản "
                                                   "saoPhải rõ ràng.0 bản chính* Khác:" +
                                                   group.substr(2) + "Sổ1 bản sao",
                                               told.tell());
        CPPUNIT_ASSERT_EQUAL(std::string{}, told.reasons());
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, read.papers.size());
        CPPUNIT_ASSERT_EQUAL(std::string{"Đơn (nộp 01 bản chính)."}, read.papers[0].name.vi);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, read.papers[1].copies);
        CPPUNIT_ASSERT_EQUAL(std::string{"Sổ"}, read.papers[2].name.vi);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, read.papers[2].originals);
        CPPUNIT_ASSERT_EQUAL(std::string{"Phải rõ ràng."}, read.notes.at(0));

        const auto doubtful = national::readPapers(
            group + "Đơn theo Mẫu số 181 bản chínhTờ khai.Mau.docx1 bản chínhcòn lại", told.tell());
        CPPUNIT_ASSERT_EQUAL(std::string{"run_together run_together run_together"}, told.reasons());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, doubtful.papers[0].originals + doubtful.papers[0].copies);
        CPPUNIT_ASSERT_EQUAL(std::string{"còn lại"}, told.all.back().second);
    }

    void resultsEndWhereThePagesChromeBegins() {
        Told told;
        const auto results =
            national::readResults("- Giấy phépMã: KQ.G17.000001Từ chốiMã: KQ.G17.00002Từ khóaKhông có "
                                  "thông tinMô tảChọn cơ quan thực hiệnNộp hồ sơ",
                                  told.tell());
        CPPUNIT_ASSERT_EQUAL(std::string{"page_chrome"}, told.reasons());
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, results.size());
        CPPUNIT_ASSERT_EQUAL(std::string{"KQ.G17.000001"}, results[0].code);
        CPPUNIT_ASSERT_EQUAL(std::string{"Giấy phép"}, results[0].name.vi);
        CPPUNIT_ASSERT_EQUAL(std::string{"Từ chối"}, results[1].name.vi);

        const auto foreign = national::readResults("Biên bảnMã: Test_P001", told.tell());
        CPPUNIT_ASSERT_EQUAL(std::string{"page_chrome bad_code"}, told.reasons());
        CPPUNIT_ASSERT(foreign.at(0).code.empty());
        national::readResults("Chỉ có tên", told.tell());
        CPPUNIT_ASSERT_EQUAL(std::string{"page_chrome bad_code missing"}, told.reasons());
    }

    void numbersOfLawsAreParted() {
        Told told;
        const auto laws =
            national::readLegalBasis("Tên văn bản pháp lýMã văn bảnLuật 60/2014/QH1360/2014/QH13Nghị định số "
                                     "123/2015/NĐ-CP ngày 15/11/2015 về hộ "
                                     "tịch123/2015/NĐ-CPThông tư04/2020/TT-BTPLuật Cư trú 202068/2020/QH14",
                                     told.tell());
        CPPUNIT_ASSERT_EQUAL(std::string{"run_together"}, told.reasons()); // "2020" and "68/2020/QH14"
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, laws.size());
        CPPUNIT_ASSERT_EQUAL(std::string{"60/2014/QH13"}, laws[0].number);
        CPPUNIT_ASSERT_EQUAL(std::string{"Luật 60/2014/QH13"}, laws[0].name);
        CPPUNIT_ASSERT_EQUAL(std::string{"123/2015/NĐ-CP"}, laws[1].number);
        CPPUNIT_ASSERT_EQUAL(std::string{"04/2020/TT-BTP"}, laws[2].number);
        CPPUNIT_ASSERT_EQUAL(std::string{"Thông tư"}, laws[2].name);
    }

    void aWholeFileIsReadInOneRun() {
        for (const auto& city : cities(clock_)) {
            good(city->catalogue.load(system_, shippedContent()));
            std::istringstream in{gzipped(fixture())};
            int told = 0;
            const auto report = good(
                NationalImport{city->catalogue}.run(system_, in, true, [&](const ImportReport&) { ++told; }));
            CPPUNIT_ASSERT_EQUAL(1, told);
            CPPUNIT_ASSERT_EQUAL(12, report.read);
            CPPUNIT_ASSERT_EQUAL(4, report.added);
            CPPUNIT_ASSERT_EQUAL(1, report.kept);
            CPPUNIT_ASSERT_EQUAL(7, report.refused);
            CPPUNIT_ASSERT_EQUAL(2, report.whole); // the first, and the one that the city has itself
            CPPUNIT_ASSERT(has(report, "line 5", "", Reason::NotJson));
            CPPUNIT_ASSERT(has(report, "line 6", "", Reason::NotJson));
            CPPUNIT_ASSERT(has(report, "cay-xanh", "ma_thu_tuc", Reason::BadCode));
            CPPUNIT_ASSERT(has(report, "9.000006", "ten_thu_tuc", Reason::Missing));
            CPPUNIT_ASSERT(has(report, "9.000007", "cap_thuc_hien", Reason::Missing));
            CPPUNIT_ASSERT(has(report, "9.000001", "ma_thu_tuc", Reason::Twice));
            CPPUNIT_ASSERT(has(report, "9.000004", "thanh_phan_ho_so", Reason::RunTogether));
            CPPUNIT_ASSERT(has(report, "9.000004", "can_cu_phap_ly", Reason::RunTogether));
            CPPUNIT_ASSERT(has(report, "9.000004", "ket_qua_xu_ly", Reason::PageChrome));
            CPPUNIT_ASSERT(has(report, "9.000004", "doi_tuong_thuc_hien", Reason::UnknownWord));
            CPPUNIT_ASSERT(has(report, "9.000004", "cap_thuc_hien", Reason::UnknownWord));
            CPPUNIT_ASSERT(has(report, "9.000004", "co_quan_thuc_hien", Reason::RunTogether));

            const auto read = good(city->catalogue.procedure(system_, "9.000001"));
            CPPUNIT_ASSERT_EQUAL(std::string{"national"}, read.origin);
            CPPUNIT_ASSERT_EQUAL(std::size_t{4}, read.procedure.serves.size());
            CPPUNIT_ASSERT_EQUAL(std::size_t{2}, read.procedure.cases.size());
            CPPUNIT_ASSERT_EQUAL(std::string{"2 months"},
                                 read.procedure.cases[1].limitFor(Channel::Direct)->text());
            CPPUNIT_ASSERT_EQUAL(std::size_t{3}, read.procedure.steps.size());
            CPPUNIT_ASSERT_EQUAL(std::size_t{2}, read.procedure.legalBasis.size());
            CPPUNIT_ASSERT_EQUAL(
                std::string{"9.000001"},
                good(city->catalogue.list(system_, "chat ha cay", {}, "", 5)).items.at(0).code);
        }
    }

    void readingItAgainChangesNothingAndKeepsTheCitysOwn() {
        for (const auto& city : cities(clock_)) {
            good(city->catalogue.load(system_, shippedContent()));
            const auto before = good(city->catalogue.procedure(system_, "1.001193"));
            for (int round = 0; round < 2; ++round) {
                std::istringstream in{fixture()};
                const auto report = good(NationalImport{city->catalogue}.run(system_, in, false, {}));
                CPPUNIT_ASSERT_EQUAL(round == 0 ? 4 : 0, report.added);
                CPPUNIT_ASSERT_EQUAL(round == 0 ? 0 : 4, report.unchanged);
                CPPUNIT_ASSERT_EQUAL(0, report.changed);
            }
            const auto after = good(city->catalogue.procedure(system_, "1.001193"));
            CPPUNIT_ASSERT(before.procedure == after.procedure && before.version == after.version);
            CPPUNIT_ASSERT_EQUAL(shippedContent().procedures.size(),
                                 city->catalogue.content(system_).procedures.size());
        }
    }

    void aFileCutInTheMiddleIsToldOf() {
        const auto city = std::move(cities(clock_).front());
        for (const std::string& bytes : {gzipped(fixture()).substr(0, 900), std::string{"no gzip at all"}}) {
            std::istringstream in{bytes};
            const auto report = NationalImport{city->catalogue}.run(system_, in, true, {});
            CPPUNIT_ASSERT(!report.ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"catalogue.import_broken"}, report.error().code);
        }
    }

    void onlyAnAdministratorOfTheCityMayImport() {
        const auto city = std::move(cities(clock_).front());
        std::istringstream in{fixture()};
        const auto report = NationalImport{city->catalogue}.run(
            as({ActorKind::Official, "o", "", {"admin"}, {"quan-1"}}), in, false, {});
        CPPUNIT_ASSERT_EQUAL(std::string{"catalogue.denied"}, report.error().code);
    }

    // MOTCUA_NATIONAL names the file, else it is looked for beside the sources.
    void theWholeNationalFileIsRead() {
        const char* named = std::getenv("MOTCUA_NATIONAL");
        const std::filesystem::path file = named ? named : "../shared/data/national-procedures.jsonl.gz";
        if (!std::filesystem::exists(file)) {
            std::cerr << "\nNOT TESTED: the national file is absent (" << file
                      << "; MOTCUA_NATIONAL names it)\n";
            return;
        }
        for (const auto& city : cities(clock_)) {
            good(city->catalogue.load(system_, shippedContent()));
            std::ifstream in{file, std::ios::binary};
            int calls = 0;
            const auto report = good(NationalImport{city->catalogue}.run(
                system_, in, true, [&](const ImportReport&) { ++calls; }));
            std::map<std::string, int> reasons;
            for (const auto& issue : report.issues) {
                ++reasons[national::name(issue.reason)];
                CPPUNIT_ASSERT_MESSAGE(toJson(issue).dump(), !issue.code.empty() && !issue.text.empty());
            }
            std::cerr << "\n"
                      << city->database.name << ": " << report.read << " read, " << report.added << " added, "
                      << report.kept << " kept, " << report.refused << " refused, " << report.whole
                      << " whole";
            for (const auto& [reason, count] : reasons)
                std::cerr << ", " << reason << " " << count;
            std::cerr << "\n";
            CPPUNIT_ASSERT_EQUAL(1966, report.read);
            CPPUNIT_ASSERT_EQUAL(1966, report.added + report.kept + report.refused);
            CPPUNIT_ASSERT_EQUAL(0, report.refused);
            CPPUNIT_ASSERT_EQUAL(20, calls);
            CPPUNIT_ASSERT(reasons["no_unit"] > 0 && reasons["run_together"] > 0 &&
                           reasons["page_chrome"] > 0);
            CPPUNIT_ASSERT_EQUAL(
                std::string{"1.001193"},
                good(city->catalogue.list(system_, "khai sinh", {}, "", 5)).items.at(0).code);
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(NationalTest);
