#include "emv.h"

namespace vietqr {

namespace {

// Tag, length as two digits, value. Values here are far below 100 bytes.
std::string field(std::string_view tag, std::string_view value) {
    const std::string length = std::to_string(value.size());
    return std::string{tag} + (length.size() < 2 ? "0" : "") + length + std::string{value};
}

} // namespace

std::uint16_t crc16(std::string_view text) {
    std::uint32_t crc = 0xFFFF;
    for (const char c : text) {
        crc ^= static_cast<std::uint32_t>(static_cast<unsigned char>(c)) << 8;
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
        crc &= 0xFFFF;
    }
    return static_cast<std::uint16_t>(crc);
}

std::string codeOf(const Transfer& transfer) {
    const std::string beneficiary = field("00", transfer.bin) + field("01", transfer.account);
    std::string code = field("00", "01") + field("01", "12"); // good for one payment
    code += field("38", field("00", "A000000727") + field("01", beneficiary) + field("02", transfer.service));
    code += field("53", "704") + field("54", std::to_string(transfer.amount)) + field("58", "VN");
    code += field("62", field("08", transfer.content)) + "6304";
    static constexpr char digits[] = "0123456789ABCDEF";
    const unsigned crc = crc16(code);
    for (const unsigned shift : {12u, 8u, 4u, 0u})
        code += digits[(crc >> shift) & 15u];
    return code;
}

std::string bare(std::string_view text) {
    std::string kept;
    for (const char c : text) {
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')) kept += c;
        if (c >= 'a' && c <= 'z') kept += static_cast<char>(c - 'a' + 'A');
    }
    return kept;
}

} // namespace vietqr
