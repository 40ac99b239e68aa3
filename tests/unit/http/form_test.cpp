// What clients send as names, values and files, and what they send to break us.
#include "http/form.h"

#include "site_fixture.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <random>

using namespace motcua;
using namespace motcua::http;
using namespace motcua::http::testing;

class FormTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(FormTest);
    CPPUNIT_TEST(namesAndValuesAreDecoded);
    CPPUNIT_TEST(brokenTextIsRefused);
    CPPUNIT_TEST(tooManyFieldsAreRefused);
    CPPUNIT_TEST(cookiesAreRead);
    CPPUNIT_TEST(headerParametersAreRead);
    CPPUNIT_TEST(multipartFieldsAndFilesAreRead);
    CPPUNIT_TEST(filesAreRangesOfTheBodyWhereverItsPiecesEnd);
    CPPUNIT_TEST(emptyFileInputsAreDropped);
    CPPUNIT_TEST(brokenMultipartIsRefused);
    CPPUNIT_TEST(thousandsOfPartsAndHugeHeadsAreRefused);
    CPPUNIT_TEST(fileNamesAreMadeHarmless);
    CPPUNIT_TEST(randomBytesNeverBreakTheParser);
    CPPUNIT_TEST_SUITE_END();

    static constexpr const char* type = "multipart/form-data; boundary=XyZ";

    static Result<Form> multipart(const std::string& body, std::string_view contentType = type) {
        return parseMultipart(std::make_shared<TextBody>(body), contentType);
    }
    static std::string part(const std::string& disposition, const std::string& content,
                            const std::string& more = "") {
        return "--XyZ\r\nContent-Disposition: form-data; " + disposition + "\r\n" + more + "\r\n" + content +
               "\r\n";
    }
    static void refused(const Result<Form>& form, ErrorKind kind, const std::string& what) {
        CPPUNIT_ASSERT_MESSAGE(what, !form);
        CPPUNIT_ASSERT_MESSAGE(what + ": " + form.error().detail, form.error().kind == kind);
    }

    void namesAndValuesAreDecoded() {
        const Fields fields =
            *parseUrlEncoded("a=1&b=x+y%2Bz&&a=2&empty=&bare&h%E1%BB%8D=Nguy%E1%BB%85n&half=100%&odd=%zz%4");
        CPPUNIT_ASSERT_EQUAL(std::string_view{"1"}, fields.get("a"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, fields.all("a").size());
        CPPUNIT_ASSERT_EQUAL(std::string_view{"x y+z"}, fields.get("b"));
        CPPUNIT_ASSERT(fields.has("bare") && fields.get("bare").empty() && fields.has("empty"));
        CPPUNIT_ASSERT(!fields.has("nothing"));
        CPPUNIT_ASSERT_EQUAL(std::string_view{"Nguyễn"}, fields.get("họ"));
        CPPUNIT_ASSERT_EQUAL(std::string_view{"100%"}, fields.get("half"));
        CPPUNIT_ASSERT_EQUAL(std::string_view{"%zz%4"}, fields.get("odd"));
        // Decomposed input is the same text as composed.
        CPPUNIT_ASSERT_EQUAL(std::string_view{"ế"}, parseUrlEncoded("x=e%CC%82%CC%81")->get("x"));
    }

    void brokenTextIsRefused() {
        for (const char* text : {"a=%ff", "a=%c3", "%ed%a0%80=1", "a=%00", "a=x%00y", "a=%c0%af", "a=\xff"}) {
            const auto fields = parseUrlEncoded(text);
            CPPUNIT_ASSERT_MESSAGE(text, !fields);
            CPPUNIT_ASSERT_EQUAL(std::string{"http.bad_text"}, fields.error().code);
        }
        CPPUNIT_ASSERT(!parseCookies("a=\xff"));
        SiteFixture f;
        f.router.get("/x/:y", [](Request&) -> Result<Response> { return Response::text("never"); });
        f.router.post("/x", [](Request&) -> Result<Response> { return Response::text("never"); }).webhook();
        CPPUNIT_ASSERT_EQUAL(400, f.get("/x/%ff").status());
        CPPUNIT_ASSERT_EQUAL(400, f.get("/x/a%00b").status());
        CPPUNIT_ASSERT_EQUAL(400, f.get("/x/1?q=%ff").status());
        CPPUNIT_ASSERT_EQUAL(400, f.get("/x/1", {{"Cookie", "a=\xff"}}).status());
        CPPUNIT_ASSERT_EQUAL(400, f.post("/x", "a=%ff").status());
        CPPUNIT_ASSERT(f.get("/x/%ff").holds("<html"));
    }

    void tooManyFieldsAreRefused() {
        std::string text;
        for (int i = 0; i < 1001; ++i)
            text += "a=1&";
        CPPUNIT_ASSERT(parseUrlEncoded(text).error().kind == ErrorKind::TooLarge);
        CPPUNIT_ASSERT(parseUrlEncoded(std::string(3u << 20, 'a')).error().kind == ErrorKind::TooLarge);
        SiteFixture f;
        f.router.post("/x", [](Request&) -> Result<Response> { return Response::text("never"); })
            .webhook()
            .bodyLimit(1000);
        CPPUNIT_ASSERT_EQUAL(413, f.post("/x", std::string(1001, 'a')).status());
        CPPUNIT_ASSERT_EQUAL(413, f.ask("POST", "/x", {}, std::string(1001, 'a')).status());
    }

    void cookiesAreRead() {
        const Fields cookies = *parseCookies("a=1; b = x=y ;c; ; d=\"q\"; a=2");
        CPPUNIT_ASSERT_EQUAL(std::string_view{"1"}, cookies.get("a"));
        CPPUNIT_ASSERT_EQUAL(std::string_view{"x=y"}, cookies.get("b"));
        CPPUNIT_ASSERT_EQUAL(std::string_view{"\"q\""}, cookies.get("d"));
        CPPUNIT_ASSERT(!cookies.has("c"));
    }

    void headerParametersAreRead() {
        CPPUNIT_ASSERT_EQUAL(std::string{"a;b\"c"},
                             parameter("form-data; x=1; name=\"a;b\\\"c\"; y=2", "name"));
        CPPUNIT_ASSERT_EQUAL(std::string{"2"}, parameter("form-data; name=\"a;b\"; y=2", "Y"));
        CPPUNIT_ASSERT_EQUAL(std::string{"C:\\new\\x.pdf"},
                             parameter("form-data; filename=\"C:\\new\\x.pdf\"", "filename"));
        for (const char* odd :
             {"", ";", "form-data", "form-data;", "x; name", "x; name;", "x; =1", "x; name=\"", "x; ;;"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(odd, std::string{}, parameter(odd, "name"));
    }

    void multipartFieldsAndFilesAreRead() {
        const std::string body = part("name=\"họ tên\"", "Nguyễn Thị Én") +
                                 part("name=\"giay\"; filename=\"khai sinh.pdf\"", "%PDF\r\n--XyX\r\n",
                                      "Content-Type: application/pdf\r\n") +
                                 part("name=\"csrf\"", "") + "--XyZ--\r\nepilogue";
        const Form form = *multipart(body, "Multipart/Form-Data; charset=utf-8; boundary=\"XyZ\"");
        CPPUNIT_ASSERT_EQUAL(std::string_view{"Nguyễn Thị Én"}, form.fields.get("họ tên"));
        CPPUNIT_ASSERT(form.fields.has("csrf"));
        const Upload* file = form.upload("giay");
        CPPUNIT_ASSERT(file && !form.upload("other"));
        CPPUNIT_ASSERT_EQUAL(std::string{"khai sinh.pdf"}, file->fileName);
        CPPUNIT_ASSERT_EQUAL(std::string{"application/pdf"}, file->contentType);
        CPPUNIT_ASSERT_EQUAL(std::string{"%PDF\r\n--XyX\r\n"}, file->content->all());
        CPPUNIT_ASSERT_EQUAL(std::string{"PDF"}, file->content->read(1, 3));
        CPPUNIT_ASSERT_EQUAL(std::string{}, file->content->read(999, 3));
        CPPUNIT_ASSERT_EQUAL(std::string{"\n"}, file->content->read(12, 100));
    }

    void filesAreRangesOfTheBodyWhereverItsPiecesEnd() {
        for (std::size_t size = 65536 - 120; size < 65536 + 20; ++size) {
            const std::string content(size, '\r');
            const Form form = *multipart(part("name=\"f\"; filename=\"a.bin\"", content) +
                                         part("name=\"v\"", "after") + "--XyZ--");
            CPPUNIT_ASSERT_EQUAL(std::uint64_t{size}, form.upload("f")->content->size());
            CPPUNIT_ASSERT_EQUAL(std::string_view{"after"}, form.fields.get("v"));
        }
    }

    void emptyFileInputsAreDropped() {
        const Form form =
            *multipart(part("name=\"f\"; filename=\"\"", "", "Content-Type: application/octet-stream\r\n") +
                       "--XyZ--\r\n");
        CPPUNIT_ASSERT(form.uploads.empty());
    }

    void brokenMultipartIsRefused() {
        const std::string good = part("name=\"a\"", "1");
        for (const char* contentType :
             {"multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\""})
            refused(multipart(good + "--XyZ--", contentType), ErrorKind::Invalid, contentType);
        refused(multipart(good + "--XyZ--", "multipart/form-data; boundary=" + std::string(71, 'x')),
                ErrorKind::Invalid, "long boundary");
        for (const std::string& body :
             {std::string{}, std::string{"--XyZ"}, std::string{"--XyZ\r\n"}, good, good + "--Xy",
              good + "--XyZ\r\n", good + "--XyZgarbage", std::string{"preamble"} + good + "--XyZ--",
              std::string{"--XyZ\r\n\r\nno head\r\n--XyZ--"}, part("", "1") + "--XyZ--",
              part("name=\"\"", "1") + "--XyZ--",
              std::string{"--XyZ\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--XyZ--"},
              part("name=\"a\xff\"", "1") + "--XyZ--", part("name=\"a\"", "\xff") + "--XyZ--",
              part("name=\"a\"", std::string("a\0b", 3)) + "--XyZ--"})
            refused(multipart(body), ErrorKind::Invalid, body);
        SiteFixture f;
        f.router.post("/x", [](Request&) -> Result<Response> { return Response::text("never"); }).webhook();
        const Answer answer =
            f.ask("POST", "/x", {{"Content-Type", "multipart/form-data"}}, good + "--XyZ--");
        CPPUNIT_ASSERT_EQUAL(400, answer.status());
    }

    void thousandsOfPartsAndHugeHeadsAreRefused() {
        std::string body;
        for (int i = 0; i < 5000; ++i)
            body += part("name=\"a\"", "1");
        refused(multipart(body + "--XyZ--"), ErrorKind::TooLarge, "parts");
        refused(multipart(part("name=\"a\"", "1", "X: " + std::string(100'000, 'x') + "\r\n") + "--XyZ--"),
                ErrorKind::Invalid, "head");
        refused(multipart(part("name=\"a\"", std::string((1 << 20) + 1, 'x')) + "--XyZ--"),
                ErrorKind::TooLarge, "value");
    }

    // ASVS 5.3.2
    void fileNamesAreMadeHarmless() {
        const std::vector<std::pair<std::string, std::string>> names{{"../../etc/passwd", "passwd"},
                                                                     {"C:\\Users\\An\\giay.pdf", "giay.pdf"},
                                                                     {"/etc/cron.d/x", "x"},
                                                                     {".htaccess", "htaccess"},
                                                                     {"..", "file"},
                                                                     {"a%22b.pdf", "ab.pdf"},
                                                                     {"a\tb%0D%0AX.pdf", "abX.pdf"},
                                                                     {"Đơn xin.PDF", "Đơn xin.PDF"},
                                                                     {"exe\xe2\x80\xae"
                                                                      "fdp.exe",
                                                                      "exefdp.exe"},
                                                                     {"   ", "file"}};
        for (const auto& [sent, kept] : names) {
            const Form form = *multipart(part("name=\"f\"; filename=\"" + sent + "\"", "x") + "--XyZ--");
            CPPUNIT_ASSERT_EQUAL(kept, form.upload("f")->fileName);
        }
        const Form longOne =
            *multipart(part("name=\"f\"; filename=\"" + std::string(1000, 'a') + ".pdf\"", "x") + "--XyZ--");
        CPPUNIT_ASSERT_EQUAL(std::string(146, 'a') + ".pdf", longOne.upload("f")->fileName);
    }

    void randomBytesNeverBreakTheParser() {
        std::mt19937 random{7};
        const std::vector<std::string> pieces{"--XyZ",
                                              "\r\n",
                                              "--",
                                              "Content-Disposition: form-data; name=\"a\"",
                                              "; filename=\"x\"",
                                              "\r\n\r\n",
                                              "\"",
                                              "\\",
                                              ";",
                                              "=",
                                              "é",
                                              "\xff",
                                              "x"};
        int read = 0;
        for (int round = 0; round < 20000; ++round) {
            std::string body = random() % 4 ? "--XyZ\r\n" : "";
            for (std::size_t i = random() % 12; i > 0; --i)
                body += pieces[random() % pieces.size()];
            if (random() % 2) body += "\r\n--XyZ--";
            const auto form = multipart(body);
            if (form) ++read;
        }
        CPPUNIT_ASSERT(read > 10);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(FormTest);
