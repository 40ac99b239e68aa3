// Routes of its own: structs, codecs and operations. Made by sdk/tools/generate.mjs from
// sdk/schema/http.json; do not edit.
#pragma once

#include "motcua/sdk/plugin.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace motcua::sdk {
inline namespace v1 {

// A request to one of the manifest's routes under /x/<plugin>/. Session, rights, CSRF and limits have been seen to.
struct RouteRequest {
    std::string route{};                             // the route's path, as the manifest has it
    std::string method{};                            // GET, POST, PUT, DELETE
    std::string path{};                              // after /x/<plugin>
    std::map<std::string, std::string> parameters{}; // what stands in the path for {name} (may be absent)
    std::string query{};                             // raw, after ? (may be absent)
    std::map<std::string, std::string> headers{};    // names in lower case; neither cookies nor authorization (may be absent)
    std::optional<Blob> body{};                      // the bytes (may be absent)
    std::string peer{};                              // address of the caller (may be absent)
    std::string account{};                           // who is signed in; empty: nobody (may be absent)
    std::vector<std::string> roles{};                // of who is signed in (may be absent)
};

template <>
struct Codec<RouteRequest> {
    static void write(Writer& w, const RouteRequest& v) {
        w.field("route", v.route);
        w.field("method", v.method);
        w.field("path", v.path);
        w.field("parameters", v.parameters);
        w.field("query", v.query);
        w.field("headers", v.headers);
        w.field("body", v.body);
        w.field("peer", v.peer);
        w.field("account", v.account);
        w.field("roles", v.roles);
    }
    static void read(Reader& r, RouteRequest& v) {
        r.required("route", v.route, {.length = 200});
        r.required("method", v.method, {.length = 10});
        r.required("path", v.path, {.length = 1024});
        r.optional("parameters", v.parameters);
        r.optional("query", v.query, {.length = 16384});
        r.optional("headers", v.headers);
        r.optional("body", v.body);
        r.optional("peer", v.peer, {.length = 45});
        r.optional("account", v.account, {.length = 200});
        r.optional("roles", v.roles, {.length = 50});
    }
};

struct RouteAnswer {
    std::int64_t status = 0;                      // HTTP status
    std::string contentType{};                    // text/html; charset=utf-8 (may be absent)
    std::map<std::string, std::string> headers{}; // Cache-Control, Content-Disposition, Location (inside /x/<plugin>/), ETag; others are left out (may be absent)
    std::optional<Blob> body{};                   // the bytes (may be absent)
};

template <>
struct Codec<RouteAnswer> {
    static void write(Writer& w, const RouteAnswer& v) {
        w.field("status", v.status);
        w.field("contentType", v.contentType);
        w.field("headers", v.headers);
        w.field("body", v.body);
    }
    static void read(Reader& r, RouteAnswer& v) {
        r.required("status", v.status, {.least = 200, .most = 599});
        r.optional("contentType", v.contentType, {.length = 127});
        r.optional("headers", v.headers);
        r.optional("body", v.body);
    }
};

// The operations.
namespace op {

// Answers a request.
struct HttpHandle {
    static constexpr const char* id = "http.handle/1";
    static constexpr std::int64_t timeoutMs = 8000;
    using Request = RouteRequest;
    using Reply = RouteAnswer;
};

} // namespace op

// Derive from this to provide "http/1". Calls may overlap up to the manifest's limits.concurrency.
class HttpHandler : public virtual Plugin {
public:
    // Answers a request.
    virtual Result<RouteAnswer> handle(const RouteRequest&, const Call&) = 0;

protected:
    HttpHandler() {
        answers<op::HttpHandle>([this](const auto& request, const Call& call) { return handle(request, call); });
    }
};

} // namespace v1
} // namespace motcua::sdk
