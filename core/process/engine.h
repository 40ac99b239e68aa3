// The engine as a pure state machine: a definition, a state, a command; out come the new state and what has
// to happen. It knows no database, clock or person.
#pragma once

#include "process/definition.h"

#include "base/json.h"

#include <cstdint>
#include <string>
#include <vector>

namespace motcua::process {

enum class Status {
    Active,    // đang chạy
    Paused,    // tạm dừng
    Completed, // every token reached an end
    Withdrawn, // rút hồ sơ: ended from outside
};

const char* name(Status status); // "active"
std::optional<Status> statusOf(std::string_view name);

// A place in the process. It rests on a user task, a message catch, or a parallel gateway that waits for the
// others.
struct Token {
    std::int64_t id = 0;
    std::string at{};        // the element
    std::string arrivedBy{}; // the flow, at a parallel gateway
    std::vector<std::string>
        path{}; // user tasks done on the way since the last fork or join: where it may be given back
    bool operator==(const Token&) const = default;
};

struct State {
    Status status = Status::Active;
    Json variables = Json::object(); // routing data only, never personal data: it is stored in the clear
    std::vector<Token> tokens{};
    std::int64_t nextToken = 1;

    const Token* token(std::int64_t id) const;
    Json toJson() const; // tokens and counter, as they are stored
    static Result<State> fromJson(Status status, Json variables, const Json& tokens);
    bool operator==(const State&) const = default;
};

struct Effect {
    enum class Kind {
        TaskOpened,    // `element` begins on `token`
        TaskDone,      // completed
        TaskCancelled, // ended by something else: a terminate event, a timer, a withdrawal
        TaskGivenBack, // to an earlier step
        MessageAwaited,
        MessageTaken,
        TimerSet,  // `element` is the boundary event, `token` that of its task
        TimerGone, // not needed any more
        Command,   // of a service task, for the outbox
        Reached,   // an end event; its directions may set the dossier's last status
        Ended,     // the whole instance
    };
    Kind kind;
    std::int64_t token = 0;
    std::string element{};
    bool operator==(const Effect&) const = default;
};

using Effects = std::vector<Effect>;

// Each command answers its effects in order, or an Error and leaves the state as it was:
//   Conflict process.not_active / process.not_here / process.not_paused, Rejected process.no_such_action,
//   process.no_way (no condition holds and there is no default), process.cannot_give_back,
//   process.cannot_recall, process.endless (a cycle without a wait).
// `facts` are names that conditions may use beside the variables and that are not kept (the dossier's form).
class Engine {
public:
    explicit Engine(const Definition& definition) : definition_(definition) {} // which must be runnable()

    Result<Effects> start(State& state, Json variables, const Json& facts) const;
    // `action` must be one of the task's, where it has any; it becomes the variable `outcome`.
    Result<Effects> complete(State& state, std::int64_t token, const std::string& action,
                             const Json& variables, const Json& facts) const;
    Result<Effects> message(State& state, const std::string& message, const Json& variables,
                            const Json& facts) const;
    Result<Effects> timer(State& state, std::int64_t token, const std::string& boundaryEvent,
                          const Json& facts) const;

    // Trả lại bước trước: to the step before on the token's own way, not across a fork or join.
    Result<Effects> giveBack(State& state, std::int64_t token) const;
    // Thu hồi: the step `element` was the last one done before this token's task, and is done again.
    Result<Effects> recall(State& state, std::int64_t token, const std::string& element) const;
    Result<Effects> pause(State& state) const;
    Result<Effects> resume(State& state) const;
    Result<Effects> withdraw(State& state) const; // also while paused

    const Definition& definition() const { return definition_; }

private:
    const Definition& definition_;
};

} // namespace motcua::process
