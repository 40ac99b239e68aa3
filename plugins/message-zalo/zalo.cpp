// Notices through a Zalo Official Account (ZNS): approved templates to phone numbers; receipts and what
// citizens write come by webhook.
#include "tokens.h"

#include "message-shared/delivery.h"

#include "motcua/sdk/message.h"
#include "motcua/sdk/webhook.h"

#include <algorithm>
#include <charconv>
#include <map>

using namespace motcua::sdk;

namespace {

constexpr std::int64_t invalidToken = -124;

enum class Meaning { Recipient, Later };

// Numbers that ask for another answer than "refused".
const std::map<std::int64_t, Meaning> meanings{{-108, Meaning::Recipient}, // no valid number
                                               {-114, Meaning::Recipient}, // inactive, or wants none of it
                                               {-118, Meaning::Recipient}, // no Zalo account
                                               {-119, Meaning::Recipient}, // cannot receive
                                               {-139, Meaning::Recipient}, // refuses this kind of notice
                                               {-140, Meaning::Recipient}, {-141, Meaning::Recipient},
                                               {-32, Meaning::Later},   // too many at a time
                                               {-100, Meaning::Later},  // unknown error
                                               {-133, Meaning::Later},  // not at night
                                               {-144, Meaning::Later},  // the day's quota
                                               {-147, Meaning::Later}}; // the template's quota of the day

std::optional<std::int64_t> numberOf(const Json& value) {
    if (value.isInteger()) return value.integer();
    std::int64_t number = 0;
    const std::string& text = value.string();
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size())
        return std::nullopt;
    return number;
}

template <typename E>
WebhookEvent eventOf(std::string key, const typename E::Data& data) {
    Blobs none;
    return {E::kind, std::move(key), Writer{none}.json(data)};
}

} // namespace

class Zalo final : public MessageChannel, public WebhookReceiver {
public:
    explicit Zalo(const Host& host) : host_(host), tokens_(host) {}

    Result<SentMessage> send(const Message& message, const Call& call) override {
        if (message.kind != MessageKind::App)
            return invalid("message.unsupported", "messages in the app only");
        MOTCUA_SDK_TRY(phones, sms::phonesOf(message));
        const bool general = message.templateId.empty();
        const std::string templateId = general ? call.config["templateId"].string() : message.templateId;
        if (templateId.empty()) return invalid("message.unsupported", "only by a template");
        Json data = Json::object();
        if (general) data.set(call.config["textParameter"].text("noi_dung"), message.text);
        for (const auto& [name, value] : message.parameters)
            if (!general) data.set(name, value);
        Json body = Json::object().set("template_id", templateId).set("template_data", data);
        return sms::deliver(host_, call, phones, 1, [&](const std::string& phone, const std::string& id) {
            return sendOne(call, Json{body}.set("phone", phone).set("tracking_id", id));
        });
    }

    // Asks for the quota: that proves app, tokens and addresses.
    Result<CheckedConfig> checkConfig(const Call& call) override {
        CheckedConfig checked;
        const auto reply = ask(call, "GET", "/message/quota", {});
        if (!reply) {
            const Error& error = reply.error();
            checked.findings.push_back({fieldOf(error.code), error.code, error.detail});
        } else if (const std::int64_t code = numberOf((*reply)["error"]).value_or(-1); code != 0) {
            checked.findings.push_back({"appId", "message.refused", std::to_string(code)});
        } else {
            checked.summary = "Zalo " + call.config["appId"].string();
        }
        return checked;
    }

