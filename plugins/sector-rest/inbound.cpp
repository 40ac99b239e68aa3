#include "inbound.h"

#include "motcua/sdk/rest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace connector {

using namespace motcua::sdk;

namespace {

std::string hex(const unsigned char* bytes, std::size_t count) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        (text += digits[bytes[i] >> 4]) += digits[bytes[i] & 15];
    return text;
}

std::string hmac(const std::string& secret, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
    return hex(digest.data(), size);
}

std::string digestOf(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
    return hex(digest.data(), 16);
}

std::string headerOf(const RawHttp& request, const std::string& name) {
    const auto found = request.headers.find(name);
    return found == request.headers.end() ? std::string{} : found->second;
}

// "/ChuyenHoSo" and, where the secret stands in the address, what follows its last slash.
struct Place {
    std::string path{};
    std::string last{};
};

Place placeOf(const std::string& path, bool secretInPath) {
    std::string clean = path;
    while (!clean.empty() && clean.back() == '/')
        clean.pop_back();
    if (!clean.empty() && clean.front() != '/') clean.insert(0, "/");
    if (!secretInPath) return {clean, ""};
    const std::size_t slash = clean.rfind('/');
    return slash == std::string::npos ? Place{} : Place{clean.substr(0, slash), clean.substr(slash + 1)};
}

// Why the message is not believed; "" where it is.
std::string doubt(const Host& host, const RawHttp& request, const std::string& last, const Call& call) {
    const auto secret = host.secret(call, "inboundSecret");
    if (!secret || secret->size() < 16) return "the profile has no secret for messages, or a short one";
    const std::string proof = call.config["inboundProof"].text("bearer");
    std::string given, right = *secret;
    if (proof == "path") {
        given = last;
    } else if (proof == "hmac") {
        given = headerOf(request, "x-signature");
        right = hmac(*secret, request.body ? request.body->view() : "");
    } else {
        given = headerOf(request, "authorization");
        right = "Bearer " + *secret;
    }
    if (given.empty()) return "no signature";
    return sameSecret(given, right) ? "" : "wrong signature";
}

HttpAnswer answerOf(const Json& json, std::int64_t status) {
    return {status, "application/json", json.isNull() ? "{}" : json.dump()};
}

std::string keyOf(const SectorProgress& progress, std::string_view body) {
    const std::string when = progress.at ? std::to_string(*progress.at) : "";
    return (progress.code + "/").substr(0, 101) + progress.stateCode.substr(0, 20) + "/" + when + "/" +
           digestOf(body);
}

} // namespace

Result<WebhookNotice> judge(const Host& host, const Connector& connector, const WebhookRequest& given,
                            const Call& call) {
    const RawHttp& request = given.request;
    const Place place = placeOf(request.path, call.config["inboundProof"].string() == "path");
    WebhookNotice notice;
    notice.accepted = answerOf(connector.accepted, 200);
    notice.notAuthentic = answerOf(connector.refused, 401);
    notice.failed = answerOf(connector.refused, 503);
    notice.reason = doubt(host, request, place.last, call);
    if (!notice.reason.empty()) return notice;
    notice.authentic = true;

    // What is the other side's and makes no sense changes nothing, and it is told so.
    const auto refused = [&](const char* why) {
        notice.reason = why;
        notice.accepted = answerOf(connector.refused, 400);
        return notice;
    };
    const auto found = connector.inbound.find(place.path);
    if (found == connector.inbound.end()) return refused("the connector knows no such message");
    const std::string_view body = request.body ? request.body->view() : "";
    const auto json = Json::parse(body);
    if (!json || !json->isObject()) return refused("the message is not JSON, or too deep");
    const auto progress = progressOf(connector, found->second, {*json, {}}, "");
    if (!progress) return refused("the message is not what the connector says");
    Blobs none;
    notice.events.push_back(
        {event::SectorProgress::kind, keyOf(*progress, body), Writer{none}.json(*progress)});
    return notice;
}

} // namespace connector
