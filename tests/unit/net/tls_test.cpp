// The same front over TLS, judged by Poco's blocking client, which shares no code with it.
#include "base/clock.h"
#include "certificate.h"
#include "net/server.h"
#include "wire.h"

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/SocketAddress.h>

#include <openssl/ssl.h>

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <fstream>
#include <memory>

using namespace motcua;
using namespace motcua::net;
using namespace motcua::net::testing;

class TlsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TlsTest);
    CPPUNIT_TEST(keptAndPipelinedRequests);
    CPPUNIT_TEST(largeAnswersAndUploads);
    CPPUNIT_TEST(slowReaderHoldsNoWorker);
    CPPUNIT_TEST(obsoleteProtocolsAndSuitesAreRefused);
    CPPUNIT_TEST(sessionIsResumed);
    CPPUNIT_TEST(plainTextAndSilenceAreClosed);
    CPPUNIT_TEST(unusableCertificatesAreNamed);
    CPPUNIT_TEST_SUITE_END();

    SystemClock clock_;
    ServerSettings settings_;
    std::unique_ptr<Certificate> certificate_;
    std::unique_ptr<Server> server_;
    std::string file_;

public:
    void setUp() override {
        certificate_ = std::make_unique<Certificate>();
        settings_ = {};
        settings_.workers = 1;
        settings_.certificateFile = certificate_->certificate();
        settings_.keyFile = certificate_->key();
        file_ = certificate_->certificate() + ".body";
        std::ofstream{file_} << std::string(3'000'000, 'f');
    }
    void tearDown() override {
        server_.reset();
        certificate_.reset();
    }

