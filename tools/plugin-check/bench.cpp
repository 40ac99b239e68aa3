#include "bench.h"

#include "base/bytes.h"
#include "plugins/network.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <thread>

#include <dlfcn.h>

namespace motcua::check {

namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t mostSlots = 256;
constexpr std::int64_t graceMs = 2'000;

std::int64_t nowMs() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::string_view view(motcua_str text) {
    return text.len == 0 ? std::string_view{} : std::string_view{text.ptr, text.len};
}
motcua_str borrow(std::string_view text) {
    return {text.data(), text.size()};
}

Json said(const char* code, const std::string& detail = {}) {
    return Json::object().set("code", code).set("detail", detail);
}

} // namespace

const char* nameOf(motcua_status status) {
    static const char* const names[]{"OK",       "INVALID",     "DENIED",  "NOT_FOUND",     "CONFLICT",
                                     "REJECTED", "UNAVAILABLE", "TIMEOUT", "UNIMPLEMENTED", "INTERNAL"};
    return status >= 0 && status < static_cast<motcua_status>(std::size(names)) ? names[status] : "";
}

Bench::Bench(const std::string& library, plugins::Manifest manifest, Json config,
             std::map<std::string, std::string> secrets)
    : manifest_(std::move(manifest)),
      config_(std::move(config)),
      secrets_(std::move(secrets)),
      host_{MOTCUA_ABI_MAJOR, MOTCUA_ABI_MINOR, this, &service} {
    void* handle = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!handle) {
        problem_ = std::string{"cannot be loaded: "} + ::dlerror();
        return;
    }
    const auto entryOf =
        reinterpret_cast<decltype(&motcua_plugin_entry_1)>(::dlsym(handle, "motcua_plugin_entry_1"));
    if (entryOf) entry_ = entryOf();
    if (!entry_) problem_ = "has no motcua_plugin_entry_1, or it answers nothing";
}

motcua_plugin* Bench::create() {
    return entry_->create(&host_);
}

std::vector<std::string> Bench::operations(motcua_plugin* plugin) {
    std::vector<std::string> all;
    for (const char* at = plugin->operations(plugin); at && *at; at += all.back().size() + 1)
        all.emplace_back(at);
    return all;
}

Answer Bench::call(motcua_plugin* plugin, const Ask& ask) {
    const std::int64_t began = nowMs();
    Slot* slot = nullptr;
    std::uint64_t id = 0;
    {
        const std::lock_guard lock{guard_};
        if (slots_.size() < mostSlots) {
            slot = &slots_.emplace_back();
        } else {
            slot = free_.front();
            free_.erase(free_.begin());
        }
        id = ++lastCall_;
        slot->bench = this;
        slot->operation = ask.operation;
        slot->deadlineMs = began + ask.withinMs;
        slot->answer = {};
        slot->over = false;
        slot->cancelled = ask.cancelled;
        open_[id] = slot;
    }
    slot->reply.host = slot;
    slot->reply.complete = [](motcua_reply* reply, motcua_status status, motcua_str body,
                              const motcua_bytes* blobs, std::size_t count, std::int64_t) {
        Slot& mine = *static_cast<Slot*>(reply->host);
        const std::lock_guard lock{mine.bench->guard_};
        if (++mine.answer.replies > 1 || mine.over) mine.bench->late_.push_back(mine.operation);
        if (mine.over || mine.answer.replies > 1) return;
        mine.answer.status = status;
        mine.answer.body = view(body);
        for (std::size_t i = 0; i < count; ++i)
            mine.answer.blobs.emplace_back(std::string{static_cast<const char*>(blobs[i].ptr), blobs[i].len});
        mine.bench->changed_.notify_all();
    };
    slot->reply.cancelled = [](const motcua_reply* reply) -> std::int32_t {
        const Slot& mine = *static_cast<const Slot*>(reply->host);
        const std::lock_guard lock{mine.bench->guard_};
        return mine.cancelled || mine.over || mine.answer.replies > 0 || nowMs() >= mine.deadlineMs ? 1 : 0;
    };
    std::vector<motcua_bytes> blobs;
    for (const sdk::Blob& blob : ask.blobs)
        blobs.push_back({blob.view().data(), blob.size()});
    const std::string config = config_.dump();
    const motcua_call record{
        sizeof(motcua_call), 1,
        slot->deadlineMs,    id,
        borrow(ask.key),     borrow("00-0123456789abcdef0123456789abcdef-0123456789abcdef-01"),
        borrow("vi"),        borrow("default"),
        borrow(config),      blobs.data(),
        blobs.size()};
    std::string thrown;
    try {
        plugin->invoke(plugin, &record, ask.operation.c_str(), borrow(ask.json), &slot->reply);
    } catch (const std::exception& exception) {
        thrown = exception.what();
    } catch (...) {
        thrown = "no std::exception";
    }
    std::unique_lock lock{guard_};
    const auto patience = std::max<std::int64_t>(slot->deadlineMs, began) + graceMs - nowMs();
    if (thrown.empty())
        changed_.wait_for(lock, std::chrono::milliseconds{std::max<std::int64_t>(patience, 0)},
                          [&] { return slot->answer.replies > 0; });
    Answer answer = std::exchange(slot->answer, {});
    slot->answer.replies = answer.replies;
    slot->over = true;
    answer.tookMs = nowMs() - began;
    answer.thrown = std::move(thrown);
    open_.erase(id);
    free_.push_back(slot);
    return answer;
}

