// One connection to clamd: it is asked one thing, answers, and closes (man 8 clamd).
#pragma once

#include "motcua/sdk/host.h"

#include <memory>
#include <string>
#include <string_view>

namespace clamd {

namespace sdk = motcua::sdk;

class Session {
public:
    // Connects to where the profile's settings say. Errors: scanner.provider_down, Timeout, Denied.
    static sdk::Result<Session> open(const sdk::Host& host, const sdk::Call& call);

    // PING, VERSION: the answer's words.
    sdk::Result<std::string> ask(std::string_view command);
    // INSTREAM: clamd's words about `bytes`; Rejected "scanner.too_large" past its limit.
    sdk::Result<std::string> scan(std::string_view bytes);

private:
    explicit Session(std::unique_ptr<sdk::Stream> stream) : stream_(std::move(stream)) {}
    sdk::Result<std::string> answer();

    std::unique_ptr<sdk::Stream> stream_;
};

} // namespace clamd
