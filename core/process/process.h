// What the process room hands to others: definitions, instances and steps as they stand in the database.
#pragma once

#include "process/definition.h"
#include "process/engine.h"

#include "base/clock.h"
#include "base/json.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace motcua::process {

struct DefinitionVersion {
    std::string id{};
    std::string key{}; // "1.001193"
    int version = 0;
    std::string name{};
    Instant createdAt{};
    std::string createdBy{};
};

struct InstanceRow {
    std::string id{};
    std::string definitionId{};
    std::string subject{};
    State state{};
    std::map<std::string, std::string> units{}; // "executing" → the agency's id
    std::int64_t version = 0;
    Instant startedAt{};
    std::optional<Instant> pausedAt{};
    std::optional<Instant> endedAt{};
};

enum class TaskState {
    Open,
    Done,
    Cancelled, // a terminate event, a timer or a withdrawal ended it
    GivenBack, // trả lại bước trước, or thu hồi
};

const char* name(TaskState state); // "given_back"

// A step (bước) of one instance.
struct Task {
    std::string id{};
    std::string instanceId{};
    std::string subject{};
    std::string element{};
    std::string name{};
    std::int64_t token = 0;
    std::string role{};
    std::string agency{};
    std::string assignee{}; // empty: anybody of the role and agency
    TaskState state = TaskState::Open;
    std::string outcome{};
    Instant openedAt{};
    std::optional<Instant> dueAt{};
    std::optional<calendar::Limit> limit{};
    std::optional<Instant> closedAt{};
    std::string closedBy{};
    std::int64_t version = 0; // what a page shows and hands back, so that stale pages are noticed
};

// A desk (bàn làm việc): a role at an agency, where open steps wait.
struct Desk {
    std::string agency;
    std::string role;
};

// Which open steps a list shows.
struct Openings {
    std::vector<Desk> desks{};
    std::string holder{};            // where given: those that this official holds, at whatever desk
    Instant from{INT64_MIN};         // due from then on
    Instant until{INT64_MAX};        // and before then
    std::vector<std::string> keys{}; // of processes of these keys; empty: of all
};

// A place between two steps of a list: a page begins behind it, or ends before it where it goes backwards.
struct Mark {
    Instant due{INT64_MIN};
    std::string id{};
    bool backwards = false;
};
Mark markOf(const Task& task);

// What a step means to those who work on it: from the definition, beside the row.
struct TaskView {
    Task task{};
    Directions directions{};
};

} // namespace motcua::process