std::vector<std::string> Bench::late() const {
    const std::lock_guard lock{guard_};
    return late_;
}
std::vector<std::string> Bench::logged() const {
    const std::lock_guard lock{guard_};
    return logged_;
}
std::vector<PostedEvent> Bench::posted() const {
    const std::lock_guard lock{guard_};
    return posted_;
}

void Bench::use() {
    if (ended_) ++usesAfterEnd_;
}

std::int64_t Bench::deadlineOf(std::uint64_t call) const {
    const std::lock_guard lock{guard_};
    const auto found = open_.find(call);
    return found == open_.end() ? nowMs() : found->second->deadlineMs;
}

const void* Bench::service(const motcua_host*, const char* id) {
    static const motcua_host_call_1 call{&hostCall};
    static const motcua_host_net_1 net{&connect};
    static const motcua_host_log_1 log{
        [](const motcua_host* host, std::uint64_t, std::int32_t, motcua_str event, motcua_str fields) {
            Bench& bench = of(host);
            bench.use();
            const std::lock_guard lock{bench.guard_};
            if (!bench.forgets_ && bench.logged_.size() < 10'000)
                bench.logged_.push_back(std::string{view(event)} + " " + std::string{view(fields)});
        }};
    static const motcua_host_clock_1 clock{[](const motcua_host* host) {
        of(host).use();
        return nowMs();
    }};
    static const motcua_host_random_1 random{[](const motcua_host*, void* bytes, std::size_t count) {
        std::memcpy(bytes, randomBytes(count).data(), count);
    }};
    const std::string_view wanted{id ? id : ""};
    if (wanted == MOTCUA_HOST_CALL_1) return &call;
    if (wanted == MOTCUA_HOST_NET_1) return &net;
    if (wanted == MOTCUA_HOST_LOG_1) return &log;
    if (wanted == MOTCUA_HOST_CLOCK_1) return &clock;
    if (wanted == MOTCUA_HOST_RANDOM_1) return &random;
    return nullptr;
}

void Bench::hostCall(const motcua_host* host, std::uint64_t within, const char* op, motcua_str json,
                     const motcua_bytes*, std::size_t, motcua_answer answer, void* user) {
    Bench& bench = of(host);
    bench.use();
    HostAnswer made{MOTCUA_INVALID, said("plugin.malformed")};
    if (const auto request = Json::parse(view(json), {16u << 20, 32}))
        made = bench.operation(within, op, *request);
    const std::string body = made.body.dump();
    answer(user, made.status, borrow(body), nullptr, 0);
}

std::int32_t Bench::connect(const motcua_host* host, std::uint64_t within, motcua_str name,
                            std::uint32_t port, motcua_answer refused, void* user) {
    of(host).use();
    const HostAnswer made = of(host).network(within, plugins::placeOf(view(name), port));
    const std::string body = made.body.dump();
    refused(user, made.status, borrow(body), nullptr, 0);
    return -1;
}

Bench::HostAnswer Bench::operation(std::uint64_t within, const std::string& op, const Json& request) {
    if (op == "http.send/1") return network(within, request["url"].string());
    if (op == "secret.get/1") {
        const auto found = secrets_.find(request["name"].string());
        if (found == secrets_.end())
            return {MOTCUA_DENIED, said("host.not_allowed", request["name"].string())};
        return {MOTCUA_OK, Json::object().set("value", found->second)};
    }
    if (op == "config.get/1") return {MOTCUA_OK, Json::object().set("config", config_)};
    if (op == "config.profiles/1")
        return {MOTCUA_OK, Json::object().set("profiles", Json::array().add("default"))};
    if (op == "kv.get/1" || op == "kv.put/1") return keyValue(op, request);
    if (op == "event.post/1") {
        const std::lock_guard lock{guard_};
        if (!forgets_) posted_.push_back({request["kind"].string(), request["data"]});
        return {};
    }
    return {MOTCUA_UNIMPLEMENTED, said("plugin.unimplemented", op)};
}

Bench::HostAnswer Bench::network(std::uint64_t within, const std::string& place) {
    const auto endpoint = plugins::endpointOf(place);
    if (!endpoint || !plugins::mayReach(manifest_, config_, *endpoint))
        return {MOTCUA_DENIED, said("host.not_allowed", place)};
    if (!slow_) return {MOTCUA_UNAVAILABLE, said("host.connect_failed", place)};
    const std::int64_t left = deadlineOf(within) - nowMs();
    if (left > 0) std::this_thread::sleep_for(std::chrono::milliseconds{left});
    return {MOTCUA_TIMEOUT, said("host.deadline", place)};
}

Bench::HostAnswer Bench::keyValue(const std::string& op, const Json& request) {
    const std::lock_guard lock{guard_};
    auto& [value, version] = values_[request["key"].string()];
    if (op == "kv.put/1") {
        if (request["version"].integer() != version) return {MOTCUA_CONFLICT, said("host.kv_conflict")};
        value = request["value"].string();
        return {MOTCUA_OK, Json::object().set("version", ++version)};
    }
    Json found = Json::object().set("version", version);
    if (!value.empty()) found.set("value", value);
    return {MOTCUA_OK, std::move(found)};
}

} // namespace motcua::check
