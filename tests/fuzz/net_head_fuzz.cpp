// The guard of the HTTP front: whatever the bytes, where they are split changes nothing, and what is let
// through keeps the promises that the rest of the house builds on.
#include "net/body.h"
#include "net/head_parser.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace motcua::net;

namespace {

void demand(bool rule, const char* what) {
    if (rule) return;
    std::fprintf(stderr, "broken rule: %s\n", what);
    std::abort();
}

struct Outcome {
    std::string told; // all that the outcome says, as text
    std::size_t used = 0;

    bool operator==(const Outcome&) const = default;
};

// Gives the next piece's size: everything at once, or 1 to `most` bytes by a small generator.
class Splitter {
public:
    Splitter(std::uint32_t seed, std::size_t most) : state_(seed | 1u), most_(most) {}
    std::size_t next(std::size_t left) {
        if (most_ == 0) return left;
        state_ = state_ * 1664525u + 1013904223u;
        return std::min(left, 1 + (state_ >> 16) % most_);
    }

private:
    std::uint32_t state_;
    std::size_t most_;
};

std::string show(const Head& head) {
    std::string text = head.method + "\n" + head.path + "\n" + head.query + "\n" +
                       std::to_string(head.length) + (head.chunked ? " chunked" : "") +
                       (head.keepAlive ? " keep" : "") + (head.oldVersion ? " old" : "") +
                       (head.expectsContinue ? " expects" : "") + "\n";
    for (const auto& [name, value] : head.headers.fields())
        text += name + ": " + value + "\n";
    return text;
}

Outcome decodeChunks(std::string_view bytes, Splitter splitter) {
    ChunkDecoder decoder{100'000};
    Outcome outcome;
    std::string body;
    while (outcome.used < bytes.size() && decoder.state() == ChunkDecoder::State::More) {
        std::string_view piece = bytes.substr(outcome.used, splitter.next(bytes.size() - outcome.used));
        while (!piece.empty() && decoder.state() == ChunkDecoder::State::More) {
            std::string_view data;
            const std::size_t used = decoder.feed(piece, data);
            demand(used > 0 && used <= piece.size(), "each step takes something, and no more than there is");
            demand(data.empty() ||
                       (data.data() >= piece.data() && data.data() + data.size() <= piece.data() + used),
                   "data lies within what was taken");
            body.append(data);
            piece.remove_prefix(used);
            outcome.used += used;
        }
    }
    demand(body.size() <= 100'000, "a body within its limit");
    if (decoder.state() == ChunkDecoder::State::Refused)
        return {"chunks " + std::to_string(decoder.status()), 0};
    outcome.told = (decoder.state() == ChunkDecoder::State::Done ? "whole " : "part ") + body;
    return outcome;
}

void checkPromises(const Head& head) {
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    const auto count = [&](std::string_view name) {
        const auto& fields = head.headers.fields();
        return std::count_if(fields.begin(), fields.end(),
                             [&](const auto& field) { return sameWord(field.first, name); });
    };
    demand(kMethods.find(head.method) != std::string_view::npos, "a method of the list");
    demand(head.path == "*" || head.path.starts_with('/'), "a path");
    demand(std::none_of(head.path.begin(), head.path.end(), control), "no control characters in the path");
    demand(("/" + head.path + "/").find("/../") == std::string::npos, "no way up in the path");
    demand(count("Host") == 1 || (head.oldVersion && count("Host") == 0), "one host");
    demand(count("Content-Length") + count("Transfer-Encoding") <= 1, "one framing");
    demand(head.chunked == (count("Transfer-Encoding") == 1) && !(head.chunked && head.length > 0),
           "the framing told");
    for (const auto& [name, value] : head.headers.fields()) {
        demand(!name.empty() && name.find_first_of(" \t:\r\n") == std::string::npos, "names are tokens");
        demand(value.find_first_of(std::string_view{"\r\n\0", 3}) == std::string::npos,
               "values are one line");
    }
}

Outcome parse(std::string_view bytes, Splitter splitter) {
    HeadParser parser{{2048, 20, 512}};
    Outcome outcome;
    while (outcome.used < bytes.size() && parser.state() == HeadParser::State::More) {
        const std::string_view piece = bytes.substr(outcome.used, splitter.next(bytes.size() - outcome.used));
        const std::size_t used = parser.feed(piece);
        demand(used > 0 && used <= piece.size(), "each step takes something, and no more than there is");
        outcome.used += used;
    }
    switch (parser.state()) {
    case HeadParser::State::More:
        return {"more", bytes.size()};
    case HeadParser::State::Refused:
        demand(parser.status() >= 400 && parser.status() <= 505, "a refusal has a status");
        return {"refused " + std::to_string(parser.status()), 0};
    case HeadParser::State::Done:
        break;
    }
    checkPromises(parser.head());
    outcome.told = show(parser.head());
    if (parser.head().chunked) {
        const Outcome chunks = decodeChunks(bytes.substr(outcome.used), splitter);
        outcome.told += chunks.told;
        outcome.used += chunks.used;
    }
    return outcome;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    const auto seed = static_cast<std::uint32_t>(std::hash<std::string_view>{}(bytes));
    const Outcome whole = parse(bytes, {0, 0});
    demand(parse(bytes, {0, 1}) == whole, "byte by byte it is the same");
    demand(parse(bytes, {seed, 7}) == whole, "in small pieces it is the same");
    demand(parse(bytes, {seed ^ 0x5bd1e995u, 97}) == whole, "in larger pieces it is the same");
    return 0;
}
