// PDF signatures: made with keys of OpenSSL, judged by ourselves here and by pdfsig and openssl in
// tests/interop. // P14, N6
#include "authority.h"
#include "base/bytes.h"
#include "documents/write_pdf.h"
#include "signing/pdf_date.h"
#include "signing/pdf_document.h"
#include "signing/verify.h"
#include "support/databases.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace motcua;
using namespace motcua::signing;

namespace {

const SystemClock clock_;

documents::LaidOut paper() {
    documents::Document document;
    document.title = "Giấy thử";
    document.madeAt = Instant{1'700'000'000'000};
    document.blocks.emplace_back(
        documents::StateHeader{"UBND QUẬN 1", "UBND PHƯỜNG BẾN NGHÉ", "Số: 1", "Bến Nghé, ngày 1"});
    document.blocks.emplace_back(documents::Title{"GIẤY XÁC NHẬN"});
    document.blocks.emplace_back(documents::Paragraph{"Ông Nguyễn Văn Ấn được xác nhận."});
    document.blocks.emplace_back(documents::Signatures{{}, {"CHỦ TỊCH", "(Ký số)", "Đỗ Hoàng Yến"}});
    return documents::layOut(document);
}

SignatureFacts facts(const std::optional<documents::Place>& place = {}) {
    SignatureFacts facts;
    facts.name = "Ủy ban nhân dân Phường Bến Nghé";
    facts.reason = "Phát hành kết quả";
    facts.at = clock_.now();
    facts.place = place;
    if (place)
        facts.lines = {"Ký bởi: Ủy ban nhân dân Phường Bến Nghé",
                       "Thời gian ký: " + signatureMoment(facts.at)};
    return facts;
}

std::string word(const Verdict& verdict) {
    const char* standing = verdict.standing == Standing::Good      ? "good"
                           : verdict.standing == Standing::Changed ? "changed"
                                                                   : "unknown";
    return std::string{standing} + "/" + verdict.code;
}

} // namespace

class PadesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PadesTest);
    CPPUNIT_TEST(aSignedPaperIsIntactAndNamesItsSigner);
    CPPUNIT_TEST(rsaAndCurvesSign);
    CPPUNIT_TEST(theFirstPartOfTheFileStaysAsItWas);
    CPPUNIT_TEST(aSecondSignatureKeepsTheFirst);
    CPPUNIT_TEST(eachChangedByteIsNoticed);
    CPPUNIT_TEST(aSignerThatNobodyVouchesForIsUnknown);
    CPPUNIT_TEST(certificatesThatMayNotSignAreRefused);
    CPPUNIT_TEST(anExpiredCertificateCountsByTheTimeOfSigning);
    CPPUNIT_TEST(theSigningTimeIsNotInTheEnvelope);
    CPPUNIT_TEST(datesAreReadAsTheyAreWritten);
    CPPUNIT_TEST(readersOfOthersAgree);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        anchors_ = {};
        anchors_.add(root_.der());
    }

