// Revoked certificates, by lists of their authority; answers of OCSP are judged by openssl in tests/interop.
// // N6
#include "base/bytes.h"
#include "documents/write_pdf.h"
#include "signing/dss.h"
#include "signing/verify.h"
#include "time_authority.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

using namespace motcua;
using namespace motcua::signing;

namespace {

const SystemClock clock_;
constexpr long day = 86'400;

Instant daysAgo(int days) {
    return clock_.now() - std::chrono::hours{24 * days};
}

// A list of `by` from `fromDays` ago to `toDays` ago, with one certificate on it since `revokedDays` ago.
std::string listOf(const test::Party& by, int fromDays, int toDays, const test::Party* revoked = nullptr,
                   int revokedDays = 0) {
    const std::unique_ptr<X509_CRL, decltype(&X509_CRL_free)> list{X509_CRL_new(), X509_CRL_free};
    const auto moment = [](int days) {
        return std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)>{
            ASN1_TIME_set(nullptr, static_cast<time_t>(daysAgo(days).ms / 1000)), ASN1_TIME_free};
    };
    X509_CRL_set_version(list.get(), 1);
    X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(by.certificate.get()));
    X509_CRL_set1_lastUpdate(list.get(), moment(fromDays).get());
    X509_CRL_set1_nextUpdate(list.get(), moment(toDays).get());
    if (revoked) {
        X509_REVOKED* entry = X509_REVOKED_new();
        X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(revoked->certificate.get()));
        X509_REVOKED_set_revocationDate(entry, moment(revokedDays).get());
        X509_CRL_add0_revoked(list.get(), entry);
    }
    X509_CRL_sort(list.get());
    X509_CRL_sign(list.get(), by.key.get(), EVP_sha256());
    unsigned char* bytes = nullptr;
    const int size = i2d_X509_CRL(list.get(), &bytes);
    std::string der{reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size)};
    OPENSSL_free(bytes);
    return der;
}

} // namespace

class RevocationTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RevocationTest);
    CPPUNIT_TEST(aListThatDoesNotNameItSpeaksForIt);
    CPPUNIT_TEST(theDayOfSigningDecides);
    CPPUNIT_TEST(listsOfOthersAndOfEarlierDaysSayNothing);
    CPPUNIT_TEST(onlyTheStoreMayStandBehindTheLastSignature);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        anchors_.add(root_.der());
        documents::Document document;
        document.title = "Giấy phép";
        document.blocks.emplace_back(documents::Paragraph{"Được phép xây dựng 3 tầng."});
        const std::string plain = documents::writePdf(document);
        SignatureFacts facts;
        facts.at = daysAgo(10);
        const Instant now = clock_.now();
        timed_ = *test::signPdf(plain, office_, root_, facts, time_.at(daysAgo(10), anchors_, now));
        basic_ = *test::signPdf(plain, office_, root_, facts);
    }

private:
    test::Party root_ = test::issue(
        {"Cơ quan chứng thực", -60 * day, 10 * day, "critical,keyCertSign,cRLSign", "critical,CA:TRUE"},
        test::rsaKey());
    test::Party office_ = test::issue({"Ủy ban nhân dân Quận 1", -30 * day, day}, test::curveKey(), &root_);
    test::TimeAuthority time_{root_};
    TrustAnchors anchors_;
    std::string timed_, basic_;

    std::string withList(const std::string& file, const std::string& list) const {
        return *withEvidence(file, {{root_.der()}, {}, {list}, false});
    }
    // "good", and how the certificate stood.
    std::string judged(const std::string& bytes) const {
        const Verdict verdict = verify(bytes, {anchors_, clock_.now()});
        constexpr const char* words[] = {"untold", "good", "revoked"};
        const auto word = verdict.signatures.front().certificate.state.word;
        return verdict.code + "/" + words[static_cast<int>(word)];
    }

    void aListThatDoesNotNameItSpeaksForIt() {
        CPPUNIT_ASSERT_EQUAL(std::string{"good/untold"}, judged(timed_));
        const std::string lasting = withList(timed_, listOf(root_, 1, -5));
        CPPUNIT_ASSERT(lasting.starts_with(timed_));
        CPPUNIT_ASSERT_EQUAL(std::string{"good/good"}, judged(lasting));
        CPPUNIT_ASSERT(verify(lasting, {anchors_, clock_.now()}).bringsEvidence);
    }

    void theDayOfSigningDecides() {
        const auto by = [&](const std::string& file, int revokedDays) {
            return judged(withList(file, listOf(root_, 1, -5, &office_, revokedDays)));
        };
        CPPUNIT_ASSERT_EQUAL(std::string{"good/good"}, by(timed_, 9));
        CPPUNIT_ASSERT_EQUAL(std::string{"revoked/revoked"}, by(timed_, 11));
        // Its own word of the day proves nothing.
        CPPUNIT_ASSERT_EQUAL(std::string{"revoked/revoked"}, by(basic_, 9));
    }

    void listsOfOthersAndOfEarlierDaysSayNothing() {
        // Ended before it signed.
        CPPUNIT_ASSERT_EQUAL(std::string{"good/untold"}, judged(withList(timed_, listOf(root_, 30, 20))));
        CPPUNIT_ASSERT_EQUAL(std::string{"good/untold"}, judged(withList(timed_, listOf(root_, -5, -9))));
        // By its name, with another key.
        test::Party liar = root_;
        liar.key = test::rsaKey();
        CPPUNIT_ASSERT_EQUAL(std::string{"good/untold"},
                             judged(withList(timed_, listOf(liar, 1, -5, &office_, 20))));
        const test::Party other = test::authority("Cơ quan khác");
        CPPUNIT_ASSERT_EQUAL(std::string{"good/untold"},
                             judged(withList(timed_, listOf(other, 1, -5, &office_, 20))));
        CPPUNIT_ASSERT_EQUAL(std::string{"good/untold"}, judged(withList(timed_, "hello")));
    }

    void onlyTheStoreMayStandBehindTheLastSignature() {
        const std::string lasting = withList(timed_, listOf(root_, 1, -5));
        const pdf::Document document{lasting};
        pdf::Increment more{document};
        more.put(more.reserve(), "<< /Type /Metadata >>");
        pdf::Value root = document.root();
        pdf::Value store = document.resolved(root.at("DSS"));
        const std::int64_t number = more.reserve();
        more.put(number, store.written());
        root.set("DSS", pdf::Value::reference(number));
        more.put(document.rootRef().number, root.written());
        std::map<std::int64_t, std::size_t> places;
        CPPUNIT_ASSERT_EQUAL(std::string{"added_after"},
                             verify(more.file(places), {anchors_, clock_.now()}).code);
        // A page that is changed on the way.
        pdf::Increment changed{document};
        pdf::Value page = document.object(document.pages().at(0).number).value;
        page.set("Rotate", pdf::Value::number(90));
        changed.put(document.pages().at(0).number, page.written());
        changed.put(document.rootRef().number, root.written());
        CPPUNIT_ASSERT_EQUAL(std::string{"added_after"},
                             verify(changed.file(places), {anchors_, clock_.now()}).code);
        // One more signature behind it is another matter.
        SignatureFacts facts;
        facts.at = clock_.now();
        CPPUNIT_ASSERT_EQUAL(
            std::string{"good"},
            verify(*test::signPdf(lasting, office_, root_, facts), {anchors_, clock_.now()}).code);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RevocationTest);
