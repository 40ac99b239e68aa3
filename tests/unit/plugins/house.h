// A house for one plugin under test: its supervisor, ports that remember what was asked, and the built test
// plugins.
#pragma once

#include "base/clock.h"
#include "base/context.h"
#include "plugins/supervisor.h"

#include <map>
#include <mutex>
#include <string>

namespace plugintest {

using namespace motcua;
using namespace motcua::plugins;

inline std::string library(const std::string& name) {
    return std::string{MOTCUA_BUILD_DIR} + "/test-plugins/" + name + "/" + name + ".so";
}

// Quick to give up and to start again, so that tests need not wait.
inline SupervisorPolicy impatient() {
    SupervisorPolicy policy;
    policy.startPatience = Millis{20'000}; // a sanitized process starts slowly on a busy machine
    policy.hungGrace = Millis{100};
    policy.backOffFirst = Millis{1};
    policy.backOffMost = Millis{5};
    policy.breaker.leastCalls = 1000;
    return policy;
}

class House {
public:
    explicit House(const std::string& name, SupervisorPolicy policy = impatient(),
                   Isolation isolation = Isolation::Process)
        : ports(makePorts()),
          supervisor(Manifest::read(library(name)).value(), library(name),
                     {std::string{MOTCUA_BUILD_DIR} + "/motcua-plugin-host", isolation, "/", {}}, ports,
                     clock, policy) {}

    void start() {
        supervisor.enable();
        if (!supervisor.waitFor(PluginState::Running, Millis{20'000}))
            throw std::runtime_error("not running: " + supervisor.status().reason);
    }

    // Sends a message whose text says what the plugin shall do.
    Result<CallReply> send(const std::string& text, const std::string& subject = {},
                           const std::string& key = "k1") {
        Json message = Json::object();
        message.set("kind", "email")
            .set("text", text)
            .set("to", Json::array().add(Json::object().set("address", "a@b.vn")));
        if (!subject.empty()) message.set("subject", subject);
        CallRequest request;
        request.operation = "message.send/1";
        request.profile = "default";
        request.json = message.dump();
        request.idempotencyKey = key;
        return supervisor.call(context, request);
    }
    // What the plugin answered as the message's id.
    std::string said(const std::string& text, const std::string& subject = {},
                     const std::string& key = "k1") {
        const auto reply = send(text, subject, key);
        return reply ? Json::parse(reply->json)->operator[]("id").string() : "error " + reply.error().code;
    }

    HostPorts makePorts() {
        HostPorts made;
        made.profiles = [this](const std::string&) {
            const std::lock_guard lock{guard};
            return std::make_shared<const Profiles>(profiles);
        };
        made.secret = [this](const std::string&, const std::string& profile,
                             const std::string& name) -> Result<std::string> {
            const std::lock_guard lock{guard};
            const auto found = secrets.find(profile + "/" + name);
            if (found == secrets.end()) return notFound("plugin.no_secret");
            return found->second;
        };
        made.postEvent = [this](const std::string&, const std::string&, const std::string& kind,
                                const std::string& key, const Json&) -> Result<void> {
            const std::lock_guard lock{guard};
            ++events[kind + " " + key];
            return {};
        };
        made.kvGet = [this](const std::string&, const std::string& key) -> Result<KeyValue> {
            const std::lock_guard lock{guard};
            return kv[key];
        };
        made.kvPut = [this](const std::string&, const std::string& key, const KeyValue& put,
                            Instant) -> Result<std::int64_t> {
            const std::lock_guard lock{guard};
            if (kv[key].version != put.version) return conflict("host.kv_conflict");
            kv[key] = {put.value, put.version + 1};
            return put.version + 1;
        };
        return made;
    }

    std::mutex guard;
    Profiles profiles{{"default", Json::object().set("greeting", "xin chào").set("port", 1)}};
    std::map<std::string, std::string> secrets{{"default/token", "s3cr3t-t0ken"}};
    std::map<std::string, int> events;
    std::map<std::string, KeyValue> kv;
    SystemClock clock;
    Context context{Actor::system("test"), Until::never(), "0af7651916cd43dd8448eb211c80319c", "vi"};
    HostPorts ports;
    Supervisor supervisor;
};

} // namespace plugintest
