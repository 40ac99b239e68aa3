// What the mail plugin refuses to do without TLS. Its conversations are judged by a real server in
// tests/interop. // N4, N7
#include "message-smtp/session.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

class SmtpTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SmtpTest);
    CPPUNIT_TEST(onlyThisMachineIsThisMachine);
    CPPUNIT_TEST(inTheClearToThisMachineOnlyAndWithoutAPassword);
    CPPUNIT_TEST_SUITE_END();

    void onlyThisMachineIsThisMachine() {
        for (const char* host : {"localhost", "127.0.0.1", "127.8.9.10", "::1"})
            CPPUNIT_ASSERT_MESSAGE(host, smtp::isThisMachine(host));
        for (const char* host : {"", "10.0.0.1", "128.0.0.1", "127.0.0.1.example.vn", "localhost.example.vn",
                                 "mail.example.vn", "::2", "127.1", "0x7f000001"})
            CPPUNIT_ASSERT_MESSAGE(host, !smtp::isThisMachine(host));
    }

    static std::string codeOf(const smtp::Server& server) {
        // A host that offers nothing: who gets as far as asking it is told so.
        motcua_host bare{1, 0, nullptr,
                         [](const motcua_host*, const char*) -> const void* { return nullptr; }};
        const auto session = smtp::Session::open(motcua::sdk::Host{&bare}, {}, server);
        return session ? "" : session.error().code;
    }

    void inTheClearToThisMachineOnlyAndWithoutAPassword() {
        smtp::Server server;
        server.security = "none";
        server.host = "mail.example.vn";
        CPPUNIT_ASSERT_EQUAL(std::string{"message.not_secure"}, codeOf(server));
        server.host = "127.0.0.1";
        CPPUNIT_ASSERT_EQUAL(std::string{"plugin.unimplemented"}, codeOf(server));
        server.user = "motcua";
        CPPUNIT_ASSERT_EQUAL(std::string{"message.not_secure"}, codeOf(server));
        server.security = "starttls";
        server.host = "mail.example.vn";
        CPPUNIT_ASSERT_EQUAL(std::string{"plugin.unimplemented"}, codeOf(server));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SmtpTest);
