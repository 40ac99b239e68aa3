// Zalo's OAuth tokens: an access token lives a day, a refresh token is good for one use. What was given last
// is kept in the host's store, sealed under the app's secret.
#pragma once

#include "motcua/sdk/host.h"

#include <mutex>
#include <string>
#include <string_view>

namespace zalo {

namespace sdk = motcua::sdk;

class Tokens {
public:
    explicit Tokens(const sdk::Host& host) : host_(host) {}

    // One that is good for a while; a new one where `refused` (the one that the service did not take) is what
    // we hold.
    sdk::Result<std::string> access(const sdk::Call& call, const std::string& refused = {});

private:
    struct Held {
        std::string access{}, refresh{};
        std::int64_t expiresAt = 0;
        std::int64_t version = 0;
    };
    sdk::Result<Held> load(const sdk::Call& call, const std::string& appSecret,
                           const std::string& first) const;
    sdk::Result<Held> refresh(const sdk::Call& call, const std::string& appSecret, const Held& held) const;
    sdk::Result<void> keep(const sdk::Call& call, const std::string& appSecret, const std::string& first,
                           const Held& held) const;

    const sdk::Host host_;
    std::timed_mutex guard_; // a refresh token must not be used twice
};

// AES-256-GCM under a key that follows from `secret`; nothing where it was not sealed so.
std::string seal(const sdk::Host& host, const std::string& secret, const std::string& text);
std::string unseal(const std::string& secret, const std::string& sealed);

std::string sha256Hex(std::string_view text);
bool sameText(std::string_view one, std::string_view other); // in constant time

} // namespace zalo
