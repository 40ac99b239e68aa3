// One SMTP session (RFC 5321) as a submission client: greeting, TLS, login, one message, goodbye.
#pragma once

#include "motcua/sdk/host.h"
#include "motcua/sdk/message.h"
#include "motcua/sdk/tls.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace smtp {

namespace sdk = motcua::sdk;

struct Server {
    std::string host{};
    std::uint16_t port = 587;
    std::string security = "starttls"; // "starttls", "tls", "none"
    std::string trust{};               // PEM
    std::string hello{};
    std::string user{}; // empty: no login
    std::string password{};
};

// Whether the name or address is this machine's own and nobody else's.
bool isThisMachine(const std::string& host);

class Session {
public:
    // Connected, secured as `server` demands and logged in. Errors: codes of the message capability and of
    // the host.
    static sdk::Result<Session> open(const sdk::Host& host, const sdk::Call& call, const Server& server);

    // Hands one message over; answers the recipients that were refused. Rejected where none is left.
    sdk::Result<std::vector<sdk::RefusedRecipient>>
    send(const std::string& from, const std::vector<sdk::Recipient>& to, const std::string& text);
    void quit();
    std::string protocol() const { return protocol_; } // "TLSv1.3", "" in the clear

private:
    struct Reply {
        int code = 0;
        std::vector<std::string> lines{}; // without the code
        // What may be logged: code and enhanced status. The words of a server repeat addresses.
        std::string brief() const;
    };

    explicit Session(std::unique_ptr<sdk::Stream> stream) : stream_(std::move(stream)) {}

    sdk::Result<Reply> read();
    sdk::Result<Reply> command(const std::string& line);
    sdk::Result<void> hello(const std::string& name);
    sdk::Result<void> startTls(const Server& server);
    sdk::Result<void> login(const std::string& user, const std::string& password);
    static sdk::Error refused(const Reply& reply, const char* code);

    std::unique_ptr<sdk::Stream> stream_;
    std::map<std::string, std::string> extensions_{}; // "SIZE" → "10485760"
    std::string protocol_{};
};

} // namespace smtp
