#include "event.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <ctime>

namespace display {

using namespace sdk;

namespace {

constexpr std::size_t leastKey = 16;

std::string moment(std::int64_t ms) {
    const std::time_t seconds = static_cast<std::time_t>(ms / 1000);
    std::tm parts{};
    if (!::gmtime_r(&seconds, &parts)) return {};
    char text[32];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

} // namespace

Result<std::string> signingKey(const std::string& text) {
    static constexpr std::string_view prefix = "whsec_";
    std::string key = text;
    if (text.starts_with(prefix)) key = fromBase64(std::string_view{text}.substr(prefix.size())).value_or("");
    if (key.size() < leastKey) return invalid("plugin.misconfigured", "signingKey: too short, or no base64");
    return key;
}

std::string digestOf(const std::string& text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
    return toBase64({reinterpret_cast<const char*>(digest.data()), size});
}

HttpRequest event(const std::string& url, const std::string& id, const std::string& type, const Json& data,
                  std::int64_t nowMs, const std::string& key) {
    const std::string body =
        Json::object().set("type", type).set("timestamp", moment(nowMs)).set("data", data).dump();
    const std::string seconds = std::to_string(nowMs / 1000);
    const std::string content = id + "." + seconds + "." + body;
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(content.data()), content.size(), mac.data(), &size);
    HttpRequest request;
    request.method = "POST";
    request.url = url;
    request.headers = {
        {"Content-Type", "application/json"},
        {"webhook-id", id},
        {"webhook-timestamp", seconds},
        {"webhook-signature", "v1," + toBase64({reinterpret_cast<const char*>(mac.data()), size})}};
    request.body = Blob{body};
    return request;
}

} // namespace display
