// One connection to an ESC/POS printer on TCP 9100: how it is, and a picture for it.
#pragma once

#include "picture.h"

#include "motcua/sdk/host.h"

#include <memory>
#include <string>

namespace escpos {

struct Address {
    std::string host{};
    std::uint16_t port = 9100;
    std::string name{};
};

// "tcp://host:port#name"; the manifest's pattern has seen to its shape.
Address addressOf(const std::string& text);

enum class Cut { Partial, Full, None };

// What the printer is told so that `picture` comes out of it, ended by the question for its paper.
std::string commandsFor(const Picture& picture, Cut cut, bool askAtEnd);

class Printer {
public:
    // Unavailable "queue.printer_down" where nobody answers.
    static sdk::Result<Printer> open(const sdk::Host& host, const sdk::Call& call, const Address& address);

    // Unavailable "queue.printer_down" for what answers no ESC/POS status.
    sdk::Result<sdk::PrinterState> state();
    // Answered once the printer has printed it all, where `ask`; else once it is sent.
    sdk::Result<void> print(const Picture& picture, Cut cut, bool ask);

private:
    Printer(sdk::Socket socket, std::int64_t leftMs);
    sdk::Result<unsigned> realTime(char what);
    sdk::Result<void> awaitPrinted();

    sdk::Deadline last_;
    std::unique_ptr<sdk::Stream> stream_;
};

} // namespace escpos
