// Tokens: what the engine does at each element, and the commands that are not drawn.
#include "process_test_support.h"

#include <random>

using namespace motcua;
using namespace motcua::process;
using namespace motcua::process::test;

namespace {

const std::string ends = "<startEvent id=\"s\"/><endEvent id=\"e\"/>\n";

class EngineTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(EngineTest);
    CPPUNIT_TEST(aSequenceGoesFromStartToEnd);
    CPPUNIT_TEST(anExclusiveGatewayTakesTheFirstFlowThatHolds);
    CPPUNIT_TEST(withoutAWayNothingMoves);
    CPPUNIT_TEST(aParallelGatewayForksAndJoins);
    CPPUNIT_TEST(aJoinWaitsForEachOfItsFlows);
    CPPUNIT_TEST(terminateTakesTheOtherTokens);
    CPPUNIT_TEST(aMessageWakesWhatWaitsForIt);
    CPPUNIT_TEST(aServiceTaskIsACommandAndGoesOn);
    CPPUNIT_TEST(anInterruptingTimerEndsItsTask);
    CPPUNIT_TEST(aTimerThatDoesNotInterruptAddsAToken);
    CPPUNIT_TEST(givingBackReturnsToTheStepBefore);
    CPPUNIT_TEST(recallTakesBackWhatWasJustPassedOn);
    CPPUNIT_TEST(pausedInstancesDoNotMove);
    CPPUNIT_TEST(withdrawalEndsEverything);
    CPPUNIT_TEST(aForgedActionOrTokenIsRefused);
    CPPUNIT_TEST(factsDecideButAreNotKept);
    CPPUNIT_TEST(theStateSurvivesBeingStored);
    CPPUNIT_TEST(tokensAreConservedOnRandomWalks);
    CPPUNIT_TEST_SUITE_END();

    static Instance sequence() {
        return Instance(definitionOf(
            model(ends + task("a") + task("b") + flow("s", "a") + flow("a", "b") + flow("b", "e"))));
    }

    static Instance fork() {
        return Instance(definitionOf(model(ends + task("a") + task("b") + task("c") +
                                           "<parallelGateway id=\"f\"/><parallelGateway id=\"j\"/>" +
                                           flow("s", "f") + flow("f", "a") + flow("f", "b") + flow("a", "j") +
                                           flow("b", "j") + flow("j", "c") + flow("c", "e"))));
    }

    static std::string choice(const std::string& more) {
        return ends + task("a", "mc:actions=\"yes no maybe\"") + task("b") + task("c") + flow("s", "a") +
               flow("a", "x") + flow("x", "b", "outcome = \"yes\"") + more + flow("b", "e") + flow("c", "e");
    }

public:
    void aSequenceGoesFromStartToEnd() {
        auto it = sequence();
        it.start();
        CPPUNIT_ASSERT_EQUAL(std::string{"a"}, it.where());
        CPPUNIT_ASSERT((it.effects == Effects{{Effect::Kind::TaskOpened, 1, "a"}}));
        CPPUNIT_ASSERT(it.complete("a").ok());
        CPPUNIT_ASSERT(
            (it.effects == Effects{{Effect::Kind::TaskDone, 1, "a"}, {Effect::Kind::TaskOpened, 1, "b"}}));
        CPPUNIT_ASSERT(it.complete("b").ok());
        CPPUNIT_ASSERT(it.state.status == Status::Completed);
        CPPUNIT_ASSERT(it.effects.back().kind == Effect::Kind::Ended);
    }

    void anExclusiveGatewayTakesTheFirstFlowThatHolds() {
        const auto xml = model(choice("<exclusiveGateway id=\"x\" default=\"x_c\"/>" + flow("x", "c")));
        Instance yes(definitionOf(xml));
        yes.start();
        CPPUNIT_ASSERT(yes.complete("a", "yes").ok());
        CPPUNIT_ASSERT_EQUAL(std::string{"b"}, yes.where());
        Instance no(definitionOf(xml));
        no.start();
        CPPUNIT_ASSERT(no.complete("a", "no").ok());
        CPPUNIT_ASSERT_EQUAL(std::string{"c"}, no.where());
    }

