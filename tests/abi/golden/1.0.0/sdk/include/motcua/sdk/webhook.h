// Notifications from outside: structs, codecs and operations. Made by sdk/tools/generate.mjs from
// sdk/schema/webhook.json; do not edit.
#pragma once

#include "motcua/sdk/common.h"
#include "motcua/sdk/plugin.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace motcua::sdk {
inline namespace v1 {

// A request to one of the manifest's webhooks. The core has stored it already.
struct WebhookRequest {
    std::string webhook{}; // its name, as the manifest has it
    RawHttp request{};     // as it came
};

template <>
struct Codec<WebhookRequest> {
    static void write(Writer& w, const WebhookRequest& v) {
        w.field("webhook", v.webhook);
        w.field("request", v.request);
    }
    static void read(Reader& r, WebhookRequest& v) {
        r.required("webhook", v.webhook, {.length = 50});
        r.required("request", v.request);
    }
};

// What was told, in the words of a capability.
struct WebhookEvent {
    std::string kind{}; // one of the events of a capability: message.receipt
    std::string key{};  // unique for each event of the provider: a repetition has the same
    Json data{};        // as the capability defines it (may be absent)
};

template <>
struct Codec<WebhookEvent> {
    static void write(Writer& w, const WebhookEvent& v) {
        w.field("kind", v.kind);
        w.field("key", v.key);
        w.field("data", v.data);
    }
    static void read(Reader& r, WebhookEvent& v) {
        r.required("kind", v.kind, {.length = 100});
        r.required("key", v.key, {.length = 200});
        r.optional("data", v.data);
    }
};

// Where `authentic` is false nothing else of it may be used but `notAuthentic`.
struct WebhookNotice {
    bool authentic = false;             // proven to be the provider's and for us; a missing signature is an invalid one
    std::string reason{};               // why it is not, for the log; no personal data (may be absent)
    std::vector<WebhookEvent> events{}; // none: nothing that matters to us (may be absent)
    HttpAnswer accepted{};              // taken up now, or before
    HttpAnswer notAuthentic{};          // not believed
    HttpAnswer failed{};                // we could not take it up; the provider repeats
};

template <>
struct Codec<WebhookNotice> {
    static void write(Writer& w, const WebhookNotice& v) {
        w.field("authentic", v.authentic);
        w.field("reason", v.reason);
        w.field("events", v.events);
        w.field("accepted", v.accepted);
        w.field("notAuthentic", v.notAuthentic);
        w.field("failed", v.failed);
    }
    static void read(Reader& r, WebhookNotice& v) {
        r.required("authentic", v.authentic);
        r.optional("reason", v.reason, {.length = 200});
        r.optional("events", v.events, {.length = 500});
        r.required("accepted", v.accepted);
        r.required("notAuthentic", v.notAuthentic);
        r.required("failed", v.failed);
    }
};

// The operations.
namespace op {

// Verifies and translates a notification. No effect of its own: the same request has the same answer.
struct WebhookVerify {
    static constexpr const char* id = "webhook.verify/1";
    static constexpr std::int64_t timeoutMs = 5000;
    using Request = WebhookRequest;
    using Reply = WebhookNotice;
};

} // namespace op

// Derive from this to provide "webhook/1". Calls may overlap up to the manifest's limits.concurrency.
class WebhookReceiver : public virtual Plugin {
public:
    // Verifies and translates a notification. No effect of its own: the same request has the same answer.
    virtual Result<WebhookNotice> verify(const WebhookRequest&, const Call&) = 0;

protected:
    WebhookReceiver() {
        answers<op::WebhookVerify>([this](const auto& request, const Call& call) { return verify(request, call); });
    }
};

} // namespace v1
} // namespace motcua::sdk
