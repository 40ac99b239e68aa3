// What a plugin may ask of the server it runs in: settings, secrets, HTTP, sockets, storage, events, log,
// time, chance.
#pragma once

#include "motcua/sdk/host_operations.h"
#include "motcua/sdk/socket.h"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace motcua::sdk {
inline namespace v1 {

// What surrounds one operation. "You may be called twice with the same key: return the same result."
struct Call {
    std::uint64_t id = 0; // 0: the plugin's own background work
    std::int64_t deadlineMs = INT64_MAX;
    int attempt = 1;
    std::string idempotencyKey{};
    std::string traceparent{};
    std::string locale = "vi";
    std::string profile{};
    Json config = Json::object(); // the profile's settings, checked against the manifest, defaults filled in
};

enum class LogLevel { Debug = 0, Info = 1, Warning = 2, Error = 3, HostMisbehaving = 4 };

namespace detail {

inline motcua_str borrow(std::string_view text) {
    return {text.data(), text.size()};
}
inline std::string_view view(motcua_str text) {
    return text.len == 0 ? std::string_view{} : std::string_view{text.ptr, text.len};
}
inline std::vector<motcua_bytes> borrow(const Blobs& blobs) {
    std::vector<motcua_bytes> all;
    for (const Blob& blob : blobs)
        all.push_back({blob.view().data(), blob.size()});
    return all;
}

inline std::string errorBody(const Error& error) {
    Json body = Json::object().set("code", error.code);
    if (!error.detail.empty()) body.set("detail", error.detail);
    for (const auto& [name, value] : error.params) {
        Json params = body["params"];
        body.set("params", params.set(name, value));
    }
    return body.dump();
}

inline Error errorOf(motcua_status status, std::string_view body) {
    Error error{static_cast<Status>(status), "plugin.malformed", {}};
    if (const auto json = Json::parse(body)) {
        error.code = (*json)["code"].text("plugin.malformed");
        error.detail = (*json)["detail"].string();
        for (const auto& [name, value] : (*json)["params"].members())
            error.params[name] = value.string();
    }
    return error;
}

struct Answer {
    motcua_status status = MOTCUA_INTERNAL;
    Encoded body{};

    static void take(void* user, motcua_status status, motcua_str json, const motcua_bytes* blobs,
                     size_t count) {
        auto& self = *static_cast<Answer*>(user);
        self.status = status;
        self.body.json = view(json);
        for (size_t i = 0; i < count; ++i)
            self.body.blobs.emplace_back(std::string{static_cast<const char*>(blobs[i].ptr), blobs[i].len});
    }
};

} // namespace detail

// A light handle, good from the plugin's construction to its end. Everything is [thread-safe]; operations of
// the host are open from start() on.
class Host {
public:
    explicit Host(const motcua_host* host) : host_(host) {}

    std::int64_t nowMs() const {
        const auto* clock = table<motcua_host_clock_1>(MOTCUA_HOST_CLOCK_1);
        return clock ? clock->now_ms(host_) : 0;
    }
    // How long the caller still waits; 0 where the deadline has passed.
    std::int64_t remainingMs(const Call& call) const {
        const std::int64_t now = nowMs();
        return call.deadlineMs > now ? call.deadlineMs - now : 0;
    }
    std::string random(std::size_t count) const {
        std::string bytes(count, '\0');
        if (const auto* random = table<motcua_host_random_1>(MOTCUA_HOST_RANDOM_1))
            random->fill(host_, bytes.data(), count);
        return bytes;
    }
    // Neither personal data nor secrets.
    void log(const Call& call, LogLevel level, std::string_view event,
             std::initializer_list<std::pair<std::string_view, Json>> fields = {}) const {
        const auto* log = table<motcua_host_log_1>(MOTCUA_HOST_LOG_1);
        if (!log) return;
        Json object = Json::object();
        for (const auto& [name, value] : fields)
            object.set(name, value);
        const std::string json = object.dump();
        log->write(host_, call.id, static_cast<int32_t>(level), detail::borrow(event), detail::borrow(json));
    }

    Result<HttpResponse> http(const Call& call, const HttpRequest& request) const {
        return ask<op::HttpSend>(call, request);
    }
    // Denied "host.not_allowed" for a name that the manifest lacks, NotFound "host.no_such_secret" where none
    // is set.
    Result<std::string> secret(const Call& call, const std::string& name) const {
        auto found = ask<op::SecretGet>(call, {name, call.profile});
        if (!found) return found.error();
        return std::move(found->value);
    }
    // A connected, blocking socket to a host and port on the manifest's allow list.
    Result<Socket> connect(const Call& call, const std::string& host, std::uint16_t port) const {
        const auto* net = table<motcua_host_net_1>(MOTCUA_HOST_NET_1);
        if (!net) return unimplemented(MOTCUA_HOST_NET_1);
        detail::Answer refused;
        const int fd =
            net->connect(host_, call.id, detail::borrow(host), port, &detail::Answer::take, &refused);
        if (fd < 0) return detail::errorOf(refused.status, refused.body.json);
        return Socket{fd};
    }

    Result<KvValue> kvGet(const Call& call, const std::string& key) const {
        return ask<op::KvGet>(call, {key});
    }
    Result<KvVersion> kvPut(const Call& call, const KvWrite& put) const { return ask<op::KvPut>(call, put); }
    Result<void> post(const Call& call, const Event& event) const {
        auto done = ask<op::EventPost>(call, event);
        return done ? Result<void>{} : Result<void>{done.error()};
    }
    // One of motcua::sdk::event: post<event::MessageReceipt>(call, receipt.id + " delivered", receipt).
    template <typename E>
    Result<void> post(const Call& call, const std::string& key, const typename E::Data& data) const {
        Blobs none; // no event's data holds any
        return post(call, {E::kind, key, call.profile, Writer{none}.json(data)});
    }

    // For background work; a call has its settings with it.
    Result<std::vector<std::string>> profiles() const {
        auto found = ask<op::ConfigProfiles>(Call{}, {});
        if (!found) return found.error();
        return std::move(found->profiles);
    }
    Result<Json> config(const std::string& profile) const {
        auto found = ask<op::ConfigGet>(Call{}, {profile});
        if (!found) return found.error();
        return std::move(found->config);
    }

private:
    template <typename T>
    const T* table(const char* id) const {
        return static_cast<const T*>(host_->service(host_, id));
    }

    template <typename Op>
    Result<typename Op::Reply> ask(const Call& call, const typename Op::Request& request) const {
        const auto* service = table<motcua_host_call_1>(MOTCUA_HOST_CALL_1);
        if (!service) return unimplemented(Op::id);
        const Encoded sent = encode(request);
        const auto blobs = detail::borrow(sent.blobs);
        detail::Answer answer;
        service->call(host_, call.id, Op::id, detail::borrow(sent.json), blobs.data(), blobs.size(),
                      &detail::Answer::take, &answer);
        if (answer.status != MOTCUA_OK) return detail::errorOf(answer.status, answer.body.json);
        return decode<typename Op::Reply>(answer.body.json, answer.body.blobs);
    }

    const motcua_host* host_;
};

} // namespace v1
} // namespace motcua::sdk
