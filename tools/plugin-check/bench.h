// The host that the checks play: the C tables of abi.h, with a network where nothing answers, and an exact
// count of what the plugin does with each call.
#pragma once

#include "base/json.h"
#include "motcua/abi.h"
#include "motcua/sdk/blob.h"
#include "plugins/manifest.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace motcua::check {

const char* nameOf(motcua_status status); // "INVALID"; "" for a number that is none

struct Ask {
    std::string operation{};
    std::string json = "{}";
    sdk::Blobs blobs{};
    std::string key = "check-1";
    std::int64_t withinMs = 2'000; // the deadline, from now; may lie in the past
    bool cancelled = false;        // nobody waits from the beginning
};

struct Answer {
    int replies = 0; // within the deadline and two seconds more
    motcua_status status = MOTCUA_INTERNAL;
    std::string body{};
    sdk::Blobs blobs{};
    std::int64_t tookMs = 0;
    std::string thrown{}; // an exception that crossed the C boundary
};

struct PostedEvent {
    std::string kind{};
    Json data{};
};

class Bench {
public:
    Bench(const std::string& library, plugins::Manifest manifest, Json config,
          std::map<std::string, std::string> secrets);

    const motcua_entry* entry() const { return entry_; }
    const std::string& problem() const { return problem_; } // why the library could not be loaded
    const plugins::Manifest& manifest() const { return manifest_; }

    motcua_plugin* create();
    static std::vector<std::string> operations(motcua_plugin* plugin);
    // Asks and waits. [thread-safe]
    Answer call(motcua_plugin* plugin, const Ask& ask);
    // Replies that came after their call had been answered, or after its end; by operation.
    std::vector<std::string> late() const;

    void beSlow(bool slow) { slow_ = slow; } // the network answers nothing until the deadline
    void forget() { forgets_ = true; }       // what it logs and posts is not kept from here on
    void endHost() { ended_ = true; }        // from here on every use of the host is counted
    int usesAfterEnd() const { return usesAfterEnd_; }
    std::vector<std::string> logged() const;
    std::vector<PostedEvent> posted() const;

private:
    struct Slot {
        motcua_reply reply{};
        Bench* bench = nullptr;
        std::string operation{};
        std::int64_t deadlineMs = 0;
        Answer answer{};
        bool over = false; // nobody waits for it any more
        bool cancelled = false;
    };

    static const void* service(const motcua_host* host, const char* id);
    static void hostCall(const motcua_host* host, std::uint64_t within, const char* op, motcua_str json,
                         const motcua_bytes* blobs, std::size_t count, motcua_answer answer, void* user);
    static std::int32_t connect(const motcua_host* host, std::uint64_t within, motcua_str name,
                                std::uint32_t port, motcua_answer refused, void* user);
    static Bench& of(const motcua_host* host) { return *static_cast<Bench*>(host->impl); }

    struct HostAnswer {
        motcua_status status = MOTCUA_OK;
        Json body = Json::object();
    };
    HostAnswer operation(std::uint64_t within, const std::string& op, const Json& request);
    HostAnswer network(std::uint64_t within, const std::string& place);
    HostAnswer keyValue(const std::string& op, const Json& request);
    void use();
    std::int64_t deadlineOf(std::uint64_t call) const;

    const plugins::Manifest manifest_;
    const Json config_;
    const std::map<std::string, std::string> secrets_;
    motcua_host host_{};
    const motcua_entry* entry_ = nullptr;
    std::string problem_;

    mutable std::mutex guard_;
    std::condition_variable changed_;
    std::deque<Slot> slots_; // kept to the end: a late reply must find its own
    std::vector<Slot*> free_;
    std::map<std::uint64_t, Slot*> open_;
    std::uint64_t lastCall_ = 0;
    std::map<std::string, std::pair<std::string, std::int64_t>> values_;
    std::vector<std::string> logged_;
    std::vector<PostedEvent> posted_;
    std::vector<std::string> late_;
    std::atomic<bool> slow_ = false;
    std::atomic<bool> forgets_ = false;
    std::atomic<bool> ended_ = false;
    std::atomic<int> usesAfterEnd_ = 0;
};

} // namespace motcua::check
