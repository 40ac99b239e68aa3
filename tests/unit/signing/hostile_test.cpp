// Files that lie: what an attacker does to a signed PDF, and what he hands in instead of one. // N6
#include "authority.h"
#include "documents/write_pdf.h"
#include "signing/pdf_document.h"
#include "signing/verify.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

using namespace motcua;
using namespace motcua::signing;

namespace {

const SystemClock clock_;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    CPPUNIT_ASSERT_MESSAGE(from, at != std::string::npos);
    return text.replace(at, from.size(), to);
}

// Behind the file: these objects under their numbers, as an editor would save a change.
std::string withObjects(const std::string& file, const std::map<std::int64_t, std::string>& bodies) {
    const pdf::Document document{file};
    pdf::Increment increment{document};
    for (const auto& [number, body] : bodies)
        increment.put(number, body);
    std::map<std::int64_t, std::size_t> places;
    return increment.file(places);
}

} // namespace

class HostileTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(HostileTest);
    CPPUNIT_TEST(bytesBehindTheSignatureAreNoticed);
    CPPUNIT_TEST(aReplacedPageIsNoticed);
    CPPUNIT_TEST(aReplacedPageUnderAnotherTrustedSignatureIsNoticed);
    CPPUNIT_TEST(aReferenceThatWasEmptyIsNotFilled);
    CPPUNIT_TEST(aFieldWithAnActionIsNoSignature);
    CPPUNIT_TEST(aRangeThatLiesIsNoticed);
    CPPUNIT_TEST(aTakenOutSignatureIsNone);
    CPPUNIT_TEST(aSignatureOfAnotherFileDoesNotFit);
    CPPUNIT_TEST(whatIsNoPdfIsSaidToBeNone);
    CPPUNIT_TEST(cutOffFilesAreBroken);
    CPPUNIT_TEST(numbersAndCirclesWithoutEndEnd);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        anchors_.add(root_.der());
        documents::Document document;
        document.title = "Giấy phép";
        document.blocks.emplace_back(documents::Paragraph{"Được phép xây dựng 3 tầng."});
        document.blocks.emplace_back(documents::Signatures{{}, {"CHỦ TỊCH", "(Ký số)", "Đỗ Hoàng Yến"}});
        plain_ = documents::writePdf(document);
        good_ = *test::signPdf(plain_, office_, root_, facts());
        CPPUNIT_ASSERT_EQUAL(std::string{"good"}, codeOf(good_));
    }

