// Definitions, instances, steps and timers in the database. SQL only.
#pragma once

#include "process/process.h"

#include "db/database.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::process {

// The room's migrations.
const db::Schema& schema();

struct StoredDefinition {
    DefinitionVersion version{};
    std::string bpmn{};
};

struct TimerRow {
    std::string instanceId{};
    std::int64_t token = 0;
    std::string element{};
    Instant due{};
    std::string subject{}; // of the instance; only where due timers are read
};

// A timer that could not fire and is tried again.
struct Incident {
    TimerRow timer{};
    std::string error{};                         // code of the last try
    std::map<std::string, std::string> params{}; // what its sentence names
    int attempts = 0;
    Instant since{};
    Instant retryAt{};
};

std::optional<StoredDefinition> readDefinition(db::Reader& reader, std::string_view id);
std::optional<StoredDefinition> readLatest(db::Reader& reader, std::string_view key);
std::optional<DefinitionVersion> readLatestVersion(db::Reader& reader, std::string_view key);
std::vector<DefinitionVersion> readVersions(db::Reader& reader, std::string_view key); // newest first
void addDefinition(db::Writer& writer, const StoredDefinition& definition);

std::optional<InstanceRow> readInstance(db::Reader& reader, std::string_view id);
std::optional<InstanceRow> readRunning(db::Reader& reader, std::string_view subject);
void addInstance(db::Writer& writer, const InstanceRow& row);
// False where the row has another version than `row.version`; else it gets the next one.
bool changeInstance(db::Writer& writer, const InstanceRow& row);

std::optional<Task> readTask(db::Reader& reader, std::string_view id);
std::vector<Task> readTasksOf(db::Reader& reader, std::string_view subject); // all, oldest first
std::vector<Task> readOpenOf(db::Reader& reader, std::string_view instanceId);
// Open ones of a role at an agency by due time, after the given key.
std::vector<Task> readOpenOfAll(db::Reader& reader, const std::vector<std::string>& subjects);
// By due time and id, at most `limit`, in that order whichever way the page goes.
std::vector<Task> readOpen(db::Reader& reader, const Openings& asked, const Mark& mark, int limit);
// How many there are; counts no further than `most`.
std::int64_t countOpen(db::Reader& reader, const Openings& asked, std::int64_t most);
std::optional<Task> readDone(db::Reader& reader, std::string_view instanceId, std::string_view element);
void addTask(db::Writer& writer, const Task& task);
// State, outcome, assignee, due time and who closed it; false where the row has another version.
bool changeTask(db::Writer& writer, const Task& task);

void addTimer(db::Writer& writer, const TimerRow& timer);
// With its incident, where it has one.
void dropTimer(db::Writer& writer, std::string_view instanceId, std::int64_t token, std::string_view element);
// Of active instances; those with an incident not before they are to be tried again.
std::vector<TimerRow> readDueTimers(db::Reader& reader, Instant now, int limit);
std::vector<Incident> readIncidents(db::Reader& reader, std::string_view subject);
std::optional<Incident> readIncident(db::Reader& reader, const TimerRow& timer);
void putIncident(db::Writer& writer, const Incident& incident);
std::vector<TimerRow> readTimersOf(db::Reader& reader, std::string_view instanceId);

} // namespace motcua::process
