// The checks of the conformance kit. Each runs in a process of its own and finds problems, or none.
#pragma once

#include "bench.h"
#include "contract.h"

#include <functional>
#include <string>
#include <vector>

namespace motcua::check {

enum class Level { Bronze = 1, Silver = 2, Gold = 3 };
const char* name(Level level);

// What a check looks at.
struct Subject {
    std::string library{};
    Json settings = Json::object(); // {"config": …, "secrets": …} as given, empty where not
    const Contracts& contracts;
    std::uint64_t seed = 1; // of what is tried at random
};

using Problems = std::vector<std::string>;

struct Check {
    std::string name{};
    Level level = Level::Bronze;
    std::string says{}; // the rule that it holds
    std::function<Problems(const Subject&)> run{};
};

// All of them, in the order to run; with the manifest's capabilities' scripts.
std::vector<Check> allChecks(const std::vector<std::string>& provides);

// Of one theme each.
std::vector<Check> staticChecks();
std::vector<Check> lifeChecks();
std::vector<Check> callChecks();
std::vector<Check> fuzzChecks();
Check scriptCheck(const std::string& capability);

// The settings of the checks: those given, else made from the manifest's schema.
struct Settings {
    Json config = Json::object();
    std::map<std::string, std::string> secrets{};
};
Result<Settings> settingsOf(const Subject& subject, const plugins::Manifest& manifest);

// A started plugin, stopped and destroyed at the end. `problems` has why there is none.
class Running {
public:
    Running(const Subject& subject, Problems& problems);
    ~Running();
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    explicit operator bool() const { return plugin_ != nullptr; }
    Bench& bench() { return *bench_; }
    motcua_plugin* plugin() { return plugin_; }
    // The operations of the contract that it lists.
    std::vector<const Operation*> operations() const { return operations_; }
    // Stops and destroys now.
    void end();
    Answer ask(const Operation& operation, const Sample& sample, std::int64_t withinMs = 2'000);

private:
    std::unique_ptr<Bench> bench_;
    motcua_plugin* plugin_ = nullptr;
    std::vector<const Operation*> operations_;
};

// What the plugin lacks of a capability that its manifest names, where it can do these operations: of one way
// to provide it, all; where a way demands none, any. One problem a capability.
Problems missingOf(const plugins::Manifest& manifest, const std::vector<std::string>& operations);
// A bench with the library loaded, or null and why.
std::unique_ptr<Bench> benchFor(const Subject& subject, Problems& problems);
// What is wrong with an answer of itself: none, a number that is no status, an error without code…
std::string problemOf(const Subject& subject, const Operation& operation, const Answer& answer);

} // namespace motcua::check
