#include "documents/qr_code.h"

#include <qrencode.h>

#include <memory>
#include <stdexcept>

namespace motcua::documents {

namespace {

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        default:
            out += c;
        }
    }
    return out;
}

} // namespace

QrCode qrCode(std::string_view content) {
    const std::unique_ptr<QRcode, decltype(&QRcode_free)> made{
        QRcode_encodeData(static_cast<int>(content.size()),
                          reinterpret_cast<const unsigned char*>(content.data()), 0, QR_ECLEVEL_M),
        &QRcode_free};
    if (!made) throw std::length_error("too much for a QR code");
    QrCode code;
    code.width = made->width;
    const auto count = static_cast<std::size_t>(made->width * made->width);
    code.squares.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        code.squares.push_back((made->data[i] & 1) != 0);
    return code;
}

std::string qrSvg(std::string_view content, std::string_view label) {
    const QrCode code = qrCode(content);
    constexpr int quiet = 4;
    const std::string side = std::to_string(code.width + 2 * quiet);
    std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + side + " " + side +
                      "\" role=\"img\" aria-label=\"" + escaped(label) +
                      "\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h" + side + "v" + side +
                      "H0z\"/><path d=\"";
    for (int y = 0; y < code.width; ++y) {
        for (int x = 0; x < code.width; ++x) {
            if (!code.dark(x, y)) continue;
            int run = 1;
            while (x + run < code.width && code.dark(x + run, y))
                ++run;
            svg += "M" + std::to_string(x + quiet) + " " + std::to_string(y + quiet) + "h" +
                   std::to_string(run) + "v1h-" + std::to_string(run) + "z";
            x += run - 1;
        }
    }
    return svg + "\"/></svg>";
}

} // namespace motcua::documents
