#include "process/engine.h"

#include <algorithm>
#include <array>

namespace motcua::process {

namespace {

constexpr int mostMoves = 1'000; // of tokens in one command

constexpr std::array<std::pair<Status, const char*>, 4> statusNames{{{Status::Active, "active"},
                                                                     {Status::Paused, "paused"},
                                                                     {Status::Completed, "completed"},
                                                                     {Status::Withdrawn, "withdrawn"}}};

Error noWay(const Element& gateway) {
    Error error = rejected("process.no_way");
    error.params = {{"gateway", gateway.name.empty() ? gateway.id : gateway.name}};
    return error;
}

void merge(Json& into, const Json& more) {
    for (const auto& [key, value] : more.members())
        into.set(key, value);
}

// One command at work on a copy of the state.
class Run {
public:
    Run(const Definition& definition, const State& state, const Json& facts)
        : definition_(definition), state_(state), facts_(facts) {}

    State& state() { return state_; }
    Effects& effects() { return effects_; }

    void add(Effect::Kind kind, std::int64_t token, const std::string& element) {
        effects_.push_back({kind, token, element});
    }

    // Puts a token on an element and lets it run until it rests or ends.
    Result<void> place(Token token, std::size_t element) {
        moving_.push_back({std::move(token), element});
        while (!moving_.empty()) {
            if (++moves_ > mostMoves) return rejected("process.endless");
            auto [moved, at] = std::move(moving_.back());
            moving_.pop_back();
            MOTCUA_CHECK(enter(std::move(moved), definition_.elements[at]));
        }
        if (state_.tokens.empty() && state_.status == Status::Active) {
            state_.status = Status::Completed;
            add(Effect::Kind::Ended, 0, {});
        }
        return {};
    }

    Result<void> leave(Token token, const Element& element) {
        const Flow& flow = definition_.flows[element.outgoing.front()];
        return follow(std::move(token), flow);
    }

    // Takes the token out of the state; its timers go with it.
    Token lift(std::int64_t id) {
        const auto found = std::find_if(state_.tokens.begin(), state_.tokens.end(),
                                        [&](const Token& token) { return token.id == id; });
        Token token = *found;
        state_.tokens.erase(found);
        for (const auto& timer : definition_.elements) {
            if (timer.kind == Kind::Timer && timer.attachedTo == token.at) {
                add(Effect::Kind::TimerGone, token.id, timer.id);
            }
        }
        return token;
    }

    // Ends every token from outside.
    void clear() {
        while (!state_.tokens.empty()) {
            const Token token = lift(state_.tokens.front().id);
            const Element& element = *definition_.find(token.at);
            if (element.kind == Kind::UserTask) add(Effect::Kind::TaskCancelled, token.id, token.at);
        }
        moving_.clear();
    }

    Token fresh() { return {state_.nextToken++, {}, {}, {}}; }

private:
    struct Moving {
        Token token;
        std::size_t element;
    };

    Result<void> follow(Token token, const Flow& flow) {
        token.arrivedBy = flow.id;
        moving_.push_back({std::move(token), flow.to});
        return {};
    }

    void rest(Token token, const Element& element) {
        token.at = element.id;
        state_.tokens.push_back(std::move(token));
    }

    Result<void> enter(Token token, const Element& element) {
        switch (element.kind) {
        case Kind::Start:
            return leave(std::move(token), element);
        case Kind::UserTask:
            openTask(std::move(token), element);
            return {};
        case Kind::ServiceTask:
            add(Effect::Kind::Command, token.id, element.id);
            return leave(std::move(token), element);
        case Kind::ExclusiveGateway:
            return choose(std::move(token), element);
        case Kind::ParallelGateway:
            return joinAndFork(std::move(token), element);
        case Kind::MessageCatch:
            token.arrivedBy.clear();
            add(Effect::Kind::MessageAwaited, token.id, element.id);
            rest(std::move(token), element);
            return {};
        case Kind::Timer:
            return leave(std::move(token), element); // it fired
        case Kind::End:
            add(Effect::Kind::Reached, token.id, element.id);
            return {};
        case Kind::Terminate:
            add(Effect::Kind::Reached, token.id, element.id);
            clear();
            return {};
        case Kind::Unsupported:
            break;
        }
        throw std::logic_error("a process that is not runnable was run: " + element.id);
    }

