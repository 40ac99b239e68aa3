// The rules of FEEL that the product leans on, its limits, and that hostile text does no harm.
#include "feel/expression.h"

#include <cppunit/extensions/HelperMacros.h>

#include <random>

using namespace motcua;
using feel::Expression;
using feel::UnaryTests;

namespace {

std::string value(std::string_view text, const Json& context = Json::object(),
                  std::optional<Instant> now = {}) {
    auto expression = Expression::parse(text);
    if (!expression) return "error " + expression.error().code + " " + expression.error().detail;
    auto result = expression->evaluate(context, now);
    return result ? result->dump() : "error " + result.error().code;
}

bool matches(std::string_view tests, const Json& input) {
    const auto parsed = UnaryTests::parse(tests);
    CPPUNIT_ASSERT_MESSAGE(std::string{tests}, parsed.ok());
    const auto result = parsed->matches(input, Json::object());
    CPPUNIT_ASSERT(result.ok());
    return *result;
}

class ExpressionTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ExpressionTest);
    CPPUNIT_TEST(numbersAreDecimal);
    CPPUNIT_TEST(moneyStaysExact);
    CPPUNIT_TEST(namesMayBeVietnameseAndOfSeveralWords);
    CPPUNIT_TEST(nullSpreadsAndLogicHasThreeValues);
    CPPUNIT_TEST(rangesAndMembership);
    CPPUNIT_TEST(listsFiltersAndPaths);
    CPPUNIT_TEST(iterationsAndQuantifiers);
    CPPUNIT_TEST(contextsAndFunctions);
    CPPUNIT_TEST(datesOfTheCivilZone);
    CPPUNIT_TEST(textsAndPatterns);
    CPPUNIT_TEST(unaryTestsOfATableCell);
    CPPUNIT_TEST(freeNamesAreListed);
    CPPUNIT_TEST(errorsNameThePlace);
    CPPUNIT_TEST(hostileTextMeetsALimit);
    CPPUNIT_TEST(nothingGrowsOrRunsUnpaid);
    CPPUNIT_TEST(durationsBeyondTheCalendarAreNull);
    CPPUNIT_TEST(randomTextDoesNoHarm);
    CPPUNIT_TEST(aConditionHoldsOnlyWhereTrue);
    CPPUNIT_TEST_SUITE_END();

