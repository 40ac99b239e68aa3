#include "plugins/plugin_registry.h"

#include "base/log.h"
#include "plugins/network.h"

#include <algorithm>
#include <filesystem>

#include <sys/stat.h>

namespace motcua::plugins {

namespace {

namespace fs = std::filesystem;

// Size, time and inode: another file under the same name is another version.
std::string stampOf(const std::string& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) return {};
    return std::to_string(status.st_ino) + "." + std::to_string(status.st_size) + "." +
           std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec);
}

bool isName(std::string_view text) {
    return !text.empty() && text.size() <= 50 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

Context systemContext() {
    return {Actor::system("plugins"), Until::never(), {}, "vi"};
}

} // namespace

struct PluginRegistry::Entry {
    std::string library;
    std::string stamp;
    std::string refusal; // why there is no supervisor
    Instant since{};
    mutable std::mutex guard;
    std::shared_ptr<Supervisor> supervisor; // null where the manifest could not be read
    Isolation isolation = Isolation::Process;

    std::shared_ptr<Supervisor> held() const {
        const std::lock_guard lock{guard};
        return supervisor;
    }
    Isolation heldBy() const {
        const std::lock_guard lock{guard};
        return isolation;
    }
};

Result<ProfileRef> ProfileRef::parse(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0 || !isName(text.substr(colon + 1)))
        return Error{ErrorKind::Invalid, "plugin.bad_profile", std::string{text}};
    return ProfileRef{std::string{text.substr(0, colon)}, std::string{text.substr(colon + 1)}};
}

PluginRegistry::PluginRegistry(RegistrySettings settings, SettingsStore& store, EventSink events,
                               const Clock& clock)
    : settings_(std::move(settings)),
      store_(store),
      events_(std::move(events)),
      clock_(clock),
      ports_(makePorts()) {}

PluginRegistry::~PluginRegistry() {
    entries_.clear(); // first: the plugins use everything else
}

HostPorts PluginRegistry::makePorts() {
    HostPorts ports;
    ports.profiles = [this](const std::string& plugin) {
        static const auto none = std::make_shared<const Profiles>();
        const std::shared_lock lock{guard_};
        const auto found = profiles_.find(plugin);
        return found == profiles_.end() ? none : found->second;
    };
    ports.secret = [this](const std::string& plugin, const std::string& profile, const std::string& name) {
        return store_.secret(systemContext(), plugin, profile, name);
    };
    ports.postEvent = events_;
    ports.kvGet = [this](const std::string& plugin, const std::string& key) {
        return store_.value(systemContext(), plugin, key);
    };
    ports.kvPut = [this](const std::string& plugin, const std::string& key, const KeyValue& put,
                         Instant expiresAt) {
        return store_.putValue(systemContext(), plugin, key, put, expiresAt);
    };
    return ports;
}

void PluginRegistry::refresh(const Context& context) {
    const std::lock_guard one{refreshing_};
    takeStock(context);
    applySettings();
}

void PluginRegistry::look(const Context& context) {
    const std::lock_guard one{refreshing_};
    takeStock(context);
}

void PluginRegistry::takeStock(const Context& context) {
    scan();
    const std::int64_t revision = store_.revision(context);
    if (revision != revision_) {
        auto stored = store_.all(context);
        const std::unique_lock lock{guard_};
        stored_ = std::move(stored);
        revision_ = revision;
    }
}

void PluginRegistry::scan() {
    for (const std::string& folder : settings_.folders) {
        std::error_code ignored;
        for (const auto& inside : fs::directory_iterator{folder, ignored}) {
            const fs::path library = inside.path() / (inside.path().filename().string() + ".so");
            if (inside.is_directory(ignored) && fs::exists(library, ignored)) takeUp(library.string());
        }
    }
}

void PluginRegistry::takeUp(const std::string& library) {
    const std::string stamp = stampOf(library);
    std::shared_ptr<Entry> known;
    {
        const std::shared_lock lock{guard_};
        for (const auto& one : entries_)
            if (one.second->library == library) known = one.second;
    }
    if (known && known->stamp == stamp) return;
    auto manifest = Manifest::read(library);
    if (known) known->stamp = stamp;
    if (known && manifest) {
        if (const auto supervisor = known->held()) {
            const auto upgraded = supervisor->upgrade(library);
            if (!upgraded)
                log::error("plugin.not_upgraded", {{"library", library}, {"why", upgraded.error().detail}});
            return;
        }
    } else if (known && known->held()) { // the old version goes on
        return log::error("plugin.not_upgraded", {{"library", library}, {"why", manifest.error().detail}});
    }

    auto made = std::make_shared<Entry>();
    made->library = library;
    made->stamp = stamp;
    made->since = clock_.now();
    std::string key = library;
    if (manifest) {
        key = manifest->id;
        made->supervisor = std::make_shared<Supervisor>(
            std::move(*manifest), library,
            Housing{settings_.hostProgram, Isolation::Process, settings_.workFolder, settings_.environment},
            ports_, clock_, settings_.policy);
    } else {
        made->refusal = manifest.error().code + ": " + manifest.error().detail;
        log::error("plugin.refused", {{"library", library}, {"why", made->refusal}});
    }
    const std::unique_lock lock{guard_};
    entries_.erase(library); // where it was refused before
    if (const auto other = entries_.find(key); other != entries_.end() && other->second->library != library) {
        made->supervisor.reset();
        made->refusal =
            "plugin.twice: " + other->second->library + " is " + key + " already: remove one of them";
        key = library;
    }
    entries_[key] = std::move(made);
}

