#include "process/process_repository.h"

#include "db/merge.h"

#include <algorithm>
#include <array>
#include <functional>
#include <initializer_list>
#include <span>

namespace motcua::process {

namespace {

constexpr Instant never{253'402'300'800'000}; // 10000-01-01: sorts behind every due time

constexpr db::Query kDefinition{"process.definition",
                                "SELECT id, key, version, name, created_ms, created_by, bpmn "
                                "FROM process_definition WHERE id = ?"};
constexpr db::Query kLatest{"process.latest",
                            "SELECT id, key, version, name, created_ms, created_by, bpmn "
                            "FROM process_definition WHERE key = ? ORDER BY version DESC LIMIT 1"};
constexpr db::Query kLatestVersion{"process.latest_version",
                                   "SELECT id, key, version, name, created_ms, created_by "
                                   "FROM process_definition WHERE key = ? ORDER BY version DESC LIMIT 1"};
constexpr db::Query kVersions{"process.versions",
                              "SELECT id, key, version, name, created_ms, created_by "
                              "FROM process_definition WHERE key = ? ORDER BY version DESC"};
constexpr db::Query kAddDefinition{
    "process.add_definition",
    "INSERT INTO process_definition (id, key, version, name, created_ms, created_by, bpmn) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"};

constexpr db::Query kInstance{
    "process.instance",
    "SELECT id, definition_id, subject, status, variables, tokens, units, version, started_ms, "
    "paused_ms, ended_ms FROM process_instance WHERE id = ?"};
constexpr db::Query kRunning{
    "process.running",
    "SELECT id, definition_id, subject, status, variables, tokens, units, version, started_ms, "
    "paused_ms, ended_ms FROM process_instance WHERE subject = ? AND ended_ms IS NULL"};
constexpr db::Query kAddInstance{
    "process.add_instance",
    "INSERT INTO process_instance (id, definition_id, subject, status, variables, tokens, units, "
    "version, started_ms, paused_ms, ended_ms) VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?)"};
constexpr db::Query kChangeInstance{
    "process.change_instance",
    "UPDATE process_instance SET status = ?, variables = ?, tokens = ?, version = version + 1, "
    "paused_ms = ?, ended_ms = ? WHERE id = ? AND version = ?"};

constexpr db::Query kTask{
    "process.task",
    "SELECT id, instance_id, subject, element, name, token, role, agency_id, assignee, state, "
    "outcome, opened_ms, due_ms, limit_text, closed_ms, closed_by, version "
    "FROM process_task WHERE id = ?"};
constexpr db::Query kTasksOf{
    "process.tasks_of",
    "SELECT id, instance_id, subject, element, name, token, role, agency_id, assignee, state, "
    "outcome, opened_ms, due_ms, limit_text, closed_ms, closed_by, version "
    "FROM process_task WHERE subject = ? ORDER BY opened_ms, id"};
constexpr db::Query kOpenOf{
    "process.open_of",
    "SELECT id, instance_id, subject, element, name, token, role, agency_id, assignee, state, "
    "outcome, opened_ms, due_ms, limit_text, closed_ms, closed_by, version "
    "FROM process_task WHERE instance_id = ? AND state = 'open' ORDER BY id"};
constexpr db::Query kOpenOfAll{
    "process.open_of_all",
    "SELECT id, instance_id, subject, element, name, token, role, agency_id, assignee, state, "
    "outcome, opened_ms, due_ms, limit_text, closed_ms, closed_by, version "
    "FROM process_task WHERE state = 'open' AND subject IN (SELECT value FROM json_each(?)) "
    "ORDER BY due_ms, id",
    "SELECT id, instance_id, subject, element, name, token, role, agency_id, assignee, state, "
    "outcome, opened_ms, due_ms, limit_text, closed_ms, closed_by, version "
    "FROM process_task WHERE state = 'open' "
    "AND subject = ANY (ARRAY(SELECT json_array_elements_text(CAST(? AS json)))) ORDER BY due_ms, id"};
constexpr db::Query kDone{
    "process.done",
    "SELECT id, instance_id, subject, element, name, token, role, agency_id, assignee, state, "
    "outcome, opened_ms, due_ms, limit_text, closed_ms, closed_by, version "
    "FROM process_task WHERE instance_id = ? AND element = ? AND state = 'done' "
    "ORDER BY closed_ms DESC, id DESC LIMIT 1"};
constexpr db::Query kAddTask{
    "process.add_task",
    "INSERT INTO process_task (id, instance_id, subject, element, name, token, role, agency_id, "
    "assignee, state, outcome, opened_ms, due_ms, limit_text, closed_ms, closed_by, version, definition_key) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, (SELECT d.key FROM process_instance i "
    "JOIN process_definition d ON d.id = i.definition_id WHERE i.id = ?))"};
constexpr db::Query kChangeTask{
    "process.change_task",
    "UPDATE process_task SET assignee = ?, state = ?, outcome = ?, due_ms = ?, closed_ms = ?, "
    "closed_by = ?, version = version + 1 WHERE id = ? AND version = ?"};

constexpr db::Query kAddTimer{
    "process.add_timer",
    "INSERT INTO process_timer (instance_id, token, element, due_ms) VALUES (?, ?, ?, ?)"};
constexpr db::Query kDropTimer{
    "process.drop_timer", "DELETE FROM process_timer WHERE instance_id = ? AND token = ? AND element = ?"};
constexpr db::Query kDueTimers{"process.due_timers",
                               "SELECT t.instance_id, t.token, t.element, t.due_ms, i.subject "
                               "FROM process_timer t JOIN process_instance i ON i.id = t.instance_id "
                               "LEFT JOIN process_incident n ON n.instance_id = t.instance_id "
                               "AND n.token = t.token AND n.element = t.element "
                               "WHERE t.due_ms <= ? AND i.status = 'active' "
                               "AND (n.retry_ms IS NULL OR n.retry_ms <= ?) ORDER BY t.due_ms LIMIT ?"};
constexpr db::Query kTimersOf{
    "process.timers_of",
    "SELECT instance_id, token, element, due_ms FROM process_timer WHERE instance_id = ?"};

constexpr db::Query kIncidents{
    "process.incidents",
    "SELECT n.instance_id, n.token, n.element, n.error, n.attempts, n.since_ms, n.retry_ms, i.subject, "
    "n.params "
    "FROM process_incident n JOIN process_instance i ON i.id = n.instance_id "
    "WHERE i.subject = ? ORDER BY n.since_ms, n.element"};
constexpr db::Query kIncident{
    "process.incident",
    "SELECT n.instance_id, n.token, n.element, n.error, n.attempts, n.since_ms, n.retry_ms, i.subject, "
    "n.params "
    "FROM process_incident n JOIN process_instance i ON i.id = n.instance_id "
    "WHERE n.instance_id = ? AND n.token = ? AND n.element = ?"};
constexpr db::Query kPutIncident{
    "process.put_incident",
    "INSERT INTO process_incident (instance_id, token, element, error, params, attempts, since_ms, retry_ms) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (instance_id, token, element) DO UPDATE SET "
    "error = excluded.error, params = excluded.params, attempts = excluded.attempts, retry_ms = "
    "excluded.retry_ms"};
constexpr db::Query kDropIncident{
    "process.drop_incident",
    "DELETE FROM process_incident WHERE instance_id = ? AND token = ? AND element = ?"};

constexpr std::array<std::pair<TaskState, const char*>, 4> stateNames{{{TaskState::Open, "open"},
                                                                       {TaskState::Done, "done"},
                                                                       {TaskState::Cancelled, "cancelled"},
                                                                       {TaskState::GivenBack, "given_back"}}};

[[noreturn]] void broken(std::string_view what, std::string_view id) {
    throw db::DatabaseError("process: unreadable " + std::string{what} + " of " + std::string{id});
}

Json stored(const db::Row& row, int column, std::string_view what) {
    auto json = Json::parse(row.text(column), {.bytes = 8 << 20, .depth = 64});
    if (!json) broken(what, row.text(0));
    return std::move(*json);
}

DefinitionVersion versionOf(const db::Row& row) {
    return {row.string(0), row.string(1),  static_cast<int>(row.integer(2)),
            row.string(3), row.instant(4), row.string(5)};
}

StoredDefinition definitionOf(const db::Row& row) {
    return {versionOf(row), row.string(6)};
}

InstanceRow instanceOf(const db::Row& row) {
    InstanceRow made;
    made.id = row.string(0);
    made.definitionId = row.string(1);
    made.subject = row.string(2);
    const auto status = statusOf(row.text(3));
    if (!status) broken("status", made.id);
    auto state = State::fromJson(*status, stored(row, 4, "variables"), stored(row, 5, "tokens"));
    if (!state) broken("tokens", made.id);
    made.state = std::move(*state);
    const Json units = stored(row, 6, "units");
    for (const auto& [unit, agency] : units.members())
        made.units[unit] = agency.string();
    made.version = row.integer(7);
    made.startedAt = row.instant(8);
    made.pausedAt = row.optionalInstant(9);
    made.endedAt = row.optionalInstant(10);
    return made;
}

Task taskOf(const db::Row& row) {
    Task task;
    task.id = row.string(0);
    task.instanceId = row.string(1);
    task.subject = row.string(2);
    task.element = row.string(3);
    task.name = row.string(4);
    task.token = row.integer(5);
    task.role = row.string(6);
    task.agency = row.string(7);
    task.assignee = row.optionalString(8).value_or("");
    for (const auto& [state, name] : stateNames) {
        if (row.text(9) == name) task.state = state;
    }
    task.outcome = row.string(10);
    task.openedAt = row.instant(11);
    if (row.instant(12) < never) task.dueAt = row.instant(12);
    if (auto limit = calendar::Limit::parse(row.text(13))) task.limit = *limit;
    task.closedAt = row.optionalInstant(14);
    task.closedBy = row.optionalString(15).value_or("");
    task.version = row.integer(16);
    return task;
}

constexpr std::string_view kTaskColumns =
    "id, instance_id, subject, element, name, token, role, agency_id, assignee, state, outcome, opened_ms, "
    "due_ms, limit_text, closed_ms, closed_by, version";

// One desk's part of a list, or all that one official holds.
std::string openArm(const Openings& asked, std::string_view columns, std::string_view bounds) {
    std::string arm = "SELECT ";
    arm += columns;
    arm += " FROM process_task WHERE state = 'open' AND ";
    arm += asked.holder.empty() ? "agency_id = ? AND role = ? AND " : "assignee = ? AND ";
    arm += bounds;
    // The keys come as ",1.001193,1.004873,": one parameter whatever their number.
    if (!asked.keys.empty()) arm += " AND CAST(? AS TEXT) LIKE '%,' || definition_key || ',%'";
    return arm;
}

std::string keyList(const std::vector<std::string>& keys) {
    std::string list = ",";
    for (const std::string& key : keys)
        list += key + ",";
    return list;
}

// Runs `statement` for as many desks at a time as one takes; answers how often.
std::size_t eachStatement(const Openings& asked,
                          const std::function<void(std::span<const Desk>)>& statement) {
    static const Desk none{};
    if (!asked.holder.empty()) {
        statement({&none, 1});
        return 1;
    }
    std::size_t times = 0;
    std::span<const Desk> left{asked.desks};
    for (; !left.empty(); ++times) {
        const std::size_t now = std::min(left.size(), db::kMostArms);
        statement(left.first(now));
        left = left.subspan(now);
    }
    return times;
}

// The parameters of every arm; arms beyond the desks are at a desk that does not exist.
std::vector<db::Parameter> openParameters(const Openings& asked, std::span<const Desk> desks,
                                          std::initializer_list<db::Parameter> bounds,
                                          std::string_view keys) {
    std::vector<db::Parameter> parameters;
    const std::size_t arms = db::armsFor(desks.size());
    parameters.reserve(arms * (bounds.size() + 3) + 1);
    for (std::size_t at = 0; at < arms; ++at) {
        if (asked.holder.empty()) {
            parameters.emplace_back(at < desks.size() ? std::string_view{desks[at].agency} : "");
            parameters.emplace_back(at < desks.size() ? std::string_view{desks[at].role} : "");
        } else {
            parameters.emplace_back(asked.holder);
        }
        parameters.insert(parameters.end(), bounds);
        if (!asked.keys.empty()) parameters.emplace_back(keys);
    }
    return parameters;
}

TimerRow timerOf(const db::Row& row) {
    return {row.string(0), row.integer(1), row.string(2), row.instant(3)};
}

Incident incidentOf(const db::Row& row) {
    Incident incident;
    incident.timer = {row.string(0), row.integer(1), row.string(2), {}, row.string(7)};
    incident.error = row.string(3);
    incident.attempts = static_cast<int>(row.integer(4));
    incident.since = row.instant(5);
    incident.retryAt = row.instant(6);
    const Json params = stored(row, 8, "params");
    for (const auto& [name, value] : params.members())
        incident.params[name] = value.string();
    return incident;
}

std::optional<std::string_view> orNull(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional<std::string_view>{text};
}

} // namespace

const char* name(TaskState state) {
    for (const auto& [held, text] : stateNames) {
        if (held == state) return text;
    }
    return "";
}

std::optional<StoredDefinition> readDefinition(db::Reader& reader, std::string_view id) {
    return reader.one(kDefinition, definitionOf, id);
}

std::optional<StoredDefinition> readLatest(db::Reader& reader, std::string_view key) {
    return reader.one(kLatest, definitionOf, key);
}

std::optional<DefinitionVersion> readLatestVersion(db::Reader& reader, std::string_view key) {
    return reader.one(kLatestVersion, versionOf, key);
}

std::vector<DefinitionVersion> readVersions(db::Reader& reader, std::string_view key) {
    return reader.all(kVersions, versionOf, key);
}

void addDefinition(db::Writer& writer, const StoredDefinition& definition) {
    const DefinitionVersion& version = definition.version;
    writer.run(kAddDefinition, version.id, version.key, version.version, version.name, version.createdAt,
               version.createdBy, definition.bpmn);
}

std::optional<InstanceRow> readInstance(db::Reader& reader, std::string_view id) {
    return reader.one(kInstance, instanceOf, id);
}

std::optional<InstanceRow> readRunning(db::Reader& reader, std::string_view subject) {
    return reader.one(kRunning, instanceOf, subject);
}

void addInstance(db::Writer& writer, const InstanceRow& row) {
    Json units = Json::object();
    for (const auto& [unit, agency] : row.units)
        units.set(unit, agency);
    writer.later(kAddInstance, row.id, row.definitionId, row.subject, name(row.state.status),
                 row.state.variables.dump(), row.state.toJson().dump(), units.dump(), row.startedAt,
                 row.pausedAt, row.endedAt);
}

bool changeInstance(db::Writer& writer, const InstanceRow& row) {
    return writer.run(kChangeInstance, name(row.state.status), row.state.variables.dump(),
                      row.state.toJson().dump(), row.pausedAt, row.endedAt, row.id, row.version) == 1;
}

std::optional<Task> readTask(db::Reader& reader, std::string_view id) {
    return reader.one(kTask, taskOf, id);
}

std::vector<Task> readTasksOf(db::Reader& reader, std::string_view subject) {
    return reader.all(kTasksOf, taskOf, subject);
}

std::vector<Task> readOpenOf(db::Reader& reader, std::string_view instanceId) {
    return reader.all(kOpenOf, taskOf, instanceId);
}

std::vector<Task> readOpenOfAll(db::Reader& reader, const std::vector<std::string>& subjects) {
    return reader.all(kOpenOfAll, taskOf, db::listOf(subjects));
}

Mark markOf(const Task& task) {
    return {task.dueAt.value_or(never), task.id};
}

std::vector<Task> readOpen(db::Reader& reader, const Openings& asked, const Mark& mark, int limit) {
    const std::string arm = openArm(asked, kTaskColumns,
                                    mark.backwards ? "(due_ms, id) < (?, ?) AND due_ms >= ?"
                                                   : "(due_ms, id) > (?, ?) AND due_ms < ?");
    const std::string order = mark.backwards ? " ORDER BY due_ms DESC, id DESC" : " ORDER BY due_ms, id";
    // Where the mark lies outside of the times asked for, their end is the mark.
    const bool inside = mark.backwards ? mark.due < asked.until : mark.due >= asked.from;
    const Instant end = mark.backwards ? asked.until : asked.from;
    const Instant due = inside ? mark.due : end;
    const std::string_view id = inside ? std::string_view{mark.id} : std::string_view{};
    const std::string keys = keyList(asked.keys);
    std::vector<Task> found;
    const std::size_t statements = eachStatement(asked, [&](std::span<const Desk> desks) {
        const std::string sql = db::merged(reader.backend(), arm, db::armsFor(desks.size()), order);
        std::vector<db::Parameter> parameters =
            openParameters(asked, desks, {due, id, mark.backwards ? asked.from : asked.until}, keys);
        parameters.emplace_back(limit);
        reader.each({"process.open", sql}, parameters,
                    [&](const db::Row& row) { found.push_back(taskOf(row)); });
    });
    if (statements > 1 || mark.backwards) {
        std::sort(found.begin(), found.end(), [](const Task& a, const Task& b) {
            return std::pair{a.dueAt.value_or(never), a.id} < std::pair{b.dueAt.value_or(never), b.id};
        });
        const std::size_t most = static_cast<std::size_t>(limit);
        const auto surplus = static_cast<std::ptrdiff_t>(found.size() > most ? found.size() - most : 0);
        if (mark.backwards)
            found.erase(found.begin(), found.begin() + surplus);
        else
            found.erase(found.end() - surplus, found.end());
    }
    return found;
}

std::int64_t countOpen(db::Reader& reader, const Openings& asked, std::int64_t most) {
    const std::string arm = openArm(asked, "1", "due_ms >= ? AND due_ms < ?");
    const std::string keys = keyList(asked.keys);
    std::int64_t counted = 0;
    eachStatement(asked, [&](std::span<const Desk> desks) {
        const std::string sql = db::counted(arm, db::armsFor(desks.size()));
        std::vector<db::Parameter> parameters = openParameters(asked, desks, {asked.from, asked.until}, keys);
        parameters.emplace_back(most - counted);
        reader.each({"process.count_open", sql}, parameters,
                    [&](const db::Row& row) { counted += row.integer(0); });
    });
    return counted;
}

std::optional<Task> readDone(db::Reader& reader, std::string_view instanceId, std::string_view element) {
    return reader.one(kDone, taskOf, instanceId, element);
}

void addTask(db::Writer& writer, const Task& task) {
    writer.later(kAddTask, task.id, task.instanceId, task.subject, task.element, task.name, task.token,
                 task.role, task.agency, orNull(task.assignee), name(task.state), task.outcome, task.openedAt,
                 task.dueAt.value_or(never), task.limit ? task.limit->text() : std::string{}, task.closedAt,
                 orNull(task.closedBy), task.instanceId);
}

bool changeTask(db::Writer& writer, const Task& task) {
    return writer.run(kChangeTask, orNull(task.assignee), name(task.state), task.outcome,
                      task.dueAt.value_or(never), task.closedAt, orNull(task.closedBy), task.id,
                      task.version) == 1;
}

void addTimer(db::Writer& writer, const TimerRow& timer) {
    writer.later(kAddTimer, timer.instanceId, timer.token, timer.element, timer.due);
}

void dropTimer(db::Writer& writer, std::string_view instanceId, std::int64_t token,
               std::string_view element) {
    writer.run(kDropTimer, instanceId, token, element);
    writer.run(kDropIncident, instanceId, token, element);
}

std::vector<TimerRow> readDueTimers(db::Reader& reader, Instant now, int limit) {
    return reader.all(
        kDueTimers,
        [](const db::Row& row) {
            TimerRow timer = timerOf(row);
            timer.subject = row.string(4);
            return timer;
        },
        now, now, limit);
}

std::vector<Incident> readIncidents(db::Reader& reader, std::string_view subject) {
    return reader.all(kIncidents, incidentOf, subject);
}

std::optional<Incident> readIncident(db::Reader& reader, const TimerRow& timer) {
    return reader.one(kIncident, incidentOf, timer.instanceId, timer.token, timer.element);
}

void putIncident(db::Writer& writer, const Incident& incident) {
    Json params = Json::object();
    for (const auto& [name, value] : incident.params)
        params.set(name, value);
    writer.run(kPutIncident, incident.timer.instanceId, incident.timer.token, incident.timer.element,
               incident.error, params.dump(), incident.attempts, incident.since, incident.retryAt);
}

std::vector<TimerRow> readTimersOf(db::Reader& reader, std::string_view instanceId) {
    return reader.all(kTimersOf, timerOf, instanceId);
}

} // namespace motcua::process
