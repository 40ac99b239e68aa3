// The other system as the settings name it: its address, who we are there, and what its answers mean.
#pragma once

#include "described.h"

#include "motcua/sdk/rest.h"

#include <string>

namespace connector {

using motcua::sdk::Call;
using motcua::sdk::Host;
using motcua::sdk::HttpRequest;
using motcua::sdk::HttpResponse;

class System {
public:
    explicit System(const Host& host);

    // One exchange as the connector describes it. What `source` lacks is sector.keys_invalid; Login, Quota
    // and Down are errors already.
    Result<Answered> ask(const Call& call, const Connector& connector, const Request& request,
                         const Source& source) const;

    // A file: an address on the other system's own host or a path there, or a request of the connector's.
    Result<HttpResponse> fetch(const Call& call, HttpRequest request) const;

    // The request with its address made absolute.
    Result<HttpRequest> made(const Call& call, const Request& request, const Source& source) const;

private:
    Result<motcua::sdk::RestPeer> peerOf(const Call& call) const;
    Result<motcua::sdk::OAuthClient> clientOf(const Call& call) const;
    Result<std::string> lgspToken(const Call& call) const;
    Result<void> identify(const Call& call, const motcua::sdk::RestPeer& peer, HttpRequest& request) const;
    Result<HttpResponse> send(const Call& call, motcua::sdk::RestPeer peer, const HttpRequest& request) const;

    Host host_;
    motcua::sdk::Rest rest_;
    mutable motcua::sdk::OAuthTokens tokens_{};
};

// The address of the settings without its last slash.
std::string baseOf(const Call& call);

} // namespace connector
