// A request as it came and a response as it goes, whole and in memory (large bodies in a spooled file).
#pragma once

#include "base/clock.h"
#include "base/until.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace motcua::net {

// Header fields in the order they came; names compare without case.
class Headers {
public:
    using Field = std::pair<std::string, std::string>;

    void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
    void set(std::string_view name, std::string value);   // replaces every field of that name
    const std::string* find(std::string_view name) const; // the first of that name
    std::string_view get(std::string_view name) const;    // "" where there is none
    void remove(std::string_view name);                   // every field of that name
    const std::vector<Field>& fields() const { return fields_; }

private:
    std::vector<Field> fields_;
};

// A body past the memory limit lies in a file that goes with the last holder of this.
class Body {
public:
    virtual ~Body() = default;
    virtual std::uint64_t size() const = 0;
    // Bytes [offset, offset + count), fewer at the end.
    virtual std::string read(std::uint64_t offset, std::size_t count) const = 0;
    std::string all() const { return read(0, static_cast<std::size_t>(size())); }
};

struct Request {
    std::string method; // upper case, one of the server's list
    std::string path;   // percent-decoded, no ".." and no control characters
    std::string query;  // raw, after "?"
    Headers headers;
    std::shared_ptr<const Body> body; // never null; empty where there was none
    std::string peer;    // address of the client, as the trusted proxy said it where there is one
    bool secure = false; // came by TLS, or the trusted proxy said so
    Instant received{};  // when its last byte came
    Until deadline = Until::never(); // past it the client has been told 503
};

struct Response {
    int status = 200;
    Headers headers;
    std::string body;
    // Instead of `body`: bytes that many responses share (static assets), or a file that is sent as it lies.
    std::shared_ptr<const std::string> shared;
    std::string file;
    // The connection stays parked and gets the events of these topics (server-sent events); `body` goes
    // before them. Whoever has the head of the response gets every event published later.
    std::vector<std::string> topics;
};

// Whether two ASCII words are the same but for capitals.
bool sameWord(std::string_view a, std::string_view b);

using Handler = std::function<Response(const Request&)>; // [worker], concurrently; must not throw

} // namespace motcua::net
