#include "http/site.h"

#include "base/bytes.h"
#include "base/id.h"
#include "base/log.h"
#include "http/compress.h"
#include "http/errors.h"

#include <chrono>

namespace motcua::http {

namespace {

constexpr std::string_view staticPath = "/static/";
constexpr std::size_t worthCompressing = 1024;

Error tooMany(Millis wait) {
    Error error{ErrorKind::TooMany, "http.too_many_requests"};
    error.params["retry_after"] = std::to_string((wait.count() + 999) / 1000);
    return error;
}

bool matches(std::string_view ifNoneMatch, std::string_view tag) {
    return !ifNoneMatch.empty() && (ifNoneMatch == "*" || ifNoneMatch.find(tag) != std::string_view::npos);
}

std::string tagOf(std::string_view body) {
    return "\"" + toHex(sha256(body)).substr(0, 20) + "\"";
}

// W3C Trace Context: our span within the trace.
std::string traceparentOf(const std::string& trace) {
    std::string text = "00-";
    text += trace;
    text += '-';
    text += std::string_view{newTrace()}.substr(16);
    text += "-00";
    return text;
}

net::Response withoutBody(const net::Response& from) {
    net::Response head;
    head.status = from.status;
    head.headers = from.headers;
    return head;
}

} // namespace

Site::Site(SiteSettings settings, Router& router, view::ThemeStore& themes, SessionStore& sessions,
           const Clock& clock)
    : settings_(std::move(settings)),
      router_(router),
      themes_(themes),
      sessions_(sessions),
      clock_(clock),
      cache_(clock),
      limiter_(clock) {
    if (settings_.secret.empty()) settings_.secret = randomBytes(32);
    assets_.load(themes_.current()->staticFolders());
    themeSeen_ = clock_.now().ms;
}

net::Handler Site::handler() {
    return [this](const net::Request& raw) { return handle(raw); };
}

net::Response Site::handle(const net::Request& raw) noexcept {
    const auto began = std::chrono::steady_clock::now();
    const Route* route = nullptr;
    std::string trace;
    ActorKind actor = ActorKind::Anonymous;
    net::Response response;
    try {
        response = answer(raw, route, trace, actor);
    } catch (const std::exception& broken) {
        log::error("http.answer_failed", {{"cause", broken.what()}, {"trace", trace}});
        response = net::Response{};
        response.status = 500;
    }
    const auto took =
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
    if (route) route->figures().count(response.status, took.count());
    if (settings_.accessLog && !raw.path.starts_with(staticPath)) {
        // The pattern, never the path: paths and queries may hold codes and names (ASVS 14.2.1).
        static constexpr const char* kinds[] = {"anonymous", "citizen", "official", "system"};
        log::info("http.request",
                  {{"method", raw.method},
                   {"route", route ? std::string_view{route->pattern()} : "-"},
                   {"status", response.status},
                   {"micros", static_cast<std::int64_t>(took.count())},
                   {"bytes", response.shared ? response.shared->size() : response.body.size()},
                   {"actor", kinds[static_cast<int>(actor)]},
                   {"trace", trace}});
    }
    return response;
}

net::Response Site::answer(const net::Request& raw, const Route*& route, std::string& trace,
                           ActorKind& actor) {
    if (raw.path.starts_with(staticPath) && (raw.method == "GET" || raw.method == "HEAD")) {
        net::Response response =
            assets_.serve(std::string_view{raw.path}.substr(staticPath.size()), raw.headers);
        secure(response, raw.secure, {}, false);
        return response;
    }
    watchTheme();
    Request request{raw, {themes_.current(), &layout_, &limiter_, settings_.secret}};
    trace = request.context_.trace;
    Result<Response> result = guarded(request, [&]() -> Result<Response> {
        MOTCUA_CHECK(request.parseHead());
        request.match_ = router_.match(raw.method, raw.path);
        route = request.match_.route;
        if (!route) return noRoute(request);
        MOTCUA_CHECK(admit(request, *route));
        return Response{};
    });
    actor = request.actor().kind;
    if (result && route && isCacheable(request, *route)) return answerCached(request, *route);
    if (result && route) result = guarded(request, [&] { return process(request); });
    return finish(request,
                  result ? std::move(*result) : errorResponse(request, result.error(), settings_.signInPath));
}

// Exceptions end here, whoever threw them.
Result<Response> Site::guarded(Request& request, const std::function<Result<Response>()>& work) const {
    try {
        return work();
    } catch (const std::exception& broken) {
        const std::string where = request.match_.route ? request.match_.route->pattern() : "-";
        if (request.context_.deadline.passed())
            return Error{ErrorKind::Timeout, "http.too_late", where + ": " + broken.what()};
        return internal("http.exception", where + ": " + broken.what());
    }
}

Response Site::noRoute(Request& request) {
    const auto& allowed = request.match_.allowed;
    if (allowed.empty()) {
        // "/thu-tuc/" means "/thu-tuc".
        const std::string path{request.path()};
        if (request.isSafe() && path.size() > 1 && path.ends_with('/') &&
            router_.match(request.method(), path.substr(0, path.size() - 1)).route) {
            std::string target = request.target();
            target.erase(percentEncode(path, "/:@!$&'()*+,;=").size() - 1, 1);
            return isLocalPath(target)
                       ? Response::seeOther(target).status(308)
                       : errorResponse(request, notFound("http.no_page"), settings_.signInPath);
        }
        return errorResponse(request, notFound("http.no_page"), settings_.signInPath);
    }
    std::string list = "OPTIONS";
    for (const std::string& method : allowed)
        list += ", " + method;
    Response response;
    if (request.method() != "OPTIONS") {
        response = errorResponse(request, rejected("http.no_method"), settings_.signInPath);
        response.status(405);
    }
    response.header("Allow", list);
    return response;
}

Result<void> Site::admit(Request& request, const Route& route) {
    if (request.context_.deadline.passed()) return Error{ErrorKind::Timeout, "http.too_late"};
    MOTCUA_CHECK(authenticate(request, route));
    MOTCUA_CHECK(limitRate(request, route));
    if (route.access() != Access::Public && !request.actor().signedIn())
        return Error{ErrorKind::Unauthenticated, "http.sign_in"};
    if (route.access() == Access::Official && request.actor().kind != ActorKind::Official)
        return denied("http.officials_only");
    if (!request.isSafe()) {
        MOTCUA_CHECK(request.parseBody(route));
        MOTCUA_CHECK(checkCsrf(request, route));
    }
    return {};
}

Result<void> Site::limitRate(const Request& request, const Route& route) {
    if (route.rate().count <= 0) return {};
    const std::string key = route.method() + " " + route.pattern() + " ";
    Millis wait = limiter_.take(key + peerGroup(request.peer()), route.rate());
    if (wait.count() == 0 && request.actor().signedIn())
        wait = limiter_.take(key + "@" + request.actor().id, route.rate());
    if (wait.count() > 0) return tooMany(wait);
    return {};
}

Result<void> Site::authenticate(Request& request, const Route& route) {
    if (route.isWebhook()) {
        request.token_.clear();
        return {};
    }
    const std::string_view bearer = request.header("Authorization");
    if (route.isApi() && bearer.starts_with("Bearer ")) {
        request.token_.clear(); // one proof of who it is, never two
        MOTCUA_TRY(actor, sessions_.byBearer(request.context_, hashToken(bearer.substr(7))));
        if (!actor) return Error{ErrorKind::Unauthenticated, "http.bad_token"};
        request.context_.actor = std::move(*actor);
        return {};
    }
    if (request.token_.empty()) return {};
    MOTCUA_TRY(actor, sessions_.bySession(request.context_, hashToken(request.token_)));
    if (actor) request.context_.actor = std::move(*actor);
    return {};
}

Result<void> Site::checkCsrf(Request& request, const Route& route) const {
    if (route.isWebhook()) return {};
    // A program without a session cookie has nothing that another site could ride on.
    if (route.isApi() && request.token_.empty()) return {};
    const std::string_view field = request.form("csrf");
    const std::string_view token = field.empty() ? request.header("X-CSRF-Token") : field;
    if (isSameOrigin(request.raw_.headers, settings_.publicOrigin) &&
        isCsrfToken(token, request.token_, route.csrfPurpose()))
        return {};
    log::warning("http.csrf_refused", {{"route", route.pattern()}, {"trace", request.context_.trace}});
    return denied("http.csrf");
}

Result<Response> Site::process(Request& request) {
    return run(request, *request.match_.route, 0);
}

Result<Response> Site::run(Request& request, const Route& route, std::size_t middleware) {
    if (middleware == middlewares_.size()) return route.handler()(request);
    const Next next = [&](Request& same) { return run(same, route, middleware + 1); };
    return middlewares_[middleware](request, next);
}

bool Site::isCacheable(const Request& request, const Route& route) const {
    return route.cacheTime().count() > 0 && request.isSafe() && !request.actor().signedIn() &&
           !request.localeChosen_ && request.cookie(flashCookie).empty();
}

net::Response Site::answerCached(Request& request, const Route& route) {
    const std::string key = request.theme().name() + "\n" + request.locale() + "\n" +
                            std::string{request.path()} + "\n" + request.raw_.query;
    Response own; // of this caller, where it made one that may not be kept
    bool made = false;
    const auto make = [&]() -> PageCache::Page {
        made = true;
        Result<Response> result = guarded(request, [&] { return process(request); });
        own = result ? std::move(*result) : errorResponse(request, result.error(), settings_.signInPath);
        const bool same = !request.personal_ && own.message.status == 200 && own.cookies.empty() &&
                          !own.flashed && own.message.file.empty() && own.message.topics.empty() &&
                          !own.message.shared;
        if (!same) return nullptr;
        auto page = std::make_shared<CachedPage>();
        page->head = withoutBody(own.message);
        page->head.headers.set("Cache-Control", "no-cache");
        page->head.headers.set("Vary", "Accept-Encoding, Accept-Language, Cookie");
        page->tag = tagOf(own.message.body);
        page->head.headers.set("ETag", page->tag);
        secure(page->head, request.isSecure(), own.formOrigins, own.attached);
        if (own.message.body.size() > worthCompressing &&
            isCompressible(own.message.headers.get("Content-Type")))
            page->gzip = std::make_shared<const std::string>(gzip(own.message.body));
        page->plain = std::make_shared<const std::string>(std::move(own.message.body));
        return page;
    };
    const auto page = cache_.get(key + (request.isSecure() ? "\ns" : ""), route.cacheTime(),
                                 request.context_.deadline, make);
    if (page) return sendCached(request, *page);
    if (!made) make();
    return finish(request, std::move(own));
}

net::Response Site::sendCached(const Request& request, const CachedPage& page) const {
    net::Response response = withoutBody(page.head);
    response.headers.add("traceparent", traceparentOf(request.context_.trace));
    if (matches(request.header("If-None-Match"), page.tag)) {
        response.status = 304;
    } else if (page.gzip && takesEncoding(request.header("Accept-Encoding"), "gzip")) {
        response.headers.add("Content-Encoding", "gzip");
        response.shared = page.gzip;
    } else {
        response.shared = page.plain;
    }
    return response;
}

net::Response Site::finish(Request& request, Response response) {
    addCookies(request, response);
    net::Response& message = response.message;
    message.headers.set("traceparent", traceparentOf(request.context_.trace));
    secure(message, request.isSecure(), response.formOrigins, response.attached);
    // What is made for one person is never kept by anybody (ASVS 14.3.2).
    const bool ofOne = request.personal_ || request.actor().signedIn() || !response.cookies.empty();
    if (!message.headers.find("Cache-Control"))
        message.headers.set("Cache-Control", ofOne ? "no-store" : "no-cache");
    if (message.shared || !message.file.empty() || !message.topics.empty() || message.body.empty())
        return std::move(message);
    if (!ofOne && request.isSafe() && message.status == 200) {
        const std::string tag = tagOf(message.body);
        message.headers.set("ETag", tag);
        if (matches(request.header("If-None-Match"), tag)) {
            message.status = 304;
            message.body.clear();
            return std::move(message);
        }
    }
    if (message.body.size() > worthCompressing && isCompressible(message.headers.get("Content-Type"))) {
        message.headers.set("Vary", "Accept-Encoding");
        if (takesEncoding(request.header("Accept-Encoding"), "gzip")) {
            message.body = gzip(message.body);
            message.headers.set("Content-Encoding", "gzip");
        }
    }
    return std::move(message);
}

void Site::addCookies(Request& request, Response& response) const {
    const bool hasSession = std::any_of(response.cookies.begin(), response.cookies.end(),
                                        [](const Cookie& cookie) { return cookie.hostPrefix; });
    if (request.tokenIsNew_ && !hasSession) response.session(request.token_);
    if (response.flashed) {
        response.cookie({std::string{flashCookie}, packFlash(*response.flashed, settings_.secret), 300});
    } else if (request.flashTaken_) {
        response.cookie({std::string{flashCookie}, "", 0});
    }
    if (request.localeChosen_) response.cookie({std::string{localeCookie}, request.locale(), 31'536'000});
    for (const Cookie& cookie : response.cookies)
        response.message.headers.add("Set-Cookie", setCookie(cookie, request.isSecure()));
}

// ASVS 3.4: one policy for every page; a download may not even run as a page of ours.
void Site::secure(net::Response& message, bool isSecure, const std::vector<std::string>& formOrigins,
                  bool attached) const {
    net::Headers& headers = message.headers;
    if (attached) {
        headers.set("Content-Security-Policy", "default-src 'none'; sandbox");
    } else {
        std::string policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
                             "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'";
        for (const std::string& origin : formOrigins)
            policy += " " + origin;
        headers.set("Content-Security-Policy",
                    policy + "; base-uri 'none'; frame-ancestors 'none'; object-src 'none'");
    }
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "same-origin");
    headers.set("Cross-Origin-Opener-Policy", "same-origin");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    if (isSecure && settings_.hstsSeconds > 0)
        headers.set("Strict-Transport-Security",
                    "max-age=" + std::to_string(settings_.hstsSeconds) + "; includeSubDomains");
}

