// The processes of the procedures that are ready: each can be run, is drawn, and goes through all its
// branches.
#include "process_test_support.h"

#include <array>

using namespace motcua;
using namespace motcua::process;
using namespace motcua::process::test;

namespace {

constexpr std::array<const char*, 5> codes{"1.001193", "1.004873", "1.001612", "2.000635", "1.013225"};

class PackagesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PackagesTest);
    CPPUNIT_TEST(everyProcessHasNoFinding);
    CPPUNIT_TEST(everyElementIsDrawn);
    CPPUNIT_TEST(everyProcessGoesFromReceptionToTheResult);
    CPPUNIT_TEST(everyProcessAsksForSupplementsAtBothPlaces);
    CPPUNIT_TEST(everyProcessCanRejectAndRefuse);
    CPPUNIT_TEST(theLeaderCanSendTheDraftBack);
    CPPUNIT_TEST(theBuildingPermitGoesThroughSeveralUnits);
    CPPUNIT_TEST(everyActionAndPhaseHasItsWords);
    CPPUNIT_TEST_SUITE_END();

    // Through the steps until the drafted result lies before who signs.
    static void toSigning(Instance& it, const std::string& code) {
        CPPUNIT_ASSERT(it.complete("receive", "accept").ok());
        CPPUNIT_ASSERT(it.had(Effect::Kind::Command, "accepted"));
        CPPUNIT_ASSERT(it.complete("appraise", "pass").ok());
        if (code == "1.013225") {
            CPPUNIT_ASSERT(it.complete("inspect", "pass").ok());
            CPPUNIT_ASSERT(it.complete("draft", "pass").ok());
            CPPUNIT_ASSERT(it.complete("review", "approve").ok());
        } else {
            CPPUNIT_ASSERT(it.complete("draft").ok());
        }
        CPPUNIT_ASSERT_EQUAL(std::string{"approve"}, it.where());
    }

    static int lastStatus(const Instance& it) {
        for (auto effect = it.all.rbegin(); effect != it.all.rend(); ++effect) {
            if (effect->kind == Effect::Kind::Reached) {
                return it.engine().definition().find(effect->element)->directions.status;
            }
        }
        return 0;
    }

