// See axis.h.
#include "axis.h"

#include "motcua/sdk/times.h"

#include <algorithm>
#include <set>

namespace axis {

using namespace motcua::sdk;

namespace {

constexpr RestWords restWords{"sector.provider_down", "sector.login_refused", "sector.unexpected",
                              "sector.over_quota"};
constexpr std::size_t mostListed = 5000;
constexpr std::int64_t dayMs = 24LL * 3600 * 1000;
constexpr std::int64_t tokenMs = 25LL * 60 * 1000; // they are good for 30 minutes

std::string addressOf(const Call& call, const char* path) {
    std::string url = call.config["url"].string();
    while (!url.empty() && url.back() == '/')
        url.pop_back();
    return url + call.config[path].string();
}

std::string shortened(std::string text) {
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    std::size_t end = std::min<std::size_t>(text.size(), 300);
    while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
        --end;
    return text.substr(0, end);
}

bool isFieldSafe(const std::string& value) {
    return !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
        return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
    });
}

bool isId(const std::string& id) {
    return isFieldSafe(id) && id.size() <= 200;
}

std::string wordOf(const Json& json) {
    return json.isString() ? json.string() : json.isInteger() ? json.dump() : std::string{};
}

// "success": false, by the number that the axis gives with it.
Error refusalOf(const Json& answer) {
    const std::string code = wordOf(answer["data"]["errorCode"]);
    std::string words = answer["data"]["errorDesc"].string();
    if (words.empty()) words = answer["message"].string();
    const std::string detail = shortened(code.empty() ? words : code + " " + words);
    if (code == "15") return denied("sector.login_refused", detail); // SystemId or SecretKey
    return rejected("sector.refused", detail);
}

} // namespace

Axis::Axis(const Host& host) : host_(host), rest_(host, restWords) {}

Result<RestPeer> Axis::peerOf(const Call& call) const {
    RestPeer peer;
    peer.trust = call.config["ca"].string();
    peer.certificate = call.config["certificate"].string();
    peer.bytes = 16u << 20;
    if (!peer.certificate.empty()) {
        MOTCUA_SDK_TRY(key, host_.secret(call, "privateKey"));
        peer.key = std::move(key);
    }
    return peer;
}

// The login of those platforms that want one beside the system's own key.
Result<std::string> Axis::token(const Call& call, const RestPeer& peer, bool afresh) const {
    MOTCUA_SDK_TRY(password, host_.secret(call, "password"));
    const std::string user = call.config["user"].string();
    const std::string key =
        call.profile + '\n' + addressOf(call, "loginPath") + '\n' + user + '\n' + password;
    const std::int64_t now = host_.nowMs();
    if (!afresh) {
        const std::lock_guard lock{mutex_};
        const auto found = tokens_.find(key);
        if (found != tokens_.end() && found->second.until > now) return found->second.token;
    }
    HttpRequest request{"POST", addressOf(call, "loginPath"), {}, {}, {}, {}, {}, {}};
    request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
    request.body = Blob{Json::object()
                            .set("username", user)
                            .set("password", password)
                            .set("applicationCode", call.config["applicationCode"].string())
                            .set("otp", Json{})
                            .set("twoFactorProvider", Json{})
                            .set("typeObjs", Json::array().add(0).add(1))
                            .dump()};
    MOTCUA_SDK_TRY(answer, rest_.send(call, peer, std::move(request)));
    MOTCUA_SDK_TRY(json, rest_.json(answer));
    std::string token = json["data"]["token"].string();
    if (!isFieldSafe(token) || token.size() > 16384)
        return denied("sector.login_refused", "the login gives no token");
    const std::lock_guard lock{mutex_};
    if (tokens_.size() >= 1000) tokens_.clear();
    tokens_[key] = {token, now + tokenMs};
    return token;
}

// A token that is not taken any more is asked for anew, once.
Result<HttpResponse> Axis::exchange(const Call& call, const HttpRequest& request) const {
    MOTCUA_SDK_TRY(peer, peerOf(call));
    MOTCUA_SDK_TRY(secret, host_.secret(call, "secretKey"));
    HttpRequest sent = request;
    sent.headers["Accept"] = "application/json";
    sent.headers["X-SystemId"] = call.config["systemId"].string();
    sent.headers["X-SecretKey"] = secret;
    if (!isFieldSafe(sent.headers["X-SystemId"]) || !isFieldSafe(secret))
        return invalid("plugin.misconfigured", "systemId or secretKey is empty, or no line");
    if (call.config["login"].string() != "password") return rest_.send(call, peer, sent);
    MOTCUA_SDK_TRY(held, token(call, peer, false));
    sent.headers["Authorization"] = "Bearer " + held;
    auto answer = rest_.send(call, peer, sent);
    if (answer || answer.error().code != restWords.login) return answer;
    MOTCUA_SDK_TRY(fresh, token(call, peer, true));
    sent.headers["Authorization"] = "Bearer " + fresh;
    return rest_.send(call, peer, sent);
}

