#include "encoding.h"

namespace pkcs11 {

namespace {

std::string lengthOctets(std::size_t length) {
    if (length < 0x80) return {static_cast<char>(length)};
    std::string octets;
    for (; length > 0; length >>= 8)
        octets.insert(octets.begin(), static_cast<char>(length & 0xff));
    return static_cast<char>(0x80 | octets.size()) + octets;
}

std::string integer(std::string_view bytes) {
    while (bytes.size() > 1 && bytes.front() == 0)
        bytes.remove_prefix(1);
    std::string value{bytes};
    if (static_cast<unsigned char>(value.front()) & 0x80)
        value.insert(value.begin(), '\0'); // else it would be negative
    return "\x02" + lengthOctets(value.size()) + value;
}

} // namespace

std::size_t lengthOf(Hash hash) {
    return hash == Hash::Sha256 ? 32 : hash == Hash::Sha384 ? 48 : 64;
}

std::string digestInfo(Hash hash, std::string_view digest) {
    // SEQUENCE { SEQUENCE { OID 2.16.840.1.101.3.4.2.x, NULL }, OCTET STRING }; only x and the lengths
    // differ.
    const char last = hash == Hash::Sha256 ? 1 : hash == Hash::Sha384 ? 2 : 3;
    const std::string algorithm{"\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02", 12};
    std::string inner = algorithm + last + std::string{"\x05\x00\x04", 3} + static_cast<char>(digest.size());
    inner += digest;
    return '\x30' + lengthOctets(inner.size()) + inner;
}

std::optional<std::string> ecdsaDer(std::string_view raw) {
    if (raw.empty() || raw.size() % 2 != 0) return std::nullopt;
    const std::string both = integer(raw.substr(0, raw.size() / 2)) + integer(raw.substr(raw.size() / 2));
    return '\x30' + lengthOctets(both.size()) + both;
}

std::string hex(std::string_view bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const char c : bytes)
        (text += digits[static_cast<unsigned char>(c) >> 4]) += digits[static_cast<unsigned char>(c) & 15];
    return text;
}

} // namespace pkcs11
