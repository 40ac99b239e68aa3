// The host's side of what plugins ask for: settings, secrets, HTTP and sockets within the allow list,
// storage, events, log.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "plugins/manifest.h"
#include "plugins/runner.h"

#include "motcua/sdk/result.h"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace motcua::plugins {

struct KeyValue {
    std::string value{};
    std::int64_t version = 0; // 0: there is none
};

using Profiles = std::map<std::string, Json>; // settings by the profile's name

// What the room's surroundings do for it; all [thread-safe]. `plugin` is always the manifest's id.
struct HostPorts {
    // The profiles that are switched on, with their checked settings.
    std::function<std::shared_ptr<const Profiles>(const std::string& plugin)> profiles;
    // A secret in the clear; NotFound where there is none.
    std::function<Result<std::string>(const std::string& plugin, const std::string& profile,
                                      const std::string& name)>
        secret;
    // Stores the event under its key, once; ok() only after the commit.
    std::function<Result<void>(const std::string& plugin, const std::string& profile, const std::string& kind,
                               const std::string& key, const Json& data)>
        postEvent;
    std::function<Result<KeyValue>(const std::string& plugin, const std::string& key)> kvGet;
    // Conflict where the stored version is another. `expiresAt` 0: never. An empty value removes. The new
    // version.
    std::function<Result<std::int64_t>(const std::string& plugin, const std::string& key, const KeyValue& put,
                                       Instant expiresAt)>
        kvPut;
    // Stands around everything a plugin asks, where there is one: a recorder, or who answers in the world's
    // stead. A socket is asked for as net.connect/1.
    std::function<Outcome(std::string_view operation, std::string_view json, const sdk::Blobs& blobs,
                          const std::function<Outcome()>& real)>
        around{};
};

class HostServices final : public PluginHost {
public:
    HostServices(const Manifest& manifest, const HostPorts& ports, const Clock& clock);

    Outcome operation(const PendingCall* call, std::string_view operation, std::string_view json,
                      const sdk::Blobs& blobs) override;
    Outcome connect(const PendingCall* call, std::string_view host, std::uint32_t port) override;
    void log(const PendingCall* call, int level, std::string_view event, std::string_view fields) override;
    void output(std::string_view line) override;
    std::int64_t nowMs() override { return clock_.now().ms; }
    // The text without the secrets that this plugin has been given. [thread-safe]
    std::string redacted(std::string text) const;

private:
    template <typename Op, typename Work>
    void offer(Work work);
    void offerStorage();
    Outcome answer(const PendingCall* call, std::string_view operation, std::string_view json,
                   const sdk::Blobs& blobs);
    Outcome connectTo(const PendingCall* call, std::string_view host, std::uint32_t port);

    bool mayReach(const PendingCall* call, const std::string& hostAndPort) const;
    int patienceMs(const PendingCall* call) const; // what is left of the call, at most two minutes
    sdk::Result<std::string> secret(const PendingCall* call, const std::string& name,
                                    const std::string& profile);
    bool mayLog();
    std::string loggable(std::string_view text, std::size_t most) const;

    // A secret may begin with another: the longer one must go first.
    struct LongestFirst {
        bool operator()(const std::string& a, const std::string& b) const {
            return a.size() != b.size() ? a.size() > b.size() : a < b;
        }
    };
    using Operation = std::function<Outcome(const PendingCall*, std::string_view json, const sdk::Blobs&)>;
    const Manifest& manifest_;
    const HostPorts& ports_;
    const Clock& clock_;
    std::map<std::string, Operation, std::less<>> operations_;

    mutable std::mutex guard_;
    // Secrets that this plugin has seen, as they are and as JSON writes them: its words are cleaned of them.
    std::set<std::string, LongestFirst> handedOut_;
    std::int64_t logSecond_ = 0;
    int logLines_ = 0;
};

} // namespace motcua::plugins