private:
    test::Party root_ = test::authority();
    test::Party office_ = test::issue({"Ủy ban nhân dân Quận 1"}, test::curveKey(), &root_);
    TrustAnchors anchors_;
    std::string plain_, good_;

    static SignatureFacts facts() {
        SignatureFacts facts;
        facts.name = "Ủy ban nhân dân Quận 1";
        facts.at = clock_.now();
        return facts;
    }
    Verdict judged(const std::string& bytes) { return verify(bytes, anchors_, clock_.now()); }
    std::string codeOf(const std::string& bytes) { return judged(bytes).code; }
    void notGood(const std::string& bytes, const std::string& code) {
        const Verdict verdict = judged(bytes);
        CPPUNIT_ASSERT_EQUAL(code, verdict.code);
        CPPUNIT_ASSERT(verdict.standing != Standing::Good);
    }
    // The page's object, and what stands in it.
    static std::pair<std::int64_t, std::string> pageOf(const std::string& file) {
        const pdf::Document document{file};
        const std::int64_t number = document.pages().at(0).number;
        return {number, document.object(number).value.written()};
    }

    void bytesBehindTheSignatureAreNoticed() {
        for (const char* tail : {"\n", " ", "%", "\nstartxref\n9\n%%EOF\n"})
            CPPUNIT_ASSERT_MESSAGE(tail, judged(good_ + tail).standing != Standing::Good);
        notGood(good_ + "\n", "added_after");
        // An increment that changes nothing known, but is nobody's word.
        notGood(withObjects(good_, {{500, "<< /Type /Metadata >>"}}), "added_after");
    }

    void aReplacedPageIsNoticed() {
        auto [number, page] = pageOf(good_);
        page = replaced(page, "/MediaBox", "/CropBox [0 0 10 10] /MediaBox");
        notGood(withObjects(good_, {{number, page}}), "added_after");
    }

    // Whoever has a certificate of his own may sign below ours, but not say something else above it.
    void aReplacedPageUnderAnotherTrustedSignatureIsNoticed() {
        const test::Party other = test::issue({"Sở Xây dựng"}, test::curveKey(), &root_);
        CPPUNIT_ASSERT_EQUAL(std::string{"good"}, codeOf(*test::signPdf(good_, other, root_, facts())));
        auto [number, page] = pageOf(good_);
        const pdf::Document document{good_};
        const std::int64_t contents = document.object(number).value.at("Contents").ref().number;
        const std::string drawn = "<< /Length 9 >>\nstream\n0 0 m 9 9\nendstream";
        const std::string overwritten = withObjects(good_, {{contents, drawn}});
        notGood(*test::signPdf(overwritten, other, root_, facts()), "added_after");
        const std::string hidden =
            withObjects(good_, {{number, replaced(page, "/Annots [", "/Annots [ 900 0 R")},
                                {900, "<< /Subtype /FreeText >>"}});
        notGood(*test::signPdf(hidden, other, root_, facts()), "added_after");
    }

    void aReferenceThatWasEmptyIsNotFilled() {
        const std::int64_t number = pageOf(plain_).first;
        const std::string prepared =
            withObjects(plain_, {{number, replaced(pageOf(plain_).second, "<<", "<< /Thumb 777 0 R")}});
        const std::string made = *test::signPdf(prepared, office_, root_, facts());
        CPPUNIT_ASSERT_EQUAL(std::string{"good"}, codeOf(made));
        const std::string filled = withObjects(made, {{777, "<< /Other true >>"}});
        notGood(*test::signPdf(filled, office_, root_, facts()), "added_after");
    }

    void aFieldWithAnActionIsNoSignature() {
        const std::string twice = *test::signPdf(good_, office_, root_, facts());
        const pdf::Document document{twice};
        const pdf::Value form = document.resolved(document.root().at("AcroForm"));
        const std::int64_t field = form.at("Fields").items().at(1).ref().number;
        std::string bad = twice;
        const std::size_t at = bad.find("\n" + std::to_string(field) + " 0 obj\n");
        CPPUNIT_ASSERT(at != std::string::npos);
        // Found by its own signature; the first one's judgement must not wait for that.
        const std::size_t flags = bad.find("/F 132", at);
        bad.replace(flags, 6, "/AA 13");
        CPPUNIT_ASSERT_EQUAL(std::string{"added_after"}, judged(bad).signatures.at(0).code);
    }

    void aRangeThatLiesIsNoticed() {
        const std::size_t at = good_.find("/ByteRange [0 ");
        const std::size_t end = good_.find(']', at);
        const std::string range = good_.substr(at, end + 1 - at);
        for (const std::string& lie :
             {std::string{"/ByteRange [0 1 2 3]"}, std::string{"/ByteRange [0 99999999999999999999 1 1]"},
              std::string{"/ByteRange [0 9223372036854775807 1 1]"}, std::string{"/ByteRange [-1 5 9 9]"},
              std::string{"/ByteRange [0 0 0 0]"}, std::string{"/ByteRange [0 10]"},
              std::string{"/ByteRange 7"}, replaced(range, "[0 ", "[1 ")}) {
            std::string padded = lie;
            if (padded.size() > range.size()) continue;
            padded.insert(padded.size(), range.size() - padded.size(), ' ');
            notGood(replaced(good_, range, padded), "bad_range");
        }
        // A gap one byte wider hides a byte.
        const pdf::Document document{good_};
        const pdf::Value fields = document.resolved(document.root().at("AcroForm")).at("Fields");
        const pdf::Value dictionary = document.resolved(document.resolved(fields.items().at(0)).at("V"));
        const std::string second = dictionary.at("ByteRange").items().at(2).text();
        const std::string wider = std::to_string(std::stoll(second) + 1);
        notGood(replaced(good_, range, replaced(range, " " + second + " ", " " + wider + " ")), "bad_range");
    }

    void aTakenOutSignatureIsNone() {
        notGood(plain_, "no_signature");
        const pdf::Document document{good_};
        pdf::Value root = document.root();
        root.remove("AcroForm");
        notGood(withObjects(good_, {{document.rootRef().number, root.written()}}), "no_signature");
    }

    void aSignatureOfAnotherFileDoesNotFit() {
        documents::Document other;
        other.title = "Giấy phép";
        other.blocks.emplace_back(documents::Paragraph{"Được phép xây dựng 9 tầng."});
        other.blocks.emplace_back(documents::Signatures{{}, {"CHỦ TỊCH", "(Ký số)", "Đỗ Hoàng Yến"}});
        std::string copy = *test::signPdf(documents::writePdf(other), office_, root_, facts());
        const auto contents = [](const std::string& file) {
            const std::size_t at = file.find("/Contents <") + 11;
            return std::pair{at, file.find('>', at) - at};
        };
        const auto [to, toSize] = contents(copy);
        const auto [from, fromSize] = contents(good_);
        CPPUNIT_ASSERT_EQUAL(fromSize, toSize);
        notGood(copy.replace(to, toSize, good_.substr(from, fromSize)), "changed");
    }

    void whatIsNoPdfIsSaidToBeNone() {
        for (const std::string& bytes :
             {std::string{}, std::string{"hello"}, std::string{"\x89PNG\r\n"}, " " + good_})
            notGood(bytes, "not_pdf");
        for (const std::string& bytes :
             {std::string{"%PDF-1.5"}, std::string{"%PDF-1.5\nstartxref\n9\n%%EOF"},
              std::string{"%PDF-1.5\nstartxref\n99999999999999999999\n%%EOF"}})
            CPPUNIT_ASSERT(judged(bytes).standing == Standing::Unknown);
        notGood("%PDF-1.5\n1 0 obj\n<< /Type /XRef >>\nstream\nx\nendstream\nendobj\nstartxref\n9\n%%EOF\n",
                "form_unsupported");
    }

    void cutOffFilesAreBroken() {
        for (std::size_t size = 1; size < good_.size(); size += 101)
            CPPUNIT_ASSERT(judged(good_.substr(0, size)).standing != Standing::Good);
    }

    void numbersAndCirclesWithoutEndEnd() {
        const auto file = [](const std::string& body, const std::string& trailer) {
            const std::string head = "%PDF-1.5\n1 0 obj\n" + body + "\nendobj\n";
            char table[80];
            std::snprintf(table, sizeof table, "xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \n");
            return head + table + "trailer\n" + trailer + "\nstartxref\n" + std::to_string(head.size()) +
                   "\n%%EOF\n";
        };
        const std::string root = "<< /Root 1 0 R /Size 2 >>";
        CPPUNIT_ASSERT_EQUAL(std::string{"no_signature"}, codeOf(file("<< >>", root)));
        for (const std::string& bytes :
             {file(std::string(100'000, '['), root), file(std::string(5'000, '<') + ">", root),
              file("1 0 R", root),
              file("<< /AcroForm << /Fields [ 1 0 R 1 0 R ] >> /Kids [ 1 0 R ] /FT /Sig /V 1 0 R >>", root),
              file("<< /A 1 /A 2 >>", root), file("<< >>", "<< /Root 1 0 R /Prev 9 >>"),
              file("<< >>", "<< /Root 7 0 R >>"), file("<< >>", "<< /Root 1 0 R /Prev -1 >>"),
              file("(", root), file("<414", root), file("<< /Length 99999999999 >>\nstream\n", root)})
            CPPUNIT_ASSERT(judged(bytes).standing != Standing::Good);
        notGood(file("<< >>", "<< /Root 1 0 R /Encrypt 1 0 R >>"), "encrypted");
        std::string giant = file("<< >>", root);
        notGood(replaced(giant, "0 2\n", "0 99999999\n"), "broken");
        notGood(replaced(file("<< >>", "<< /Root 1 0 R /Prev 00000 >>"), "/Prev 00000", "/Prev 30   "),
                "broken");
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(HostileTest);
