// What a bank says: signed notifications, statements, the times in them. Pure functions.
#pragma once

#include "motcua/sdk/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vietqr {

// Whether `signature` (hexadecimal) is the HMAC of `text`; an empty one, or an empty key, never is. In
// constant time.
bool isSigned(std::string_view algorithm, std::string_view key, std::string_view text,
              std::string_view signature);

// Whole đồng: 150000, "150000", "150.000", "150,000", "150000.00"; nothing for what is no whole amount.
std::optional<std::int64_t> amountIn(const motcua::sdk::Json& value);
std::optional<std::int64_t> amountOf(std::string_view text);

// "2020-07-13T10:15:30+07:00", "…Z", "20200713101530" and "13/07/2020 10:15:30" (both Vietnam's), as ms UTC.
std::optional<std::int64_t> timeOf(std::string_view text);

// Rows of a CSV file, the separator that of its first line (comma, semicolon or tab), quotes doubled inside
// quotes. Nothing where a quote is never closed or a byte is none of text.
std::optional<std::vector<std::vector<std::string>>> rowsOf(std::string_view file);

} // namespace vietqr
