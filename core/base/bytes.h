// Bytes and their written forms: randomness, hex, base64, digests.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace motcua {

// `count` bytes from OpenSSL's generator; throws std::runtime_error where it has none to give.
std::string randomBytes(std::size_t count);

int hexDigit(char c);                      // its value; -1 for what is none
std::string toHex(std::string_view bytes); // lower case
std::optional<std::string> fromHex(std::string_view hex);

std::string toBase64(std::string_view bytes);
std::optional<std::string> fromBase64(std::string_view text);
std::string toBase64Url(std::string_view bytes); // RFC 4648 section 5, without padding
std::optional<std::string> fromBase64Url(std::string_view text);

std::string sha256(std::string_view bytes);                           // 32 bytes
std::string hmacSha256(std::string_view key, std::string_view bytes); // 32 bytes
bool equalInConstantTime(std::string_view a, std::string_view b);

// A session token, CSRF secret or one-time link: 256 bits, base64url.
inline std::string randomToken() {
    return toBase64Url(randomBytes(32));
}

} // namespace motcua
