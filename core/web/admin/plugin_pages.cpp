#include "web/admin/plugin_pages.h"

#include "base/civil_day.h"
#include "http/errors.h"
#include "web/admin/settings_form.h"
#include "web/api/payment_hook.h"
#include "web/outside.h"
#include "web/paths.h"
#include "web/wording.h"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace motcua::web {

namespace {

using plugins::PluginInfo;
using plugins::PluginState;
using plugins::StoredProfile;

constexpr const char* kFirstProfile = "default";
constexpr int kHistory = 10;

std::string pluginPath(const std::string& plugin, const char* below = "") {
    return std::string{paths::kPlugins} + "/" + http::percentEncode(plugin) + below;
}

std::string profilePath(const std::string& plugin, const std::string& profile, const char* below = "") {
    return pluginPath(plugin, below) + "?profile=" + http::percentEncode(profile);
}

// Where the first profile has another name, the links of the list lead there.
std::string firstProfile(const PluginInfo& plugin) {
    const auto& profiles = plugin.stored.profiles;
    return profiles.empty() || profiles.contains(kFirstProfile) ? kFirstProfile : profiles.begin()->first;
}

const std::string& nameOf(const PluginInfo& plugin, const http::Request& request) {
    return plugin.manifest ? plugin.manifest->name.in(request.locale()) : plugin.id;
}

view::Model stateTag(const http::Page& page, PluginState state) {
    const auto tag = [&](const char* kind, const char* word) {
        view::Model made;
        made.set("kind", kind).set("text", page.say(word));
        return made;
    };
    switch (state) {
    case PluginState::Off:
        return tag("off", "plugins.off");
    case PluginState::Starting:
        return tag("doing", "plugins.starting");
    case PluginState::Running:
        return tag("on", "plugins.on");
    case PluginState::BackingOff:
        return tag("failed", "plugins.backing_off");
    case PluginState::Quarantined:
        return tag("failed", "plugins.quarantined");
    case PluginState::Refused:
        return tag("failed", "plugins.refused");
    }
    return tag("failed", "plugins.failed");
}

bool isStuck(PluginState state) {
    return state == PluginState::BackingOff || state == PluginState::Quarantined ||
           state == PluginState::Refused;
}

// What a plugin says is for administrators: its code where there are no words for it, and what the other side
// said.
std::string sentenceOf(const http::Request& request, const sdk::Finding& finding) {
    const std::string sentence =
        request.theme().words(request.locale()).sayOr("error." + finding.code, finding.code);
    return finding.detail.empty() ? sentence : sentence + " (" + finding.detail + ")";
}

std::string join(const std::vector<std::string>& texts, const char* between) {
    std::string joined;
    for (const std::string& text : texts)
        joined += (joined.empty() ? "" : between) + text;
    return joined;
}

// 0, "not stored yet", for anything else: the store takes that for stale where there is a profile.
std::int64_t versionOf(std::string_view text) {
    std::int64_t version = 0;
    const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), version);
    return failure == std::errc{} && stop == text.data() + text.size() ? version : 0;
}

// The profile that the address names, as it is stored; a new one where it is not.
Result<StoredProfile> profileOf(const http::Request& request, const PluginInfo& plugin) {
    const std::string_view asked = request.query("profile");
    const std::string name{asked.empty() ? std::string_view{kFirstProfile} : asked};
    MOTCUA_TRY(ref, plugins::ProfileRef::parse(plugin.id + ":" + name));
    const auto stored = plugin.stored.profiles.find(ref.profile);
    if (stored != plugin.stored.profiles.end()) return stored->second;
    StoredProfile fresh;
    fresh.name = ref.profile;
    return fresh;
}

void fillPlugin(view::Model& row, const http::Page& page, const http::Request& request,
                const PluginInfo& plugin) {
    const PluginState state = plugin.status.state;
    row.set("id", plugin.id).set("text", nameOf(plugin, request)).set("tag", stateTag(page, state));
    if (isStuck(state)) row.setUnlessEmpty("state_note", plugin.status.reason);
    if (!plugin.manifest) return; // nothing can be done with it but to install another
    row.setUnlessEmpty("what", plugin.manifest->summary.in(request.locale()));
    row.setUnlessEmpty("maker", plugin.manifest->maintainer);
    row.set("version", plugin.status.version.empty() ? plugin.manifest->version : plugin.status.version);
    const std::string profile = firstProfile(plugin);
    row.set("settings_href", profilePath(plugin.id, profile));
    if (state == PluginState::Running) row.set("test_action", profilePath(plugin.id, profile, "/test"));
    if (isStuck(state)) row.set("again_action", pluginPath(plugin.id, "/try-again"));
    const bool on = plugin.stored.enabled;
    row.set("switch_action", pluginPath(plugin.id, on ? "/disable" : "/enable"))
        .set("switch_key", on ? "off" : "on")
        .set("switch_text", page.say(on ? "plugins.switch_off" : "plugins.switch_on"));
}

