// A ticket as a black and white picture: Pango shapes the letters, so that every mark of Vietnamese is there,
// whatever code pages the printer knows.
#pragma once

#include "motcua/sdk/queue.h"

#include <string>
#include <vector>

namespace escpos {

namespace sdk = motcua::sdk;

struct Picture {
    int width = 0; // dots, a multiple of 8
    int height = 0;
    std::string rows{}; // a bit a dot, 1 is black, the leftmost dot is the highest bit

    int bytesPerRow() const { return width / 8; }
};

// Words in `locale` ("en", else Vietnamese), times of Việt Nam. Invalid "plugin.malformed" for a QR content
// that no code holds.
sdk::Result<Picture> draw(const sdk::QueueTicket& ticket, int width, const std::string& locale);

} // namespace escpos
