// motcua-plugin-call: runs one plugin as the server would (own process, deadlines, breaker) and calls its
// operations with JSON. For integrators at their desk, and for the interop tests.
//
//   motcua-plugin-call LIBRARY [--settings FILE] [--key KEY] [--blob FILE]… [--in-process] OPERATION
//   [REQUEST] motcua-plugin-call LIBRARY [--settings FILE] --lines      one {"op": …, "request": …} a line on
//   standard input
//   motcua-plugin-call LIBRARY [--settings FILE] --replay FILE
//
// --record FILE adds each call, with what the plugin asked of the server and was told, to a file without
// secrets; --replay makes those calls again, in this process, at the same time and without the world, and
// says what is asked or answered otherwise.
//
// FILE of --settings: {"config": {…}, "secrets": {…}, "environment": {…}}. Each answer is one line: {"ok":
// true, "reply": …} or {"ok": false, "error": {"kind": …, "code": …}}. {"op": "status"} tells state and
// process id, {"op": "off"}, "on" and "again" do what the administrator's buttons do, {"op": "events"} gives
// what the plugin has handed in so far. The exit status is 0 where every call succeeded, 1 where one did not,
// 2 where it could not begin.
#include "base/bytes.h"
#include "base/id.h"
#include "base/log.h"
#include "plugins/supervisor.h"
#include "recording.h"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <mutex>
#include <sstream>

#include <sys/stat.h>

using namespace motcua;
using namespace motcua::plugins;

namespace {

struct Options {
    std::string library{};
    std::string settings{};
    std::string key{};
    std::string operation{};
    std::string request = "{}";
    std::vector<std::string> blobs{};
    std::string record{};
    std::string replay{};
    bool lines = false;
    bool inProcess = false;
};

int usage() {
    std::cerr << "motcua-plugin-call LIBRARY [--settings FILE] [--key KEY] [--blob FILE]... [--in-process] "
                 "OPERATION [REQUEST]\n"
                 "motcua-plugin-call LIBRARY [--settings FILE] --lines\n"
                 "motcua-plugin-call LIBRARY [--settings FILE] --replay FILE\n"
                 "--record FILE keeps what happens.\n"
                 "Example: motcua-plugin-call build/release/plugins/message-smtp/message-smtp.so --settings "
                 "smtp.json config.check/1\n";
    return 2;
}

std::optional<std::string> contentOf(const std::string& file) {
    std::ifstream stream{file, std::ios::binary};
    if (!stream) return std::nullopt;
    std::ostringstream text;
    text << stream.rdbuf();
    return std::move(text).str();
}

bool parse(int argc, char** argv, Options& options) {
    std::vector<std::string> words;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        const auto value = [&]() -> std::string { return i + 1 < argc ? argv[++i] : ""; };
        if (word == "--settings") {
            options.settings = value();
        } else if (word == "--key") {
            options.key = value();
        } else if (word == "--blob") {
            options.blobs.push_back(value());
        } else if (word == "--record") {
            options.record = value();
        } else if (word == "--replay") {
            options.replay = value();
            options.inProcess = true; // where the clock can be set back
        } else if (word == "--lines") {
            options.lines = true;
        } else if (word == "--in-process") {
            options.inProcess = true;
        } else if (word.rfind("--", 0) == 0) {
            return false;
        } else {
            words.push_back(word);
        }
    }
    if (words.empty() || words.size() > 3 ||
        (options.lines || !options.replay.empty()) != (words.size() == 1))
        return false;
    options.library = words[0];
    if (words.size() > 1) options.operation = words[1];
    if (words.size() > 2) options.request = words[2];
    return true;
}

class Desk {
public:
    Desk(Manifest manifest, const Options& options, const Json& settings)
        : config_(settings["config"]),
          secrets_(settings["secrets"]),
          recording_(secrets_),
          record_(options.record),
          clock_(options.replay.empty() ? nullptr : &replayed_),
          ports_(makePorts(!options.replay.empty())),
          supervisor_(std::move(manifest), std::filesystem::absolute(options.library).string(),
                      housing(options, settings), ports_, clock_) {}

    Supervisor& supervisor() { return supervisor_; }

