// Paths to routes.
#include "http/router.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

using namespace motcua;
using namespace motcua::http;

class RouterTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RouterTest);
    CPPUNIT_TEST(fixedGoesBeforeParameterBeforeTail);
    CPPUNIT_TEST(parametersAreNeverEmptyAndKeepTheirOrder);
    CPPUNIT_TEST(anotherMethodIsToldByAllow);
    CPPUNIT_TEST(aFixedPathOfAnotherMethodDoesNotHideAPattern);
    CPPUNIT_TEST(headIsAnsweredByGet);
    CPPUNIT_TEST(twoRoutesForOnePlaceAreABug);
    CPPUNIT_TEST(endlessPathsAreNotWalked);
    CPPUNIT_TEST_SUITE_END();

    static Handler nothing() {
        return [](Request&) -> Result<Response> { return Response{}; };
    }
    static std::string patternOf(const Router& router, std::string_view method, std::string_view path) {
        const Match match = router.match(method, path);
        std::string text = match.route ? match.route->pattern() : "none";
        for (const auto& [name, value] : match.params)
            text += " " + std::string{name} + "=" + value;
        for (const auto& method_ : match.allowed)
            text += " " + method_;
        return text;
    }

    void fixedGoesBeforeParameterBeforeTail() {
        Router router;
        for (const char* pattern : {"/", "/a", "/a/b", "/a/:x", "/a/:x/c", "/a/*rest", "/:one/d"})
            router.get(pattern, nothing());
        const auto check = [&](const char* path, const char* expected) {
            CPPUNIT_ASSERT_EQUAL_MESSAGE(path, std::string{expected}, patternOf(router, "GET", path));
        };
        check("/", "/");
        check("/a", "/a");
        check("/a/b", "/a/b");
        check("/a/z", "/a/:x x=z");
        check("/a/b/c", "/a/:x/c x=b");
        check("/a/b/d", "/a/*rest rest=b/d");
        check("/a/", "/a/*rest rest=");
        check("/a/z/y/x", "/a/*rest rest=z/y/x");
        check("/a/d", "/a/:x x=d");
        check("/q/d", "/:one/d one=q");
        check("/q", "none");
        check("", "none");
    }

    void parametersAreNeverEmptyAndKeepTheirOrder() {
        Router router;
        router.get("/:a/x/:b", nothing());
        CPPUNIT_ASSERT_EQUAL(std::string{"/:a/x/:b a=1 b=2"}, patternOf(router, "GET", "/1/x/2"));
        CPPUNIT_ASSERT_EQUAL(std::string{"none"}, patternOf(router, "GET", "//x/2"));
        CPPUNIT_ASSERT_EQUAL(std::string{"none"}, patternOf(router, "GET", "/1/x/"));
    }

    void anotherMethodIsToldByAllow() {
        Router router;
        router.get("/a/:x", nothing());
        router.remove("/a/:x", nothing());
        router.post("/b", nothing());
        CPPUNIT_ASSERT_EQUAL(std::string{"none DELETE GET HEAD"}, patternOf(router, "POST", "/a/1"));
        CPPUNIT_ASSERT_EQUAL(std::string{"none POST"}, patternOf(router, "GET", "/b"));
    }

    void aFixedPathOfAnotherMethodDoesNotHideAPattern() {
        Router router;
        router.get("/a/new", nothing());
        router.post("/a/:x", nothing());
        CPPUNIT_ASSERT_EQUAL(std::string{"/a/:x x=new"}, patternOf(router, "POST", "/a/new"));
        CPPUNIT_ASSERT_EQUAL(std::string{"none GET HEAD POST"}, patternOf(router, "PUT", "/a/new"));
    }

    void headIsAnsweredByGet() {
        Router router;
        router.get("/a", nothing());
        CPPUNIT_ASSERT_EQUAL(std::string{"/a"}, patternOf(router, "HEAD", "/a"));
    }

    void twoRoutesForOnePlaceAreABug() {
        Router router;
        router.get("/a/:x", nothing());
        CPPUNIT_ASSERT_THROW(router.get("/a/:y", nothing()), std::logic_error);
        CPPUNIT_ASSERT_THROW(router.get("a", nothing()), std::logic_error);
    }

    void endlessPathsAreNotWalked() {
        Router router;
        router.get("/a/*rest", nothing());
        std::string path = "/a";
        for (int i = 0; i < 5000; ++i)
            path += "/x";
        CPPUNIT_ASSERT_EQUAL(std::string{"none"}, patternOf(router, "GET", path));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RouterTest);