    void withoutAWayNothingMoves() {
        Instance it(
            definitionOf(model(choice("<exclusiveGateway id=\"x\"/>" + flow("x", "c", "outcome = \"no\"")))));
        it.start();
        const State before = it.state;
        const auto result = it.complete("a", "maybe");
        CPPUNIT_ASSERT(!result.ok());
        CPPUNIT_ASSERT_EQUAL(std::string{"process.no_way"}, result.error().code);
        CPPUNIT_ASSERT(it.state == before);
        CPPUNIT_ASSERT(it.complete("a", "no").ok());
    }

    void aParallelGatewayForksAndJoins() {
        auto it = fork();
        it.start();
        CPPUNIT_ASSERT_EQUAL(std::string{"a b"}, it.where());
        CPPUNIT_ASSERT(it.complete("b").ok());
        CPPUNIT_ASSERT_EQUAL(std::string{"a j"}, it.where());
        CPPUNIT_ASSERT(it.complete("a").ok());
        CPPUNIT_ASSERT_EQUAL(std::string{"c"}, it.where());
        CPPUNIT_ASSERT(it.complete("c").ok());
        CPPUNIT_ASSERT(it.state.status == Status::Completed);
    }

    void aJoinWaitsForEachOfItsFlows() {
        // Two tokens by one flow do not open the join: a loop may bring them.
        auto it = fork();
        it.start();
        CPPUNIT_ASSERT(it.complete("a").ok());
        it.state.tokens.push_back({90, "j", "a_j", {}});
        it.state.nextToken = 91;
        CPPUNIT_ASSERT(it.complete("b").ok());
        CPPUNIT_ASSERT_EQUAL(std::string{"c j"}, it.where());
    }

    void terminateTakesTheOtherTokens() {
        Instance it(definitionOf(model(ends + task("a") + task("b") +
                                       "<parallelGateway id=\"f\"/>"
                                       "<endEvent id=\"t\"><terminateEventDefinition/></endEvent>" +
                                       flow("s", "f") + flow("f", "a") + flow("f", "b") + flow("a", "t") +
                                       flow("b", "e"))));
        it.start();
        CPPUNIT_ASSERT(it.complete("a").ok());
        CPPUNIT_ASSERT(it.state.status == Status::Completed);
        CPPUNIT_ASSERT(it.had(Effect::Kind::TaskCancelled, "b"));
    }

    static std::string supplement() {
        return ends + task("a", "mc:actions=\"pass supplement\"") +
               "<exclusiveGateway id=\"x\" default=\"x_w\"/><intermediateCatchEvent "
               "id=\"w\"><messageEventDefinition "
               "messageRef=\"m\"/></intermediateCatchEvent>" +
               flow("s", "a") + flow("a", "x") + flow("x", "e", "outcome = \"pass\"") + flow("x", "w") +
               flow("w", "a");
    }

    void aMessageWakesWhatWaitsForIt() {
        Instance it(definitionOf(model(supplement())));
        it.start();
        CPPUNIT_ASSERT_EQUAL(std::string{"process.not_here"}, it.message("supplement").error().code);
        CPPUNIT_ASSERT(it.complete("a", "supplement").ok());
        CPPUNIT_ASSERT_EQUAL(std::string{"w"}, it.where());
        CPPUNIT_ASSERT_EQUAL(std::string{"process.not_here"}, it.message("other").error().code);
        CPPUNIT_ASSERT(it.message("supplement").ok());
        CPPUNIT_ASSERT_EQUAL(std::string{"a"}, it.where());
        CPPUNIT_ASSERT(!it.message("supplement").ok());
    }

    void aServiceTaskIsACommandAndGoesOn() {
        Instance it(
            definitionOf(model(ends + task("a") + "<serviceTask id=\"c\" mc:command=\"result.issue\"/>" +
                               flow("s", "a") + flow("a", "c") + flow("c", "e"))));
        it.start();
        CPPUNIT_ASSERT(it.complete("a").ok());
        CPPUNIT_ASSERT(it.had(Effect::Kind::Command, "c"));
        CPPUNIT_ASSERT(it.state.status == Status::Completed);
    }

