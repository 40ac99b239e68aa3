#include "login.h"

#include "protocol.h"
#include "public_key.h"

#include <algorithm>

namespace csc {

namespace {

using sdk::Json;

constexpr std::int64_t hourMs = 3600'000;

std::string loginUrlOf(const sdk::Call& call, const char* otherwise) {
    const std::string given = call.config["loginUrl"].string();
    return given.empty() ? call.config["url"].string() + otherwise : given;
}

} // namespace

sdk::Result<remote::Answer> Login::askBasic(const sdk::Call& call, const std::string& user) const {
    MOTCUA_SDK_TRY(password, host_.secret(call, "password"));
    return remote::post(host_, call, loginUrlOf(call, "/auth/login"), Json::object().set("rememberMe", false),
                        {{"Authorization", "Basic " + sdk::toBase64(user + ":" + password)}});
}

sdk::Result<remote::Answer> Login::ask(const sdk::Call& call, const std::string& user) const {
    const std::string& kind = call.config["login"].string();
    if (kind == "basic") return askBasic(call, call.config["user"].string());
    MOTCUA_SDK_TRY(secret, host_.secret(call, "clientSecret"));
    const std::string& client = call.config["clientId"].string();
    if (kind == "mysign")
        return remote::post(host_, call, loginUrlOf(call, "/login"),
                            Json::object()
                                .set("client_id", client)
                                .set("client_secret", secret)
                                .set("user_id", user)
                                .set("profile_id", call.config["profileId"].string()));
    return remote::postForm(host_, call, loginUrlOf(call, "/oauth2/token"),
                            {{"grant_type", "client_credentials"},
                             {"scope", "service"},
                             {"client_id", client},
                             {"client_secret", secret}});
}

sdk::Result<std::string> Login::token(const sdk::Call& call, const std::string& user, bool fresh) {
    // Only MySign logs each user in.
    const std::string whose = call.config["login"].string() == "mysign" ? user : "";
    const std::string key = remote::sha256(call.profile + '\n' + call.config.dump() + '\n' + whose);
    {
        const std::lock_guard lock{guard_};
        const auto found = tokens_.find(key);
        if (found != tokens_.end() && !fresh && found->second.expiresAt > host_.nowMs())
            return found->second.value;
    }
    MOTCUA_SDK_TRY(answer, ask(call, user));
    const std::string value = answer.body["access_token"].string();
    if (answer.status != 200 || value.empty())
        return sdk::denied("signature.login_refused", "HTTP " + std::to_string(answer.status) + " " +
                                                          remote::wordOf(answer.body["error"].string()));
    const std::int64_t seconds = std::clamp<std::int64_t>(answer.body["expires_in"].integer(3600), 0, 86'400);
    const std::int64_t now = host_.nowMs();
    const std::lock_guard lock{guard_};
    std::erase_if(tokens_, [&](const auto& one) { return one.second.expiresAt < now; });
    // A minute early, as clocks differ.
    tokens_[key] = {value,
                    now + std::min(seconds * 1000, hourMs) - std::min<std::int64_t>(60'000, seconds * 100)};
    return value;
}

sdk::Result<void> Login::check(const sdk::Call& call) {
    MOTCUA_SDK_CHECK(token(call, call.config["user"].string(), true));
    return {};
}

sdk::Result<remote::Answer> Login::post(const sdk::Call& call, const std::string& user,
                                        const std::string& path, const Json& body) {
    const std::string whose = user.empty() ? call.config["user"].string() : user;
    for (const bool fresh : {false, true}) {
        MOTCUA_SDK_TRY(value, token(call, whose, fresh));
        MOTCUA_SDK_TRY(answer, remote::post(host_, call, call.config["url"].string() + path, body,
                                            {{"Authorization", "Bearer " + value}}));
        if (answer.status != 401) return answer;
    }
    return sdk::denied("signature.login_refused", "the service takes no token");
}

sdk::Result<std::string> Login::redeem(const sdk::Call& call, const std::string& code,
                                       const std::string& verifier, const std::string& returnUrl) const {
    MOTCUA_SDK_TRY(secret, host_.secret(call, "clientSecret"));
    const std::string& given = call.config["loginUrl"].string();
    const bool elsewhere = !given.empty() && call.config["login"].string() == "oauth";
    MOTCUA_SDK_TRY(answer, remote::postForm(host_, call,
                                            elsewhere ? given : call.config["url"].string() + "/oauth2/token",
                                            {{"grant_type", "authorization_code"},
                                             {"code", code},
                                             {"code_verifier", verifier},
                                             {"redirect_uri", returnUrl},
                                             {"client_id", call.config["clientId"].string()},
                                             {"client_secret", secret}}));
    const std::string value = answer.body["access_token"].string();
    if (answer.status == 200 && !value.empty()) return value;
    if (answer.body["error"].string() == "invalid_grant")
        return sdk::rejected("signature.expired", "the code of the browser is not good any more");
    return refusal(answer);
}

} // namespace csc
