#include "recording.h"

#include "base/bytes.h"
#include "base/text.h"

#include <algorithm>
#include <cctype>

namespace motcua::plugins {

namespace {

constexpr Json::Limits generous{32u << 20, 64};

Json parsed(std::string_view text) {
    auto json = Json::parse(text, generous);
    return json ? std::move(*json) : Json{text};
}

std::string percent(const std::string& text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if (std::isalnum(code) || std::string_view{"-_.~"}.find(c) != std::string_view::npos) {
            out += c;
        } else {
            ((out += '%') += digits[code >> 4]) += digits[code & 15];
        }
    }
    return out;
}

bool holdsCredentials(std::string name) {
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    for (const char* word : {"auth", "cookie", "token", "key", "secret", "password"})
        if (name.find(word) != std::string::npos) return true;
    return false;
}

Json withoutCredentials(const Json& headers) {
    Json made = headers;
    for (const auto& [name, value] : headers.members())
        if (holdsCredentials(name)) made.set(name, "{{left out}}");
    return made;
}

} // namespace

Recording::Recording(const Json& secrets) : secrets_(secrets) {
    for (const auto& [name, value] : secrets.members()) {
        const std::string& text = value.string();
        if (text.empty()) continue;
        std::string lower = toHex(text), upper = lower;
        std::transform(upper.begin(), upper.end(), upper.begin(),
                       [](unsigned char c) { return std::toupper(c); });
        for (const std::string& form : {text, percent(text), toBase64(text), lower, upper})
            names_[form] = "{{" + name + "}}";
    }
}

std::string Recording::clean(std::string text) const {
    // The longest first: one secret may begin with another.
    std::vector<std::pair<std::string, std::string>> all{names_.begin(), names_.end()};
    std::sort(all.begin(), all.end(),
              [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
    for (const auto& [secret, name] : all)
        for (std::size_t at = 0; (at = text.find(secret, at)) != std::string::npos; at += name.size())
            text.replace(at, secret.size(), name);
    return text;
}

Json Recording::clean(const Json& value) const {
    if (value.isString()) return clean(value.string());
    if (value.isArray()) {
        Json made = Json::array();
        for (const Json& one : value.items())
            made.add(clean(one));
        return made;
    }
    if (!value.isObject()) return value;
    Json made = Json::object();
    for (const auto& [name, one] : value.members())
        made.set(name, name == "headers" ? withoutCredentials(clean(one)) : clean(one));
    return made;
}

Json Recording::cleanRequest(std::string_view operation, std::string_view json) const {
    Json request = parsed(json);
    if (operation == "secret.get/1") return request; // a name
    return clean(request);
}

Json Recording::kept(const sdk::Blobs& blobs) const {
    Json all = Json::array();
    for (const sdk::Blob& blob : blobs) {
        const std::string bytes = clean(std::string{blob.view()});
        all.add(text::isUtf8(bytes) ? Json::object().set("text", bytes)
                                    : Json::object().set("base64", toBase64(bytes)));
    }
    return all;
}

sdk::Blobs Recording::blobsOf(const Json& kept) {
    sdk::Blobs all;
    for (const Json& one : kept.items())
        all.emplace_back(one.has("text") ? one["text"].string()
                                         : fromBase64(one["base64"].string()).value_or(std::string{}));
    return all;
}

Outcome Recording::record(std::string_view operation, std::string_view json, const sdk::Blobs& blobs,
                          const Real& real) {
    Outcome outcome = real();
    Json asked = Json::object().set("op", operation).set("request", cleanRequest(operation, json));
    asked.set("blobs", kept(blobs)).set("status", static_cast<std::int64_t>(outcome.status));
    asked.set("reply", clean(parsed(outcome.json))).set("replyBlobs", kept(outcome.blobs));
    const std::lock_guard lock{guard_};
    host_.add(std::move(asked));
    return outcome;
}

void Recording::begin() {
    const std::lock_guard lock{guard_};
    host_ = Json::array();
}

Json Recording::end(const Json& line, const Json& answer, std::int64_t at) {
    const std::lock_guard lock{guard_};
    Json made = clean(line);
    return made.set("at", at).set("host", std::move(host_)).set("answer", clean(answer));
}

void Recording::beginAgain(const Json& recorded) {
    const std::lock_guard lock{guard_};
    recorded_ = recorded;
    used_.assign(recorded["host"].items().size(), false);
    differences_.clear();
}

Outcome Recording::replay(std::string_view operation, std::string_view json, const sdk::Blobs& blobs,
                          const Real&) {
    const Json request = cleanRequest(operation, json), bytes = kept(blobs);
    const std::lock_guard lock{guard_};
    const auto& host = recorded_["host"].items();
    std::size_t chosen = host.size();
    for (std::size_t i = host.size(); i-- > 0;)
        if (!used_[i] && host[i]["op"].string() == operation) chosen = i;
    for (std::size_t i = host.size(); i-- > 0;)
        if (!used_[i] && host[i]["op"].string() == operation && host[i]["request"] == request &&
            host[i]["blobs"] == bytes)
            chosen = i;
    if (chosen == host.size() || operation == "net.connect/1") {
        differences_.push_back("asks what was not recorded: " + std::string{operation} + " " +
                               request.dump());
        return failure(MOTCUA_UNAVAILABLE, "host.not_recorded", operation);
    }
    used_[chosen] = true;
    const Json& then = host[chosen];
    if (!(then["request"] == request) || !(then["blobs"] == bytes))
        differences_.push_back("asks " + std::string{operation} + " " + request.dump() + bytes.dump() +
                               ", then " + then["request"].dump() + then["blobs"].dump());
    Outcome outcome{static_cast<motcua_status>(then["status"].integer()),
                    then["reply"].dump(),
                    blobsOf(then["replyBlobs"]),
                    0,
                    {}};
    const Json& secret = secrets_[request["name"].string()];
    if (operation == "secret.get/1" && outcome.status == MOTCUA_OK && secret.isString())
        outcome.json = Json::object().set("value", secret).dump();
    return outcome;
}

std::vector<std::string> Recording::differences(const Json& answer) {
    const std::lock_guard lock{guard_};
    std::vector<std::string> all = differences_;
    for (std::size_t i = 0; i < used_.size(); ++i)
        if (!used_[i]) all.push_back("no longer asks " + recorded_["host"].at(i)["op"].string());
    const Json now = clean(answer);
    if (!(now == recorded_["answer"]))
        all.push_back("answers " + now.dump() + ", then " + recorded_["answer"].dump());
    return all;
}

} // namespace motcua::plugins
