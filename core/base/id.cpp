#include "base/id.h"

#include "base/bytes.h"

#include <mutex>

namespace motcua {

namespace {

// Milliseconds and a counter of 12 bits that breaks ties; the counter runs into the next millisecond when it
// is full.
std::uint64_t nextTick(std::int64_t nowMs) {
    static std::mutex guard;
    static std::uint64_t last = 0;
    const std::lock_guard lock{guard};
    const std::uint64_t now = static_cast<std::uint64_t>(nowMs) << 12;
    last = now > last ? now : last + 1;
    return last;
}

} // namespace

std::string newId(const Clock& clock) {
    const std::uint64_t tick = nextTick(clock.now().ms);
    std::string bytes = randomBytes(16);
    const std::uint64_t ms = tick >> 12;
    for (std::size_t i = 0; i < 6; ++i)
        bytes[i] = static_cast<char>(ms >> (40 - 8 * i));
    bytes[6] = static_cast<char>(0x70 | ((tick >> 8) & 0x0f));
    bytes[7] = static_cast<char>(tick & 0xff);
    bytes[8] = static_cast<char>((static_cast<unsigned char>(bytes[8]) & 0x3f) | 0x80);
    std::string text = toHex(bytes);
    for (const std::size_t at : {8, 13, 18, 23})
        text.insert(at, 1, '-');
    return text;
}

bool isId(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < 36; ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const char c = text[i];
        const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        if (dash ? c != '-' : !hex) return false;
    }
    return true;
}

// Identifiers of traces are no secrets, so many are made of one draw; asking OpenSSL for each costs more than
// all else that an answer from the cache needs.
std::string newTrace() {
    constexpr std::size_t size = 16;
    thread_local std::string drawn;
    if (drawn.size() < size) drawn = randomBytes(64 * size);
    std::string trace = toHex(std::string_view{drawn}.substr(drawn.size() - size));
    drawn.resize(drawn.size() - size);
    return trace;
}

} // namespace motcua
