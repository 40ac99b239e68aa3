#include "message-shared/delivery.h"

#include "message-shared/phone.h"

#include <algorithm>
#include <charconv>

namespace sms {

namespace {

using namespace motcua::sdk;

constexpr std::int64_t keptMs = std::int64_t{24} * 3600 * 1000;
constexpr std::int64_t shortestMs = 200; // less is not worth beginning with

// "Retry-After: 30", in milliseconds; 0 where there is none that can be read.
std::int64_t retryAfterOf(const HttpResponse& response) {
    const auto found = response.headers.find("retry-after");
    if (found == response.headers.end()) return 0;
    constexpr std::int64_t longestSeconds = 3600;
    std::int64_t seconds = 0;
    const std::string& text = found->second;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), seconds);
    return parsed.ec == std::errc{} ? std::clamp<std::int64_t>(seconds, 0, longestSeconds) * 1000 : 0;
}

} // namespace

std::string idOf(const Host& host, const Call& call) {
    return digestOf(call.idempotencyKey.empty() ? host.random(16) : call.profile + "|" + call.idempotencyKey);
}

std::string idOfRecipient(const std::string& id, std::size_t recipient, std::size_t recipients) {
    return recipients == 1 ? id : id + "-" + std::to_string(recipient);
}

Result<std::vector<std::string>> phonesOf(const Message& message) {
    std::vector<std::string> phones;
    for (const Recipient& one : message.to) {
        auto phone = vietnamesePhoneOf(one.address);
        if (!phone) return invalid("message.recipient_invalid", "no mobile phone of this country");
        phones.push_back(std::move(*phone));
    }
    if (phones.empty()) return invalid("message.recipient_invalid", "nobody to send to");
    return phones;
}

Result<SentMessage> deliver(const Host& host, const Call& call, const std::vector<std::string>& phones,
                            std::size_t parts, const SendOne& sendOne) {
    const std::string id = idOf(host, call);
    const std::string key = "sent/" + id;
    std::string fates(phones.size(), '-'); // '-' not sent, 's' sent, 'r' refused
    std::int64_t version = 0;
    if (!call.idempotencyKey.empty()) {
        MOTCUA_SDK_TRY(held, host.kvGet(call, key));
        version = held.version;
        if (held.value.size() == fates.size()) fates = held.value;
    }
    std::optional<Error> failure;
    for (std::size_t i = 0; i < phones.size() && !failure; ++i) {
        if (fates[i] != '-') continue;
        if (host.remainingMs(call) < shortestMs) {
            failure = timeout("host.deadline", "not everybody was reached in time");
            break;
        }
        const auto sent = sendOne(phones[i], idOfRecipient(id, i, phones.size()));
        if (sent) {
            fates[i] = 's';
        } else if (sent.error().code == "message.recipient_refused") {
            fates[i] = 'r';
        } else {
            failure = sent.error();
        }
    }
    if (!call.idempotencyKey.empty() && fates.find_first_not_of('-') != std::string::npos) {
        const auto kept = host.kvPut(call, {key, fates, version, host.nowMs() + keptMs});
        if (!kept)
            host.log(call, LogLevel::Warning, "message.progress_not_kept", {{"why", kept.error().code}});
    }
    if (failure) return *failure;
    SentMessage sent{id, 0, {}};
    for (std::size_t i = 0; i < phones.size(); ++i) {
        if (fates[i] == 'r') sent.refused.push_back({"+" + phones[i], ""});
        if (fates[i] == 's') sent.parts += static_cast<std::int64_t>(parts);
    }
    if (sent.refused.size() == phones.size()) return rejected("message.recipient_refused");
    return sent;
}

Result<HttpResponse> exchange(const Host& host, const Call& call, const HttpRequest& request, bool faults) {
    auto response = host.http(call, request);
    if (!response) {
        const Error& error = response.error();
        if (error.status != Status::Unavailable && error.status != Status::NotFound) return error;
        return unavailable("message.provider_down", error.code + " " + error.detail);
    }
    const std::int64_t status = response->status;
    if (status == 429 || status > 500 || (status == 500 && !faults))
        return unavailable("message.provider_down", "HTTP " + std::to_string(status),
                           retryAfterOf(*response));
    return response;
}

std::string masked(std::string_view words) {
    constexpr std::size_t longest = 150, digitsOfAPhone = 3; // groups of it, too
    std::string out;
    for (std::size_t i = 0; i < words.size() && out.size() < longest;) {
        const std::size_t end = std::min(words.find_first_not_of("0123456789", i), words.size());
        if (end - i >= digitsOfAPhone) {
            out += "(number)";
            i = end;
            continue;
        }
        const char c = words[i++];
        out += c >= ' ' && c <= '~' ? c : '?';
    }
    return out;
}

} // namespace sms
