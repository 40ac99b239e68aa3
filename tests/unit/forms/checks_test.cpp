// Each type's rule, its edges, and what people and programs send to break it.
#include "forms_test_support.h"

#include "forms/checks.h"

using namespace motcua;
using namespace motcua::forms;
using namespace motcua::forms::test;

class ChecksTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ChecksTest);
    CPPUNIT_TEST(textIsComposedTrimmedAndMeasuredInCharacters);
    CPPUNIT_TEST(hugeAndBrokenTextIsRefused);
    CPPUNIT_TEST(textThatHidesIsCleaned);
    CPPUNIT_TEST(onlyLettersStandInNames);
    CPPUNIT_TEST(wholeNumbersAreWhole);
    CPPUNIT_TEST(decimalsKeepTheirPlaces);
    CPPUNIT_TEST(datesExist);
    CPPUNIT_TEST(datesStayInTheirBounds);
    CPPUNIT_TEST(choicesAreOfTheList);
    CPPUNIT_TEST(nationalIdsKeepTheirShape);
    CPPUNIT_TEST(nationalIdsAgreeWithBirthAndSex);
    CPPUNIT_TEST(taxCodesCheckThemselves);
    CPPUNIT_TEST(emailsAndPhonesHaveTheirShapes);
    CPPUNIT_TEST(wrongTypesAreRefusedForEveryType);
    CPPUNIT_TEST_SUITE_END();

    static const CivilDay& today() {
        static const CivilDay day{2026, 3, 10};
        return day;
    }
    static Checked check(const std::string& type, const Json& value, const std::string& more = {}) {
        return checkValue(*formOf(field("x", type, more)).field("x"), value, today());
    }
    static std::string code(const std::string& type, const Json& value, const std::string& more = {}) {
        const Checked checked = check(type, value, more);
        CPPUNIT_ASSERT(checked.refusal.has_value() == checked.value.isNull());
        return checked.refusal ? checked.refusal->code : std::string{};
    }

    void textIsComposedTrimmedAndMeasuredInCharacters() {
        // "Nguyễn" as decomposed characters, with blanks around.
        CPPUNIT_ASSERT_EQUAL(std::string{"Nguyễn"}, check("text", "  Nguye\u0302\u0303n \n").value.string());
        CPPUNIT_ASSERT_EQUAL(std::string{}, code("text", "ếếếếế", "max_length: 5"));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.too_long"}, code("text", "ếếếếếế", "max_length: 5"));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.too_short"}, code("text", "a", "min_length: 2"));
        CPPUNIT_ASSERT_EQUAL(std::string{"a b"}, check("text", "a\nb").value.string());
        CPPUNIT_ASSERT_EQUAL(std::string{"a\nb"}, check("longtext", "a\nb").value.string());
        CPPUNIT_ASSERT_EQUAL(std::string{}, code("text", std::string(255, 'a')));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.too_long"}, code("text", std::string(256, 'a')));
    }

    void hugeAndBrokenTextIsRefused() {
        CPPUNIT_ASSERT_EQUAL(std::string{"form.too_long"}, code("longtext", std::string(10 << 20, 'a')));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.too_long"}, code("email", std::string(10 << 20, '@')));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.broken_text"}, code("text", "\xff\xfe"));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.broken_text"}, code("text", "a\xc3"));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.broken_text"}, code("national_id", "\xed\xa0\x80"));
    }

    void textThatHidesIsCleaned() {
        // A right-to-left override and a zero-width space.
        CPPUNIT_ASSERT_EQUAL(std::string{"abc"}, check("text", "a\u202eb\u200bc").value.string());
        CPPUNIT_ASSERT_EQUAL(std::string{"ab"}, check("text", std::string{"a\0b", 3}).value.string());
        // Markup is text: themes escape it.
        CPPUNIT_ASSERT_EQUAL(std::string{"<script>"}, check("text", "<script>").value.string());
    }

    void onlyLettersStandInNames() {
        const std::string name = "allow: name";
        for (const char* right :
             {"Đặng Thị Mỹ Linh", "H'Hen Niê", "Y Bhăm Ê-ban", "Jean-Luc O’Neill", "Nguyễn Văn A."})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(right, std::string{}, code("text", right, name));
        for (const char* wrong : {"Gia Bảo 👶", "Nguyễn Văn 2", "a@b", "Tên;", "A\u00bd"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(wrong, std::string{"form.only_name"}, code("text", wrong, name));
        CPPUNIT_ASSERT_EQUAL(std::string{}, code("text", "45/2021/QĐST-HNGĐ", "allow: code"));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.only_code"}, code("text", "a'b", "allow: code"));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.only_digits"},
                             code("text", "１２", "allow: digits")); // full-width
    }

    void wholeNumbersAreWhole() {
        CPPUNIT_ASSERT_EQUAL(std::string{}, code("integer", 12));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, check("integer", Json{3.0}).value.integer());
        CPPUNIT_ASSERT_EQUAL(std::string{"form.not_a_whole_number"}, code("integer", Json{1.5}));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.not_a_whole_number"}, code("integer", "12"));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.too_small"}, code("money", -1));
        CPPUNIT_ASSERT_EQUAL(std::string{}, code("money", 0));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.too_great"}, code("money", Json{INT64_MAX}));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.too_great"}, code("integer", Json{1e300}));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.too_small"}, code("integer", 0, "min: 1, max: 5"));
        CPPUNIT_ASSERT_EQUAL(std::string{}, code("integer", 5, "min: 1, max: 5"));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.too_great"}, code("integer", 6, "min: 1, max: 5"));
    }

    void decimalsKeepTheirPlaces() {
        CPPUNIT_ASSERT_EQUAL(std::string{}, code("decimal", Json{85.25}));
        CPPUNIT_ASSERT_EQUAL(std::string{}, code("decimal", 85));
        CPPUNIT_ASSERT_EQUAL(std::string{}, code("decimal", Json{0.07}));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.too_many_places"}, code("decimal", Json{0.001}));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.too_many_places"}, code("decimal", Json{1e-300}));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.not_a_number"}, code("decimal", true));
    }

    void datesExist() {
        CPPUNIT_ASSERT_EQUAL(std::string{}, code("date", "2024-02-29"));
        for (const char* unreal : {"2023-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "29/02/2024",
                                   "2024-2-9", "today", "2024-02-29T00:00", "２０２４-02-29"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(unreal, std::string{"form.date_unreal"}, code("date", unreal));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.date_incomplete"},
                             code("date", Json::Object{{"day", "3"}, {"month", ""}, {"year", "2024"}}));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.date_unreal"}, code("date", 20240229));
    }

    void datesStayInTheirBounds() {
        CPPUNIT_ASSERT_EQUAL(std::string{}, code("date", "2026-03-10", "latest: today"));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.date_too_late"}, code("date", "2026-03-11", "latest: today"));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.date_too_early"},
                             code("date", "2026-01-08", "earliest: today-60"));
        CPPUNIT_ASSERT_EQUAL(std::string{}, code("date", "2026-01-09", "earliest: today-60"));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.date_too_early"}, code("date", "1899-12-31"));
        CPPUNIT_ASSERT(!dateBound("today-", today()));
        CPPUNIT_ASSERT(!dateBound("today+1e9", today()));
        CPPUNIT_ASSERT(!dateBound("yesterday", today()));
        CPPUNIT_ASSERT(dateBound("today+365", today()) == (CivilDay{2027, 3, 10}));
    }

    void choicesAreOfTheList() {
        CPPUNIT_ASSERT_EQUAL(std::string{}, code("choice", "a", ab));
        for (const Json& wrong : {Json{"c"}, Json{"A"}, Json{true}, Json{Json::Array{Json{"a"}}}})
            CPPUNIT_ASSERT_EQUAL(std::string{"form.not_an_option"}, code("choice", wrong, ab));
        CPPUNIT_ASSERT_EQUAL(std::string{R"(["a","b"])"},
                             check("multi", Json::Array{"b", "a"}, ab).value.dump());
        CPPUNIT_ASSERT_EQUAL(std::string{"form.chosen_twice"}, code("multi", Json::Array{"a", "a"}, ab));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.not_an_option"}, code("multi", Json::Array{"a", 1}, ab));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.wrong_type"}, code("yes_no", "yes"));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.declaration_needed"}, code("declaration", "yes"));
    }

    void nationalIdsKeepTheirShape() {
        CPPUNIT_ASSERT_EQUAL(std::string{}, code("national_id", "079192004567"));
        CPPUNIT_ASSERT_EQUAL(std::string{}, code("national_id", "001326000001")); // born 2026, a girl
        CPPUNIT_ASSERT_EQUAL(std::string{}, code("national_id", "172099000001")); // registered abroad
        for (const char* wrong :
             {"0791920045678", "07919200456", "07919200456a", "０79192004567", "079 192 004 567"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(wrong, std::string{"form.national_id_digits"},
                                         code("national_id", wrong));
        for (const char* wrong : {"000192004567", "003192004567", "097192004567"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(wrong, std::string{"form.national_id_province"},
                                         code("national_id", wrong));
        for (const char* wrong : {"079327004567", "079400004567", "079999004567"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(wrong, std::string{"form.national_id_year"},
                                         code("national_id", wrong));
        CPPUNIT_ASSERT_EQUAL(1992, birthYearOf("079192004567"));
        CPPUNIT_ASSERT_EQUAL(2026, birthYearOf("001326000001"));
        CPPUNIT_ASSERT_EQUAL(std::string{"female"}, genderOf("079192004567"));
        CPPUNIT_ASSERT_EQUAL(std::string{"male"}, genderOf("079092004567"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{63}, nationalIdProvinces().size());
    }

    void nationalIdsAgreeWithBirthAndSex() {
        const Definition form = define(field("p", "person", "parts: [birth_date, gender, national_id]"));
        const auto judgedWith = [&](const char* birth, const char* gender) {
            Json person =
                Json::Object{{"birth_date", birth}, {"gender", gender}, {"national_id", "079192004567"}};
            return codeOf(judged(form, Json{Json::Object{{"p", person}}}));
        };
        CPPUNIT_ASSERT_EQUAL(std::string{}, judgedWith("1992-08-14", "female"));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.national_id_gender"}, judgedWith("1992-08-14", "male"));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.national_id_birth_year"}, judgedWith("1993-08-14", "female"));
    }

    void taxCodesCheckThemselves() {
        for (const char* right : {"0301464830", "0301464830-001", "079192004567"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(right, std::string{}, code("tax_code", right));
        for (const char* wrong : {"0301464831", "030146483", "0301464830-01", "0301464830001", "abc"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(wrong, std::string{"form.not_a_tax_code"}, code("tax_code", wrong));
    }

    void emailsAndPhonesHaveTheirShapes() {
        CPPUNIT_ASSERT_EQUAL(std::string{"An.Le+x@thu.example.vn"},
                             check("email", "An.Le+x@Thu.Example.VN").value.string());
        for (const char* wrong :
             {"a", "@b.vn", "a@", "a@b", "a@@b.vn", "a b@c.vn", ".a@b.vn", "a.@b.vn", "a..b@c.vn", "a@-b.vn",
              "a@b-.vn", "a@b..vn", "lê@thu.vn", "a@b.vn\nBcc: x@y.vn"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(wrong, std::string{"form.not_an_email"}, code("email", wrong));
        CPPUNIT_ASSERT_EQUAL(std::string{"form.not_an_email"}, code("email", std::string(65, 'a') + "@b.vn"));
        for (const char* right : {"0903123456", "02838225678", "+6591234567", "0356000111"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(right, std::string{}, code("phone", right));
        for (const char* wrong : {"090312345", "09031234567", "0123456789", "0283822567", "903123456",
                                  "+0123456789", "+1234567", "+", "0", "1080"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(wrong, std::string{"form.not_a_phone"}, code("phone", wrong));
    }

    void wrongTypesAreRefusedForEveryType() {
        const Json odd[] = {Json{true}, Json{-7}, Json{1.25}, Json{Json::Array{Json{1}}},
                            Json{Json::Object{{"a", Json{1}}}}};
        for (const char* type : {"text", "longtext", "email", "phone", "national_id", "tax_code", "date"})
            for (const Json& value : odd)
                CPPUNIT_ASSERT_MESSAGE(std::string{type} + value.dump(), !code(type, value).empty());
        for (const char* type : {"integer", "money", "decimal", "yes_no", "declaration"})
            CPPUNIT_ASSERT_MESSAGE(type, !code(type, "text").empty());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ChecksTest);
