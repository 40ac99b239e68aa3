// What the loops, connections and workers of one server share.
#pragma once

#include "net/body.h"
#include "net/peers.h"
#include "net/response_writer.h"
#include "net/server.h"
#include "net/transport.h"
#include "net/worker_pool.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>

namespace motcua::net {

class Connection;

struct Job {
    std::shared_ptr<Connection> connection;
    Request request;
    Manner manner;
};

// Time that no change of the system's clock touches, by which all limits run.
inline std::int64_t steadyMs() {
    return std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Front {
    Front(const ServerSettings& given, Handler handle, const Clock& time);

    const ServerSettings settings;
    const Handler handler;
    const Clock& clock;
    const std::shared_ptr<const Body> noBody = bodyOf({});
    const std::shared_ptr<SpoolRoom> spool = std::make_shared<SpoolRoom>(settings.spoolBytes);
    PeerTable peers;
    std::function<std::unique_ptr<Transport>(Descriptor)> wrap; // plain or TLS
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> refused{0};
    std::atomic<std::size_t> connections{0};
    std::atomic<bool> stopping{false};
    WorkerPool<Job> workers; // last: its threads end before what they use
};

} // namespace motcua::net
