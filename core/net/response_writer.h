// A response on its way out: head and body as they are sent, and how far they have got.
#pragma once

#include "net/body.h"
#include "net/message.h"
#include "net/transport.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace motcua::net {

// "Mon, 23 Nov 2026 05:11:07 GMT"; made once a second in each thread.
std::string_view httpDate(Instant at);

// How the connection wants it told.
struct Manner {
    bool headOnly = false;   // the request was HEAD
    bool keepAlive = true;   // and whether the peer must be told so:
    bool oldVersion = false; // HTTP/1.0
};

class Outgoing {
public:
    enum class State { Sent, Blocked, Broken };

    Outgoing() = default;
    // A response that cannot be sent as it is (a line break in a field, a status that does not exist, a file
    // that is not there) goes out as the error it is.
    Outgoing(Response response, const Manner& manner, Instant now);

    State send(Transport& transport);
    void append(std::string_view bytes); // to what is sent as a stream

    std::uint64_t sent() const { return sent_; } // bytes that the kernel has taken
    std::size_t pending() const { return head_.size() - headSent_; }
    bool keepAlive() const { return keepAlive_; }

private:
    void begin(const Response& response, const Manner& manner, Instant now);
    void openFile(Response& response);
    std::string_view body() const { return shared_ ? std::string_view{*shared_} : std::string_view{body_}; }

    std::string head_;
    std::string body_;
    std::shared_ptr<const std::string> shared_;
    Descriptor file_;
    std::uint64_t bodySize_ = 0; // of whichever it is
    std::uint64_t bodySent_ = 0;
    std::size_t headSent_ = 0;
    std::uint64_t sent_ = 0;
    bool keepAlive_ = true;
};

// A short plain answer that the front gives by itself.
Response refusal(int status);

} // namespace motcua::net
