// Time-stamps: what they prove, and what is none. // P14, N6
#include "base/bytes.h"
#include "documents/write_pdf.h"
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

} // namespace

class TimestampTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TimestampTest);
    CPPUNIT_TEST(aTimestampTellsWhenItWasSigned);
    CPPUNIT_TEST(whatWasSignedInTimeOutlivesItsCertificate);
    CPPUNIT_TEST(nobodySignsAfterHisOwnProof);
    CPPUNIT_TEST(aTimestampOfAnotherSignatureProvesNothing);
    CPPUNIT_TEST(answersThatAnswerSomethingElseAreRefused);
    CPPUNIT_TEST(onlyAuthoritiesForTimeCount);
    CPPUNIT_TEST(aPaperMayGetItsTimestampLater);
    CPPUNIT_TEST(aTimestampOverTheFileIsNobodysSignature);
    CPPUNIT_TEST(whatComesAfterATimestampIsJudgedToo);
    CPPUNIT_TEST(withoutAnAuthorityASignatureStaysBasicOrFails);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        anchors_.add(root_.der());
        documents::Document document;
        document.title = "Giấy phép";
        document.blocks.emplace_back(documents::Paragraph{"Được phép xây dựng 3 tầng."});
        document.blocks.emplace_back(documents::Signatures{{}, {"CHỦ TỊCH", "(Ký số)", "Đỗ Hoàng Yến"}});
        plain_ = documents::writePdf(document);
    }

