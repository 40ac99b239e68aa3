// Which handler answers a method and a path: fixed paths by hash, patterns by a trie of segments.
#pragma once

#include "base/result.h"
#include "http/metrics.h"
#include "http/rate_limit.h"
#include "http/response.h"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace motcua::http {

class Request;

// What was expected to go wrong comes back as an Error and becomes a page or a JSON problem (errors.h).
using Handler = std::function<Result<Response>(Request&)>;

enum class Access { Public, SignedIn, Official };

// One registered route, adjusted by what follows its registration: router.post(…).signedIn().limit({10}).
class Route {
public:
    Route(std::string method, std::string pattern, Handler handler);

    Route& signedIn() { return access(Access::SignedIn); }
    Route& official() { return access(Access::Official); }
    Route& access(Access access);
    // Answers programs: errors are JSON problems (RFC 9457), bearer tokens count, cookies do too where the
    // request proves that our own page sent it: by the CSRF token in X-CSRF-Token, and by what the browser
    // says of its origin.
    Route& api();
    // Called by other systems that prove themselves by other means (signatures): no CSRF check, no session.
    Route& webhook();
    Route& csrfPurpose(std::string purpose);
    // The answer to a visitor who is not signed in is kept that long, for every path and query of its own.
    Route& cachedFor(Millis time);
    // For each peer; in addition for each account where somebody is signed in.
    Route& limit(Rate rate);
    Route& bodyLimit(std::size_t bytes);

    const std::string& method() const { return method_; }
    const std::string& pattern() const { return pattern_; }
    const Handler& handler() const { return handler_; }
    Access access() const { return access_; }
    bool isApi() const { return api_; }
    bool isWebhook() const { return webhook_; }
    const std::string& csrfPurpose() const { return csrfPurpose_; }
    Millis cacheTime() const { return cacheTime_; }
    Rate rate() const { return rate_; }
    std::size_t bodyLimit() const { return bodyLimit_; }
    RouteFigures& figures() const { return *figures_; }

private:
    friend class Router;
    std::string method_;
    std::string pattern_;
    Handler handler_;
    Access access_ = Access::Public;
    bool api_ = false;
    bool webhook_ = false;
    std::string csrfPurpose_ = "form";
    Millis cacheTime_{0};
    Rate rate_{};
    std::size_t bodyLimit_ = 2u << 20;
    std::vector<std::string> names_; // of the pattern's parameters, in order
    std::unique_ptr<RouteFigures> figures_ = std::make_unique<RouteFigures>();
};

struct Match {
    const Route* route = nullptr; // nullptr: nothing for this method
    std::vector<std::pair<std::string_view, std::string>> params{};
    std::vector<std::string> allowed{}; // methods of this path, where there is no route; none: no such path
};

// Filled at start, then only read. [thread-safe once filled]
class Router {
public:
    // ":name" takes one segment, never an empty one; a last "*name" takes the rest. A pattern given twice for
    // a method is a bug: std::logic_error.
    Route& add(std::string method, std::string pattern, Handler handler);
    Route& get(std::string pattern, Handler handler) {
        return add("GET", std::move(pattern), std::move(handler));
    }
    Route& post(std::string pattern, Handler handler) {
        return add("POST", std::move(pattern), std::move(handler));
    }
    Route& put(std::string pattern, Handler handler) {
        return add("PUT", std::move(pattern), std::move(handler));
    }
    Route& patch(std::string pattern, Handler handler) {
        return add("PATCH", std::move(pattern), std::move(handler));
    }
    Route& remove(std::string pattern, Handler handler) {
        return add("DELETE", std::move(pattern), std::move(handler));
    }

    // HEAD is answered by GET. A fixed segment goes before a parameter, a parameter before a tail.
    Match match(std::string_view method, std::string_view path) const;
    const std::deque<Route>& routes() const { return routes_; }

private:
    using ByMethod = std::map<std::string, Route*, std::less<>>;
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    template <typename T>
    using ByText = std::unordered_map<std::string, T, Hash, std::equal_to<>>;
    struct Node {
        ByText<std::unique_ptr<Node>> fixed;
        std::unique_ptr<Node> parameter;
        ByMethod here;
        ByMethod tail;
    };
    struct Walk;

    ByMethod& place(const std::string& pattern, std::vector<std::string>& names);
    static bool descend(const Node& node, Walk& walk, std::size_t segment);

    std::deque<Route> routes_;
    ByText<ByMethod> fixed_;
    Node root_;
};

} // namespace motcua::http