    // What was recorded, once more; true where nothing differs.
    bool again(const Json& recorded) {
        Json line = recorded;
        line.remove("blobs");
        line.set("attachments", recorded["blobs"]);
        replayed_.set({recorded["at"].integer()});
        recording_.beginAgain(recorded);
        const auto differences = recording_.differences(call(line));
        std::cout << (differences.empty() ? "same    " : "DIFFERS ") << recorded["op"].string() << "\n";
        for (const std::string& one : differences)
            std::cout << "        " << one << "\n";
        return differences.empty();
    }

    Json callAndKeep(const Json& line) {
        if (record_.empty()) return call(line);
        recording_.begin();
        const std::int64_t at = clock_.now().ms;
        const Json answer = call(line);
        Json kept = line;
        sdk::Blobs blobs;
        for (const Json& file : line["blobs"].items())
            blobs.emplace_back(contentOf(file.string()).value_or(""));
        kept.set("blobs", recording_.kept(blobs));
        std::ofstream{record_, std::ios::app} << recording_.end(kept, answer, at).dump() << "\n";
        return answer;
    }

    Json call(const Json& line) {
        const std::string& op = line["op"].string();
        if (op == "status") return status();
        if (op == "off") return supervisor_.disable(), status();
        if (op == "on") return supervisor_.enable(), status();
        if (op == "again") return supervisor_.tryAgain(), status();
        if (op == "events") return events();
        CallRequest request;
        request.operation = op;
        request.profile = "default";
        request.json = line["request"].isNull() ? "{}" : line["request"].dump();
        request.idempotencyKey = line["key"].string();
        request.attempt = static_cast<int>(line["attempt"].integer(1));
        if (line.has("config")) request.trialConfig = line["config"];
        for (const Json& file : line["blobs"].items())
            request.blobs.emplace_back(contentOf(file.string()).value_or(""));
        for (const sdk::Blob& blob : Recording::blobsOf(line["attachments"]))
            request.blobs.push_back(blob);
        const Context context{Actor::system("plugin-call"),
                              Until::never(),
                              newTrace(),
                              line.has("locale") ? line["locale"].string() : "vi"};
        const auto reply = supervisor_.call(context, request);
        return reply ? answered(*reply) : failed(reply.error());
    }

private:
    static Housing housing(const Options& options, const Json& settings) {
        Housing made;
        // Beside this program, as it is built and installed.
        made.hostProgram =
            (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "motcua-plugin-host").string();
        made.isolation = options.inProcess ? Isolation::InProcess : Isolation::Process;
        for (const auto& [name, value] : settings["environment"].members())
            made.environment[name] = value.string();
        return made;
    }

    // The computer's, or where one is given its.
    class DeskClock final : public Clock {
    public:
        explicit DeskClock(const Clock* instead) : instead_(instead) {}
        Instant now() const override { return instead_ ? instead_->now() : system_.now(); }

    private:
        SystemClock system_;
        const Clock* instead_;
    };

    HostPorts makePorts(bool replay) {
        HostPorts ports;
        if (replay || !record_.empty())
            ports.around = [this, replay](std::string_view operation, std::string_view json,
                                          const sdk::Blobs& blobs, const Recording::Real& real) {
                return replay ? recording_.replay(operation, json, blobs, real)
                              : recording_.record(operation, json, blobs, real);
            };
        ports.profiles = [this](const std::string&) {
            return std::make_shared<const Profiles>(Profiles{{"default", config_}});
        };
        ports.secret = [this](const std::string&, const std::string&,
                              const std::string& name) -> Result<std::string> {
            if (!secrets_.has(name)) return notFound("plugin.no_secret");
            return secrets_[name].string();
        };
        ports.postEvent = [this](const std::string&, const std::string&, const std::string& kind,
                                 const std::string& key, const Json& data) -> Result<void> {
            const std::lock_guard lock{guard_};
            events_.add(Json::object().set("kind", kind).set("key", key).set("data", data));
            return {};
        };
        ports.kvGet = [this](const std::string&, const std::string& key) -> Result<KeyValue> {
            const std::lock_guard lock{guard_};
            return values_[key];
        };
        ports.kvPut = [this](const std::string&, const std::string& key, const KeyValue& put,
                             Instant) -> Result<std::int64_t> {
            const std::lock_guard lock{guard_};
            if (values_[key].version != put.version) return conflict("host.kv_conflict");
            values_[key] = {put.value, put.version + 1};
            return put.version + 1;
        };
        return ports;
    }

