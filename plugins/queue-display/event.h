// An event for a board: JSON, signed as the Standard Webhooks say (webhook-id, webhook-timestamp,
// webhook-signature).
#pragma once

#include "motcua/sdk/host.h"

#include <cstdint>
#include <string>

namespace display {

namespace sdk = motcua::sdk;

// The bytes of "whsec_<base64>"; any other text is its own bytes. Invalid "plugin.misconfigured" where there
// are fewer than 16: such a key can be guessed.
sdk::Result<std::string> signingKey(const std::string& text);

std::string digestOf(const std::string& text); // SHA-256 as base64

// POST of {"type", "timestamp", "data"}.
sdk::HttpRequest event(const std::string& url, const std::string& id, const std::string& type,
                       const sdk::Json& data, std::int64_t nowMs, const std::string& key);

} // namespace display
