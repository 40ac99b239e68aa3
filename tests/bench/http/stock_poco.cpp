// Stock Poco::Net::HTTPServer as its examples use it: stock_poco PORT THREADS [CERTIFICATE KEY]. The baseline
// of the front. /page has 17.8 KB, or BENCH_PAGE_BYTES.
#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/SecureServerSocket.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/ThreadPool.h>

#include <csignal>
#include <cstdlib>
#include <string>

namespace {

const char* const bytes = std::getenv("BENCH_PAGE_BYTES");
const std::string kPage(bytes ? std::stoul(bytes) : 17'800, 'p');

class Hello : public Poco::Net::HTTPRequestHandler {
public:
    void handleRequest(Poco::Net::HTTPServerRequest& request,
                       Poco::Net::HTTPServerResponse& response) override {
        const std::string hello = "Hello, world!";
        const std::string& body = request.getURI() == "/page" ? kPage : hello;
        response.setContentType("text/html");
        response.sendBuffer(body.data(), body.size());
    }
};

class Factory : public Poco::Net::HTTPRequestHandlerFactory {
public:
    Poco::Net::HTTPRequestHandler* createRequestHandler(const Poco::Net::HTTPServerRequest&) override {
        return new Hello;
    }
};

} // namespace

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    const int threads = std::atoi(argv[2]);
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigprocmask(SIG_BLOCK, &ending, nullptr);
    Poco::ThreadPool pool{threads, threads};
    Poco::Net::HTTPServerParams::Ptr params = new Poco::Net::HTTPServerParams;
    params->setMaxThreads(threads);
    params->setMaxQueued(1024);
    params->setKeepAlive(true);
    params->setMaxKeepAliveRequests(0);
    const auto port = static_cast<Poco::UInt16>(std::atoi(argv[1]));
    Poco::Net::ServerSocket plain;
    if (argc > 4) {
        using Poco::Net::Context;
        plain = Poco::Net::SecureServerSocket{port, 1024,
                                              new Context{Context::TLS_SERVER_USE, argv[4], argv[3], "",
                                                          Context::VERIFY_NONE, 9, false, "ECDHE+AESGCM"}};
    } else {
        plain = Poco::Net::ServerSocket{port, 1024};
    }
    Poco::Net::HTTPServer server{new Factory, pool, plain, params};
    server.start();
    int signal = 0;
    sigwait(&ending, &signal);
    server.stopAll(true);
}
