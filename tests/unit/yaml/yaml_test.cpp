#include "yaml/document.h"
#include "yaml/reader.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

using namespace motcua;

class YamlTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(YamlTest);
    CPPUNIT_TEST(plainNumbersAndBoolsKeepTheirTypeAndAllElseIsText);
    CPPUNIT_TEST(whatIsWrittenIsReadBack);
    CPPUNIT_TEST(brokenFilesAreRefusedWithTheirLine);
    CPPUNIT_TEST(textBecomesNfc);
    CPPUNIT_TEST(anUnknownKeyNamesFileLineAndKey);
    CPPUNIT_TEST(allMistakesAreToldAtOnce);
    CPPUNIT_TEST(wordsAreVietnameseAloneOrInBothLanguages);
    CPPUNIT_TEST_SUITE_END();

    static yaml::Document document(std::string_view text) {
        auto read = yaml::parse(text, "file.yaml");
        CPPUNIT_ASSERT_MESSAGE(read ? "" : read.error().detail, read.ok());
        return *std::move(read);
    }

    void plainNumbersAndBoolsKeepTheirTypeAndAllElseIsText() {
        const auto read = document(
            "a: 5\nb: true\nc: 1.001193\nd: 2020-07-13\ne: \"5\"\nf: 007\ng:\nh: yes\ni: >-\n  1\n  2\n");
        const Json& root = read.root();
        CPPUNIT_ASSERT(root["a"] == Json{5});
        CPPUNIT_ASSERT(root["b"] == Json{true});
        CPPUNIT_ASSERT(root["c"] == Json{"1.001193"});
        CPPUNIT_ASSERT(root["d"] == Json{"2020-07-13"});
        CPPUNIT_ASSERT(root["e"] == Json{"5"});
        CPPUNIT_ASSERT(root["f"] == Json{"007"});
        CPPUNIT_ASSERT(root["g"].isNull());
        CPPUNIT_ASSERT(root["h"] == Json{"yes"});
        CPPUNIT_ASSERT(root["i"] == Json{"1 2"});
    }

    void whatIsWrittenIsReadBack() {
        Json root = Json::object();
        Json list = Json::array();
        for (const char* text :
             {"", "- dash", "a: b", "#no", "true", "12", "1.5", "x # y", "ends:", " blank ", "tab\there",
              "two\nlines", "quote \" and \\", "{brace}", "a, b", "câu hỏi?", "null", "~", "0x1f"})
            list.add(text);
        std::string longText;
        for (int i = 0; i < 60; ++i)
            longText += (i ? " " : "") + std::string("chữ") + std::to_string(i);
        Json nested = Json::array().add(Json::array().add(1).add(Json::array())).add(Json::object());
        root.set("texts", list).set("long", longText).set("spaced", longText + "  ").set("nested", nested);
        root.set("short", Json::object().set("from", 3).set("amount", 1000))
            .set("none", Json{})
            .set("empty", Json::object());
        root.set("items", Json::array()
                              .add(Json::object().set("id", "a").set("long", longText).set("more", list))
                              .add(Json::object().set("id", "b, c")));
        const std::string text = yaml::write(root);
        const auto read = yaml::parse(text, "written.yaml");
        CPPUNIT_ASSERT_MESSAGE(text, read.ok());
        CPPUNIT_ASSERT_EQUAL(root.pretty(), read->root().pretty());
        CPPUNIT_ASSERT_EQUAL(text, yaml::write(read->root()));
        CPPUNIT_ASSERT(text.find("short: {from: 3, amount: 1000}\n") != std::string::npos);
    }

    void brokenFilesAreRefusedWithTheirLine() {
        const auto line = [](std::string_view text) {
            const auto read = yaml::parse(text, "f");
            CPPUNIT_ASSERT(!read.ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"yaml.malformed"}, read.error().code);
            return read.error().params.at("line");
        };
        CPPUNIT_ASSERT_EQUAL(std::string{"2"}, line("a: 1\na: 2\n"));
        CPPUNIT_ASSERT_EQUAL(std::string{"4"}, line("a: 1\nb:\n  [1, 2\n"
                                                    "c: }"));
        CPPUNIT_ASSERT_EQUAL(std::string{"1"}, line("a: 1\n---\nb: 2\n"));
        CPPUNIT_ASSERT_EQUAL(std::string{"1"}, line(""));
        CPPUNIT_ASSERT_EQUAL(std::string{"1"}, line("a: \xff\n"));
        CPPUNIT_ASSERT_EQUAL(std::string{"1"}, line("{[1]: 2}"));
        CPPUNIT_ASSERT_EQUAL(std::string{"1"}, line(std::string(2 << 20, 'a')));
        CPPUNIT_ASSERT_EQUAL(std::string{"1"}, line(std::string(100, '[') + std::string(100, ']')));
        std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n";
        for (char c = 'b'; c < 'j'; ++c) {
            const std::string last = "*" + std::string(1, static_cast<char>(c - 1));
            bomb += std::string(1, c) + ": &" + std::string(1, c) + " [" + last + "," + last + "," + last +
                    "," + last + "," + last + "," + last + "," + last + "," + last + "," + last + "]\n";
        }
        CPPUNIT_ASSERT(!yaml::parse(bomb, "f").ok());
        CPPUNIT_ASSERT_EQUAL(std::string{"yaml.no_file"}, yaml::load("/no/such/file.yaml").error().code);
    }

    void textBecomesNfc() {
        const auto read = document("k: \"Tha\xcc\x80nh\"\n"); // a and a combining grave
        CPPUNIT_ASSERT_EQUAL(std::string{"Thành"}, read.root()["k"].string());
    }

    void anUnknownKeyNamesFileLineAndKey() {
        const auto read = document("cases:\n  - id: a\n    limitt: 3\n");
        yaml::Problems problems{&read};
        {
            yaml::Mapping in{read.root(), "", problems};
            in.each("cases", [&](const Json& value, const std::string& path) {
                yaml::Mapping item{value, path, problems};
                CPPUNIT_ASSERT_EQUAL(std::string{"a"}, item.text("id"));
            });
        }
        const Error error = problems.error();
        CPPUNIT_ASSERT_EQUAL(std::string{"yaml.invalid"}, error.code);
        CPPUNIT_ASSERT_EQUAL(std::string{"file.yaml:3: cases[0].limitt: unknown key"}, error.detail);
        CPPUNIT_ASSERT_EQUAL(std::string{"yaml.unknown_key"}, error.fields.at(0).code);
        CPPUNIT_ASSERT_EQUAL(std::string{"3"}, error.fields.at(0).params.at("line"));
    }

    void allMistakesAreToldAtOnce() {
        const auto read = document("name: 5\ncount: many\nflag: 1\nday: 2021-02-30\nkind: z\nlist: [a, 1]\n");
        yaml::Problems problems{&read};
        {
            yaml::Mapping in{read.root(), "", problems};
            in.text("name");
            in.integer("count", 0, 0, 9);
            in.boolean("flag");
            in.day("day");
            constexpr std::pair<std::string_view, int> kinds[] = {{"x", 1}, {"y", 2}};
            CPPUNIT_ASSERT_EQUAL(1, in.choice("kind", kinds, 1));
            in.texts("list");
            in.text("missing");
        }
        CPPUNIT_ASSERT_EQUAL(std::size_t{7}, problems.error().fields.size());
    }

    void wordsAreVietnameseAloneOrInBothLanguages() {
        const auto read = document("a: Chào\nb: {vi: Chào, en: Hello}\nc: {en: Hello}\n");
        yaml::Problems problems{&read};
        yaml::Mapping in{read.root(), "", problems};
        const auto a = in.wording("a");
        const auto b = in.wording("b");
        CPPUNIT_ASSERT_EQUAL(std::string{"Chào"}, a.in("en"));
        CPPUNIT_ASSERT_EQUAL(std::string{"Hello"}, b.in("en"));
        CPPUNIT_ASSERT_EQUAL(std::string{"Chào"}, b.in("vi"));
        CPPUNIT_ASSERT(yaml::toJson(a) == Json{"Chào"});
        CPPUNIT_ASSERT(yaml::toJson(b) == read.root()["b"]);
        CPPUNIT_ASSERT(problems.empty());
        in.wording("c");
        CPPUNIT_ASSERT(!problems.empty());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(YamlTest);