void fillProfiles(http::Page& page, const PluginInfo& plugin, const StoredProfile& shown) {
    view::Model& profiles = page.model().object("profiles");
    profiles.set("action", pluginPath(plugin.id));
    for (const auto& [name, profile] : plugin.stored.profiles) {
        view::Model& row = profiles.object("stored").add("items");
        row.set("text", name).set("href", profilePath(plugin.id, name));
        if (name == shown.name) row.set("current", true);
        if (!profile.enabled) row.set("note", page.say("plugins.off"));
    }
}

} // namespace

struct PluginPages::Form {
    const http::Fields* typed = nullptr;        // where it came back
    const Error* error = nullptr;               // for the summary
    std::map<std::string, std::string> wrong{}; // sentences by the id of the control
    std::string good{};                         // the verdict of the test
    std::string bad{};
};

void PluginPages::mount(http::Router& router) {
    const std::string one = std::string{paths::kPlugins} + "/:id";
    router.get(paths::kPlugins, [this](http::Request& request) { return list(request); }).official();
    router.get(one, [this](http::Request& request) { return settings(request); }).official();
    router.post(one + "/save", [this](http::Request& request) { return saved(request); }).official();
    router.post(one + "/test", [this](http::Request& request) { return tried(request); }).official();
    mountSwitch(router, "/enable", &plugins::PluginRegistry::enable, "notice.plugin_enabled");
    mountSwitch(router, "/disable", &plugins::PluginRegistry::disable, "notice.plugin_disabled");
    mountSwitch(router, "/try-again", &plugins::PluginRegistry::tryAgain, "notice.plugin_tried_again");
}

void PluginPages::mountSwitch(http::Router& router, const char* word, Switch change, const char* notice) {
    const auto handler = [this, change, notice](http::Request& request) -> Result<http::Response> {
        MOTCUA_TRY(plugin, pluginOf(request));
        MOTCUA_CHECK((registry_.*change)(request.context(), plugin.id));
        http::Response response = http::Response::seeOther(paths::kPlugins);
        response.flash(notice, {{"name", nameOf(plugin, request)}});
        return response;
    };
    router.post(std::string{paths::kPlugins} + "/:id" + word, handler).official();
}

// Only for who may manage plugins, and only what can be configured.
Result<PluginInfo> PluginPages::pluginOf(const http::Request& request) const {
    if (!registry_.mayManage(request.actor())) return denied("plugin.not_allowed");
    MOTCUA_TRY(plugin, registry_.find(request.param("id")));
    if (!plugin.manifest) return notFound("plugin.unknown");
    return plugin;
}

Result<http::Response> PluginPages::list(http::Request& request) {
    if (!registry_.mayManage(request.actor())) return denied("plugin.not_allowed");
    http::Page page{request, "plugins"};
    page.title(page.say("plugins.title")).set("lead", page.say("plugins.lead"));
    const std::vector<PluginInfo> all = registry_.list();
    for (const PluginInfo& plugin : all)
        fillPlugin(page.model().add("plugins"), page, request, plugin);
    if (all.empty()) page.model().object("empty_state").set("text", page.say("plugins.empty"));
    return page.response();
}

Result<http::Response> PluginPages::settings(http::Request& request) {
    MOTCUA_TRY(plugin, pluginOf(request));
    MOTCUA_TRY(profile, profileOf(request, plugin));
    return show(request, plugin, profile, Form{});
}

void PluginPages::fillHistory(http::Page& page, const http::Request& request, const PluginInfo& plugin) {
    const auto history = registry_.history(request.context(), plugin.id, kHistory);
    if (!history) return;
    for (const plugins::SettingsChange& change : *history) {
        std::string what = page.say("plugins.change." + change.what, {{"profile", change.profile}});
        if (!change.secrets.empty())
            what += page.say("plugins.change_secrets", {{"names", join(change.secrets, ", ")}});
        const std::string who = database_.read(
            request.context(), [&](db::Reader& tx) { return identity_.displayName(tx, change.actor); });
        page.model()
            .object("history")
            .add("items")
            .set("when", vietnameseMoment(change.at))
            .set("who", who.empty() ? change.actor : who)
            .set("what", std::move(what));
    }
}

