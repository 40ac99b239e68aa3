// The local socket by which commands reach a running server, so that there is never a second writer.
#pragma once

#include "app/commands.h"

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <thread>

namespace motcua::app {

// Listens for commands of this machine's administrator: the socket's folder lets nobody else in. One at a
// time.
class ControlServer {
public:
    using Run =
        std::function<int(const std::vector<std::string>& words, const std::string& folder, const Say&)>;

    // Throws std::runtime_error where another server holds the socket or it cannot be made.
    ControlServer(std::string socketFile, Run run);
    ~ControlServer();

private:
    void listen();
    void answer(int connection);

    std::string file_;
    Run run_;
    int socket_ = -1;
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

// Whether one listens there.
bool serverRuns(const std::string& socketFile);

// Has a running server carry the words out and passes its lines on; the exit code, or nothing where none
// runs.
std::optional<int> runInServer(const std::string& socketFile, const std::vector<std::string>& words,
                               const Say& say);

} // namespace motcua::app