Result<Json> Axis::ask(const Call& call, const HttpRequest& request) const {
    MOTCUA_SDK_TRY(http, exchange(call, request));
    const auto json = Json::parse(http.body ? http.body->view() : "");
    if (!json || !json->isObject() || !json->has("success") || !(*json)["success"].isBool()) {
        if (http.status == 404) return notFound("sector.unknown", "HTTP 404");
        return unavailable("sector.unexpected",
                           "HTTP " + std::to_string(http.status) + ", no answer of an axis");
    }
    if (!(*json)["success"].boolean()) {
        if (http.status == 404) return notFound("sector.unknown", refusalOf(*json).detail);
        return refusalOf(*json);
    }
    if (http.status >= 300) return unavailable("sector.unexpected", "HTTP " + std::to_string(http.status));
    return *json;
}

Result<std::string> Axis::send(const Call& call, const char* kind, const std::string& message) const {
    std::string boundary = "motcua-";
    for (const char c : host_.random(16))
        boundary += static_cast<char>('a' + (static_cast<unsigned char>(c) & 15));
    const std::string part = "--" + boundary + "\r\nContent-Disposition: form-data; name=";
    HttpRequest request{"POST", addressOf(call, "sendPath"), {}, {}, {}, {}, {}, {}};
    request.headers["Content-Type"] = "multipart/form-data; boundary=" + boundary;
    request.body =
        Blob{part + "\"edocFile\"; filename=\"message.edxml\"\r\nContent-Type: application/xml\r\n\r\n" +
             message + "\r\n" + part + "\"messageType\"\r\n\r\n" + kind + "\r\n--" + boundary + "--\r\n"};
    MOTCUA_SDK_TRY(answer, ask(call, request));
    std::string id = answer["docId"].string();
    if (id.empty()) id = answer["data"]["docId"].string();
    if (!isId(id)) return unavailable("sector.unexpected", "the axis gives no docId");
    return id;
}

Result<std::vector<Listed>> Axis::list(const Call& call, const char* kind) const {
    const std::int64_t now = host_.nowMs();
    const auto day = [](std::int64_t ms) { return percentEncode(vietnamTime(ms, "yyyy/MM/dd")); };
    HttpRequest request{"GET", addressOf(call, "listPath"), {}, {}, {}, {}, {}, {}};
    request.url += std::string{"?messageType="} + kind +
                   "&fromDate=" + day(now - call.config["lookbackDays"].integer(30) * dayMs) +
                   "&toDate=" + day(now + dayMs);
    MOTCUA_SDK_TRY(answer, ask(call, request));
    const Json& data = answer["data"];
    if (!data.isArray() && !data.isNull()) return unavailable("sector.unexpected", "data is no list");
    std::vector<Listed> found;
    std::set<std::string> seen;
    for (const Json& item : data.items()) {
        Listed one{item["docId"].string(), item["from"].string(), item["status"].string(),
                   wordOf(item["createdTime"])};
        if (!isId(one.id)) return unavailable("sector.unexpected", "an item without a docId");
        if (item.has("messageType") && item["messageType"].string() != kind) continue;
        if (one.status == done || one.status == failed || !seen.insert(one.id).second) continue;
        if (found.size() == mostListed) break;
        found.push_back(std::move(one));
    }
    std::sort(found.begin(), found.end(), [](const Listed& a, const Listed& b) {
        return a.created != b.created ? a.created < b.created : a.id < b.id;
    });
    return found;
}

Result<std::string> Axis::get(const Call& call, const std::string& id) const {
    if (!isId(id)) return invalid("sector.keys_invalid", "id");
    HttpRequest request{"GET", addressOf(call, "getPath") + "?docId=" + percentEncode(id), {}, {}, {}, {}, {},
                        {}};
    MOTCUA_SDK_TRY(answer, ask(call, request));
    const Json& data = answer["data"];
    if (data["docId"].string() != id)
        return unavailable("sector.unexpected", "another message than was asked for");
    if (!data["edxml"].isString()) return unavailable("sector.unexpected", "edxml is no text");
    return data["edxml"].string();
}

Result<void> Axis::tell(const Call& call, const std::string& id, const char* status) const {
    HttpRequest request{"POST", addressOf(call, "statusPath"), {}, {}, {}, {}, {}, {}};
    request.headers["Content-Type"] = "application/json";
    request.body = Blob{Json::object().set("docId", id).set("status", status).dump()};
    auto answer = ask(call, request);
    return answer ? Result<void>{} : Result<void>{answer.error()};
}

} // namespace axis
