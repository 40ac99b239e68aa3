#include "base/bytes.h"
#include "base/json.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <fstream>
#include <iterator>

using namespace motcua;

class JsonTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(JsonTest);
    CPPUNIT_TEST(whatIsWrittenIsReadBack);
    CPPUNIT_TEST(wholeNumbersStayWholeAndExact);
    CPPUNIT_TEST(outsideTheGrammarIsRefused);
    CPPUNIT_TEST(everySharedCaseIsReadAsItSays);
    CPPUNIT_TEST(limitsHold);
    CPPUNIT_TEST(valuesMayStandInAPage);
    CPPUNIT_TEST(wrongTypesAnswerTheFallback);
    CPPUNIT_TEST_SUITE_END();

    void whatIsWrittenIsReadBack() {
        Json person = Json::object();
        person.set("họ tên", "Nguyễn Văn \"An\"\n")
            .set("con", Json::array().add(1).add(2.5).add(Json{}).add(true));
        for (const std::string& text : {person.dump(), person.pretty()}) {
            const auto read = Json::parse(text);
            CPPUNIT_ASSERT(read.ok());
            CPPUNIT_ASSERT(person == *read);
        }
        CPPUNIT_ASSERT_EQUAL(std::string{"😀é"}, Json::parse("\"\\ud83d\\ude00\\u00e9\"")->string());
    }

    // The cases that the SDK's reader runs too.
    void everySharedCaseIsReadAsItSays() {
        std::ifstream file{MOTCUA_SOURCE_DIR "/tests/fixtures/json/cases.json"};
        const std::string text{std::istreambuf_iterator<char>{file}, {}};
        const auto cases = Json::parse(text);
        CPPUNIT_ASSERT(cases.ok() && cases->items().size() > 50);
        for (const Json& one : cases->items()) {
            const std::string& name = one["name"].string();
            const auto read = Json::parse(one.has("base64") ? fromBase64(one["base64"].string()).value()
                                                            : one["text"].string());
            CPPUNIT_ASSERT_EQUAL_MESSAGE(name, !one["refused"].boolean(), read.ok());
            if (!read) continue;
            CPPUNIT_ASSERT_MESSAGE(name, !one.has("value") || *read == one["value"]);
            CPPUNIT_ASSERT_MESSAGE(name, Json::parse(read->dump()).value() == *read);
        }
    }

    void wholeNumbersStayWholeAndExact() {
        CPPUNIT_ASSERT_EQUAL(std::int64_t{9007199254740993}, Json::parse("9007199254740993")->integer());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{INT64_MIN}, Json::parse("-9223372036854775808")->integer());
        CPPUNIT_ASSERT(Json::parse("9223372036854775808")->isNumber());
        CPPUNIT_ASSERT(!Json::parse("9223372036854775808")->isInteger());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{-1}, Json::parse("9223372036854775808")->integer(-1));
        CPPUNIT_ASSERT(!Json::parse(Json{2.0}.dump())->isInteger());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, Json{2.0}.integer());
    }

    void outsideTheGrammarIsRefused() {
        for (const char* text : {"",
                                 " ",
                                 "{",
                                 "[1,]",
                                 "{\"a\":1,}",
                                 "{\"a\":1 \"b\":2}",
                                 "{a:1}",
                                 "01",
                                 "+1",
                                 ".5",
                                 "1.",
                                 "1e",
                                 "nul",
                                 "'a'",
                                 "\"\t\"",
                                 "\"\\x\"",
                                 "\"\\ud800\"",
                                 "\"\\udc00\"",
                                 "[1] 2",
                                 "{\"a\":1,\"a\":2}",
                                 "NaN",
                                 "\"\xff\"",
                                 "\"open",
                                 "1e999"}) {
            CPPUNIT_ASSERT_MESSAGE(text, !Json::parse(text));
        }
        CPPUNIT_ASSERT_EQUAL(std::string{"json.malformed"}, Json::parse("[1,]").error().code);
    }

    void limitsHold() {
        const std::string deep = std::string(40, '[') + std::string(40, ']');
        CPPUNIT_ASSERT(!Json::parse(deep));
        CPPUNIT_ASSERT(Json::parse(deep, {1024, 64}).ok());
        CPPUNIT_ASSERT(Json::parse(std::string(1 << 21, ' ')).error().kind == ErrorKind::TooLarge);
    }

    void valuesMayStandInAPage() {
        CPPUNIT_ASSERT_EQUAL(std::string{"\"\\u003c/script>\""}, Json{"</script>"}.dump());
    }

    void wrongTypesAnswerTheFallback() {
        const Json text{"5"};
        CPPUNIT_ASSERT_EQUAL(std::int64_t{7}, text.integer(7));
        CPPUNIT_ASSERT(text["a"].isNull());
        CPPUNIT_ASSERT(text.at(0).isNull());
        CPPUNIT_ASSERT_EQUAL(std::string{}, Json{5}.string());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(JsonTest);
