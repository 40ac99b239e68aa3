// The text of an e-mail: headers and parts as RFC 5322, 2045–2047 and 2231 want them.
#pragma once

#include "motcua/sdk/message.h"

#include <string>
#include <string_view>

namespace smtp {

struct Envelope {
    std::string from{};
    std::string fromName{};
    std::string messageId{}; // without angle brackets
    std::int64_t atMs = 0;
};

// CRLF line ends, lines of at most 78 bytes, 7-bit throughout unless an address is not.
std::string compose(const motcua::sdk::Message& message, const Envelope& envelope);

// "local@domain" without anything that could end a command or a header.
bool isAddress(std::string_view text);
bool isAscii(std::string_view text);

// RFC 2047 for a header that begins at `column`: "=?UTF-8?B?…?=" words, folded, never cutting a character;
// plain printable ASCII stays.
std::string encodeWords(std::string_view text, std::size_t column);

// "Mon, 13 Jul 2020 17:04:05 +0700"
std::string dateOf(std::int64_t ms);

} // namespace smtp
