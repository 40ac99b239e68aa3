// Messages of X-Road: who asks whom, in both of its forms (REST, message protocol 1; SOAP, message
// protocol 4.0), and what its errors mean.
#pragma once

#include "described.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xroad {

using connector::Json;
using motcua::sdk::Error;
using motcua::sdk::HttpRequest;
using motcua::sdk::HttpResponse;
using motcua::sdk::Result;

// INSTANCE/CLASS/MEMBER[/SUBSYSTEM]
struct Member {
    std::vector<std::string> parts{};

    std::string path() const; // joined by "/", each percent-encoded
};
// Nothing where it has fewer than three or more than four parts, or an empty one.
std::optional<Member> memberOf(const std::string& text);

struct Exchange {
    Member client{};
    Member provider{};
    std::string service{}; // its code
    std::string version{}; // SOAP; may be empty
    std::string id{};      // unique
    std::string userId{};  // on whose behalf; may be empty
    std::string issue{};   // the dossier; may be empty
    std::string securityServer{};
};

// ---- REST
// ------------------------------------------------------------------------------------------------------

// "/r1/…/SERVICE"; the rest of the path is the caller's.
std::string restPath(const Exchange& exchange);
void addRestHeaders(const Exchange& exchange, HttpRequest& request);
// Unavailable "sector.not_authentic" where an answer is to another question; an error of X-Road itself as
// ours.
Result<void> checkRest(const Exchange& exchange, const HttpResponse& answer);

// ---- SOAP
// ------------------------------------------------------------------------------------------------------

struct SoapStyle {
    std::string space{};   // of the service's elements
    bool qualified = true; // parameters are in it too
    bool checkHash = true; // a hash of our request that is told must be the right one
};
std::string soapRequest(const Exchange& exchange, const SoapStyle& style, const Json& parameters);
// The answer's content as JSON: elements by their names, repeated ones as a list, all else as text. `sent`:
// our request.
Result<Json> soapAnswer(const Exchange& exchange, const SoapStyle& style, std::string_view sent,
                        std::string_view body);

// An error by its code: "Server.ServerProxy.AccessDenied". Empty codes are the other side's "no".
Error errorOf(const std::string& code, const std::string& words);

} // namespace xroad
