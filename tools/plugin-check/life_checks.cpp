// Birth, work and end of a plugin: often, at the same time, and without a trace.
#include "checks.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include <dlfcn.h>
#include <malloc.h>

namespace motcua::check {

namespace {

constexpr int storms = 50;

std::size_t entriesOf(const char* folder) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator{folder}, {}));
}

// Bytes that are allocated and not freed; a sanitizer keeps its own count.
std::size_t heapInUse() {
    using Count = std::size_t (*)();
    static const auto sanitizer =
        reinterpret_cast<Count>(::dlsym(RTLD_DEFAULT, "__sanitizer_get_current_allocated_bytes"));
    return sanitizer ? sanitizer() : ::mallinfo2().uordblks;
}

Problems storm(const Subject& subject) {
    Problems all;
    const auto bench = benchFor(subject, all);
    if (!bench) return all;
    for (int i = 0; i < storms && all.empty(); ++i) {
        motcua_plugin* unstarted = bench->create();
        if (!unstarted) return {"create() answered nothing the " + std::to_string(i + 1) + ". time"};
        unstarted->destroy(unstarted);
        motcua_plugin* plugin = bench->create();
        if (const motcua_status status = plugin->start(plugin); status != MOTCUA_OK)
            all.push_back("start() answered " + std::to_string(status) + " the " + std::to_string(i + 1) +
                          ". time");
        plugin->stop(plugin);
        plugin->destroy(plugin);
    }
    return all;
}

Problems twoAtOnce(const Subject& subject) {
    Problems all;
    Running first{subject, all};
    if (!first) return all;
    motcua_plugin* second = first.bench().create();
    if (!second || second->start(second) != MOTCUA_OK) return {"a second instance of it does not start"};
    second->stop(second);
    second->destroy(second);
    const Operation& check = *subject.contracts.find("config.check/1");
    if (std::string found = problemOf(subject, check, first.ask(check, {Json::object(), {}})); !found.empty())
        all.push_back("after the end of a second instance: " + found);
    return all;
}

Problems nothingLivesOn(const Subject& subject) {
    Problems all;
    const std::size_t before = entriesOf("/proc/self/task");
    Running running{subject, all};
    if (!running) return all;
    for (const Operation* operation : running.operations())
        running.ask(*operation, subject.contracts.sample(*operation, true), 500);
    Bench& bench = running.bench();
    running.end();
    bench.endHost();
    for (int i = 0; i < 50 && (entriesOf("/proc/self/task") > before || i < 20); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    if (const std::size_t now = entriesOf("/proc/self/task"); now > before)
        all.push_back(std::to_string(now - before) + " of its threads live on after stop()");
    if (bench.usesAfterEnd() > 0) all.push_back("it asks the host after destroy()");
    for (const std::string& operation : bench.late())
        all.push_back(operation + " was answered once more, or after its end");
    return all;
}

// What grows in both of two equal rounds leaks; what grows once is a cache that has filled.
std::string growth(const char* what, const std::function<void()>& round, std::size_t allowed) {
    round();
    const std::size_t heap = heapInUse(), files = entriesOf("/proc/self/fd");
    round();
    const std::size_t heapBetween = heapInUse(), filesBetween = entriesOf("/proc/self/fd");
    round();
    const std::size_t heapAfter = heapInUse(), filesAfter = entriesOf("/proc/self/fd");
    if (filesAfter > filesBetween && filesBetween > files)
        return std::string{what} + " leaves descriptors open";
    if (heapBetween > heap + allowed && heapAfter > heapBetween + allowed)
        return std::string{what} + " leaks: " + std::to_string(heapAfter - heapBetween) + " bytes a round";
    return "";
}

Problems nothingLeaks(const Subject& subject) {
    Problems all;
    constexpr int calls = 100;
    constexpr std::size_t allowed = calls * 16;
    {
        Running running{subject, all};
        if (!running) return all;
        running.bench().forget();
        for (const Operation* operation : running.operations()) {
            const Sample sample = subject.contracts.sample(*operation, true);
            // The host's own records of calls must have reached their full number first.
            for (int i = 0; i < 300; ++i)
                if (running.ask(*operation, sample, 300).tookMs > 250) break; // a slow one is not repeated
            if (running.ask(*operation, sample, 300).tookMs > 20) continue;
            const auto round = [&] {
                for (int i = 0; i < calls; ++i)
                    running.ask(*operation, sample, 300);
            };
            if (std::string found = growth(operation->id.c_str(), round, allowed); !found.empty())
                all.push_back(found);
        }
    }
    const auto bench = benchFor(subject, all);
    if (!bench) return all;
    const auto lives = [&] {
        for (int i = 0; i < storms; ++i) {
            motcua_plugin* plugin = bench->create();
            plugin->start(plugin);
            plugin->stop(plugin);
            plugin->destroy(plugin);
        }
    };
    if (std::string found = growth("a life from create() to destroy()", lives, storms * 16); !found.empty())
        all.push_back(found);
    return all;
}

} // namespace

std::vector<Check> lifeChecks() {
    return {
        {"storm", Level::Bronze, "It can be created, started and ended any number of times", &storm},
        {"two-at-once", Level::Silver, "Two instances do not disturb each other", &twoAtOnce},
        {"after-stop", Level::Silver, "Nothing of it lives on after stop()", &nothingLivesOn},
        {"leaks", Level::Silver, "Neither memory nor descriptors leak", &nothingLeaks},
    };
}

} // namespace motcua::check
