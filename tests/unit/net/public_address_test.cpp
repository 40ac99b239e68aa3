// Which addresses a client refuses that may only talk to the Internet at large. // N6
#include "net/public_address.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <string>

using namespace motcua::net;

namespace {

bool judged(const std::string& text) {
    sockaddr_in four{};
    four.sin_family = AF_INET;
    if (::inet_pton(AF_INET, text.c_str(), &four.sin_addr) == 1)
        return isPublicAddress(reinterpret_cast<const sockaddr*>(&four), sizeof four);
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    CPPUNIT_ASSERT_EQUAL_MESSAGE(text, 1, ::inet_pton(AF_INET6, text.c_str(), &six.sin6_addr));
    return isPublicAddress(reinterpret_cast<const sockaddr*>(&six), sizeof six);
}

} // namespace

class PublicAddressTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PublicAddressTest);
    CPPUNIT_TEST(whatIsOfThisMachineOrNetworkIsNotPublic);
    CPPUNIT_TEST(theNeighboursOfEachBlockArePublic);
    CPPUNIT_TEST(otherFamiliesAreNotPublic);
    CPPUNIT_TEST_SUITE_END();

    void whatIsOfThisMachineOrNetworkIsNotPublic() {
        for (const char* one : {"0.0.0.0",
                                "10.0.0.1",
                                "10.255.255.255",
                                "100.64.0.1",
                                "100.127.255.255",
                                "127.0.0.1",
                                "127.255.0.1",
                                "169.254.169.254",
                                "172.16.0.1",
                                "172.31.255.255",
                                "192.0.0.8",
                                "192.0.2.1",
                                "192.88.99.1",
                                "192.168.1.1",
                                "198.19.255.255",
                                "198.51.100.7",
                                "203.0.113.9",
                                "224.0.0.1",
                                "239.255.255.255",
                                "240.0.0.1",
                                "255.255.255.255",
                                "::",
                                "::1",
                                "fe80::1",
                                "fc00::1",
                                "fd12::1",
                                "ff02::1",
                                "2001:db8::1",
                                "2001::1",
                                "2002:7f00:1::",
                                "3fff:1::1",
                                "::ffff:127.0.0.1",
                                "::ffff:10.1.2.3",
                                "64:ff9b::192.168.0.1",
                                "::127.0.0.1",
                                "100::1"})
            CPPUNIT_ASSERT_MESSAGE(one, !judged(one));
    }

    void theNeighboursOfEachBlockArePublic() {
        for (const char* one : {"1.1.1.1",        "9.255.255.255",        "11.0.0.0",
                                "100.63.255.255", "100.128.0.0",          "126.255.255.255",
                                "128.0.0.1",      "169.253.0.1",          "172.15.255.255",
                                "172.32.0.0",     "192.167.0.1",          "192.169.0.1",
                                "198.17.255.255", "198.20.0.0",           "223.255.255.255",
                                "2400:cb00::1",   "2001:4860:4860::8888", "2003::1",
                                "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"})
            CPPUNIT_ASSERT_MESSAGE(one, judged(one));
    }

    void otherFamiliesAreNotPublic() {
        sockaddr local{};
        local.sa_family = AF_UNIX;
        CPPUNIT_ASSERT(!isPublicAddress(&local, sizeof local));
        CPPUNIT_ASSERT(!isPublicAddress(nullptr, 0));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PublicAddressTest);
