// The document axis by REST, as the integration platforms (LGSP) of provinces offer it: send a message, list
// what came, fetch one, say what became of it.
#pragma once

#include "motcua/sdk/rest.h"

#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace axis {

using motcua::sdk::Call;
using motcua::sdk::Host;
using motcua::sdk::HttpRequest;
using motcua::sdk::HttpResponse;
using motcua::sdk::Json;
using motcua::sdk::Result;

// Kinds of messages (messageType).
inline constexpr const char* documents = "edoc";
inline constexpr const char* statuses = "status";
// What a receiver says of a message (status of updateStatus).
inline constexpr const char* done = "done";
inline constexpr const char* failed = "fail";

struct Listed {
    std::string id{};   // the axis's
    std::string from{}; // who handed it in, by the axis's word; may be empty
    std::string status{};
    std::string created{}; // as the axis writes it: good for an order alone
};

class Axis {
public:
    explicit Axis(const Host& host);

    // The axis's id of the message. Once it is called the message may have arrived, whatever it answers.
    Result<std::string> send(const Call& call, const char* kind, const std::string& message) const;
    // What nobody has said "done" or "fail" of, the oldest first.
    Result<std::vector<Listed>> list(const Call& call, const char* kind) const;
    Result<std::string> get(const Call& call, const std::string& id) const;
    Result<void> tell(const Call& call, const std::string& id, const char* status) const;

private:
    struct Held {
        std::string token{};
        std::int64_t until = 0; // ms UTC
    };

    Result<motcua::sdk::RestPeer> peerOf(const Call& call) const;
    Result<std::string> token(const Call& call, const motcua::sdk::RestPeer& peer, bool afresh) const;
    Result<HttpResponse> exchange(const Call& call, const HttpRequest& request) const;
    Result<Json> ask(const Call& call, const HttpRequest& request) const;

    Host host_;
    motcua::sdk::Rest rest_;
    mutable std::mutex mutex_{};
    mutable std::map<std::string, Held> tokens_{};
};

} // namespace axis
