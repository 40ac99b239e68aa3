// All plugins of this server: found in folders, switched on and off, configured, tried, and called by
// capability.
#pragma once

#include "base/context.h"
#include "base/result.h"
#include "plugins/settings_store.h"
#include "plugins/supervisor.h"

#include "motcua/sdk/check.h"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::plugins {

struct RegistrySettings {
    std::vector<std::string> folders{};               // each holds <name>/<name>.so
    std::string hostProgram{};                        // path of motcua-plugin-host
    std::string workFolder = "/";                     // of the plugins' processes
    std::map<std::string, std::string> environment{}; // all that they get
    SupervisorPolicy policy{};
    // Beside the system itself: who may switch and configure plugins, which serve the whole city.
    std::function<bool(const Actor&)> mayManage = [](const Actor& actor) { return actor.has("admin"); };
};

// Hands in what a plugin posted: stores it once under (plugin, key) and answers after the commit.
using EventSink =
    std::function<Result<void>(const std::string& plugin, const std::string& profile, const std::string& kind,
                               const std::string& key, const Json& data)>;

// "vn.motcua.payment-vnpay:quan-1": under which settings a call runs. What domain rooms store.
struct ProfileRef {
    std::string plugin{};
    std::string profile{};

    std::string text() const { return plugin + ":" + profile; }
    static Result<ProfileRef> parse(std::string_view text); // Invalid "plugin.bad_profile"
    bool operator==(const ProfileRef&) const = default;
};

// One row of the administrator's list.
struct PluginInfo {
    std::string id{};
    std::shared_ptr<const Manifest> manifest{}; // null where it could not be read
    std::string library{};
    StoredPlugin stored{};
    PluginStatus status{};
};

struct CallOptions {
    std::string idempotencyKey{};
    int attempt = 1;
};

class PluginRegistry {
public:
    PluginRegistry(RegistrySettings settings, SettingsStore& store, EventSink events, const Clock& clock);
    ~PluginRegistry();

    // Looks into the folders and starts what is switched on. Again: takes up new and changed libraries and
    // settings changed by others. To be called at start and about every second by one thread; cheap where
    // nothing changed.
    void refresh(const Context& context);

    // The same without starting or stopping any: for who only wants to know.
    void look(const Context& context);

    std::vector<PluginInfo> list() const;
    Result<PluginInfo> find(const std::string& plugin) const; // NotFound "plugin.unknown"

    // Whether the actor may do what follows; who may not gets Denied "plugin.not_allowed".
    bool mayManage(const Actor& actor) const;
    Result<std::vector<SettingsChange>> history(const Context& context, const std::string& plugin,
                                                int limit = 100) const;
    Result<void> enable(const Context& context, const std::string& plugin);
    Result<void> disable(const Context& context, const std::string& plugin);
    Result<void> setIsolation(const Context& context, const std::string& plugin, Isolation isolation);
    Result<void> tryAgain(const Context& context, const std::string& plugin);
    // Checks the values by the manifest's schema and saves them. `secrets` as in SettingsStore::save. Where
    // the plugin could then reach another place than before, each secret that is stored has to be given anew
    // (field error "plugin.secret_again"): else it could be sent to whoever names a machine of his own.
    Result<void> configure(const Context& context, const std::string& plugin, StoredProfile profile,
                           const std::map<std::string, std::string>& secrets);
    Result<void> removeProfile(const Context& context, const std::string& plugin, const std::string& profile);
    // "Test connection": tries the values given, saved or not, with the saved secrets where none are given,
    // under the same condition.
    Result<sdk::CheckedConfig> check(const Context& context, const std::string& plugin,
                                     const StoredProfile& profile,
                                     const std::map<std::string, std::string>& secrets);

    // The profiles that are switched on of the enabled plugins that provide a capability ("payment"), in a
    // stable order.
    std::vector<ProfileRef> profiles(std::string_view capability) const;

    Result<CallReply> call(const Context& context, const std::string& profile, CallRequest request) const;

    // The same with typed request and reply; Op is one of motcua::sdk::op.
    template <typename Op>
    Result<typename Op::Reply> call(const Context& context, const std::string& profile,
                                    const typename Op::Request& request,
                                    const CallOptions& options = {}) const {
        sdk::Encoded sent = sdk::encode(request);
        CallRequest made;
        made.operation = Op::id;
        made.json = std::move(sent.json);
        made.blobs = std::move(sent.blobs);
        made.timeout = Millis{Op::timeoutMs};
        made.idempotencyKey = options.idempotencyKey;
        made.attempt = options.attempt;
        MOTCUA_TRY(answer, call(context, profile, std::move(made)));
        auto reply = sdk::decode<typename Op::Reply>(answer.json, answer.blobs);
        if (!reply) return internal("plugin.malformed", std::string{Op::id} + ": " + reply.error().detail);
        return std::move(*reply);
    }

private:
    struct Entry;

    void takeStock(const Context& context);
    Result<void> checkSecrets(const Context& context, const Manifest& manifest, const StoredProfile& profile,
                              const std::map<std::string, std::string>& secrets) const;
    void scan();
    void takeUp(const std::string& library);
    void applySettings();
    HostPorts makePorts();
    std::shared_ptr<Entry> entry(const std::string& plugin) const;
    Result<std::shared_ptr<Entry>> entryFor(const Context& context, const std::string& plugin) const;
    void replaceSupervisor(Entry& entry, Isolation isolation);

    const RegistrySettings settings_;
    SettingsStore& store_;
    const EventSink events_;
    const Clock& clock_;
    HostPorts ports_;

    std::mutex refreshing_;
    std::int64_t revision_ = -1;
    mutable std::shared_mutex guard_;
    std::map<std::string, std::shared_ptr<Entry>>
        entries_; // by manifest id, or by path where there is no manifest
    std::map<std::string, StoredPlugin> stored_;
    std::map<std::string, std::shared_ptr<const Profiles>> profiles_; // switched on, checked, by plugin
};

} // namespace motcua::plugins
