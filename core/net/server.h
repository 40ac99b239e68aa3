// The HTTP front: parks, reads and drains connections in an epoll loop and gives workers complete requests
// only, so that no slow or idle client holds a thread.
#pragma once

#include "net/message.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace motcua::net {

struct ServerSettings {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0; // 0: any free one
    int workers = 8;
    int loops = 1;
    std::size_t queue = 256; // requests that wait for a worker; past it 503 with Retry-After
    std::size_t connections = 20000;
    std::size_t connectionsPerPeer = 512;
    std::size_t headBytes = 16 * 1024;
    std::size_t headFields = 100;
    std::size_t bodyBytes = 64ull << 20;  // past it 413
    std::size_t bodyInMemory = 64 * 1024; // past it the body is spooled to `spoolFolder`
    std::string spoolFolder = "/tmp";
    std::uint64_t spoolBytes = 2ull << 30; // of all spooled bodies together; past it 503
    Millis headTime{10'000};               // from the first byte of a request to the end of its head
    Millis bodyRateWindow{10'000};         // a body must bring `bodyRate` bytes in each window
    std::size_t bodyRate = 4 * 1024;
    Millis idleTime{60'000};       // between requests
    Millis requestTime{30'000};    // from the whole request to the answer
    Millis heartbeat{15'000};      // of server-sent events
    std::string certificateFile{}; // PEM chain; TLS where both are given
    std::string keyFile{};
    std::vector<std::string> trustedProxies{}; // addresses whose X-Forwarded-For and -Proto count
    // Makes a page of what the front itself answers (too busy, too large, broken); it may not change the
    // status.
    std::function<void(Response&)> dressRefusal{};
};

class Server {
public:
    // Binds at once; throws std::runtime_error that names address and cause.
    Server(const ServerSettings& settings, Handler handler, const Clock& clock);
    ~Server();

    std::uint16_t port() const;
    void start();
    // Takes no new connections, lets requests under way finish within `grace`, then closes.
    void stop(Millis grace);

    // Sends one server-sent event to every connection parked on `topic`. [thread-safe]
    void publish(std::string_view topic, std::string_view event, std::string_view data);

    struct Figures {
        std::uint64_t requests = 0;
        std::uint64_t refused = 0; // by limits, before any handler
        std::size_t connections = 0;
        std::size_t waiting = 0;
    };
    Figures figures() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace motcua::net