void Site::dressRefusal(net::Response& refusal) const {
    const auto theme = themes_.current();
    const std::string key = "error_page." + std::to_string(refusal.status);
    std::string page = "<!DOCTYPE html><html lang=\"vi\"><meta charset=\"utf-8\"><title>";
    const std::string title =
        theme->words("vi").sayOr(key + "_title", theme->words("vi").say("error_page.400_title"));
    view::appendEscaped(page, title);
    page += "</title><h1>";
    view::appendEscaped(page, title);
    page += "</h1>";
    for (const char* locale : {"vi", "en"}) {
        page += std::string{"<p lang=\""} + locale + "\">";
        view::appendEscaped(page,
                            theme->words(locale).sayOr(key, theme->words(locale).say("error_page.400")));
        page += "</p>";
    }
    refusal.body = page + "<p>" + std::to_string(refusal.status) + "</p></html>\n";
    refusal.headers.set("Content-Type", "text/html; charset=utf-8");
    refusal.headers.set("Cache-Control", "no-store");
    secure(refusal, false, {}, false);
}

net::Handler Site::metricsHandler() {
    return [this](const net::Request& raw) {
        net::Response response;
        response.headers.add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
        if (raw.path == "/metrics" && (raw.method == "GET" || raw.method == "HEAD")) {
            response.body = metrics_.text(router_);
        } else {
            response.status = 404;
            response.body = "404\n";
        }
        return response;
    };
}

Result<void> Site::reloadTheme() {
    MOTCUA_CHECK(themes_.reload());
    assets_.load(themes_.current()->staticFolders());
    cache_.clear();
    return {};
}

Result<void> Site::switchTheme(const std::string& name) {
    MOTCUA_CHECK(themes_.switchTo(name));
    assets_.load(themes_.current()->staticFolders());
    cache_.clear();
    return {};
}

void Site::watchTheme() {
    if (settings_.themeCheck.count() == 0) return;
    const std::int64_t now = clock_.now().ms;
    std::int64_t seen = themeSeen_.load();
    if (now - seen < settings_.themeCheck.count() || !themeSeen_.compare_exchange_strong(seen, now)) return;
    const auto changed = themes_.reloadIfChanged();
    if (!changed) {
        log::error("http.theme_broken", {{"detail", changed.error().detail}});
    } else if (*changed) {
        assets_.load(themes_.current()->staticFolders());
        cache_.clear();
    }
}

} // namespace motcua::http
