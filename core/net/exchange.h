// One request and its answer over one connection, all of it before a deadline.
#pragma once

#include "base/result.h"
#include "net/body.h"
#include "net/client.h"
#include "net/tls.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace motcua::net {

struct Target {
    bool secure = true;
    std::string host; // lower case, IPv6 without brackets
    std::uint16_t port = 443;
    std::string authority; // as the Host field says it
    std::string pathAndQuery = "/";

    // http and https only; no user names, no control characters.
    static std::optional<Target> parse(const std::string& url);
};

class Exchange {
public:
    Exchange(const ClientSettings& settings, const TlsContext& tls, std::int64_t until)
        : settings_(settings), tls_(tls), until_(until) {}

    Result<ClientResponse> run(const Target& target, const ClientRequest& request);

private:
    Result<void> connect(const Target& target);
    Result<void> handshake();
    Result<void> write(const std::string& bytes);
    Result<void> readHead(ClientResponse& response);
    Result<void> readBody(ClientResponse& response, bool bodyFollows);
    Result<void> readSized(ClientResponse& response, std::uint64_t length);
    Result<void> readChunks(ClientResponse& response);
    Result<bool> more(); // false at the peer's end
    bool wait(short usual) const;
    Error failed(ErrorKind kind, const char* code, std::string detail = {}) const;
    Error late() const { return failed(ErrorKind::Timeout, "http_client.timeout"); }

    const ClientSettings& settings_;
    const TlsContext& tls_;
    std::int64_t until_;
    std::unique_ptr<Transport> transport_;
    std::string buffer_; // came and is not used up
    bool sent_ = false;
};

} // namespace motcua::net
