#include "message-shared/phone.h"

#include <openssl/evp.h>

#include <array>

namespace sms {

namespace {

constexpr std::size_t leastDigits = 8, mostDigits = 15; // E.164

// Mobile numbers since 2018: 84, then 3, 5, 7, 8 or 9, then eight digits.
bool isMobile(std::string_view digits) {
    return digits.size() == 11 && digits.substr(0, 2) == "84" &&
           std::string_view{"35789"}.find(digits[2]) != std::string_view::npos;
}

} // namespace

std::optional<std::string> phoneOf(std::string_view text) {
    const bool plus = !text.empty() && text.front() == '+';
    std::string digits;
    for (const char c : text.substr(plus ? 1 : 0)) {
        if (c >= '0' && c <= '9') {
            digits += c;
        } else if (c != ' ' && c != '.' && c != '-') {
            return std::nullopt;
        }
    }
    const bool zeros = !plus && digits.rfind("00", 0) == 0;
    if (zeros) {
        digits.erase(0, 2);
    } else if (!plus && digits.rfind('0', 0) == 0) {
        digits.replace(0, 1, "84");
    }
    if (isMobile(digits)) return digits;
    const bool foreign = (plus || zeros) && digits.rfind("84", 0) != 0 && digits.rfind('0', 0) != 0;
    if (foreign && digits.size() >= leastDigits && digits.size() <= mostDigits) return digits;
    return std::nullopt;
}

std::optional<std::string> vietnamesePhoneOf(std::string_view text) {
    auto digits = phoneOf(text);
    if (digits && !isMobile(*digits)) return std::nullopt;
    return digits;
}

std::string digestOf(std::string_view key) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(key.data(), key.size(), digest.data(), &size, EVP_sha256(), nullptr);
    static constexpr char digits[] = "0123456789abcdef";
    std::string id;
    for (std::size_t i = 0; i < 16; ++i)
        (id += digits[digest[i] >> 4]) += digits[digest[i] & 15];
    return id;
}

} // namespace sms
