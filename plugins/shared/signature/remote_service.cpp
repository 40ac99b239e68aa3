#include "remote_service.h"

#include "public_key.h"

#include <algorithm>

namespace remote {

namespace {

constexpr std::size_t partBytes = 60'000; // of one value in the store
constexpr std::int64_t keptMs = 24LL * 3600 * 1000;

sdk::Error told(const sdk::Error& error) {
    if (error.status == sdk::Status::Unavailable)
        return sdk::unavailable("signature.provider_down", error.code, error.retryAfterMs);
    return {error.status, error.code, {}}; // the host's detail may hold an address with words of ours in it
}

sdk::Result<Answer> exchange(const sdk::Host& host, const sdk::Call& call, sdk::HttpRequest request) {
    request.headers.emplace("Accept", "application/json");
    request.trust = call.config["ca"].string();
    const auto response = host.http(call, request);
    if (!response) return told(response.error());
    if (response->status == 429 || response->status >= 500)
        return sdk::unavailable("signature.provider_down", "HTTP " + std::to_string(response->status));
    auto body = sdk::Json::parse(response->body ? response->body->view() : std::string_view{});
    if (response->status == 401 && !body) body = sdk::Json::object();
    if (!body || !body->isObject())
        return sdk::unavailable("signature.provider_down",
                                "HTTP " + std::to_string(response->status) + " without JSON");
    return Answer{response->status, std::move(*body)};
}

std::string formEncode(std::string_view text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                           std::string_view{"-_.~"}.find(c) != std::string_view::npos;
        if (plain) {
            out += c;
        } else {
            ((out += '%') += digits[byte >> 4]) += digits[byte & 15];
        }
    }
    return out;
}

sdk::SigningProgress progressOf(const sdk::Json& json) {
    sdk::SigningProgress progress;
    const std::string& state = json["state"].string();
    progress.state = state == "signed"    ? sdk::SigningState::Signed
                     : state == "refused" ? sdk::SigningState::Refused
                                          : sdk::SigningState::Expired;
    for (const sdk::Json& one : json["signatures"].items())
        progress.signatures.push_back({sdk::fromBase64(one.string()).value_or("")});
    return progress;
}

} // namespace

sdk::Result<Answer> post(const sdk::Host& host, const sdk::Call& call, const std::string& url,
                         const sdk::Json& body, std::map<std::string, std::string> headers) {
    headers.emplace("Content-Type", "application/json");
    return exchange(host, call, {"POST", url, std::move(headers), sdk::Blob{body.dump()}, {}, {}});
}

sdk::Result<Answer> postForm(const sdk::Host& host, const sdk::Call& call, const std::string& url,
                             const std::map<std::string, std::string>& fields) {
    std::string form;
    for (const auto& [name, value] : fields)
        form += (form.empty() ? "" : "&") + formEncode(name) + "=" + formEncode(value);
    return exchange(
        host, call,
        {"POST", url, {{"Content-Type", "application/x-www-form-urlencoded"}}, sdk::Blob{form}, {}, {}});
}

std::string wordOf(const std::string& text) {
    const bool word = !text.empty() && text.size() <= 40 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
               c == '-' || c == '.';
    });
    return word ? text : "other words";
}

std::string certificateId(const std::string& name, std::string_view certificate) {
    return name + "#" + hex(sha256(certificate));
}

std::optional<CertificateId> parseCertificateId(const std::string& id) {
    const std::size_t at = id.rfind('#');
    if (at == std::string::npos || at == 0 || id.size() - at != 65) return std::nullopt;
    return CertificateId{id.substr(0, at), id.substr(at + 1)};
}

bool bears(std::string_view certificate, const CertificateId& id) {
    return hex(sha256(certificate)) == id.fingerprint;
}

