// A plugin's library loaded into this process, behind the C ABI: the same code in the plugin's own process
// (tools/ plugin-host) and in the server (in-process mode).
#pragma once

#include "base/result.h"
#include "plugins/wire.h"

#include "motcua/abi.h"
#include "motcua/sdk/blob.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::plugins {

// One operation on its way to a plugin.
struct Invocation {
    std::uint64_t call = 0;
    std::string operation{}; // "payment.create/1"
    std::string json = "{}";
    sdk::Blobs blobs{};
    std::int64_t deadlineMs = INT64_MAX;
    int attempt = 1;
    std::string idempotencyKey{};
    std::string traceparent{};
    std::string locale = "vi";
    std::string profile{};
    std::string config = "{}";
};

// The answer to an operation, either way.
struct Outcome {
    motcua_status status = MOTCUA_INTERNAL;
    std::string json = "{}";
    sdk::Blobs blobs{};
    std::int64_t retryAfterMs = 0;
    Fd socket{}; // of net.connect/1 only
};

Outcome failure(motcua_status status, std::string_view code, std::string_view detail = {});

// What a loaded plugin reaches; every function is [thread-safe].
class Surroundings {
public:
    virtual ~Surroundings() = default;
    virtual Outcome hostCall(std::uint64_t within, std::string_view operation, std::string_view json,
                             const sdk::Blobs& blobs) = 0;
    virtual Outcome connect(std::uint64_t within, std::string_view host, std::uint32_t port) = 0;
    virtual void log(std::uint64_t within, int level, std::string_view event, std::string_view fields) = 0;
    virtual std::int64_t nowMs() = 0;
    virtual void completed(std::uint64_t call,
                           Outcome outcome) = 0; // once for each call, whatever the plugin does
    virtual bool cancelled(std::uint64_t call) = 0;
};

class Instance {
public:
    // Loads, checks the ABI and creates. The library stays loaded for ever: what C++ leaves behind (threads,
    // static objects) does not survive an unload. Errors name found, needed and what to do.
    static Result<std::unique_ptr<Instance>> load(const std::string& library, Surroundings& around);
    ~Instance();

    Result<void> start(); // [control]
    void stop();          // [control]; may be called twice
    std::vector<std::string> operations();
    void invoke(const Invocation& invocation); // [worker]

private:
    struct Slot;
    Instance(Surroundings& around, std::string library);

    static const void* service(const motcua_host* host, const char* id);
    void finish(Slot& slot, Outcome outcome);

    Surroundings& around_;
    std::string library_;
    motcua_host host_{};
    motcua_plugin* plugin_ = nullptr;
    bool started_ = false;

    std::mutex slotsGuard_;
    std::vector<std::unique_ptr<Slot>> open_;
    std::vector<std::unique_ptr<Slot>>
        retired_; // kept a while, so that a second answer is noticed and harmless
    std::size_t nextRetired_ = 0;
};

} // namespace motcua::plugins
