// motcua-plugin-check: the conformance kit of the SDK. Tries a plugin, each check in a process of its own,
// and says how good it is.
//
//   motcua-plugin-check LIBRARY [--settings FILE] [--level LEVEL] [--only CHECK] [--junit FILE] [--timeout S]
//   [--seed N] [--in-process] [--list]
//
// FILE of --settings: {"config": {…}, "secrets": {…}}, where they cannot be made up from the manifest's
// schema. Levels: bronze (it may be installed), silver (it is robust), gold (it is complete). The exit status
// is 0 where LEVEL (gold unless given) is reached, 1 where it is not, 2 where the checks could not begin.
// --seed N makes other random requests than the seed 1 does.
// --in-process runs one check (--only) in this process, for a debugger.
#include "checks.h"
#include "process.h"

#include "base/log.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include <unistd.h>

using namespace motcua;
using namespace motcua::check;

namespace {

struct Options {
    std::string library{};
    std::string settings{};
    std::string only{};
    std::string junit{};
    std::string run{}; // the check that this process is for
    Level level = Level::Gold;
    int timeoutSeconds = 45;
    std::uint64_t seed = 1;
    bool inProcess = false;
    bool list = false;
};

struct Outcome {
    const Check* check = nullptr;
    Verdict verdict{};
};

int usage() {
    std::cerr << "motcua-plugin-check LIBRARY [--settings FILE] [--level bronze|silver|gold] [--only CHECK] "
                 "[--junit FILE] "
                 "[--timeout S] [--seed N] [--in-process] [--list]\n";
    return 2;
}

bool levelOf(const std::string& word, Level& level) {
    for (const Level one : {Level::Bronze, Level::Silver, Level::Gold})
        if (word == name(one)) return level = one, true;
    return false;
}

bool parse(int argc, char** argv, Options& options) {
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        const auto value = [&]() -> std::string { return i + 1 < argc ? argv[++i] : ""; };
        if (word == "--settings") {
            options.settings = value();
        } else if (word == "--only") {
            options.only = value();
        } else if (word == "--junit") {
            options.junit = value();
        } else if (word == "--run") {
            options.run = value();
        } else if (word == "--timeout") {
            options.timeoutSeconds = std::atoi(value().c_str());
        } else if (word == "--seed") {
            options.seed = std::strtoull(value().c_str(), nullptr, 10);
        } else if (word == "--level") {
            if (!levelOf(value(), options.level)) return false;
        } else if (word == "--in-process") {
            options.inProcess = true;
        } else if (word == "--list") {
            options.list = true;
        } else if (word.rfind("--", 0) == 0 || !options.library.empty()) {
            return false;
        } else {
            options.library = word;
        }
    }
    return !options.library.empty() && options.timeoutSeconds > 0 &&
           (!options.inProcess || !options.only.empty());
}

std::optional<Json> settingsFrom(const std::string& file) {
    if (file.empty()) return Json::object();
    std::ifstream stream{file, std::ios::binary};
    std::ostringstream text;
    text << stream.rdbuf();
    auto json = Json::parse(text.str());
    return json ? std::optional<Json>{std::move(*json)} : std::nullopt;
}

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if (c == '&') {
            out += "&amp;";
        } else if (c == '<') {
            out += "&lt;";
        } else if (c == '"') {
            out += "&quot;";
        } else {
            out += code < 0x20 && c != '\n' && c != '\t' ? '?' : c;
        }
    }
    return out;
}

