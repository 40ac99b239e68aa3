#include "base/civil_day.h"
#include "documents/qr_code.h"
#include "documents/write_pdf.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <cstdio>
#include <filesystem>

#include <fstream>

#include <unistd.h>

using namespace motcua;
using namespace motcua::documents;

namespace {

std::string outputOf(const std::string& command) {
    FILE* pipe = ::popen((command + " 2>/dev/null").c_str(), "r");
    CPPUNIT_ASSERT(pipe);
    std::string out;
    char piece[4096];
    while (const std::size_t got = std::fread(piece, 1, sizeof piece, pipe))
        out.append(piece, got);
    ::pclose(pipe);
    return out;
}

Document receipt() {
    Document document;
    document.title = "Giấy tiếp nhận hồ sơ và hẹn trả kết quả";
    document.madeAt = CivilDay{2026, 11, 23}.start();
    document.footer = "000.00.41.H29-261123-0001";
    document.blocks = {
        StateHeader{"ỦY BAN NHÂN DÂN THÀNH PHỐ HỒ CHÍ MINH", "ỦY BAN NHÂN DÂN QUẬN 1", "Số: 0001/TNHS",
                    "Quận 1, ngày 23 tháng 11 năm 2026"},
        Title{"GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ"},
        Code{"000.00.41.H29-261123-0001", "Mã hồ sơ: 000.00.41.H29-261123-0001"},
        Fields{{{"Người nộp", "Nguyễn Thị Ngọc Ánh"}, {"Thủ tục", "Đăng ký khai sinh"}}},
        Paragraph{"Bộ phận Tiếp nhận và Trả kết quả đã tiếp nhận hồ sơ gồm các giấy tờ sau."},
        Table{{{"TT", 1, Align::Centre}, {"Tên giấy tờ", 8}, {"Bản chính", 2, Align::Centre}},
              {{"1", "Giấy chứng sinh", "1"}}},
        Signatures{{"NGƯỜI NỘP HỒ SƠ", "(Ký và ghi rõ họ tên)", "Nguyễn Thị Ngọc Ánh"},
                   {"NGƯỜI TIẾP NHẬN HỒ SƠ", "(Ký và ghi rõ họ tên)", "Trần Văn Bình"}},
    };
    return document;
}

class TemporaryFile {
public:
    explicit TemporaryFile(const std::string& bytes)
        : path_(std::filesystem::temp_directory_path() / ("motcua_" + std::to_string(::getpid()) + ".pdf")) {
        std::ofstream{path_, std::ios::binary} << bytes;
    }
    ~TemporaryFile() { std::filesystem::remove(path_); }
    std::string name() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

} // namespace

class WritePdfTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(WritePdfTest);
    CPPUNIT_TEST(theTextCanBeReadBackInVietnamese);
    CPPUNIT_TEST(theCodeCanBeScanned);
    CPPUNIT_TEST(fontsAreEmbedded);
    CPPUNIT_TEST(whatIsLongerThanAPageIsNotCutOff);
    CPPUNIT_TEST(theSameDocumentGivesTheSameBytes);
    CPPUNIT_TEST(aLongTableRepeatsItsHead);
    CPPUNIT_TEST(aSignatureNeverStandsAlone);
    CPPUNIT_TEST(aLongWordAndHostileTextDoNotBreakThePage);
    CPPUNIT_TEST(qrAsSvgEscapesItsLabel);
    CPPUNIT_TEST_SUITE_END();

    void whatIsLongerThanAPageIsNotCutOff() { // O7
        std::string words;
        for (int i = 0; i < 1500; ++i)
            words += "chữ" + std::to_string(i) + " ";
        Document document = receipt();
        document.blocks.push_back(Fields{{{"Nội dung", words + "hết-giá-trị"}, {"Sau đó", "trường-sau"}}});
        document.blocks.push_back(
            Table{{{"TT", 1, Align::Centre}, {"Nội dung", 8}}, {{"1", words + "hết-ô"}, {"2", "hàng-sau"}}});
        const TemporaryFile file{writePdf(document)};
        const std::string text = outputOf("pdftotext -layout " + file.name() + " -");
        for (const char* word : {"chữ0 ", "chữ1499", "hết-giá-trị", "trường-sau", "hết-ô", "hàng-sau"})
            CPPUNIT_ASSERT_MESSAGE(word, text.find(word) != std::string::npos);
    }

