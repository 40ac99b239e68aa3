// The way of a request through the site: errors, sessions, CSRF, headers, locale, caching.
#include "http/errors.h"
#include "site_fixture.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <atomic>
#include <thread>

using namespace motcua;
using namespace motcua::http;
using namespace motcua::http::testing;

class SiteTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SiteTest);
    CPPUNIT_TEST(aPageIsRenderedAndCarriesTheSecurityHeaders);
    CPPUNIT_TEST(everyErrorHasItsStatusAsPageAndAsProblem);
    CPPUNIT_TEST(detailsAndExceptionsStayInTheHouse);
    CPPUNIT_TEST(whatFailsPastTheDeadlineWasTooSlow);
    CPPUNIT_TEST(unknownPathsAndMethods);
    CPPUNIT_TEST(aPageForSignedInPeopleSendsOthersToSignIn);
    CPPUNIT_TEST(officialsPagesAreDeniedToCitizens);
    CPPUNIT_TEST(whereSessionsCannotBeReadNobodyIsLetIn);
    CPPUNIT_TEST(aFormOfOursIsTaken);
    CPPUNIT_TEST(forgedMissingAndForeignFormsAreRefused);
    CPPUNIT_TEST(signInFormsCannotBeForgedEither);
    CPPUNIT_TEST(webhooksAndTokensNeedNoCsrf);
    CPPUNIT_TEST(secureRequestsGetTheHostCookieAndHsts);
    CPPUNIT_TEST(aFlashIsSaidOnce);
    CPPUNIT_TEST(theLocaleComesFromQueryCookieOrBrowser);
    CPPUNIT_TEST(answersAreCompressedTaggedAndNotSentTwice);
    CPPUNIT_TEST(pagesOfOnePersonAreNeverStored);
    CPPUNIT_TEST(cachedPagesAreMadeOnceForManyAtOnce);
    CPPUNIT_TEST(cachedPagesAreNotSharedWhereTheyDiffer);
    CPPUNIT_TEST(aRateIsKeptForEachPeer);
    CPPUNIT_TEST(theTraceGoesInAndOut);
    CPPUNIT_TEST(middlewareWrapsTheHandler);
    CPPUNIT_TEST(aFormThatCameBackShowsWhatIsWrong);
    CPPUNIT_TEST(figuresAreCountedByRoute);
    CPPUNIT_TEST(anEmptyThemeErrorPageIsNotFatal);
    CPPUNIT_TEST_SUITE_END();

    static Handler page(const char* name) {
        return [name](Request& request) -> Result<Response> {
            return Page{request, name}.title("Tên").response();
        };
    }
    static Handler plain(std::string text) {
        return [text](Request&) -> Result<Response> { return Response::html(text); };
    }

    void aPageIsRenderedAndCarriesTheSecurityHeaders() {
        SiteFixture f;
        f.router.get("/xem/:value", [](Request& request) {
            return Page{request, "show"}.title("A<B").set("value", request.param("value")).response();
        });
        const Answer answer = f.get("/xem/%22%3E%3Csvg%20onload=1%3E");
        CPPUNIT_ASSERT_EQUAL(200, answer.status());
        CPPUNIT_ASSERT(answer.holds("<title>A&lt;B</title>"));
        CPPUNIT_ASSERT(answer.holds("<p title=\"&quot;&gt;&lt;svg onload=1&gt;\">"));
        CPPUNIT_ASSERT(answer.holds("<a href=\"/xem/%22%3E%3Csvg%20onload=1%3E?lang=en\">en</a>"));
        CPPUNIT_ASSERT_EQUAL(std::string_view{"text/html; charset=utf-8"}, answer.header("Content-Type"));
        const std::string_view policy = answer.header("Content-Security-Policy");
        CPPUNIT_ASSERT(policy.starts_with("default-src 'none'; script-src 'self'; "));
        CPPUNIT_ASSERT(policy.find("frame-ancestors 'none'") != std::string_view::npos);
        CPPUNIT_ASSERT(policy.find("unsafe") == std::string_view::npos);
        CPPUNIT_ASSERT_EQUAL(std::string_view{"nosniff"}, answer.header("X-Content-Type-Options"));
        CPPUNIT_ASSERT_EQUAL(std::string_view{"same-origin"}, answer.header("Referrer-Policy"));
        CPPUNIT_ASSERT_EQUAL(std::string_view{"same-origin"}, answer.header("Cross-Origin-Opener-Policy"));
        CPPUNIT_ASSERT_EQUAL(std::string_view{"same-origin"}, answer.header("Cross-Origin-Resource-Policy"));
        CPPUNIT_ASSERT(answer.header("Strict-Transport-Security").empty());
    }

    void everyErrorHasItsStatusAsPageAndAsProblem() {
        SiteFixture f;
        ErrorKind kind = ErrorKind::Invalid;
        const Handler failing = [&](Request&) -> Result<Response> {
            return Error{kind, "dossier.stale", "the detail", {{"code", "H29"}}, {{"name", "required", {}}}};
        };
        f.router.get("/trang", failing);
        f.router.get("/api/v1/x", failing).api();
        const std::map<ErrorKind, int> statuses{
            {ErrorKind::Invalid, 400},  {ErrorKind::Denied, 403},         {ErrorKind::NotFound, 404},
            {ErrorKind::Conflict, 409}, {ErrorKind::Rejected, 422},       {ErrorKind::TooLarge, 413},
            {ErrorKind::TooMany, 429},  {ErrorKind::Unavailable, 503},    {ErrorKind::Timeout, 504},
            {ErrorKind::Internal, 500}, {ErrorKind::Unauthenticated, 401}};
        for (const auto& [each, status] : statuses) {
            kind = each;
            const Answer problem = f.get("/api/v1/x");
            CPPUNIT_ASSERT_EQUAL(status, problem.status());
            CPPUNIT_ASSERT_EQUAL(std::string_view{"application/problem+json; charset=utf-8"},
                                 problem.header("Content-Type"));
            const Json json = *Json::parse(problem.body());
            CPPUNIT_ASSERT_EQUAL(std::string{"Hồ sơ H29 đã đổi"}, json["title"].string());
            CPPUNIT_ASSERT_EQUAL(std::string{"dossier.stale"}, json["code"].string());
            CPPUNIT_ASSERT_EQUAL(std::int64_t{status}, json["status"].integer());
            CPPUNIT_ASSERT_EQUAL(std::size_t{32}, json["trace"].string().size());
            CPPUNIT_ASSERT_EQUAL(std::string{"Còn để trống"}, json["errors"].at(0)["message"].string());
            const Answer html = f.get("/trang");
            if (each == ErrorKind::Unauthenticated) continue;
            CPPUNIT_ASSERT_EQUAL(status, html.status());
            CPPUNIT_ASSERT(html.holds("<h1>" + std::to_string(status) + " Hồ sơ H29 đã đổi</h1>"));
            CPPUNIT_ASSERT(html.holds("<li>Còn để trống</li>"));
        }
        CPPUNIT_ASSERT_EQUAL(422, statusOf(ErrorKind::Invalid, true));
    }

    // ASVS 16.5.1
    void detailsAndExceptionsStayInTheHouse() {
        SiteFixture f;
        f.router.get("/ne",
                     [](Request&) -> Result<Response> { throw std::runtime_error("password=S3CRET"); });
        f.router
            .get("/api/ne", [](Request&) -> Result<Response> { return internal("x.y", "password=S3CRET"); })
            .api();
        for (const char* path : {"/ne", "/api/ne"}) {
            const Answer answer = f.get(path);
            CPPUNIT_ASSERT_EQUAL(500, answer.status());
            CPPUNIT_ASSERT(answer.holds("Hệ thống gặp lỗi"));
            CPPUNIT_ASSERT(!answer.holds("S3CRET"));
            CPPUNIT_ASSERT(!answer.header("Content-Security-Policy").empty());
        }
    }

    void unknownPathsAndMethods() {
        SiteFixture f;
        f.router.get("/thu-tuc", plain("x"));
        f.router.get("/h/:code", plain("x"));
        CPPUNIT_ASSERT_EQUAL(404, f.get("/khong").status());
        CPPUNIT_ASSERT(f.get("/khong", {{"Accept-Language", "en-GB,en;q=0.9"}}).holds("404 Not found"));
        CPPUNIT_ASSERT_EQUAL(std::string_view{"application/problem+json; charset=utf-8"},
                             f.get("/api/khong").header("Content-Type"));
        CPPUNIT_ASSERT_EQUAL(std::string_view{"application/problem+json; charset=utf-8"},
                             f.get("/khong", {{"Accept", "application/json"}}).header("Content-Type"));
        const Answer wrong = f.post("/thu-tuc", "a=1");
        CPPUNIT_ASSERT_EQUAL(405, wrong.status());
        CPPUNIT_ASSERT_EQUAL(std::string_view{"OPTIONS, GET, HEAD"}, wrong.header("Allow"));
        CPPUNIT_ASSERT_EQUAL(204, f.ask("OPTIONS", "/thu-tuc").status());
        const Answer slash = f.get("/thu-tuc/?q=a%20b");
        CPPUNIT_ASSERT_EQUAL(308, slash.status());
        CPPUNIT_ASSERT_EQUAL(std::string_view{"/thu-tuc?q=a%20b"}, slash.header("Location"));
        CPPUNIT_ASSERT_EQUAL(404, f.get("//thu-tuc/").status());
        CPPUNIT_ASSERT_EQUAL(200, f.ask("HEAD", "/thu-tuc").status());
    }

    void whatFailsPastTheDeadlineWasTooSlow() {
        SiteFixture f;
        f.requestTime = Millis{20};
        f.router.get("/cham", [](Request& request) -> Result<Response> {
            while (!request.context().deadline.passed())
                std::this_thread::sleep_for(Millis{1});
            throw std::runtime_error("the statement was interrupted");
        });
        CPPUNIT_ASSERT_EQUAL(504, f.get("/cham").status());
    }

    void aPageForSignedInPeopleSendsOthersToSignIn() {
        SiteFixture f;
        f.router
            .get("/cua-toi",
                 [](Request& request) -> Result<Response> { return Response::text(request.actor().name); })
            .signedIn();
        f.router.get("/api/cua-toi", plain("x")).api().signedIn();
        const Answer away = f.get("/cua-toi?x=1&y=ê");
        CPPUNIT_ASSERT_EQUAL(303, away.status());
        CPPUNIT_ASSERT_EQUAL(std::string_view{"/dang-nhap?back=%2Fcua-toi%3Fx%3D1%26y%3D%C3%AA"},
                             away.header("Location"));
        CPPUNIT_ASSERT_EQUAL(401, f.get("/api/cua-toi").status());
        CPPUNIT_ASSERT_EQUAL(std::string{"Lê Văn Tám"}, f.get("/cua-toi", {{"Cookie", f.signIn()}}).body());
        for (const char* cookie : {"motcua=short", "motcua=",
                                   "motcua=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "__Host-motcua=x"})
            CPPUNIT_ASSERT_EQUAL(303, f.get("/cua-toi", {{"Cookie", cookie}}).status());
    }

    void officialsPagesAreDeniedToCitizens() {
        SiteFixture f;
        f.router.get("/can-bo", plain("x")).official();
        CPPUNIT_ASSERT_EQUAL(403, f.get("/can-bo", {{"Cookie", f.signIn()}}).status());
        CPPUNIT_ASSERT_EQUAL(200, f.get("/can-bo", {{"Cookie", f.signIn(ActorKind::Official)}}).status());
    }

    void whereSessionsCannotBeReadNobodyIsLetIn() {
        SiteFixture f;
        f.router.get("/cua-toi", plain("x")).signedIn();
        const std::string cookie = f.signIn();
        f.sessions.down = true;
        const Answer answer = f.get("/cua-toi", {{"Cookie", cookie}});
        CPPUNIT_ASSERT_EQUAL(503, answer.status());
        CPPUNIT_ASSERT_EQUAL(std::string_view{"5"}, answer.header("Retry-After"));
    }

    struct Filed {
        int count = 0;
        std::string once{};
    };
    static void addForm(SiteFixture& f, Filed& filed) {
        f.router.get("/nop", page("form"));
        f.router.post("/nop", [&filed](Request& request) -> Result<Response> {
            ++filed.count;
            filed.once = request.idempotencyKey().value_or("none");
            return Response::seeOther("/xong").flash("saved", {{"what", "<hồ sơ>"}});
        });
        f.router.get("/xong", page("show"));
    }

    void aFormOfOursIsTaken() {
        SiteFixture f;
        Filed filed;
        addForm(f, filed);
        const std::string cookie = f.signIn();
        const Answer form = f.get("/nop", {{"Cookie", cookie}});
        const std::string body = "csrf=" + form.field("csrf") + "&once=" + form.field("once");
        CPPUNIT_ASSERT_EQUAL(
            303, f.post("/nop", body,
                        {{"Cookie", cookie}, {"Origin", "http://mot.cua"}, {"Sec-Fetch-Site", "same-origin"}})
                     .status());
        CPPUNIT_ASSERT_EQUAL(form.field("once"), filed.once);
        CPPUNIT_ASSERT_EQUAL(
            303, f.ask("POST", "/nop", {{"Cookie", cookie}, {"X-CSRF-Token", form.field("csrf")}}).status());
        CPPUNIT_ASSERT_EQUAL(std::string{"none"}, filed.once);
        CPPUNIT_ASSERT_EQUAL(2, filed.count);
        CPPUNIT_ASSERT(f.get("/nop", {{"Cookie", cookie}}).field("csrf") != form.field("csrf"));
    }

    // ASVS 3.5.1
    void forgedMissingAndForeignFormsAreRefused() {
        SiteFixture f;
        Filed filed;
        addForm(f, filed);
        f.router.post("/muc-khac", [&](Request&) -> Result<Response> { return Response{}; })
            .csrfPurpose("other");
        const std::string cookie = f.signIn();
        const std::string token = f.get("/nop", {{"Cookie", cookie}}).field("csrf");
        const std::string stolen =
            f.get("/nop", {{"Cookie", f.signIn(ActorKind::Citizen, "Kẻ gian")}}).field("csrf");
        const auto refused = [&](const std::string& what, const std::string& body, HeaderList headers,
                                 const char* path = "/nop") {
            headers.emplace_back("Cookie", cookie);
            const Answer answer = f.post(path, body, headers);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(what, 403, answer.status());
        };
        refused("missing", "a=1", {});
        refused("empty", "csrf=", {});
        refused("another's", "csrf=" + stolen, {});
        refused("broken", "csrf=" + token.substr(1), {});
        refused("changed", "csrf=" + std::string(token.front() == 'A' ? "B" : "A") + token.substr(1), {});
        refused("foreign origin", "csrf=" + token, {{"Origin", "https://evil.example"}});
        refused("lookalike origin", "csrf=" + token, {{"Origin", "http://mot.cua.evil.example"}});
        refused("origin of nobody", "csrf=" + token, {{"Origin", "null"}});
        refused("another site", "csrf=" + token, {{"Sec-Fetch-Site", "cross-site"}});
        refused("another host of the site", "csrf=" + token, {{"Sec-Fetch-Site", "same-site"}});
        refused("another purpose", "csrf=" + token, {}, "/muc-khac");
        CPPUNIT_ASSERT_EQUAL_MESSAGE("no session", 403, f.post("/nop", "csrf=" + token).status());
        CPPUNIT_ASSERT_EQUAL(0, filed.count);
        CPPUNIT_ASSERT_EQUAL_MESSAGE("method not let through by a query", 403,
                                     f.post("/nop?csrf=" + token, "", {{"Cookie", cookie}}).status());
    }

    void signInFormsCannotBeForgedEither() {
        SiteFixture f;
        Filed filed;
        addForm(f, filed);
        const Answer form = f.get("/nop");
        const std::string token = form.cookie("motcua");
        CPPUNIT_ASSERT_EQUAL(std::size_t{43}, token.size());
        CPPUNIT_ASSERT_EQUAL(std::string_view{"no-store"}, form.header("Cache-Control"));
        CPPUNIT_ASSERT_EQUAL(403, f.post("/nop", "csrf=" + form.field("csrf")).status());
        CPPUNIT_ASSERT_EQUAL(
            303, f.post("/nop", "csrf=" + form.field("csrf"), {{"Cookie", "motcua=" + token}}).status());
        // A browser that has a token keeps it.
        CPPUNIT_ASSERT(f.get("/nop", {{"Cookie", "motcua=" + token}}).cookie("motcua").empty());
    }

    void webhooksAndTokensNeedNoCsrf() {
        SiteFixture f;
        std::string seen;
        const Handler handler = [&](Request& request) -> Result<Response> {
            seen = request.actor().signedIn() ? request.actor().name : "nobody";
            return Response::json(Json::object());
        };
        f.router.post("/ipn", handler).webhook();
        f.router.post("/api/x", handler).api();
        const std::string cookie = f.signIn();
        CPPUNIT_ASSERT_EQUAL(200, f.ask("POST", "/ipn", {{"Cookie", cookie}}).status());
        CPPUNIT_ASSERT_EQUAL(std::string{"nobody"}, seen);
        CPPUNIT_ASSERT_EQUAL(200, f.ask("POST", "/api/x").status());
        CPPUNIT_ASSERT_EQUAL(std::string{"nobody"}, seen);
        CPPUNIT_ASSERT_EQUAL(403, f.ask("POST", "/api/x", {{"Cookie", cookie}}).status());
        CPPUNIT_ASSERT_EQUAL(200, f.ask("POST", "/api/x",
                                        {{"Cookie", cookie},
                                         {"X-CSRF-Token", csrfToken(SiteFixture::tokenOf(cookie), "form")}})
                                      .status());
        CPPUNIT_ASSERT_EQUAL(std::string{"Lê Văn Tám"}, seen);
        f.sessions.bearers[hashToken("app-token")] = Actor{ActorKind::Citizen, "7", "Ứng dụng", {}, {}};
        CPPUNIT_ASSERT_EQUAL(
            200,
            f.ask("POST", "/api/x", {{"Authorization", "Bearer app-token"}, {"Cookie", cookie}}).status());
        CPPUNIT_ASSERT_EQUAL(std::string{"Ứng dụng"}, seen);
        const Answer bad = f.ask("POST", "/api/x", {{"Authorization", "Bearer forged"}});
        CPPUNIT_ASSERT_EQUAL(401, bad.status());
        CPPUNIT_ASSERT_EQUAL(std::string_view{"Bearer"}, bad.header("WWW-Authenticate"));
    }

    // ASVS 3.3.1, 3.4.1
    void secureRequestsGetTheHostCookieAndHsts() {
        SiteFixture f;
        f.router.get("/nop", page("form"));
        const Answer form = f.ask("GET", "/nop", {}, {}, true);
        const std::string_view cookie = form.header("Set-Cookie");
        CPPUNIT_ASSERT(cookie.starts_with("__Host-motcua="));
        for (const char* part : {"; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"})
            CPPUNIT_ASSERT_MESSAGE(part, cookie.find(part) != std::string_view::npos);
        CPPUNIT_ASSERT_EQUAL(std::string_view{"max-age=31536000; includeSubDomains"},
                             form.header("Strict-Transport-Security"));
    }

    void aFlashIsSaidOnce() {
        SiteFixture f;
        Filed filed;
        addForm(f, filed);
        const std::string cookie = f.signIn();
        const std::string token = f.get("/nop", {{"Cookie", cookie}}).field("csrf");
        const std::string flash =
            f.post("/nop", "csrf=" + token, {{"Cookie", cookie}}).cookie("motcua_flash");
        CPPUNIT_ASSERT(!flash.empty());
        const Answer said = f.get("/xong", {{"Cookie", cookie + "; motcua_flash=" + flash}});
        CPPUNIT_ASSERT(said.holds("<aside>Đã lưu &lt;hồ sơ&gt;</aside>"));
        bool removed = false;
        for (const auto& [name, value] : said.raw.headers.fields())
            removed =
                removed || (name == "Set-Cookie" && value.starts_with("motcua_flash=; Path=/; Max-Age=0"));
        CPPUNIT_ASSERT(removed);
        for (const std::string& forged :
             {flash.substr(1), std::string{"x"}, std::string{"."}, flash.substr(0, flash.size() - 2)})
            CPPUNIT_ASSERT(!f.get("/xong", {{"Cookie", "motcua_flash=" + forged}}).holds("<aside>"));
    }

    void theLocaleComesFromQueryCookieOrBrowser() {
        SiteFixture f;
        f.router.get("/x",
                     [](Request& request) -> Result<Response> { return Response::text(request.locale()); });
        const auto locale = [&](const char* target, const HeaderList& headers) {
            return f.get(target, headers).body();
        };
        CPPUNIT_ASSERT_EQUAL(std::string{"vi"}, locale("/x", {}));
        CPPUNIT_ASSERT_EQUAL(std::string{"en"},
                             locale("/x", {{"Accept-Language", "fr-FR, en-US;q=0.8, vi;q=0.5"}}));
        CPPUNIT_ASSERT_EQUAL(std::string{"vi"},
                             locale("/x", {{"Accept-Language", "en;q=0.7, vi-VN;q=0.75"}}));
        CPPUNIT_ASSERT_EQUAL(std::string{"vi"}, locale("/x", {{"Accept-Language", "en;q=0, ;, *, q="}}));
        CPPUNIT_ASSERT_EQUAL(std::string{"vi"},
                             locale("/x", {{"Accept-Language", "en"}, {"Cookie", "motcua_lang=vi"}}));
        CPPUNIT_ASSERT_EQUAL(std::string{"en"}, locale("/x?lang=en", {{"Cookie", "motcua_lang=vi"}}));
        CPPUNIT_ASSERT_EQUAL(std::string{"vi"}, locale("/x?lang=../../etc", {}));
        CPPUNIT_ASSERT_EQUAL(std::string{"en"}, f.get("/x?lang=en").cookie("motcua_lang"));
        CPPUNIT_ASSERT(f.get("/x?lang=en", {{"Cookie", "motcua_lang=en"}}).cookie("motcua_lang").empty());
    }

    void answersAreCompressedTaggedAndNotSentTwice() {
        SiteFixture f;
        f.router.get("/lon", plain(std::string(5000, 'a')));
        f.router.get("/nho", plain("nhỏ"));
        const Answer plainOne = f.get("/lon");
        CPPUNIT_ASSERT(plainOne.header("Content-Encoding").empty());
        CPPUNIT_ASSERT_EQUAL(std::string_view{"Accept-Encoding"}, plainOne.header("Vary"));
        const Answer zipped = f.get("/lon", {{"Accept-Encoding", "br, gzip"}});
        CPPUNIT_ASSERT_EQUAL(std::string_view{"gzip"}, zipped.header("Content-Encoding"));
        CPPUNIT_ASSERT(zipped.body().size() < 200);
        CPPUNIT_ASSERT_EQUAL(std::string{"\x1f\x8b"}, zipped.body().substr(0, 2));
        CPPUNIT_ASSERT(f.get("/lon", {{"Accept-Encoding", "gzip;q=0"}}).header("Content-Encoding").empty());
        CPPUNIT_ASSERT(f.get("/nho", {{"Accept-Encoding", "gzip"}}).header("Content-Encoding").empty());
        const std::string tag{plainOne.header("ETag")};
        const Answer again = f.get("/lon", {{"If-None-Match", tag}});
        CPPUNIT_ASSERT_EQUAL(304, again.status());
        CPPUNIT_ASSERT(again.body().empty());
        CPPUNIT_ASSERT_EQUAL(200, f.get("/lon", {{"If-None-Match", "\"other\""}}).status());
    }

    // ASVS 14.3.2
    void pagesOfOnePersonAreNeverStored() {
        SiteFixture f;
        f.router.get("/x", plain("x")).cachedFor(Millis{60'000});
        const Answer own = f.get("/x", {{"Cookie", f.signIn()}});
        CPPUNIT_ASSERT_EQUAL(std::string_view{"no-store"}, own.header("Cache-Control"));
        CPPUNIT_ASSERT(own.header("ETag").empty());
    }

    void cachedPagesAreMadeOnceForManyAtOnce() {
        SiteFixture f;
        std::atomic<int> made{0};
        std::atomic<int> waiting{0};
        f.router
            .get("/tt/:code",
                 [&](Request& request) -> Result<Response> {
                     ++made;
                     while (waiting < 8) // the others have come
                         std::this_thread::yield();
                     return Response::html("<p>" + request.param("code") + std::string(2000, '.') + "</p>");
                 })
            .cachedFor(Millis{5'000});
        std::vector<std::thread> threads;
        std::atomic<int> good{0};
        for (int i = 0; i < 8; ++i)
            threads.emplace_back([&] {
                ++waiting;
                const Answer answer = f.get("/tt/1.001193");
                if (answer.status() == 200 && answer.holds("<p>1.001193")) ++good;
            });
        for (auto& thread : threads)
            thread.join();
        CPPUNIT_ASSERT_EQUAL(8, good.load());
        CPPUNIT_ASSERT_EQUAL(1, made.load());
        const Answer kept = f.get("/tt/1.001193", {{"Accept-Encoding", "gzip"}});
        CPPUNIT_ASSERT_EQUAL(std::string_view{"gzip"}, kept.header("Content-Encoding"));
        CPPUNIT_ASSERT(!kept.header("Content-Security-Policy").empty());
        CPPUNIT_ASSERT_EQUAL(
            304, f.get("/tt/1.001193", {{"If-None-Match", std::string{kept.header("ETag")}}}).status());
        CPPUNIT_ASSERT_EQUAL(1, made.load());
        f.clock.advance(Millis{5'000});
        f.get("/tt/1.001193");
        CPPUNIT_ASSERT_EQUAL(2, made.load());
    }

    void cachedPagesAreNotSharedWhereTheyDiffer() {
        SiteFixture f;
        int made = 0;
        f.router
            .get("/x",
                 [&](Request& request) -> Result<Response> {
                     ++made;
                     return Response::text(request.locale() + std::string{request.query("q")});
                 })
            .cachedFor(Millis{60'000});
        f.router.get("/nop", page("form")).cachedFor(Millis{60'000});
        f.router
            .get("/loi",
                 [&](Request&) -> Result<Response> {
                     ++made;
                     return notFound("x.y");
                 })
            .cachedFor(Millis{60'000});
        CPPUNIT_ASSERT_EQUAL(std::string{"vi1"}, f.get("/x?q=1").body());
        CPPUNIT_ASSERT_EQUAL(std::string{"vi2"}, f.get("/x?q=2").body());
        CPPUNIT_ASSERT_EQUAL(std::string{"en1"}, f.get("/x?q=1", {{"Accept-Language", "en"}}).body());
        CPPUNIT_ASSERT_EQUAL(std::string{"vi1"}, f.get("/x?q=1").body());
        CPPUNIT_ASSERT_EQUAL(3, made);
        // A form holds a token of its browser, an error may be over in a moment: neither is kept.
        const Answer one = f.get("/nop");
        const Answer two = f.get("/nop");
        CPPUNIT_ASSERT(!one.cookie("motcua").empty() && !two.cookie("motcua").empty());
        CPPUNIT_ASSERT(one.cookie("motcua") != two.cookie("motcua"));
        f.get("/loi");
        CPPUNIT_ASSERT_EQUAL(404, f.get("/loi").status());
        CPPUNIT_ASSERT_EQUAL(5, made);
    }

    void aRateIsKeptForEachPeer() {
        SiteFixture f;
        f.router.get("/tra-cuu", plain("x")).limit({3, Millis{60'000}});
        for (int i = 0; i < 3; ++i)
            CPPUNIT_ASSERT_EQUAL(200, f.get("/tra-cuu").status());
        const Answer refused = f.get("/tra-cuu");
        CPPUNIT_ASSERT_EQUAL(429, refused.status());
        CPPUNIT_ASSERT_EQUAL(std::string_view{"20"}, refused.header("Retry-After"));
        f.peer = "203.0.113.6";
        CPPUNIT_ASSERT_EQUAL(200, f.get("/tra-cuu").status());
        f.peer = "203.0.113.5";
        f.clock.advance(Millis{20'000});
        CPPUNIT_ASSERT_EQUAL(200, f.get("/tra-cuu").status());
        CPPUNIT_ASSERT_EQUAL(429, f.get("/tra-cuu").status());
    }

    void theTraceGoesInAndOut() {
        SiteFixture f;
        f.router.get("/x", [](Request& request) -> Result<Response> {
            return Response::text(request.context().trace);
        });
        const std::string trace = "0af7651916cd43dd8448eb211c80319c";
        const Answer answer = f.get("/x", {{"traceparent", "00-" + trace + "-b7ad6b7169203331-01"}});
        CPPUNIT_ASSERT_EQUAL(trace, answer.body());
        CPPUNIT_ASSERT(answer.header("traceparent").starts_with("00-" + trace + "-"));
        for (const char* bad : {"x", "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", ""}) {
            const std::string own = f.get("/x", {{"traceparent", bad}}).body();
            CPPUNIT_ASSERT_EQUAL(std::size_t{32}, own.size());
            CPPUNIT_ASSERT(own.find_first_not_of("0123456789abcdef") == std::string::npos);
        }
    }

    void middlewareWrapsTheHandler() {
        SiteFixture f;
        std::string order;
        f.router.get("/x", [&](Request&) -> Result<Response> {
            order += "handler ";
            return Response::text("x");
        });
        f.site.use([&](Request& request, const Next& next) -> Result<Response> {
            order += "first ";
            auto result = next(request);
            order += "after ";
            return result;
        });
        f.site.use([&](Request& request, const Next& next) -> Result<Response> {
            order += "second ";
            if (request.query("stop") == "1") return denied("x.y");
            return next(request);
        });
        CPPUNIT_ASSERT_EQUAL(200, f.get("/x").status());
        CPPUNIT_ASSERT_EQUAL(std::string{"first second handler after "}, order);
        CPPUNIT_ASSERT_EQUAL(403, f.get("/x?stop=1").status());
    }

    void aFormThatCameBackShowsWhatIsWrong() {
        SiteFixture f;
        f.router.get("/nop", [](Request& request) -> Result<Response> {
            return Page{request, "form"}.errors(invalidField("name", "required")).response();
        });
        const Answer answer = f.get("/nop");
        CPPUNIT_ASSERT_EQUAL(422, answer.status());
        CPPUNIT_ASSERT(answer.holds("<a href=\"#name\">Còn để trống</a>"));
    }

    void figuresAreCountedByRoute() {
        SiteFixture f;
        f.router.get("/h/:code", plain("x"));
        f.get("/h/1");
        f.get("/h/2");
        f.get("/khong");
        net::Request raw;
        raw.method = "GET";
        raw.path = "/metrics";
        f.site.metrics().add([](std::string& out) { writeFigure(out, "motcua_own", "", 12); });
        const std::string text = f.site.metricsHandler()(raw).body;
        CPPUNIT_ASSERT(
            text.find("motcua_http_requests_total{method=\"GET\",route=\"/h/:code\",status=\"2xx\"} 2\n") !=
            std::string::npos);
        CPPUNIT_ASSERT(text.find("motcua_http_seconds_count{method=\"GET\",route=\"/h/:code\"} 2\n") !=
                       std::string::npos);
        CPPUNIT_ASSERT(text.find("motcua_own 12\n") != std::string::npos);
        raw.path = "/";
        CPPUNIT_ASSERT_EQUAL(404, f.site.metricsHandler()(raw).status);
    }

    void anEmptyThemeErrorPageIsNotFatal() {
        SiteFixture f;
        std::filesystem::remove(f.theme.path / "t/templates/error.mustache");
        CPPUNIT_ASSERT(f.site.reloadTheme().ok());
        const Answer answer = f.get("/khong");
        CPPUNIT_ASSERT_EQUAL(404, answer.status());
        CPPUNIT_ASSERT(answer.holds("<h1>Không tìm thấy</h1>"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SiteTest);
