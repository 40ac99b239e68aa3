#include "system.h"

#include <algorithm>

namespace connector {

using namespace motcua::sdk;

namespace {

constexpr RestWords restWords{"sector.provider_down", "sector.login_refused", "sector.unexpected",
                              "sector.over_quota"};
bool isFieldSafe(const std::string& value) {
    return std::none_of(value.begin(), value.end(),
                        [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

Error badKeys(const Error& error) {
    return error.code == "template.wrong_value" ? invalid("sector.keys_invalid", error.detail) : error;
}

} // namespace

System::System(const Host& host) : host_(host), rest_(host, restWords) {}

std::string baseOf(const Call& call) {
    std::string url = call.config["url"].string();
    while (!url.empty() && url.back() == '/')
        url.pop_back();
    return url;
}

Result<RestPeer> System::peerOf(const Call& call) const {
    RestPeer peer;
    peer.trust = call.config["ca"].string();
    peer.certificate = call.config["certificate"].string();
    peer.bytes = static_cast<std::size_t>(call.config["answerKb"].integer(2048)) * 1024;
    if (!peer.certificate.empty()) {
        MOTCUA_SDK_TRY(key, host_.secret(call, "privateKey"));
        peer.key = std::move(key);
    }
    return peer;
}

Result<OAuthClient> System::clientOf(const Call& call) const {
    MOTCUA_SDK_TRY(secret, host_.secret(call, "clientSecret"));
    const Json& config = call.config;
    if (config["tokenUrl"].string().empty()) return invalid("plugin.misconfigured", "tokenUrl is empty");
    return OAuthClient{config["tokenUrl"].string(), config["clientId"].string(), secret,
                       config["scope"].string(), config["clientInBody"].boolean()};
}

// What the axis of the city and of other provinces takes for a partner's identity.
Result<std::string> System::lgspToken(const Call& call) const {
    MOTCUA_SDK_TRY(secret, host_.secret(call, "secretKey"));
    const Json& config = call.config;
    return toBase64(Json::object()
                        .set("AccessKey", config["accessKey"].string())
                        .set("SecretKey", secret)
                        .set("AppName", config["appName"].string())
                        .set("PartnerCode", config["partnerCode"].string())
                        .set("PartnerCodeCus", config["partnerCodeCus"].string())
                        .dump());
}

Result<void> System::identify(const Call& call, const RestPeer& peer, HttpRequest& request) const {
    const std::string auth = call.config["auth"].text("none");
    if (auth == "basic") {
        MOTCUA_SDK_TRY(password, host_.secret(call, "password"));
        request.headers["Authorization"] = "Basic " + toBase64(call.config["user"].string() + ":" + password);
    } else if (auth == "header") {
        MOTCUA_SDK_TRY(key, host_.secret(call, "apiKey"));
        request.headers[call.config["apiHeader"].text("X-Api-Key")] = key;
    } else if (auth == "lgsp") {
        MOTCUA_SDK_TRY(token, lgspToken(call));
        request.headers["Authorization"] = token;
    } else if (auth == "oauth" || auth == "lgsp-oauth") {
        MOTCUA_SDK_TRY(client, clientOf(call));
        MOTCUA_SDK_TRY(token, tokens_.token(call, rest_, peer, client));
        request.headers["Authorization"] = "Bearer " + token;
        if (auth == "lgsp-oauth") {
            MOTCUA_SDK_TRY(partner, lgspToken(call));
            request.headers["lgspaccesstoken"] = partner;
        }
    }
    return {};
}

// A token that is not taken any more is asked for anew, once.
Result<HttpResponse> System::send(const Call& call, RestPeer peer, const HttpRequest& request) const {
    HttpRequest sent = request;
    MOTCUA_SDK_CHECK(identify(call, peer, sent));
    auto answer = rest_.send(call, peer, sent);
    const bool byToken = call.config["auth"].string().find("oauth") != std::string::npos;
    if (answer || answer.error().code != restWords.login || !byToken) return answer;
    MOTCUA_SDK_TRY(client, clientOf(call));
    tokens_.forget(call, client);
    MOTCUA_SDK_CHECK(identify(call, peer, sent));
    return rest_.send(call, peer, sent);
}

Result<HttpRequest> System::made(const Call& call, const Request& request, const Source& source) const {
    HttpRequest sent;
    sent.method = request.method;
    auto path = fillPath(request.path, source);
    if (!path) return badKeys(path.error());
    sent.url = baseOf(call);
    if (!path->empty()) sent.url += (path->front() == '/' ? "" : "/") + *path;
    char separator = sent.url.find('?') == std::string::npos ? '?' : '&';
    for (const auto& [name, pattern] : request.query) {
        auto value = fill(Json{pattern}, source);
        if (!value) return badKeys(value.error());
        if (value->isNull()) continue;
        sent.url += separator + percentEncode(name) + "=" +
                    percentEncode(value->isString() ? value->string() : value->dump());
        separator = '&';
    }
    sent.headers["Accept"] = "application/json";
    for (const auto& [name, pattern] : request.headers) {
        auto value = fill(Json{pattern}, source);
        if (!value) return badKeys(value.error());
        const std::string text = value->isString() ? value->string() : value->isNull() ? "" : value->dump();
        if (!isFieldSafe(text)) return invalid("sector.keys_invalid", "header " + name);
        if (!text.empty()) sent.headers[name] = text;
    }
    if (!request.body.isNull()) {
        auto body = fill(request.body, source);
        if (!body) return badKeys(body.error());
        sent.headers["Content-Type"] = "application/json; charset=utf-8";
        sent.body = Blob{body->dump()};
    }
    return sent;
}

Result<Answered> System::ask(const Call& call, const Connector& connector, const Request& request,
                             const Source& source) const {
    MOTCUA_SDK_TRY(peer, peerOf(call));
    MOTCUA_SDK_TRY(sent, made(call, request, source));
    MOTCUA_SDK_TRY(http, send(call, peer, sent));
    const std::string_view body = http.body ? http.body->view() : "";
    return understood(connector.verdict, http.status, Json::parse(body), body.empty());
}

Result<HttpResponse> System::fetch(const Call& call, HttpRequest request) const {
    MOTCUA_SDK_TRY(peer, peerOf(call));
    peer.bytes = 16u << 20;
    request.headers.erase("Accept");
    MOTCUA_SDK_TRY(answer, send(call, peer, request));
    if (answer.status >= 300) return notFound("sector.unknown", "HTTP " + std::to_string(answer.status));
    return answer;
}

} // namespace connector