bool writeJunit(const std::string& file, const std::string& library, const std::vector<Outcome>& outcomes,
                std::size_t failed) {
    std::ofstream out{file};
    out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"" << escaped(library)
        << "\" tests=\"" << outcomes.size() << "\" failures=\"" << failed << "\">\n";
    for (const Outcome& one : outcomes) {
        out << "  <testcase classname=\"plugin-check." << name(one.check->level) << "\" name=\""
            << escaped(one.check->name) << "\" time=\"" << one.verdict.seconds << "\">\n";
        for (const std::string& problem : one.verdict.problems)
            out << "    <failure message=\"" << escaped(problem) << "\"/>\n";
        if (!one.verdict.problems.empty())
            out << "    <system-out>" << escaped(one.verdict.output) << "</system-out>\n";
        out << "  </testcase>\n";
    }
    out << "</testsuite>\n";
    return static_cast<bool>(out);
}

void tell(const Outcome& one) {
    std::cout << (one.verdict.problems.empty() ? "ok      " : "FAILED  ") << one.check->name << " ("
              << name(one.check->level) << "): " << one.check->says << "\n";
    for (const std::string& problem : one.verdict.problems)
        std::cout << "        " << problem << "\n";
    std::cout.flush();
}

// 0: not even bronze.
int levelReached(const std::vector<Outcome>& outcomes) {
    int reached = static_cast<int>(Level::Gold);
    for (const Outcome& one : outcomes)
        if (!one.verdict.problems.empty())
            reached = std::min(reached, static_cast<int>(one.check->level) - 1);
    return reached;
}

int runAll(const Options& options, const std::vector<Check>& checks) {
    std::vector<Outcome> outcomes;
    for (const Check& check : checks) {
        if (!options.only.empty() && check.name != options.only) continue;
        std::vector<std::string> arguments{
            "motcua-plugin-check",       options.library, "--run", check.name, "--seed",
            std::to_string(options.seed)};
        if (!options.settings.empty()) arguments.insert(arguments.end(), {"--settings", options.settings});
        outcomes.push_back({&check, runApart(arguments, options.timeoutSeconds)});
        tell(outcomes.back());
    }
    if (outcomes.empty()) return std::cerr << "no check " << options.only << ": see --list\n", 2;
    const auto failed = static_cast<std::size_t>(std::count_if(
        outcomes.begin(), outcomes.end(), [](const Outcome& one) { return !one.verdict.problems.empty(); }));
    if (!options.junit.empty() && !writeJunit(options.junit, options.library, outcomes, failed))
        return std::cerr << options.junit << " cannot be written\n", 2;
    const int reached = levelReached(outcomes);
    std::cout << "level: " << (reached == 0 ? "none" : name(static_cast<Level>(reached))) << "\n"
              << outcomes.size() - failed << " passed, " << failed << " failed\n";
    return reached >= static_cast<int>(options.level) ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    if (!parse(argc, argv, options)) return usage();
    if (!std::filesystem::exists(options.library))
        return std::cerr << options.library << " is not there\n", 2;
    options.library = std::filesystem::absolute(options.library).string();
    log::setThreshold(log::Level::Warning);
    const auto settings = settingsFrom(options.settings);
    if (!settings) return std::cerr << options.settings << " is not a JSON file\n", 2;
    const auto manifest = plugins::Manifest::read(options.library);
    const auto checks = allChecks(manifest ? manifest->provides : std::vector<std::string>{});
    if (options.list) {
        for (const Check& check : checks)
            std::cout << check.name << " (" << name(check.level) << "): " << check.says << "\n";
        return 0;
    }
    if (options.run.empty() && !options.inProcess) return runAll(options, checks);

    const Contracts contracts;
    const Subject subject{options.library, *settings, contracts, options.seed};
    const std::string wanted = options.inProcess ? options.only : options.run;
    const auto check =
        std::find_if(checks.begin(), checks.end(), [&](const Check& one) { return one.name == wanted; });
    if (check == checks.end()) return std::cerr << "no check " << wanted << ": see --list\n", 2;
    const Problems problems = check->run(subject);
    if (options.inProcess) {
        tell({&*check, {problems, {}, 0}});
        return problems.empty() ? 0 : 1;
    }
    report(problems);
    std::fflush(nullptr);
    ::_exit(0); // threads may still be inside the plugin's code
}
