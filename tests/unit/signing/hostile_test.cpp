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
    CPPUNIT_TEST(readingAFileCostsWhatItsBytesCost);
    CPPUNIT_TEST(aSignatureFieldThatNobodySignedIsNoSignature);
    CPPUNIT_TEST(aStampHidesNoPage);
    CPPUNIT_TEST(whatAnotherReaderWouldFindIsNoticed);
    CPPUNIT_TEST(aTableThatReadersTakeDifferentlyIsNotRead);
    CPPUNIT_TEST(aCertificateThatHasEndedProvesNoDay);
    CPPUNIT_TEST(aListOfAnnotationsApartMayGrow);
    CPPUNIT_TEST(aPlaceThatWasPreparedMayBeSigned);
    CPPUNIT_TEST(aSignatureInsideAnothersBytesIsNone);
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
    test::Party old_ = test::issue(
        {"Cơ quan chứng thực cũ", -40 * 86'400, 864'000, "critical,keyCertSign,cRLSign", "critical,CA:TRUE"},
        test::rsaKey());
    test::Party office_ = test::issue({"Ủy ban nhân dân Quận 1"}, test::curveKey(), &root_);
    TrustAnchors anchors_;
    std::string plain_, good_;

    static SignatureFacts facts() {
        SignatureFacts facts;
        facts.name = "Ủy ban nhân dân Quận 1";
        facts.at = clock_.now();
        return facts;
    }
    Verdict judged(const std::string& bytes) { return verify(bytes, {anchors_, clock_.now()}); }
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

    // A file of these objects from number 1 on, the first of them its catalogue.
    static std::string fileOf(const std::vector<std::string>& bodies) {
        std::string file = "%PDF-1.5\n";
        std::string table = "0000000000 65535 f \n";
        for (std::size_t i = 0; i < bodies.size(); ++i) {
            char entry[32];
            std::snprintf(entry, sizeof entry, "%010zu 00000 n \n", file.size());
            table += entry;
            file += std::to_string(i + 1) + " 0 obj\n" + bodies[i] + "\nendobj\n";
        }
        const std::string size = std::to_string(bodies.size() + 1);
        return file + "xref\n0 " + size + "\n" + table + "trailer\n<< /Root 1 0 R /Size " + size +
               " >>\nstartxref\n" + std::to_string(file.size()) + "\n%%EOF\n";
    }

    // Lists that many share, lists of millions, dictionaries of a hundred thousand keys.
    void readingAFileCostsWhatItsBytesCost() {
        std::vector<std::string> shared{"<< /AcroForm << /Fields 2 0 R >> >>", "[", "["};
        for (int i = 0; i < 90'000; ++i)
            shared[2] += " 0";
        shared[2] += "]";
        for (int i = 0; i < 300; ++i) {
            shared[1] += " " + std::to_string(shared.size() + 1) + " 0 R";
            shared.emplace_back("<< /Kids 3 0 R >>");
        }
        shared[1] += " ]";
        notGood(fileOf(shared), "broken");

        std::string crowd = "[";
        for (int i = 0; i < 300'000; ++i)
            crowd += " 0";
        notGood(fileOf({"<< /Crowd " + crowd + "] >>"}), "broken");

        std::string keys = "<<";
        for (int i = 0; i < 90'000; ++i)
            keys += "/k" + std::to_string(i) + " 0";
        const auto begun = std::chrono::steady_clock::now();
        notGood(fileOf({keys + ">>"}), "no_signature");
        CPPUNIT_ASSERT(std::chrono::steady_clock::now() - begun < std::chrono::seconds{10});
    }

    // Whoever signs after an agency could show what he likes in the place of what it signed.
    void aSignatureFieldThatNobodySignedIsNoSignature() {
        const test::Party other = test::issue({"Sở Xây dựng"}, test::curveKey(), &root_);
        const pdf::Document document{good_};
        const std::int64_t formNumber = document.root().at("AcroForm").ref().number;
        pdf::Value form = document.object(formNumber).value;
        pdf::Value fields = form.at("Fields");
        fields.add(pdf::Value::reference(900));
        form.set("Fields", fields);
        auto [number, page] = pageOf(good_);
        page = replaced(page, "/Annots [", "/Annots [ ");
        page.insert(page.find(']', page.find("/Annots [")), " 900 0 R ");
        const std::string picture =
            "<< /Type /Annot /Subtype /Widget /FT /Sig /T (x) /F 4 /Rect [90 700 200 740] >>";
        const std::string shown =
            withObjects(good_, {{formNumber, form.written()}, {number, page}, {900, picture}});
        notGood(*test::signPdf(shown, other, root_, facts()), "added_after");
    }

    void aStampHidesNoPage() {
        const test::Party other = test::issue({"Sở Xây dựng"}, test::curveKey(), &root_);
        SignatureFacts wide = facts();
        wide.lines = {"Được phép xây dựng 9 tầng."};
        wide.place = documents::Place{0, 60, 60, 180, 60};
        CPPUNIT_ASSERT_EQUAL(std::string{"good"}, codeOf(*test::signPdf(good_, other, root_, wide)));
        wide.place = documents::Place{0, 0, 0, 595, 842};
        notGood(*test::signPdf(good_, other, root_, wide), "added_after");
    }

    // Readers that do not like a table look for objects by themselves.
    void whatAnotherReaderWouldFindIsNoticed() {
        const test::Party other = test::issue({"Sở Xây dựng"}, test::curveKey(), &root_);
        const pdf::Document document{good_};
        const std::int64_t contents = document.object(pageOf(good_).first).value.at("Contents").ref().number;
        const std::string drawn =
            std::to_string(contents) + " 0 obj\n<< /Length 9 >>\nstream\n0 0 m 9 9\nendstream\nendobj\n";
        for (const std::string& hidden : {drawn, std::string{"trailer\n<< /Root 900 0 R >>\n"},
                                          std::string{"901 0 obj\n<< /Type /ObjStm >>\nendobj\n"}}) {
            const std::string stream =
                "<< /Length " + std::to_string(hidden.size()) + " >>\nstream\n" + hidden + "endstream";
            const std::string carried = withObjects(good_, {{900, stream}});
            notGood(*test::signPdf(carried, other, root_, facts()), "added_after");
        }
        const std::string plain = withObjects(good_, {{900, "<< /Of (nobody) >>"}});
        CPPUNIT_ASSERT_EQUAL(std::string{"good"}, codeOf(*test::signPdf(plain, other, root_, facts())));
    }

    void aTableThatReadersTakeDifferentlyIsNotRead() {
        const std::string file = fileOf({"<< /AcroForm 2 0 R >>", "<< /Fields [] >>"});
        CPPUNIT_ASSERT_EQUAL(std::string{"no_signature"}, codeOf(file));
        notGood(replaced(file, "00000 n", "00001 n"), "broken");
        notGood(replaced(file, "/AcroForm 2 0 R", "/AcroForm 2 1 R"), "broken");
        notGood(replaced(file, "/Root 1 0 R", "/Root 1 3 R"), "broken");
    }

    // The day of signing is the signer's own word, unless the file is known from before.
    void aCertificateThatHasEndedProvesNoDay() {
        constexpr long day = 86'400;
        const test::Party gone =
            test::issue({"Ủy ban nhân dân Quận 1", -20 * day, -2 * day}, test::curveKey(), &old_);
        anchors_.add(old_.der());
        SignatureFacts then = facts();
        then.at = clock_.now() - std::chrono::hours{24 * 10};
        const std::string made = *test::signPdf(plain_, gone, old_, then);
        notGood(made, "ended");
        const auto known = [&](int days) {
            return verify(made, {anchors_, clock_.now(), clock_.now() - std::chrono::hours{24 * days}}).code;
        };
        CPPUNIT_ASSERT_EQUAL(std::string{"good"}, known(9));
        CPPUNIT_ASSERT_EQUAL(std::string{"ended"}, known(1));
    }

    // Many writers keep /Annots in an object of its own and write that again.
    void aListOfAnnotationsApartMayGrow() {
        auto [number, page] = pageOf(plain_);
        page = replaced(page, "<<", "<< /Annots 800 0 R");
        const std::string apart = withObjects(plain_, {{number, page}, {800, "[ ]"}});
        const std::string once = *test::signPdf(apart, office_, root_, facts());
        CPPUNIT_ASSERT_EQUAL(std::string{"good"}, codeOf(once));
        // The list itself may only show new signatures.
        notGood(*test::signPdf(withObjects(once, {{800, "[ 900 0 R ]"}, {900, "<< /Subtype /FreeText >>"}}),
                               office_, root_, facts()),
                "added_after");
    }

    // A form with a place for each signer, as offices send it round.
    void aPlaceThatWasPreparedMayBeSigned() {
        const std::string once =
            *test::signPdf(withPlace("<< /Rect [90 700 200 740]"), office_, root_, facts());
        CPPUNIT_ASSERT_EQUAL(std::string{"good"}, codeOf(once));
        const auto filled = [&](const std::string& field) {
            // What the place was filled with is a copy that fits nowhere: it is the first signature that is
            // asked.
            const std::string file = *test::signPdf(
                withObjects(once, {{900, field}, {901, signatureValue(once)}}), office_, root_, facts());
            for (const SignatureReport& one : judged(file).signatures)
                if (one.code != "bad_range") return one.code;
            return std::string{};
        };
        const std::string place = " /Type /Annot /Subtype /Widget /FT /Sig /T (hai) /F 4";
        CPPUNIT_ASSERT_EQUAL(std::string{"good"},
                             filled("<< /Rect [90 700 200 740]" + place + " /V 901 0 R >>"));
        for (const std::string& changed :
             {"<< /Rect [90 100 200 740]" + place + " /V 901 0 R >>", // it has moved
              "<< /Rect [90 700 200 740]" + place + " /AA << >> /V 901 0 R >>",
              "<< /Rect [90 700 200 740]" + place + " /AP << >> >>"}) // a picture that nobody signed
            CPPUNIT_ASSERT_EQUAL_MESSAGE(changed, std::string{"added_after"}, filled(changed));
    }
    std::string withPlace(const std::string& rect) const {
        auto [number, page] = pageOf(plain_);
        const pdf::Document document{plain_};
        pdf::Value root = document.root();
        root.set("AcroForm", pdf::Value::reference(899));
        page = replaced(page, "<<", "<< /Annots [ 900 0 R ]");
        return withObjects(plain_,
                           {{number, page},
                            {document.rootRef().number, root.written()},
                            {899, "<< /Fields [ 900 0 R ] >>"},
                            {900, rect + " /Type /Annot /Subtype /Widget /FT /Sig /T (hai) /F 4 >>"}});
    }
    // Of the first signature: whether the second one's holds is not asked here.
    static std::string signatureValue(const std::string& file) {
        const pdf::Document document{file};
        const auto fields = document.resolved(document.resolved(document.root().at("AcroForm")).at("Fields"));
        return document.resolved(document.resolved(fields.items().back()).at("V")).written();
    }

    // Every signature lies behind what the one before it covers; digests are made in one go by that.
    void aSignatureInsideAnothersBytesIsNone() {
        const std::string twice = *test::signPdf(good_, office_, root_, facts());
        const pdf::Document document{twice};
        const pdf::Value fields = document.resolved(document.root().at("AcroForm")).at("Fields");
        const std::int64_t second = fields.items().at(1).ref().number;
        const pdf::Value value = document.object(second).value.at("V");
        // Two fields of one signature.
        const pdf::Value form = document.resolved(document.root().at("AcroForm"));
        pdf::Value more = form;
        pdf::Value list = fields;
        list.add(pdf::Value::reference(900));
        more.set("Fields", list);
        const std::string shared =
            withObjects(twice, {{document.root().at("AcroForm").ref().number, more.written()},
                                {900, "<< /FT /Sig /T (x) /V " + value.written() + " >>"}});
        const Verdict verdict = judged(shared);
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, verdict.signatures.size());
        CPPUNIT_ASSERT_EQUAL(std::string{"bad_range"}, verdict.signatures.back().code);
        CPPUNIT_ASSERT(verdict.standing == Standing::Changed);
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
