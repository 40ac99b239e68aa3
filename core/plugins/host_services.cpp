#include "plugins/host_services.h"

#include "base/log.h"
#include "base/text.h"
#include "plugins/network.h"

#include "motcua/sdk/host.h"

#include <algorithm>
#include <optional>

namespace motcua::plugins {

namespace {

constexpr int logLinesASecond = 200;
constexpr std::int64_t longestExchangeMs = 120'000;

sdk::Status statusOf(ErrorKind kind) {
    switch (kind) {
    case ErrorKind::Invalid:
    case ErrorKind::TooLarge:
        return sdk::Status::Invalid;
    case ErrorKind::Unauthenticated:
    case ErrorKind::Denied:
        return sdk::Status::Denied;
    case ErrorKind::NotFound:
        return sdk::Status::NotFound;
    case ErrorKind::Conflict:
        return sdk::Status::Conflict;
    case ErrorKind::Rejected:
        return sdk::Status::Rejected;
    case ErrorKind::TooMany:
    case ErrorKind::Unavailable:
        return sdk::Status::Unavailable;
    case ErrorKind::Timeout:
        return sdk::Status::Timeout;
    case ErrorKind::Internal:
        break;
    }
    return sdk::Status::Internal;
}

sdk::Error toSdk(const Error& error) {
    return {statusOf(error.kind), error.code, error.detail};
}

Outcome outcomeOf(const sdk::Error& error) {
    return failure(static_cast<motcua_status>(error.status), error.code, error.detail);
}

// Nothing for what is larger than the core takes.
std::optional<Json> toCore(const sdk::Json& json) {
    auto made = Json::parse(json.dump());
    return made ? std::optional{std::move(*made)} : std::nullopt;
}

sdk::Json toSdkJson(const Json& json) {
    return sdk::Json::parse(json.dump()).value_or(sdk::Json{});
}

std::string profileOf(const PendingCall* call, const std::string& named) {
    return call ? call->invocation().profile : named;
}

} // namespace

template <typename Op, typename Work>
void HostServices::offer(Work work) {
    operations_[Op::id] = [work](const PendingCall* call, std::string_view json,
                                 const sdk::Blobs& blobs) -> Outcome {
        auto request = sdk::decode<typename Op::Request>(json, blobs);
        if (!request) return outcomeOf(request.error());
        sdk::Result<typename Op::Reply> reply = work(call, *request);
        if (!reply) return outcomeOf(reply.error());
        auto encoded = sdk::encode(*reply);
        return {MOTCUA_OK, std::move(encoded.json), std::move(encoded.blobs), 0, {}};
    };
}

HostServices::HostServices(const Manifest& manifest, const HostPorts& ports, const Clock& clock)
    : manifest_(manifest), ports_(ports), clock_(clock) {
    using namespace sdk;
    offer<op::HttpSend>(
        [this](const PendingCall* call, const HttpRequest& request) -> sdk::Result<HttpResponse> {
            if (!mayReach(call, request.url))
                return denied("host.not_allowed", "the manifest's network list");
            const std::int64_t wished = request.timeoutMs.value_or(longestExchangeMs);
            return exchange(request, Deadline::in(std::min<std::int64_t>(wished, patienceMs(call))));
        });
    offer<op::SecretGet>(
        [this](const PendingCall* call, const SecretRequest& request) -> sdk::Result<SecretValue> {
            MOTCUA_SDK_TRY(value, secret(call, request.name, profileOf(call, request.profile)));
            return SecretValue{std::move(value)};
        });
    offer<op::ConfigGet>(
        [this](const PendingCall*, const ConfigRequest& request) -> sdk::Result<ConfigValue> {
            const auto all = ports_.profiles(manifest_.id);
            const auto found = all->find(request.profile);
            if (found == all->end()) return sdk::notFound("host.no_such_profile");
            return ConfigValue{toSdkJson(found->second)};
        });
    offer<op::ConfigProfiles>([this](const PendingCall*, const HostNothing&) -> sdk::Result<ProfileList> {
        ProfileList list;
        const auto all = ports_.profiles(manifest_.id);
        for (const auto& profile : *all)
            list.profiles.push_back(profile.first);
        return list;
    });
    offerStorage();
}

void HostServices::offerStorage() {
    using namespace sdk;
    offer<op::KvGet>([this](const PendingCall*, const KvKey& request) -> sdk::Result<KvValue> {
        if (!ports_.kvGet) return sdk::unimplemented(op::KvGet::id);
        auto found = ports_.kvGet(manifest_.id, request.key);
        if (!found) return toSdk(found.error());
        return KvValue{std::move(found->value), found->version};
    });
    offer<op::KvPut>([this](const PendingCall*, const KvWrite& request) -> sdk::Result<KvVersion> {
        if (!ports_.kvPut) return sdk::unimplemented(op::KvPut::id);
        auto put = ports_.kvPut(manifest_.id, request.key, {request.value, request.version},
                                {request.expiresAt.value_or(0)});
        if (!put) return toSdk(put.error());
        return KvVersion{*put};
    });
    offer<op::EventPost>([this](const PendingCall* call, const Event& event) -> sdk::Result<HostNothing> {
        if (!ports_.postEvent) return sdk::unimplemented(op::EventPost::id);
        const auto data = toCore(event.data);
        if (!data) return sdk::invalid("plugin.malformed", "the data is larger than 1 MiB");
        const auto posted =
            ports_.postEvent(manifest_.id, profileOf(call, event.profile), event.kind, event.key, *data);
        if (!posted) return toSdk(posted.error());
        return HostNothing{};
    });
}

Outcome HostServices::operation(const PendingCall* call, std::string_view operation, std::string_view json,
                                const sdk::Blobs& blobs) {
    const auto real = [&] { return answer(call, operation, json, blobs); };
    return ports_.around ? ports_.around(operation, json, blobs, real) : real();
}

Outcome HostServices::answer(const PendingCall* call, std::string_view operation, std::string_view json,
                             const sdk::Blobs& blobs) {
    const auto found = operations_.find(operation);
    if (found == operations_.end()) return failure(MOTCUA_UNIMPLEMENTED, "plugin.unimplemented", operation);
    try {
        return found->second(call, json, blobs);
    } catch (const std::exception& exception) {
        log::error("plugin.host_operation_failed",
                   {{"plugin", manifest_.id}, {"operation", operation}, {"what", exception.what()}});
        return failure(MOTCUA_INTERNAL, "host.failed");
    }
}

Outcome HostServices::connect(const PendingCall* call, std::string_view host, std::uint32_t port) {
    const auto real = [&] { return connectTo(call, host, port); };
    if (!ports_.around) return real();
    const Json place = Json::object().set("host", host).set("port", static_cast<std::int64_t>(port));
    return ports_.around("net.connect/1", place.dump(), {}, real);
}

Outcome HostServices::connectTo(const PendingCall* call, std::string_view host, std::uint32_t port) {
    const std::string place = placeOf(host, port);
    const auto endpoint = endpointOf(place);
    if (!endpoint || !mayReach(call, place)) return failure(MOTCUA_DENIED, "host.not_allowed", place);
    auto connected = plugins::connectTo(*endpoint, sdk::Deadline::in(patienceMs(call)));
    if (!connected) return outcomeOf(toSdk(connected.error()));
    Outcome outcome{MOTCUA_OK, "{}", {}, 0, {}};
    outcome.socket = std::move(*connected);
    return outcome;
}

bool HostServices::mayReach(const PendingCall* call, const std::string& hostAndPort) const {
    const auto endpoint = endpointOf(hostAndPort);
    if (!endpoint) return false;
    if (call) {
        const auto config = Json::parse(call->invocation().config);
        return config && plugins::mayReach(manifest_, *config, *endpoint);
    }
    const auto all = ports_.profiles(manifest_.id);
    return std::any_of(all->begin(), all->end(), [&](const auto& profile) {
        return plugins::mayReach(manifest_, profile.second, *endpoint);
    });
}

int HostServices::patienceMs(const PendingCall* call) const {
    std::int64_t left = longestExchangeMs;
    if (call) left = std::clamp<std::int64_t>(call->invocation().deadlineMs - clock_.now().ms, 0, left);
    return static_cast<int>(left);
}

sdk::Result<std::string> HostServices::secret(const PendingCall* call, const std::string& name,
                                              const std::string& profile) {
    if (std::find(manifest_.secrets.begin(), manifest_.secrets.end(), name) == manifest_.secrets.end())
        return sdk::denied("host.not_allowed", "the manifest names no secret " + name);
    std::string value;
    if (call && call->trialSecrets.contains(name)) {
        value = call->trialSecrets.at(name);
    } else {
        auto found = ports_.secret(manifest_.id, profile, name);
        if (!found)
            return found.error().kind == ErrorKind::NotFound ? sdk::notFound("host.no_such_secret", name)
                                                             : toSdk(found.error());
        value = std::move(*found);
    }
    if (value.empty()) return sdk::notFound("host.no_such_secret", name);
    const std::lock_guard lock{guard_};
    if (value.size() >= 4) {
        handedOut_.insert(value);
        const std::string written = Json{value}.dump();
        handedOut_.insert(written.substr(1, written.size() - 2));
        const std::string said = sdk::Json{value}.dump();
        handedOut_.insert(said.substr(1, said.size() - 2));
    }
    return value;
}

void HostServices::log(const PendingCall* call, int level, std::string_view event, std::string_view fields) {
    if (!mayLog()) return;
    const log::Level at = level <= MOTCUA_LOG_DEBUG  ? log::Level::Debug
                          : level == MOTCUA_LOG_INFO ? log::Level::Info
                          : level == MOTCUA_LOG_ERROR || level == MOTCUA_LOG_HOST_MISBEHAVING
                              ? log::Level::Error
                              : log::Level::Warning;
    const std::string trace = call ? call->invocation().traceparent : "";
    log::write(at, "plugin.said",
               {{"plugin", manifest_.id},
                {"said", loggable(event, 200)},
                {"fields", loggable(fields, 2000)},
                {"operation", call ? call->invocation().operation : ""},
                {"trace", trace}});
}

void HostServices::output(std::string_view line) {
    if (!mayLog()) return;
    log::info("plugin.output", {{"plugin", manifest_.id}, {"line", loggable(line, 2000)}});
}

bool HostServices::mayLog() {
    const std::lock_guard lock{guard_};
    const std::int64_t second = clock_.now().ms / 1000;
    if (second != logSecond_) {
        if (logLines_ > logLinesASecond)
            log::warning("plugin.log_flood",
                         {{"plugin", manifest_.id}, {"dropped", logLines_ - logLinesASecond}});
        logSecond_ = second;
        logLines_ = 0;
    }
    return ++logLines_ <= logLinesASecond;
}

// Cleaned before it is cut: of a secret that lies over the cut a part would stay.
std::string HostServices::loggable(std::string_view text, std::size_t most) const {
    std::size_t longest = 0;
    {
        const std::lock_guard lock{guard_};
        if (!handedOut_.empty()) longest = handedOut_.begin()->size();
    }
    return text::shorten(redacted(text::shorten(text, most + longest)), most);
}

std::string HostServices::redacted(std::string text) const {
    const std::lock_guard lock{guard_};
    for (const std::string& secret : handedOut_)
        for (std::size_t at = 0; (at = text.find(secret, at)) != std::string::npos; at += 3)
            text.replace(at, secret.size(), "***");
    return text;
}

} // namespace motcua::plugins
