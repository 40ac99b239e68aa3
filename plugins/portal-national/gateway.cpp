#include "gateway.h"

#include "records.h"

#include <algorithm>

namespace portal {

using namespace motcua::sdk;

namespace {

constexpr RestWords restWords{"national-portal.provider_down", "national-portal.login_refused",
                              "national-portal.unexpected", ""};

RestPeer peerOf(const Call& call) {
    return {call.config["ca"].string(), "", "", 16u << 20};
}

std::string baseOf(const Call& call) {
    std::string url = call.config["url"].string();
    while (!url.empty() && url.back() == '/')
        url.pop_back();
    return url;
}

bool isSuccess(const std::string& code) {
    return code == "0" || code == "00" || code == "200";
}

std::string cut(std::string text, std::size_t most) {
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80)
        --most;
    return text.substr(0, most);
}

// The portal says in words that a session has ended; its code for that is a setting.
bool saysSessionEnded(const Answer& answer, const Call& call) {
    if (answer.ok) return false;
    const std::string& code = call.config["sessionCode"].string();
    if (!code.empty() && answer.code == code) return true;
    std::string lower = answer.message;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return lower.find("session") != std::string::npos;
}

Error forbidden(const Error& error) {
    const bool service = error.code == restWords.login && error.detail == "HTTP 403";
    return service ? denied("national-portal.not_allowed", error.detail) : error;
}

// "DongBoHoSoMC=/SynsTTHCC/DongBoHoSoMC" a line; what is not listed lies below its own name.
std::string pathOf(const Call& call, const std::string& service) {
    std::string_view text = call.config["paths"].string();
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        while (!line.empty() && (line.back() == '\r' || line.back() == ' '))
            line.remove_suffix(1);
        const std::size_t equals = line.find('=');
        if (equals != std::string_view::npos && line.substr(0, equals) == service)
            return std::string{line.substr(equals + 1)};
    }
    return "/" + service;
}

} // namespace

Error refusal(const Answer& answer) {
    return rejected("national-portal.refused", cut(answer.code + ": " + answer.message, 500));
}

Gateway::Gateway(const Host& host) : host_(host), rest_(host, restWords) {}

Result<Json> Gateway::post(const Call& call, const std::string& url, const Json& body,
                           const std::map<std::string, std::string>& headers) const {
    HttpRequest request;
    request.method = "POST";
    request.url = url;
    request.headers = headers;
    request.headers["Content-Type"] = "application/json";
    request.headers["Accept"] = "application/json";
    request.body = Blob{body.dump()};
    auto answer = rest_.send(call, peerOf(call), std::move(request));
    if (!answer) return forbidden(answer.error());
    if (answer->status >= 300)
        return unavailable("national-portal.unexpected", "HTTP " + std::to_string(answer->status));
    return rest_.json(*answer);
}

// Both envelopes: error_code, message, result of the portal; StatusCode, Description, ResultObject of an
// axis.
Result<Answer> Gateway::answerOf(const Json& json) const {
    Answer answer;
    answer.code = word(json, "error_code");
    if (answer.code.empty()) answer.code = word(json, "StatusCode");
    if (answer.code.empty()) return unavailable("national-portal.unexpected", "an answer without a code");
    answer.ok = isSuccess(answer.code) && !field(json, "ThrowException").boolean();
    answer.message = word(json, "message");
    if (answer.message.empty()) answer.message = word(json, "Description");
    answer.result = field(json, "result");
    if (answer.result.isNull()) answer.result = field(json, "ResultObject");
    // An axis hands the portal's own envelope through.
    if (answer.ok && answer.result.isObject() && !word(answer.result, "error_code").empty())
        return answerOf(answer.result);
    return answer;
}

Result<Answer> Gateway::ask(const Call& call, const std::string& service, const Json& more, bool pull) {
    return call.config["route"].string() == "lgsp" ? byAxis(call, service, more)
                                                   : byAdapter(call, service, more, pull);
}

Result<std::string> Gateway::session(const Call& call, const std::string& stale) {
    const Json& config = call.config;
    MOTCUA_SDK_TRY(password, host_.secret(call, "password"));
    const std::string key =
        call.profile + '\n' + config["url"].string() + '\n' + config["username"].string() + '\n' + password;
    {
        const std::lock_guard lock{mutex_};
        const auto found = sessions_.find(key);
        if (found != sessions_.end() && found->second != stale) return found->second;
    }
    const Json body = Json::object().set("username", config["username"].string()).set("password", password);
    MOTCUA_SDK_TRY(json, post(call, baseOf(call) + config["loginPath"].string(), body,
                              {{"Charset", "utf-8"}, {"dstcode", config["dstcode"].string()}}));
    MOTCUA_SDK_TRY(answer, answerOf(json));
    if (!answer.ok)
        return denied("national-portal.login_refused", cut(answer.code + ": " + answer.message, 500));
    const std::string fresh = word(json, "session");
    if (fresh.empty() || fresh.size() > 4096)
        return unavailable("national-portal.unexpected", "a login without a session");
    const std::lock_guard lock{mutex_};
    if (sessions_.size() >= 1000) sessions_.clear();
    return sessions_[key] = fresh;
}

