// Where a plugin may connect to, and the connecting.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "plugins/manifest.h"
#include "plugins/wire.h"

#include "motcua/sdk/host_operations.h"
#include "motcua/sdk/socket.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::plugins {

struct Endpoint {
    std::string host{}; // lower case, without brackets; or "unix:/path" of a socket of this machine
    std::uint16_t port = 0;
    bool operator==(const Endpoint&) const = default;
};

// "https://host:port/path", "host:port" or "unix:/path".
Result<Endpoint> endpointOf(const std::string& text);

// "host:port" with the brackets of IPv6; "unix:/path" as it is.
std::string placeOf(std::string_view host, std::uint32_t port);

// Whether the manifest's network list, with ${field} filled from `config`, allows it.
bool mayReach(const Manifest& manifest, const Json& config, const Endpoint& endpoint);

// The same list as it stands for `config`: where the plugin's secrets can go.
std::vector<std::string> placesOf(const Manifest& manifest, const Json& config);

// NotFound "host.name_not_found", Unavailable "host.connect_failed", Timeout "host.deadline".
Result<Fd> connectTo(const Endpoint& endpoint, const sdk::Deadline& deadline);

// One HTTP exchange with `endpoint`, which is the request's. TLS is always verified, redirects are not
// followed.
sdk::Result<sdk::HttpResponse> exchange(const sdk::HttpRequest& request, const sdk::Deadline& deadline);

} // namespace motcua::plugins
