// Answers against a whole form: what is hidden is dropped, what is calculated is the server's, what is
// unknown refused.
#include "forms_test_support.h"

#include "forms/personal.h"
#include "forms/prefill.h"

using namespace motcua;
using namespace motcua::forms;
using namespace motcua::forms::test;

class ValidateTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ValidateTest);
    CPPUNIT_TEST(hiddenAnswersAreDroppedEvenWhenWrong);
    CPPUNIT_TEST(hidingHidesWhatDependsOnIt);
    CPPUNIT_TEST(calculatedValuesAreTheServersOwn);
    CPPUNIT_TEST(calculationsAreExactInMoney);
    CPPUNIT_TEST(unknownFieldsAreRefused);
    CPPUNIT_TEST(answersThatAreNoObjectAreRefused);
    CPPUNIT_TEST(aDraftLacksNothingButTakesNoWrongValue);
    CPPUNIT_TEST(aSectionIsJudgedAlone);
    CPPUNIT_TEST(anOptionalGroupIsWholeOrNotThere);
    CPPUNIT_TEST(rowsAreCountedAndJudgedByTheirOwnConditions);
    CPPUNIT_TEST(rulesWaitForWhatTheyRead);
    CPPUNIT_TEST(ownWordingReplacesTheStandardOne);
    CPPUNIT_TEST(feeFactsComeFromTheAnswers);
    CPPUNIT_TEST(papersAreNeededWhereTheirConditionHolds);
    CPPUNIT_TEST(aFloodOfErrorsIsCut);
    CPPUNIT_TEST(expressionsThatCostTooMuchHideNothing);
    CPPUNIT_TEST(whatIsKnownIsFilledInWithItsSource);
    CPPUNIT_TEST(personalAnswersAreSetApart);
    CPPUNIT_TEST_SUITE_END();

    static std::string table(const std::string& more = {}) {
        return "      - {key: t, type: table, label: {vi: t, en: t}, add_label: {vi: t, en: t}, max_rows: 3, "
               "fields: [{key: "
               "kind, type: choice, label: {vi: k, en: k}, options: [{value: a, label: {vi: A, en: A}}, "
               "{value: b, label: "
               "{vi: B, en: B}}]}, {key: note, type: text, label: {vi: n, en: n}, when: 'kind = \"b\"'}, "
               "{key: price, type: "
               "money, label: {vi: p, en: p}}, {key: twice, type: calculated, label: {vi: w, en: w}, "
               "formula: price * 2, "
               "result: money}]" +
               more + "}\n";
    }

    void hiddenAnswersAreDroppedEvenWhenWrong() {
        const Definition form = define(field("a", "yes_no") + field("b", "integer", "when: a"));
        const Verdict verdict = judged(form, R"({"a":false,"b":"not a number"})");
        CPPUNIT_ASSERT_EQUAL(std::string{}, codeOf(verdict));
        CPPUNIT_ASSERT_EQUAL(std::string{R"({"a":false})"}, verdict.answers.dump());
        CPPUNIT_ASSERT(!verdict.shows("b"));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.not_a_whole_number"},
                             codeOf(judged(form, R"({"a":true,"b":"x"})")));
    }

    void hidingHidesWhatDependsOnIt() {
        const Definition form =
            define(field("a", "yes_no") + field("b", "yes_no", "when: a") + field("c", "text", "when: b"));
        const Verdict verdict = judged(form, R"({"a":false,"b":true,"c":"kept?"})");
        CPPUNIT_ASSERT_EQUAL(std::string{R"({"a":false})"}, verdict.answers.dump());
    }

    void calculatedValuesAreTheServersOwn() {
        const Definition form =
            define(field("n", "integer") + field("total", "calculated", "formula: n * 8000, result: money"));
        const Verdict verdict = judged(form, R"({"n":3,"total":1})");
        CPPUNIT_ASSERT_EQUAL(std::string{R"({"n":3,"total":24000})"}, verdict.answers.dump());
        CPPUNIT_ASSERT_EQUAL(std::string{"{}"}, judged(form, R"({"total":7})", Stage::Draft).answers.dump());
    }

    void calculationsAreExactInMoney() {
        const Definition form =
            define(field("a", "decimal") + field("b", "calculated", "formula: a * 3, result: decimal") +
                   field("c", "calculated", "formula: a / 0, result: decimal") +
                   field("d", "calculated", "formula: a * 10 ** 30, result: money") +
                   field("e", "calculated", "formula: '\"x\"', result: money"));
        const Verdict verdict = judged(form, R"({"a":0.1})");
        CPPUNIT_ASSERT_EQUAL(std::string{R"({"a":0.1,"b":0.3})"}, verdict.answers.dump());
    }

    void unknownFieldsAreRefused() {
        const Definition form =
            define(field("a", "text") + field("p", "person", "parts: [full_name]") + field("n", "note"));
        const auto found = errorsOf(
            judged(form, R"({"a":"x","p":{"full_name":"An","age":3},"z":1,"n":"text","constructor":{}})"));
        CPPUNIT_ASSERT_EQUAL(std::string{"constructor: form.unknown_field\nn: form.unknown_field\np.age: "
                                         "form.unknown_field\nz: form.unknown_field\n"},
                             shown(found));
    }

    void answersThatAreNoObjectAreRefused() {
        const Definition form = define(field("p", "person", "parts: [full_name]") + table());
        CPPUNIT_ASSERT_EQUAL(std::string{"form.wrong_type"}, codeOf(judged(form, "[]")));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.wrong_type"}, codeOf(judged(form, "\"x\"")));
        CPPUNIT_ASSERT_EQUAL(std::string{"p: form.wrong_type\nt: form.wrong_type\n"},
                             shown(errorsOf(judged(form, R"({"p":"An","t":{"a":1}})"))));
        CPPUNIT_ASSERT_EQUAL(std::string{"p: form.wrong_type\nt.0: form.wrong_type\n"},
                             shown(errorsOf(judged(form, R"({"p":["An"],"t":["x"]})"))));
    }

    void aDraftLacksNothingButTakesNoWrongValue() {
        const Definition form =
            define(field("a", "integer") + field("b", "date") + field("c", "declaration") + table());
        CPPUNIT_ASSERT_EQUAL(std::string{}, codeOf(judged(form, "{}", Stage::Draft)));
        const Verdict verdict = judged(form, R"({"a":"x","b":"2026-01-01"})", Stage::Draft);
        CPPUNIT_ASSERT_EQUAL(std::string{"form.not_a_whole_number"}, codeOf(verdict));
        CPPUNIT_ASSERT_EQUAL(std::string{R"({"b":"2026-01-01"})"}, verdict.answers.dump());
    }

    void aSectionIsJudgedAlone() {
        const Definition form =
            define(field("a", "integer") + "  - key: two\n    title: {vi: S, en: S}\n    fields:\n" +
                   field("b", "date"));
        CPPUNIT_ASSERT_EQUAL(std::string{"a: form.required\n"},
                             shown(errorsOf(judged(form, "{}", Stage::Section, "all"))));
        CPPUNIT_ASSERT_EQUAL(std::string{},
                             shown(errorsOf(judged(form, R"({"a":1,"b":"x"})", Stage::Section, "all"))));
        CPPUNIT_ASSERT_EQUAL(std::string{"b: form.date_unreal\n"},
                             shown(errorsOf(judged(form, R"({"b":"x"})", Stage::Section, "two"))));
    }

    void anOptionalGroupIsWholeOrNotThere() {
        const Definition form = define(field("p", "issued_paper", "required: false"));
        CPPUNIT_ASSERT_EQUAL(std::string{}, codeOf(judged(form, "{}")));
        CPPUNIT_ASSERT_EQUAL(std::string{}, codeOf(judged(form, R"({"p":{}})")));
        CPPUNIT_ASSERT_EQUAL(std::string{"p.issued_by: form.required\np.issued_on: form.required\n"},
                             shown(errorsOf(judged(form, R"({"p":{"number":"1"}})"))));
    }

    void rowsAreCountedAndJudgedByTheirOwnConditions() {
        const Definition form = define(table());
        CPPUNIT_ASSERT_EQUAL(std::string{"form.too_few_rows"}, codeOf(judged(form, "{}")));
        const Verdict verdict = judged(
            form, R"({"t":[{"kind":"a","note":7,"price":100},{"kind":"b","note":"n","price":5,"twice":1}]})");
        CPPUNIT_ASSERT_EQUAL(std::string{}, shown(errorsOf(verdict)));
        CPPUNIT_ASSERT_EQUAL(std::string{R"({"t":[{"kind":"a","price":100,"twice":200},)"
                                         R"({"kind":"b","note":"n","price":5,"twice":10}]})"},
                             verdict.answers.dump());
        CPPUNIT_ASSERT(!verdict.shows("t.0.note"));
        CPPUNIT_ASSERT(verdict.shows("t.1.note"));
        CPPUNIT_ASSERT_EQUAL(std::string{"t.0.note: form.required\nt.0.price: form.required\n"},
                             shown(errorsOf(judged(form, R"({"t":[{"kind":"b"}]})"))));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.too_many_rows"},
                             codeOf(judged(form, R"({"t":[{},{},{},{}]})")));
    }

    void rulesWaitForWhatTheyRead() {
        const std::string rule = "rules: [{check: a < b, message: {vi: Nhỏ hơn, en: Less}}]";
        const Definition form = define(field("a", "integer", rule + ", required: false") +
                                       field("b", "integer", "required: false"));
        CPPUNIT_ASSERT_EQUAL(std::string{}, codeOf(judged(form, R"({"a":5})")));
        CPPUNIT_ASSERT_EQUAL(std::string{}, codeOf(judged(form, R"({"b":5})")));
        CPPUNIT_ASSERT_EQUAL(std::string{}, codeOf(judged(form, R"({"a":1,"b":5})")));
        const Verdict verdict = judged(form, R"({"a":5,"b":5})");
        CPPUNIT_ASSERT_EQUAL(std::string{"form.rule"}, codeOf(verdict));
        const FieldError told = localised(form.form(), verdict.errors[0], "vi");
        CPPUNIT_ASSERT_EQUAL(std::string{"Nhỏ hơn"}, told.params.at("message"));
        CPPUNIT_ASSERT_EQUAL(std::string{"Less"},
                             localised(form.form(), verdict.errors[0], "en").params.at("message"));
        // Neither true nor false although everything is answered: broken, not passed over.
        const Definition odd =
            define(field("a", "integer", "rules: [{check: a + \"x\", message: {vi: x, en: x}}]"));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.rule"}, codeOf(judged(odd, R"({"a":1})")));
    }

    void ownWordingReplacesTheStandardOne() {
        const Definition form =
            define(field("a", "text", "errors: {required: {vi: Điền đi, en: Fill it in}}"));
        const Verdict verdict = judged(form, "{}");
        CPPUNIT_ASSERT_EQUAL(std::string{"form.own_message"}, verdict.errors.at(0).code);
        CPPUNIT_ASSERT_EQUAL(std::string{"Điền đi"},
                             localised(form.form(), verdict.errors[0], "vi").params.at("message"));
        const Definition plain = define(field("a", "text"));
        CPPUNIT_ASSERT_EQUAL(
            std::string{"a"},
            localised(plain.form(), judged(plain, "{}").errors.at(0), "vi").params.at("label"));
    }

    void feeFactsComeFromTheAnswers() {
        const Definition form = define(field("n", "integer", "required: false") + field("who", "choice", ab),
                                       "fee: {quantity: n, exempt_when: who = \"b\"}\n");
        CPPUNIT_ASSERT_EQUAL(std::int64_t{4}, judged(form, R"({"n":4,"who":"a"})").quantity);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, judged(form, R"({"who":"a"})").quantity);
        CPPUNIT_ASSERT(!judged(form, R"({"who":"a"})").feeExempt);
        CPPUNIT_ASSERT(judged(form, R"({"who":"b"})").feeExempt);
        CPPUNIT_ASSERT(!judged(form, "{}").feeExempt);
    }

    void papersAreNeededWhereTheirConditionHolds() {
        const Definition form = define(field("a", "yes_no"),
                                       "papers:\n  - {key: x, label: {vi: x, en: x}, when: a, max_files: 1}\n"
                                       "  - {key: y, label: {vi: y, en: y}, required: false}\n");
        CPPUNIT_ASSERT_EQUAL(std::string{}, codeOf(judged(form, R"({"a":false,"papers":{"x":"dropped"}})")));
        CPPUNIT_ASSERT_EQUAL(std::string{"papers.x: form.paper_missing\n"},
                             shown(errorsOf(judged(form, R"({"a":true})"))));
        CPPUNIT_ASSERT_EQUAL(std::string{}, codeOf(judged(form, R"({"a":true})", Stage::Section, "all")));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.paper_missing"},
                             codeOf(judged(form, R"({"a":true})", Stage::Section, "papers")));
        const std::string file = R"({"file":"f","name":"a.pdf","type":"pdf","size":9})";
        CPPUNIT_ASSERT_EQUAL(std::string{},
                             codeOf(judged(form, R"({"a":true,"papers":{"x":[)" + file + "]}}")));
        CPPUNIT_ASSERT_EQUAL(
            std::string{"form.too_many_files"},
            codeOf(judged(form, R"({"a":true,"papers":{"x":[)" + file + "," + file + "]}}")));
        for (const char* wrong : {R"({"file":"f","name":"a","type":"pdf"})", R"("f")",
                                  R"({"file":"","name":"a","type":"pdf","size":1})",
                                  R"({"file":"f","name":"a","type":"pdf","size":1,"path":"/etc/passwd"})"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(
                wrong, std::string{"papers.x.0: form.wrong_type\n"},
                shown(errorsOf(judged(form, R"({"a":true,"papers":{"x":[)" + std::string{wrong} + "]}}"))));
    }

    void aFloodOfErrorsIsCut() {
        Json::Object flood;
        for (int i = 0; i < 5000; ++i)
            flood.emplace_back("k" + std::to_string(i), Json{i});
        const Verdict verdict = judged(define(field("a", "text")), Json{std::move(flood)});
        CPPUNIT_ASSERT(verdict.errors.size() <= 200);
        CPPUNIT_ASSERT(!verdict.errors.empty());
    }

    void expressionsThatCostTooMuchHideNothing() {
        // Cheap while nothing is answered, so it gets past the lint; endless with a large number.
        const Definition form =
            define(field("n", "integer") +
                   field("a", "text", "when: 'count(for i in 1..n return i) > 1', required: false"));
        const Verdict verdict = judged(form, R"({"n":900000000000000,"a":"kept"})");
        CPPUNIT_ASSERT_EQUAL(std::string{"kept"}, verdict.answers["a"].string());
    }

    void whatIsKnownIsFilledInWithItsSource() {
        const Definition form =
            define(field("p", "person", "parts: [full_name, national_id, residence], prefill: profile") +
                   field("mail", "email", "prefill: profile.email") + field("x", "text"));
        const Json sources =
            Json::parse(
                R"({"profile":{"full_name":"Lê An","national_id":"12","email":"an@thu.example","x":"no",)"
                R"("residence":{"ward":"Phường 1","province":"79","planet":"x"}}})")
                .value();
        const Prefilled made =
            prefill(form, Json::parse(R"({"mail":"khac@thu.example"})").value(), sources, now());
        CPPUNIT_ASSERT_EQUAL(std::string{R"({"mail":"khac@thu.example","p":{"full_name":"Lê An",)"
                                         R"("residence":{"ward":"Phường 1","province":"79"}}})"},
                             made.answers.dump());
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, made.from.size());
        CPPUNIT_ASSERT_EQUAL(std::string{"profile"}, made.from.at("p.residence.ward"));
        CPPUNIT_ASSERT_EQUAL(std::string{"{}"}, prefill(form, Json{}, Json{"x"}, now()).answers.dump());
    }

    void personalAnswersAreSetApart() {
        const Definition form = define(field("p", "person", "parts: [full_name]") + field("a", "text") +
                                       field("s", "text", "personal: true"));
        const Json answers =
            Json::parse(R"({"p":{"full_name":"Lê An"},"a":"x","s":"y","papers":{"k":[]}})").value();
        const SplitAnswers split = splitPersonal(form.form(), answers);
        CPPUNIT_ASSERT_EQUAL(std::string{R"({"a":"x"})"}, split.open.dump());
        CPPUNIT_ASSERT(!split.sealed["p"].isNull() && !split.sealed["s"].isNull() &&
                       !split.sealed["papers"].isNull());
        CPPUNIT_ASSERT_EQUAL(answers.members().size(), joinPersonal(split).members().size());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ValidateTest);
