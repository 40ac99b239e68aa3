// What stands between the front and the controllers: every request passes here once, in one order, and every
// answer leaves with the same care.
#pragma once

#include "base/clock.h"
#include "http/assets.h"
#include "http/metrics.h"
#include "http/page_cache.h"
#include "http/rate_limit.h"
#include "http/request.h"
#include "http/router.h"
#include "http/session.h"
#include "net/message.h"
#include "view/theme.h"

#include <functional>
#include <string>
#include <vector>

namespace motcua::http {

struct SiteSettings {
    std::string signInPath = "/dang-nhap";
    std::string publicOrigin{}; // "https://dichvucong.example": as citizens write it; may be empty
    std::string secret{};       // signs flash cookies, the same on every node; empty: made at start
    std::int64_t hstsSeconds = 31'536'000; // ASVS 3.4.1: a year
    bool accessLog = true;
    Millis themeCheck{0}; // how often the theme's files are looked at for changes; 0: only when told
};

using Next = std::function<Result<Response>(Request&)>;
// Wraps the handler of every route; runs after rights and CSRF have been checked.
using Middleware = std::function<Result<Response>(Request&, const Next&)>;

class Site {
public:
    // The references must outlive it. Reads the theme's assets.
    Site(SiteSettings settings, Router& router, view::ThemeStore& themes, SessionStore& sessions,
         const Clock& clock);

    void use(Middleware middleware) { middlewares_.push_back(std::move(middleware)); }
    void setLayout(LayoutFiller layout) { layout_ = std::move(layout); }

    // limits → trace → route → session and rights → CSRF → controller → errors → headers, compression, ETag.
    net::Response handle(const net::Request& raw) noexcept; // [thread-safe]
    net::Handler handler();
    // Makes a page of a refusal that the front gives by itself, for net::ServerSettings. [thread-safe]
    void dressRefusal(net::Response& refusal) const;
    // GET /metrics, for a listener that only the operator reaches.
    net::Handler metricsHandler();

    // Takes up the theme's files again, templates and assets; also forgets cached pages.
    Result<void> reloadTheme();
    Result<void> switchTheme(const std::string& name);

    Metrics& metrics() { return metrics_; }
    RateLimiter& limiter() { return limiter_; }

private:
    net::Response answer(const net::Request& raw, const Route*& route, std::string& trace, ActorKind& actor);
    Result<Response> process(Request& request);
    Result<void> admit(Request& request, const Route& route);
    Result<void> limitRate(const Request& request, const Route& route);
    Result<void> authenticate(Request& request, const Route& route);
    Result<void> checkCsrf(Request& request, const Route& route) const;
    Result<Response> run(Request& request, const Route& route, std::size_t middleware);
    Result<Response> guarded(Request& request, const std::function<Result<Response>()>& work) const;
    Response noRoute(Request& request);

    bool isCacheable(const Request& request, const Route& route) const;
    net::Response answerCached(Request& request, const Route& route);
    net::Response sendCached(const Request& request, const CachedPage& page) const;
    net::Response finish(Request& request, Response response);
    void addCookies(Request& request, Response& response) const;
    void secure(net::Response& message, bool isSecure, const std::vector<std::string>& formOrigins,
                bool attached) const;
    void watchTheme();

    SiteSettings settings_;
    Router& router_;
    view::ThemeStore& themes_;
    SessionStore& sessions_;
    const Clock& clock_;
    Assets assets_;
    PageCache cache_;
    RateLimiter limiter_;
    Metrics metrics_;
    LayoutFiller layout_;
    std::vector<Middleware> middlewares_;
    std::atomic<std::int64_t> themeSeen_{0};
};

} // namespace motcua::http