    Json events() {
        const std::lock_guard lock{guard_};
        return Json::object().set("ok", true).set("events", events_);
    }

    Json status() const {
        const PluginStatus now = supervisor_.status();
        Json operations = Json::array();
        for (const std::string& operation : now.operations)
            operations.add(operation);
        Json told = Json::object();
        told.set("ok", true).set("state", name(now.state)).set("reason", now.reason).set("pid", now.pid);
        return told.set("version", now.version).set("crashes", now.crashes).set("operations", operations);
    }

    static Json answered(const CallReply& reply) {
        Json told = Json::object();
        told.set("ok", true).set("reply", Json::parse(reply.json, {16u << 20, 32}).value());
        Json blobs = Json::array();
        for (const sdk::Blob& blob : reply.blobs)
            blobs.add(toBase64(blob.view()));
        if (!blobs.items().empty()) told.set("blobs", blobs);
        return told;
    }

    static Json failed(const Error& error) {
        Json told = Json::object();
        told.set("kind", motcua::name(error.kind)).set("code", error.code).set("detail", error.detail);
        told.set("mayRetry", mayRetry(error));
        return Json::object().set("ok", false).set("error", told);
    }

    const Json config_;
    const Json secrets_;
    std::mutex guard_;
    std::map<std::string, KeyValue> values_;
    Json events_ = Json::array();
    Recording recording_;
    const std::string record_;
    ManualClock replayed_{Instant{0}};
    DeskClock clock_;
    HostPorts ports_;
    Supervisor supervisor_; // last: it uses the others
};

int callOnce(Desk& desk, const Options& options) {
    const auto request = Json::parse(options.request, {16u << 20, 32});
    if (!request) return std::cerr << "REQUEST is not JSON\n", 2;
    Json blobs = Json::array();
    for (const std::string& file : options.blobs)
        blobs.add(file);
    const Json answer = desk.callAndKeep(Json::object()
                                             .set("op", options.operation)
                                             .set("request", *request)
                                             .set("key", options.key)
                                             .set("blobs", blobs));
    std::cout << answer.dump() << std::endl;
    return answer["ok"].boolean() ? 0 : 1;
}

int callLines(Desk& desk) {
    bool allOk = true;
    for (std::string line; std::getline(std::cin, line);) {
        const auto asked = Json::parse(line, {16u << 20, 32});
        if (!asked) return std::cerr << "not JSON: " << line << "\n", 2;
        const Json answer = desk.callAndKeep(*asked);
        std::cout << answer.dump() << std::endl;
        allOk = allOk && answer["ok"].boolean();
    }
    return allOk ? 0 : 1;
}

int replay(Desk& desk, const std::string& file) {
    std::ifstream lines{file};
    if (!lines) return std::cerr << file << " is not there\n", 2;
    int same = 0, all = 0;
    for (std::string line; std::getline(lines, line); ++all) {
        const auto recorded = Json::parse(line, {32u << 20, 64});
        if (!recorded) return std::cerr << file << ": line " << all + 1 << " is not JSON\n", 2;
        same += desk.again(*recorded) ? 1 : 0;
    }
    std::cout << same << " same, " << all - same << " differ\n";
    return same == all && all > 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    if (!parse(argc, argv, options)) return usage();
    log::setThreshold(log::Level::Warning);
    const auto settings = options.settings.empty() ? Result<Json>{Json::object()}
                                                   : Json::parse(contentOf(options.settings).value_or(""));
    if (!settings) return std::cerr << options.settings << " is not a JSON file\n", 2;
    auto manifest = Manifest::read(options.library);
    if (!manifest) return std::cerr << manifest.error().code << ": " << manifest.error().detail << "\n", 2;
    const auto config = manifest->config.check((*settings)["config"]);
    if (!config) return std::cerr << "config: " << config.error().detail << "\n", 2;
    Json complete = *settings;
    complete.set("config", *config);

    if (!options.record.empty()) ::umask(077); // what is recorded may be personal
    Desk desk{std::move(*manifest), options, complete};
    desk.supervisor().enable();
    if (!options.replay.empty()) return replay(desk, options.replay);
    return options.lines ? callLines(desk) : callOnce(desk, options);
}
