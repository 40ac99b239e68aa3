#include "plugins/instance.h"

#include "base/bytes.h"
#include "base/json.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include <dlfcn.h>

namespace motcua::plugins {

namespace {

constexpr std::size_t retiredSlots = 1024;

std::string_view view(motcua_str text) {
    return text.len == 0 ? std::string_view{} : std::string_view{text.ptr, text.len};
}

motcua_str borrow(std::string_view text) {
    return {text.data(), text.size()};
}

sdk::Blobs copied(const motcua_bytes* blobs, std::size_t count) {
    sdk::Blobs all;
    for (std::size_t i = 0; i < count; ++i)
        all.emplace_back(std::string{static_cast<const char*>(blobs[i].ptr), blobs[i].len});
    return all;
}

sdk::Blobs borrowed(const motcua_bytes* blobs, std::size_t count) {
    sdk::Blobs all;
    for (std::size_t i = 0; i < count; ++i)
        all.emplace_back(std::string_view{static_cast<const char*>(blobs[i].ptr), blobs[i].len}, nullptr);
    return all;
}

std::vector<motcua_bytes> bytesOf(const sdk::Blobs& blobs) {
    std::vector<motcua_bytes> all;
    for (const sdk::Blob& blob : blobs)
        all.push_back({blob.view().data(), blob.size()});
    return all;
}

Surroundings& around(const motcua_host* host) {
    return *static_cast<Surroundings*>(host->impl);
}

void hand(const Outcome& outcome, motcua_answer answer, void* user) {
    const auto blobs = bytesOf(outcome.blobs);
    answer(user, outcome.status, borrow(outcome.json), blobs.data(), blobs.size());
}

// The tables that a plugin sees. They are C: what throws beneath them becomes an answer here.
void callHost(const motcua_host* host, std::uint64_t within, const char* op, motcua_str json,
              const motcua_bytes* blobs, std::size_t count, motcua_answer answer, void* user) noexcept {
    hand(around(host).hostCall(within, op, view(json), borrowed(blobs, count)), answer, user);
}

std::int32_t connectHost(const motcua_host* host, std::uint64_t within, motcua_str name, std::uint32_t port,
                         motcua_answer refused, void* user) noexcept {
    Outcome outcome = around(host).connect(within, view(name), port);
    if (outcome.status == MOTCUA_OK && outcome.socket) return outcome.socket.release();
    hand(outcome, refused, user);
    return -1;
}

void writeLog(const motcua_host* host, std::uint64_t within, std::int32_t level, motcua_str event,
              motcua_str fields) noexcept {
    around(host).log(within, level, view(event), view(fields));
}

std::int64_t readClock(const motcua_host* host) noexcept {
    return around(host).nowMs();
}

void fillRandom(const motcua_host*, void* bytes, std::size_t count) noexcept {
    std::memcpy(bytes, randomBytes(count).data(), count);
}

Error refused(const std::string& library, const std::string& why) {
    Error error = rejected("plugin.abi");
    error.detail = library + ": " + why;
    return error;
}

} // namespace

Outcome failure(motcua_status status, std::string_view code, std::string_view detail) {
    Json body = Json::object();
    body.set("code", code);
    if (!detail.empty()) body.set("detail", detail);
    return {status, body.dump(), {}, 0, {}};
}

struct Instance::Slot {
    motcua_reply reply{};
    Instance* instance = nullptr;
    std::uint64_t call = 0;
    std::atomic<bool> done = false;
};

Instance::Instance(Surroundings& surroundings, std::string library)
    : around_(surroundings),
      library_(std::move(library)),
      host_{MOTCUA_ABI_MAJOR, MOTCUA_ABI_MINOR, &around_, &service} {}

Result<std::unique_ptr<Instance>> Instance::load(const std::string& library, Surroundings& around) {
    void* handle = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!handle) return refused(library, std::string{"cannot be loaded: "} + ::dlerror());
    const auto entryOf =
        reinterpret_cast<decltype(&motcua_plugin_entry_1)>(::dlsym(handle, "motcua_plugin_entry_1"));
    if (!entryOf)
        return refused(
            library,
            "has no motcua_plugin_entry_1, which ABI 1 needs: end its source with MOTCUA_PLUGIN(Class)");
    const motcua_entry* given = entryOf();
    motcua_entry entry{};
    if (given) std::memcpy(&entry, given, std::min(sizeof entry, std::size_t{given->size}));
    if (!entry.create || entry.abi_major != MOTCUA_ABI_MAJOR)
        return refused(library, "was built for ABI " + std::to_string(entry.abi_major) +
                                    ", this server needs ABI " + std::to_string(MOTCUA_ABI_MAJOR) +
                                    ": build it with this server's sdk/");
    std::unique_ptr<Instance> made{new Instance{around, library}};
    made->plugin_ = entry.create(&made->host_);
    if (!made->plugin_)
        return Error{ErrorKind::Internal, "plugin.not_created", library + ": create() answered nothing"};
    return made;
}