    void openTask(Token token, const Element& element) {
        token.arrivedBy.clear();
        const std::int64_t id = token.id;
        rest(std::move(token), element);
        add(Effect::Kind::TaskOpened, id, element.id);
        for (const auto& timer : definition_.elements) {
            if (timer.kind == Kind::Timer && timer.attachedTo == element.id)
                add(Effect::Kind::TimerSet, id, timer.id);
        }
    }

    Result<void> choose(Token token, const Element& element) {
        if (element.outgoing.size() == 1) return leave(std::move(token), element);
        Json context = facts_;
        merge(context, state_.variables); // what was decided wins over what was declared
        for (const std::size_t index : element.outgoing) {
            const Flow& flow = definition_.flows[index];
            if (element.defaultFlow == index || !flow.condition) continue;
            MOTCUA_TRY(holds, flow.condition->holds(context));
            if (holds) return follow(std::move(token), flow);
        }
        if (!element.defaultFlow) return noWay(element);
        return follow(std::move(token), definition_.flows[*element.defaultFlow]);
    }

    Result<void> joinAndFork(Token token, const Element& element) {
        if (element.incoming.size() > 1) {
            rest(std::move(token), element);
            for (const std::size_t index : element.incoming) {
                if (waiting(element, definition_.flows[index]) == nullptr) return {};
            }
            Token joined = fresh();
            for (const std::size_t index : element.incoming) {
                joined.id = std::min(joined.id, lift(waiting(element, definition_.flows[index])->id).id);
            }
            token = joined;
        }
        if (element.outgoing.size() == 1) return leave(std::move(token), element);
        for (const std::size_t index : element.outgoing) {
            MOTCUA_CHECK(follow(fresh(), definition_.flows[index]));
        }
        return {};
    }

    const Token* waiting(const Element& element, const Flow& flow) const {
        for (const auto& token : state_.tokens) {
            if (token.at == element.id && token.arrivedBy == flow.id) return &token;
        }
        return nullptr;
    }

