#include "http/router.h"

#include <algorithm>
#include <stdexcept>

namespace motcua::http {

namespace {

constexpr std::size_t mostSegments = 32;

// The segments of a path without its first "/"; "/a/" has an empty last one.
std::vector<std::string_view> segmentsOf(std::string_view path) {
    std::vector<std::string_view> segments;
    if (!path.empty()) path.remove_prefix(1);
    while (true) {
        const std::size_t slash = path.find('/');
        segments.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos || segments.size() > mostSegments) return segments;
        path.remove_prefix(slash + 1);
    }
}

} // namespace

Route::Route(std::string method, std::string pattern, Handler handler)
    : method_(std::move(method)), pattern_(std::move(pattern)), handler_(std::move(handler)) {}

Route& Route::access(Access access) {
    access_ = access;
    return *this;
}
Route& Route::api() {
    api_ = true;
    return *this;
}
Route& Route::webhook() {
    webhook_ = true;
    return *this;
}
Route& Route::csrfPurpose(std::string purpose) {
    csrfPurpose_ = std::move(purpose);
    return *this;
}
Route& Route::cachedFor(Millis time) {
    cacheTime_ = time;
    return *this;
}
Route& Route::limit(Rate rate) {
    rate_ = rate;
    return *this;
}
Route& Route::bodyLimit(std::size_t bytes) {
    bodyLimit_ = bytes;
    return *this;
}

struct Router::Walk {
    std::string_view method;
    std::vector<std::string_view> segments;
    std::vector<std::string> taken; // parameters on the way
    const Route* found = nullptr;
    std::vector<std::string>* allowed;

    // The route of `routes` for the method; else its methods are remembered for Allow.
    bool take(const std::map<std::string, Route*, std::less<>>& routes) {
        auto at = routes.find(method);
        if (at == routes.end() && method == "HEAD") at = routes.find("GET");
        if (at != routes.end()) {
            found = at->second;
            return true;
        }
        for (const auto& [other, route] : routes) {
            allowed->push_back(other);
            if (other == "GET") allowed->push_back("HEAD");
        }
        return false;
    }
};

Route& Router::add(std::string method, std::string pattern, Handler handler) {
    if (!pattern.starts_with('/')) throw std::logic_error("a route begins with /: " + pattern);
    Route& route = routes_.emplace_back(std::move(method), std::move(pattern), std::move(handler));
    ByMethod& routes = place(route.pattern_, route.names_);
    if (!routes.emplace(route.method_, &route).second)
        throw std::logic_error("two routes for " + route.method_ + " " + route.pattern_);
    return route;
}

Router::ByMethod& Router::place(const std::string& pattern, std::vector<std::string>& names) {
    if (pattern.find(':') == std::string::npos && pattern.find('*') == std::string::npos)
        return fixed_[pattern];
    Node* node = &root_;
    for (const std::string_view segment : segmentsOf(pattern)) {
        if (segment.starts_with('*')) {
            names.emplace_back(segment.substr(1));
            return node->tail;
        }
        const bool isParameter = segment.starts_with(':');
        if (isParameter) names.emplace_back(segment.substr(1));
        auto& next = isParameter ? node->parameter : node->fixed[std::string{segment}];
        if (!next) next = std::make_unique<Node>();
        node = next.get();
    }
    return node->here;
}

bool Router::descend(const Node& node, Walk& walk, std::size_t segment) {
    if (segment == walk.segments.size()) return walk.take(node.here);
    const std::string_view text = walk.segments[segment];
    const auto fixed = node.fixed.find(text);
    if (fixed != node.fixed.end() && descend(*fixed->second, walk, segment + 1)) return true;
    if (node.parameter && !text.empty()) {
        walk.taken.emplace_back(text);
        if (descend(*node.parameter, walk, segment + 1)) return true;
        walk.taken.pop_back();
    }
    if (node.tail.empty() || !walk.take(node.tail)) return false;
    walk.taken.emplace_back(text.data(), walk.segments.back().data() + walk.segments.back().size());
    return true;
}

Match Router::match(std::string_view method, std::string_view path) const {
    Match match;
    Walk walk{method, {}, {}, nullptr, &match.allowed};
    const auto fixed = fixed_.find(path);
    if (fixed == fixed_.end() || !walk.take(fixed->second)) {
        walk.segments = segmentsOf(path);
        if (walk.segments.size() <= mostSegments) descend(root_, walk, 0);
    }
    match.route = walk.found;
    if (!match.route) {
        std::sort(match.allowed.begin(), match.allowed.end());
        match.allowed.erase(std::unique(match.allowed.begin(), match.allowed.end()), match.allowed.end());
        return match;
    }
    match.allowed.clear();
    for (std::size_t i = 0; i < walk.taken.size(); ++i)
        match.params.emplace_back(match.route->names_[i], std::move(walk.taken[i]));
    return match;
}

} // namespace motcua::http