private:
    test::Party root_ = test::authority();
    test::Party office_ = test::issue({"Ủy ban nhân dân Phường Bến Nghé"}, test::curveKey(), &root_);
    TrustAnchors anchors_;

    std::string signedPaper(const test::Party& by) {
        const auto laid = paper();
        const auto made = test::signPdf(laid.bytes, by, root_, facts(laid.signature));
        CPPUNIT_ASSERT_MESSAGE(made ? "" : made.error().detail, made.ok());
        return *made;
    }
    std::string judged(const std::string& bytes) { return word(verify(bytes, {anchors_, clock_.now()})); }

    void aSignedPaperIsIntactAndNamesItsSigner() {
        const auto verdict = verify(signedPaper(office_), {anchors_, clock_.now()});
        CPPUNIT_ASSERT_EQUAL(std::string{"good/good"}, word(verdict));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, verdict.signatures.size());
        const SignatureReport& report = verdict.signatures[0];
        CPPUNIT_ASSERT(report.coversWholeFile);
        CPPUNIT_ASSERT_EQUAL(std::string{"Ủy ban nhân dân Phường Bến Nghé"}, report.certificate.signer);
        CPPUNIT_ASSERT_EQUAL(std::string{"Cơ quan chứng thực thử nghiệm"}, report.certificate.issuer);
        CPPUNIT_ASSERT(report.claimedAt && std::abs(report.claimedAt->ms - clock_.now().ms) < 60'000);
    }

    void rsaAndCurvesSign() {
        for (const test::Key& key : {test::rsaKey(2048), test::rsaKey(3072), test::curveKey("P-384")})
            CPPUNIT_ASSERT_EQUAL(std::string{"good/good"},
                                 judged(signedPaper(test::issue({"Con dấu"}, key, &root_))));
    }

    void theFirstPartOfTheFileStaysAsItWas() {
        const auto laid = paper();
        const auto made = test::signPdf(laid.bytes, office_, root_, facts(laid.signature));
        CPPUNIT_ASSERT(made->starts_with(laid.bytes));
        const auto invisible = test::signPdf(laid.bytes, office_, root_, facts());
        CPPUNIT_ASSERT_EQUAL(std::string{"good/good"}, judged(*invisible));
        CPPUNIT_ASSERT(invisible->size() < made->size());
    }

    // The leader's, then the organisation's (Decree 30/2020: both stand on an electronic document).
    void aSecondSignatureKeepsTheFirst() {
        const auto laid = paper();
        const test::Party leader = test::issue({"Đỗ Hoàng Yến"}, test::rsaKey(), &root_);
        SignatureFacts personal = facts(laid.signature);
        personal.organisation = false;
        const auto once = test::signPdf(laid.bytes, leader, root_, personal);
        documents::Place above = *laid.signature;
        above.x -= 100;
        const auto twice = test::signPdf(*once, office_, root_, facts(above));
        const auto thrice = test::signPdf(*twice, leader, root_, facts());
        CPPUNIT_ASSERT(twice->starts_with(*once));
        for (const auto& [file, count] : {std::pair{*twice, 2u}, {*thrice, 3u}}) {
            const auto verdict = verify(file, {anchors_, clock_.now()});
            CPPUNIT_ASSERT_EQUAL(std::string{"good/good"}, word(verdict));
            CPPUNIT_ASSERT_EQUAL(static_cast<std::size_t>(count), verdict.signatures.size());
            CPPUNIT_ASSERT(!verdict.signatures.front().coversWholeFile);
            CPPUNIT_ASSERT(verdict.signatures.back().coversWholeFile);
            CPPUNIT_ASSERT_EQUAL(std::string{"Đỗ Hoàng Yến"}, verdict.signatures.front().certificate.signer);
        }
        std::string changed = *twice;
        changed[200] = static_cast<char>(changed[200] ^ 1);
        for (const SignatureReport& report : verify(changed, {anchors_, clock_.now()}).signatures)
            CPPUNIT_ASSERT(report.standing == Standing::Changed);
    }

    void eachChangedByteIsNoticed() {
        const std::string good = signedPaper(office_);
        for (std::size_t at = 0; at < good.size(); at += 37) {
            std::string changed = good;
            changed[at] = static_cast<char>(changed[at] ^ 0x10);
            CPPUNIT_ASSERT_MESSAGE(std::to_string(at), judged(changed) != "good/good");
        }
    }

    void aSignerThatNobodyVouchesForIsUnknown() {
        const test::Party stranger = test::issue({"Kẻ lạ"}, test::curveKey());
        const auto laid = paper();
        const auto made = signing::signPdf(laid.bytes, {stranger.der(), {}}, facts(),
                                           [&](const std::string& digest) { return stranger.sign(digest); });
        CPPUNIT_ASSERT_EQUAL(std::string{"unknown/untrusted"}, judged(*made));
        // It bears the trusted authority's name, but another key.
        const test::Party forged = test::authority();
        const test::Party below = test::issue({"Con dấu giả"}, test::curveKey(), &forged);
        CPPUNIT_ASSERT_EQUAL(std::string{"unknown/untrusted"}, judged(signedPaper(below)));
        CPPUNIT_ASSERT_EQUAL(std::string{"unknown/untrusted"},
                             word(verify(signedPaper(office_), {TrustAnchors{}, clock_.now()})));
    }

    void certificatesThatMayNotSignAreRefused() {
        const auto refused = [&](const test::Party& party) {
            return !fitFor({party.der(), {}}, clock_.now()).ok();
        };
        CPPUNIT_ASSERT(!refused(office_));
        CPPUNIT_ASSERT(refused(test::issue({"Yếu"}, test::rsaKey(1024), &root_)));
        CPPUNIT_ASSERT(refused(test::issue({"Hết hạn", -7200, -3600}, test::curveKey(), &root_)));
        CPPUNIT_ASSERT(refused(test::issue({"Chưa đến", 3600, 7200}, test::curveKey(), &root_)));
        CPPUNIT_ASSERT(refused(test::issue({"Mã hóa", -1, 60, "keyEncipherment"}, test::curveKey(), &root_)));
        CPPUNIT_ASSERT(!fitFor({"chữ", {}}, clock_.now()).ok());
        CPPUNIT_ASSERT_EQUAL(std::string{"unknown/untrusted"},
                             judged(signedPaper(test::issue({"Mã hóa", -1, 60, "keyEncipherment"},
                                                            test::curveKey(), &root_))));
        CPPUNIT_ASSERT_EQUAL(std::string{"unknown/weak"},
                             judged(signedPaper(test::issue({"Yếu"}, test::rsaKey(1024), &root_))));
    }

    void anExpiredCertificateCountsByTheTimeOfSigning() {
        const std::string made = signedPaper(office_);
        // In three days it has ended: who knows the file from before knows that it was signed in time.
        const Instant later = clock_.now() + std::chrono::hours{72};
        CPPUNIT_ASSERT_EQUAL(std::string{"good/good"}, word(verify(made, {anchors_, later, clock_.now()})));
        CPPUNIT_ASSERT_EQUAL(std::string{"unknown/ended"}, word(verify(made, {anchors_, later})));
        // A clock that runs ahead of ours proves nothing.
        CPPUNIT_ASSERT_EQUAL(std::string{"unknown/time"},
                             word(verify(made, {anchors_, clock_.now() - std::chrono::minutes{50}})));
        SignatureFacts late = facts();
        late.at = clock_.now() + std::chrono::hours{48};
        CPPUNIT_ASSERT_EQUAL(std::string{"unknown/untrusted"},
                             judged(*test::signPdf(paper().bytes, office_, root_, late)));
    }

    void theSigningTimeIsNotInTheEnvelope() { // ETSI EN 319 142-1, 6.3
        const std::string made = signedPaper(office_);
        const std::size_t at = made.find("/Contents <") + 11;
        const std::string hex = made.substr(at, made.find('>', at) - at);
        CPPUNIT_ASSERT(hex.find("2a864886f70d010905") == std::string::npos);     // signingTime
        CPPUNIT_ASSERT(hex.find("2a864886f70d010904") != std::string::npos);     // messageDigest
        CPPUNIT_ASSERT(hex.find("2a864886f70d010903") != std::string::npos);     // contentType
        CPPUNIT_ASSERT(hex.find("2a864886f70d010910022f") != std::string::npos); // signingCertificateV2
        CPPUNIT_ASSERT(made.find("/SubFilter /ETSI.CAdES.detached") != std::string::npos);
    }

    void datesAreReadAsTheyAreWritten() {
        const Instant at{1'795'417'511'000};
        CPPUNIT_ASSERT_EQUAL(at.ms, parsePdfDate(pdfDate(at))->ms);
        CPPUNIT_ASSERT_EQUAL(Instant{0}.ms, parsePdfDate("D:19700101000000Z")->ms);
        CPPUNIT_ASSERT_EQUAL(Instant{0}.ms, parsePdfDate("D:19700101070000+07'00'")->ms);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{5 * 3'600'000}, parsePdfDate("D:19700101000000-05'00")->ms);
        for (const char* text :
             {"", "D:", "D:20261345", "D:99999999999999", "D:2026112325", "hôm nay", "D:20261123140511+99"})
            CPPUNIT_ASSERT_MESSAGE(text, !parsePdfDate(text));
        CPPUNIT_ASSERT_EQUAL(std::string{"01-01-1970 07:00:00 +07:00"}, signatureMoment(Instant{0}));
    }

    // poppler's pdfsig is another reader of the same standard.
    void readersOfOthersAgree() {
        if (std::system("command -v pdfsig >/dev/null") != 0)
            CPPUNIT_FAIL("pdfsig is missing: install poppler-utils");
        const test::TemporaryFolder folder;
        std::ofstream{folder / "a.pdf", std::ios::binary} << signedPaper(office_);
        std::ofstream{folder / "r.pdf", std::ios::binary}
            << signedPaper(test::issue({"Con dấu"}, test::rsaKey(), &root_));
        for (const char* file : {"a.pdf", "r.pdf"}) {
            const std::string command = "pdfsig -nocert '" + (folder / file) + "' > '" + (folder / "said") +
                                        "' 2>&1; " + "grep -q 'Signature is Valid' '" + (folder / "said") +
                                        "' && grep -q 'Total document signed' '" + (folder / "said") +
                                        "' && grep -q 'ETSI.CAdES.detached' '" + (folder / "said") + "'";
            CPPUNIT_ASSERT_EQUAL(0, std::system(command.c_str()));
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PadesTest);
