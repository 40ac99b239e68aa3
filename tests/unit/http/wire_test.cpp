// The site behind the real front: what a controller answers is what a client gets over a socket.
#include "net/client.h"
#include "net/server.h"
#include "site_fixture.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

using namespace motcua;
using namespace motcua::http;
using namespace motcua::http::testing;

class WireTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(WireTest);
    CPPUNIT_TEST(aPageGoesOverASocket);
    CPPUNIT_TEST(aLargeUploadIsReadFromItsSpooledFile);
    CPPUNIT_TEST(aHeadRequestHasTheHeadersOfItsPage);
    CPPUNIT_TEST_SUITE_END();

    struct Served : SiteFixture {
        Served() {
            router.get("/xin-chao/:name", [](Request& request) {
                return Page{request, "show"}.title("Chào").set("value", request.param("name")).response();
            });
            router
                .post("/nop",
                      [](Request& request) -> Result<Response> {
                          const Upload* file = request.form().upload("tep");
                          if (!file) return invalidField("tep", "required");
                          const std::uint64_t size = file->content->size();
                          return Response::text(file->fileName + " " + std::to_string(size) + " " +
                                                file->content->read(size - 3, 100));
                      })
                .webhook()
                .bodyLimit(4u << 20);
            server.start();
        }
        ~Served() { server.stop(Millis{0}); }

        net::ClientResponse send(net::ClientRequest request) {
            const std::string host = "http://127.0.0.1:" + std::to_string(server.port());
            request.url = host + request.url;
            auto response = net::HttpClient{{.hosts = {host}}}.send(request);
            CPPUNIT_ASSERT_MESSAGE(response ? "" : response.error().code, response.ok());
            return *response;
        }

        SystemClock wall;
        net::Server server{{}, site.handler(), wall};
    };

    void aPageGoesOverASocket() {
        Served served;
        const auto page = served.send({.url = "/xin-chao/B%E1%BA%A3o%20%26%20T%C3%BA"});
        CPPUNIT_ASSERT_EQUAL(200, page.status);
        CPPUNIT_ASSERT(page.body.find("<p title=\"Bảo &amp; Tú\">Bảo &amp; Tú</p>") != std::string::npos);
        CPPUNIT_ASSERT(!page.headers.get("Content-Security-Policy").empty());
        CPPUNIT_ASSERT_EQUAL(404, served.send({.url = "/khong"}).status);
        CPPUNIT_ASSERT_EQUAL(std::size_t{3000},
                             served.send({.url = "/static/main-0123456789.css"}).body.size());
    }

    void aLargeUploadIsReadFromItsSpooledFile() {
        Served served;
        net::ClientRequest request{.method = "POST", .url = "/nop"};
        request.headers.add("Content-Type", "multipart/form-data; boundary=X");
        request.body = "--X\r\nContent-Disposition: form-data; name=\"tep\"; filename=\"giấy.pdf\"\r\n\r\n" +
                       std::string(3'000'000, 'x') + "end\r\n--X--\r\n";
        const auto answer = served.send(request);
        CPPUNIT_ASSERT_EQUAL(std::string{"giấy.pdf 3000003 end"}, answer.body);
        request.body = "--X\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\n1\r\n--X--";
        CPPUNIT_ASSERT_EQUAL(422, served.send(request).status); // a rule, not a broken request
        request.body = std::string((4u << 20) + 1, 'x');
        CPPUNIT_ASSERT_EQUAL(413, served.send(request).status);
    }

    void aHeadRequestHasTheHeadersOfItsPage() {
        Served served;
        const auto head = served.send({.method = "HEAD", .url = "/xin-chao/An"});
        CPPUNIT_ASSERT_EQUAL(200, head.status);
        CPPUNIT_ASSERT(head.body.empty());
        CPPUNIT_ASSERT(std::stoi(std::string{head.headers.get("Content-Length")}) > 50);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(WireTest);
