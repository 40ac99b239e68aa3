// The HTTP client against our own server, against scripted peers that misbehave, and against openssl
// s_server.
#include "base/clock.h"
#include "certificate.h"
#include "net/client.h"
#include "net/server.h"
#include "net/tls.h"
#include "wire.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <signal.h>
#include <sys/wait.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

using namespace motcua;
using namespace motcua::net;
using namespace motcua::net::testing;

namespace {

// Listens, takes one connection at a time, waits for the end of a head and plays its part on the raw socket.
class Peer {
public:
    using Part = std::function<void(int socket)>;

    explicit Peer(Part part)
        : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), part_(std::move(part)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size);
        ::listen(socket_, 16);
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread{[this] { run(); }};
    }
    ~Peer() {
        ::shutdown(socket_, SHUT_RDWR);
        thread_.join();
        ::close(socket_);
    }

    std::string url(const std::string& path = "/") const { return "http://" + host() + path; }
    std::string host() const { return "127.0.0.1:" + std::to_string(port_); }

    static void say(int socket, std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }
    static std::string hearHead(int socket) {
        std::string head;
        char c = 0;
        while (!head.ends_with("\r\n\r\n") && ::recv(socket, &c, 1, 0) == 1)
            head.push_back(c);
        return head;
    }

private:
    // Closing with unread bytes would reset the connection and take the answer with it.
    static void leave(int client) {
        ::shutdown(client, SHUT_WR);
        char rest[4096];
        while (::recv(client, rest, sizeof rest, 0) > 0) {
        }
        ::close(client);
    }

    void run() {
        for (int client = 0; (client = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;
             leave(client))
            part_(client);
    }

    int socket_;
    std::uint16_t port_ = 0;
    Part part_;
    std::thread thread_;
};

Peer saying(const std::string& bytes) {
    return Peer{[bytes](int socket) {
        Peer::hearHead(socket);
        Peer::say(socket, bytes);
    }};
}

} // namespace

class ClientTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ClientTest);
    CPPUNIT_TEST(requestArrivesAndAnswerComesBack);
    CPPUNIT_TEST(everyFramingOfAnAnswerIsRead);
    CPPUNIT_TEST(halfAnAnswerIsNoAnswer);
    CPPUNIT_TEST(answersHaveALimit);
    CPPUNIT_TEST(deadlineCoversTheWholeExchange);
    CPPUNIT_TEST(onlyListedHostsAreAsked);
    CPPUNIT_TEST(malformedRequestsAreNotSent);
    CPPUNIT_TEST(redirectsOnlyWhenAskedAndToListedHosts);
    CPPUNIT_TEST(secretsDoNotFollowToAnotherHost);
    CPPUNIT_TEST(whetherItWasSentIsTold);
    CPPUNIT_TEST(certificateIsVerified);
    CPPUNIT_TEST(tlsEndWithoutGoodbyeStillGivesTheBody);
    CPPUNIT_TEST(opensslServerIsUnderstood);
    CPPUNIT_TEST_SUITE_END();

    SystemClock clock_;

    static Result<ClientResponse> ask(const Peer& peer, ClientRequest request = {},
                                      std::size_t bodyBytes = 1 << 20) {
        if (request.url.empty()) request.url = peer.url();
        ClientSettings settings;
        settings.hosts = {"http://" + peer.host()};
        settings.bodyBytes = bodyBytes;
        return HttpClient{settings}.send(request);
    }
    static std::string codeOf(const Result<ClientResponse>& result) {
        return result ? "none" : result.error().code;
    }

    void requestArrivesAndAnswerComesBack() {
        Server server{{},
                      [](const Request& request) {
                          Response response;
                          response.status = 201;
                          response.headers.add("X-Seen", std::string{request.headers.get("X-Sent")});
                          response.body = request.method + " " + request.path + "?" + request.query + " " +
                                          std::string{request.headers.get("Host")} + " " +
                                          request.body->all();
                          return response;
                      },
                      clock_};
        server.start();
        const std::string host = "127.0.0.1:" + std::to_string(server.port());
        ClientSettings settings;
        settings.hosts = {"http://" + host};
        const HttpClient client{settings};
        ClientRequest request;
        request.method = "POST";
        request.url = "http://" + host + "/a%20b?c=%2F#fragment";
        request.headers.add("X-Sent", "yes");
        request.headers.add("Content-Length", "999"); // not the caller's to say
        request.body = "body";
        const auto response = client.send(request);
        CPPUNIT_ASSERT_EQUAL(201, response->status);
        CPPUNIT_ASSERT_EQUAL(std::string_view{"yes"}, response->headers.get("x-seen"));
        CPPUNIT_ASSERT_EQUAL("POST /a b?c=%2F " + host + " body", response->body);
    }

    void everyFramingOfAnAnswerIsRead() {
        const std::string ok = "HTTP/1.1 200 OK\r\n";
        CPPUNIT_ASSERT_EQUAL(std::string{"hello"}, ask(saying(ok + "Content-Length: 5\r\n\r\nhello"))->body);
        CPPUNIT_ASSERT_EQUAL(std::string{"hello"}, ask(saying(ok + "\r\nhello"))->body);
        CPPUNIT_ASSERT_EQUAL(
            std::string{"hello!"},
            ask(saying(ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n"))->body);
        CPPUNIT_ASSERT_EQUAL(
            std::string{"x"},
            ask(saying("HTTP/1.1 100 Continue\r\n\r\n" + ok + "Content-Length: 1\r\n\r\nx"))->body);
        CPPUNIT_ASSERT_EQUAL(204, ask(saying("HTTP/1.1 204 No Content\r\n\r\n"))->status);
        ClientRequest head;
        head.method = "HEAD";
        CPPUNIT_ASSERT_EQUAL(std::string{}, ask(saying(ok + "Content-Length: 5\r\n\r\n"), head)->body);
    }

    void halfAnAnswerIsNoAnswer() {
        const std::string ok = "HTTP/1.1 200 OK\r\n";
        for (const std::string& half :
             {std::string{}, std::string{"HTTP/1.1 200 OK\r\nX: "}, ok + "Content-Length: 6\r\n\r\nhello",
              ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
              ok + "Transfer-Encoding: gzip\r\n\r\nx", ok + "Content-Length: five\r\n\r\nhello",
              std::string{"SSH-2.0-x\r\n\r\n"}}) {
            CPPUNIT_ASSERT_EQUAL_MESSAGE(half, std::string{"http_client.broken"}, codeOf(ask(saying(half))));
        }
    }

    void answersHaveALimit() {
        const std::string ok = "HTTP/1.1 200 OK\r\n";
        const std::string big(2000, 'b');
        for (const std::string& answer : {ok + "Content-Length: 2000\r\n\r\n" + big, ok + "\r\n" + big,
                                          ok + "Transfer-Encoding: chunked\r\n\r\n7d0\r\n" + big,
                                          ok + "X: " + std::string(100'000, 'x')}) {
            CPPUNIT_ASSERT_EQUAL(std::string{"http_client.too_large"}, codeOf(ask(saying(answer), {}, 1000)));
        }
    }

    void deadlineCoversTheWholeExchange() {
        ClientRequest request;
        request.time = Millis{150};
        const Peer silent{[](int socket) { Peer::hearHead(socket), Peer::hearHead(socket); }};
        CPPUNIT_ASSERT_EQUAL(std::string{"http_client.timeout"}, codeOf(ask(silent, request)));
        const Peer dripping{[](int socket) { // each byte comes in time, the whole never
            Peer::hearHead(socket);
            const std::string head = "HTTP/1.1 200 OK\r\nX: ";
            Peer::say(socket, head);
            pollfd gone{socket, POLLIN, 0};
            while (::poll(&gone, 1, 20) == 0)
                Peer::say(socket, "x");
        }};
        const auto begun = std::chrono::steady_clock::now();
        CPPUNIT_ASSERT_EQUAL(std::string{"http_client.timeout"}, codeOf(ask(dripping, request)));
        CPPUNIT_ASSERT(std::chrono::steady_clock::now() - begun < std::chrono::seconds{5});
    }

    void onlyListedHostsAreAsked() {
        ClientSettings settings;
        settings.hosts = {"api.example.vn", "http://127.0.0.1:9"};
        const HttpClient client{settings};
        for (const char* url :
             {"https://other.example.vn/", "http://api.example.vn/", "https://api.example.vn:8443/",
              "http://127.0.0.1:10/", "https://127.0.0.1:9/", "https://api.example.vn.evil.vn/"}) {
            ClientRequest request;
            request.url = url;
            const auto result = client.send(request);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(url, std::string{"http_client.host_not_listed"}, codeOf(result));
            CPPUNIT_ASSERT(result.error().kind == ErrorKind::Denied);
        }
        settings.hosts = {"not a host"};
        CPPUNIT_ASSERT_THROW(HttpClient{settings}, std::runtime_error);
    }

    void malformedRequestsAreNotSent() {
        std::atomic<int> heard{0};
        const Peer peer{[&](int) { ++heard; }};
        const auto refused = [&](const std::function<void(ClientRequest&)>& change) {
            ClientRequest request;
            request.url = peer.url();
            change(request);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(request.url, std::string{"http_client.bad_request"},
                                         codeOf(ask(peer, request)));
        };
        for (const char* url :
             {"", "ftp://a/", "http://", "http://u:p@a/", "http://a/b c", "http://a/\r\nX: y", "nonsense"}) {
            if (*url) refused([&](ClientRequest& request) { request.url = url; });
        }
        refused([](ClientRequest& request) { request.method = "GET /x HTTP/1.1\r\nX:"; });
        refused([](ClientRequest& request) { request.headers.add("X", "a\r\nHost: b"); });
        refused([](ClientRequest& request) { request.headers.add("X: y\r\nZ", "a"); });
        CPPUNIT_ASSERT_EQUAL(0, heard.load());
    }

    void redirectsOnlyWhenAskedAndToListedHosts() {
        const Peer peer{[](int socket) {
            const std::string head = Peer::hearHead(socket);
            if (head.starts_with("POST /303 "))
                Peer::say(socket, "HTTP/1.1 303 See Other\r\nLocation: /end?q\r\nContent-Length: 0\r\n\r\n");
            else if (head.starts_with("POST /307 "))
                Peer::say(socket,
                          "HTTP/1.1 307 Temporary Redirect\r\nLocation: end\r\nContent-Length: 0\r\n\r\n");
            else if (head.starts_with("GET /away "))
                Peer::say(
                    socket,
                    "HTTP/1.1 302 Found\r\nLocation: http://evil.example/\r\nContent-Length: 0\r\n\r\n");
            else if (head.starts_with("GET /round "))
                Peer::say(socket, "HTTP/1.1 302 Found\r\nLocation: /round\r\nContent-Length: 0\r\n\r\n");
            else
                Peer::say(socket, "HTTP/1.1 200 OK\r\n\r\n" + head.substr(0, head.find(" HTTP")));
        }};
        const auto go = [&](const std::string& method, const std::string& path, int redirects) {
            ClientRequest request;
            request.method = method;
            request.url = peer.url(path);
            request.body = method == "POST" ? "b" : "";
            request.redirects = redirects;
            return ask(peer, request);
        };
        CPPUNIT_ASSERT_EQUAL(303, go("POST", "/303", 0)->status);
        CPPUNIT_ASSERT_EQUAL(std::string{"GET /end?q"}, go("POST", "/303", 1)->body);
        CPPUNIT_ASSERT_EQUAL(peer.url("/end?q"), go("POST", "/303", 1)->url);
        CPPUNIT_ASSERT_EQUAL(std::string{"POST /end"}, go("POST", "/307", 1)->body);
        CPPUNIT_ASSERT_EQUAL(std::string{"http_client.host_not_listed"}, codeOf(go("GET", "/away", 1)));
        CPPUNIT_ASSERT_EQUAL(302, go("GET", "/round", 5)->status);
    }

    void secretsDoNotFollowToAnotherHost() {
        const auto echo = [](int socket) {
            const std::string head = Peer::hearHead(socket);
            Peer::say(socket, "HTTP/1.1 200 OK\r\n\r\n" + head);
        };
        const Peer second{echo};
        const Peer first{[&](int socket) {
            Peer::hearHead(socket);
            Peer::say(socket,
                      "HTTP/1.1 302 Found\r\nLocation: " + second.url() + "\r\nContent-Length: 0\r\n\r\n");
        }};
        ClientSettings settings;
        settings.hosts = {"http://" + first.host(), "http://" + second.host()};
        ClientRequest request;
        request.url = first.url();
        request.headers.add("Authorization", "Bearer secret");
        request.headers.add("X-Other", "kept");
        request.redirects = 1;
        const auto response = HttpClient{settings}.send(request);
        CPPUNIT_ASSERT_EQUAL(std::string::npos, response->body.find("secret"));
        CPPUNIT_ASSERT(response->body.find("X-Other: kept") != std::string::npos);
    }

    void whetherItWasSentIsTold() {
        ClientSettings settings;
        settings.hosts = {"http://127.0.0.1:1"};
        ClientRequest request;
        request.url = "http://127.0.0.1:1/";
        const auto unreachable = HttpClient{settings}.send(request);
        CPPUNIT_ASSERT_EQUAL(std::string{"http_client.unreachable"}, codeOf(unreachable));
        CPPUNIT_ASSERT_EQUAL(std::string{"no"}, unreachable.error().params.at("sent"));
        CPPUNIT_ASSERT(mayRetry(unreachable.error()));
        CPPUNIT_ASSERT_EQUAL(std::string{"yes"}, ask(saying("")).error().params.at("sent"));
    }

    void certificateIsVerified() {
        const Certificate certificate;
        ServerSettings serving;
        serving.certificateFile = certificate.certificate();
        serving.keyFile = certificate.key();
        Server server{serving,
                      [](const Request& request) {
                          Response response;
                          response.body = request.secure ? "secure" : "plain";
                          return response;
                      },
                      clock_};
        server.start();
        const std::string port = ":" + std::to_string(server.port());
        ClientSettings settings;
        settings.hosts = {"localhost" + port, "127.0.0.1" + port, "127.1" + port};
        settings.caFile = certificate.certificate();
        const HttpClient trusting{settings};
        ClientRequest request;
        for (const char* host : {"localhost", "127.0.0.1"}) {
            request.url = "https://" + std::string{host} + port + "/";
            CPPUNIT_ASSERT_EQUAL(std::string{"secure"}, trusting.send(request)->body);
        }
        request.url = "https://127.1" + port + "/"; // the same machine by a name that the certificate lacks
        CPPUNIT_ASSERT_EQUAL(std::string{"http_client.untrusted"}, codeOf(trusting.send(request)));
        request.url = "https://localhost" + port + "/";
        const Certificate other;
        settings.caFile = other.certificate();
        CPPUNIT_ASSERT_EQUAL(std::string{"http_client.untrusted"},
                             codeOf(HttpClient{settings}.send(request)));
        settings.caFile = ""; // the system's store knows nothing of it either
        CPPUNIT_ASSERT_EQUAL(std::string{"http_client.untrusted"},
                             codeOf(HttpClient{settings}.send(request)));
        settings.caFile = "/nonexistent.pem";
        CPPUNIT_ASSERT_THROW(HttpClient{settings}, std::runtime_error);
    }

    // Ends the connection after `bytes` without close_notify, as many servers do.
    static void endAbruptly(const TlsContext& tls, int socket, std::string_view bytes) {
        const auto transport = tls.accept(Descriptor{::dup(socket)});
        while (transport->handshake() == kBlocked)
            std::this_thread::yield();
        char head[4096];
        while (transport->read(head, sizeof head) == kBlocked)
            std::this_thread::yield();
        transport->write(bytes, {});
    }

    void tlsEndWithoutGoodbyeStillGivesTheBody() {
        const Certificate certificate;
        const TlsContext tls = TlsContext::server(certificate.certificate(), certificate.key());
        ClientSettings settings;
        settings.caFile = certificate.certificate();
        const auto fetched = [&](const std::string& answer) {
            const Peer peer{[&](int socket) { endAbruptly(tls, socket, answer); }};
            settings.hosts = {peer.host()};
            ClientRequest request;
            request.url = "https://" + peer.host() + "/";
            return HttpClient{settings}.send(request);
        };
        CPPUNIT_ASSERT_EQUAL(std::string(5000, 'b'),
                             fetched("HTTP/1.1 200 OK\r\n\r\n" + std::string(5000, 'b'))->body);
        CPPUNIT_ASSERT_EQUAL(
            std::string{"http_client.broken"},
            codeOf(fetched("HTTP/1.1 200 OK\r\nContent-Length: 6000\r\n\r\n" + std::string(5000, 'b'))));
    }

    void opensslServerIsUnderstood() {
        const Certificate certificate;
        std::uint16_t port = 0;
        {
            const Peer free{[](int) {}};
            port = static_cast<std::uint16_t>(std::stoi(free.host().substr(free.host().find(':') + 1)));
        }
        const pid_t child = ::fork();
        if (child == 0) {
            const std::string cert = certificate.certificate();
            const std::string key = certificate.key();
            const std::string accept = "127.0.0.1:" + std::to_string(port);
            if (!std::freopen("/dev/null", "w", stdout) || !std::freopen("/dev/null", "w", stderr))
                ::_exit(1);
            ::execlp("openssl", "openssl", "s_server", "-www", "-accept", accept.c_str(), "-cert",
                     cert.c_str(), "-key", key.c_str(), static_cast<char*>(nullptr));
            ::_exit(1);
        }
        ClientSettings settings;
        settings.hosts = {"localhost:" + std::to_string(port)};
        settings.caFile = certificate.certificate();
        const HttpClient client{settings};
        ClientRequest request;
        request.url = "https://localhost:" + std::to_string(port) + "/";
        std::string body;
        const bool answered = eventually([&] {
            const auto response = client.send(request);
            if (response) body = response->body;
            return response.ok();
        });
        ::kill(child, SIGTERM);
        ::waitpid(child, nullptr, 0);
        CPPUNIT_ASSERT(answered);
        CPPUNIT_ASSERT(body.find("TLSv1.3") != std::string::npos);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ClientTest);
