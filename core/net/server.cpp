#include "net/server.h"

#include "net/event_loop.h"
#include "net/tls.h"

#include <Poco/Exception.h>
#include <Poco/Net/ServerSocket.h>

#include <Poco/Net/SocketAddress.h>
#include <fcntl.h>

#include <sys/socket.h>

#include <algorithm>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace motcua::net {

namespace {

constexpr int kBacklog = 1024;

Poco::Net::ServerSocket bound(const ServerSettings& settings) {
    try {
        const Poco::Net::SocketAddress address{settings.host, settings.port};
        Poco::Net::ServerSocket socket;
        if (address.family() == Poco::Net::SocketAddress::IPv6)
            socket.bind6(address, true, false, false);
        else
            socket.bind(address, true, false); // without SO_REUSEPORT: a taken port is an error
        socket.listen(kBacklog);
        ::fcntl(socket.impl()->sockfd(), F_SETFD, FD_CLOEXEC); // Poco leaves it open for children
        socket.setBlocking(false);
        return socket;
    } catch (const Poco::Exception& error) {
        throw std::runtime_error("cannot listen on " + settings.host + ":" + std::to_string(settings.port) +
                                 ": " + error.displayText());
    }
}

// "event: name\ndata: line\n…\n\n"; a line break in the data begins another data line.
std::string eventText(std::string_view event, std::string_view data) {
    std::string text;
    if (!event.empty()) {
        text.append("event: ");
        std::copy_if(event.begin(), event.end(), std::back_inserter(text),
                     [](char c) { return c != '\r' && c != '\n'; });
        text.append("\n");
    }
    while (true) {
        const auto end = data.find_first_of("\r\n");
        text.append("data: ").append(data.substr(0, end)).append("\n");
        if (end == std::string_view::npos) break;
        data.remove_prefix(end + (data.substr(end).starts_with("\r\n") ? 2 : 1));
    }
    return text.append("\n");
}

} // namespace

Front::Front(const ServerSettings& given, Handler handle, const Clock& time)
    : settings(given),
      handler(std::move(handle)),
      clock(time),
      peers(given.trustedProxies, given.connectionsPerPeer),
      wrap([](Descriptor socket) { return std::make_unique<Transport>(std::move(socket)); }),
      workers(given.queue, [](Job& job) { job.connection->serve(job); }) {}

namespace {

std::unique_ptr<TlsContext> tlsOf(const ServerSettings& settings) {
    if (settings.certificateFile.empty() && settings.keyFile.empty()) return nullptr;
    if (settings.certificateFile.empty() || settings.keyFile.empty()) {
        throw std::runtime_error("TLS needs both a certificate file and a key file");
    }
    return std::make_unique<TlsContext>(TlsContext::server(settings.certificateFile, settings.keyFile));
}

} // namespace

class Server::Impl {
public:
    Impl(const ServerSettings& settings, Handler handler, const Clock& clock)
        : front_(settings, std::move(handler), clock), tls_(tlsOf(settings)), socket_(bound(settings)) {
        if (tls_) front_.wrap = [&tls = *tls_](Descriptor socket) { return tls.accept(std::move(socket)); };
        for (int i = 0; i < std::max(settings.loops, 1); ++i) {
            loops_.push_back(std::make_unique<EventLoop>(front_, socket_.impl()->sockfd()));
        }
    }

    ~Impl() { stop(Millis{0}); }

    std::uint16_t port() const { return socket_.address().port(); }

    void start() {
        front_.workers.start(std::max(front_.settings.workers, 1));
        for (const auto& loop : loops_)
            threads_.emplace_back([&loop = *loop] { loop.run(); });
    }

    void stop(Millis grace) {
        front_.stopping = true;
        const std::int64_t until = steadyMs() + grace.count();
        for (const auto& loop : loops_)
            loop->stop(until);
        for (auto& thread : threads_)
            thread.join();
        threads_.clear();
        front_.workers.stop();
        socket_.close();
    }

    void publish(std::string_view topic, std::string_view event, std::string_view data) {
        const auto name = std::make_shared<const std::string>(topic);
        const auto text = std::make_shared<const std::string>(eventText(event, data));
        for (const auto& loop : loops_)
            loop->publish(name, text);
    }

    Figures figures() const {
        return {front_.requests.load(), front_.refused.load(), front_.connections.load(),
                front_.workers.waiting()};
    }

private:
    Front front_;
    std::unique_ptr<TlsContext> tls_;
    Poco::Net::ServerSocket socket_;
    std::vector<std::unique_ptr<EventLoop>> loops_;
    std::vector<std::thread> threads_;
};

Server::Server(const ServerSettings& settings, Handler handler, const Clock& clock)
    : impl_(std::make_unique<Impl>(settings, std::move(handler), clock)) {}

Server::~Server() = default;

std::uint16_t Server::port() const {
    return impl_->port();
}

void Server::start() {
    impl_->start();
}

void Server::stop(Millis grace) {
    impl_->stop(grace);
}

void Server::publish(std::string_view topic, std::string_view event, std::string_view data) {
    impl_->publish(topic, event, data);
}

Server::Figures Server::figures() const {
    return impl_->figures();
}

} // namespace motcua::net
