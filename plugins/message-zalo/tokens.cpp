#include "tokens.h"

#include "message-shared/delivery.h"

#include "motcua/sdk/codec.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <charconv>
#include <chrono>
#include <memory>

namespace zalo {

namespace {

using namespace motcua::sdk;

constexpr std::int64_t earlyMs = 10 * 60 * 1000; // renewed this long before it ends
constexpr int nonceBytes = 12, tagBytes = 16;

struct Free {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

std::array<unsigned char, 32> digestOf(std::string_view text) {
    std::array<unsigned char, 32> digest{};
    EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
    return digest;
}

unsigned char* u(std::string& text, std::size_t at = 0) {
    return reinterpret_cast<unsigned char*>(text.data()) + at;
}

std::string formEncode(std::string_view text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           std::string_view{"-_.*"}.find(c) != std::string_view::npos;
        if (plain) {
            out += c;
        } else {
            ((out += '%') += digits[byte >> 4]) += digits[byte & 15];
        }
    }
    return out;
}

// "90000" or 90000.
std::int64_t secondsOf(const Json& value) {
    if (value.isInteger()) return value.integer();
    std::int64_t seconds = 0;
    const std::string& text = value.string();
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return seconds;
}

std::string keyOf(const Call& call) {
    return "token/" + call.profile;
}

} // namespace

std::string sha256Hex(std::string_view text) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (const unsigned char byte : digestOf(text))
        (out += digits[byte >> 4]) += digits[byte & 15];
    return out;
}

bool sameText(std::string_view one, std::string_view other) {
    return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

std::string seal(const Host& host, const std::string& secret, const std::string& text) {
    const auto key = digestOf("message-zalo tokens|" + secret);
    std::string sealed = host.random(nonceBytes);
    std::string body = text;
    std::string tag(tagBytes, '\0');
    const std::unique_ptr<EVP_CIPHER_CTX, Free> context{EVP_CIPHER_CTX_new()};
    int size = 0;
    EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), u(sealed));
    EVP_EncryptUpdate(context.get(), u(body), &size, u(body), static_cast<int>(body.size()));
    EVP_EncryptFinal_ex(context.get(), u(tag), &size);
    EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tagBytes, tag.data());
    return toBase64(sealed + body + tag);
}

std::string unseal(const std::string& secret, const std::string& sealed) {
    auto bytes = fromBase64(sealed);
    if (!bytes || bytes->size() < nonceBytes + tagBytes) return {};
    const auto key = digestOf("message-zalo tokens|" + secret);
    std::string body = bytes->substr(nonceBytes, bytes->size() - nonceBytes - tagBytes);
    std::string tag = bytes->substr(bytes->size() - tagBytes);
    const std::unique_ptr<EVP_CIPHER_CTX, Free> context{EVP_CIPHER_CTX_new()};
    int size = 0;
    unsigned char end[tagBytes];
    EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), u(*bytes));
    EVP_DecryptUpdate(context.get(), u(body), &size, u(body), static_cast<int>(body.size()));
    EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tagBytes, tag.data());
    return EVP_DecryptFinal_ex(context.get(), end, &size) == 1 ? body : std::string{};
}

Result<std::string> Tokens::access(const Call& call, const std::string& refused) {
    MOTCUA_SDK_TRY(appSecret, host_.secret(call, "appSecret"));
    MOTCUA_SDK_TRY(first, host_.secret(call, "refreshToken"));
    const std::unique_lock lock{guard_, std::chrono::milliseconds{host_.remainingMs(call)}};
    if (!lock.owns_lock()) return timeout("host.deadline", "another call renews the token");
    MOTCUA_SDK_TRY(held, load(call, appSecret, first));
    const bool good =
        !held.access.empty() && held.access != refused && held.expiresAt - earlyMs > host_.nowMs();
    if (good) return held.access;
    MOTCUA_SDK_TRY(renewed, refresh(call, appSecret, held));
    MOTCUA_SDK_CHECK(keep(call, appSecret, first, renewed));
    return renewed.access;
}

// What was kept, unless an administrator has entered another first token since.
Result<Tokens::Held> Tokens::load(const Call& call, const std::string& appSecret,
                                  const std::string& first) const {
    MOTCUA_SDK_TRY(stored, host_.kvGet(call, keyOf(call)));
    Held held;
    held.refresh = first;
    held.version = stored.version;
    const auto json = Json::parse(unseal(appSecret, stored.value));
    if (!json || (*json)["first"].string() != sha256Hex(first)) return held;
    held.access = (*json)["access"].string();
    held.refresh = (*json)["refresh"].string();
    held.expiresAt = (*json)["expiresAt"].integer();
    return held;
}

Result<void> Tokens::keep(const Call& call, const std::string& appSecret, const std::string& first,
                          const Held& held) const {
    Json json = Json::object();
    json.set("access", held.access).set("refresh", held.refresh).set("expiresAt", held.expiresAt);
    json.set("first", sha256Hex(first));
    const auto kept =
        host_.kvPut(call, {keyOf(call), seal(host_, appSecret, json.dump()), held.version, std::nullopt});
    if (kept) return {};
    // The old token is used up: whoever renews next must be given a new one by hand.
    host_.log(call, LogLevel::Error, "zalo.token_not_kept", {{"why", kept.error().code}});
    return kept.error();
}

Result<Tokens::Held> Tokens::refresh(const Call& call, const std::string& appSecret, const Held& held) const {
    const std::string form = "app_id=" + formEncode(call.config["appId"].string()) +
                             "&grant_type=refresh_token&refresh_token=" + formEncode(held.refresh);
    const HttpRequest request{
        "POST",
        call.config["oauthUrl"].string(),
        {{"Content-Type", "application/x-www-form-urlencoded"}, {"secret_key", appSecret}},
        Blob{form},
        {},
        call.config["ca"].string()};
    MOTCUA_SDK_TRY(response, sms::exchange(host_, call, request));
    const auto json = Json::parse(response.body ? response.body->view() : "");
    if (!json || !json->isObject())
        return unavailable("message.provider_down", "HTTP " + std::to_string(response.status) + ", no token");
    Held renewed{(*json)["access_token"].string(), (*json)["refresh_token"].string(), 0, held.version};
    if ((*json)["error"].integer() != 0)
        return denied("message.login_refused",
                      "the refresh token is not taken: " + std::to_string((*json)["error"].integer()));
    if (renewed.access.empty() || renewed.refresh.empty())
        return unavailable("message.provider_down", "an answer without tokens");
    renewed.expiresAt = host_.nowMs() + secondsOf((*json)["expires_in"]) * 1000;
    return renewed;
}

} // namespace zalo
