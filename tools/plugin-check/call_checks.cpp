// Calls: well and badly formed, late, cancelled, repeated, many at once; and the script of each capability.
#include "checks.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace motcua::check {

namespace {

std::string shortly(const std::string& text) {
    return text.size() <= 160 ? text : text.substr(0, 160) + "…";
}

Json bodyOf(const Answer& answer) {
    auto parsed = Json::parse(answer.body, {16u << 20, 32});
    return parsed ? std::move(*parsed) : Json{};
}

// Each operation of the plugin with a request, and what is wrong with its answers.
template <typename Round>
Problems forEach(const Subject& subject, Round round) {
    Problems all;
    Running running{subject, all};
    if (!running) return all;
    for (const Operation* operation : running.operations())
        if (std::string found = round(running, *operation); !found.empty())
            all.push_back(operation->id + " " + found);
    for (const std::string& operation : running.bench().late())
        all.push_back(operation + " was answered twice");
    return all;
}

Problems unknownOperation(const Subject& subject) {
    Problems all;
    Running running{subject, all};
    if (!running) return all;
    const Operation unknown{"no-such.operation/1", "plugin", Json::object(), Json::object()};
    const Answer answer = running.ask(unknown, {Json::object(), {}});
    if (!answer.thrown.empty()) return {"an exception crossed the C boundary: " + answer.thrown};
    if (answer.replies == 0) return {"an unknown operation is never answered"};
    if (answer.status != MOTCUA_UNIMPLEMENTED)
        all.push_back(std::string{"an unknown operation is answered with "} + nameOf(answer.status) +
                      ", not UNIMPLEMENTED");
    return all;
}

Problems answersFollowTheContract(const Subject& subject) {
    return forEach(subject, [&](Running& running, const Operation& operation) -> std::string {
        for (const bool full : {false, true}) {
            const Answer answer = running.ask(operation, subject.contracts.sample(operation, full));
            if (std::string found = problemOf(subject, operation, answer); !found.empty()) return found;
        }
        for (const PostedEvent& event : running.bench().posted())
            if (std::string found = subject.contracts.eventProblem(event.kind, event.data); !found.empty())
                return "posts " + event.kind + ", whose " + found;
        return "";
    });
}

// To list an operation is not enough: it must answer something else than that it does not know it.
Problems promisesAreKept(const Subject& subject) {
    Problems all;
    Running running{subject, all};
    if (!running) return all;
    std::vector<std::string> able;
    for (const Operation* operation : running.operations())
        if (running.ask(*operation, subject.contracts.sample(*operation, true)).status !=
            MOTCUA_UNIMPLEMENTED)
            able.push_back(operation->id);
    for (const std::string& found : missingOf(running.bench().manifest(), able))
        all.push_back(found + " that it answers");
    return all;
}

std::vector<std::string> hostileTexts(const std::string& whole) {
    std::string deep;
    for (int i = 0; i < 20'000; ++i)
        deep += "{\"a\":[";
    return {"",
            " ",
            "null",
            "[]",
            "\"text\"",
            "{",
            "{\"a\":}",
            "\xff\xfe{}",
            "{\"a\":\"\xc3\x28\"}",
            std::string{"{}\0{}", 5},
            whole.substr(0, whole.size() / 2),
            whole + whole,
            deep,
            "{\"x\":\"" + std::string(2u << 20, 'x') + "\"}"};
}

Problems hostileJson(const Subject& subject) {
    return forEach(subject, [&](Running& running, const Operation& operation) -> std::string {
        const auto judged = [&](const Answer& answer, const std::string& what) -> std::string {
            if (answer.replies == 0) return "never answers " + what;
            if (std::string found = problemOf(subject, operation, answer); !found.empty())
                return "with " + what + ": " + found;
            if (answer.status == MOTCUA_INTERNAL) return "answers INTERNAL to " + what;
            return "";
        };
        const Sample sample = subject.contracts.sample(operation, true);
        for (const std::string& text : hostileTexts(sample.request.dump())) {
            const Answer answer = running.bench().call(running.plugin(), {operation.id, text, sample.blobs});
            if (std::string found = judged(answer, "the request " + shortly(text)); !found.empty())
                return found;
            if (answer.status == MOTCUA_OK && !Json::parse(text, {4u << 20, 32}))
                return "takes a request that is not JSON: " + shortly(text);
        }
        for (const auto& [what, broken] : subject.contracts.broken(operation)) {
            const Answer answer = running.ask(operation, broken);
            if (std::string found = judged(answer, "a request " + what); !found.empty()) return found;
            if (answer.status != MOTCUA_INVALID && answer.status != MOTCUA_UNIMPLEMENTED)
                return std::string{"answers "} + nameOf(answer.status) + ", not INVALID, to a request with " +
                       what;
        }
        return "";
    });
}

Problems expiredDeadlines(const Subject& subject) {
    return forEach(subject, [&](Running& running, const Operation& operation) -> std::string {
        const Answer answer = running.ask(operation, subject.contracts.sample(operation, true), -1'000);
        if (answer.replies == 0) return "never answers a call whose deadline has passed";
        if (answer.tookMs > 1'000) return "works on although the deadline has passed";
        return problemOf(subject, operation, answer);
    });
}

Problems deadlinesAreKept(const Subject& subject) {
    return forEach(subject, [&](Running& running, const Operation& operation) -> std::string {
        running.bench().beSlow(true);
        const Answer answer = running.ask(operation, subject.contracts.sample(operation, true), 300);
        if (answer.replies == 0)
            return "hangs where the network does: no answer two seconds after the deadline";
        return problemOf(subject, operation, answer);
    });
}

Problems cancelledCalls(const Subject& subject) {
    return forEach(subject, [&](Running& running, const Operation& operation) -> std::string {
        const Sample sample = subject.contracts.sample(operation, true);
        Ask ask{operation.id, sample.request.dump(), sample.blobs};
        ask.cancelled = true;
        const Answer answer = running.bench().call(running.plugin(), ask);
        if (answer.replies == 0) return "never answers a call that was cancelled";
        return problemOf(subject, operation, answer);
    });
}

Problems duplicateKeys(const Subject& subject) {
    return forEach(subject, [&](Running& running, const Operation& operation) -> std::string {
        const Sample sample = subject.contracts.sample(operation, true);
        const Answer first = running.ask(operation, sample), second = running.ask(operation, sample);
        if (first.status != second.status)
            return std::string{"answers "} + nameOf(first.status) + ", and with the same key " +
                   nameOf(second.status);
        if (first.status == MOTCUA_OK && first.body != second.body)
            return "answers " + shortly(first.body) + ", and with the same key " + shortly(second.body);
        return "";
    });
}

Problems manyAtOnce(const Subject& subject) {
    return forEach(subject, [&](Running& running, const Operation& operation) -> std::string {
        const Sample sample = subject.contracts.sample(operation, true);
        const int places = running.bench().manifest().limits.concurrency;
        std::vector<Answer> answers(static_cast<std::size_t>(places) * 10);
        std::vector<std::thread> threads;
        for (int i = 0; i < places; ++i)
            threads.emplace_back([&, i] {
                for (std::size_t k = 0; k < 10; ++k)
                    answers[static_cast<std::size_t>(i) * 10 + k] = running.ask(operation, sample);
            });
        for (std::thread& thread : threads)
            thread.join();
        for (const Answer& answer : answers) {
            if (answer.replies == 0)
                return "leaves calls unanswered where " + std::to_string(places) + " overlap";
            if (std::string found = problemOf(subject, operation, answer); !found.empty()) return found;
        }
        return "";
    });
}

Problems logsAreClean(const Subject& subject) {
    Problems all;
    Running running{subject, all};
    if (!running) return all;
    const auto settings = settingsOf(subject, running.bench().manifest());
    std::vector<std::string> words = personalWords();
    for (const auto& [name, value] : settings->secrets)
        words.push_back(value);
    const auto found = [&](const std::string& text) {
        return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
            return word.size() > 3 && text.find(word) != std::string::npos;
        });
    };
    for (const Operation* operation : running.operations()) {
        const Answer answer = running.ask(*operation, subject.contracts.sample(*operation, true));
        if (answer.status != MOTCUA_OK && found(answer.body))
            all.push_back(operation->id +
                          " puts something secret or personal into an error: " + shortly(answer.body));
    }
    for (const std::string& line : running.bench().logged())
        if (found(line)) all.push_back("logs something secret or personal: " + shortly(line));
    return all;
}

// Replaces what stands in `over` in `into`, level by level.
void overlay(Json& into, const Json& over) {
    for (const auto& [name, value] : over.members()) {
        Json* inner = value.isObject() ? into.find(name) : nullptr;
        if (inner && inner->isObject()) {
            overlay(*inner, value);
        } else {
            into.set(name, value);
        }
    }
}

std::string stepProblem(const Subject& subject, Running& running, const Json& step) {
    const Operation* operation = subject.contracts.find(step["operation"].string());
    const auto there = running.operations();
    if (!operation || std::find(there.begin(), there.end(), operation) == there.end()) return "";
    Sample sample = subject.contracts.sample(*operation, true);
    overlay(sample.request, step["request"]);
    const Json& bytes = step["bytes"];
    if (bytes.isString())
        for (sdk::Blob& blob : sample.blobs)
            blob = sdk::Blob{bytes.string()};
    const Answer answer = running.ask(*operation, sample);
    if (std::string found = problemOf(subject, *operation, answer); !found.empty()) return found;
    const auto& statuses = step["status"].items();
    const bool allowed =
        std::find(statuses.begin(), statuses.end(), Json{nameOf(answer.status)}) != statuses.end();
    if (!allowed && answer.status != MOTCUA_UNIMPLEMENTED)
        return std::string{"it answers "} + nameOf(answer.status);
    if (answer.status != MOTCUA_OK) return "";
    const Json body = bodyOf(answer);
    for (const auto& [field, value] : step["reply"].members())
        if (!(body[field] == value)) return "it answers " + field + " " + body[field].dump();
    return "";
}

Problems runScript(const Subject& subject, const std::string& capability) {
    Problems all;
    Running running{subject, all};
    if (!running) return all;
    for (const Json& step : subject.contracts.script(capability).items())
        if (std::string found = stepProblem(subject, running, step); !found.empty())
            all.push_back(step["says"].string() + ": " + found);
    return all;
}

} // namespace

std::vector<Check> callChecks() {
    return {
        {"unknown-operation", Level::Bronze, "What it does not know it answers with UNIMPLEMENTED",
         &unknownOperation},
        {"contract", Level::Bronze, "Every answer follows its contract, given once",
         &answersFollowTheContract},
        {"kept-promises", Level::Bronze, "What the manifest promises is implemented", &promisesAreKept},
        {"hostile-json", Level::Silver, "Requests that break the contract are answered with INVALID",
         &hostileJson},
        {"expired-deadline", Level::Silver, "A call whose time is over is answered at once",
         &expiredDeadlines},
        {"slow-network", Level::Silver, "Deadlines are kept where the network hangs", &deadlinesAreKept},
        {"cancellation", Level::Silver, "A call that nobody waits for is answered all the same",
         &cancelledCalls},
        {"duplicate-key", Level::Silver, "The same key has the same answer", &duplicateKeys},
        {"concurrency", Level::Silver, "As many calls as the manifest says may overlap", &manyAtOnce},
        {"clean-logs", Level::Gold, "Nothing secret or personal is logged", &logsAreClean},
    };
}

Check scriptCheck(const std::string& capability) {
    return {"script-" + capability, Level::Gold, "It keeps the rules of " + capability,
            [capability](const Subject& subject) { return runScript(subject, capability); }};
}

} // namespace motcua::check
