// The strict guard at the door: reads the head of a request as its bytes come and refuses what two parsers
// could read in two ways. Where the bytes are split makes no difference to the outcome (the fuzzer's
// property).
#pragma once

#include "net/message.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace motcua::net {

// A request line and its fields, understood.
struct Head {
    std::string method;
    std::string path;
    std::string query;
    Headers headers;
    std::uint64_t length = 0; // of the body, where it is not chunked
    bool chunked = false;
    bool keepAlive = true;
    bool oldVersion = false; // HTTP/1.0
    bool expectsContinue = false;
};

class HeadParser {
public:
    enum class State { More, Done, Refused };

    struct Limits {
        std::size_t bytes = 16 * 1024; // of the whole head; past it 431
        std::size_t fields = 100;      // past it 431
        std::size_t line = 8 * 1024;   // of the request line; past it 414
    };

    explicit HeadParser(Limits limits) : limits_(limits) {}

    // Takes the bytes that belong to the head and says how many those were.
    std::size_t feed(std::string_view bytes);

    State state() const { return state_; }
    bool begun() const { return total_ > 0; }
    int status() const { return status_; } // of the refusal
    Head& head() { return head_; }
    void reset(); // for the next request

private:
    bool admit(std::string_view piece);
    void takeLine(std::string_view line);
    void takeRequestLine(std::string_view line);
    void takeTarget(std::string_view target);
    void takeField(std::string_view line);
    void finish();
    void takeFraming(std::string_view name, std::string_view value);
    void refuse(int status);

    Limits limits_;
    State state_ = State::More;
    int status_ = 0;
    Head head_;
    std::string line_; // the part of a line that has come
    std::string authority_;
    std::size_t total_ = 0;
    std::size_t hosts_ = 0;
    std::size_t lengths_ = 0;
    std::size_t codings_ = 0;
    bool inFields_ = false;
    bool closes_ = false; // a Connection field said so
    bool blankSeen_ = false;
    bool afterReturn_ = false; // the last byte was CR
};

// The methods that this front lets through, as an Allow field lists them.
inline constexpr std::string_view kMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

// A path with its %-escapes decoded; false for broken escapes, control characters, broken UTF-8 and "..".
bool decodePath(std::string_view raw, std::string& path);

} // namespace motcua::net