public:
    void everyProcessHasNoFinding() {
        for (const char* code : codes) {
            const auto reading = readBpmn(packageText(code));
            CPPUNIT_ASSERT_MESSAGE(code, reading.ok());
            std::string words;
            for (const auto& finding : check(*reading))
                words += describe(finding) + "\n";
            CPPUNIT_ASSERT_EQUAL_MESSAGE(code, std::string{}, words);
        }
    }

    void everyElementIsDrawn() {
        for (const char* code : codes) {
            const std::string text = packageText(code);
            const Definition definition = definitionOf(text);
            for (const auto& element : definition.elements) {
                CPPUNIT_ASSERT_MESSAGE(code + (" " + element.id),
                                       text.find("bpmnElement=\"" + element.id + "\"") != std::string::npos);
            }
            for (const auto& drawn : definition.flows) {
                CPPUNIT_ASSERT_MESSAGE(code + (" " + drawn.id),
                                       text.find("bpmnElement=\"" + drawn.id + "\"") != std::string::npos);
            }
        }
    }

    void everyProcessGoesFromReceptionToTheResult() {
        for (const char* code : codes) {
            Instance it(definitionOf(packageText(code)));
            it.start();
            CPPUNIT_ASSERT_EQUAL(std::string{"receive"}, it.where());
            toSigning(it, code);
            CPPUNIT_ASSERT(it.complete("approve", "approve").ok());
            CPPUNIT_ASSERT(it.had(Effect::Kind::Command, "release"));
            CPPUNIT_ASSERT(it.complete("give_result").ok());
            CPPUNIT_ASSERT(it.state.status == Status::Completed);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(code, 10, lastStatus(it));
        }
    }

    void everyProcessAsksForSupplementsAtBothPlaces() {
        for (const char* code : codes) {
            Instance it(definitionOf(packageText(code)));
            it.start();
            CPPUNIT_ASSERT(it.complete("receive", "supplement").ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"wait_receive"}, it.where());
            CPPUNIT_ASSERT(it.message("supplement").ok());
            CPPUNIT_ASSERT(it.complete("receive", "accept").ok());
            CPPUNIT_ASSERT(it.complete("appraise", "supplement").ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"wait_appraise"}, it.where());
            CPPUNIT_ASSERT(it.message("supplement").ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"appraise"}, it.where());
        }
    }

    void everyProcessCanRejectAndRefuse() {
        for (const char* code : codes) {
            Instance rejected(definitionOf(packageText(code)));
            rejected.start();
            CPPUNIT_ASSERT(rejected.complete("receive", "reject").ok());
            CPPUNIT_ASSERT(rejected.state.status == Status::Completed);
            CPPUNIT_ASSERT_EQUAL(3, lastStatus(rejected));

            Instance refused(definitionOf(packageText(code)));
            refused.start();
            CPPUNIT_ASSERT(refused.complete("receive", "accept").ok());
            CPPUNIT_ASSERT(refused.complete("appraise", "refuse").ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"refuse_sign"}, refused.where());
            CPPUNIT_ASSERT(refused.complete("refuse_sign", "return").ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"appraise"}, refused.where());
            CPPUNIT_ASSERT(refused.complete("appraise", "refuse").ok());
            CPPUNIT_ASSERT(refused.complete("refuse_sign", "approve").ok());
            CPPUNIT_ASSERT(refused.had(Effect::Kind::Command, "refusal_issue"));
            CPPUNIT_ASSERT_EQUAL(8, lastStatus(refused));
        }
    }

    void theLeaderCanSendTheDraftBack() {
        for (const char* code : codes) {
            Instance it(definitionOf(packageText(code)));
            it.start();
            toSigning(it, code);
            CPPUNIT_ASSERT(it.complete("approve", "return").ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"draft"}, it.where());
        }
    }

    void theBuildingPermitGoesThroughSeveralUnits() {
        const Definition definition = definitionOf(packageText("1.013225"));
        for (const char* fact : {"can_pccc", "lien_ke"}) {
            Instance it(definition);
            it.facts.set(fact, true);
            it.start();
            CPPUNIT_ASSERT(it.complete("receive", "accept").ok());
            CPPUNIT_ASSERT(it.complete("appraise", "pass").ok());
            CPPUNIT_ASSERT(it.complete("inspect", "pass").ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"consult"}, it.where());
            CPPUNIT_ASSERT(it.complete("consult", "agree").ok());
            CPPUNIT_ASSERT(it.complete("draft", "refuse").ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"refuse_sign"}, it.where());
        }
        // Silence is agreement: the opinion that does not come in time is not waited for.
        Instance late(definition);
        late.facts.set("can_pccc", true);
        late.start();
        CPPUNIT_ASSERT(late.complete("receive", "accept").ok());
        CPPUNIT_ASSERT(late.complete("appraise", "pass").ok());
        CPPUNIT_ASSERT(late.complete("inspect", "pass").ok());
        const auto token = late.tokenAt("consult");
        CPPUNIT_ASSERT(late.keep(late.engine().timer(late.state, token, "consult_overdue", late.facts)).ok());
        CPPUNIT_ASSERT_EQUAL(std::string{"draft"}, late.where());
    }

    void everyActionAndPhaseHasItsWords() { // N3
        for (const char* locale : {"vi", "en"}) {
            const auto words = Json::parse(fileText(std::string{"themes/default/i18n/"} + locale + ".json"));
            CPPUNIT_ASSERT(words.ok());
            for (const char* code : codes) {
                const Definition definition = definitionOf(packageText(code));
                for (const auto& element : definition.elements) {
                    for (const auto& action : element.directions.actions) {
                        CPPUNIT_ASSERT_MESSAGE(action, (*words)["act"].has(action));
                    }
                    const std::string& phase = element.directions.phase;
                    CPPUNIT_ASSERT_MESSAGE(phase, phase.empty() || (*words)["phase"].has(phase));
                }
            }
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PackagesTest);

} // namespace
