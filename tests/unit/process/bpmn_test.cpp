// What the reader takes, what it names before publication, and hostile files.
#include "process_test_support.h"

#include <filesystem>
#include <iostream>
#include <random>

using namespace motcua;
using namespace motcua::process;
using namespace motcua::process::test;

namespace {

std::string codes(const std::string& inside) {
    const auto reading = readBpmn(model(inside));
    if (!reading) return reading.error().code;
    std::string made;
    for (const auto& finding : check(*reading)) {
        made +=
            (made.empty() ? "" : " ") + finding.code + (finding.element.empty() ? "" : ":" + finding.element);
    }
    return made;
}

const std::string ends = "<startEvent id=\"s\"/><endEvent id=\"e\"/>\n";

class BpmnTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(BpmnTest);
    CPPUNIT_TEST(directionsAreRead);
    CPPUNIT_TEST(whatCannotBeExecutedIsNamedElementByElement);
    CPPUNIT_TEST(contradictionsOfTheGraphAreNamed);
    CPPUNIT_TEST(badConditionsNameThePlace);
    CPPUNIT_TEST(cyclesWithoutAWaitAreNamed);
    CPPUNIT_TEST(hostileFilesAreRefused);
    CPPUNIT_TEST(damagedFilesDoNoHarm);
    CPPUNIT_TEST(modelsDrawnByOthersAreTaken);
    CPPUNIT_TEST_SUITE_END();

public:
    void directionsAreRead() {
        const Definition definition = definitionOf(packageText("1.013225"));
        const Element& sign = *definition.find("approve");
        CPPUNIT_ASSERT_EQUAL(std::string{"leader"}, sign.directions.role);
        CPPUNIT_ASSERT_EQUAL(std::string{"authority"}, sign.directions.unit);
        CPPUNIT_ASSERT((*sign.directions.limit == calendar::Limit{4, calendar::Unit::Hours}));
        CPPUNIT_ASSERT_EQUAL(4, sign.directions.status);
        CPPUNIT_ASSERT((sign.directions.actions == std::vector<std::string>{"approve", "return"}));
        CPPUNIT_ASSERT_EQUAL(std::string{"organisation"}, sign.directions.sign);
        CPPUNIT_ASSERT(definition.find("receive")->directions.rate);
        CPPUNIT_ASSERT(
            (*definition.find("consult_overdue")->after == calendar::Limit{12, calendar::Unit::Days}));
        CPPUNIT_ASSERT_EQUAL(std::string{"supplement"}, definition.find("wait_appraise")->message);
    }

    void whatCannotBeExecutedIsNamedElementByElement() {
        CPPUNIT_ASSERT_EQUAL(
            std::string{"unsupported_element:x"},
            codes(ends + "<complexGateway id=\"x\"/>" + task("a") + flow("s", "a") + flow("a", "e")));
        CPPUNIT_ASSERT_EQUAL(
            std::string{"unsupported_inside:a"},
            codes(ends +
                  "<userTask id=\"a\" name=\"a\" mc:role=\"r\" mc:unit=\"u\" mc:limit=\"1 days\">"
                  "<multiInstanceLoopCharacteristics/></userTask>" +
                  flow("s", "a") + flow("a", "e")));
        CPPUNIT_ASSERT_EQUAL(
            std::string{"unsupported_inside:s"},
            codes("<startEvent id=\"s\"><timerEventDefinition/></startEvent><endEvent id=\"e\"/>" +
                  task("a") + flow("s", "a") + flow("a", "e")));
        CPPUNIT_ASSERT_EQUAL(
            std::string{"bad_attribute:a bad_attribute:a"},
            codes(ends + task("a", "mc:status=\"11\" mc:colour=\"red\"") + flow("s", "a") + flow("a", "e")));
    }

    void contradictionsOfTheGraphAreNamed() {
        CPPUNIT_ASSERT_EQUAL(std::string{"no_start"}, codes("").substr(0, 8));
        CPPUNIT_ASSERT_EQUAL(std::string{"dead_end:a never_ends:s unreachable:e never_ends:a"},
                             codes(ends + task("a") + flow("s", "a")));
        CPPUNIT_ASSERT_EQUAL(
            std::string{"flow_into_nothing:a_z dead_end:a never_ends:s unreachable:e never_ends:a"},
            codes(ends + task("a") + flow("s", "a") + flow("a", "z")));
        CPPUNIT_ASSERT_EQUAL(std::string{"several_flows_out:a"},
                             codes(ends + task("a") + task("b") + flow("s", "a") + flow("a", "b") +
                                   flow("a", "e") + flow("b", "e")));
        CPPUNIT_ASSERT_EQUAL(std::string{"no_condition:x no_default:x"},
                             codes(ends + task("a") + task("b") + "<exclusiveGateway id=\"x\"/>" +
                                   flow("s", "a") + flow("a", "x") + flow("x", "b", "ok = true") +
                                   flow("x", "e") + flow("b", "e")));
        CPPUNIT_ASSERT_EQUAL(
            std::string{"no_role:a no_unit:a no_limit:a"},
            codes(ends + "<userTask id=\"a\" name=\"A\"/>" + flow("s", "a") + flow("a", "e")));
        CPPUNIT_ASSERT_EQUAL(std::string{"id_twice:a"},
                             codes(ends + task("a") + task("a") + flow("s", "a") + flow("a", "e")));
    }

