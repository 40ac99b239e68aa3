#include "base/bytes.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <limits>
#include <stdexcept>

namespace motcua {

namespace {

const unsigned char* raw(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* raw(std::string& bytes) {
    return reinterpret_cast<unsigned char*>(bytes.data());
}

int lengthOf(std::string_view bytes) {
    if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
        throw std::length_error("more than 2 GiB in one piece");
    return static_cast<int>(bytes.size());
}

} // namespace

std::string randomBytes(std::size_t count) {
    std::string bytes(count, '\0');
    if (RAND_bytes(raw(bytes), lengthOf(bytes)) != 1)
        throw std::runtime_error("OpenSSL has no randomness to give");
    return bytes;
}

int hexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string toHex(std::string_view bytes) {
    static const char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const unsigned char byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::optional<std::string> fromHex(std::string_view hex) {
    if (hex.size() % 2 != 0) return std::nullopt;
    std::string bytes;
    bytes.reserve(hex.size() / 2);
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        const int high = hexDigit(hex[i]);
        const int low = hexDigit(hex[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes += static_cast<char>(high * 16 + low);
    }
    return bytes;
}

std::string toBase64(std::string_view bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0'); // OpenSSL ends it with a NUL
    const int size = EVP_EncodeBlock(raw(text), raw(bytes), lengthOf(bytes));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::optional<std::string> fromBase64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    if (text.empty()) return std::string{};
    const std::size_t pad = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
    for (std::size_t i = 0; i < text.size() - pad; ++i) {
        const char c = text[i];
        const bool known = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                           c == '+' || c == '/';
        if (!known) return std::nullopt; // EVP_DecodeBlock would trim white space and stop at '-'
    }
    std::string bytes(text.size() / 4 * 3, '\0');
    if (EVP_DecodeBlock(raw(bytes), raw(text), lengthOf(text)) < 0) return std::nullopt;
    bytes.resize(bytes.size() - pad);
    return bytes;
}

std::string toBase64Url(std::string_view bytes) {
    std::string text = toBase64(bytes);
    while (text.ends_with('='))
        text.pop_back();
    for (char& c : text)
        c = c == '+' ? '-' : c == '/' ? '_' : c;
    return text;
}

std::optional<std::string> fromBase64Url(std::string_view text) {
    std::string plain{text};
    for (char& c : plain) {
        if (c == '+' || c == '/' || c == '=') return std::nullopt;
        c = c == '-' ? '+' : c == '_' ? '/' : c;
    }
    plain.append((4 - plain.size() % 4) % 4, '=');
    return fromBase64(plain);
}

std::string sha256(std::string_view bytes) {
    std::string made(32, '\0');
    if (EVP_Digest(bytes.data(), bytes.size(), raw(made), nullptr, EVP_sha256(), nullptr) != 1)
        throw std::runtime_error("OpenSSL could not make a SHA-256");
    return made;
}

std::string hmacSha256(std::string_view key, std::string_view bytes) {
    std::string made(32, '\0');
    unsigned int size = 0;
    if (!HMAC(EVP_sha256(), key.data(), lengthOf(key), raw(bytes), bytes.size(), raw(made), &size))
        throw std::runtime_error("OpenSSL could not make an HMAC");
    return made;
}

bool equalInConstantTime(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace motcua
