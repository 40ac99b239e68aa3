// Brand-name SMS by VNPT: a registered template and its parameters, one request for each recipient.
#include "message-shared/delivery.h"
#include "message-shared/letters.h"

#include <algorithm>
#include <charconv>

using namespace motcua::sdk;

namespace {

constexpr const char* operation = "send_sms_list";

// What stands for 1, 2, 3 in the template, without gaps. The whole text where the message names no template.
Result<std::vector<std::string>> parametersOf(const Message& message) {
    if (message.templateId.empty()) return std::vector<std::string>{message.text};
    std::vector<std::string> values(message.parameters.size());
    for (const auto& [name, value] : message.parameters) {
        std::size_t number = 0;
        const auto parsed = std::from_chars(name.data(), name.data() + name.size(), number);
        if (parsed.ec != std::errc{} || parsed.ptr != name.data() + name.size() || name.front() == '0' ||
            number < 1 || number > values.size())
            return invalid("plugin.malformed", "the parameters of a template are numbered from 1");
        values[number - 1] = value;
    }
    return values;
}

// ERROR is a text in the description that we have, and a number in what some servers send.
std::string codeOf(const Json& value) {
    return value.isString() ? value.string() : value.isInteger() ? value.dump() : "";
}

bool isAboutLogin(std::string words) {
    std::transform(words.begin(), words.end(), words.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    const auto has = [&](const char* word) { return words.find(word) != std::string::npos; };
    return has("authen") || has("password") || has("apiuser") || has("apipass") || has("login");
}

} // namespace

class Vnpt final : public MessageChannel {
public:
    explicit Vnpt(const Host& host) : host_(host) {}

    Result<SentMessage> send(const Message& message, const Call& call) override {
        if (message.kind != MessageKind::Sms) return invalid("message.unsupported", "short messages only");
        MOTCUA_SDK_TRY(phones, sms::phonesOf(message));
        MOTCUA_SDK_TRY(values, parametersOf(message));
        const bool bare = message.withoutMarks || call.config["withoutMarks"].boolean(true);
        if (bare)
            std::transform(values.begin(), values.end(), values.begin(),
                           [](const std::string& value) { return sms::unmarked(value); });
        // The template's own words are the provider's; the text is what the host made of them.
        const sms::Parts parts = sms::split(bare ? sms::unmarked(message.text) : message.text);
        if (parts.parts.empty()) return invalid("plugin.malformed", "nothing to send");
        if (static_cast<std::int64_t>(parts.parts.size()) > call.config["maxParts"].integer(4))
            return rejected("message.too_large", std::to_string(parts.parts.size()) + " parts");
        MOTCUA_SDK_TRY(password, host_.secret(call, "password"));
        Json request = requestOf(call.config, password, values);
        request.set("TEMPLATEID",
                    message.templateId.empty() ? call.config["templateId"].string() : message.templateId);
        request.set("DATACODING", call.config[parts.ucs2 ? "unicodeCoding" : "plainCoding"].string());
        return sms::deliver(host_, call, phones, parts.parts.size(),
                            [&](const std::string& phone, const std::string& id) {
                                return sendOne(call, Json{request}.set("REQID", id).set("MOBILELIST", phone));
                            });
    }

    // The service has nothing to ask that costs nothing: this proves the address and its certificate alone.
    Result<CheckedConfig> checkConfig(const Call& call) override {
        CheckedConfig checked;
        if (const auto password = host_.secret(call, "password"); !password)
            checked.findings.push_back({"password", password.error().code, password.error().detail});
        const HttpRequest request{"HEAD", call.config["url"].string(), {}, {},
                                  {},     call.config["ca"].string()};
        const auto answer = sms::exchange(host_, call, request, true);
        if (!answer)
            checked.findings.push_back({"url", answer.error().code, answer.error().detail});
        else
            checked.summary = "HTTP " + std::to_string(answer->status) + "; the login is proven by a message";
        return checked;
    }

private:
    static Json requestOf(const Json& config, const std::string& password,
                          const std::vector<std::string>& values) {
        Json parameters = Json::array();
        for (std::size_t i = 0; i < values.size(); ++i)
            parameters.add(Json::object().set("NUM", std::to_string(i + 1)).set("CONTENT", values[i]));
        return Json::object()
            .set("name", operation)
            .set("LABELID", config["labelId"].string())
            .set("CONTRACTTYPEID", config["contractTypeId"].string())
            .set("CONTRACTID", config["contractId"].string())
            .set("PARAMS", parameters)
            .set("SCHEDULETIME", "")
            .set("ISTELCOSUB", config["isTelcoSub"].text("0"))
            .set("AGENTID", config["agentId"].string())
            .set("APIUSER", config["apiUser"].string())
            .set("APIPASS", password)
            .set("USERNAME", config["userName"].string());
    }

    Result<void> sendOne(const Call& call, const Json& request) const {
        const HttpRequest post{"POST",
                               call.config["url"].string(),
                               {{"Content-Type", "application/json; charset=utf-8"}},
                               Blob{Json::object().set("RQST", request).dump()},
                               {},
                               call.config["ca"].string()};
        MOTCUA_SDK_TRY(response, sms::exchange(host_, call, post));
        const auto json = Json::parse(response.body ? response.body->view() : "");
        const Json reply = json ? (*json)["RPLY"] : Json{};
        const std::string code = codeOf(reply["ERROR"]);
        if (response.status != 200 || reply["name"].string() != operation || code.empty())
            return unavailable("message.provider_down",
                               "HTTP " + std::to_string(response.status) + ", no answer of this service");
        if (code == "0") return {};
        const std::string words = sms::masked(code + " " + reply["ERROR_DESC"].string());
        if (isAboutLogin(words)) return denied("message.login_refused", words);
        return rejected("message.refused", words);
    }

    Host host_;
};

MOTCUA_PLUGIN(Vnpt)
