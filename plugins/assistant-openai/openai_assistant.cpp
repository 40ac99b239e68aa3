// A language model behind any endpoint that speaks OpenAI's chat completions. The words of an error may
// repeat those of a person: only its code is passed on.
#include "personal.h"

#include "motcua/sdk/assistant.h"

#include <algorithm>
#include <charconv>

using namespace motcua::sdk;

namespace {

constexpr std::size_t longestAnswer = 262'144, longestCode = 60, longestModel = 200;

bool isThisMachine(std::string_view url) {
    if (url.find('@') != std::string_view::npos) return false; // http://localhost:x@elsewhere
    for (const std::string_view place : {"http://localhost", "http://127.0.0.1", "http://[::1]"})
        if (url.starts_with(place) &&
            (url.size() == place.size() || url[place.size()] == ':' || url[place.size()] == '/'))
            return true;
    return false;
}

const char* roleOf(SpeakerRole role) {
    return role == SpeakerRole::System ? "system" : role == SpeakerRole::User ? "user" : "assistant";
}

// The code of an error, in letters that codes have.
std::string codeOf(const Json& body) {
    const Json& error = body["error"];
    std::string code = error["code"].isString() ? error["code"].string() : error["type"].string();
    const auto odd = [](char c) {
        return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '-');
    };
    if (code.size() > longestCode || std::any_of(code.begin(), code.end(), odd)) code.clear();
    return code;
}

std::int64_t retryAfter(const HttpResponse& response) {
    const auto found = response.headers.find("retry-after");
    std::int64_t seconds = 0;
    if (found != response.headers.end())
        std::from_chars(found->second.data(), found->second.data() + found->second.size(), seconds);
    return std::clamp<std::int64_t>(seconds, 0, 3600) * 1000;
}

Error errorFor(const HttpResponse& response, const Json& body, bool withSchema) {
    const std::string code = codeOf(body);
    const std::string detail = "HTTP " + std::to_string(response.status) + (code.empty() ? "" : " " + code);
    const std::string& message = body["error"]["message"].string();
    const auto says = [&](const char* words) { return message.find(words) != std::string::npos; };
    const std::int64_t status = response.status;
    if (status == 401 || status == 403) return denied("assistant.login_refused", detail);
    if (status == 413 || code == "context_length_exceeded" ||
        (status == 400 && (says("context length") || says("context size") || says("context window"))))
        return rejected("assistant.too_long", detail);
    if (status == 400 && withSchema && (says("response_format") || says("json_schema")))
        return invalid("assistant.schema_unsupported", detail);
    if (status == 408 || status == 425 || status == 429 || status >= 500 || status < 400)
        return unavailable("assistant.provider_down", detail, retryAfter(response));
    return rejected("assistant.refused", detail);
}

Error noAnswer(const char* why) {
    return unavailable("assistant.provider_down", why);
}

std::optional<std::int64_t> countOf(const Json& value) {
    return value.isInteger() && value.integer() >= 0 ? std::optional{value.integer()} : std::nullopt;
}

Result<AssistantAnswer> answerOf(const Json& body) {
    if (body["choices"].items().empty()) return noAnswer("the answer has no choice");
    const Json& choice = body["choices"].items().front();
    const Json& message = choice["message"];
    const std::string& finish = choice["finish_reason"].string();
    AssistantAnswer answer;
    if (finish == "content_filter" || !message["refusal"].string().empty()) {
        answer.stopped = StopReason::Filtered;
    } else if (finish == "stop" || finish == "length") {
        if (!message["content"].isString()) return noAnswer("the answer has no words");
        answer.stopped = finish == "stop" ? StopReason::Done : StopReason::Length;
    } else {
        return noAnswer("the answer does not say why it ended");
    }
    answer.text = message["content"].string();
    if (answer.text.size() > longestAnswer) return noAnswer("the answer is too long");
    answer.model = body["model"].string();
    if (answer.model.size() > longestModel) answer.model.clear();
    answer.tokensIn = countOf(body["usage"]["prompt_tokens"]);
    answer.tokensOut = countOf(body["usage"]["completion_tokens"]);
    return answer;
}

} // namespace

class OpenAiAssistant final : public Assistant {
public:
    explicit OpenAiAssistant(const Host& host) : host_(host) {}

