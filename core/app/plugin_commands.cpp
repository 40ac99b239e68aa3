#include "app/plugin_commands.h"

#include <chrono>
#include <thread>

namespace motcua::app {

namespace {

using plugins::PluginInfo;
using plugins::PluginState;

int failed(const Error& error, const Say& say) {
    tellError(error, say);
    return 1;
}

std::string join(const std::vector<std::string>& words) {
    std::string all;
    for (const std::string& word : words)
        all += (all.empty() ? "" : ", ") + word;
    return all;
}

std::string stateOf(const PluginInfo& plugin) {
    std::string state = plugins::name(plugin.status.state);
    if (plugin.status.state == PluginState::Off && plugin.stored.enabled) state = "on, no server runs";
    return state + (plugin.status.reason.empty() ? "" : ": " + plugin.status.reason);
}

void tellManifest(const plugins::Manifest& manifest, const Say& say) {
    say("  " + manifest.name.en + ", version " + manifest.version + ", provides " + join(manifest.provides));
    say("  may reach " + (manifest.network.empty() ? "nothing" : join(manifest.network)) + "; at most " +
        std::to_string(manifest.limits.memoryMb) + " MB and " + std::to_string(manifest.limits.concurrency) +
        " calls at a time");
}

// Of a library that need not be installed: nothing of its code runs.
int checkLibrary(const std::string& file, const Say& say) {
    const auto manifest = plugins::Manifest::read(file);
    if (!manifest) return failed(manifest.error(), say);
    say(manifest->id);
    tellManifest(*manifest, say);
    say("This server takes it.");
    return 0;
}

// One that has just been switched on, or is looked at by a command of its own, takes a moment to start.
Result<PluginInfo> settled(plugins::PluginRegistry& registry, const std::string& id) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{6};
    for (;;) {
        auto found = registry.find(id);
        const bool moving = found && (found->status.state == PluginState::Starting ||
                                      (found->status.state == PluginState::Off) == found->stored.enabled);
        if (!moving || std::chrono::steady_clock::now() > end) return found;
        std::this_thread::sleep_for(Millis{20});
    }
}

// Its "test connection", with what is saved. How many findings there were.
int tryProfile(Application& application, const Context& context, const PluginInfo& plugin,
               const plugins::StoredProfile& profile, const Say& say) {
    const auto checked = application.plugins().check(context, plugin.id, profile, {});
    if (!checked) {
        say("  profile " + profile.name + ": NOT right");
        tellError(checked.error(), [&](const std::string& line) { say("    " + line); });
        return 1;
    }
    for (const auto& finding : checked->findings)
        say("  profile " + profile.name + ": NOT right, " + finding.field + ": " + finding.code +
            (finding.detail.empty() ? "" : " (" + finding.detail + ")"));
    if (checked->findings.empty())
        say("  profile " + profile.name + ": good" +
            (checked->summary.empty() ? "" : ", " + checked->summary));
    return static_cast<int>(checked->findings.size());
}

int switchPlugin(Application& application, const Call& call, const Say& say, bool on) {
    if (call.arguments.size() != 1) {
        say(std::string{"usage: motcua plugin "} + (on ? "enable" : "disable") + " PLUGIN");
        return 2;
    }
    const Context context = application.systemContext("command line");
    auto& registry = application.plugins();
    const std::string& id = call.arguments[0];
    registry.look(context);
    if (const auto done = on ? registry.enable(context, id) : registry.disable(context, id); !done)
        return failed(done.error(), say);
    const auto plugin = settled(registry, id);
    if (!plugin) return failed(plugin.error(), say);
    say(id + (on ? " is switched on: " : " is switched off: ") + plugins::name(plugin->status.state) +
        (plugin->status.reason.empty() ? "" : ", " + plugin->status.reason));
    if (on && plugin->stored.profiles.empty() && !plugin->manifest->config.fields().empty())
        say("It has no settings yet: an administrator gives them at /quan-tri/mo-dun/" + id + ".");
    return !on || plugin->status.state == PluginState::Running ? 0 : 1;
}

} // namespace

int listPlugins(Application& application, const Call& call, const Say& say) {
    if (!call.arguments.empty()) {
        say("usage: motcua plugin list");
        return 2;
    }
    application.plugins().look(application.systemContext("command line"));
    const auto all = application.plugins().list();
    for (const PluginInfo& plugin : all) {
        say(plugin.id + "  " + stateOf(plugin));
        if (plugin.manifest) tellManifest(*plugin.manifest, say);
        std::vector<std::string> profiles;
        for (const auto& [name, profile] : plugin.stored.profiles)
            profiles.push_back(name + (profile.enabled ? "" : " (off)"));
        if (!profiles.empty()) say("  profiles " + join(profiles));
    }
    if (all.empty()) say("No plugin lies in " + application.settings().pluginsFolder + ".");
    return 0;
}

int checkPlugin(Application& application, const Call& call, const Say& say) {
    if (call.arguments.size() != 1) {
        say("usage: motcua plugin check PLUGIN|FILE.so");
        return 2;
    }
    const std::string& what = call.arguments[0];
    if (what.ends_with(".so")) return checkLibrary(call.path(what), say);
    const Context context = application.systemContext("command line");
    auto& registry = application.plugins();
    registry.refresh(context);
    const auto plugin = settled(registry, what);
    if (!plugin) return failed(plugin.error(), say);
    say(plugin->id + "  " + stateOf(*plugin));
    if (!plugin->manifest) return 1;
    tellManifest(*plugin->manifest, say);
    if (plugin->status.state != PluginState::Running) {
        if (!plugin->stored.enabled)
            say("Its connections are tried while it is on: motcua plugin enable " + what);
        return plugin->status.state == PluginState::Off ? 0 : 1;
    }
    int findings = 0;
    for (const auto& profile : plugin->stored.profiles)
        if (profile.second.enabled)
            findings += tryProfile(application, context, *plugin, profile.second, say);
    return findings == 0 ? 0 : 1;
}

int enablePlugin(Application& application, const Call& call, const Say& say) {
    return switchPlugin(application, call, say, true);
}

int disablePlugin(Application& application, const Call& call, const Say& say) {
    return switchPlugin(application, call, say, false);
}

} // namespace motcua::app
