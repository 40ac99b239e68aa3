#include "bank_word.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace vietqr {

namespace {

constexpr std::int64_t vietnamMinutes = 7 * 60;
constexpr std::int64_t mostDong = 1'000'000'000'000'000;

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

// `count` digits of `text` from `from` on; -1 where they are none.
int part(std::string_view text, std::size_t from, std::size_t count) {
    if (from + count > text.size()) return -1;
    const std::string_view digits = text.substr(from, count);
    if (!std::all_of(digits.begin(), digits.end(), isDigit)) return -1;
    int value = -1;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

struct Moment {
    int year, month, day, hour, minute, second;
};

std::optional<std::int64_t> msOf(const Moment& moment, std::int64_t zoneMinutes) {
    std::tm parts{};
    parts.tm_year = moment.year - 1900;
    parts.tm_mon = moment.month - 1;
    parts.tm_mday = moment.day;
    parts.tm_hour = moment.hour;
    parts.tm_min = moment.minute;
    parts.tm_sec = moment.second;
    const std::tm wanted = parts;
    const std::time_t seconds = ::timegm(&parts);
    const bool exists = parts.tm_year == wanted.tm_year && parts.tm_mon == wanted.tm_mon &&
                        parts.tm_mday == wanted.tm_mday && parts.tm_hour == wanted.tm_hour &&
                        parts.tm_min == wanted.tm_min && parts.tm_sec == wanted.tm_sec;
    if (!exists || moment.year < 2000) return std::nullopt; // a part that is no number is -1
    return (std::int64_t{seconds} - zoneMinutes * 60) * 1000;
}

// "+07:00", "+0700", "Z"; a time of ISO 8601 without a zone is nobody's.
std::optional<std::int64_t> zoneOf(std::string_view text) {
    if (!text.empty() && text.front() == '.') {
        text.remove_prefix(1);
        while (!text.empty() && isDigit(text.front()))
            text.remove_prefix(1);
    }
    if (text == "Z") return 0;
    if (text.size() < 5 || (text.front() != '+' && text.front() != '-')) return std::nullopt;
    const int hours = part(text, 1, 2), minutes = part(text, text.size() - 2, 2);
    const bool formed = text.size() == 5 || (text.size() == 6 && text[3] == ':');
    if (!formed || hours < 0 || minutes < 0) return std::nullopt;
    const std::int64_t all = std::int64_t{hours} * 60 + minutes;
    return text.front() == '-' ? -all : all;
}

} // namespace

bool isSigned(std::string_view algorithm, std::string_view key, std::string_view text,
              std::string_view signature) {
    if (key.empty() || signature.empty()) return false;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    HMAC(algorithm == "hmac-sha512" ? EVP_sha512() : EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
    static constexpr char digits[] = "0123456789abcdef";
    std::string right;
    for (unsigned i = 0; i < size; ++i)
        (right += digits[digest[i] >> 4]) += digits[digest[i] & 15];
    std::string lower{signature};
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
    return lower.size() == right.size() && CRYPTO_memcmp(lower.data(), right.data(), right.size()) == 0;
}

std::optional<std::int64_t> amountOf(std::string_view text) {
    const bool negative = !text.empty() && text.front() == '-';
    if (negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
    // Hundredths that are none, then groups of three.
    if (text.size() > 3 && (text.ends_with(".00") || text.ends_with(",00"))) text.remove_suffix(3);
    std::string digits;
    std::size_t group = 0; // digits since the last separator
    bool grouped = false;
    for (const char c : text) {
        if (isDigit(c)) {
            digits += c;
            ++group;
            continue;
        }
        const bool begins = !grouped ? group >= 1 && group <= 3 : group == 3;
        if ((c != '.' && c != ',') || !begins) return std::nullopt;
        grouped = true;
        group = 0;
    }
    if (digits.empty() || digits.size() > 15 || (grouped && group != 3)) return std::nullopt;
    const std::int64_t amount = std::stoll(digits);
    return negative ? -amount : amount;
}

std::optional<std::int64_t> amountIn(const motcua::sdk::Json& value) {
    if (value.isString()) return amountOf(value.string());
    if (value.isInteger() && value.integer() > -mostDong && value.integer() < mostDong)
        return value.integer();
    return std::nullopt;
}

std::optional<std::int64_t> timeOf(std::string_view text) {
    if (text.size() == 14)
        return msOf({part(text, 0, 4), part(text, 4, 2), part(text, 6, 2), part(text, 8, 2),
                     part(text, 10, 2), part(text, 12, 2)},
                    vietnamMinutes);
    if (text.size() < 19) return std::nullopt;
    if (text[2] == '/' && text.size() == 19)
        return msOf({part(text, 6, 4), part(text, 3, 2), part(text, 0, 2), part(text, 11, 2),
                     part(text, 14, 2), part(text, 17, 2)},
                    vietnamMinutes);
    const auto zone = zoneOf(text.substr(19));
    if (!zone || text[4] != '-' || (text[10] != 'T' && text[10] != ' ')) return std::nullopt;
    return msOf({part(text, 0, 4), part(text, 5, 2), part(text, 8, 2), part(text, 11, 2), part(text, 14, 2),
                 part(text, 17, 2)},
                *zone);
}

std::optional<std::vector<std::vector<std::string>>> rowsOf(std::string_view file) {
    if (file.starts_with("\xEF\xBB\xBF")) file.remove_prefix(3);
    const std::string_view head = file.substr(0, file.find('\n'));
    const char separator = head.find('\t') != std::string_view::npos  ? '\t'
                           : head.find(';') != std::string_view::npos ? ';'
                                                                      : ',';
    std::vector<std::vector<std::string>> rows;
    std::vector<std::string> row(1);
    bool quoted = false;
    for (std::size_t i = 0; i < file.size(); ++i) {
        const char c = file[i];
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 && c != '\t' && c != '\r' && c != '\n') return std::nullopt;
        if (c == '"' && quoted && i + 1 < file.size() && file[i + 1] == '"') {
            row.back() += '"';
            ++i;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (quoted) {
            row.back() += c;
        } else if (c == separator) {
            row.emplace_back();
        } else if (c == '\n') {
            rows.push_back(std::move(row));
            row.assign(1, {});
        } else if (c != '\r') {
            row.back() += c;
        }
    }
    if (quoted) return std::nullopt;
    if (row.size() > 1 || !row.back().empty()) rows.push_back(std::move(row));
    return rows;
}

} // namespace vietqr
