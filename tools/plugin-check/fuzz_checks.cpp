// Requests that nobody thought of: samples of the contract, changed at random places by a seeded generator,
// and their bytes. Each seed makes the same requests again.
#include "checks.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <random>

namespace motcua::check {

namespace {

using Steady = std::chrono::steady_clock;

constexpr int roundsEach = 250;                // requests an operation
constexpr std::chrono::seconds longest{20};    // all of it; then what was tried has to be enough
constexpr Json::Limits generous{8u << 20, 64}; // of what is judged afterwards

class Fuzzer {
public:
    explicit Fuzzer(std::uint64_t seed) : random_(seed) {}

    // A word of what was done to it, for the report.
    std::string change(Json& request) {
        std::string done;
        for (int i = 0, times = below(3) ? 1 : 3; i < times; ++i)
            done += (i ? ", " : "") + changeOne(request);
        return done;
    }

    std::string spoil(std::string text) {
        for (int i = 0, times = 1 + below(8); i < times && !text.empty(); ++i) {
            const auto at = static_cast<std::size_t>(below(static_cast<int>(text.size())));
            switch (below(4)) {
            case 0:
                text[at] = static_cast<char>(below(256));
                break;
            case 1:
                text.erase(at, static_cast<std::size_t>(1 + below(5)));
                break;
            case 2:
                text.insert(at, text.substr(at / 2, 20));
                break;
            default:
                text.insert(at, 1, "\"{}[]:,\\\0\xff"[below(10)]);
            }
        }
        return text;
    }

    int below(int end) { return static_cast<int>(random_() % static_cast<std::uint64_t>(end)); }

private:
    static int places(const Json& value) {
        int all = 1;
        for (const auto& [name, one] : value.members())
            all += places(one);
        for (const Json& one : value.items())
            all += places(one);
        return all;
    }

    std::string changeOne(Json& request) {
        int left = 1 + below(std::max(places(request) - 1, 1)); // the root only where it has nothing
        std::string done = "nothing";
        request = changed(request, left, "", done);
        return done;
    }

    // The value with something else at the place that `left` counts down to.
    Json changed(const Json& value, int& left, const std::string& path, std::string& done) {
        if (left-- == 0) {
            Json other = value;
            done = path + ": " + substitute(other);
            return other;
        }
        if (!value.isObject() && !value.isArray()) return value;
        Json made = value.isObject() ? Json::object() : Json::array();
        for (const auto& [name, one] : value.members())
            made.set(name, changed(one, left, path + "." + name, done));
        for (const Json& one : value.items())
            made.add(changed(one, left, path + "[]", done));
        return made;
    }

    // Answers what it put there.
    std::string substitute(Json& place) {
        if (place.isString() && below(2)) {
            place = below(2) ? text() : Json{place.string() + text().string()};
            return "a strange text";
        }
        if (!place.members().empty() && below(2)) {
            const auto at = static_cast<std::size_t>(below(static_cast<int>(place.members().size())));
            const std::string name = place.members()[at].first;
            place.remove(name);
            place.set("not-in-the-contract", name);
            return "without " + name;
        }
        switch (below(9)) {
        case 0:
            place = Json{};
            return "null";
        case 1:
            place = text();
            return "a strange text";
        case 2:
            place = std::string(static_cast<std::size_t>(1) << below(17), "x\n\xc2\xa0"[0]);
            return "a text of " + std::to_string(place.string().size()) + " bytes";
        case 3:
            place = number();
            return "the number " + place.dump();
        case 4:
            if (place.has("blob")) {
                place.set("blob", number());
                return "another attachment";
            }
            place = below(2) == 0;
            return place.dump();
        case 5:
            place = Json::object();
            return "{}";
        case 6:
            place = Json::array();
            return "[]";
        case 7:
            return nest(place);
        default:
            return repeat(place);
        }
    }

    std::string repeat(Json& place) {
        const Json one = place;
        place = Json::array();
        const int times = one.dump().size() > 200 ? 2 : below(2'000);
        for (int i = 0; i < times; ++i)
            place.add(one);
        return std::to_string(times) + " times";
    }

    Json text() {
        static const std::array<std::string, 16> all{"",
                                                     std::string{"a\0b", 3},
                                                     "\r\nX-Injected: 1",
                                                     "../../../etc/passwd",
                                                     "%n%s%x",
                                                     "' OR 1=1",
                                                     "<script>",
                                                     "\xe2\x80\xae"
                                                     "abc",
                                                     "${jndi:x}",
                                                     "\xf0\x9f\x98\x80",
                                                     "-1",
                                                     "0x7fffffff",
                                                     "NaN",
                                                     " ",
                                                     "https://127.0.0.1:22/",
                                                     "\xc4\x90\xc6\xb0\xe1\xbb\x9d"
                                                     "ng"};
        return all[static_cast<std::size_t>(below(static_cast<int>(all.size())))];
    }

    Json number() {
        static const std::array<Json, 9> all{
            0, -1, 1, INT64_MAX, INT64_MIN, std::int64_t{2147483648}, 1e308, -0.5, std::int64_t{4294967296}};
        return all[static_cast<std::size_t>(below(static_cast<int>(all.size())))];
    }

    std::string nest(Json& place) {
        const int levels = 1 + below(60);
        for (int i = 0; i < levels; ++i)
            place =
                below(2) ? Json::array().add(std::move(place)) : Json::object().set("a", std::move(place));
        return std::to_string(levels) + " levels deep";
    }

    std::mt19937_64 random_;
};

std::string firstProblem(const Subject& subject, Running& running, const Operation& operation,
                         Steady::time_point until) {
    Fuzzer fuzzer{subject.seed};
    for (int round = 0; round < roundsEach && Steady::now() < until; ++round) {
        Sample sample = subject.contracts.sample(operation, round % 4 != 0);
        std::string what = fuzzer.change(sample.request), text = sample.request.dump();
        if (round % 5 == 4) {
            text = fuzzer.spoil(std::move(text));
            what += ", and other bytes";
        }
        const Answer answer = running.bench().call(running.plugin(), {operation.id, text, sample.blobs});
        const std::string where = " (seed " + std::to_string(subject.seed) + ", request " +
                                  std::to_string(round) + ": " + what + ")";
        if (std::string found = problemOf(subject, operation, answer); !found.empty()) return found + where;
        if (answer.status != MOTCUA_OK) continue;
        const auto sent = Json::parse(text, generous);
        if (!sent) return "takes a request that is not JSON" + where;
        if (std::string wrong = subject.contracts.requestProblem(operation, *sent, sample.blobs.size());
            !wrong.empty())
            return "takes a request where " + wrong + where;
    }
    return "";
}

Problems anythingMayCome(const Subject& subject) {
    Problems all;
    Running running{subject, all};
    if (!running) return all;
    running.bench().forget();
    const auto until = Steady::now() + longest;
    for (const Operation* operation : running.operations())
        if (std::string found = firstProblem(subject, running, *operation, until); !found.empty())
            all.push_back(operation->id + " " + found);
    for (const std::string& operation : running.bench().late())
        all.push_back(operation + " was answered twice");
    return all;
}

} // namespace

std::vector<Check> fuzzChecks() {
    return {{"fuzz", Level::Silver,
             "Whatever is asked, it lives, answers in time and takes nothing that is wrong",
             &anythingMayCome}};
}

} // namespace motcua::check
