// VNPay 2.1.0 as pure functions: field lists, hashing, times, the words of its codes. No network, no
// settings.
#pragma once

#include "motcua/sdk/payment.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vnpay {

using Fields = std::map<std::string, std::string>; // sorted by name, as the hash wants them

// application/x-www-form-urlencoded: space as "+", everything but letters, digits and "-_.*" as %XX, the way
// the provider hashes it.
std::string formEncode(std::string_view text);

// "a=1&b=2" from the sorted fields, names and values encoded; what is hashed and what stands in the URL.
std::string queryOf(const Fields& fields);

// The fields of a query, decoded. Nothing where an escape is broken or a name comes twice: two values for one
// name would let one be hashed and the other be read.
std::optional<Fields> parseQuery(std::string_view query);

// Lower-case hexadecimal HMAC-SHA512.
std::string sign(std::string_view secret, std::string_view text);

// Whether `hash` (upper or lower case) is that of `text`; in constant time; an empty one never is.
bool isSignedBy(std::string_view secret, std::string_view text, std::string_view hash);

// yyyyMMddHHmmss in GMT+7, and back.
std::string moment(std::int64_t ms);
// Whether its 14 digits can say it: until the end of the year 9999.
bool isMoment(std::int64_t ms);
std::optional<std::int64_t> parseMoment(std::string_view text);

// 32 hexadecimal digits that follow from an idempotency key, for vnp_RequestId.
std::string requestId(std::string_view key);

// The values of `names` joined by "|", absent ones empty: what is hashed at query and refund.
std::string joined(const Fields& fields, const std::vector<const char*>& names);
extern const std::vector<const char*> queryRequest, queryResponse, refundRequest, refundResponse;

// A transaction's state from vnp_ResponseCode and vnp_TransactionStatus of a payment.
// What an answer says of a refund; nothing where it is about the payment itself.
std::optional<motcua::sdk::RefundOutcome> refundOf(std::string_view transactionType,
                                                   std::string_view transactionStatus);

motcua::sdk::PaymentOutcome outcomeOf(std::string_view responseCode, std::string_view transactionStatus);
// Vietnamese words for a code, for officials; "" for an unknown one.
std::string wordsOf(std::string_view responseCode, std::string_view transactionStatus);

} // namespace vnpay
