// The two alphabets of short messages (3GPP TS 23.038): GSM-7 with its extension table, and UCS-2; and words
// without Vietnamese marks.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sms {

// "Hồ sơ đã xong" → "Ho so da xong"; typographic dashes, quotation marks and dots become plain ones.
std::string unmarked(std::string_view text);

// One octet a septet, the extension table as 1B xx. Nothing where a letter is in neither table.
std::optional<std::string> toGsm7(std::string_view text);
// What no table has becomes a space, as the standard says of what a receiver does not know.
std::string fromGsm7(std::string_view octets);

// UTF-16, big endian; letters past the first plane as two units.
std::string toUcs2(std::string_view text);
std::string fromUcs2(std::string_view bytes);

// A text as it travels: whole where it fits one message, else in parts that leave room for the header of a
// concatenated one. Neither an escape nor a pair of surrogates is cut.
struct Parts {
    bool ucs2 = false;
    std::vector<std::string> parts{};
};
Parts split(std::string_view text);

} // namespace sms
