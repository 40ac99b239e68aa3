#include "net/client.h"

#include "net/exchange.h"
#include "net/front.h"

#include <Poco/Exception.h>
#include <Poco/URI.h>

#include <algorithm>
#include <stdexcept>

namespace motcua::net {

namespace {

bool isName(std::string_view word) {
    return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_';
    });
}

bool isWellFormed(const ClientRequest& request) {
    const auto& fields = request.headers.fields();
    return isName(request.method) && std::all_of(fields.begin(), fields.end(), [](const auto& field) {
               return isName(field.first) &&
                      field.second.find_first_of(std::string_view{"\r\n\0", 3}) == std::string::npos;
           });
}

// The request for the place that `response` points at, or nothing where it points nowhere.
std::optional<ClientRequest> redirected(const ClientRequest& request, const ClientResponse& response) {
    const int status = response.status;
    const std::string* place = response.headers.find("Location");
    if (!place || (status != 301 && status != 302 && status != 303 && status != 307 && status != 308))
        return std::nullopt;
    ClientRequest next = request;
    try {
        next.url = Poco::URI{Poco::URI{request.url}, *place}.toString();
    } catch (const Poco::Exception&) {
        return std::nullopt;
    }
    --next.redirects;
    const bool keeps = status == 307 || status == 308 || request.method == "GET" || request.method == "HEAD";
    if (!keeps) {
        next.method = "GET";
        next.body.clear();
        next.headers.remove("Content-Type");
    }
    return next;
}

} // namespace

class HttpClient::Impl {
public:
    explicit Impl(ClientSettings settings)
        : settings_(std::move(settings)),
          tls_(TlsContext::client(settings_.caFile, settings_.certificateFile, settings_.keyFile)) {
        for (const auto& host : settings_.hosts) {
            const bool plain = host.starts_with("http://");
            const auto target = Target::parse(plain ? host : "https://" + host);
            if (!target || target->pathAndQuery != "/")
                throw std::runtime_error("\"" + host + "\" is no host for a client's list");
            listed_.push_back(*target);
        }
    }

    Result<ClientResponse> send(ClientRequest request) const {
        const std::int64_t until = steadyMs() + request.time.count();
        std::string lastAuthority;
        while (true) {
            const auto target = Target::parse(request.url);
            if (!target || !isWellFormed(request)) return invalid("http_client.bad_request");
            if (!isListed(*target))
                return Error{
                    ErrorKind::Denied, "http_client.host_not_listed", target->authority, {{"sent", "no"}}};
            if (!lastAuthority.empty() && lastAuthority != target->authority) { // another's secrets stay here
                request.headers.remove("Authorization");
                request.headers.remove("Cookie");
            }
            lastAuthority = target->authority;
            auto response = Exchange{settings_, tls_, until}.run(*target, request);
            if (!response) return response;
            response->url = request.url;
            auto next = request.redirects > 0 ? redirected(request, *response) : std::nullopt;
            if (!next) return response;
            request = std::move(*next);
        }
    }

private:
    bool isListed(const Target& target) const {
        return std::any_of(listed_.begin(), listed_.end(), [&](const Target& known) {
            return known.secure == target.secure && known.host == target.host && known.port == target.port;
        });
    }

    const ClientSettings settings_;
    const TlsContext tls_;
    std::vector<Target> listed_;
};

HttpClient::HttpClient(ClientSettings settings) : impl_(std::make_unique<Impl>(std::move(settings))) {}

HttpClient::~HttpClient() = default;

Result<ClientResponse> HttpClient::send(const ClientRequest& request) const {
    return impl_->send(request);
}

} // namespace motcua::net