    const Definition& definition_;
    State state_;
    const Json& facts_;
    Effects effects_{};
    std::vector<Moving> moving_{};
    int moves_ = 0;
};

// The user task that the token rests on, in an active instance.
Result<const Element*> taskAt(const Definition& definition, const State& state, std::int64_t token) {
    if (state.status != Status::Active) return conflict("process.not_active");
    const Token* held = state.token(token);
    const Element* element = held == nullptr ? nullptr : definition.find(held->at);
    if (element == nullptr || element->kind != Kind::UserTask) return conflict("process.not_here");
    return element;
}

Effects take(Run& run, State& state) {
    state = std::move(run.state());
    return std::move(run.effects());
}

} // namespace

const char* name(Status status) {
    for (const auto& [held, text] : statusNames) {
        if (held == status) return text;
    }
    return "";
}

std::optional<Status> statusOf(std::string_view name) {
    for (const auto& [held, text] : statusNames) {
        if (text == name) return held;
    }
    return std::nullopt;
}

const Token* State::token(std::int64_t id) const {
    for (const auto& held : tokens) {
        if (held.id == id) return &held;
    }
    return nullptr;
}

Json State::toJson() const {
    Json list = Json::array();
    for (const auto& token : tokens) {
        Json path = Json::array();
        for (const auto& element : token.path)
            path.add(element);
        Json held;
        held.set("id", token.id).set("at", token.at).set("by", token.arrivedBy).set("path", std::move(path));
        list.add(std::move(held));
    }
    Json made;
    made.set("next", nextToken).set("tokens", std::move(list));
    return made;
}

Result<State> State::fromJson(Status status, Json variables, const Json& tokens) {
    State made;
    made.status = status;
    made.variables = std::move(variables);
    made.nextToken = tokens["next"].integer(0);
    if (made.nextToken < 1) return internal("process.bad_state", tokens.dump());
    for (const auto& held : tokens["tokens"].items()) {
        Token token{held["id"].integer(), held["at"].string(), held["by"].string(), {}};
        for (const auto& element : held["path"].items())
            token.path.push_back(element.string());
        made.tokens.push_back(std::move(token));
    }
    return made;
}

Result<Effects> Engine::start(State& state, Json variables, const Json& facts) const {
    State begun;
    begun.variables = variables.isObject() ? std::move(variables) : Json::object();
    Run run(definition_, begun, facts);
    MOTCUA_CHECK(run.place(run.fresh(), *definition_.start));
    return take(run, state);
}

Result<Effects> Engine::complete(State& state, std::int64_t token, const std::string& action,
                                 const Json& variables, const Json& facts) const {
    MOTCUA_TRY(element, taskAt(definition_, state, token));
    const auto& actions = element->directions.actions;
    const bool known = std::find(actions.begin(), actions.end(), action) != actions.end();
    if (actions.empty() ? !action.empty() : !known) return rejected("process.no_such_action");
    Run run(definition_, state, facts);
    merge(run.state().variables, variables);
    if (!action.empty()) run.state().variables.set("outcome", action);
    Token moved = run.lift(token);
    run.add(Effect::Kind::TaskDone, token, element->id);
    moved.path.push_back(element->id);
    const Flow& flow = definition_.flows[element->outgoing.front()];
    moved.arrivedBy = flow.id;
    MOTCUA_CHECK(run.place(std::move(moved), flow.to));
    return take(run, state);
}

Result<Effects> Engine::message(State& state, const std::string& message, const Json& variables,
                                const Json& facts) const {
    if (state.status != Status::Active) return conflict("process.not_active");
    for (const auto& token : state.tokens) {
        const Element* element = definition_.find(token.at);
        if (element->kind != Kind::MessageCatch || element->message != message) continue;
        Run run(definition_, state, facts);
        merge(run.state().variables, variables);
        Token moved = run.lift(token.id);
        run.add(Effect::Kind::MessageTaken, moved.id, element->id);
        const Flow& flow = definition_.flows[element->outgoing.front()];
        moved.arrivedBy = flow.id;
        MOTCUA_CHECK(run.place(std::move(moved), flow.to));
        return take(run, state);
    }
    return conflict("process.not_here");
}

Result<Effects> Engine::timer(State& state, std::int64_t token, const std::string& boundaryEvent,
                              const Json& facts) const {
    MOTCUA_TRY(task, taskAt(definition_, state, token));
    const auto found = definition_.byId.find(boundaryEvent);
    if (found == definition_.byId.end() || definition_.elements[found->second].attachedTo != task->id) {
        return conflict("process.not_here");
    }
    Run run(definition_, state, facts);
    Token moved;
    if (definition_.elements[found->second].interrupting) {
        moved = run.lift(token);
        run.add(Effect::Kind::TaskCancelled, token, task->id);
    } else {
        moved = run.fresh();
    }
    MOTCUA_CHECK(run.place(std::move(moved), found->second));
    return take(run, state);
}

Result<Effects> Engine::giveBack(State& state, std::int64_t token) const {
    MOTCUA_TRY(element, taskAt(definition_, state, token));
    const Json none = Json::object();
    Run run(definition_, state, none);
    Token moved = run.lift(token);
    // A step that was repeated after a supplement does not go back to itself.
    while (!moved.path.empty() && moved.path.back() == element->id)
        moved.path.pop_back();
    if (moved.path.empty()) return rejected("process.cannot_give_back");
    run.add(Effect::Kind::TaskGivenBack, token, element->id);
    const std::string target = moved.path.back();
    moved.path.pop_back();
    MOTCUA_CHECK(run.place(std::move(moved), definition_.byId.at(target)));
    return take(run, state);
}

Result<Effects> Engine::recall(State& state, std::int64_t token, const std::string& element) const {
    MOTCUA_TRY(task, taskAt(definition_, state, token));
    const auto& path = state.token(token)->path;
    if (path.empty() || path.back() != element || task->id == element)
        return rejected("process.cannot_recall");
    return giveBack(state, token);
}

Result<Effects> Engine::pause(State& state) const {
    if (state.status != Status::Active) return conflict("process.not_active");
    state.status = Status::Paused;
    return Effects{};
}

Result<Effects> Engine::resume(State& state) const {
    if (state.status != Status::Paused) return conflict("process.not_paused");
    state.status = Status::Active;
    return Effects{};
}

Result<Effects> Engine::withdraw(State& state) const {
    if (state.status != Status::Active && state.status != Status::Paused)
        return conflict("process.not_active");
    const Json none = Json::object();
    Run run(definition_, state, none);
    run.clear();
    run.state().status = Status::Withdrawn;
    run.add(Effect::Kind::Ended, 0, {});
    return take(run, state);
}

} // namespace motcua::process