// Brings switches, isolation and profiles to what is stored.
void PluginRegistry::applySettings() {
    struct Wanted {
        std::shared_ptr<Entry> entry;
        StoredPlugin stored;
    };
    std::vector<Wanted> all;
    {
        const std::unique_lock lock{guard_};
        for (const auto& [id, entry] : entries_) {
            const auto supervisor = entry->held();
            if (!supervisor) continue;
            const StoredPlugin& stored = stored_[id];
            Profiles usable;
            for (const auto& [name, profile] : stored.profiles) {
                if (!profile.enabled) continue;
                // Checked again: the schema may be a newer version's.
                if (auto checked = supervisor->manifest()->config.check(profile.config))
                    usable[name] = std::move(*checked);
                else
                    log::error("plugin.profile_invalid",
                               {{"plugin", id}, {"profile", name}, {"why", checked.error().detail}});
            }
            const auto held = profiles_.find(id);
            if (held == profiles_.end() || *held->second != usable)
                profiles_[id] = std::make_shared<const Profiles>(std::move(usable));
            all.push_back({entry, stored});
        }
    }
    for (const Wanted& one : all) {
        if (one.entry->heldBy() != one.stored.isolation) replaceSupervisor(*one.entry, one.stored.isolation);
        const auto supervisor = one.entry->held();
        const bool on = supervisor->wanted();
        if (one.stored.enabled && !on) supervisor->enable();
        if (!one.stored.enabled && on) supervisor->disable();
    }
}

void PluginRegistry::replaceSupervisor(Entry& entry, Isolation isolation) {
    const auto old = entry.held();
    auto made = std::make_shared<Supervisor>(
        *old->manifest(), entry.library,
        Housing{settings_.hostProgram, isolation, settings_.workFolder, settings_.environment}, ports_,
        clock_, settings_.policy);
    if (old->wanted()) {
        made->enable();
        made->waitFor(PluginState::Running, settings_.policy.startPatience);
    }
    {
        const std::lock_guard lock{entry.guard};
        entry.supervisor = made;
        entry.isolation = isolation;
    }
    old->disable();
}

std::shared_ptr<PluginRegistry::Entry> PluginRegistry::entry(const std::string& plugin) const {
    const std::shared_lock lock{guard_};
    const auto found = entries_.find(plugin);
    return found == entries_.end() ? nullptr : found->second;
}

std::vector<PluginInfo> PluginRegistry::list() const {
    std::vector<PluginInfo> all;
    const std::shared_lock lock{guard_};
    for (const auto& [id, entry] : entries_) {
        PluginInfo info;
        info.id = id;
        info.library = entry->library;
        if (const auto supervisor = entry->held()) {
            info.manifest = supervisor->manifest();
            info.status = supervisor->status();
        } else {
            info.status.state = PluginState::Refused;
            info.status.reason = entry->refusal;
            info.status.since = entry->since;
        }
        if (const auto stored = stored_.find(id); stored != stored_.end()) info.stored = stored->second;
        all.push_back(std::move(info));
    }
    return all;
}

Result<PluginInfo> PluginRegistry::find(const std::string& plugin) const {
    for (PluginInfo& info : list())
        if (info.id == plugin) return std::move(info);
    return Error{ErrorKind::NotFound, "plugin.unknown", plugin};
}

Result<std::vector<SettingsChange>> PluginRegistry::history(const Context& context, const std::string& plugin,
                                                            int limit) const {
    if (!mayManage(context.actor)) return denied("plugin.not_allowed");
    return store_.history(context, plugin, limit);
}

bool PluginRegistry::mayManage(const Actor& actor) const {
    return actor.kind == ActorKind::System || settings_.mayManage(actor);
}

Result<std::shared_ptr<PluginRegistry::Entry>> PluginRegistry::entryFor(const Context& context,
                                                                        const std::string& plugin) const {
    if (!mayManage(context.actor)) return denied("plugin.not_allowed");
    auto found = entry(plugin);
    if (!found || !found->held()) return Error{ErrorKind::NotFound, "plugin.unknown", plugin};
    return found;
}

Result<void> PluginRegistry::enable(const Context& context, const std::string& plugin) {
    MOTCUA_TRY(found, entryFor(context, plugin));
    MOTCUA_CHECK(store_.setEnabled(context, plugin, true));
    refresh(context);
    return {};
}

