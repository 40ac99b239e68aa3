// Brand-name SMS by Viettel's BulkSMS service: one wsCpMt for each recipient.
#include "soap.h"

#include "message-shared/delivery.h"
#include "message-shared/letters.h"

#include <algorithm>

using namespace motcua::sdk;

namespace {

constexpr const char* space = "http://impl.bulkSms.ws/";

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
}

// The service has one number for every "no"; only its words say that it is about the login.
bool isAboutLogin(const std::string& words) {
    const std::string text = lower(words);
    const auto has = [&](const char* word) { return text.find(word) != std::string::npos; };
    return has("authen") || has("password") || has("login") || has("wrong user");
}

} // namespace

class Viettel final : public MessageChannel {
public:
    explicit Viettel(const Host& host) : host_(host) {}

    Result<SentMessage> send(const Message& message, const Call& call) override {
        if (message.kind != MessageKind::Sms) return invalid("message.unsupported", "short messages only");
        MOTCUA_SDK_TRY(phones, sms::phonesOf(message));
        if (message.text.empty()) return invalid("plugin.malformed", "nothing to send");
        const bool bare = message.withoutMarks || call.config["withoutMarks"].boolean();
        const std::string text = soap::storable(bare ? sms::unmarked(message.text) : message.text);
        const sms::Parts parts = sms::split(text);
        if (static_cast<std::int64_t>(parts.parts.size()) > call.config["maxParts"].integer(4))
            return rejected("message.too_large", std::to_string(parts.parts.size()) + " parts");
        const std::string type = call.config[parts.ucs2 ? "unicodeType" : "plainType"].string();
        MOTCUA_SDK_TRY(password, host_.secret(call, "password"));
        return sms::deliver(host_, call, phones, parts.parts.size(),
                            [&](const std::string& phone, const std::string& id) {
                                return sendOne(call, password, phone, id, text, type);
                            });
    }

    // Asks for the balance: that proves address, login and partner code, and costs nothing.
    Result<CheckedConfig> checkConfig(const Call& call) override {
        CheckedConfig checked;
        const auto password = host_.secret(call, "password");
        if (!password) {
            checked.findings.push_back({"password", password.error().code, password.error().detail});
            return checked;
        }
        auto answer = ask(call, "checkBalance",
                          {{"User", call.config["user"].string()},
                           {"Password", *password},
                           {"CPCode", call.config["cpCode"].string()}});
        if (!answer) {
            checked.findings.push_back({"url", answer.error().code, answer.error().detail});
        } else if (const std::string code = (*answer)["errCode"]; code != "0" && !code.empty()) {
            const std::string words = sms::masked((*answer)["errDesc"]);
            checked.findings.push_back(
                {isAboutLogin(words) ? "password" : "cpCode", "message.login_refused", code + " " + words});
        } else {
            checked.summary = call.config["cpCode"].string();
        }
        return checked;
    }

private:
    using Values = std::map<std::string, std::string>;

    Result<Values> ask(const Call& call, const std::string& operation,
                       const soap::Parameters& parameters) const {
        const HttpRequest request{"POST",
                                  call.config["url"].string(),
                                  {{"Content-Type", "text/xml; charset=utf-8"}, {"SOAPAction", "\"\""}},
                                  Blob{soap::envelope(space, operation, parameters)},
                                  {},
                                  call.config["ca"].string()};
        MOTCUA_SDK_TRY(response, sms::exchange(host_, call, request, true));
        const auto answer = soap::read(response.body ? response.body->view() : "", space, operation);
        const std::string status = "HTTP " + std::to_string(response.status);
        if (!answer) return unavailable("message.provider_down", status + ", no answer of this service");
        if (answer->fault == "Client") return rejected("message.refused", "soap fault Client");
        if (!answer->fault.empty() || response.status != 200)
            return unavailable("message.provider_down", status + " fault " + sms::masked(answer->fault));
        return answer->values;
    }

    Result<void> sendOne(const Call& call, const std::string& password, const std::string& phone,
                         const std::string& id, const std::string& text, const std::string& type) const {
        MOTCUA_SDK_TRY(answer, ask(call, "wsCpMt",
                                   {{"User", call.config["user"].string()},
                                    {"Password", password},
                                    {"CPCode", call.config["cpCode"].string()},
                                    {"RequestID", id},
                                    {"UserID", phone},
                                    {"ReceiverID", phone},
                                    {"ServiceID", call.config["sender"].string()},
                                    {"CommandCode", call.config["commandCode"].text("bulksms")},
                                    {"Content", text},
                                    {"ContentType", type}}));
        const std::string& result = answer["result"];
        if (result == "1") return {};
        if (result.empty() || result.find_first_not_of("-0123456789") != std::string::npos)
            return unavailable("message.provider_down", "an answer without a result");
        const std::string words = result + " " + sms::masked(answer["message"]);
        if (isAboutLogin(words)) return denied("message.login_refused", words);
        return rejected("message.refused", words);
    }

    Host host_;
};

MOTCUA_PLUGIN(Viettel)