    static Instance timed(const char* interrupting) {
        return Instance(definitionOf(
            model(ends + task("a") + task("b") +
                  "<boundaryEvent id=\"t\" attachedToRef=\"a\" cancelActivity=\"" + interrupting +
                  "\"><timerEventDefinition><timeDuration>P12D</timeDuration></timerEventDefinition></"
                  "boundaryEvent>" +
                  flow("s", "a") + flow("a", "e") + flow("t", "b") + flow("b", "e"))));
    }

    void anInterruptingTimerEndsItsTask() {
        auto it = timed("true");
        it.start();
        CPPUNIT_ASSERT((it.effects.back() == Effect{Effect::Kind::TimerSet, 1, "t"}));
        CPPUNIT_ASSERT(it.keep(it.engine().timer(it.state, it.tokenAt("a"), "t", Json::object())).ok());
        CPPUNIT_ASSERT_EQUAL(std::string{"b"}, it.where());
        CPPUNIT_ASSERT(it.had(Effect::Kind::TaskCancelled, "a"));
        CPPUNIT_ASSERT(it.had(Effect::Kind::TimerGone, "t"));
    }

    void aTimerThatDoesNotInterruptAddsAToken() {
        auto it = timed("false");
        it.start();
        CPPUNIT_ASSERT(it.keep(it.engine().timer(it.state, it.tokenAt("a"), "t", Json::object())).ok());
        CPPUNIT_ASSERT_EQUAL(std::string{"a b"}, it.where());
        CPPUNIT_ASSERT(it.complete("a").ok());
        CPPUNIT_ASSERT(it.had(Effect::Kind::TimerGone, "t"));
        CPPUNIT_ASSERT(it.state.status == Status::Active);
    }

    void givingBackReturnsToTheStepBefore() {
        auto it = sequence();
        it.start();
        CPPUNIT_ASSERT_EQUAL(std::string{"process.cannot_give_back"},
                             it.engine().giveBack(it.state, it.tokenAt("a")).error().code);
        CPPUNIT_ASSERT(it.complete("a").ok());
        CPPUNIT_ASSERT(it.keep(it.engine().giveBack(it.state, it.tokenAt("b"))).ok());
        CPPUNIT_ASSERT_EQUAL(std::string{"a"}, it.where());
        CPPUNIT_ASSERT(it.had(Effect::Kind::TaskGivenBack, "b"));
        CPPUNIT_ASSERT(it.complete("a").ok());
        CPPUNIT_ASSERT(it.complete("b").ok());
        // Not over a fork.
        auto forked = fork();
        forked.start();
        CPPUNIT_ASSERT(!forked.engine().giveBack(forked.state, forked.tokenAt("a")).ok());
        // A step repeated after a supplement has nothing before it.
        Instance looped(definitionOf(model(supplement())));
        looped.start();
        CPPUNIT_ASSERT(looped.complete("a", "supplement").ok());
        CPPUNIT_ASSERT(looped.message("supplement").ok());
        CPPUNIT_ASSERT(!looped.engine().giveBack(looped.state, looped.tokenAt("a")).ok());
    }

    void recallTakesBackWhatWasJustPassedOn() {
        auto it = sequence();
        it.start();
        CPPUNIT_ASSERT(it.complete("a").ok());
        CPPUNIT_ASSERT(!it.engine().recall(it.state, it.tokenAt("b"), "b").ok());
        CPPUNIT_ASSERT(it.keep(it.engine().recall(it.state, it.tokenAt("b"), "a")).ok());
        CPPUNIT_ASSERT_EQUAL(std::string{"a"}, it.where());
    }