public:
    void numbersAreDecimal() {
        CPPUNIT_ASSERT_EQUAL(std::string{"true"}, value("0.1 + 0.2 = 0.3"));
        CPPUNIT_ASSERT_EQUAL(std::string{"true"}, value("1/3*3 = 0.9999999999999999999999999999999999"));
        CPPUNIT_ASSERT_EQUAL(std::string{"9"}, value("-3 ** 2"));
        CPPUNIT_ASSERT_EQUAL(std::string{"null"}, value("1 / 0"));
        CPPUNIT_ASSERT_EQUAL(std::string{"null"}, value("10 ** 6145"));
        CPPUNIT_ASSERT_EQUAL(std::string{"true"}, value("10 ** 6144 > 0"));
        CPPUNIT_ASSERT_EQUAL(std::string{"\"1000000000000000000000000000000001\""},
                             value("string(1e33 + 1)"));
        CPPUNIT_ASSERT_EQUAL(std::string{"true"}, value("1e34 + 0.5 = 1e34")); // half to even
        CPPUNIT_ASSERT_EQUAL(std::string{"true"}, value("1e33 - 1e-40 = 1e33"));
        CPPUNIT_ASSERT_EQUAL(std::string{"true"}, value("sqrt(2) ** 2 - 2 < 1e-30"));
    }

    void moneyStaysExact() {
        Json context;
        context.set("số bản", 3).set("lệ phí", 8000);
        CPPUNIT_ASSERT_EQUAL(std::string{"24000"}, value("số bản * lệ phí", context));
        CPPUNIT_ASSERT_EQUAL(std::string{"9007199254740993"}, value("9007199254740992 + 1"));
        CPPUNIT_ASSERT_EQUAL(std::string{"1500"}, value("round half up(1499.5, 0)"));
        CPPUNIT_ASSERT_EQUAL(std::string{"2"}, value("decimal(2.5, 0)"));
    }

    void namesMayBeVietnameseAndOfSeveralWords() {
        Json context;
        context.set("diện tích sàn", 120).set("kết_quả", "đạt");
        CPPUNIT_ASSERT_EQUAL(std::string{"true"},
                             value("diện   tích sàn > 100 and kết_quả = \"đạt\"", context));
        // The same letters written decomposed are the same name.
        CPPUNIT_ASSERT_EQUAL(std::string{"true"}, value("ke\u0302\u0301t_qua\u0309 = \"đạt\"", context));
        context.set("có trong danh sách and khác", 1);
        const auto known =
            Expression::parse("có trong danh sách and khác + 1", {{"có trong danh sách and khác"}, {}});
        CPPUNIT_ASSERT_EQUAL(std::string{"2"}, known->evaluate(context)->dump());
    }

    void nullSpreadsAndLogicHasThreeValues() {
        CPPUNIT_ASSERT_EQUAL(std::string{"null"}, value("missing + 1"));
        CPPUNIT_ASSERT_EQUAL(std::string{"true"}, value("missing = null"));
        CPPUNIT_ASSERT_EQUAL(std::string{"null"}, value("missing < 1"));
        CPPUNIT_ASSERT_EQUAL(std::string{"false"}, value("missing and false"));
        CPPUNIT_ASSERT_EQUAL(std::string{"null"}, value("missing and true"));
        CPPUNIT_ASSERT_EQUAL(std::string{"true"}, value("missing or true"));
        CPPUNIT_ASSERT_EQUAL(std::string{"2"}, value("if missing then 1 else 2"));
        CPPUNIT_ASSERT_EQUAL(std::string{"null"}, value("1 = \"1\""));
    }

    void rangesAndMembership() {
        CPPUNIT_ASSERT_EQUAL(std::string{"true"}, value("5 between 1 and 10 and true"));
        CPPUNIT_ASSERT_EQUAL(std::string{"false"}, value("10 in [1..10)"));
        CPPUNIT_ASSERT_EQUAL(std::string{"true"}, value("\"b\" in (\"a\", \"b\")"));
        CPPUNIT_ASSERT_EQUAL(std::string{"true"}, value("12 in (<5, >=10)"));
        CPPUNIT_ASSERT_EQUAL(std::string{"true"},
                             value("date(\"2020-07-15\") in [date(\"2020-07-01\")..date(\"2020-07-31\")]"));
    }

    void listsFiltersAndPaths() {
        const auto context =
            Json::parse(R"({"con": [{"ten": "An", "tuoi": 3}, {"ten": "Bình", "tuoi": 17}]})");
        CPPUNIT_ASSERT(context.ok());
        CPPUNIT_ASSERT_EQUAL(std::string{"[\"An\"]"}, value("con[tuoi < 14].ten", *context));
        CPPUNIT_ASSERT_EQUAL(std::string{"\"Bình\""}, value("con[-1].ten", *context));
        CPPUNIT_ASSERT_EQUAL(std::string{"20"}, value("sum(con.tuoi)", *context));
        CPPUNIT_ASSERT_EQUAL(std::string{"null"}, value("con[3]", *context));
        CPPUNIT_ASSERT_EQUAL(std::string{"[3,4]"}, value("[1,2,3,4][item > 2]"));
    }

    void iterationsAndQuantifiers() {
        CPPUNIT_ASSERT_EQUAL(std::string{"[1,1,2,6,24]"},
                             value("for i in 0..4 return if i = 0 then 1 else i * partial[-1]"));
        CPPUNIT_ASSERT_EQUAL(std::string{"true"}, value("some x in [1,5] satisfies x > 4"));
        CPPUNIT_ASSERT_EQUAL(std::string{"false"}, value("every x in [1,5] satisfies x > 4"));
    }

    void contextsAndFunctions() {
        CPPUNIT_ASSERT_EQUAL(std::string{"{\"a\":1,\"b\":3}"}, value("{a: 1, b: a + 2}"));
        CPPUNIT_ASSERT_EQUAL(std::string{"7"}, value("{cộng: function(x, y) x + y, r: cộng(y: 4, x: 3)}.r"));
        CPPUNIT_ASSERT_EQUAL(std::string{"[3,2,1]"}, value("sort([1,3,2], function(x,y) x > y)"));
        CPPUNIT_ASSERT_EQUAL(std::string{"error feel.no_data"}, value("function(x) x"));
    }

    void datesOfTheCivilZone() {
        // 18:30 UTC is already the next day at the counter.
        const Instant now{1594837800000}; // 2020-07-15T18:30:00Z
        CPPUNIT_ASSERT_EQUAL(std::string{"\"2020-07-16\""}, value("today()", Json::object(), now));
        CPPUNIT_ASSERT_EQUAL(std::string{"\"2020-07-16T01:30:00@Asia/Ho_Chi_Minh\""},
                             value("now()", Json::object(), now));
        CPPUNIT_ASSERT_EQUAL(std::string{"null"}, value("today()"));
        CPPUNIT_ASSERT_EQUAL(std::string{"\"2020-02-29\""},
                             value("date(\"2020-01-31\") + duration(\"P1M\")"));
        CPPUNIT_ASSERT_EQUAL(
            std::string{"18"},
            value("years and months duration(date(\"2002-07-16\"), date(\"2020-07-16\")).years"));
        CPPUNIT_ASSERT_EQUAL(std::string{"null"}, value("date(\"2019-02-29\")"));
        CPPUNIT_ASSERT_EQUAL(std::string{"\"P15D\""}, value("date(\"2020-07-16\") - date(\"2020-07-01\")"));
    }

    void textsAndPatterns() {
        CPPUNIT_ASSERT_EQUAL(std::string{"\"ĐƯỜNG LÊ LỢI\""}, value("upper case(\"đường Lê Lợi\")"));
        CPPUNIT_ASSERT_EQUAL(std::string{"4"}, value("string length(\"đạt.\")"));
        CPPUNIT_ASSERT_EQUAL(std::string{"\"ạt\""}, value("substring(\"đạt\", 2)"));
        CPPUNIT_ASSERT_EQUAL(std::string{"true"},
                             value("matches(\"079123456789\", \"^[0-9]{9}([0-9]{3})?$\")"));
        CPPUNIT_ASSERT_EQUAL(std::string{"null"}, value("matches(\"a\", \"(\")"));
        CPPUNIT_ASSERT_EQUAL(std::string{"\"a-b\""}, value("string join([\"a\", \"b\"], \"-\")"));
    }

    void unaryTestsOfATableCell() {
        CPPUNIT_ASSERT(matches("-", 5));
        CPPUNIT_ASSERT(matches("< 18, >= 60", 70));
        CPPUNIT_ASSERT(!matches("< 18, >= 60", 30));
        CPPUNIT_ASSERT(matches("[1..10]", 10));
        CPPUNIT_ASSERT(!matches("(1..10)", 10));
        CPPUNIT_ASSERT(matches("\"phường\", \"xã\"", "xã"));
        CPPUNIT_ASSERT(matches("not(\"phường\")", "xã"));
        CPPUNIT_ASSERT(matches("-5", -5));
        CPPUNIT_ASSERT(matches("? * 2 > 9 and ? < 6", 5));
        CPPUNIT_ASSERT(!matches("? * 2 > 9 and ? < 5", 5));
    }

    void freeNamesAreListed() {
        const auto expression = Expression::parse("for x in danh sách return x.a + count(khác) + thuế");
        CPPUNIT_ASSERT(expression.ok());
        CPPUNIT_ASSERT((expression->names() == std::vector<std::string>{"danh sách", "khác", "thuế"}));
    }

    void errorsNameThePlace() {
        const auto expression = Expression::parse("a >\n  đó + * 2");
        CPPUNIT_ASSERT(!expression.ok());
        CPPUNIT_ASSERT_EQUAL(std::string{"feel.syntax"}, expression.error().code);
        CPPUNIT_ASSERT_EQUAL(std::string{"2"}, expression.error().params.at("line"));
        CPPUNIT_ASSERT_EQUAL(std::string{"8"}, expression.error().params.at("column"));
        for (const char* broken : {"", "(", "[1", "{a", "\"x", "if a then b", "1 +", "a b and", "/* ", "@",
                                   "f(a: 1, 2)", "\"\\u12\"", "1..2", "for x return 1", "]", "\xFF"}) {
            CPPUNIT_ASSERT_MESSAGE(broken, !Expression::parse(broken).ok());
        }
    }

    void hostileTextMeetsALimit() {
        CPPUNIT_ASSERT_EQUAL(std::string{"error feel.limit"}, value("for i in 1..100000000 return i"));
        CPPUNIT_ASSERT_EQUAL(
            std::string{"error feel.limit"},
            value("for i in 1..100 return if i = 1 then \"aaaaaaaa\" else partial[-1] + partial[-1]"));
        CPPUNIT_ASSERT_EQUAL(std::string{"error feel.limit"},
                             value("for i in 1..100 return if i = 1 then [1] else [partial[-1]]"));
        CPPUNIT_ASSERT_EQUAL(
            std::string{"error feel.limit"},
            value("flatten(for i in 1..40 return if i = 1 then [1] else [partial[-1], partial[-1]])"));
        CPPUNIT_ASSERT_EQUAL(std::string{"error feel.limit"}, value("{f: function(g) g(g), r: f(f)}.r"));
        CPPUNIT_ASSERT(!Expression::parse(std::string(10'000, '(')).ok());
        CPPUNIT_ASSERT(!Expression::parse(std::string(10'000, '-') + "1").ok());
        CPPUNIT_ASSERT(!Expression::parse("1" + std::string(8'000, '[')).ok());
        std::string sum = "1";
        for (int i = 0; i < 3000; ++i)
            sum += "+1";
        CPPUNIT_ASSERT(!Expression::parse(sum).ok());
        CPPUNIT_ASSERT_EQUAL(std::string{"feel.too_long"},
                             Expression::parse(std::string(20'000, ' ')).error().code);
        // A pattern of exponential cost ends unanswered instead.
        CPPUNIT_ASSERT_EQUAL(std::string{"null"},
                             value("matches(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\", \"^(a+)+$\")"));
    }

    // Each of these would take gigabytes or minutes, and is a small expression over one large answer.
    void nothingGrowsOrRunsUnpaid() {
        Json context;
        context.set("long", std::string(1'000'000, 'a'));
        context.set("part", std::string(500'000, 'a') + "b");
        std::string wholes, lists;
        for (int i = 0; i < 2000; ++i) {
            wholes += "$0";
            lists += ", items";
        }
        for (const std::string& text :
             {std::string{"string join(for i in 1..30000 return \"\", long)"},
              "replace(long, \"^.*$\", \"" + wholes + "\")",
              "{items: for i in 1..20000 return i, all: count(concatenate(items" + lists + "))}.all",
              "{items: for i in 1..20000 return i, all: count(union(items" + lists + "))}.all",
              std::string{"context(for i in 1..5000 return {key: string(i), value: i})"},
              std::string{"contains(long, part)"}, std::string{"substring before(long, part)"}})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(text.substr(0, 60), std::string{"error feel.limit"},
                                         value(text, context));
        CPPUNIT_ASSERT_EQUAL(std::string{"true"}, value("contains(long, \"aaa\")", context));
        CPPUNIT_ASSERT_EQUAL(std::string{"\"x-x-x-\""}, value("replace(\"abc\", \"[a-c]\", \"x-\")"));
    }

    void durationsBeyondTheCalendarAreNull() {
        const std::string months = "duration(\"P1M\") * 9223372036854775807";
        CPPUNIT_ASSERT_EQUAL(std::string{"null"}, value("date(\"0000-01-01\") - " + months));
        CPPUNIT_ASSERT_EQUAL(std::string{"null"}, value("date(\"2026-01-01\") + " + months));
        CPPUNIT_ASSERT_EQUAL(std::string{"null"}, value(months + " + duration(\"P1M\")"));
        const std::string doubled =
            "{d: for i in 1..60 return if i = 1 then duration(\"P99999999999999D\") else "
            "partial[-1] + partial[-1], r: d[-1]}.r";
        CPPUNIT_ASSERT_EQUAL(std::string{"null"}, value(doubled));
        CPPUNIT_ASSERT_EQUAL(std::string{"\"2027-02-28\""},
                             value("date(\"2026-01-31\") + duration(\"P13M\")"));
    }

    // Words of the language thrown together: parsed or refused, evaluated within the limits, never a crash.
    void randomTextDoesNoHarm() {
        static constexpr const char* words[] = {"if",
                                                "then",
                                                "else",
                                                "for",
                                                "x",
                                                "in",
                                                "return",
                                                "some",
                                                "satisfies",
                                                "every",
                                                "and",
                                                "or",
                                                "not(",
                                                "(",
                                                ")",
                                                "[",
                                                "]",
                                                "{",
                                                "}",
                                                ":",
                                                ",",
                                                "..",
                                                "+",
                                                "-",
                                                "*",
                                                "/",
                                                "**",
                                                "=",
                                                "<",
                                                ">=",
                                                "1",
                                                "0.5",
                                                "1e300",
                                                "\"a\"",
                                                "đường",
                                                "date(\"2020-01-31\")",
                                                "duration(\"P1M\")",
                                                "sum(",
                                                "partial",
                                                "function(",
                                                "null",
                                                "true",
                                                ".",
                                                "between",
                                                "instance of",
                                                "number",
                                                "item",
                                                "?",
                                                "sort(",
                                                "string(",
                                                "replace(",
                                                "\"(a+)+$\"",
                                                "@\"PT1H\""};
        std::mt19937 random(2020);
        const auto context = Json::parse(R"({"x": [1, 2, {"đường": 3}], "a": null})");
        int parsed = 0;
        for (int round = 0; round < 20'000; ++round) {
            std::string text;
            for (std::uint32_t i = 0; i <= random() % 12; ++i) {
                text += std::string{words[random() % std::size(words)]} + (random() % 4 == 0 ? "" : " ");
            }
            if (const auto expression = Expression::parse(text)) {
                ++parsed;
                (void)expression->evaluate(*context, Instant{1594837800000});
            }
            if (const auto tests = UnaryTests::parse(text)) (void)tests->matches(1, *context);
        }
        CPPUNIT_ASSERT(parsed > 200);
    }

    void aConditionHoldsOnlyWhereTrue() {
        Json context;
        context.set("kết_quả", "đạt");
        CPPUNIT_ASSERT(*Expression::parse("kết_quả = \"đạt\"")->holds(context));
        CPPUNIT_ASSERT(!*Expression::parse("kết_quả")->holds(context));
        CPPUNIT_ASSERT(!*Expression::parse("khác = 1")->holds(context));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ExpressionTest);

} // namespace
