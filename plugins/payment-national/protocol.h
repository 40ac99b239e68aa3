// Message 1.0.6 of the national payment platform as pure functions: signed texts, times, amounts, the
// receipt's part of a bill. No network, no host.
#pragma once

#include "motcua/sdk/payment.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace national {

inline constexpr const char* version = "1.0.6";

// MaXacThuc: lower-case hexadecimal SHA-256 of the values joined by "|", the secret last.
std::string sealOf(const std::vector<std::string>& values, std::string_view secret);

// A field as it stands in a signed text: text itself, a whole number in digits, "" where it is absent.
// Nothing for any other type, and for a text with "|" in it: it could be cut in another way than it was
// signed.
std::optional<std::string> fieldOf(const motcua::sdk::Json& message, std::string_view name);

// "A|B|C" as names.
std::vector<std::string> namesOf(std::string_view order);

// Whether MaXacThuc of `message` (upper or lower case) is that of its fields in `order`; without one it never
// is. In constant time.
bool isSealed(const motcua::sdk::Json& message, std::string_view order, std::string_view secret);

// yyyyMMddHHmmss in GMT+7, and back.
std::string moment(std::int64_t ms);
std::optional<std::int64_t> parseMoment(std::string_view text);

// Whole đồng, digits only.
std::optional<std::int64_t> amountOf(std::string_view text);

// MaThamChieu: letters and digits of `reference` behind the prefix.
std::string referenceOf(std::string_view prefix, std::string_view reference);

// The fields of a query, decoded; null where an escape is broken or a name comes twice.
motcua::sdk::Json fieldsOf(std::string_view query);

// Without what could be taken for a border between fields, and control characters.
std::string plain(std::string text);

// The address lies at the place that was agreed: scheme, host and port are the same.
bool liesAt(std::string_view url, std::string_view agreed);

// ThongTinBienLai.
motcua::sdk::Json receiptPart(const motcua::sdk::CreatePayment& request, const motcua::sdk::Json& config);

} // namespace national
