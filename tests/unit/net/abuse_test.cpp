// The eighteen ways to abuse an HTTP parser that a stock server let through, one by one, over a real socket:
// none reaches the handler, none leaves bytes behind that are read as another request.
#include "base/clock.h"
#include "net/server.h"
#include "wire.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <atomic>
#include <memory>

using namespace motcua;
using namespace motcua::net;
using namespace motcua::net::testing;

class AbuseTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AbuseTest);
    CPPUNIT_TEST(twoDifferentContentLengths);
    CPPUNIT_TEST(twoEqualContentLengths);
    CPPUNIT_TEST(contentLengthBesideTransferEncoding);
    CPPUNIT_TEST(unreadBodyOfGetIsNotTheNextRequest);
    CPPUNIT_TEST(bodyBehindARefusalIsNotTheNextRequest);
    CPPUNIT_TEST(chunkSizeThatOverflows);
    CPPUNIT_TEST(chunkSizeThatIsNegative);
    CPPUNIT_TEST(missingHost);
    CPPUNIT_TEST(twoHosts);
    CPPUNIT_TEST(nulInTheUri);
    CPPUNIT_TEST(traceMethod);
    CPPUNIT_TEST(bareLineFeeds);
    CPPUNIT_TEST(unknownTransferCoding);
    CPPUNIT_TEST(spaceBeforeTheColon);
    CPPUNIT_TEST(aHundredAndMoreFields);
    CPPUNIT_TEST(hugeFieldValue);
    CPPUNIT_TEST(hugeUri);
    CPPUNIT_TEST(binaryGarbage);
    CPPUNIT_TEST(foldedField);
    CPPUNIT_TEST(controlBytesInAField);
    CPPUNIT_TEST(twoTransferEncodings);
    CPPUNIT_TEST(unusableContentLengths);
    CPPUNIT_TEST(unknownMethodsAndVersions);
    CPPUNIT_TEST(pathsThatClimbOrHide);
    CPPUNIT_TEST(bodyPastTheLimit);
    CPPUNIT_TEST(brokenChunks);
    CPPUNIT_TEST(responseSplittingByAHandler);
    CPPUNIT_TEST_SUITE_END();

    SystemClock clock_;
    std::atomic<int> served_{0};
    std::unique_ptr<Server> server_;

public:
    void setUp() override {
        served_ = 0;
        ServerSettings settings;
        settings.workers = 2;
        settings.bodyBytes = 100'000;
        server_ = std::make_unique<Server>(
            settings,
            [this](const Request& request) {
                ++served_;
                Response response;
                response.body = request.method + " " + request.path + " " + request.body->all();
                if (request.path == "/split") response.headers.add("Location", "/x\r\nSet-Cookie: a=b");
                return response;
            },
            clock_);
        server_->start();
    }
    void tearDown() override { server_.reset(); }