Result<void> PluginRegistry::disable(const Context& context, const std::string& plugin) {
    MOTCUA_TRY(found, entryFor(context, plugin));
    MOTCUA_CHECK(store_.setEnabled(context, plugin, false));
    refresh(context);
    return {};
}

Result<void> PluginRegistry::setIsolation(const Context& context, const std::string& plugin,
                                          Isolation isolation) {
    MOTCUA_TRY(found, entryFor(context, plugin));
    MOTCUA_CHECK(store_.setIsolation(context, plugin, isolation));
    refresh(context);
    return {};
}

Result<void> PluginRegistry::tryAgain(const Context& context, const std::string& plugin) {
    MOTCUA_TRY(found, entryFor(context, plugin));
    found->held()->tryAgain();
    return {};
}

Result<void> PluginRegistry::checkSecrets(const Context& context, const Manifest& manifest,
                                          const StoredProfile& profile,
                                          const std::map<std::string, std::string>& secrets) const {
    const auto all = store_.all(context);
    const auto plugin = all.find(manifest.id);
    if (plugin == all.end()) return {};
    const auto stored = plugin->second.profiles.find(profile.name);
    if (stored == plugin->second.profiles.end()) return {};
    const auto before = manifest.config.check(stored->second.config); // with defaults of a newer version
    if (placesOf(manifest, before ? *before : stored->second.config) == placesOf(manifest, profile.config))
        return {};
    std::vector<FieldError> missing;
    for (const std::string& name : stored->second.secrets)
        if (!secrets.contains(name)) missing.push_back({name, "plugin.secret_again"});
    return missing.empty() ? Result<void>{} : invalid("plugin.config_invalid", std::move(missing));
}

Result<void> PluginRegistry::configure(const Context& context, const std::string& plugin,
                                       StoredProfile profile,
                                       const std::map<std::string, std::string>& secrets) {
    MOTCUA_TRY(found, entryFor(context, plugin));
    if (!isName(profile.name)) return invalidField("profile", "form.wrong_pattern");
    const auto manifest = found->held()->manifest();
    MOTCUA_TRY(checked, manifest->config.check(profile.config));
    for (const auto& secret : secrets)
        if (std::find(manifest->secrets.begin(), manifest->secrets.end(), secret.first) ==
            manifest->secrets.end())
            return invalidField(secret.first, "form.unknown_field");
    profile.config = std::move(checked);
    MOTCUA_CHECK(checkSecrets(context, *manifest, profile, secrets));
    MOTCUA_CHECK(store_.save(context, plugin, profile, secrets));
    refresh(context);
    return {};
}

Result<void> PluginRegistry::removeProfile(const Context& context, const std::string& plugin,
                                           const std::string& profile) {
    MOTCUA_TRY(found, entryFor(context, plugin));
    MOTCUA_CHECK(store_.remove(context, plugin, profile));
    refresh(context);
    return {};
}

Result<sdk::CheckedConfig> PluginRegistry::check(const Context& context, const std::string& plugin,
                                                 const StoredProfile& profile,
                                                 const std::map<std::string, std::string>& secrets) {
    MOTCUA_TRY(found, entryFor(context, plugin));
    const auto supervisor = found->held();
    const auto manifest = supervisor->manifest();
    StoredProfile tried = profile;
    MOTCUA_TRY(checked, manifest->config.check(profile.config));
    tried.config = checked;
    MOTCUA_CHECK(checkSecrets(context, *manifest, tried, secrets));
    CallRequest request;
    request.operation = sdk::op::ConfigCheck::id;
    request.profile = profile.name;
    request.timeout = Millis{sdk::op::ConfigCheck::timeoutMs};
    request.trialConfig = std::move(checked);
    request.trialSecrets = secrets;
    MOTCUA_TRY(answer, supervisor->call(context, request));
    auto reply = sdk::decode<sdk::CheckedConfig>(answer.json, answer.blobs);
    if (!reply) return internal("plugin.malformed", reply.error().detail);
    return std::move(*reply);
}

std::vector<ProfileRef> PluginRegistry::profiles(std::string_view capability) const {
    std::vector<ProfileRef> all;
    const std::shared_lock lock{guard_};
    for (const auto& [id, entry] : entries_) {
        const auto supervisor = entry->held();
        const auto usable = profiles_.find(id);
        if (!supervisor || !supervisor->wanted() || usable == profiles_.end() ||
            !supervisor->manifest()->offers(capability))
            continue;
        for (const auto& profile : *usable->second)
            all.push_back({id, profile.first});
    }
    return all;
}

Result<CallReply> PluginRegistry::call(const Context& context, const std::string& profile,
                                       CallRequest request) const {
    MOTCUA_TRY(ref, ProfileRef::parse(profile));
    const auto found = entry(ref.plugin);
    const auto supervisor = found ? found->held() : nullptr;
    if (!supervisor) return unavailable("plugin.unknown", ref.plugin + " is not installed");
    request.profile = ref.profile;
    return supervisor->call(context, request);
}

} // namespace motcua::plugins
