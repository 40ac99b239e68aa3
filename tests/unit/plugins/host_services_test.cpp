// What a plugin may ask of the server, and what it may not: by a plugin that asks. // S3, O3
#include "house.h"

#include "net/server.h"
#include "plugins/network.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace plugintest;

namespace {

// Standard error as a text, while this lives.
class Caught {
public:
    Caught() : old_(::dup(2)), file_(::memfd_create("stderr", 0)) { ::dup2(file_, 2); }
    ~Caught() {
        ::dup2(old_, 2);
        ::close(old_);
        ::close(file_);
    }
    std::string text() const {
        std::string all(static_cast<std::size_t>(::lseek(file_, 0, SEEK_END)), '\0');
        const auto got = ::pread(file_, all.data(), all.size(), 0);
        all.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
        return all;
    }

private:
    int old_, file_;
};

} // namespace

class HostServicesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(HostServicesTest);
    CPPUNIT_TEST(secretsAreGivenByNameAndOnlyThoseOfTheManifest);
    CPPUNIT_TEST(secretsAreCleanedFromTheLog);
    CPPUNIT_TEST(noPartOfASecretReachesTheLog);
    CPPUNIT_TEST(secretsAreCleanedFromErrors);
    CPPUNIT_TEST(httpGoesToListedPlacesOnly);
    CPPUNIT_TEST(aSocketGoesToListedPlacesOnly);
    CPPUNIT_TEST(aSlowServerEndsWithTheDeadline);
    CPPUNIT_TEST(aRestartDoesNotWaitForWhatTheDeadOneAsked);
    CPPUNIT_TEST(theStoreKeepsAndComparesVersions);
    CPPUNIT_TEST(eventsAreHandedIn);
    CPPUNIT_TEST(theAllowListKnowsWildcardsAndSettings);
    CPPUNIT_TEST_SUITE_END();

    void secretsAreGivenByNameAndOnlyThoseOfTheManifest() {
        House house{"echo"};
        house.start();
        CPPUNIT_ASSERT_EQUAL(std::string{"s3cr3t-t0ken"}, house.said("secret"));
        CPPUNIT_ASSERT_EQUAL(std::string{"error host.not_allowed"}, house.said("undeclared"));
        house.secrets.clear();
        CPPUNIT_ASSERT_EQUAL(std::string{"error host.no_such_secret"}, house.said("secret"));
    }

    void secretsAreCleanedFromTheLog() {
        House house{"echo"};
        house.start();
        const Caught caught;
        CPPUNIT_ASSERT_EQUAL(std::string{"logged"}, house.said("log", "words"));
        for (int i = 0; i < 200 && caught.text().find("echo.words") == std::string::npos; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        const std::string text = caught.text();
        CPPUNIT_ASSERT_MESSAGE(text, text.find("echo.words") != std::string::npos);
        CPPUNIT_ASSERT_MESSAGE(text, text.find("***") != std::string::npos &&
                                         text.find("s3cr3t") == std::string::npos);
    }

    void noPartOfASecretReachesTheLog() {
        House house{"echo"};
        // JSON writes it in another way, and it lies over the cut at 2,000 characters.
        house.secrets["default/token"] = "QQ\"ZZ\\" + std::string(1500, 'W');
        house.start();
        const Caught caught;
        CPPUNIT_ASSERT_EQUAL(std::string{"logged"}, house.said("log", std::string(900, 'x')));
        for (int i = 0; i < 200 && caught.text().find("echo.words") == std::string::npos; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        const std::string text = caught.text();
        CPPUNIT_ASSERT(text.find("echo.words") != std::string::npos);
        CPPUNIT_ASSERT_MESSAGE(text.substr(text.size() - 400), text.find("QQ") == std::string::npos);
    }

    void secretsAreCleanedFromErrors() {
        House house{"echo"};
        house.start();
        const auto refused = house.send("refuse", "token");
        CPPUNIT_ASSERT_EQUAL(std::string{"message.refused"}, refused.error().code);
        CPPUNIT_ASSERT_EQUAL(std::string{"asked to with ***"}, refused.error().detail);
    }

    void httpGoesToListedPlacesOnly() {
        net::Server server{{},
                           [](const net::Request& request) {
                               net::Response response;
                               response.body =
                                   request.path + " " + std::string{request.headers.get("X-Test")};
                               if (request.path == "/away") {
                                   response.status = 302;
                                   response.headers.add("Location", "http://127.0.0.1:1/");
                               }
                               return response;
                           },
                           clock};
        server.start();
        const std::string base = "http://127.0.0.1:" + std::to_string(server.port());
        House house{"echo"};
        house.start();
        CPPUNIT_ASSERT_EQUAL(std::string{"error host.not_allowed"}, house.said("fetch", base + "/x"));
        allow(house, server.port());
        CPPUNIT_ASSERT_EQUAL(std::string{"200 /x 1"}, house.said("fetch", base + "/x"));
        CPPUNIT_ASSERT_EQUAL(std::string{"302 /away 1"},
                             house.said("fetch", base + "/away")); // told, not followed
        CPPUNIT_ASSERT_EQUAL(std::string{"error host.not_allowed"},
                             house.said("fetch", "http://localhost:1/"));
        CPPUNIT_ASSERT_EQUAL(std::string{"error host.not_allowed"},
                             house.said("fetch", "file:///etc/passwd"));
        server.stop(Millis{0});
        CPPUNIT_ASSERT_EQUAL(std::string{"error host.connect_failed"}, house.said("fetch", base + "/x"));
    }

    void aSocketGoesToListedPlacesOnly() {
        Fd listener = listening();
        const std::uint16_t port = portOf(listener);
        std::thread greeter{[&] {
            const Fd socket{::accept(listener.get(), nullptr, nullptr)};
            char line[6];
            CPPUNIT_ASSERT_EQUAL(ssize_t{6}, ::recv(socket.get(), line, sizeof line, MSG_WAITALL));
            ::send(socket.get(), "welcome\r\n", 9, MSG_NOSIGNAL);
        }};
        House house{"echo"};
        house.start();
        CPPUNIT_ASSERT_EQUAL(std::string{"error host.not_allowed"},
                             house.said("connect", std::to_string(port)));
        allow(house, port);
        CPPUNIT_ASSERT_EQUAL(std::string{"welcome"}, house.said("connect", std::to_string(port)));
        greeter.join();
    }

    void aSlowServerEndsWithTheDeadline() {
        Fd listener = listening(); // accepts by its backlog and never answers
        House house{"echo"};
        allow(house, portOf(listener));
        house.start();
        house.said("warm");
        house.context.deadline = Until::in(Millis{300});
        const auto answer = house.said("fetch", "http://127.0.0.1:" + std::to_string(portOf(listener)) + "/");
        CPPUNIT_ASSERT_MESSAGE(answer, answer == "error host.deadline" || answer == "error plugin.timeout");
        house.context.deadline = Until::never();
        CPPUNIT_ASSERT_EQUAL(std::string{"still there"}, house.said("still there"));
        CPPUNIT_ASSERT_EQUAL(0, house.supervisor.status().crashes); // the provider hung, the plugin did not
    }

    void aRestartDoesNotWaitForWhatTheDeadOneAsked() {
        Fd listener = listening();
        House house{"echo"};
        allow(house, portOf(listener));
        house.start();
        const int pid = house.supervisor.status().pid;
        std::thread caller{
            [&] { house.said("fetch", "http://127.0.0.1:" + std::to_string(portOf(listener)) + "/"); }};
        const Fd exchange{::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC)};
        char request[4096];
        CPPUNIT_ASSERT(::recv(exchange.get(), request, sizeof request, 0) > 0);
        ::kill(pid, SIGKILL);
        caller.join();
        CPPUNIT_ASSERT(house.supervisor.waitFor(PluginState::Running, Millis{15'000}));
        CPPUNIT_ASSERT(house.supervisor.status().pid != pid);
        // The host still waits for the provider's answer, and the new process is there already.
        CPPUNIT_ASSERT_EQUAL(ssize_t{-1}, ::recv(exchange.get(), request, sizeof request, MSG_DONTWAIT));
        CPPUNIT_ASSERT_EQUAL(EAGAIN, errno);
    }

    void theStoreKeepsAndComparesVersions() {
        House house{"echo"};
        house.start();
        for (const char* count : {"1", "2", "3"})
            CPPUNIT_ASSERT_EQUAL(std::string{count}, house.said("count"));
    }

    void eventsAreHandedIn() {
        House house{"echo"};
        house.start();
        CPPUNIT_ASSERT_EQUAL(std::string{"posted"}, house.said("event", "receipt-1"));
        CPPUNIT_ASSERT_EQUAL(1, house.events["message.delivered receipt-1"]);
    }

    void theAllowListKnowsWildcardsAndSettings() {
        Manifest manifest;
        manifest.network = {"*.example.vn:443", "${api}", "${host}:${port}"};
        Json config = Json::object();
        config.set("api", "https://Pay.Example.COM/path?x=1").set("host", "mail.local").set("port", 587);
        const auto may = [&](const std::string& place) {
            return mayReach(manifest, config, endpointOf(place).value());
        };
        for (const char* place : {"https://a.example.vn", "b.a.example.vn:443",
                                  "https://pay.example.com/other", "mail.local:587"})
            CPPUNIT_ASSERT_MESSAGE(place, may(place));
        for (const char* place : {"https://example.vn", "https://a.example.vn:8443", "https://evilexample.vn",
                                  "http://pay.example.com", "mail.local:25",
                                  "https://pay.example.com.evil.vn", "https://pay.example.com@evil.vn/"})
            CPPUNIT_ASSERT_MESSAGE(place, !may(place));
        manifest.network = {"${printers}", "unix:${socket}", "${api}"};
        config = Json::object();
        config.set("printers", Json::array().add("tcp://10.0.0.5:9100#hall").add("tcp://10.0.0.6:9101"));
        config.set("socket", "/run/clamav/clamd.ctl").set("api", "unix:/run/other.ctl");
        for (const char* place : {"10.0.0.5:9100", "10.0.0.6:9101", "unix:/run/clamav/clamd.ctl"})
            CPPUNIT_ASSERT_MESSAGE(place, may(place));
        for (const char* place : {"10.0.0.5:9101", "unix:/run/other.ctl", "unix:/run/clamav/clamd.ctl2"})
            CPPUNIT_ASSERT_MESSAGE(place, !may(place));
        CPPUNIT_ASSERT(!endpointOf("unix:").ok() && !endpointOf("unix:run/x").ok());
        CPPUNIT_ASSERT(!endpointOf("").ok() && !endpointOf("file:///x").ok() && !endpointOf("host").ok());
    }

    static void allow(House& house, std::uint16_t port) {
        const std::lock_guard lock{house.guard};
        house.profiles["default"].set("port", int{port});
    }
    static Fd listening() {
        Fd fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        CPPUNIT_ASSERT_EQUAL(0, ::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address));
        CPPUNIT_ASSERT_EQUAL(0, ::listen(fd.get(), 4));
        return fd;
    }
    static std::uint16_t portOf(const Fd& fd) {
        sockaddr_in address{};
        socklen_t size = sizeof address;
        ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
        return ntohs(address.sin_port);
    }

    SystemClock clock;
};

CPPUNIT_TEST_SUITE_REGISTRATION(HostServicesTest);
