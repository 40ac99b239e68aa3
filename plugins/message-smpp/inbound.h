// What citizens write to us: read from deliver_sm, parts put together, told to the host.
#pragma once

#include "link.h"

#include <map>
#include <string>

namespace smpp {

class Inbound {
public:
    Inbound(const sdk::Host& host, std::string profile);

    Link::Taken take(const ShortMessage& message);

private:
    struct Joining {
        std::map<int, std::string> parts{}; // by number, from 1
        sdk::Deadline until = sdk::Deadline::in(0);
    };

    Link::Taken tell(const ShortMessage& message, const std::string& text) const;

    const sdk::Host host_;
    sdk::Call call_{};
    std::map<std::string, Joining> joining_{}; // by sender and reference
};

} // namespace smpp
