// What an administrator types into a plugin's settings, and what the form says back.
#include "web/admin/settings_form.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

using namespace motcua;
using namespace motcua::web;

namespace {

plugins::Manifest manifest() {
    return *plugins::Manifest::parse(R"({"id": "vn.motcua.test-form", "name": {"vi": "Thử", "en": "Test"},
        "summary": {"vi": "Thử", "en": "Test"}, "version": "1.0.0", "abi": 1, "provides": ["message/1"],
        "config": {"type": "object", "required": ["host", "key"], "properties": {
            "host": {"type": "string", "format": "hostname", "title": {"vi": "Máy chủ", "en": "Server"}},
            "port": {"type": "integer", "default": 587, "minimum": 1, "maximum": 65535, "title": {"vi": "Cổng", "en": "Port"}},
            "open": {"type": "boolean", "title": {"vi": "Mở", "en": "Open"}},
            "names": {"type": "array", "items": {"type": "string"}, "title": {"vi": "Tên", "en": "Names"}},
            "key": {"type": "string", "x-secret": true, "title": {"vi": "Khóa", "en": "Key"}}}},
        "secrets": ["key"], "network": ["${host}:${port}"], "limits": {"concurrency": 1}, "maintainer": "Một Cửa"})");
}

http::Fields typed(std::initializer_list<std::pair<const char*, const char*>> values) {
    http::Fields fields;
    for (const auto& [name, value] : values)
        fields.add(controlOf(name), value);
    return fields;
}

} // namespace

class SettingsFormTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SettingsFormTest);
    CPPUNIT_TEST(valuesHaveTheTypesOfTheSchema);
    CPPUNIT_TEST(aSecretNeverGoesIntoTheConfiguration);
    CPPUNIT_TEST(anEmptySecretKeepsTheStoredOneAndIsMissedWhereNoneIs);
    CPPUNIT_TEST(errorsNameTheLabelAndTheLimit);
    CPPUNIT_TEST_SUITE_END();

    void valuesHaveTheTypesOfTheSchema() {
        const auto read = readSettings(
            manifest(),
            typed({{"host", " a.vn "}, {"port", "25"}, {"open", "on"}, {"names", "x\r\n\r\n y "}}));
        CPPUNIT_ASSERT_EQUAL(std::string{R"({"host":"a.vn","port":25,"open":true,"names":["x","y"]})"},
                             read.config.dump());
        const auto none = readSettings(manifest(), typed({{"port", ""}}));
        CPPUNIT_ASSERT_EQUAL(std::string{R"({"host":"","open":false,"names":[]})"}, none.config.dump());
    }

    void aSecretNeverGoesIntoTheConfiguration() {
        const auto read = readSettings(manifest(), typed({{"host", "a.vn"}, {"key", " S3CRET "}}));
        CPPUNIT_ASSERT(read.config["key"].isNull());
        CPPUNIT_ASSERT_EQUAL(std::string{" S3CRET "}, read.secrets.at("key"));
    }

    void anEmptySecretKeepsTheStoredOneAndIsMissedWhereNoneIs() {
        const auto read = readSettings(manifest(), typed({{"host", "a.vn"}, {"key", ""}}));
        CPPUNIT_ASSERT(read.secrets.empty());
        CPPUNIT_ASSERT(judgeSettings(manifest(), read, {"key"}).empty());
        const auto wrong = judgeSettings(manifest(), read, {});
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, wrong.size());
        CPPUNIT_ASSERT_EQUAL(std::string{"key"}, wrong[0].field);
    }

    void errorsNameTheLabelAndTheLimit() {
        const auto judged = [](const char* host, const char* port) {
            const auto read = readSettings(manifest(), typed({{"host", host}, {"port", port}}));
            return explain(manifest(), judgeSettings(manifest(), read, {"key"}), "vi");
        };
        const auto large = judged("a.vn", "65536");
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, large.size());
        CPPUNIT_ASSERT_EQUAL(std::string{"setting-port"}, large[0].field);
        CPPUNIT_ASSERT_EQUAL(std::string{"plugin.field.too_large"}, large[0].code);
        CPPUNIT_ASSERT_EQUAL(std::string{"65535"}, large[0].params.at("max"));
        CPPUNIT_ASSERT_EQUAL(std::string{"Cổng"}, large[0].params.at("label"));
        for (const char* odd : {"25x", "2.5", "99999999999999999999", "0x10", "<b>"})
            CPPUNIT_ASSERT_EQUAL(std::string{"plugin.field.not_whole"}, judged("a.vn", odd).at(0).code);
        CPPUNIT_ASSERT_EQUAL(std::string{"plugin.field.required"}, judged("", "1").at(0).code);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SettingsFormTest);