Instance::~Instance() {
    if (!plugin_) return;
    stop();
    plugin_->destroy(plugin_);
}

Result<void> Instance::start() {
    const motcua_status status = plugin_->start(plugin_);
    started_ = status == MOTCUA_OK;
    if (started_) return {};
    return Error{ErrorKind::Internal, "plugin.not_started",
                 library_ + ": start() answered " + std::to_string(status)};
}

void Instance::stop() {
    if (std::exchange(started_, false)) plugin_->stop(plugin_);
}

std::vector<std::string> Instance::operations() {
    std::vector<std::string> all;
    for (const char* at = plugin_->operations(plugin_); at && *at; at += all.back().size() + 1)
        all.emplace_back(at);
    return all;
}

void Instance::invoke(const Invocation& invocation) {
    auto made = std::make_unique<Slot>();
    Slot& slot = *made;
    slot.instance = this;
    slot.call = invocation.call;
    slot.reply.host = &slot;
    slot.reply.complete = [](motcua_reply* reply, motcua_status status, motcua_str body,
                             const motcua_bytes* blobs, std::size_t count,
                             std::int64_t retryAfterMs) noexcept {
        Slot& mine = *static_cast<Slot*>(reply->host);
        mine.instance->finish(mine,
                              {status, std::string{view(body)}, copied(blobs, count), retryAfterMs, {}});
    };
    slot.reply.cancelled = [](const motcua_reply* reply) noexcept -> std::int32_t {
        const Slot& mine = *static_cast<const Slot*>(reply->host);
        return mine.done || mine.instance->around_.cancelled(mine.call) ? 1 : 0;
    };
    {
        const std::lock_guard lock{slotsGuard_};
        open_.push_back(std::move(made));
    }

    const auto blobs = bytesOf(invocation.blobs);
    const motcua_call call{sizeof(motcua_call),
                           invocation.attempt,
                           invocation.deadlineMs,
                           invocation.call,
                           borrow(invocation.idempotencyKey),
                           borrow(invocation.traceparent),
                           borrow(invocation.locale),
                           borrow(invocation.profile),
                           borrow(invocation.config),
                           blobs.data(),
                           blobs.size()};
    try {
        plugin_->invoke(plugin_, &call, invocation.operation.c_str(), borrow(invocation.json), &slot.reply);
    } catch (...) { // the contract forbids it; a plugin not made with the C++ layer may still do it
        around_.log(invocation.call, MOTCUA_LOG_ERROR, "plugin.misbehaving",
                    R"({"what":"an exception left an operation"})");
        if (!slot.done) finish(slot, failure(MOTCUA_INTERNAL, "plugin.exception"));
    }
}

void Instance::finish(Slot& slot, Outcome outcome) {
    if (slot.done.exchange(true)) {
        around_.log(slot.call, MOTCUA_LOG_ERROR, "plugin.misbehaving",
                    R"({"what":"a call was answered twice"})");
        return;
    }
    if (!wire::fit(outcome.json, outcome.blobs))
        outcome = failure(MOTCUA_INTERNAL, "plugin.malformed", "the answer is too large");
    const std::uint64_t call = slot.call;
    {
        const std::lock_guard lock{slotsGuard_};
        const auto found =
            std::find_if(open_.begin(), open_.end(), [&](const auto& one) { return one.get() == &slot; });
        if (retired_.size() < retiredSlots) {
            retired_.push_back(std::move(*found));
        } else {
            std::swap(retired_[nextRetired_], *found);
            nextRetired_ = (nextRetired_ + 1) % retiredSlots;
        }
        open_.erase(found);
    }
    around_.completed(call, std::move(outcome));
}

const void* Instance::service(const motcua_host*, const char* id) {
    static const motcua_host_call_1 call{&callHost};
    static const motcua_host_net_1 net{&connectHost};
    static const motcua_host_log_1 log{&writeLog};
    static const motcua_host_clock_1 clock{&readClock};
    static const motcua_host_random_1 random{&fillRandom};
    const std::string_view wanted{id ? id : ""};
    if (wanted == MOTCUA_HOST_CALL_1) return &call;
    if (wanted == MOTCUA_HOST_NET_1) return &net;
    if (wanted == MOTCUA_HOST_LOG_1) return &log;
    if (wanted == MOTCUA_HOST_CLOCK_1) return &clock;
    if (wanted == MOTCUA_HOST_RANDOM_1) return &random;
    return nullptr;
}

} // namespace motcua::plugins
