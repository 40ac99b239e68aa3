// The forms of the five ready procedures: without findings, filled with dossiers that must pass and ones that
// must not, and in agreement with the procedures' catalogue files. // P7 O16
#include "forms_test_support.h"

#include "forms/checks.h"
#include "forms/display.h"
#include "yaml/document.h"

#include <algorithm>
#include <functional>

using namespace motcua;
using namespace motcua::forms;
using namespace motcua::forms::test;

class ReadyFormsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ReadyFormsTest);
    CPPUNIT_TEST(everyReadyFormIsWithoutFindings);
    CPPUNIT_TEST(everyValidDossierPasses);
    CPPUNIT_TEST(everyInvalidDossierIsRefusedForItsReason);
    CPPUNIT_TEST(normalisedAnswersPassAgainUnchanged);
    CPPUNIT_TEST(aStoredFormIsTheFormAndStandsAlone);
    CPPUNIT_TEST(questionsAndPapersAgreeWithTheCatalogue);
    CPPUNIT_TEST(everyValidDossierCanBeSummarised);
    CPPUNIT_TEST(theLibraryHoldsTheWholeLists);
    CPPUNIT_TEST_SUITE_END();

    void everyReadyFormIsWithoutFindings() {
        for (const std::string& code : readyProcedures()) {
            const auto form = loadForm("config/city/packages/" + code + "/form.yaml", library());
            CPPUNIT_ASSERT_MESSAGE(form ? "" : form.error().detail, form.ok());
            std::string found;
            for (const Finding& finding : Definition::lint(*form))
                found += finding.path + ": " + finding.code + " " + finding.detail + "\n";
            CPPUNIT_ASSERT_EQUAL_MESSAGE(code, std::string{}, found);
            CPPUNIT_ASSERT_EQUAL(code, form->procedure);
        }
    }

    static void
    eachValid(const std::function<void(const Definition&, const Json&, const std::string&)>& visit) {
        int count = 0;
        for (const std::string& code : readyProcedures())
            for (const auto& file : std::filesystem::directory_iterator{"tests/fixtures/forms/" + code}) {
                if (!file.path().filename().string().starts_with("valid")) continue;
                ++count;
                visit(ready(code), readJson(file.path()), file.path().string());
            }
        CPPUNIT_ASSERT(count >= 10);
    }

    void everyValidDossierPasses() {
        eachValid([](const Definition& definition, const Json& answers, const std::string& name) {
            const Verdict verdict = judged(definition, answers);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(name, std::string{}, shown(errorsOf(verdict)));
        });
    }

    // Sets or removes what a dotted path names.
    static void change(Json& at, std::string_view path, const Json* value) {
        const std::size_t dot = path.find('.');
        const std::string key{path.substr(0, dot)};
        const std::string_view rest =
            dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
        if (at.isArray()) {
            Json::Array items = at.items();
            const auto index = std::stoul(key);
            if (rest.empty()) {
                items.at(index) = *value;
            } else {
                change(items.at(index), rest, value);
            }
            at = Json{std::move(items)};
        } else if (!rest.empty()) {
            if (!at.has(key)) at.set(key, Json::object());
            change(*at.find(key), rest, value);
        } else if (value) {
            at.set(key, *value);
        } else {
            at.remove(key);
        }
    }

    void everyInvalidDossierIsRefusedForItsReason() {
        int count = 0;
        for (const std::string& code : readyProcedures()) {
            const Definition definition = ready(code);
            const Json all = fixture(code, "invalid.json");
            for (const Json& one : all.items()) {
                Json answers = one.has("replace")
                                   ? one["replace"]
                                   : fixture(code, one.has("of") ? one["of"].string() : "valid.json");
                for (const auto& [path, value] : one["set"].members())
                    change(answers, path, &value);
                for (const Json& path : one["remove"].items())
                    change(answers, path.string(), nullptr);
                std::map<std::string, std::string> expected;
                for (const auto& [path, error] : one["errors"].members())
                    expected[path] = error.string();
                CPPUNIT_ASSERT_EQUAL_MESSAGE(code + ": " + one["name"].string(), shown(expected),
                                             shown(errorsOf(judged(definition, answers))));
                ++count;
            }
        }
        CPPUNIT_ASSERT(count >= 50);
    }

    void normalisedAnswersPassAgainUnchanged() {
        eachValid([](const Definition& definition, const Json& answers, const std::string& name) {
            const Verdict once = judged(definition, answers);
            const Verdict twice = judged(definition, once.answers);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(name, std::string{}, shown(errorsOf(twice)));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(name, once.answers.dump(), twice.answers.dump());
        });
    }

    void aStoredFormIsTheFormAndStandsAlone() {
        for (const std::string& code : readyProcedures()) {
            const Definition definition = ready(code);
            const Json stored = Json::parse(toJson(definition.form()).dump()).value();
            const auto again = fromJson(stored);
            CPPUNIT_ASSERT_MESSAGE(again ? "" : again.error().detail, again.ok());
            CPPUNIT_ASSERT_EQUAL_MESSAGE(code, stored.dump(), toJson(*again).dump());
            CPPUNIT_ASSERT_MESSAGE(code, definition.form() == *again);
        }
    }

    // The catalogue decides cases and papers by the same questions, so both files must name them alike.
    void questionsAndPapersAgreeWithTheCatalogue() {
        for (const std::string& code : readyProcedures()) {
            const auto document = yaml::load("config/city/procedures/" + code + ".yaml");
            CPPUNIT_ASSERT_MESSAGE(code, document.ok());
            const Definition definition = ready(code);
            const Form& form = definition.form();
            for (const Json& question : document->root()["questions"].items()) {
                const Field* field = form.field(question["id"].string());
                CPPUNIT_ASSERT_MESSAGE(code + " " + question["id"].string(), field);
                std::string inCatalogue;
                std::string inForm;
                for (const Json& choice : question["choices"].items())
                    inCatalogue += choice["value"].string() + " ";
                if (field->type == FieldType::Choice)
                    for (const Option& option : field->options)
                        inForm += option.value + " ";
                CPPUNIT_ASSERT_EQUAL_MESSAGE(code + " " + field->key, inCatalogue, inForm);
            }
            std::string inCatalogue;
            std::string inForm;
            for (const Json& paper : document->root()["papers"].items())
                if (!paper["form"].boolean())
                    inCatalogue += paper["id"].string() + " " + paper["needed"].string() + "\n";
            for (const Paper& paper : form.papers)
                inForm += paper.key + " " + paper.when + "\n";
            CPPUNIT_ASSERT_EQUAL_MESSAGE(code, inCatalogue, inForm);
        }
    }

    void everyValidDossierCanBeSummarised() {
        eachValid([](const Definition& definition, const Json& answers, const std::string& name) {
            const Json right = judged(definition, answers).answers;
            std::size_t rows = 0;
            for (const SummarySection& section : summarise(definition, right, "vi", now()))
                rows += section.rows.size();
            CPPUNIT_ASSERT_MESSAGE(name, rows >= 8);
            CPPUNIT_ASSERT(!displayAll(definition.form(), right, "en").members().empty());
        });
    }

    void theLibraryHoldsTheWholeLists() {
        CPPUNIT_ASSERT_EQUAL(std::size_t{54}, library().lists.at("ethnic_groups").size());
        CPPUNIT_ASSERT(library().lists.at("countries").size() > 190);
        const auto& provinces = library().lists.at("provinces");
        CPPUNIT_ASSERT_EQUAL(std::size_t{63}, provinces.size());
        for (const Option& province : provinces) {
            const auto& codes = nationalIdProvinces();
            CPPUNIT_ASSERT(std::count(codes.begin(), codes.end(), "0" + province.value) == 1);
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ReadyFormsTest);
