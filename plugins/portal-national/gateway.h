// The way to the portal: its adapter, with a session, or the city's integration axis (LGSP), with a partner's
// identity. One envelope out, one in.
#pragma once

#include "motcua/sdk/rest.h"

#include <map>
#include <mutex>
#include <string>

namespace portal {

using motcua::sdk::Call;
using motcua::sdk::Error;
using motcua::sdk::Host;
using motcua::sdk::Json;
using motcua::sdk::Result;

struct Answer {
    bool ok = false;
    std::string code{};    // the portal's own
    std::string message{}; // its words
    Json result{};
};

class Gateway {
public:
    explicit Gateway(const Host& host);

    // What the portal itself refuses is an Answer that is not ok; everything else that goes wrong is an
    // error. `pull` asks for what the portal shares, else something is handed in.
    Result<Answer> ask(const Call& call, const std::string& service, const Json& more, bool pull);

    // Claims of the account that the token is for, as the portal sent them.
    Result<Json> userinfo(const Call& call, const std::string& accessToken) const;

    // Tries to log in.
    Result<void> tryLogin(const Call& call);

private:
    Result<Json> post(const Call& call, const std::string& url, const Json& body,
                      const std::map<std::string, std::string>& headers) const;
    Result<Answer> byAdapter(const Call& call, const std::string& service, const Json& more, bool pull);
    Result<Answer> byAxis(const Call& call, const std::string& service, const Json& more);
    Result<Answer> answerOf(const Json& json) const;
    Result<std::string> session(const Call& call, const std::string& stale);
    Result<void> introspect(const Call& call, const std::string& accessToken) const;

    Host host_;
    motcua::sdk::Rest rest_;
    motcua::sdk::OAuthTokens tokens_{};
    std::mutex mutex_{};
    std::map<std::string, std::string> sessions_{}; // by profile and account
};

// "rejected" with the portal's code and words.
Error refusal(const Answer& answer);

} // namespace portal