std::optional<std::string> looseBase64(std::string_view text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size();) {
        if (text.substr(at, 5) == "-----") { // a line of PEM
            const std::size_t end = text.find("-----", at + 5);
            if (end == std::string_view::npos) return std::nullopt;
            at = end + 5;
            continue;
        }
        if (std::string_view{" \r\n\t"}.find(text[at]) == std::string_view::npos) plain += text[at];
        ++at;
    }
    if (plain.empty()) return std::nullopt;
    return sdk::fromBase64(plain);
}

std::string digestOf(const sdk::SignRequest& request) {
    std::string all = request.certificate + '\n' + request.user + '\n' +
                      std::to_string(static_cast<int>(request.algorithm));
    for (const sdk::Bytes& digest : request.digests)
        (all += '\n') += sdk::toBase64(digest.raw);
    return hex(sha256(all));
}

sdk::Result<void> checkRequest(const sdk::SignRequest& request, std::int64_t batch) {
    const std::size_t length = digestLengthOf(request.algorithm);
    const bool right = std::all_of(request.digests.begin(), request.digests.end(),
                                   [&](const sdk::Bytes& digest) { return digest.raw.size() == length; });
    if (!right) return sdk::invalid("signature.digest_length");
    if (batch > 0 && request.digests.size() > static_cast<std::size_t>(batch))
        return sdk::invalid("plugin.malformed", "more digests than this certificate's batch");
    return {};
}

std::string Memory::keyOf(const sdk::Call& call, const std::string& name, std::size_t part) const {
    return hex(sha256(call.profile + '\n' + name)) + "." + std::to_string(part);
}

sdk::Result<std::string> Memory::find(const sdk::Call& call, const std::string& name) const {
    std::string text;
    for (std::size_t part = 0;; ++part) {
        MOTCUA_SDK_TRY(kept, host_.kvGet(call, keyOf(call, name, part)));
        if (kept.value.empty())
            return part == 0 ? std::string{} : text; // a part that is not last ends in '+'
        const bool last = kept.value.back() == '.';
        kept.value.pop_back();
        text += kept.value;
        if (last) return text;
    }
}

sdk::Result<void> Memory::write(const sdk::Call& call, const std::string& key, std::string_view text,
                                std::int64_t expiresAt) const {
    MOTCUA_SDK_TRY(kept, host_.kvGet(call, key));
    const auto put = host_.kvPut(call, {key, std::string{text}, kept.version, expiresAt});
    if (!put) return put.error();
    return {};
}

// The first part is written last: what was half written when the process ended does not count.
sdk::Result<void> Memory::keep(const sdk::Call& call, const std::string& name, const std::string& text,
                               std::int64_t expiresAt) const {
    const std::size_t parts = std::max<std::size_t>(1, (text.size() + partBytes - 1) / partBytes);
    for (std::size_t part = parts; part-- > 0;) {
        const std::string piece = text.substr(part * partBytes, partBytes) + (part + 1 == parts ? "." : "+");
        MOTCUA_SDK_CHECK(write(call, keyOf(call, name, part), piece, expiresAt));
    }
    return {};
}

sdk::Result<std::optional<sdk::SigningProgress>> Memory::ended(const sdk::Call& call,
                                                               const std::string& session) const {
    MOTCUA_SDK_TRY(text, find(call, "end " + session));
    const auto json = sdk::Json::parse(text);
    if (!json) return std::optional<sdk::SigningProgress>{};
    return std::optional{progressOf(*json)};
}

sdk::Result<sdk::SigningProgress> Memory::end(const sdk::Call& call, const std::string& session,
                                              sdk::SigningProgress progress) const {
    sdk::Json signatures = sdk::Json::array();
    for (const sdk::Bytes& one : progress.signatures)
        signatures.add(sdk::toBase64(one.raw));
    const char* state = progress.state == sdk::SigningState::Signed    ? "signed"
                        : progress.state == sdk::SigningState::Refused ? "refused"
                                                                       : "expired";
    const std::string text = sdk::Json::object().set("state", state).set("signatures", signatures).dump();
    MOTCUA_SDK_CHECK(keep(call, "end " + session, text, host_.nowMs() + keptMs));
    return progress;
}

} // namespace remote