    void pausedInstancesDoNotMove() {
        auto it = sequence();
        it.start();
        CPPUNIT_ASSERT(it.engine().pause(it.state).ok());
        CPPUNIT_ASSERT_EQUAL(std::string{"process.not_active"}, it.complete("a").error().code);
        CPPUNIT_ASSERT(!it.engine().pause(it.state).ok());
        CPPUNIT_ASSERT(it.engine().resume(it.state).ok());
        CPPUNIT_ASSERT(it.complete("a").ok());
        CPPUNIT_ASSERT(!it.engine().resume(it.state).ok());
    }

    void withdrawalEndsEverything() {
        auto it = fork();
        it.start();
        CPPUNIT_ASSERT(it.keep(it.engine().withdraw(it.state)).ok());
        CPPUNIT_ASSERT(it.state.status == Status::Withdrawn);
        CPPUNIT_ASSERT(it.state.tokens.empty());
        CPPUNIT_ASSERT(it.had(Effect::Kind::TaskCancelled, "a") && it.had(Effect::Kind::TaskCancelled, "b"));
        CPPUNIT_ASSERT(!it.engine().withdraw(it.state).ok());
    }

    void aForgedActionOrTokenIsRefused() {
        Instance it(
            definitionOf(model(choice("<exclusiveGateway id=\"x\" default=\"x_c\"/>" + flow("x", "c")))));
        it.start();
        CPPUNIT_ASSERT_EQUAL(std::string{"process.no_such_action"}, it.complete("a", "approve").error().code);
        CPPUNIT_ASSERT_EQUAL(std::string{"process.no_such_action"}, it.complete("a", "").error().code);
        const auto forged = it.engine().complete(it.state, 77, "yes", Json::object(), Json::object());
        CPPUNIT_ASSERT_EQUAL(std::string{"process.not_here"}, forged.error().code);
    }

    void factsDecideButAreNotKept() {
        Instance it(definitionOf(model(ends + task("a") + task("b") + task("c") +
                                       "<exclusiveGateway id=\"x\" default=\"x_c\"/>" + flow("s", "a") +
                                       flow("a", "x") + flow("x", "b", "diện tích sàn > 250") +
                                       flow("x", "c") + flow("b", "e") + flow("c", "e"))));
        it.facts.set("diện tích sàn", 300);
        it.start();
        CPPUNIT_ASSERT(it.complete("a").ok());
        CPPUNIT_ASSERT_EQUAL(std::string{"b"}, it.where());
        CPPUNIT_ASSERT(!it.state.variables.has("diện tích sàn"));
    }

    void theStateSurvivesBeingStored() {
        auto it = fork();
        it.start();
        CPPUNIT_ASSERT(it.complete("a").ok());
        const auto back =
            State::fromJson(it.state.status, it.state.variables, *Json::parse(it.state.toJson().dump()));
        CPPUNIT_ASSERT(back.ok());
        CPPUNIT_ASSERT(*back == it.state);
        CPPUNIT_ASSERT(!State::fromJson(Status::Active, Json::object(), Json::object()).ok());
    }

    // Whatever is completed in whatever order, the instance ends, and each open task was opened once.
    void tokensAreConservedOnRandomWalks() {
        const Definition permit = definitionOf(packageText("1.013225"));
        std::mt19937 random(13225);
        for (int round = 0; round < 300; ++round) {
            Instance it(permit);
            it.facts.set("can_pccc", random() % 2 == 0);
            it.start();
            int steps = 0;
            while (it.state.status == Status::Active && ++steps < 500) {
                CPPUNIT_ASSERT_EQUAL(std::size_t{1}, it.state.tokens.size());
                const Element& element = *permit.find(it.state.tokens[0].at);
                if (element.kind == Kind::MessageCatch) {
                    CPPUNIT_ASSERT(it.message("supplement").ok());
                    continue;
                }
                const auto& actions = element.directions.actions;
                const std::string action = actions.empty() ? "" : actions[random() % actions.size()];
                CPPUNIT_ASSERT(it.complete(element.id, action).ok());
            }
            CPPUNIT_ASSERT(it.state.status == Status::Completed);
            CPPUNIT_ASSERT(it.state.tokens.empty());
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(EngineTest);

} // namespace
