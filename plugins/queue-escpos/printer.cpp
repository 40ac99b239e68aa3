#include "printer.h"

#include <algorithm>
#include <charconv>

namespace escpos {

using namespace sdk;

namespace {

constexpr int bandRows = 128;                // what small printers hold at once
constexpr std::int64_t afterwardsMs = 1'500; // kept to ask a printer that fell silent for its reason

Error lost(const Error& error) {
    if (error.status == Status::Timeout || error.status == Status::Denied) return error;
    return unavailable("queue.printer_down", error.code + " " + error.detail);
}

void bytes(std::string& out, std::initializer_list<int> all) {
    for (const int one : all)
        out += static_cast<char>(one);
}

// Printers obey DLE EOT, DLE ENQ and DLE DC4 inside of pictures too: one dot more keeps those out.
void withoutRealTime(std::string& rows) {
    for (std::size_t i = 1; i < rows.size(); ++i)
        if (rows[i - 1] == 0x10 && (rows[i] == 0x04 || rows[i] == 0x05 || rows[i] == 0x14))
            rows[i] = static_cast<char>(rows[i] | 0x02);
}

bool isRealTime(unsigned status) { // the bits that are fixed in every answer to DLE EOT
    return (status & 0x93) == 0x12;
}

} // namespace

Address addressOf(const std::string& text) {
    const std::size_t from = text.find("://") + 3, colon = text.find(':', from);
    Address address{text.substr(from, colon - from), 0, {}};
    const auto read = std::from_chars(text.data() + colon + 1, text.data() + text.size(), address.port);
    if (read.ec != std::errc{}) address.port = 0;
    if (const auto mark = text.find('#'); mark != std::string::npos) address.name = text.substr(mark + 1);
    return address;
}

std::string commandsFor(const Picture& picture, Cut cut, bool askAtEnd) {
    std::string out;
    bytes(out, {0x1b, 0x40}); // ESC @: as after switching on
    const auto rowBytes = static_cast<std::size_t>(picture.bytesPerRow());
    for (int y = 0; y < picture.height; y += bandRows) {
        const int rows = std::min(bandRows, picture.height - y);
        const int across = picture.bytesPerRow();
        // GS v 0: a raster picture
        bytes(out, {0x1d, 0x76, 0x30, 0, across & 0xff, across >> 8, rows & 0xff, rows >> 8});
        std::string band = picture.rows.substr(static_cast<std::size_t>(y) * rowBytes,
                                               static_cast<std::size_t>(rows) * rowBytes);
        withoutRealTime(band);
        out += band;
    }
    if (cut == Cut::None) {
        bytes(out, {0x1b, 0x64, 5}); // ESC d: on by five lines, past the edge where it is torn off
    } else {
        bytes(out, {0x1d, 0x56, cut == Cut::Full ? 65 : 66, 0}); // GS V: on to the knife, and cut
    }
    if (askAtEnd) bytes(out, {0x1d, 0x72, 1}); // GS r: answered when all before it is done
    return out;
}

Printer::Printer(Socket socket, std::int64_t leftMs)
    : last_(Deadline::in(leftMs)),
      stream_(std::make_unique<Stream>(
          std::move(socket), Deadline::in(leftMs > 2 * afterwardsMs ? leftMs - afterwardsMs : leftMs / 2))) {}

Result<Printer> Printer::open(const Host& host, const Call& call, const Address& address) {
    auto socket = host.connect(call, address.host, address.port);
    if (!socket) {
        if (socket.error().status == Status::NotFound)
            return unavailable("queue.printer_down", socket.error().code + " " + socket.error().detail);
        return lost(socket.error());
    }
    return Printer{std::move(*socket), host.remainingMs(call)};
}

Result<unsigned> Printer::realTime(char what) {
    const char question[]{0x10, 0x04, what};
    const auto sent = stream_->write({question, sizeof question});
    if (!sent) return lost(sent.error());
    const auto answer = stream_->read(1);
    if (!answer) {
        if (answer.error().status == Status::Timeout)
            return unavailable("queue.printer_down", "it is connected but does not say how it is");
        return lost(answer.error());
    }
    if (answer->empty()) return unavailable("queue.printer_down", "it closed the connection");
    const auto status = static_cast<unsigned char>((*answer)[0]);
    if (!isRealTime(status)) return unavailable("queue.printer_down", "its answer is no ESC/POS status");
    return unsigned{status};
}

Result<PrinterState> Printer::state() {
    MOTCUA_SDK_TRY(general, realTime(1));
    MOTCUA_SDK_TRY(offline, realTime(2));
    MOTCUA_SDK_TRY(fault, realTime(3));
    MOTCUA_SDK_TRY(paper, realTime(4));
    PrinterState state;
    state.coverOpen = (offline & 0x04) != 0;
    state.paperOut = (paper & 0x60) != 0 || (offline & 0x20) != 0;
    state.paperLow = (paper & 0x0c) != 0;
    const bool off = (general & 0x08) != 0;
    if ((fault & 0x08) != 0)
        state.detail = "the cutter is blocked";
    else if ((fault & 0x20) != 0)
        state.detail = "it must be repaired";
    else if ((fault & 0x40) != 0)
        state.detail = "it is too hot";
    else if (off)
        state.detail = "offline";
    state.ready = !state.coverOpen && !state.paperOut && state.detail.empty();
    return state;
}

// The answer to GS r. Real-time answers before it belong to nobody.
Result<void> Printer::awaitPrinted() {
    while (true) {
        const auto answer = stream_->read(1);
        if (!answer) return answer.error();
        if (answer->empty())
            return unavailable("queue.printer_down", "it closed the connection while printing");
        const auto status = static_cast<unsigned char>((*answer)[0]);
        if (isRealTime(status)) continue;
        if ((status & 0x90) != 0) return unavailable("queue.printer_down", "its answer is no ESC/POS status");
        return {};
    }
}

Result<void> Printer::print(const Picture& picture, Cut cut, bool ask) {
    auto done = stream_->write(commandsFor(picture, cut, ask));
    if (done && ask) done = awaitPrinted();
    if (done) return {};
    if (done.error().status != Status::Timeout || !ask) return lost(done.error());
    // It stopped in the middle: it tells why, since this it answers at any time.
    stream_ = std::make_unique<Stream>(stream_->release(), last_);
    const auto why = state();
    if (why && why->paperOut) return unavailable("queue.paper_out", "the paper ended while it printed");
    if (why && !why->ready)
        return unavailable("queue.printer_down", why->coverOpen ? "its cover was opened" : why->detail);
    return done.error();
}

} // namespace escpos
