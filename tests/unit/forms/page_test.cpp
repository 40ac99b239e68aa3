// Pages and posts: what a browser gets, what it sends back, and that nothing typed is lost or believed. // U6
// N13
#include "forms_test_support.h"

#include "forms/display.h"
#include "forms/page.h"
#include "forms/post.h"

using namespace motcua;
using namespace motcua::forms;
using namespace motcua::forms::test;

class PageTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PageTest);
    CPPUNIT_TEST(postedTextBecomesTypedAnswers);
    CPPUNIT_TEST(numbersAreReadAsPeopleWriteThem);
    CPPUNIT_TEST(whatIsNoValueIsKeptAsTyped);
    CPPUNIT_TEST(rowsAreReadInTheirOrderAndEmptyOnesDropped);
    CPPUNIT_TEST(aPostTouchesOnlyItsSection);
    CPPUNIT_TEST(hostileNamesAreIgnored);
    CPPUNIT_TEST(everyReadyDossierSurvivesItsPages);
    CPPUNIT_TEST(aPageHasWhatTheTemplatesRead);
    CPPUNIT_TEST(errorsStandAtTheirControlsAndOnTop);
    CPPUNIT_TEST(aSingleQuestionIsTheHeading);
    CPPUNIT_TEST(lockedAndFilledValuesTellTheirSource);
    CPPUNIT_TEST(hugeAndBrokenInputIsNotSentBack);
    CPPUNIT_TEST(hiddenSectionsHaveNoPage);
    CPPUNIT_TEST(tasksTellHowFarTheFormIs);
    CPPUNIT_TEST(answersAreShownAsPeopleReadThem);
    CPPUNIT_TEST_SUITE_END();

    static Json posted(const Definition& form, const PostFields& fields,
                       const Json& before = Json::object()) {
        return readPost(form, "all", fields, before);
    }
    static PageRequest request() {
        PageRequest made;
        made.now = now();
        made.say = [](const FieldError& error) {
            const auto label = error.params.find("label");
            return error.code + (label == error.params.end() ? "" : ":" + label->second);
        };
        return made;
    }
    static const Control& control(const Page& page, const std::string& name) {
        for (const Control& one : page.controls)
            if (one.name == name) return one;
        throw std::runtime_error("no control " + name);
    }

    void postedTextBecomesTypedAnswers() {
        const Definition form = define(
            field("a", "text") + field("n", "integer") + field("d", "date") + field("c", "choice", ab) +
            field("m", "multi", ab) + field("y", "yes_no") + field("ok", "declaration") +
            field("p", "person", "parts: [full_name, birth_date, national_id, phone]"));
        const Json answers = posted(form, {{"_csrf", "x"},
                                           {"a", " x "},
                                           {"n", "12"},
                                           {"d_day", "5"},
                                           {"d_month", " 3"},
                                           {"d_year", "2020"},
                                           {"c", "a"},
                                           {"m", "b"},
                                           {"m", "a"},
                                           {"y", "no"},
                                           {"ok", "yes"},
                                           {"p.full_name", "Lê An"},
                                           {"p.birth_date_day", "01"},
                                           {"p.birth_date_month", "02"},
                                           {"p.birth_date_year", "1992"},
                                           {"p.national_id", "079 192.004-567"},
                                           {"p.phone", "+84 903 123.456"}});
        CPPUNIT_ASSERT_EQUAL(
            std::string{R"({"a":" x ","n":12,"d":"2020-03-05","c":"a","m":["b","a"],"y":false,)"
                        R"("ok":true,"p":{"full_name":"Lê An","birth_date":"1992-02-01",)"
                        R"("national_id":"079192004567","phone":"0903123456"}})"},
            answers.dump());
        CPPUNIT_ASSERT_EQUAL(std::string{}, shown(errorsOf(judged(form, answers))));
    }

    void numbersAreReadAsPeopleWriteThem() {
        const Field money = *formOf(field("x", "money")).field("x");
        const Field decimal = *formOf(field("x", "decimal")).field("x");
        const auto read = [](const Field& of, const char* typed) { return readTyped(of, typed).dump(); };
        for (const char* typed : {"1250000", "1.250.000", "1,250,000", " 1.250.000 đ", "1.250.000 VNĐ",
                                  "1 250 000", "1.250.000 đồng"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(typed, std::string{"1250000"}, read(money, typed));
        for (const char* typed :
             {"1.25.000", "12.5", "1.2500", ".500", "1e6", "một triệu", "--5", "", "5.", "١٢"})
            CPPUNIT_ASSERT_MESSAGE(typed, readTyped(money, typed).isString());
        CPPUNIT_ASSERT_EQUAL(std::string{"-5"}, read(money, "-5"));
        CPPUNIT_ASSERT(readTyped(money, "99999999999999999999").isString());
        CPPUNIT_ASSERT_EQUAL(std::string{"85.5"}, read(decimal, "85,5"));
        CPPUNIT_ASSERT_EQUAL(std::string{"1250.5"}, read(decimal, "1.250,5"));
        CPPUNIT_ASSERT_EQUAL(std::string{"85.5"}, read(decimal, "85.5"));
        CPPUNIT_ASSERT_EQUAL(std::string{"1250000"}, Json{readTyped(decimal, "1.250.000").integer()}.dump());
        // 1.250 may mean 1250 or 1,25: it is asked about instead of guessed.
        CPPUNIT_ASSERT(readTyped(decimal, "1.250").isString());
        for (const char* typed : {"1,2,3", "1.2,3,", ",5", "nan", "inf", "0x10", "1e5"})
            CPPUNIT_ASSERT_MESSAGE(typed, readTyped(decimal, typed).isString());
    }

    void whatIsNoValueIsKeptAsTyped() {
        const Definition form = define(field("n", "integer") + field("d", "date") + field("y", "yes_no"));
        const Json answers =
            posted(form, {{"n", "ba"}, {"d_day", "31"}, {"d_month", "tháng hai"}, {"y", "maybe"}});
        const Verdict verdict = judged(form, answers);
        CPPUNIT_ASSERT_EQUAL(
            std::string{"d: form.date_incomplete\nn: form.not_a_whole_number\ny: form.wrong_type\n"},
            shown(errorsOf(verdict)));
        const Page page = makePage(form, "all", answers, verdict.errors, request()).value();
        CPPUNIT_ASSERT_EQUAL(std::string{"ba"}, control(page, "n").value);
        CPPUNIT_ASSERT_EQUAL(std::string{"31"}, control(page, "d").day);
        CPPUNIT_ASSERT_EQUAL(std::string{"tháng hai"}, control(page, "d").month);
        CPPUNIT_ASSERT_EQUAL(
            std::string{"form.date_unreal"},
            codeOf(judged(
                form,
                posted(form,
                       {{"n", "1"}, {"y", "no"}, {"d_day", "31"}, {"d_month", "2"}, {"d_year", "2024"}}))));
    }

    static std::string table() {
        return "      - {key: t, type: table, label: {vi: Dòng, en: Row}, add_label: {vi: Thêm, en: Add}, "
               "max_rows: 3, "
               "fields: [{key: x, type: text, label: {vi: x, en: x}}]}\n";
    }

    void rowsAreReadInTheirOrderAndEmptyOnesDropped() {
        const Definition form = define(table());
        CPPUNIT_ASSERT_EQUAL(std::string{R"({"t":[{"x":"a"},{"x":"b"}]})"},
                             posted(form, {{"t.2.x", "b"}, {"t.1.x", "  "}, {"t.0.x", "a"}}).dump());
        CPPUNIT_ASSERT_EQUAL(std::string{"{}"}, posted(form, {{"t.0.x", ""}}).dump());
        PostFields flood;
        for (int i = 0; i < 5000; ++i)
            flood.emplace_back("t." + std::to_string(i) + ".x", "v");
        CPPUNIT_ASSERT_EQUAL(std::size_t{4}, posted(form, flood)["t"].items().size());
        CPPUNIT_ASSERT_EQUAL(std::string{"form.too_many_rows"}, codeOf(judged(form, posted(form, flood))));
    }

    void aPostTouchesOnlyItsSection() {
        const Definition form =
            define(field("a", "text") + "  - key: two\n    title: {vi: S, en: S}\n    fields:\n" +
                   field("b", "text"));
        const Json before = Json::parse(R"({"a":"old","b":"kept"})").value();
        CPPUNIT_ASSERT_EQUAL(std::string{R"({"b":"kept","a":"new"})"},
                             posted(form, {{"a", "new"}, {"b", "forged"}}, before).dump());
        CPPUNIT_ASSERT_EQUAL(std::string{R"({"b":"kept"})"}, posted(form, {}, before).dump());
        CPPUNIT_ASSERT_EQUAL(before.dump(), readPost(form, "none", {{"a", "x"}}, before).dump());
    }

    void hostileNamesAreIgnored() {
        const Definition form = define(table() + field("total", "calculated", "formula: count(t)"));
        const Json answers = posted(form, {{"t.-1.x", "a"},
                                           {"t.01.x", "a"},
                                           {"t.99999999999.x", "a"},
                                           {"t..x", "a"},
                                           {"t.0.y", "a"},
                                           {"t.0", "a"},
                                           {"t", "a"},
                                           {"total", "9"},
                                           {"", "a"}});
        CPPUNIT_ASSERT_EQUAL(std::string{"{}"}, answers.dump());
    }

    // The fields that a browser would send for an answer, as pages show it.
    static void typeInto(PostFields& fields, const Page& page) {
        for (const Control& one : page.controls) {
            if (one.kind == ControlKind::Date && !one.day.empty()) {
                fields.emplace_back(one.name + "_day", one.day);
                fields.emplace_back(one.name + "_month", one.month);
                fields.emplace_back(one.name + "_year", one.year);
            }
            for (const ControlOption& option : one.options)
                if (option.selected) fields.emplace_back(one.name, option.key);
            if (one.options.empty() && one.kind < ControlKind::Locked && one.kind != ControlKind::Date)
                fields.emplace_back(one.name, one.value);
        }
    }

    void everyReadyDossierSurvivesItsPages() {
        for (const std::string& code : readyProcedures()) {
            const Definition form = ready(code);
            const Json answers = judged(form, fixture(code, "valid.json")).answers;
            Json typed = Json::object();
            typed.set("papers", answers["papers"]);
            for (const Section& section : form.form().sections) {
                const auto page = makePage(form, section.key, answers, {}, request());
                if (!page) continue;
                PostFields fields;
                typeInto(fields, *page);
                typed = readPost(form, section.key, fields, typed);
            }
            const Verdict verdict = judged(form, typed);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(code, std::string{}, shown(errorsOf(verdict)));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(code, answers.dump(), verdict.answers.dump());
        }
    }

    void aPageHasWhatTheTemplatesRead() {
        const Definition form =
            define(field("a", "text",
                         "max_length: 10, hint: {vi: Gợi ý, en: Hint}, autocomplete: name, required: false") +
                   field("b", "longtext") + field("c", "choice", ab) + field("m", "money") +
                   field("p", "person", "parts: [full_name, birth_date]") +
                   field("d", "decimal", "unit: m²") + field("n", "note"));
        const Page page = makePage(form, "all", Json::object(), {}, request()).value();
        view::Model model;
        fill(model, page);
        const view::List& controls = *model.find("controls")->list();
        CPPUNIT_ASSERT_EQUAL(std::size_t{9}, controls.size());
        const view::Model& first = *controls[0].model();
        CPPUNIT_ASSERT(!first.find("is_text")->isFalse());
        CPPUNIT_ASSERT(first.find("name")->text() == "a");
        CPPUNIT_ASSERT(first.find("hint")->text() == "Gợi ý");
        CPPUNIT_ASSERT(first.find("width")->text() == "10");
        CPPUNIT_ASSERT(!first.find("optional")->isFalse());
        CPPUNIT_ASSERT(first.find("error")->isFalse());
        CPPUNIT_ASSERT(!model.find("error_summary"));
        CPPUNIT_ASSERT(control(page, "p.full_name").kind == ControlKind::Person);
        CPPUNIT_ASSERT_EQUAL(std::string{"p-birth_date"}, control(page, "p.birth_date").id);
        CPPUNIT_ASSERT(control(page, "p.birth_date").birthday);
        CPPUNIT_ASSERT_EQUAL(std::string{"decimal"}, control(page, "d").inputmode);
        CPPUNIT_ASSERT_EQUAL(std::string{"m²"}, control(page, "d").suffix);
        const Control& choice = control(page, "c");
        CPPUNIT_ASSERT(choice.kind == ControlKind::Radios && choice.inlined);
        CPPUNIT_ASSERT_EQUAL(choice.id, choice.options[0].id);
        CPPUNIT_ASSERT_EQUAL(std::string{"c-b"}, choice.options[1].id);
    }

    void errorsStandAtTheirControlsAndOnTop() {
        const Definition form = define(field("p", "person",
                                             "parts: [full_name, birth_date], rules: [{check: 'false', "
                                             "message: {vi: Sai, en: Wrong}}]"));
        const Json answers = Json::parse(R"({"p":{"full_name":"Lê An","birth_date":"2000-01-01"}})").value();
        const Verdict verdict = judged(form, answers);
        const Page page = makePage(form, "all", answers, verdict.errors, request()).value();
        // The group's own error is shown at its first control, where a link can lead.
        CPPUNIT_ASSERT(!control(page, "p.full_name").error.empty());
        CPPUNIT_ASSERT_EQUAL(std::string{"#p-full_name"}, page.errors.at(0).second);
        const Page empty =
            makePage(form, "all", Json::object(), judged(form, "{}").errors, request()).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, empty.errors.size());
        CPPUNIT_ASSERT_EQUAL(std::string{"form.required:Họ, chữ đệm, tên"}, empty.errors[0].first);
    }

    void aSingleQuestionIsTheHeading() {
        const Page page =
            makePage(define(field("a", "yes_no")), "all", Json::object(), {}, request()).value();
        CPPUNIT_ASSERT(page.single);
        CPPUNIT_ASSERT(page.controls[0].pageHeading);
    }

    void lockedAndFilledValuesTellTheirSource() {
        PageRequest asked = request();
        asked.locked = {{"a", "Cơ sở dữ liệu quốc gia về dân cư"}};
        asked.filled = {{"b", "Lấy từ hồ sơ cá nhân của bạn."}};
        const Page page = makePage(define(field("a", "text") + field("b", "text")), "all",
                                   Json::parse(R"({"a":"x","b":"y"})").value(), {}, asked)
                              .value();
        CPPUNIT_ASSERT(control(page, "a").kind == ControlKind::Locked);
        CPPUNIT_ASSERT_EQUAL(std::string{"Cơ sở dữ liệu quốc gia về dân cư"}, control(page, "a").source);
        CPPUNIT_ASSERT_EQUAL(std::string{"Lấy từ hồ sơ cá nhân của bạn."}, control(page, "b").hint);
    }

    void hugeAndBrokenInputIsNotSentBack() {
        const Definition form = define(field("a", "text") + field("b", "text"));
        const Json answers = posted(form, {{"a", std::string(10 << 20, 'x')}, {"b", "\xff"}});
        const Verdict verdict = judged(form, answers);
        CPPUNIT_ASSERT_EQUAL(std::string{"a: form.too_long\nb: form.broken_text\n"},
                             shown(errorsOf(verdict)));
        const Page page = makePage(form, "all", answers, verdict.errors, request()).value();
        CPPUNIT_ASSERT(control(page, "a").value.size() < 1000);
        CPPUNIT_ASSERT_EQUAL(std::string{}, control(page, "b").value);
    }

    void hiddenSectionsHaveNoPage() {
        const Definition form = define(field("a", "yes_no") +
                                       "  - key: two\n    title: {vi: S, en: S}\n    when: a\n"
                                       "    fields:\n" +
                                       field("b", "text"));
        const Json no = Json::parse(R"({"a":false})").value();
        CPPUNIT_ASSERT_EQUAL(std::string{"form.no_section"},
                             makePage(form, "two", no, {}, request()).error().code);
        CPPUNIT_ASSERT_EQUAL(std::string{"form.no_section"},
                             makePage(form, "zzz", no, {}, request()).error().code);
        CPPUNIT_ASSERT_EQUAL(std::string{}, nextSection(form, "all", no, now()));
        const Json yes = Json::parse(R"({"a":true})").value();
        CPPUNIT_ASSERT_EQUAL(std::string{"two"}, nextSection(form, "all", yes, now()));
        CPPUNIT_ASSERT_EQUAL(2, makePage(form, "two", yes, {}, request()).value().number);
    }

    void tasksTellHowFarTheFormIs() {
        const Definition form = ready("2.000635");
        const auto progress = [&](const Json& answers) {
            std::string text;
            for (const Task& task : tasks(form, answers, "vi", now()))
                text += task.section + "=" + std::to_string(static_cast<int>(task.progress)) + " ";
            return text;
        };
        CPPUNIT_ASSERT_EQUAL(std::string{"start=1 requester=0 record=0 copies=0 pledge=0 papers=0 "},
                             progress(Json::object()));
        CPPUNIT_ASSERT_EQUAL(
            std::string{"start=4 requester=2 record=1 copies=3 pledge=1 papers=4 "},
            progress(
                Json::parse(R"({"la_to_chuc":false,"uy_quyen":false,"relation":"con","copies":0})").value()));
        CPPUNIT_ASSERT_EQUAL(std::string{"start=4 requester=4 record=4 copies=4 pledge=4 papers=4 "},
                             progress(fixture("2.000635", "valid.json")));
    }

    void answersAreShownAsPeopleReadThem() {
        const Definition form =
            define(field("m", "money") + field("d", "date") + field("a", "decimal", "unit: m²") +
                   field("c", "choice", ab) + field("y", "yes_no") + field("at", "address"));
        const Json answers =
            Json::parse(R"({"m":1250000,"d":"2026-03-05","a":85.5,"c":"b","y":true,"at":{"line":"1 Lê Lợi",)"
                        R"("ward":"Phường Bến Nghé","district":"Quận 1","province":"79"}})")
                .value();
        const Json shownTo = displayAll(form.form(), judged(form, answers).answers, "vi");
        CPPUNIT_ASSERT_EQUAL(std::string{"1.250.000 đ"}, shownTo["m"].string());
        CPPUNIT_ASSERT_EQUAL(std::string{"05/03/2026"}, shownTo["d"].string());
        CPPUNIT_ASSERT_EQUAL(std::string{"85,5 m²"}, shownTo["a"].string());
        CPPUNIT_ASSERT_EQUAL(std::string{"B"}, shownTo["c"].string());
        CPPUNIT_ASSERT(shownTo["c_is"]["b"].boolean());
        CPPUNIT_ASSERT_EQUAL(std::string{"Có"}, shownTo["y"].string());
        CPPUNIT_ASSERT_EQUAL(std::string{"1 Lê Lợi, Phường Bến Nghé, Quận 1, Thành phố Hồ Chí Minh"},
                             shownTo["at"]["line"].string());
        CPPUNIT_ASSERT_EQUAL(std::string{"Yes"}, displayAll(form.form(), answers, "en")["y"].string());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PageTest);