    void badConditionsNameThePlace() {
        const auto reading = readBpmn(
            model(ends + task("a") + "<exclusiveGateway id=\"x\" default=\"x_e\"/>" + flow("s", "x") +
                  flow("x", "a", "ket_qua = = 1") + flow("x", "e") + flow("a", "e")));
        CPPUNIT_ASSERT(reading.ok());
        const auto findings = check(*reading);
        CPPUNIT_ASSERT(!runnable(findings));
        CPPUNIT_ASSERT_EQUAL(std::string{"bad_condition"}, findings[0].code);
        CPPUNIT_ASSERT_EQUAL(std::string{"x_a"}, findings[0].element);
        CPPUNIT_ASSERT(findings[0].line > 0);
        CPPUNIT_ASSERT(findings[0].detail.find("column 11") != std::string::npos);
    }

    void cyclesWithoutAWaitAreNamed() {
        CPPUNIT_ASSERT_EQUAL(std::string{"cycle_without_wait:x"},
                             codes(ends +
                                   "<exclusiveGateway id=\"x\" default=\"x_e\"/><serviceTask id=\"c\" "
                                   "mc:command=\"x.y\"/>" +
                                   flow("s", "x") + flow("x", "c", "again") + flow("c", "x") +
                                   flow("x", "e")));
    }

    void hostileFilesAreRefused() {
        const auto refused = [](const std::string& text) {
            const auto reading = readBpmn(text);
            return reading ? std::string{"taken"} : reading.error().code;
        };
        CPPUNIT_ASSERT_EQUAL(std::string{"process.xml"},
                             refused("<!DOCTYPE a [<!ENTITY b \"cc\"><!ENTITY d \"&b;&b;\">]><a>&d;</a>"));
        CPPUNIT_ASSERT_EQUAL(std::string{"process.xml"}, refused("<a>&b;</a>"));
        CPPUNIT_ASSERT_EQUAL(std::string{"process.xml"}, refused(""));
        CPPUNIT_ASSERT_EQUAL(std::string{"process.xml"}, refused("<a"));
        CPPUNIT_ASSERT_EQUAL(std::string{"process.xml"}, refused("\xFF\xFE<a/>"));
        CPPUNIT_ASSERT_EQUAL(std::string{"process.no_bpmn"}, refused("<a/>"));
        std::string deep;
        for (int i = 0; i < 100'000; ++i)
            deep += "<a>";
        CPPUNIT_ASSERT_EQUAL(std::string{"process.xml"}, refused(deep));
        CPPUNIT_ASSERT_EQUAL(std::string{"process.xml"}, refused(std::string(3 << 20, ' ')));
        std::string wide = ends;
        for (int i = 0; i < 3'000; ++i)
            wide += "<userTask id=\"t" + std::to_string(i) + "\"/>";
        CPPUNIT_ASSERT_EQUAL(std::string{"too_many_elements"}, codes(wide));
    }

    // Bytes changed, cut out and doubled: read or refused, never a crash; what is runnable still runs to a
    // rest.
    void damagedFilesDoNoHarm() {
        const std::string whole = packageText("1.001193");
        std::mt19937 random(1193);
        for (int round = 0; round < 400; ++round) {
            std::string text = whole;
            for (std::uint32_t i = 0; i <= random() % 4; ++i) {
                const std::size_t at = random() % text.size();
                const std::size_t length = random() % 60;
                switch (random() % 3) {
                case 0:
                    text[at] = static_cast<char>(random() % 256);
                    break;
                case 1:
                    text.erase(at, length);
                    break;
                default:
                    text.insert(random() % text.size(), text.substr(at, length));
                    break;
                }
            }
            const auto reading = readBpmn(text);
            if (!reading || !runnable(check(*reading))) continue;
            State state;
            (void)Engine(reading->definition).start(state, Json::object(), Json::object());
        }
    }

    void modelsDrawnByOthersAreTaken() {
        const std::filesystem::path folder{"../shared/data/bpmn"};
        if (!std::filesystem::is_directory(folder)) {
            std::cerr << "\n*** THE MODELS OF THE INTERCHANGE GROUP ARE ABSENT at " << folder
                      << ": NOT read ***\n";
            return;
        }
        int read = 0;
        for (const auto& file : std::filesystem::directory_iterator(folder)) {
            if (file.path().extension() != ".bpmn") continue;
            const auto reading = readBpmn(fileText(file.path().string()));
            CPPUNIT_ASSERT_MESSAGE(file.path().string(), reading.ok());
            CPPUNIT_ASSERT_MESSAGE(file.path().string(), !reading->definition.elements.empty());
            CPPUNIT_ASSERT_MESSAGE(file.path().string(), !check(*reading).empty()); // none has our roles
            ++read;
        }
        CPPUNIT_ASSERT(read > 0);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(BpmnTest);

} // namespace
