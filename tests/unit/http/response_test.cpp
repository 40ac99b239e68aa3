// Answers that cannot be bent: headers, redirects, file names, cookies; and assets that cannot be climbed out
// of.
#include "http/compress.h"
#include "http/rate_limit.h"
#include "site_fixture.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

using namespace motcua;
using namespace motcua::http;
using namespace motcua::http::testing;

class ResponseTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ResponseTest);
    CPPUNIT_TEST(noValueBreaksOutOfItsHeader);
    CPPUNIT_TEST(redirectsStayOnTheSite);
    CPPUNIT_TEST(redirectTargetsAreEncoded);
    CPPUNIT_TEST(downloadsAreNamedAndSandboxed);
    CPPUNIT_TEST(formsMayLeadOnlyWhereAPageSays);
    CPPUNIT_TEST(assetsAreServedInTheBestForm);
    CPPUNIT_TEST(assetsCannotBeClimbedOutOf);
    CPPUNIT_TEST(changedThemesBringTheirAssets);
    CPPUNIT_TEST(encodingsAreNegotiated);
    CPPUNIT_TEST(theLimiterForgetsWhatIsOverAndNeverGrowsPastItsSize);
    CPPUNIT_TEST(householdsAreCountedTogether);
    CPPUNIT_TEST(jsonBodiesAreLimitedAndTyped);
    CPPUNIT_TEST(eventsAreParkedNotCompressed);
    CPPUNIT_TEST_SUITE_END();

    void noValueBreaksOutOfItsHeader() {
        const std::string bad = "a\r\nSet-Cookie: x=1";
        Response response;
        CPPUNIT_ASSERT_THROW(response.header("X-Y", bad), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(response.header(bad, "x"), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(response.header("X-Y", std::string_view("a\0b", 3)), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(response.cookie({"a", bad}), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(response.cookie({"a", "x; Domain=evil"}), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(response.allowFormTo("https://x; script-src *"), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(response.allowFormTo("'unsafe-inline'"), std::invalid_argument);
        CPPUNIT_ASSERT(attachment(bad).find('\r') == std::string::npos);
        CPPUNIT_ASSERT(attachment("a\"; x=\"b.pdf").starts_with("attachment; filename=\"a_; x=_b.pdf\";"));
        // A handler that lets one through is a 500, never a split answer.
        SiteFixture f;
        f.router.get("/x", [](Request& request) -> Result<Response> {
            return Response::text("x").header("X-Echo", request.query("q"));
        });
        CPPUNIT_ASSERT_EQUAL(500, f.get("/x?q=a%0d%0aSet-Cookie:%20x=1").status());
        CPPUNIT_ASSERT_EQUAL(200, f.get("/x?q=a").status());
    }

    // ASVS 3.7.2
    void redirectsStayOnTheSite() {
        for (const char* target :
             {"//evil.example", "/\\evil.example", "\\\\evil", "https://evil.example", "javascript:alert(1)",
              "", "x", "/\t/evil", "/a\r\nX: y", " /x", "/a\\..\\b"}) {
            CPPUNIT_ASSERT_MESSAGE(target, !isLocalPath(target));
            CPPUNIT_ASSERT_EQUAL(std::string{"/"}, localPathOr(target, "/"));
            CPPUNIT_ASSERT_THROW(Response::seeOther(target), std::invalid_argument);
        }
        CPPUNIT_ASSERT_EQUAL(std::string{"/a?b=//c"}, localPathOr("/a?b=//c", "/"));
        CPPUNIT_ASSERT_THROW(Response::away("javascript:alert(1)"), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(Response::away("https://a\r\nX: y"), std::invalid_argument);
        CPPUNIT_ASSERT_EQUAL(303, Response::away("https://pay.example/x?a=1").statusCode());
    }

    void redirectTargetsAreEncoded() {
        CPPUNIT_ASSERT_EQUAL(std::string_view{"/t%C3%ACm?q=a%20b&c=%E1%BA%BF#d"},
                             Response::seeOther("/tìm?q=a b&c=ế#d").message.headers.get("Location"));
        CPPUNIT_ASSERT_EQUAL(std::string_view{"/x?q=%20%22"},
                             Response::seeOther("/x?q=%20%22").message.headers.get("Location"));
    }

    // ASVS 5.4.2
    void downloadsAreNamedAndSandboxed() {
        CPPUNIT_ASSERT_EQUAL(std::string{"attachment; filename=\"a.pdf\""}, attachment("a.pdf"));
        CPPUNIT_ASSERT(attachment("Đơn được.pdf")
                           .ends_with("; filename*=UTF-8''%C4%90%C6%A1n%20%C4%91%C6%B0%E1%BB%A3c.pdf"));
        SiteFixture f;
        f.router.get("/tep", [](Request&) -> Result<Response> {
            return Response::download("<script>", "../a\"b.html", "text/html");
        });
        const Answer answer = f.get("/tep");
        CPPUNIT_ASSERT_EQUAL(std::string_view{"default-src 'none'; sandbox"},
                             answer.header("Content-Security-Policy"));
        CPPUNIT_ASSERT(
            answer.header("Content-Disposition").starts_with("attachment; filename=\".._a_b.html\""));
    }

    void formsMayLeadOnlyWhereAPageSays() {
        SiteFixture f;
        f.router.get("/tra-phi", [](Request& request) -> Result<Response> {
            return Page{request, "show"}.allowFormTo("https://pay.example").response();
        });
        CPPUNIT_ASSERT(f.get("/tra-phi")
                           .header("Content-Security-Policy")
                           .find("; form-action 'self' https://pay.example;") != std::string_view::npos);
    }

    void assetsAreServedInTheBestForm() {
        SiteFixture f;
        const Answer plain = f.get("/static/main-0123456789.css");
        CPPUNIT_ASSERT_EQUAL(200, plain.status());
        CPPUNIT_ASSERT_EQUAL(std::size_t{3000}, plain.body().size());
        CPPUNIT_ASSERT_EQUAL(std::string_view{"text/css; charset=utf-8"}, plain.header("Content-Type"));
        CPPUNIT_ASSERT_EQUAL(std::string_view{"public, max-age=31536000, immutable"},
                             plain.header("Cache-Control"));
        CPPUNIT_ASSERT_EQUAL(std::string_view{"nosniff"}, plain.header("X-Content-Type-Options"));
        CPPUNIT_ASSERT_EQUAL(std::string{"brotli bytes"},
                             f.get("/static/main-0123456789.css", {{"Accept-Encoding", "gzip, br"}}).body());
        const Answer zipped = f.get("/static/main-0123456789.css", {{"Accept-Encoding", "gzip"}});
        CPPUNIT_ASSERT_EQUAL(std::string_view{"gzip"}, zipped.header("Content-Encoding"));
        CPPUNIT_ASSERT_EQUAL(
            304, f.get("/static/main-0123456789.css", {{"If-None-Match", std::string{plain.header("ETag")}}})
                     .status());
        CPPUNIT_ASSERT_EQUAL(std::string_view{"no-cache"}, f.get("/static/logo.svg").header("Cache-Control"));
        CPPUNIT_ASSERT_EQUAL(200, f.ask("HEAD", "/static/logo.svg").status());
    }

    void assetsCannotBeClimbedOutOf() {
        SiteFixture f;
        for (const char* path :
             {"/static/../theme.json", "/static/..%2f..%2fsecret.txt", "/static//etc/passwd", "/static/",
              "/static/manifest.json", "/static/%2e%2e/%2e%2e/secret.txt", "/static/main-0123456789.css/",
              "/static/main-0123456789.css.br", "/static/main-0123456789.css%00",
              "/static/..\\..\\secret.txt"}) {
            const Answer answer = f.get(path);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(path, 404, answer.status());
            CPPUNIT_ASSERT(!answer.holds("S3CRET"));
        }
        CPPUNIT_ASSERT_EQUAL(404, f.ask("POST", "/static/logo.svg").status());
    }

    void changedThemesBringTheirAssets() {
        SiteFixture f;
        f.theme.write("t/static/new-abcdef0123.js", "1");
        std::filesystem::remove(f.theme.path / "t/static/logo.svg");
        CPPUNIT_ASSERT_EQUAL(404, f.get("/static/new-abcdef0123.js").status());
        CPPUNIT_ASSERT(f.site.reloadTheme().ok());
        CPPUNIT_ASSERT_EQUAL(200, f.get("/static/new-abcdef0123.js").status());
        CPPUNIT_ASSERT_EQUAL_MESSAGE("a page under way still names it", 200,
                                     f.get("/static/logo.svg").status());
        CPPUNIT_ASSERT(!f.site.switchTheme("nowhere"));
    }

    void encodingsAreNegotiated() {
        CPPUNIT_ASSERT(takesEncoding("gzip, deflate, br", "br"));
        CPPUNIT_ASSERT(takesEncoding("GZIP;q=0.5", "gzip"));
        CPPUNIT_ASSERT(!takesEncoding("gzip;q=0", "gzip"));
        CPPUNIT_ASSERT(!takesEncoding("gzip;q=0.000", "gzip"));
        CPPUNIT_ASSERT(!takesEncoding("xgzip, deflate", "gzip"));
        CPPUNIT_ASSERT(!takesEncoding("", "gzip"));
    }

    void theLimiterForgetsWhatIsOverAndNeverGrowsPastItsSize() {
        ManualClock clock{Instant{1'000'000}};
        RateLimiter limiter{clock, 160};
        for (int i = 0; i < 10'000; ++i)
            CPPUNIT_ASSERT(limiter.take("key" + std::to_string(i), {1, Millis{1000}}) == Millis{0});
        RateLimiter one{clock};
        const Rate rate{10, Millis{60'000}};
        for (int i = 0; i < 10; ++i)
            CPPUNIT_ASSERT(one.take("a", rate) == Millis{0});
        CPPUNIT_ASSERT(one.take("a", rate) == Millis{6000});
        clock.advance(-std::chrono::hours{24}); // a clock that is set back shuts nobody out for a day
        CPPUNIT_ASSERT(one.take("a", rate) == Millis{0});
        clock.advance(std::chrono::hours{24});
        for (int at = 0; at < 10; ++at)
            static_cast<void>(one.take("a", rate));
        CPPUNIT_ASSERT(one.take("a", rate) == Millis{6000});
        CPPUNIT_ASSERT(one.take("b", rate) == Millis{0});
        clock.advance(Millis{6000});
        CPPUNIT_ASSERT(one.take("a", rate) == Millis{0});
        CPPUNIT_ASSERT(one.take("a", rate) == Millis{6000});
        clock.advance(Millis{600'000});
        for (int i = 0; i < 10; ++i)
            CPPUNIT_ASSERT(one.take("a", rate) == Millis{0});
    }

    void householdsAreCountedTogether() {
        CPPUNIT_ASSERT_EQUAL(peerGroup("2001:db8:1:2::1"), peerGroup("2001:db8:1:2:ffff::9"));
        CPPUNIT_ASSERT(peerGroup("2001:db8:1:2::1") != peerGroup("2001:db8:1:3::1"));
        CPPUNIT_ASSERT_EQUAL(std::string{"203.0.113.5"}, peerGroup("203.0.113.5"));
        CPPUNIT_ASSERT_EQUAL(std::string{"203.0.113.5"}, peerGroup("::ffff:203.0.113.5"));
    }

    // ASVS 1.5.2
    void jsonBodiesAreLimitedAndTyped() {
        SiteFixture f;
        f.router
            .post("/api/x",
                  [](Request& request) -> Result<Response> {
                      MOTCUA_TRY(json, request.json({.bytes = 100, .depth = 4}));
                      return Response::json(json["a"]);
                  })
            .api();
        const auto ask = [&](const std::string& type, const std::string& body) {
            return f.ask("POST", "/api/x", {{"Content-Type", type}}, body);
        };
        CPPUNIT_ASSERT_EQUAL(std::string{"[1,\"\\u003cb>\"]"},
                             ask("application/json; charset=utf-8", R"({"a": [1, "<b>"]})").body());
        CPPUNIT_ASSERT_EQUAL(400, ask("text/plain", "{}").status());
        CPPUNIT_ASSERT_EQUAL(400, ask("application/json", "{").status());
        CPPUNIT_ASSERT_EQUAL(400, ask("application/json", "").status());
        CPPUNIT_ASSERT_EQUAL(400, ask("application/json", R"({"a":1,"a":2})").status());
        CPPUNIT_ASSERT_EQUAL(400, ask("application/json", "[[[[[[1]]]]]]").status());
        CPPUNIT_ASSERT_EQUAL(413, ask("application/json", "\"" + std::string(100, 'a') + "\"").status());
    }

    void eventsAreParkedNotCompressed() {
        SiteFixture f;
        f.router.get("/bang", [](Request&) -> Result<Response> { return Response::events({"hall/1"}); });
        const Answer answer = f.get("/bang", {{"Accept-Encoding", "gzip"}});
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, answer.raw.topics.size());
        CPPUNIT_ASSERT_EQUAL(std::string_view{"text/event-stream"}, answer.header("Content-Type"));
        CPPUNIT_ASSERT(answer.header("Content-Encoding").empty());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ResponseTest);
