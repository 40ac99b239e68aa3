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
#include <vector>

namespace motcua::plugins {

struct Endpoint {
    std::string host{}; // lower case, without brackets
    std::uint16_t port = 0;
    bool operator==(const Endpoint&) const = default;
};

// "https://host:port/path" or "host:port".
Result<Endpoint> endpointOf(const std::string& text);

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
