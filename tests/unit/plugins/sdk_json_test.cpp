// The SDK's reader of JSON: the cases that it shares with the core's, and hostile ones. // U4
#include "motcua/sdk/codec.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <chrono>
#include <fstream>
#include <iterator>

using motcua::sdk::Json;

class SdkJsonTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SdkJsonTest);
    CPPUNIT_TEST(everySharedCaseIsReadAsItSays);
    CPPUNIT_TEST(manyKeysAreReadInAMoment);
    CPPUNIT_TEST_SUITE_END();

    void everySharedCaseIsReadAsItSays() {
        std::ifstream file{MOTCUA_SOURCE_DIR "/tests/fixtures/json/cases.json"};
        const std::string text{std::istreambuf_iterator<char>{file}, {}};
        const auto cases = Json::parse(text);
        CPPUNIT_ASSERT(cases && cases->items().size() > 50);
        for (const Json& one : cases->items()) {
            const std::string& name = one["name"].string();
            const auto read =
                Json::parse(one.has("base64") ? motcua::sdk::fromBase64(one["base64"].string()).value()
                                              : one["text"].string());
            CPPUNIT_ASSERT_EQUAL_MESSAGE(name, !one["refused"].boolean(), read.has_value());
            if (!read) continue;
            CPPUNIT_ASSERT_MESSAGE(name, !one.has("value") || *read == one["value"]);
            CPPUNIT_ASSERT_MESSAGE(name, Json::parse(read->dump()).value() == *read);
        }
    }

    // A plugin's answer may hold as many keys as fit 16 MB; comparing each with each would take hours.
    void manyKeysAreReadInAMoment() {
        std::string text = "{";
        for (int i = 0; i < 200'000; ++i)
            text += (i ? ",\"k" : "\"k") + std::to_string(i) + "\":1";
        text += "}";
        const auto begun = std::chrono::steady_clock::now();
        const auto read = Json::parse(text);
        const auto took = std::chrono::steady_clock::now() - begun;
        CPPUNIT_ASSERT(read && read->members().size() == 200'000);
        CPPUNIT_ASSERT(took < std::chrono::seconds{20}); // with sanitizers on a busy machine; else minutes
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SdkJsonTest);
