#include "plugins/manifest.h"

#include "base/json.h"
#include "plugins/elf.h"

#include "motcua/abi.h"

#include <Poco/RegularExpression.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace motcua::plugins {

namespace {

using Keys = std::set<std::string, std::less<>>;

Error wrong(const std::string& where, const std::string& what) {
    return {ErrorKind::Invalid, "plugin.manifest", where + ": " + what};
}

Result<void> onlyKeys(const std::string& where, const Json& object, const Keys& allowed) {
    if (!object.isObject()) return wrong(where, "is not an object");
    for (const auto& [key, value] : object.members())
        if (!allowed.contains(key)) return wrong(where, "unknown key \"" + key + "\"");
    return {};
}

Result<std::vector<std::string>> texts(const std::string& where, const Json& list,
                                       const Poco::RegularExpression& shape) {
    std::vector<std::string> all;
    if (!list.isNull() && !list.isArray()) return wrong(where, "is not a list");
    for (const Json& item : list.items()) {
        if (!shape.match(item.string())) return wrong(where, item.dump() + " is not allowed here");
        all.push_back(item.string());
    }
    return all;
}

Result<LocalText> localText(const std::string& where, const Json& json) {
    LocalText text{json["vi"].string(), json["en"].string()};
    if (text.vi.empty() || text.en.empty()) return wrong(where, R"(must be {"vi": "…", "en": "…"})");
    return text;
}

Result<int> within(const std::string& where, const Json& json, int least, int most, int otherwise) {
    if (json.isNull()) return otherwise;
    const std::int64_t value = json.integer(least - 1);
    if (value < least || value > most)
        return wrong(where,
                     "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return static_cast<int>(value);
}

Result<Limits> limitsOf(const Json& json) {
    Limits limits;
    if (json.isNull()) return limits;
    MOTCUA_CHECK(
        onlyKeys("limits", json, {"concurrency", "memory_mb", "descriptors", "timeout_ms", "timeouts_ms"}));
    MOTCUA_TRY(concurrency, within("limits.concurrency", json["concurrency"], 1, 64, limits.concurrency));
    MOTCUA_TRY(memory, within("limits.memory_mb", json["memory_mb"], 16, 8192, limits.memoryMb));
    MOTCUA_TRY(descriptors, within("limits.descriptors", json["descriptors"], 16, 4096, limits.descriptors));
    MOTCUA_TRY(timeout, within("limits.timeout_ms", json["timeout_ms"], 10, 300'000, 30'000));
    limits.concurrency = concurrency;
    limits.memoryMb = memory;
    limits.descriptors = descriptors;
    limits.timeout = Millis{timeout};
    for (const auto& [operation, value] : json["timeouts_ms"].members()) {
        MOTCUA_TRY(ms, within("limits.timeouts_ms." + operation, value, 10, 300'000, 0));
        limits.timeouts[operation] = Millis{ms};
    }
    return limits;
}

Result<std::vector<ManifestRoute>> routesOf(const Json& json) {
    static const Poco::RegularExpression path{R"((/([A-Za-z0-9._-]+|\{[a-z][A-Za-z0-9]*\}))+)"};
    static const Poco::RegularExpression method{"GET|POST|PUT|DELETE"};
    static const Keys audiences{"public", "citizen", "officer", "admin"};
    std::vector<ManifestRoute> all;
    if (!json.isNull() && !json.isArray()) return wrong("routes", "is not a list");
    for (const Json& one : json.items()) {
        MOTCUA_CHECK(onlyKeys("routes", one, {"path", "methods", "audience", "body_kb"}));
        ManifestRoute route{one["path"].string(), {}, one["audience"].string(), 0};
        if (!path.match(route.path)) return wrong("routes.path", "must be like /board/{name}");
        if (!audiences.contains(route.audience))
            return wrong("routes.audience", "must be public, citizen, officer or admin");
        MOTCUA_TRY(methods, texts("routes.methods", one["methods"], method));
        if (methods.empty()) return wrong("routes.methods", "names none");
        MOTCUA_TRY(kb, within("routes.body_kb", one["body_kb"], 0, 65'536, 64));
        route.methods = std::move(methods);
        route.bodyKb = kb;
        all.push_back(std::move(route));
    }
    return all;
}

// "02:30" as minutes since midnight.
Result<int> minuteOf(const Json& json) {
    static const Poco::RegularExpression time{R"(([01]\d|2[0-3]):[0-5]\d)"};
    if (json.isNull()) return -1;
    const std::string& text = json.string();
    if (!time.match(text)) return wrong("jobs.daily", "must be like 02:30");
    return std::stoi(text.substr(0, 2)) * 60 + std::stoi(text.substr(3));
}

Result<std::vector<ManifestJob>> jobsOf(const Json& json) {
    static const Poco::RegularExpression name{R"([a-z][a-z0-9-]{0,49})"};
    std::vector<ManifestJob> all;
    if (!json.isNull() && !json.isArray()) return wrong("jobs", "is not a list");
    for (const Json& one : json.items()) {
        MOTCUA_CHECK(onlyKeys("jobs", one, {"name", "every_s", "daily"}));
        if (!name.match(one["name"].string())) return wrong("jobs.name", "must be like poll-receipts");
        MOTCUA_TRY(every, within("jobs.every_s", one["every_s"], 10, 86'400, 0));
        MOTCUA_TRY(minute, minuteOf(one["daily"]));
        if ((every == 0) == (minute < 0)) return wrong("jobs", "each needs either every_s or daily");
        all.push_back({one["name"].string(), every, minute});
    }
    return all;
}

Result<void> identify(Manifest& made, const Json& json) {
    static const Poco::RegularExpression id{R"([a-z][a-z0-9]*(\.[a-z0-9][a-z0-9-]*)+)"},
        version{R"(\d+\.\d+\.\d+)"};
    made.id = json["id"].string();
    made.version = json["version"].string();
    if (!id.match(made.id)) return wrong("id", "must be a reversed domain name: vn.example.my-plugin");
    if (!version.match(made.version)) return wrong("version", "must be like 1.0.0");
    MOTCUA_TRY(name, localText("name", json["name"]));
    MOTCUA_TRY(summary, localText("summary", json["summary"]));
    made.name = name;
    made.summary = summary;
    made.maintainer = json["maintainer"].string();
    made.license = json["license"].string();
    made.docs = json["docs"].string();
    return {};
}

Result<void> allow(Manifest& made, const Json& json) {
    static const Poco::RegularExpression capability{R"([a-z][a-z-]*/[1-9]\d*)"},
        secret{R"([a-z][A-Za-z0-9_]{0,49})"}, webhook{R"([a-z][a-z0-9-]{0,49})"};
    static const Poco::RegularExpression place{
        R"(unix:\$\{[A-Za-z0-9_]+\}|\$\{[A-Za-z0-9_]+\}(:(\d{1,5}|\$\{[A-Za-z0-9_]+\}))?|(\*\.)?[A-Za-z0-9.-]+:(\d{1,5}|\$\{[A-Za-z0-9_]+\}))"};
    MOTCUA_TRY(provides, texts("provides", json["provides"], capability));
    MOTCUA_TRY(secrets, texts("secrets", json["secrets"], secret));
    MOTCUA_TRY(webhooks, texts("webhooks", json["webhooks"], webhook));
    MOTCUA_TRY(routes, routesOf(json["routes"]));
    MOTCUA_TRY(jobs, jobsOf(json["jobs"]));
    MOTCUA_TRY(network, texts("network", json["network"], place));
    if (provides.empty()) return wrong("provides", "names no capability");
    for (const ConfigField& field : made.config.fields())
        if (field.secret && std::find(secrets.begin(), secrets.end(), field.name) == secrets.end())
            return wrong("secrets", "lacks " + field.name + ", which the settings mark as a secret");
    made.provides = std::move(provides);
    const auto together = [&](const char* what, const char* key, bool listed) -> Result<void> {
        if (made.offers(what) == listed) return {};
        return wrong(key, listed ? "\"provides\" lacks " + std::string{what} + "/1"
                                 : "are missing, since \"provides\" names " + std::string{what});
    };
    MOTCUA_CHECK(together("http", "routes", !routes.empty()));
    MOTCUA_CHECK(together("webhook", "webhooks", !webhooks.empty()));
    MOTCUA_CHECK(together("job", "jobs", !jobs.empty()));
    made.routes = std::move(routes);
    made.webhooks = std::move(webhooks);
    made.jobs = std::move(jobs);
    made.secrets = std::move(secrets);
    made.network = std::move(network);
    return {};
}

} // namespace

bool Manifest::offers(std::string_view capability) const {
    return std::any_of(provides.begin(), provides.end(), [&](const std::string& one) {
        return one.size() > capability.size() && one.compare(0, capability.size(), capability) == 0 &&
               one[capability.size()] == '/';
    });
}

Millis Manifest::timeoutOf(std::string_view operation) const {
    const auto found = limits.timeouts.find(operation);
    return found == limits.timeouts.end() ? limits.timeout : found->second;
}

Result<Manifest> Manifest::parse(std::string_view text) {
    const auto parsed = Json::parse(text);
    if (!parsed) return wrong("plugin.json", "is not JSON (" + parsed.error().detail + ")");
    const Json& json = *parsed;
    if (json["abi"].integer() != MOTCUA_ABI_MAJOR) {
        Error error = rejected("plugin.abi");
        error.detail = "found ABI " + json["abi"].dump() + ", this server needs ABI " +
                       std::to_string(MOTCUA_ABI_MAJOR) +
                       ": install the plugin's version for this server, or build it with this server's sdk/";
        return error;
    }
    MOTCUA_CHECK(
        onlyKeys("plugin.json", json,
                 {"id", "name", "summary", "version", "abi", "provides", "config", "secrets", "network",
                  "routes", "webhooks", "jobs", "limits", "instances", "maintainer", "license", "docs"}));
    Manifest made;
    made.abi = MOTCUA_ABI_MAJOR;
    made.text = text;
    MOTCUA_CHECK(identify(made, json));
    MOTCUA_TRY(config, ConfigSchema::parse(json["config"]));
    made.config = std::move(config);
    MOTCUA_CHECK(allow(made, json));
    MOTCUA_TRY(limits, limitsOf(json["limits"]));
    made.limits = std::move(limits);
    const std::string instances = json.has("instances") ? json["instances"].string() : "per-node";
    if (instances != "one" && instances != "per-node")
        return wrong("instances", "must be \"one\" or \"per-node\"");
    made.instances = instances == "one" ? Instances::One : Instances::PerNode;
    return made;
}

Result<Manifest> Manifest::read(const std::string& library) {
    MOTCUA_TRY(embedded, elfSection(library, ".motcua_manifest"));
    // The build leaves one zero byte after the text.
    while (!embedded.empty() && embedded.back() == '\0')
        embedded.pop_back();
    const auto sidecar = std::filesystem::path{library}.parent_path() / "plugin.json";
    if (std::ifstream file{sidecar}) {
        std::ostringstream beside;
        beside << file.rdbuf();
        if (beside.str() != embedded)
            return wrong(sidecar.string(),
                         "is not the manifest inside " + library + ": build or install both again");
    }
    auto made = parse(embedded);
    if (made) return made;
    Error error = made.error();
    error.detail = library + ": " + error.detail;
    return error;
}

} // namespace motcua::plugins