private:
    static Poco::Net::Context::Ptr context(const char* suites = "ALL") {
        using Poco::Net::Context;
        return new Context{Context::TLS_CLIENT_USE, "", "", "", Context::VERIFY_NONE, 9, false, suites};
    }

    void serve() {
        server_ = std::make_unique<Server>(
            settings_,
            [this](const Request& request) {
                Response response;
                if (request.path == "/file")
                    response.file = file_;
                else if (request.path == "/big")
                    response.body = std::string(20'000'000, 'b');
                else
                    response.body = request.path + (request.secure ? "|secure|" : "|plain|") +
                                    std::to_string(request.body->size());
                return response;
            },
            clock_);
        server_->start();
    }

    Poco::Net::SecureStreamSocket connect(const Poco::Net::Context::Ptr& by = context()) {
        Poco::Net::SecureStreamSocket socket{Poco::Net::SocketAddress{"127.0.0.1", server_->port()},
                                             "localhost", by};
        socket.setReceiveTimeout(Poco::Timespan{kPatienceMs / 1000, 0});
        return socket;
    }

    static void sendAll(Poco::Net::SecureStreamSocket& socket, const std::string& bytes) {
        for (std::size_t at = 0; at < bytes.size();)
            at += static_cast<std::size_t>(
                socket.sendBytes(bytes.data() + at, static_cast<int>(bytes.size() - at)));
    }

    // One response; what came after it stays in `buffer`.
    static std::string response(Poco::Net::SecureStreamSocket& socket, std::string& buffer) {
        std::size_t wanted = std::string::npos;
        while (buffer.size() < wanted) {
            if (const auto end = buffer.find("\r\n\r\n");
                end != std::string::npos && wanted == std::string::npos) {
                wanted = end + 4 + std::stoul(buffer.substr(buffer.find("Content-Length: ") + 16));
                continue;
            }
            char bytes[65536];
            const int got = socket.receiveBytes(bytes, sizeof bytes);
            CPPUNIT_ASSERT(got > 0);
            buffer.append(bytes, static_cast<std::size_t>(got));
        }
        std::string whole = buffer.substr(0, wanted);
        buffer.erase(0, wanted);
        return whole;
    }

    static std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n"; }

    void keptAndPipelinedRequests() {
        serve();
        auto socket = connect();
        std::string buffer;
        for (int i = 0; i < 50; ++i) {
            sendAll(socket, get("/one"));
            CPPUNIT_ASSERT_EQUAL(std::string{"/one|secure|0"}, testing::bodyOf(response(socket, buffer)));
        }
        std::string many;
        for (int i = 0; i < 200; ++i)
            many += get("/" + std::to_string(i));
        sendAll(socket, many);
        for (int i = 0; i < 200; ++i)
            CPPUNIT_ASSERT_EQUAL("/" + std::to_string(i) + "|secure|0",
                                 testing::bodyOf(response(socket, buffer)));
    }

    void largeAnswersAndUploads() {
        serve();
        auto socket = connect();
        std::string buffer;
        sendAll(socket, "PUT /up HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n" +
                            std::string(5'000'000, 'u'));
        CPPUNIT_ASSERT_EQUAL(std::string{"/up|secure|5000000"}, testing::bodyOf(response(socket, buffer)));
        sendAll(socket, get("/file") + get("/big") + get("/last"));
        CPPUNIT_ASSERT(testing::bodyOf(response(socket, buffer)) == std::string(3'000'000, 'f'));
        CPPUNIT_ASSERT(testing::bodyOf(response(socket, buffer)) == std::string(20'000'000, 'b'));
        CPPUNIT_ASSERT_EQUAL(std::string{"/last|secure|0"}, testing::bodyOf(response(socket, buffer)));
    }

    void slowReaderHoldsNoWorker() {
        serve();
        auto slow = connect();
        sendAll(slow, get("/big"));
        char some[100];
        CPPUNIT_ASSERT(slow.receiveBytes(some, sizeof some) > 0);
        auto live = connect();
        std::string buffer;
        for (int i = 0; i < 20; ++i) {
            sendAll(live, get("/live"));
            CPPUNIT_ASSERT_EQUAL(std::string{"/live|secure|0"}, testing::bodyOf(response(live, buffer)));
        }
    }

    // Bar of the TLS row: 1.2 and 1.3 only, forward secrecy and AEAD only.
    void obsoleteProtocolsAndSuitesAreRefused() {
        serve();
        const auto old = context("ALL:@SECLEVEL=0");
        SSL_CTX_set_min_proto_version(old->sslContext(), TLS1_VERSION);
        SSL_CTX_set_max_proto_version(old->sslContext(), TLS1_1_VERSION);
        CPPUNIT_ASSERT_THROW(connect(old), Poco::Exception);
        for (const char* suite :
             {"ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384", "AES128-GCM-SHA256"}) {
            const auto weak = context(suite);
            SSL_CTX_set_max_proto_version(weak->sslContext(), TLS1_2_VERSION);
            CPPUNIT_ASSERT_THROW(connect(weak), Poco::Exception);
        }
        for (const char* suite : {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"}) {
            const auto good = context(suite);
            SSL_CTX_set_max_proto_version(good->sslContext(), TLS1_2_VERSION);
            auto socket = connect(good);
            std::string buffer;
            sendAll(socket, get("/ok"));
            CPPUNIT_ASSERT_EQUAL(200, statusOf(response(socket, buffer)));
        }
    }

    void sessionIsResumed() {
        serve();
        auto by = context();
        SSL_CTX_set_max_proto_version(by->sslContext(), TLS1_2_VERSION); // Poco 1.11 resumes no 1.3 session
        by->enableSessionCache(true);
        Poco::Net::Session::Ptr session;
        {
            auto first = connect(by);
            std::string buffer;
            sendAll(first, get("/"));
            response(first, buffer);
            session = first.currentSession();
        }
        Poco::Net::SecureStreamSocket second{Poco::Net::SocketAddress{"127.0.0.1", server_->port()},
                                             "localhost", by, session};
        CPPUNIT_ASSERT(second.sessionWasReused());
    }

    void plainTextAndSilenceAreClosed() {
        settings_.headTime = Millis{100};
        serve();
        Wire plain{server_->port()};
        plain.send(get("/"));
        CPPUNIT_ASSERT(plain.rest().find("HTTP/1.1 200") == std::string::npos);
        Wire silent{server_->port()};
        CPPUNIT_ASSERT(silent.closedByPeer());
        auto live = connect();
        std::string buffer;
        sendAll(live, get("/"));
        CPPUNIT_ASSERT_EQUAL(200, statusOf(response(live, buffer)));
    }

    void unusableCertificatesAreNamed() {
        settings_.keyFile = "";
        CPPUNIT_ASSERT_THROW(serve(), std::runtime_error);
        settings_.keyFile = certificate_->key();
        settings_.certificateFile = "/nonexistent/cert.pem";
        try {
            serve();
            CPPUNIT_FAIL("served without a certificate");
        } catch (const std::runtime_error& error) {
            CPPUNIT_ASSERT(std::string{error.what()}.find("/nonexistent/cert.pem") != std::string::npos);
        }
        const Certificate other;
        settings_.certificateFile = other.certificate(); // which this key does not fit
        CPPUNIT_ASSERT_THROW(serve(), std::runtime_error);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TlsTest);
