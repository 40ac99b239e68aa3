// Phone numbers as carriers want them, and the ids that follow from a message's key.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sms {

// Country code and number, digits alone: "84901234567" for +84 90 123 4567, 0901234567 and 0084901234567.
// Nothing where no mobile phone can have it; of other countries only what begins with "+" or "00".
std::optional<std::string> phoneOf(std::string_view text);

// The same for mobile phones of this country alone.
std::optional<std::string> vietnamesePhoneOf(std::string_view text);

// 32 hexadecimal digits that follow from `key` and tell nothing about it.
std::string digestOf(std::string_view key);

} // namespace sms
