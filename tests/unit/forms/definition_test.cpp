// Reading and linting forms: every mistake of an author is named and placed, and nothing unusable gets
// through. // O16
#include "forms_test_support.h"

using namespace motcua;
using namespace motcua::forms;
using namespace motcua::forms::test;

class DefinitionTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DefinitionTest);
    CPPUNIT_TEST(unknownKeysAreNamedWithFileLineAndKey);
    CPPUNIT_TEST(keysOfOtherTypesAreUnknown);
    CPPUNIT_TEST(bothLanguagesAreNeeded);
    CPPUNIT_TEST(groupsOfTheLibraryCanBePickedAndRelabelled);
    CPPUNIT_TEST(numbersMayHaveFractions);
    CPPUNIT_TEST(duplicatesAndBadKeysAreFound);
    CPPUNIT_TEST(unknownReferencesAreFound);
    CPPUNIT_TEST(unknownOptionsAreFound);
    CPPUNIT_TEST(cyclesAreFound);
    CPPUNIT_TEST(contradictoryConditionsAreFound);
    CPPUNIT_TEST(rulesThatNoAnswerKeepsAreFound);
    CPPUNIT_TEST(conditionsMayNotAskLaterPages);
    CPPUNIT_TEST(contradictoryLimitsAreFound);
    CPPUNIT_TEST(brokenAndHostileExpressionsAreFound);
    CPPUNIT_TEST(aFormOfNothingIsRefused);
    CPPUNIT_TEST(storedFormsAreReadAsStrictly);
    CPPUNIT_TEST_SUITE_END();

    static std::string refusal(const std::string& yaml) {
        const auto read = readForm(yaml, "f.yaml", library());
        CPPUNIT_ASSERT_MESSAGE(yaml, !read);
        return read.error().detail;
    }

    // "path code detail" of each finding.
    static std::string findings(const std::string& fields, const std::string& rest = {}) {
        std::string text;
        for (const Finding& finding : Definition::lint(formOf(fields, rest)))
            text += finding.path + " " + finding.code + " " + finding.detail + "\n";
        return text;
    }
    static void has(const std::string& expected, const std::string& found) {
        CPPUNIT_ASSERT_MESSAGE("expected " + expected + " in:\n" + found,
                               found.find(expected) != std::string::npos);
    }

    void unknownKeysAreNamedWithFileLineAndKey() {
        const std::string told =
            refusal(yamlOf("      - key: a\n        type: text\n        label: {vi: a, en: a}\n"
                           "        lable: {vi: b, en: b}\n"));
        has("f.yaml:11: sections[0].fields[0].lable: unknown key", told);
    }

    void keysOfOtherTypesAreUnknown() {
        has("options", refusal(yamlOf(field("a", "text", ab))));
        has("max_length", refusal(yamlOf(field("a", "integer", "max_length: 3"))));
        has("formula", refusal(yamlOf(field("a", "money", "formula: \"1\""))));
        has("parts", refusal(yamlOf(field("a", "text", "parts: [x]"))));
        has("fields", refusal(yamlOf(field("a", "person", "fields: []"))));
        has("type", refusal(yamlOf(field("a", "persn"))));
    }

    void bothLanguagesAreNeeded() {
        has("label.en", refusal(yamlOf("      - {key: a, type: text, label: {vi: a}}\n")));
        has("label", refusal(yamlOf("      - {key: a, type: text}\n")));
        has("label.fr", refusal(yamlOf("      - {key: a, type: text, label: {vi: a, en: a, fr: a}}\n")));
    }

    void groupsOfTheLibraryCanBePickedAndRelabelled() {
        const Form form = formOf(field("p", "person",
                                       "parts: [full_name, phone], optional: [phone], "
                                       "labels: {full_name: {vi: Tên trẻ, en: Child}}"));
        const Field& person = form.sections[0].fields[0];
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, person.fields.size());
        CPPUNIT_ASSERT(person.personal);
        CPPUNIT_ASSERT_EQUAL(std::string{"Tên trẻ"}, form.fieldAt("p.full_name")->label.vi);
        CPPUNIT_ASSERT(!form.fieldAt("p.phone")->required);
        CPPUNIT_ASSERT(!form.fieldAt("p.residence"));
        has("parts", refusal(yamlOf(field("p", "person", "parts: [shoe_size]"))));
        has("list", refusal(yamlOf(field("c", "choice", "options: {list: planets}"))));
    }

    void numbersMayHaveFractions() {
        const Form form = formOf(field("a", "decimal", "min: 0.5, max: 12, places: 1"));
        CPPUNIT_ASSERT_EQUAL(0.5, *form.field("a")->min);
        CPPUNIT_ASSERT_EQUAL(12.0, *form.field("a")->max);
        has("min", refusal(yamlOf(field("a", "decimal", "min: much"))));
    }

    void duplicatesAndBadKeysAreFound() {
        has("all.a form.duplicate a", findings(field("a", "text") + field("a", "date")));
        has("form.bad_key A", findings(field("A", "text")));
        has("form.bad_key papers", findings(field("papers", "text")));
        has("form.bad_key tuổi", findings(field("tuổi", "text")));
        has("form.duplicate x", findings(field("a", "choice",
                                               "options: [{value: x, label: {vi: A, en: A}}, {value: x, "
                                               "label: {vi: B, en: B}}]")));
        has("form.too_few_options", findings(field("a", "choice", "options: []")));
    }

    void unknownReferencesAreFound() {
        has("all.a.when form.unknown_reference b", findings(field("a", "text", "when: b = 1")));
        has("p.residence.street",
            findings(field("p", "person") + field("a", "text", "when: p.residence.street = \"x\"")));
        has("form.unknown_reference n", findings(field("n", "note") + field("a", "text", "when: n = 1")));
        has("fee.quantity form.unknown_reference a", findings(field("a", "text"), "fee: {quantity: a}\n"));
        has("papers.x.when form.unknown_reference zz",
            findings(field("a", "text"), "papers:\n  - {key: x, label: {vi: x, en: x}, when: zz}\n"));
        CPPUNIT_ASSERT_EQUAL(
            std::string{},
            findings(field("d", "date") + field("a", "text", "when: d.year > 2000 and today() > d")));
    }

    void unknownOptionsAreFound() {
        has("form.unknown_option a = \"c\"",
            findings(field("a", "choice", ab) + field("b", "text", "when: a = \"c\"")));
        has("form.unknown_option a = \"c\"",
            findings(field("a", "choice", ab) + field("b", "text", "when: 'a in (\"a\", \"c\")'")));
        CPPUNIT_ASSERT_EQUAL(std::string{}, findings(field("a", "choice", ab) +
                                                     field("b", "text", "when: 'a in (\"a\", \"b\")'")));
    }

    void cyclesAreFound() {
        has("form.cycle a, b", findings(field("a", "yes_no", "when: b") + field("b", "yes_no", "when: a")));
        has("form.cycle a", findings(field("a", "yes_no", "when: a")));
        has("form.cycle x, y", findings(field("x", "calculated", "formula: y + 1") +
                                        field("y", "calculated", "formula: x + 1")));
        CPPUNIT_ASSERT_EQUAL(std::string{}, findings(field("x", "calculated", "formula: y + 1") +
                                                     field("y", "calculated", "formula: \"2\"")));
    }

    void contradictoryConditionsAreFound() {
        const std::string two = field("a", "yes_no") + field("b", "choice", ab);
        has("all.c form.never_shown", findings(two + field("c", "text", "when: a and not(a)")));
        has("all.c form.never_shown", findings(two + field("c", "text", "when: b = \"a\" and b = \"b\"")));
        // Through a condition of what it depends on.
        has("all.d form.never_shown",
            findings(two + field("c", "yes_no", "when: a") + field("d", "text", "when: c and not(a)")));
        has("papers.x form.never_shown",
            findings(two, "papers:\n  - {key: x, label: {vi: x, en: x}, when: a and not(a)}\n"));
        has("papers.x.required_when form.never_shown",
            findings(two, "papers:\n  - {key: x, label: {vi: x, en: x}, when: a, required_when: not(a)}\n"));
        CPPUNIT_ASSERT_EQUAL(std::string{}, findings(two + field("c", "text", "when: a or not(a)")));
    }

    void rulesThatNoAnswerKeepsAreFound() {
        const std::string rule = "rules: [{check: 'a and not(a)', message: {vi: x, en: x}}]";
        has("all.a.rules form.rule_never_holds", findings(field("a", "yes_no", rule)));
    }

    void conditionsMayNotAskLaterPages() {
        const std::string later =
            "  - key: later\n    title: {vi: S, en: S}\n    fields:\n" + field("z", "yes_no");
        has("all.a.when form.refers_ahead z", findings(field("a", "text", "when: z") + later));
        // A rule may: it is judged at the end as well.
        CPPUNIT_ASSERT_EQUAL(
            std::string{},
            findings(field("a", "yes_no", "rules: [{check: a = z, message: {vi: x, en: x}}]") + later));
    }

    void contradictoryLimitsAreFound() {
        has("form.limits_contradict min > max", findings(field("a", "integer", "min: 5, max: 3")));
        has("form.limits_contradict", findings(field("a", "text", "min_length: 9, max_length: 3")));
        has("form.limits_contradict earliest",
            findings(field("a", "date", "earliest: today, latest: 2001-01-01")));
        has("form.bad_date soon", findings(field("a", "date", "latest: soon")));
        has("form.limits_contradict min_rows",
            findings("      - {key: t, type: table, label: {vi: t, en: t}, min_rows: 5, max_rows: 2, "
                     "add_label: {vi: t, "
                     "en: t}, fields: [{key: x, type: text, label: {vi: x, en: x}}]}\n"));
    }

    void brokenAndHostileExpressionsAreFound() {
        has("all.a.when form.expression_broken", findings(field("a", "text", "when: 'b = = 1'")));
        has("form.expression_broken", findings(field("a", "text", "when: '" + std::string(3000, '(') + "'")));
        has("form.expression_too_costly",
            findings(
                field("a", "text", "when: 'count(for i in 1..100000, j in 1..100000 return i * j) > 0'")));
        has("form.expression_in_group", findings("      - {key: g, type: group, label: {vi: g, en: g}, "
                                                 "fields: [{key: x, type: text, label: {vi: x, "
                                                 "en: x}, when: 'true'}]}\n"));
    }

    void aFormOfNothingIsRefused() {
        const auto empty =
            readForm("form: 1\nprocedure: \"1\"\ntitle: {vi: a, en: a}\n", "f.yaml", library());
        CPPUNIT_ASSERT_EQUAL(std::string{"form.definition"}, Definition::make(*empty).error().code);
        CPPUNIT_ASSERT(!readForm("", "f.yaml", library()));
        CPPUNIT_ASSERT(!readForm("[1, 2]", "f.yaml", library()));
        CPPUNIT_ASSERT(!readForm("form: 2\nprocedure: \"1\"\ntitle: {vi: a, en: a}\n", "f.yaml", library()));
    }

    void storedFormsAreReadAsStrictly() {
        Json stored = toJson(formOf(field("a", "text")));
        CPPUNIT_ASSERT(fromJson(stored).ok());
        stored.set("extra", 1);
        CPPUNIT_ASSERT_EQUAL(std::string{"yaml.invalid"}, fromJson(stored).error().code);
        CPPUNIT_ASSERT(!fromJson(Json{"text"}).ok());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DefinitionTest);