    Result<WebhookNotice> verify(const WebhookRequest& request, const Call& call) override {
        if (request.webhook != "events") return notFound("webhook.unknown");
        WebhookNotice notice;
        notice.accepted = {200, "text/plain", "ok"};
        notice.notAuthentic = {403, "text/plain", "no"};
        notice.failed = {503, "text/plain", "later"};
        const std::string body{request.request.body ? request.request.body->view() : ""};
        const auto header = request.request.headers.find("x-zevent-signature");
        if (header == request.request.headers.end() || header->second.empty()) {
            notice.reason = "no signature";
            return notice;
        }
        MOTCUA_SDK_TRY(secret, host_.secret(call, "oaSecret"));
        const auto json = Json::parse(body);
        const std::string appId = call.config["appId"].string();
        if (!json || textOf((*json)["app_id"]) != appId) {
            notice.reason = "for another app";
            return notice;
        }
        std::string given = header->second;
        if (given.rfind("mac=", 0) == 0) given.erase(0, 4);
        std::transform(given.begin(), given.end(), given.begin(),
                       [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
        if (!zalo::sameText(given, zalo::sha256Hex(appId + body + textOf((*json)["timestamp"]) + secret))) {
            notice.reason = "wrong signature";
            return notice;
        }
        notice.authentic = true;
        translate(*json, notice);
        return notice;
    }

private:
    static std::string textOf(const Json& value) {
        return value.isString() ? value.string() : value.isInteger() ? value.dump() : std::string{};
    }

    static std::string fieldOf(const std::string& code) {
        if (code == "message.login_refused") return "refreshToken";
        if (code == "host.no_such_secret") return "appSecret";
        return "baseUrl";
    }

    static void translate(const Json& json, WebhookNotice& notice) {
        const Json& message = json["message"];
        const std::string id = textOf(message["msg_id"]);
        const std::string name = json["event_name"].string();
        constexpr std::size_t longestId = 200, longestText = 16'384;
        if (name == "user_received_message") {
            const std::string tracking = textOf(message["tracking_id"]);
            if (tracking.empty() || tracking.size() > longestId / 2) return; // not of ours
            DeliveryReceipt told;
            told.id = tracking.substr(0, tracking.find('-'));
            told.outcome = DeliveryOutcome::Delivered;
            told.at = numberOf(message["delivery_time"]);
            notice.events.push_back(eventOf<event::MessageReceipt>(tracking + " delivered", told));
        } else if (name == "user_send_text" && !id.empty() && id.size() <= longestId) {
            InboundMessage told;
            told.kind = MessageKind::App;
            told.id = id;
            told.from = textOf(json["sender"]["id"]);
            told.to = textOf(json["recipient"]["id"]);
            told.text = message["text"].string();
            told.at = numberOf(json["timestamp"]);
            if (told.from.empty() || told.text.empty() || told.text.size() > longestText) return;
            notice.events.push_back(eventOf<event::MessageReceived>(id, told));
        }
    }

    // A request with a good token; once more with a new one where the service does not take it.
    Result<Json> ask(const Call& call, const char* method, const char* path, const std::string& body) {
        std::string refused;
        for (int attempt = 0;; ++attempt) {
            MOTCUA_SDK_TRY(token, tokens_.access(call, refused));
            HttpRequest request{method,
                                call.config["baseUrl"].string() + path,
                                {{"access_token", token}},
                                {},
                                {},
                                call.config["ca"].string()};
            if (!body.empty()) {
                request.headers["Content-Type"] = "application/json";
                request.body = Blob{body};
            }
            MOTCUA_SDK_TRY(response, sms::exchange(host_, call, request));
            const auto json = Json::parse(response.body ? response.body->view() : "");
            const auto code = json ? numberOf((*json)["error"]) : std::nullopt;
            if (!code)
                return unavailable("message.provider_down",
                                   "HTTP " + std::to_string(response.status) + ", no answer of this service");
            if (*code != invalidToken) return *json;
            if (attempt > 0) return denied("message.login_refused", "a new token is not taken");
            refused = token;
        }
    }

    Result<void> sendOne(const Call& call, const Json& body) {
        MOTCUA_SDK_TRY(reply, ask(call, "POST", "/message/template", body.dump()));
        const std::int64_t code = *numberOf(reply["error"]);
        if (code == 0) {
            if (!textOf(reply["data"]["msg_id"]).empty()) return {};
            return unavailable("message.provider_down", "an answer without a message id");
        }
        const std::string words = std::to_string(code) + " " + sms::masked(reply["message"].string());
        const auto meaning = meanings.find(code);
        if (meaning == meanings.end()) return rejected("message.refused", words);
        constexpr std::int64_t laterMs = 60'000;
        if (meaning->second == Meaning::Later) return unavailable("message.provider_down", words, laterMs);
        return rejected("message.recipient_refused", words);
    }

    Host host_;
    zalo::Tokens tokens_;
};

MOTCUA_PLUGIN(Zalo)
