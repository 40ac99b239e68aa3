// JSON over HTTP with a provider: what each of its statuses means, answers bounded and read strictly, and a
// login by OAuth client credentials whose tokens are kept until they end.
#pragma once

#include "motcua/sdk/host.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace motcua::sdk {
inline namespace v1 {

// Everything but letters, digits and "-._~" as %XX (RFC 3986): for one segment of a path or one value.
inline std::string percentEncode(std::string_view text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                           std::string_view{"-._~"}.find(c) != std::string_view::npos;
        if (plain) {
            out += c;
        } else {
            ((out += '%') += digits[byte >> 4]) += digits[byte & 15];
        }
    }
    return out;
}

// Whether two secrets are the same, in a time that does not tell where they differ. Nothing is the same as
// "".
inline bool sameSecret(std::string_view given, std::string_view right) {
    unsigned different = given.size() == right.size() && !right.empty() ? 0 : 1;
    for (std::size_t i = 0; i < given.size() && !right.empty(); ++i)
        different |=
            static_cast<unsigned char>(given[i]) ^ static_cast<unsigned char>(right[i % right.size()]);
    return different == 0;
}

// "https://host:port" of an address, the port always said; "" where it is no address by HTTP.
inline std::string originOf(std::string_view url) {
    const std::size_t scheme = url.find("://");
    if (scheme == std::string_view::npos) return {};
    std::string origin{url.substr(0, url.find_first_of("/?#", scheme + 3))};
    std::transform(origin.begin(), origin.end(), origin.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    const bool tls = origin.rfind("https://", 0) == 0;
    if (!tls && origin.rfind("http://", 0) != 0) return {};
    if (origin.find('@') != std::string::npos || origin.size() == scheme + 3) return {};
    const std::size_t colon = origin.find_last_of(":]");
    if (origin[colon] == ']' || colon == scheme) origin += tls ? ":443" : ":80";
    return origin;
}

// The error codes of the capability that speaks.
struct RestWords {
    const char* down = "";       // the provider does not answer or asks to wait
    const char* login = "";      // it does not accept who we are
    const char* unexpected = ""; // what it answers is not what its description says
    const char* quota = "";      // too many questions; "": as down
};

// What all requests to one provider share: who it must prove to be, who we are, and how much it may say.
struct RestPeer {
    std::string trust{};       // PEM; "": the system's authorities
    std::string certificate{}; // PEM; "": we do not prove who we are by TLS
    std::string key{};         // PEM
    std::size_t bytes = 4u << 20;
};

class Rest {
public:
    Rest(const Host& host, RestWords words) : host_(host), words_(words) {}

    // An answer below 500 that is neither a redirect nor about login or waiting: those are errors already.
    Result<HttpResponse> send(const Call& call, const RestPeer& peer, HttpRequest request) const {
        request.trust = peer.trust;
        request.certificate = peer.certificate;
        request.key = peer.key;
        auto answer = host_.http(call, request);
        if (!answer) {
            const Error& error = answer.error();
            if (error.code == "host.too_large") return unavailable(words_.unexpected, error.code);
            if (error.status == Status::Unavailable)
                return unavailable(words_.down, error.code + " " + error.detail);
            return error;
        }
        const std::int64_t status = answer->status;
        const std::string words = "HTTP " + std::to_string(status);
        if (status == 401 || status == 403) return denied(words_.login, words);
        if (status == 429)
            return unavailable(*words_.quota ? words_.quota : words_.down, words, waitOf(*answer));
        if (status >= 500) return unavailable(words_.down, words, waitOf(*answer));
        if (status < 200 || (status >= 300 && status < 400))
            return unavailable(words_.unexpected, words + ": it sends us elsewhere, and we do not go");
        if (answer->body && answer->body->size() > peer.bytes)
            return unavailable(words_.unexpected,
                               "the answer is longer than " + std::to_string(peer.bytes) + " bytes");
        return answer;
    }

    // The body as JSON: strictly read, UTF-8, not deeper than 32, no name twice.
    Result<Json> json(const HttpResponse& answer) const {
        auto json = Json::parse(answer.body ? answer.body->view() : "");
        if (!json) return unavailable(words_.unexpected, "the answer is not JSON, or too deep");
        return std::move(*json);
    }

    const Host& host() const { return host_; }
    const RestWords& words() const { return words_; }

private:
    static std::int64_t waitOf(const HttpResponse& answer) { // seconds; dates are not understood
        const auto found = answer.headers.find("retry-after");
        if (found == answer.headers.end() || found->second.empty() || found->second.size() > 5) return 0;
        if (found->second.find_first_not_of("0123456789") != std::string::npos) return 0;
        return std::stoll(found->second) * 1000;
    }

    Host host_;
    RestWords words_;
};

// Where tokens come from: OAuth 2.0, client credentials (RFC 6749, 4.4).
struct OAuthClient {
    std::string url{};
    std::string id{};
    std::string secret{};
    std::string scope{};
    bool inBody = false; // id and secret as fields of the form; else as Basic authorization
};

// Tokens of several profiles. [thread-safe]
class OAuthTokens {
public:
    Result<std::string> token(const Call& call, const Rest& rest, const RestPeer& peer,
                              const OAuthClient& client) {
        const std::string key = keyOf(call, client);
        const std::int64_t now = rest.host().nowMs();
        {
            const std::lock_guard lock{mutex_};
            const auto found = held_.find(key);
            if (found != held_.end() && found->second.until > now) return found->second.token;
        }
        MOTCUA_SDK_TRY(fresh, fetch(call, rest, peer, client, now));
        const std::lock_guard lock{mutex_};
        if (held_.size() >= 1000) held_.clear();
        held_[key] = fresh;
        return fresh.token;
    }

    // After the provider did not take it.
    void forget(const Call& call, const OAuthClient& client) {
        const std::lock_guard lock{mutex_};
        held_.erase(keyOf(call, client));
    }

private:
    struct Held {
        std::string token{};
        std::int64_t until = 0; // ms UTC
    };

    static std::string keyOf(const Call& call, const OAuthClient& client) {
        return call.profile + '\n' + client.url + '\n' + client.id + '\n' + client.secret + '\n' +
               client.scope;
    }

    static Result<Held> fetch(const Call& call, const Rest& rest, const RestPeer& peer,
                              const OAuthClient& client, std::int64_t now) {
        HttpRequest request;
        request.method = "POST";
        request.url = client.url;
        request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                           {"Accept", "application/json"}};
        std::string form = "grant_type=client_credentials";
        if (!client.scope.empty()) form += "&scope=" + percentEncode(client.scope);
        if (client.inBody) {
            form +=
                "&client_id=" + percentEncode(client.id) + "&client_secret=" + percentEncode(client.secret);
        } else {
            request.headers["Authorization"] =
                "Basic " + toBase64(percentEncode(client.id) + ":" + percentEncode(client.secret));
        }
        request.body = Blob{std::move(form)};
        MOTCUA_SDK_TRY(answer, rest.send(call, peer, std::move(request)));
        if (answer.status != 200)
            return denied(rest.words().login,
                          "the token endpoint answers HTTP " + std::to_string(answer.status));
        MOTCUA_SDK_TRY(json, rest.json(answer));
        Held held{json["access_token"].string(), 0};
        const bool bearer = !json.has("token_type") || json["token_type"].string().size() == 6; // any case
        if (held.token.empty() || held.token.size() > 16384 || !bearer ||
            held.token.find_first_of("\r\n \t") != std::string::npos)
            return unavailable(rest.words().unexpected, "the token endpoint gives no bearer token");
        // A tenth before its end, so that none ends on its way; without a term it is good for this minute.
        const std::int64_t seconds = std::clamp<std::int64_t>(json["expires_in"].integer(60), 0, 86'400);
        held.until = now + seconds * 900;
        return held;
    }

    std::mutex mutex_{};
    std::map<std::string, Held> held_{};
};

} // namespace v1
} // namespace motcua::sdk
