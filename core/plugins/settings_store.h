// Where the settings of plugins stand: switches, profiles, sealed secrets, their history; and what plugins
// keep for themselves.
#pragma once

#include "audit/audit.h"
#include "base/context.h"
#include "base/json.h"
#include "base/result.h"
#include "db/database.h"
#include "plugins/host_services.h"
#include "plugins/supervisor.h"
#include "vault/vault.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace motcua::plugins {

const db::Schema& schema();

struct StoredProfile {
    std::string name{};
    Json config = Json::object(); // without secrets
    bool enabled = true;
    std::int64_t version = 0;        // of this profile; 0: not stored yet
    std::set<std::string> secrets{}; // names of those that are set
};

struct StoredPlugin {
    bool enabled = false;
    Isolation isolation = Isolation::Process;
    std::map<std::string, StoredProfile> profiles{};
};

// One entry of the history, newest first.
struct SettingsChange {
    Instant at{};
    std::string actor{};   // id of the account
    std::string profile{}; // "" where it is about the plugin
    std::string what{};    // "enabled", "disabled", "isolation", "saved", "removed"
    Json config{};
    std::vector<std::string> secrets{}; // names of those that were changed
};

class SettingsStore {
public:
    virtual ~SettingsStore() = default;
    // Grows with every change, on whichever node.
    virtual std::int64_t revision(const Context& context) = 0;
    virtual std::map<std::string, StoredPlugin> all(const Context& context) = 0;
    // Each leaves the other as it is stored.
    virtual Result<void> setEnabled(const Context& context, const std::string& plugin, bool enabled) = 0;
    virtual Result<void> setIsolation(const Context& context, const std::string& plugin,
                                      Isolation isolation) = 0;
    // `secrets` holds those that change; an empty text removes one. Conflict "plugin.stale" where the stored
    // version is not `profile.version`.
    virtual Result<void> save(const Context& context, const std::string& plugin, const StoredProfile& profile,
                              const std::map<std::string, std::string>& secrets) = 0;
    virtual Result<void> remove(const Context& context, const std::string& plugin,
                                const std::string& profile) = 0;
    // NotFound "plugin.no_secret".
    virtual Result<std::string> secret(const Context& context, const std::string& plugin,
                                       const std::string& profile, const std::string& name) = 0;
    virtual std::vector<SettingsChange> history(const Context& context, const std::string& plugin,
                                                int limit) = 0;

    virtual Result<KeyValue> value(const Context& context, const std::string& plugin,
                                   const std::string& name) = 0;
    // Conflict "host.kv_conflict" where the stored version is another than `put.version`. The new version.
    virtual Result<std::int64_t> putValue(const Context& context, const std::string& plugin,
                                          const std::string& name, const KeyValue& put,
                                          Instant expiresAt) = 0;
};

// In the server's database; every change is audited.
class DatabaseSettingsStore final : public SettingsStore {
public:
    DatabaseSettingsStore(db::Database& database, vault::Vault& vault, const audit::Audit& audit,
                          const Clock& clock)
        : database_(database), vault_(vault), audit_(audit), clock_(clock) {}

    std::int64_t revision(const Context& context) override;
    std::map<std::string, StoredPlugin> all(const Context& context) override;
    Result<void> setEnabled(const Context& context, const std::string& plugin, bool enabled) override;
    Result<void> setIsolation(const Context& context, const std::string& plugin,
                              Isolation isolation) override;
    Result<void> save(const Context& context, const std::string& plugin, const StoredProfile& profile,
                      const std::map<std::string, std::string>& secrets) override;
    Result<void> remove(const Context& context, const std::string& plugin,
                        const std::string& profile) override;
    Result<std::string> secret(const Context& context, const std::string& plugin, const std::string& profile,
                               const std::string& name) override;
    std::vector<SettingsChange> history(const Context& context, const std::string& plugin,
                                        int limit) override;
    Result<KeyValue> value(const Context& context, const std::string& plugin,
                           const std::string& name) override;
    Result<std::int64_t> putValue(const Context& context, const std::string& plugin, const std::string& name,
                                  const KeyValue& put, Instant expiresAt) override;

private:
    void note(db::Writer& tx, const Context& context, const std::string& plugin,
              const SettingsChange& change);
    void saveSecrets(db::Writer& tx, const std::string& plugin, const std::string& profile,
                     const std::map<std::string, std::string>& secrets);

    db::Database& database_;
    vault::Vault& vault_;
    const audit::Audit& audit_;
    const Clock& clock_;
};

} // namespace motcua::plugins
