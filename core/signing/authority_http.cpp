#include "signing/authority_http.h"

#include "net/client.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace motcua::signing {

namespace {

Error unreachable(const std::string& why) {
    return unavailable("signing.authority_unreachable", why);
}

// "http://host:port" or "host:port" as the client's list has it; "" for no such address.
std::string hostOf(std::string_view url) {
    const bool plain = url.starts_with("http://");
    if (!plain && !url.starts_with("https://")) return {};
    const std::size_t from = plain ? 7 : 8;
    const std::string authority{url.substr(from, url.find_first_of("/?#", from) - from)};
    if (authority.empty() || authority.find('@') != std::string::npos) return {};
    return plain ? "http://" + authority : authority;
}

} // namespace

std::string authorityHost(std::string_view url) {
    std::string host = hostOf(url);
    if (host.starts_with("http://")) host.erase(0, 7);
    std::transform(host.begin(), host.end(), host.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return host;
}

Result<std::string> askAuthority(const AuthorityQuestion& question) {
    net::ClientSettings settings;
    settings.hosts = {hostOf(question.url)};
    settings.bodyBytes = question.mostBytes;
    settings.publicOnly = question.publicOnly;
    if (settings.hosts.front().empty()) return unreachable("no address of the web");
    net::ClientRequest request;
    request.url = question.url;
    request.time = question.time;
    if (!question.type.empty()) {
        request.method = "POST";
        request.headers.set("Content-Type", question.type);
        request.body = question.body;
    }
    try {
        const net::HttpClient client{settings};
        auto answer = client.send(request);
        if (!answer) return unreachable(answer.error().code + " " + answer.error().detail);
        net::ClientResponse& response = *answer;
        if (response.status != 200) return unreachable("status " + std::to_string(response.status));
        const std::string* type = response.headers.find("Content-Type");
        if (!question.replyType.empty() && (!type || !type->starts_with(question.replyType)))
            return unreachable("an answer of another kind");
        return std::move(response.body);
    } catch (const std::runtime_error& problem) {
        return unreachable(problem.what()); // an address that cannot be one
    }
}

Result<std::string> timestampFrom(const std::string& url, const std::string& digest,
                                  const TrustAnchors& anchors, Instant now) {
    AuthorityQuestion question;
    question.url = url;
    question.type = "application/timestamp-query";
    question.replyType = "application/timestamp-reply";
    question.body = timestampRequest(digest);
    const auto reply = askAuthority(question);
    if (!reply) return reply.error();
    return tokenFrom(*reply, question.body, digest, anchors, now);
}

} // namespace motcua::signing
