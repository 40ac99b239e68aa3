// The base of every plugin and the adapter between its C++ and the C ABI. A plugin's class derives from one
// or several capabilities (message.h, payment.h, signature.h), takes `const Host&` in its constructor, and
// stands once in MOTCUA_PLUGIN(Class).
#pragma once

#include "motcua/sdk/check.h"
#include "motcua/sdk/host.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace motcua::sdk {
inline namespace v1 {

class Plugin {
public:
    Plugin() {
        answers<op::ConfigCheck>([this](const Nothing&, const Call& call) { return checkConfig(call); });
    }
    virtual ~Plugin() = default;
    Plugin(const Plugin&) = delete;
    Plugin& operator=(const Plugin&) = delete;

    // Before the first call and after the last; for plugins with threads or sessions of their own.
    virtual Result<void> start() { return {}; }
    virtual void stop() {}

    // "Test connection": tries call.config without any lasting effect and says what is wrong.
    virtual Result<CheckedConfig> checkConfig(const Call&) { return CheckedConfig{}; }

    // For the adapter and for tests.
    Result<Encoded> invoke(std::string_view operation, std::string_view json, const Blobs& blobs,
                           const Call& call) {
        const auto found = operations_.find(operation);
        if (found == operations_.end()) return unimplemented(std::string{operation});
        return found->second(json, blobs, call);
    }
    std::string operations() const { // as motcua_plugin.operations wants it
        std::string all;
        for (const auto& operation : operations_)
            (all += operation.first) += '\0';
        return all += '\0';
    }

protected:
    template <typename Op, typename Method>
    void answers(Method method) {
        operations_[Op::id] = [method](std::string_view json, const Blobs& blobs,
                                       const Call& call) -> Result<Encoded> {
            MOTCUA_SDK_TRY(request, decode<typename Op::Request>(json, blobs));
            MOTCUA_SDK_TRY(reply, method(request, call));
            return encode(reply);
        };
    }

private:
    using Operation = std::function<Result<Encoded>(std::string_view, const Blobs&, const Call&)>;
    std::map<std::string, Operation, std::less<>> operations_;
};

namespace detail {

inline Call callOf(const motcua_call* given) {
    motcua_call record{};
    std::memcpy(&record, given, std::min(sizeof record, size_t{given->size}));
    Call call;
    call.id = record.id;
    call.deadlineMs = record.deadline_ms;
    call.attempt = record.attempt;
    call.idempotencyKey = view(record.idempotency_key);
    call.traceparent = view(record.traceparent);
    call.locale = view(record.locale);
    call.profile = view(record.profile);
    if (auto config = Json::parse(view(record.config_json))) call.config = std::move(*config);
    return call;
}

// The blobs of a call are borrowed while invoke() runs, which is as long as the C++ layer uses them.
inline Blobs blobsOf(const motcua_call* given) {
    Blobs blobs;
    for (size_t i = 0; i < given->blob_count; ++i)
        blobs.emplace_back(
            std::string_view{static_cast<const char*>(given->blobs[i].ptr), given->blobs[i].len}, nullptr);
    return blobs;
}

inline void complete(motcua_reply* reply, const Result<Encoded>& result) {
    if (result) {
        const auto blobs = borrow(result->blobs);
        reply->complete(reply, MOTCUA_OK, borrow(result->json), blobs.data(), blobs.size(), 0);
    } else {
        const std::string body = errorBody(result.error());
        reply->complete(reply, static_cast<motcua_status>(result.error().status), borrow(body), nullptr, 0,
                        result.error().retryAfterMs);
    }
}

// One plugin object behind the C table. No exception leaves it.
template <typename P>
class Adapter {
public:
    static motcua_plugin* create(const motcua_host* host) noexcept {
        try {
            return &(new Adapter{host})->table_;
        } catch (...) {
            return nullptr;
        }
    }

private:
    explicit Adapter(const motcua_host* host)
        : table_{this, &start, &stop, &destroy, &operations, &invoke},
          plugin_(Host{host}),
          operations_(plugin_.operations()) {}

    static Adapter& of(motcua_plugin* table) { return *static_cast<Adapter*>(table->self); }

    static motcua_status start(motcua_plugin* table) noexcept {
        try {
            const auto started = of(table).plugin_.start();
            return started ? MOTCUA_OK : static_cast<motcua_status>(started.error().status);
        } catch (...) {
            return MOTCUA_INTERNAL;
        }
    }
    static void stop(motcua_plugin* table) noexcept {
        try {
            of(table).plugin_.stop();
        } catch (...) { // what is stopping has nobody left to tell
        }
    }
    static void destroy(motcua_plugin* table) noexcept { delete &of(table); }
    static const char* operations(motcua_plugin* table) noexcept { return of(table).operations_.c_str(); }

    static void invoke(motcua_plugin* table, const motcua_call* given, const char* op, motcua_str request,
                       motcua_reply* reply) noexcept {
        const auto answer = [&]() -> Result<Encoded> {
            try {
                return of(table).plugin_.invoke(op, view(request), blobsOf(given), callOf(given));
            } catch (const std::exception& exception) {
                return internal("plugin.exception", exception.what());
            } catch (...) {
                return internal("plugin.exception");
            }
        }();
        complete(reply, answer);
    }

    motcua_plugin table_;
    P plugin_;
    std::string operations_;
};

} // namespace detail
} // namespace v1
} // namespace motcua::sdk

// The manifest's bytes, put into the library by motcua_add_plugin().
extern "C" const char motcua_manifest_begin[];
extern "C" const char motcua_manifest_end[];

#define MOTCUA_PLUGIN(Class)                                                                                 \
    extern "C" const motcua_entry* motcua_plugin_entry_1(void) {                                             \
        static const motcua_entry entry{                                                                     \
            sizeof(motcua_entry),                                                                            \
            MOTCUA_ABI_MAJOR,                                                                                \
            MOTCUA_ABI_MINOR,                                                                                \
            0,                                                                                               \
            {motcua_manifest_begin, static_cast<size_t>(motcua_manifest_end - motcua_manifest_begin)},       \
            &::motcua::sdk::detail::Adapter<Class>::create};                                                 \
        return &entry;                                                                                       \
    }
