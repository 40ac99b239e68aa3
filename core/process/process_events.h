// What a command did to an instance: handed to the caller and to every room that subscribed.
#pragma once

#include "process/process.h"

#include "jobs/event.h"

#include <string>
#include <vector>

namespace motcua::process {

// A service task was reached. Whoever carries it out does so in the same transaction, or puts it into the
// outbox.
struct Command {
    std::string command; // "result.issue"
    std::string element;
    std::string name; // as drawn
};

struct Moved {
    std::string instanceId{};
    std::string subject{};
    Status status = Status::Active;
    std::vector<Task> opened{};
    std::vector<Task> closed{};
    std::vector<Command> commands{};
    std::vector<std::string> awaited{}; // names of messages that the instance now waits for
    std::vector<std::string> notify{};  // ids of notices that the entered elements ask for, in order
    int nationalStatus = 0;             // of the last element entered that has one; 0: unchanged
    std::string phase{};                // likewise; empty: unchanged
};

struct Events {
    jobs::Event<Moved> moved{}; // inside the transaction
};

} // namespace motcua::process