http::Response PluginPages::show(http::Request& request, const PluginInfo& plugin,
                                 const StoredProfile& profile, const Form& form) {
    http::Page page{request, "plugin_settings"};
    const plugins::Manifest& manifest = *plugin.manifest;
    const std::string suffix = profile.name == kFirstProfile ? "" : " – " + profile.name;
    page.title(nameOf(plugin, request) + suffix)
        .set("lead", manifest.summary.in(request.locale()))
        .set("back", link(page.say("plugins.title"), paths::kPlugins));
    page.set("tag", stateTag(page, plugin.status.state))
        .set("action", profilePath(plugin.id, profile.name, "/save"));
    if (profile.version > 0) page.set("test_action", profilePath(plugin.id, profile.name, "/test"));
    if (!form.good.empty()) page.model().object("verdict").set("good", true).set("text", form.good);
    if (!form.bad.empty()) page.model().object("verdict").set("bad", true).set("text", form.bad);

    view::Model& version = page.model().add("controls");
    version.set("is_hidden", true).set("name", "version");
    version.set("value",
                form.typed ? std::string{form.typed->get("version")} : std::to_string(profile.version));
    fillSettings(page, manifest, profile, form.typed, form.wrong, request.locale());
    view::Model& use = page.model().add("controls");
    use.set("is_checkboxes", true).set("name", "in_use").set("label", page.say("plugins.profile"));
    view::Model& box = use.add("options");
    box.set("key", "on").set("option_id", "in_use").set("text", page.say("plugins.profile_on"));
    if (form.typed ? form.typed->has("in_use") : profile.enabled) box.set("selected", true);

    if (manifest.offers("payment"))
        page.model().object("hook").set("text",
                                        originOf(request, origin_) + hookPath(plugin.id, profile.name));
    fillProfiles(page, plugin, profile);
    fillHistory(page, request, plugin);
    if (form.error) page.errors(*form.error);
    return page.response();
}

Result<http::Response> PluginPages::saved(http::Request& request) {
    MOTCUA_TRY(plugin, pluginOf(request));
    MOTCUA_TRY(profile, profileOf(request, plugin));
    const http::Fields& sent = request.form().fields;
    const TypedSettings typed = readSettings(*plugin.manifest, sent);
    Error error = invalid("plugin.config_invalid", judgeSettings(*plugin.manifest, typed, profile.secrets));
    if (error.fields.empty()) {
        StoredProfile changed;
        changed.name = profile.name;
        changed.config = typed.config;
        changed.enabled = sent.has("in_use");
        changed.version = versionOf(sent.get("version"));
        const auto done = registry_.configure(request.context(), plugin.id, changed, typed.secrets);
        if (done) {
            http::Response response = http::Response::seeOther(profilePath(plugin.id, profile.name));
            response.flash("notice.plugin_saved", {{"name", nameOf(plugin, request)}});
            return response;
        }
        error = done.error();
    }
    if (error.kind != ErrorKind::Invalid && error.kind != ErrorKind::Conflict) return error;
    error.fields = explain(*plugin.manifest, error.fields, request.locale());
    Form form{&sent, &error};
    for (const FieldError& field : error.fields)
        form.wrong[field.field] = http::sentenceOf(request, field);
    return show(request, plugin, profile, form);
}

// Tries what is saved. The answer is a page and not a redirect: the verdict is of this moment and kept
// nowhere.
Result<http::Response> PluginPages::tried(http::Request& request) {
    MOTCUA_TRY(plugin, pluginOf(request));
    MOTCUA_TRY(profile, profileOf(request, plugin));
    const auto begun = std::chrono::steady_clock::now();
    const auto checked = registry_.check(request.context(), plugin.id, profile, {});
    const auto took = std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - begun);
    Form form;
    std::vector<std::string> reasons;
    if (!checked && checked.error().kind == ErrorKind::Denied) return checked.error();
    if (!checked) {
        for (const FieldError& field : explain(*plugin.manifest, checked.error().fields, request.locale()))
            reasons.push_back(form.wrong[field.field] = http::sentenceOf(request, field));
        if (reasons.empty()) reasons.push_back(http::sentenceOf(request, checked.error()));
    } else {
        for (const sdk::Finding& finding : checked->findings) {
            reasons.push_back(sentenceOf(request, finding));
            form.wrong[controlOf(finding.field)] = reasons.back();
        }
    }
    if (reasons.empty()) {
        form.good = request.say("plugins.test_good", {{"time", std::to_string(took.count())}});
        if (!checked->summary.empty()) form.good += " " + checked->summary;
    } else {
        form.bad = request.say("plugins.test_bad", {{"reason", join(reasons, "; ")}});
    }
    return show(request, plugin, profile, form);
}

} // namespace motcua::web