private:
    // The bytes are answered with `status` and nothing else, and no handler sees any of them.
    void refused(int status, const std::string& bytes) {
        Wire wire{server_->port()};
        wire.send(bytes);
        const std::string all = wire.rest();
        CPPUNIT_ASSERT_EQUAL_MESSAGE(bytes.substr(0, 60) + "\n→ " + all.substr(0, 300), status,
                                     statusOf(all));
        CPPUNIT_ASSERT_MESSAGE(all, all.find("Connection: close\r\n") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(all, std::string::npos, all.find("HTTP/1.1", 1));
        CPPUNIT_ASSERT_EQUAL(0, served_.load());
    }

    static std::string get(const std::string& path, const std::string& fields = "") {
        return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
    }
    static std::string post(const std::string& fields, const std::string& body = "") {
        return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
    }
    static std::string chunked(const std::string& body) {
        return post("Transfer-Encoding: chunked\r\n", body);
    }

    void twoDifferentContentLengths() {
        refused(400, post("Content-Length: 5\r\nContent-Length: 40\r\n", "hello" + get("/smuggled")));
    }
    void twoEqualContentLengths() {
        refused(400, post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"));
        refused(400, post("Content-Length: 5, 5\r\n", "hello"));
    }
    void contentLengthBesideTransferEncoding() {
        refused(400,
                post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + get("/smuggled")));
        refused(400,
                post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "0\r\n\r\n" + get("/smuggled")));
    }

    void unreadBodyOfGetIsNotTheNextRequest() {
        const std::string smuggled = get("/smuggled");
        Wire wire{server_->port()};
        wire.send(get("/first", "Content-Length: " + std::to_string(smuggled.size()) + "\r\n") + smuggled +
                  get("/second"));
        CPPUNIT_ASSERT_EQUAL("GET /first " + smuggled, testing::bodyOf(wire.response()));
        CPPUNIT_ASSERT_EQUAL(std::string{"GET /second "}, testing::bodyOf(wire.response()));
        CPPUNIT_ASSERT_EQUAL(2, served_.load());
    }

    void bodyBehindARefusalIsNotTheNextRequest() {
        refused(413, post("Content-Length: 200000\r\n", get("/smuggled")));
    }

    void chunkSizeThatOverflows() {
        refused(400, chunked("FFFFFFFFFFFFFFFFF\r\nx\r\n0\r\n\r\n" + get("/smuggled")));
    }
    void chunkSizeThatIsNegative() { refused(400, chunked("-1\r\nx\r\n0\r\n\r\n" + get("/smuggled"))); }

    void missingHost() {
        refused(400, "GET / HTTP/1.1\r\n\r\n");
        refused(400, "GET / HTTP/1.1\r\nHost:\r\n\r\n");
        refused(400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n");
    }
    void twoHosts() {
        refused(400, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
        refused(400, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n");
    }
    void nulInTheUri() {
        refused(400, "GET /a" + std::string(1, '\0') + "b HTTP/1.1\r\nHost: a\r\n\r\n");
        refused(400, get("/a%00b"));
    }
    void traceMethod() {
        refused(405, "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n");
        refused(405, "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    void bareLineFeeds() {
        refused(400, "GET / HTTP/1.1\nHost: a\n\n");
        refused(400, "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n");
        refused(400, "GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n");
    }
    void unknownTransferCoding() {
        refused(501, post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"));
        refused(501, post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"));
        refused(400, post("Transfer-Encoding: \x0b"
                          "chunked\r\n",
                          "0\r\n\r\n"));
        refused(400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    }
    void spaceBeforeTheColon() {
        refused(400, post("Content-Length : 5\r\n", "hello"));
        refused(400, post("Content-Length\t: 5\r\n", "hello"));
    }

    void aHundredAndMoreFields() {
        std::string fields;
        for (int i = 0; i < 101; ++i)
            fields += "X-" + std::to_string(i) + ": y\r\n";
        refused(431, get("/", fields));
    }
    void hugeFieldValue() { refused(431, get("/", "X: " + std::string(20'000, 'y') + "\r\n")); }
    void hugeUri() { refused(414, get("/" + std::string(9'000, 'a'))); }

    void binaryGarbage() {
        std::string garbage;
        for (int i = 0; i < 256; ++i)
            garbage.push_back(static_cast<char>((i * 37 + 200) % 256));
        refused(400, garbage);
        refused(400, "\x16\x03\x01\x02"); // TLS to a plain port
    }

    void foldedField() { refused(400, get("/", "X: a\r\n b\r\n")); }
    void controlBytesInAField() {
        refused(400, get("/", "X: a\x01"
                              "b\r\n"));
        refused(400, get("/", "X: a\x7f"
                              "b\r\n"));
        refused(400, get("/", ": b\r\n"));
        refused(400, get("/", "no colon\r\n"));
    }
    void twoTransferEncodings() {
        refused(400, post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"));
    }
    void unusableContentLengths() {
        for (const char* value : {"", "-1", "+5", "0x5", "5 5", "99999999999999999999", "5;"}) {
            refused(400, post("Content-Length: " + std::string{value} + "\r\n", "hello"));
        }
    }

    void unknownMethodsAndVersions() {
        refused(501, "BREW / HTTP/1.1\r\nHost: a\r\n\r\n");
        refused(501, "get / HTTP/1.1\r\nHost: a\r\n\r\n");
        refused(400, "G@T / HTTP/1.1\r\nHost: a\r\n\r\n");
        refused(400, "GET /\r\nHost: a\r\n\r\n");
        refused(400, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n");
        refused(400, "GET / http/1.1\r\nHost: a\r\n\r\n");
        refused(505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n");
        refused(505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        refused(417, get("/", "Expect: miracles\r\n"));
    }

    void pathsThatClimbOrHide() {
        for (const char* path : {"/../etc", "/a/../../b", "/a/%2e%2e/b", "/..", "/a/..%2fb", "/a/..\\b",
                                 "/%zz", "/%4", "/a%0d%0ab", "/%ff", "/a#b", "a", "http://a b/"}) {
            refused(400, get(path));
        }
    }

    void bodyPastTheLimit() {
        refused(413, post("Content-Length: 100001\r\n"));
        refused(413, post("Content-Length: 100001\r\nExpect: 100-continue\r\n"));
        refused(413, chunked("186a1\r\n"));
        refused(413, chunked("c350\r\n" + std::string(50'000, 'a') + "\r\nc351\r\n"));
    }

    void brokenChunks() {
        refused(400, chunked("5\nhello\r\n0\r\n\r\n"));
        refused(400, chunked("5\r\nhelloX0\r\n\r\n"));
        refused(400, chunked("5\r\nhello\r\r"));
        refused(400, chunked("\r\n"));
        refused(400, chunked(" 5\r\nhello\r\n0\r\n\r\n"));
        refused(400, chunked("5 \r\nhello\r\n0\r\n\r\n"));
        refused(400, chunked("0x5\r\nhello\r\n0\r\n\r\n"));
        refused(400, chunked("5;a\nb\r\nhello\r\n0\r\n\r\n"));
        refused(400, chunked("0\r\nX: y\nZ: w\r\n\r\n"));
        refused(400, chunked("1;" + std::string(20'000, 'e') + "\r\n"));
    }

    void responseSplittingByAHandler() {
        Wire wire{server_->port()};
        const std::string answer = wire.ask(get("/split"));
        CPPUNIT_ASSERT_EQUAL(500, statusOf(answer));
        CPPUNIT_ASSERT_EQUAL(std::string::npos, answer.find("Set-Cookie"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AbuseTest);
