#include "protocol.h"

#include <motcua/sdk/times.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace vnpay {

namespace {

constexpr std::int64_t vietnamMs = 7 * 3600 * 1000;
constexpr std::string_view timePattern = "yyyyMMddHHmmss";

bool isPlain(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view{"-_.*"}.find(c) != std::string_view::npos;
}

std::string hex(const unsigned char* bytes, std::size_t count) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        (text += digits[bytes[i] >> 4]) += digits[bytes[i] & 15];
    return text;
}

std::optional<std::string> decode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        unsigned value = 0;
        const char* end = text.data() + std::min(i + 3, text.size());
        const auto read = std::from_chars(text.data() + i + 1, end, value, 16);
        if (i + 3 > text.size() || read.ec != std::errc{} || read.ptr != end) return std::nullopt;
        out += static_cast<char>(value);
        i += 2;
    }
    return out;
}

} // namespace

std::string formEncode(std::string_view text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (isPlain(c)) {
            out += c;
        } else if (c == ' ') {
            out += '+';
        } else {
            ((out += '%') += digits[byte >> 4]) += digits[byte & 15];
        }
    }
    return out;
}

std::string queryOf(const Fields& fields) {
    std::string query;
    for (const auto& [name, value] : fields) {
        if (value.empty()) continue;
        if (!query.empty()) query += '&';
        query += formEncode(name) + "=" + formEncode(value);
    }
    return query;
}

std::optional<Fields> parseQuery(std::string_view query) {
    Fields fields;
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        if (pair.empty()) continue;
        const std::size_t equals = std::min(pair.find('='), pair.size());
        const auto name = decode(pair.substr(0, equals));
        const auto value = decode(pair.substr(std::min(equals + 1, pair.size())));
        if (!name || !value || !fields.emplace(*name, *value).second) return std::nullopt;
    }
    return fields;
}

std::string sign(std::string_view secret, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    HMAC(EVP_sha512(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
    return hex(digest.data(), size);
}

bool isSignedBy(std::string_view secret, std::string_view text, std::string_view hash) {
    const std::string right = sign(secret, text);
    std::string lower{hash};
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
    return lower.size() == right.size() && CRYPTO_memcmp(lower.data(), right.data(), right.size()) == 0;
}

bool isMoment(std::int64_t ms) {
    return ms >= 0 && ms < 253'402'300'800'000 - vietnamMs;
}

std::string moment(std::int64_t ms) {
    return motcua::sdk::vietnamTime(ms, timePattern);
}

std::optional<std::int64_t> parseMoment(std::string_view text) {
    return motcua::sdk::parseVietnamTime(text, timePattern);
}

std::string requestId(std::string_view key) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(key.data(), key.size(), digest.data(), &size, EVP_sha256(), nullptr);
    return hex(digest.data(), 16);
}

std::string joined(const Fields& fields, const std::vector<const char*>& names) {
    std::string text;
    for (const char* name : names) {
        if (!text.empty() || name != names.front()) text += '|';
        const auto found = fields.find(std::string{"vnp_"} + name);
        if (found != fields.end()) text += found->second;
    }
    return text;
}

const std::vector<const char*> queryRequest{"RequestId",       "Version",    "Command", "TmnCode",  "TxnRef",
                                            "TransactionDate", "CreateDate", "IpAddr",  "OrderInfo"};
const std::vector<const char*> queryResponse{
    "ResponseId", "Command",       "ResponseCode",   "Message",       "TmnCode",         "TxnRef",
    "Amount",     "BankCode",      "PayDate",        "TransactionNo", "TransactionType", "TransactionStatus",
    "OrderInfo",  "PromotionCode", "PromotionAmount"};
const std::vector<const char*> refundRequest{
    "RequestId",     "Version",         "Command",  "TmnCode",    "TransactionType", "TxnRef",   "Amount",
    "TransactionNo", "TransactionDate", "CreateBy", "CreateDate", "IpAddr",          "OrderInfo"};
const std::vector<const char*> refundResponse{
    "ResponseId", "Command", "ResponseCode",  "Message",         "TmnCode",           "TxnRef",   "Amount",
    "BankCode",   "PayDate", "TransactionNo", "TransactionType", "TransactionStatus", "OrderInfo"};

// 05: being worked on, 06: sent to the bank, 09: refused; types 02 and 03 are refunds, whole and in part.
std::optional<motcua::sdk::RefundOutcome> refundOf(std::string_view transactionType,
                                                   std::string_view transactionStatus) {
    using motcua::sdk::RefundOutcome;
    if (transactionStatus == "09") return RefundOutcome::Refused;
    if (transactionStatus == "05" || transactionStatus == "06") return RefundOutcome::Accepted;
    const bool refund = transactionType == "02" || transactionType == "03";
    return refund && transactionStatus == "00" ? std::optional{RefundOutcome::Accepted} : std::nullopt;
}

motcua::sdk::PaymentOutcome outcomeOf(std::string_view responseCode, std::string_view transactionStatus) {
    using motcua::sdk::PaymentOutcome;
    if (responseCode == "07" || transactionStatus == "07") return PaymentOutcome::Suspicious;
    if (responseCode == "00" && transactionStatus == "00") return PaymentOutcome::Paid;
    if (transactionStatus == "04") return PaymentOutcome::Reversed;
    // Refund under way, sent to the bank, or refused: the payment itself took place.
    if (transactionStatus == "05" || transactionStatus == "06" || transactionStatus == "09")
        return PaymentOutcome::Paid;
    if (transactionStatus == "01") return PaymentOutcome::Pending;
    return PaymentOutcome::Failed;
}

std::string wordsOf(std::string_view responseCode, std::string_view transactionStatus) {
    static const std::map<std::string_view, const char*> responses{
        {"07", "Đã trừ tiền, giao dịch bị nghi ngờ"},
        {"09", "Thẻ hoặc tài khoản chưa đăng ký thanh toán trực tuyến"},
        {"10", "Xác thực thông tin thẻ sai quá 3 lần"},
        {"11", "Hết thời gian chờ thanh toán"},
        {"12", "Thẻ hoặc tài khoản bị khóa"},
        {"13", "Sai mật khẩu xác thực giao dịch"},
        {"24", "Người nộp hủy giao dịch"},
        {"51", "Tài khoản không đủ số dư"},
        {"65", "Vượt hạn mức giao dịch trong ngày"},
        {"75", "Ngân hàng đang bảo trì"},
        {"79", "Sai mật khẩu thanh toán quá số lần quy định"}};
    static const std::map<std::string_view, const char*> states{
        {"00", "Giao dịch thành công"},
        {"01", "Giao dịch chưa hoàn tất"},
        {"02", "Giao dịch bị lỗi"},
        {"04", "Giao dịch đảo: đã trừ tiền nhưng chưa thành công ở VNPay"},
        {"05", "Đang xử lý hoàn tiền"},
        {"06", "Đã gửi yêu cầu hoàn tiền sang ngân hàng"},
        {"07", "Giao dịch bị nghi ngờ gian lận"},
        {"09", "Yêu cầu hoàn tiền bị từ chối"}};
    const auto response = responses.find(responseCode);
    if (response != responses.end()) return response->second;
    const auto state = states.find(transactionStatus);
    return state == states.end() ? "" : state->second;
}

} // namespace vnpay