    void theTextCanBeReadBackInVietnamese() { // O7
        const TemporaryFile file{writePdf(receipt())};
        const std::string text = outputOf("pdftotext -layout " + file.name() + " -");
        for (const char* words : {"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc",
                                  "Nguyễn Thị Ngọc Ánh", "Giấy chứng sinh", "ỦY BAN NHÂN DÂN QUẬN 1"})
            CPPUNIT_ASSERT_MESSAGE(std::string{words} + " not in\n" + text,
                                   text.find(words) != std::string::npos);
    }

    void theCodeCanBeScanned() {
        const TemporaryFile file{writePdf(receipt())};
        outputOf("pdftoppm -r 150 -png -singlefile " + file.name() + " " + file.name());
        const std::string read = outputOf("zbarimg -q --raw " + file.name() + ".png");
        std::filesystem::remove(file.name() + ".png");
        CPPUNIT_ASSERT_EQUAL(std::string{"000.00.41.H29-261123-0001\n"}, read);
    }

    void fontsAreEmbedded() {
        const TemporaryFile file{writePdf(receipt())};
        const std::string fonts = outputOf("pdffonts " + file.name());
        CPPUNIT_ASSERT_MESSAGE(fonts, fonts.find("LiberationSerif") != std::string::npos);
        CPPUNIT_ASSERT_MESSAGE(fonts, fonts.find(" no  yes") == std::string::npos);
    }

    void theSameDocumentGivesTheSameBytes() { CPPUNIT_ASSERT(writePdf(receipt()) == writePdf(receipt())); }

    void aLongTableRepeatsItsHead() {
        Document document = receipt();
        Table table{{{"Cột một", 1}, {"Cột hai", 3}}, {}};
        for (int i = 0; i < 120; ++i)
            table.rows.push_back({std::to_string(i), "dòng thứ " + std::to_string(i)});
        document.blocks = {table};
        const TemporaryFile file{writePdf(document)};
        const std::string text = outputOf("pdftotext -layout " + file.name() + " -");
        std::size_t heads = 0;
        for (std::size_t at = text.find("Cột một"); at != std::string::npos;
             at = text.find("Cột một", at + 1))
            ++heads;
        CPPUNIT_ASSERT(heads >= 3);
        CPPUNIT_ASSERT(text.find("dòng thứ 119") != std::string::npos);
    }

    // However long the text is, the page that is signed says something of it.
    void aSignatureNeverStandsAlone() {
        for (const bool table : {false, true})
            for (int lines = 30; lines < 46; ++lines) {
                Document document = receipt();
                document.blocks.clear();
                Table rows{{{"Cột một", 1}}, {}};
                for (int i = 1; i <= lines; ++i) {
                    const std::string line = i == lines ? "dòng cuối" : "dòng " + std::to_string(i);
                    if (table) rows.rows.push_back({line});
                    if (!table) document.blocks.emplace_back(Paragraph{line});
                }
                if (table) document.blocks.emplace_back(rows);
                document.blocks.emplace_back(Signatures{{}, {"CHỦ TỊCH", "(Ký số)", "Đỗ Hoàng Yến"}});
                const TemporaryFile file{writePdf(document)};
                const std::string text = outputOf("pdftotext -layout " + file.name() + " -");
                const std::size_t last = text.find("dòng cuối");
                const std::size_t signer = text.find("CHỦ TỊCH");
                CPPUNIT_ASSERT(last != std::string::npos && signer != std::string::npos);
                CPPUNIT_ASSERT_MESSAGE(std::to_string(lines),
                                       text.substr(last, signer - last).find('\f') == std::string::npos);
            }
    }

    void aLongWordAndHostileTextDoNotBreakThePage() {
        Document document = receipt();
        document.paper = Paper::A5;
        document.blocks = {Title{std::string(5000, 'W')}, Paragraph{"<b>&amp; ${x} {{y}} \\n"},
                           Fields{{{"a", std::string(3000, 'x')}}}};
        const TemporaryFile file{writePdf(document)};
        CPPUNIT_ASSERT(outputOf("pdftotext " + file.name() + " -").find("<b>&amp; ${x} {{y}}") !=
                       std::string::npos);
    }

    void qrAsSvgEscapesItsLabel() {
        const std::string svg = qrSvg("abc", "\"><script>");
        CPPUNIT_ASSERT(svg.find("<script") == std::string::npos);
        CPPUNIT_ASSERT_THROW(qrCode(std::string(3000, 'x')), std::length_error);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(WritePdfTest);
