// The content of a VietQR code: EMVCo merchant-presented mode with the template of NAPAS. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vietqr {

struct Transfer {
    std::string bin;     // of the bank, 6 digits
    std::string account; // or card
    std::string service; // QRIBFTTA, QRIBFTTC
    std::int64_t amount = 0;
    std::string content; // at most 25 characters
};

// CRC-16/CCITT-FALSE: polynomial 1021, begins with FFFF.
std::uint16_t crc16(std::string_view text);

std::string codeOf(const Transfer& transfer);

// Letters and digits of it alone, in capitals: what is left of a content on its way through the banks.
std::string bare(std::string_view text);

inline constexpr std::size_t longestContent = 25; // EMVCo: purpose of transaction

} // namespace vietqr
