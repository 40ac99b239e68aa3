#include "plugins/settings_store.h"

#include "base/id.h"

namespace motcua::plugins {

namespace {

constexpr std::string_view keeper = "settings"; // the vault's subject of the secrets

const db::Query revisionQuery{"plugins.revision", "SELECT revision FROM plugin_revision WHERE id = 1"};
const db::Query revise{"plugins.revise", "UPDATE plugin_revision SET revision = revision + 1 WHERE id = 1"};
const db::Query switches{"plugins.switches", "SELECT plugin, enabled, isolation FROM plugin_switch"};
const db::Query switchTo{
    "plugins.switch",
    "INSERT INTO plugin_switch (plugin, enabled, isolation, changed_at) VALUES (?, ?, 'process', ?) "
    "ON CONFLICT (plugin) DO UPDATE SET enabled = excluded.enabled, changed_at = excluded.changed_at"};
const db::Query isolate{
    "plugins.isolate",
    "INSERT INTO plugin_switch (plugin, enabled, isolation, changed_at) VALUES (?, 0, ?, ?) "
    "ON CONFLICT (plugin) DO UPDATE SET isolation = excluded.isolation, changed_at = excluded.changed_at"};
const db::Query profilesQuery{"plugins.profiles",
                              "SELECT plugin, name, config, enabled, version FROM plugin_profile"};
const db::Query secretNames{"plugins.secret_names", "SELECT plugin, profile, name FROM plugin_secret"};
const db::Query addProfile{"plugins.add_profile",
                           "INSERT INTO plugin_profile (plugin, name, config, enabled, version, changed_at) "
                           "VALUES (?, ?, ?, ?, 1, ?) ON CONFLICT (plugin, name) DO NOTHING"};
const db::Query changeProfile{
    "plugins.change_profile",
    "UPDATE plugin_profile SET config = ?, enabled = ?, version = version + 1, changed_at = ? "
    "WHERE plugin = ? AND name = ? AND version = ?"};
const db::Query removeProfile{"plugins.remove_profile",
                              "DELETE FROM plugin_profile WHERE plugin = ? AND name = ?"};
const db::Query secretQuery{"plugins.secret",
                            "SELECT sealed FROM plugin_secret WHERE plugin = ? AND profile = ? AND name = ?"};
const db::Query putSecret{
    "plugins.put_secret",
    "INSERT INTO plugin_secret (plugin, profile, name, sealed, changed_at) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (plugin, profile, name) DO UPDATE SET sealed = excluded.sealed, "
    "changed_at = excluded.changed_at"};
const db::Query removeSecret{"plugins.remove_secret",
                             "DELETE FROM plugin_secret WHERE plugin = ? AND profile = ? AND name = ?"};
const db::Query removeSecrets{"plugins.remove_secrets",
                              "DELETE FROM plugin_secret WHERE plugin = ? AND profile = ?"};
const db::Query addChange{"plugins.add_change",
                          "INSERT INTO plugin_change (id, plugin, profile, what, config, secrets, actor, at) "
                          "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"};
const db::Query changes{
    "plugins.changes", "SELECT profile, what, config, secrets, actor, at FROM plugin_change WHERE plugin = ? "
                       "ORDER BY id DESC LIMIT ?"};
const db::Query valueQuery{
    "plugins.value", "SELECT value, version, expires_at FROM plugin_value WHERE plugin = ? AND name = ?"};
const db::Query addValue{
    "plugins.add_value",
    "INSERT INTO plugin_value (plugin, name, value, version, expires_at) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (plugin, name) DO NOTHING"};
const db::Query changeValue{"plugins.change_value",
                            "UPDATE plugin_value SET value = ?, version = ?, expires_at = ? "
                            "WHERE plugin = ? AND name = ? AND version = ?"};
const db::Query removeValue{"plugins.remove_value",
                            "DELETE FROM plugin_value WHERE plugin = ? AND name = ? AND version = ?"};
const db::Query removeExpired{"plugins.remove_expired",
                              "DELETE FROM plugin_value WHERE expires_at > 0 AND expires_at <= ?"};

Json jsonOf(std::string_view text) {
    auto json = Json::parse(text);
    return json ? std::move(*json) : Json{};
}

std::string rowOf(const std::string& plugin, const std::string& profile, const std::string& name) {
    return plugin + "|" + profile + "|" + name;
}

} // namespace

std::int64_t DatabaseSettingsStore::revision(const Context& context) {
    return database_.read(context, [](db::Reader& tx) {
        return tx.one(revisionQuery, [](const db::Row& row) { return row.integer(0); }).value_or(0);
    });
}

std::map<std::string, StoredPlugin> DatabaseSettingsStore::all(const Context& context) {
    return database_.read(context, [](db::Reader& tx) {
        std::map<std::string, StoredPlugin> found;
        tx.all(switches, [&](const db::Row& row) {
            StoredPlugin& plugin = found[row.string(0)];
            plugin.enabled = row.boolean(1);
            plugin.isolation = row.text(2) == "in_process" ? Isolation::InProcess : Isolation::Process;
            return 0;
        });
        tx.all(profilesQuery, [&](const db::Row& row) {
            StoredProfile& profile = found[row.string(0)].profiles[row.string(1)];
            profile.name = row.string(1);
            profile.config = jsonOf(row.text(2));
            profile.enabled = row.boolean(3);
            profile.version = row.integer(4);
            return 0;
        });
        tx.all(secretNames, [&](const db::Row& row) {
            const auto plugin = found.find(row.string(0));
            if (plugin == found.end()) return 0;
            const auto profile = plugin->second.profiles.find(row.string(1));
            if (profile != plugin->second.profiles.end()) profile->second.secrets.insert(row.string(2));
            return 0;
        });
        return found;
    });
}

void DatabaseSettingsStore::note(db::Writer& tx, const Context& context, const std::string& plugin,
                                 const SettingsChange& change) {
    Json secrets = Json::array();
    for (const std::string& name : change.secrets)
        secrets.add(name);
    tx.run(addChange, newId(clock_), plugin, change.profile, change.what, change.config.dump(),
           secrets.dump(), context.actor.id, clock_.now());
    tx.run(revise);
    Json details = Json::object();
    details.set("profile", change.profile).set("secrets", secrets);
    audit_.record(tx, context, "plugin:" + plugin, "plugin." + change.what, details);
}

Result<void> DatabaseSettingsStore::setEnabled(const Context& context, const std::string& plugin,
                                               bool enabled) {
    return database_.write(context, [&](db::Writer& tx) -> Result<void> {
        tx.run(switchTo, plugin, enabled, clock_.now());
        SettingsChange change;
        change.what = enabled ? "enabled" : "disabled";
        note(tx, context, plugin, change);
        return {};
    });
}

Result<void> DatabaseSettingsStore::setIsolation(const Context& context, const std::string& plugin,
                                                 Isolation isolation) {
    return database_.write(context, [&](db::Writer& tx) -> Result<void> {
        const char* kind = isolation == Isolation::InProcess ? "in_process" : "process";
        tx.run(isolate, plugin, kind, clock_.now());
        SettingsChange change;
        change.what = "isolation";
        change.config = Json::object().set("isolation", kind);
        note(tx, context, plugin, change);
        return {};
    });
}

Result<void> DatabaseSettingsStore::save(const Context& context, const std::string& plugin,
                                         const StoredProfile& profile,
                                         const std::map<std::string, std::string>& secrets) {
    return database_.write(context, [&](db::Writer& tx) -> Result<void> {
        const std::string config = profile.config.dump();
        const std::int64_t changed =
            profile.version == 0
                ? tx.run(addProfile, plugin, profile.name, config, profile.enabled, clock_.now())
                : tx.run(changeProfile, config, profile.enabled, clock_.now(), plugin, profile.name,
                         profile.version);
        if (changed != 1) return conflict("plugin.stale");
        saveSecrets(tx, plugin, profile.name, secrets);
        SettingsChange change;
        change.profile = profile.name;
        change.what = "saved";
        change.config = profile.config;
        for (const auto& secret : secrets)
            change.secrets.push_back(secret.first);
        note(tx, context, plugin, change);
        return {};
    });
}

void DatabaseSettingsStore::saveSecrets(db::Writer& tx, const std::string& plugin, const std::string& profile,
                                        const std::map<std::string, std::string>& secrets) {
    for (const auto& [name, value] : secrets) {
        if (value.empty()) {
            tx.run(removeSecret, plugin, profile, name);
            continue;
        }
        const std::string row = rowOf(plugin, profile, name);
        const std::string sealed = vault_.seal(tx, keeper, {"plugin_secret", "sealed", row}, value);
        tx.run(putSecret, plugin, profile, name, db::Blob{sealed}, clock_.now());
    }
}

Result<void> DatabaseSettingsStore::remove(const Context& context, const std::string& plugin,
                                           const std::string& profile) {
    return database_.write(context, [&](db::Writer& tx) -> Result<void> {
        if (tx.run(removeProfile, plugin, profile) == 0) return notFound("plugin.no_profile");
        tx.run(removeSecrets, plugin, profile);
        SettingsChange change;
        change.profile = profile;
        change.what = "removed";
        note(tx, context, plugin, change);
        return {};
    });
}

Result<std::string> DatabaseSettingsStore::secret(const Context& context, const std::string& plugin,
                                                  const std::string& profile, const std::string& name) {
    return database_.read(context, [&](db::Reader& tx) -> Result<std::string> {
        const auto sealed = tx.one(
            secretQuery, [](const db::Row& row) { return std::string{row.blob(0)}; }, plugin, profile, name);
        if (!sealed) return notFound("plugin.no_secret");
        const std::string row = rowOf(plugin, profile, name);
        return vault_.open(tx, {"plugin_secret", "sealed", row}, *sealed);
    });
}

std::vector<SettingsChange> DatabaseSettingsStore::history(const Context& context, const std::string& plugin,
                                                           int limit) {
    return database_.read(context, [&](db::Reader& tx) {
        return tx.all(
            changes,
            [](const db::Row& row) {
                SettingsChange change;
                change.profile = row.string(0);
                change.what = row.string(1);
                change.config = jsonOf(row.text(2));
                const Json secrets = jsonOf(row.text(3));
                for (const Json& name : secrets.items())
                    change.secrets.push_back(name.string());
                change.actor = row.string(4);
                change.at = row.instant(5);
                return change;
            },
            plugin, limit);
    });
}

Result<KeyValue> DatabaseSettingsStore::value(const Context& context, const std::string& plugin,
                                              const std::string& name) {
    const Instant now = clock_.now();
    return database_.read(context, [&](db::Reader& tx) -> Result<KeyValue> {
        const auto found = tx.one(
            valueQuery,
            [&](const db::Row& row) {
                const bool expired = row.integer(2) > 0 && row.integer(2) <= now.ms;
                return expired ? KeyValue{} : KeyValue{row.string(0), row.integer(1)};
            },
            plugin, name);
        return found.value_or(KeyValue{});
    });
}

Result<std::int64_t> DatabaseSettingsStore::putValue(const Context& context, const std::string& plugin,
                                                     const std::string& name, const KeyValue& put,
                                                     Instant expiresAt) {
    return database_.write(context, [&](db::Writer& tx) -> Result<std::int64_t> {
        tx.run(removeExpired, clock_.now()); // all of them: nobody may ever ask for a name again
        // Versions follow the clock, so that one written after a removal is not taken for the one before it.
        const std::int64_t version = std::max(put.version + 1, clock_.now().ms);
        std::int64_t changed = 0;
        if (put.value.empty() && put.version == 0) {
            const auto any = [](const db::Row&) { return true; };
            changed = tx.one(valueQuery, any, plugin, name) ? 0 : 1; // there is none, as the plugin says
        } else if (put.value.empty()) {
            changed = tx.run(removeValue, plugin, name, put.version);
        } else if (put.version == 0) {
            changed = tx.run(addValue, plugin, name, put.value, version, expiresAt);
        } else {
            changed = tx.run(changeValue, put.value, version, expiresAt, plugin, name, put.version);
        }
        if (changed != 1) return conflict("host.kv_conflict");
        return put.value.empty() ? std::int64_t{0} : version;
    });
}

} // namespace motcua::plugins
