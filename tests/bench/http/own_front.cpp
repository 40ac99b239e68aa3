// The HTTP front with the barest handler: own_front PORT [CERTIFICATE KEY]. Answers /hello with 13 bytes,
// /page with 17.8 KB, or BENCH_PAGE_BYTES.
#include "base/clock.h"
#include "net/server.h"

#include <csignal>
#include <cstdlib>
#include <string>

int main(int argc, char** argv) {
    using namespace motcua;
    if (argc < 2) return 2;
    SystemClock clock;
    net::ServerSettings settings;
    settings.port = static_cast<std::uint16_t>(std::atoi(argv[1]));
    settings.connectionsPerPeer = 20'000;
    if (argc > 3) {
        settings.certificateFile = argv[2];
        settings.keyFile = argv[3];
    }
    const char* bytes = std::getenv("BENCH_PAGE_BYTES");
    const auto page = std::make_shared<const std::string>(bytes ? std::stoul(bytes) : 17'800, 'p');
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigprocmask(SIG_BLOCK, &ending, nullptr);
    net::Server server{settings,
                       [&](const net::Request& request) {
                           net::Response response;
                           response.headers.add("Content-Type", "text/html");
                           if (request.path == "/page")
                               response.shared = page;
                           else
                               response.body = "Hello, world!";
                           return response;
                       },
                       clock};
    server.start();
    int signal = 0;
    sigwait(&ending, &signal);
    server.stop(Millis{0});
}
