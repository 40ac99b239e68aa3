// QR codes: as squares to draw and as an SVG picture.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace motcua::documents {

struct QrCode {
    int width = 0;             // squares a side, without the quiet zone of 4
    std::vector<bool> squares; // row by row

    bool dark(int x, int y) const { return squares[static_cast<std::size_t>(y * width + x)]; }
};

// Error correction M. Throws std::length_error for more than a code can hold (2,331 bytes).
QrCode qrCode(std::string_view content);

// A square SVG of its own, black on white, quiet zone included; `label` is read out instead of it.
std::string qrSvg(std::string_view content, std::string_view label);

} // namespace motcua::documents
