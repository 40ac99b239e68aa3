// HTTP requests to others: bounded in time and size, only to hosts that the caller listed, TLS always
// verified.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "net/message.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace motcua::net {

struct ClientSettings {
    // Whom this client may talk to: "api.example.vn" or "api.example.vn:8443" by TLS only;
    // "http://127.0.0.1:8080" without.
    std::vector<std::string> hosts;
    std::string caFile{};              // PEM; the system's store where it is ""
    std::string certificateFile{};     // PEM, with which this client proves who it is; "": it does not
    std::string keyFile{};             // PEM, the certificate's
    bool publicOnly = false;           // hosts whose address is of this machine or network are refused
    std::size_t bodyBytes = 8u << 20;  // of a response
    std::size_t headBytes = 64u << 10; // of a response
};

struct ClientRequest {
    std::string method = "GET";
    std::string url{};
    Headers headers{};
    std::string body{};
    Millis time{10'000}; // for the whole exchange, redirects included
    int redirects = 0;   // how many may be followed, each to a listed host only
};

struct ClientResponse {
    int status = 0;
    Headers headers{};
    std::string body{};
    std::string url{}; // that answered, after redirects
};

// Errors: Invalid "http_client.bad_request" (URL, method or fields), Denied "http_client.host_not_listed"
// and "http_client.not_public",
// Unavailable "http_client.unreachable" and "http_client.broken" (the answer is not whole or not HTTP),
// Rejected "http_client.untrusted" (certificate), Timeout "http_client.timeout", TooLarge
// "http_client.too_large". The parameter "sent" says "no" where the peer cannot have acted on the request.
class HttpClient { // [thread-safe]
public:
    explicit HttpClient(ClientSettings settings); // std::runtime_error where a file cannot be used
    ~HttpClient();

    Result<ClientResponse> send(const ClientRequest& request) const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace motcua::net