private:
    test::Party root_ = test::issue(
        {"Cơ quan chứng thực", -60 * day, 10 * day, "critical,keyCertSign,cRLSign", "critical,CA:TRUE"},
        test::rsaKey());
    test::Party office_ = test::issue({"Ủy ban nhân dân Quận 1"}, test::curveKey(), &root_);
    test::Party ended_ =
        test::issue({"Ủy ban nhân dân Quận 3", -20 * day, -2 * day}, test::curveKey(), &root_);
    test::TimeAuthority time_{root_};
    TrustAnchors anchors_;
    std::string plain_;

    static SignatureFacts facts(Instant at) {
        SignatureFacts facts;
        facts.name = "Ủy ban nhân dân Quận 1";
        facts.at = at;
        return facts;
    }
    TimeStamper stampedAt(Instant at) const { return time_.at(at, anchors_, clock_.now()); }
    std::string made(const test::Party& by, Instant at, const TimeStamper& stamper) const {
        const auto file = test::signPdf(plain_, by, root_, facts(at), stamper);
        CPPUNIT_ASSERT_MESSAGE(file ? "" : file.error().code + " " + file.error().detail, file.ok());
        return *file;
    }
    Verdict judged(const std::string& bytes) const { return verify(bytes, {anchors_, clock_.now()}); }

    void aTimestampTellsWhenItWasSigned() {
        const Verdict verdict = judged(made(office_, clock_.now(), stampedAt(clock_.now())));
        CPPUNIT_ASSERT_EQUAL(std::string{"good"}, verdict.code);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, verdict.signatures.size());
        const SignatureReport& report = verdict.signatures.front();
        CPPUNIT_ASSERT(report.provedAt && std::abs(report.provedAt->ms - clock_.now().ms) < 60'000);
        CPPUNIT_ASSERT_EQUAL(std::string{"Dấu thời gian thử nghiệm"}, report.timeAuthority);
    }

    void whatWasSignedInTimeOutlivesItsCertificate() {
        CPPUNIT_ASSERT_EQUAL(std::string{"good"},
                             judged(made(ended_, daysAgo(10), stampedAt(daysAgo(10)))).code);
        CPPUNIT_ASSERT_EQUAL(std::string{"ended"}, judged(made(ended_, daysAgo(10), {})).code);
        // Signed with the key after the certificate's end, and written back.
        CPPUNIT_ASSERT_EQUAL(std::string{"untrusted"},
                             judged(made(ended_, daysAgo(10), stampedAt(daysAgo(1)))).code);
    }

    void nobodySignsAfterHisOwnProof() {
        CPPUNIT_ASSERT_EQUAL(std::string{"time"},
                             judged(made(ended_, daysAgo(5), stampedAt(daysAgo(10)))).code);
    }

    void aTimestampOfAnotherSignatureProvesNothing() {
        const std::string other = *stampedAt(daysAgo(10))(sha256("another"));
        const auto file =
            made(ended_, daysAgo(10), [&](const std::string&) -> Result<std::string> { return other; });
        CPPUNIT_ASSERT(judged(file).standing != Standing::Good);
        const auto fresh =
            made(office_, clock_.now(), [&](const std::string&) -> Result<std::string> { return other; });
        CPPUNIT_ASSERT_EQUAL(std::string{"bad_timestamp"}, judged(fresh).code);
        CPPUNIT_ASSERT(!judged(fresh).signatures.front().provedAt);
    }

    void answersThatAnswerSomethingElseAreRefused() {
        const std::string digest = sha256("a");
        const std::string asked = timestampRequest(digest);
        const Instant now = clock_.now();
        const auto code = [&](const std::string& reply) {
            const auto token = tokenFrom(reply, asked, digest, anchors_, now);
            return token ? std::string{"taken"} : token.error().code;
        };
        const std::string right = time_.answer(asked, now);
        CPPUNIT_ASSERT_EQUAL(std::string{"taken"}, code(right));
        // The same digest in another request: another nonce, an answer from yesterday.
        CPPUNIT_ASSERT_EQUAL(std::string{"signing.time_wrong"},
                             code(time_.answer(timestampRequest(digest), now)));
        CPPUNIT_ASSERT_EQUAL(std::string{"signing.time_wrong"},
                             code(time_.answer(timestampRequest(sha256("b")), now)));
        for (const std::string& broken :
             {std::string{}, std::string{"hello"}, right.substr(0, right.size() / 2)})
            CPPUNIT_ASSERT_EQUAL(std::string{"signing.time_wrong"}, code(broken));
        CPPUNIT_ASSERT_EQUAL(std::string{"signing.time_refused"}, code(time_.answer("no request", now)));
        // The signature on it stands last.
        for (std::size_t at = right.size() - 250; at < right.size(); at += 10) {
            std::string changed = right;
            changed[at] = static_cast<char>(changed[at] ^ 1);
            CPPUNIT_ASSERT_EQUAL(std::string{"signing.time_untrusted"}, code(changed));
        }
    }

    void onlyAuthoritiesForTimeCount() {
        const std::string digest = sha256("a");
        const std::string asked = timestampRequest(digest);
        const auto code = [&](const std::string& reply) {
            const auto token = tokenFrom(reply, asked, digest, anchors_, clock_.now());
            return token ? std::string{"taken"} : token.error().code;
        };
        const test::Party stranger = test::authority("Người lạ");
        CPPUNIT_ASSERT_EQUAL(std::string{"signing.time_untrusted"},
                             code(test::TimeAuthority{stranger}.answer(asked, clock_.now())));
        // A clock that was right before the authority had its certificate, or will be.
        for (const Instant at : {daysAgo(50), daysAgo(-30)})
            CPPUNIT_ASSERT_EQUAL(std::string{"signing.time_untrusted"}, code(time_.answer(asked, at)));
    }

    void aPaperMayGetItsTimestampLater() {
        const std::string basic = made(ended_, daysAgo(10), {});
        const auto later = stampPdf(basic, stampedAt(daysAgo(9)));
        CPPUNIT_ASSERT_MESSAGE(later ? "" : later.error().detail, later.ok());
        CPPUNIT_ASSERT(later->starts_with(basic));
        const Verdict verdict = judged(*later);
        CPPUNIT_ASSERT_EQUAL(std::string{"good"}, verdict.code);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, verdict.signatures.size());
        CPPUNIT_ASSERT_EQUAL(daysAgo(9).ms / 60'000, verdict.signatures.front().provedAt->ms / 60'000);
        CPPUNIT_ASSERT(verdict.signatures.back().isTimestamp && verdict.signatures.back().coversWholeFile);
        for (std::size_t at = 10; at < later->size(); at += later->size() / 30) {
            std::string changed = *later;
            changed[at] = static_cast<char>(changed[at] ^ 1);
            CPPUNIT_ASSERT(judged(changed).standing != Standing::Good);
        }
    }

    void aTimestampOverTheFileIsNobodysSignature() {
        const Verdict verdict = judged(*stampPdf(plain_, stampedAt(clock_.now())));
        CPPUNIT_ASSERT_EQUAL(std::string{"only_time"}, verdict.code);
        CPPUNIT_ASSERT(verdict.standing == Standing::Unknown);
        TrustAnchors nobody;
        const std::string made =
            *stampPdf(*test::signPdf(plain_, office_, root_, facts(clock_.now())), stampedAt(clock_.now()));
        CPPUNIT_ASSERT_EQUAL(std::string{"untrusted"}, verify(made, {nobody, clock_.now()}).code);
    }

    void whatComesAfterATimestampIsJudgedToo() {
        const std::string stamped =
            *stampPdf(made(office_, clock_.now(), stampedAt(clock_.now())), stampedAt(clock_.now()));
        CPPUNIT_ASSERT_EQUAL(std::string{"good"}, judged(stamped).code);
        CPPUNIT_ASSERT_EQUAL(std::string{"added_after"}, judged(stamped + "\n").code);
        const auto twice =
            test::signPdf(stamped, office_, root_, facts(clock_.now()), stampedAt(clock_.now()));
        CPPUNIT_ASSERT_EQUAL(std::string{"good"}, judged(*twice).code);
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, judged(*twice).signatures.size());
    }

    void withoutAnAuthorityASignatureStaysBasicOrFails() {
        const auto silent = [](const std::string&) -> Result<std::string> { return std::string{}; };
        const Verdict basic = judged(made(office_, clock_.now(), silent));
        CPPUNIT_ASSERT_EQUAL(std::string{"good"}, basic.code);
        CPPUNIT_ASSERT(!basic.signatures.front().provedAt);
        const auto down = [](const std::string&) -> Result<std::string> {
            return unavailable("signing.authority_unreachable");
        };
        const auto failed = test::signPdf(plain_, office_, root_, facts(clock_.now()), down);
        CPPUNIT_ASSERT_EQUAL(std::string{"signing.authority_unreachable"}, failed.error().code);
        const auto endless = [](const std::string&) -> Result<std::string> {
            return std::string{"\x30\x82\x7f\xff", 4} + std::string(0x7fff, 'x');
        };
        CPPUNIT_ASSERT_EQUAL(
            std::string{"signing.time_room"},
            test::signPdf(plain_, office_, root_, facts(clock_.now()), endless).error().code);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TimestampTest);