Result<Answer> Gateway::byAdapter(const Call& call, const std::string& service, const Json& more, bool pull) {
    const Json& config = call.config;
    std::string stale;
    for (int turn = 0;; ++turn) {
        MOTCUA_SDK_TRY(current, session(call, stale));
        Json body = Json::object();
        body.set("session", current).set("madonvi", config["agencyCode"].string()).set("service", service);
        for (const auto& [name, value] : more.members())
            body.set(name, value);
        MOTCUA_SDK_TRY(json,
                       post(call, baseOf(call) + config[pull ? "sharePath" : "integrationPath"].string(),
                            body, {{"Charset", "utf-8"}, {"dstcode", config["dstcode"].string()}}));
        MOTCUA_SDK_TRY(answer, answerOf(json));
        if (turn > 0 || !saysSessionEnded(answer, call)) return answer;
        stale = current;
    }
}

// What is handed in goes as a bare list, its conditions as the address's query; what is asked for as an
// object.
Result<Answer> Gateway::byAxis(const Call& call, const std::string& service, const Json& more) {
    const Json& config = call.config;
    std::string url = baseOf(call) + pathOf(call, service) +
                      "?MaDinhDanhDV=" + percentEncode(config["agencyCode"].string());
    Json body = more;
    if (more.has("data")) {
        body = more["data"];
        for (const auto& [name, value] : more.members())
            if (name != "data") url += "&" + percentEncode(name) + "=" + percentEncode(value.string());
    }
    MOTCUA_SDK_TRY(secretKey, host_.secret(call, "secretKey"));
    const std::string partner = toBase64(Json::object()
                                             .set("AccessKey", config["accessKey"].string())
                                             .set("SecretKey", secretKey)
                                             .set("AppName", config["appName"].string())
                                             .set("PartnerCode", config["partnerCode"].string())
                                             .set("PartnerCodeCus", config["partnerCodeCus"].string())
                                             .dump());
    if (config["tokenUrl"].string().empty()) {
        MOTCUA_SDK_TRY(json, post(call, url, body, {{"Authorization", partner}}));
        return answerOf(json);
    }
    MOTCUA_SDK_TRY(clientSecret, host_.secret(call, "clientSecret"));
    const OAuthClient client{config["tokenUrl"].string(), config["clientId"].string(), clientSecret, "",
                             true};
    for (int turn = 0;; ++turn) {
        MOTCUA_SDK_TRY(token, tokens_.token(call, rest_, peerOf(call), client));
        auto json =
            post(call, url, body, {{"Authorization", "Bearer " + token}, {"lgspaccesstoken", partner}});
        if (json) return answerOf(*json);
        if (json.error().code != restWords.login || turn > 0) return json.error();
        tokens_.forget(call, client);
    }
}

Result<void> Gateway::tryLogin(const Call& call) {
    if (call.config["route"].string() == "lgsp") {
        MOTCUA_SDK_TRY(answer, byAxis(call, "LayDanhMucLinhVuc", Json::object()));
        return answer.ok ? Result<void>{} : Result<void>{refusal(answer)};
    }
    MOTCUA_SDK_TRY(fresh, session(call, ""));
    return {};
}

// Whether the token is good, and was given to us: another site's token would let its keeper in as its
// citizen.
Result<void> Gateway::introspect(const Call& call, const std::string& accessToken) const {
    const Json& config = call.config;
    MOTCUA_SDK_TRY(secret, host_.secret(call, "ssoSecret"));
    const std::string& client = config["ssoClientId"].string();
    HttpRequest request;
    request.method = "POST";
    request.url = config["introspectUrl"].string();
    request.headers = {
        {"Content-Type", "application/x-www-form-urlencoded"},
        {"Accept", "application/json"},
        {"Authorization", "Basic " + toBase64(percentEncode(client) + ":" + percentEncode(secret))}};
    request.body = Blob{"token=" + percentEncode(accessToken) + "&state=0"};
    MOTCUA_SDK_TRY(answer, rest_.send(call, peerOf(call), std::move(request)));
    if (answer.status != 200)
        return unavailable("national-portal.unexpected", "HTTP " + std::to_string(answer.status));
    MOTCUA_SDK_TRY(json, rest_.json(answer));
    const bool good =
        json["active"].boolean(!json.has("active")) && json["exp"].integer() * 1000 > host_.nowMs();
    if (!good) return denied("national-portal.token_refused", "not active");
    if (client.empty() || json["client_id"].string() != client)
        return denied("national-portal.token_refused", "given to another client");
    return {};
}

Result<Json> Gateway::userinfo(const Call& call, const std::string& accessToken) const {
    if (accessToken.find_first_of("\r\n \t") != std::string::npos)
        return denied("national-portal.token_refused", "malformed");
    if (!call.config["introspectUrl"].string().empty()) MOTCUA_SDK_CHECK(introspect(call, accessToken));
    HttpRequest request;
    request.method = "POST";
    request.url = call.config["userinfoUrl"].string();
    request.headers = {{"Authorization", "Bearer " + accessToken}, {"Accept", "application/json"}};
    auto answer = rest_.send(call, peerOf(call), std::move(request));
    if (!answer && answer.error().code == restWords.login)
        return denied("national-portal.token_refused", answer.error().detail);
    if (!answer) return answer.error();
    if (answer->status == 400) return denied("national-portal.token_refused", "HTTP 400");
    if (answer->status != 200)
        return unavailable("national-portal.unexpected", "HTTP " + std::to_string(answer->status));
    return rest_.json(*answer);
}

} // namespace portal
