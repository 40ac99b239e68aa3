// Access tokens of the service: fetched when needed, kept in this process only, fetched anew when the service
// has forgotten them.
#pragma once

#include "remote_service.h"

#include <map>
#include <mutex>
#include <string>

namespace csc {

namespace sdk = motcua::sdk;

class Login {
public:
    explicit Login(const sdk::Host& host) : host_(host) {}

    // Logs in with the credentials as they are now.
    sdk::Result<void> check(const sdk::Call& call);
    // Posts with a token; once more with a new one where the service answers 401.
    sdk::Result<remote::Answer> post(const sdk::Call& call, const std::string& user, const std::string& path,
                                     const sdk::Json& body);
    // Trades what the browser brought back for the token that lets one signing happen (its SAD).
    sdk::Result<std::string> redeem(const sdk::Call& call, const std::string& code,
                                    const std::string& verifier, const std::string& returnUrl) const;

private:
    struct Token {
        std::string value{};
        std::int64_t expiresAt = 0;
    };
    sdk::Result<std::string> token(const sdk::Call& call, const std::string& user, bool fresh);
    sdk::Result<remote::Answer> ask(const sdk::Call& call, const std::string& user) const;
    sdk::Result<remote::Answer> askBasic(const sdk::Call& call, const std::string& user) const;

    sdk::Host host_;
    std::mutex guard_;
    std::map<std::string, Token> tokens_; // by a digest of whom and where
};

} // namespace csc