    Result<AssistantAnswer> ask(const AskAssistant& request, const Call& call) override {
        MOTCUA_SDK_TRY(body, bodyOf(request, call));
        return exchange(body, !request.schema.isNull(), call);
    }

    // Says hello in very few tokens: it shows address, key and model in one.
    Result<CheckedConfig> checkConfig(const Call& call) override {
        CheckedConfig checked;
        AskAssistant hello;
        hello.messages.push_back({SpeakerRole::User, "Xin chào"});
        hello.maxTokens = 16;
        const auto answer = ask(hello, call);
        if (!answer) {
            const Error& error = answer.error();
            const char* field = error.code == "assistant.login_refused" ? "apiKey"
                                : error.code == "assistant.refused"     ? "model"
                                                                        : "url";
            checked.findings.push_back({field, error.code, error.detail});
        } else {
            checked.summary = answer->model.empty() ? call.config["model"].string() : answer->model;
        }
        return checked;
    }

private:
    Result<Json> bodyOf(const AskAssistant& request, const Call& call) const {
        const Json& config = call.config;
        const std::string& mode = config["schemaMode"].string();
        const bool withSchema = !request.schema.isNull();
        if (request.messages.empty()) return invalid("plugin.malformed", "nobody has said anything");
        if (withSchema && !request.schema.isObject())
            return invalid("plugin.malformed", "the schema is no object");
        if (withSchema && mode == "none")
            return invalid("assistant.schema_unsupported", "switched off in the settings");
        Json messages = Json::array();
        std::size_t length = 0;
        const auto say = [&](const char* role, std::string text) {
            length += text.size();
            messages.add(Json::object().set("role", role).set("content", std::move(text)));
        };
        if (withSchema && mode == "json_object")
            say("system",
                "Answer with one JSON object that follows this JSON Schema: " + request.schema.dump());
        for (const Utterance& one : request.messages)
            say(roleOf(one.role), config["mask"].boolean(true) ? assistant::masked(one.text) : one.text);
        if (length > static_cast<std::size_t>(config["mostCharacters"].integer(65'536)))
            return rejected("assistant.too_long", std::to_string(length) + " bytes");
        const std::int64_t most = config["maxTokens"].integer(1024);
        Json body = Json::object();
        body.set("model", config["model"].string()).set("messages", std::move(messages)).set("stream", false);
        body.set(config["tokensField"].text("max_tokens"), std::min(request.maxTokens.value_or(most), most));
        if (request.temperature) body.set("temperature", static_cast<double>(*request.temperature) / 100);
        if (withSchema) body.set("response_format", formatOf(mode, request.schema));
        return body;
    }

    static Json formatOf(const std::string& mode, const Json& schema) {
        Json format = Json::object().set("type", mode);
        if (mode == "json_schema")
            format.set("json_schema",
                       Json::object().set("name", "answer").set("schema", schema).set("strict", true));
        return format;
    }

    Result<AssistantAnswer> exchange(const Json& body, bool withSchema, const Call& call) const {
        std::string url = call.config["url"].string();
        if (!url.starts_with("https://") && !isThisMachine(url))
            return invalid("plugin.misconfigured", "without TLS to a server on this machine only");
        while (url.ends_with('/'))
            url.pop_back();
        HttpRequest request{
            "POST", url + "/chat/completions", {{"Content-Type", "application/json"}}, Blob{body.dump()},
            {},     call.config["ca"].string()};
        const auto key = host_.secret(call, "apiKey");
        if (key && !key->empty()) request.headers["Authorization"] = "Bearer " + *key;
        if (!key && key.error().code != "host.no_such_secret") return key.error();
        const auto response = host_.http(call, request);
        if (!response) {
            const Error& error = response.error();
            if (error.status != Status::Unavailable && error.status != Status::NotFound) return error;
            return unavailable("assistant.provider_down", error.code);
        }
        const auto json = Json::parse(response->body ? response->body->view() : "");
        if (response->status != 200) return errorFor(*response, json ? *json : Json{}, withSchema);
        if (!json) return noAnswer("the answer is not JSON");
        return answerOf(*json);
    }

    Host host_;
};

MOTCUA_PLUGIN(OpenAiAssistant)
