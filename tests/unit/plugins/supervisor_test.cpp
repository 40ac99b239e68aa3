// The supervisor against plugins that behave and plugins that do not. // U3, P10, N7
#include "house.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <thread>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace plugintest;

class SupervisorTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SupervisorTest);
    CPPUNIT_TEST(aCallGoesThereAndBack);
    CPPUNIT_TEST(whatSurroundsACallArrives);
    CPPUNIT_TEST(largeAttachmentsTravelBesideTheJson);
    CPPUNIT_TEST(aCrashCostsItsOwnCallAndARepetitionSucceeds);
    CPPUNIT_TEST(killedAtAnyMomentTheCallIsUnavailableAndARepetitionSucceeds);
    CPPUNIT_TEST(aHangEndsAtTheDeadlineAndTheProcessIsReplaced);
    CPPUNIT_TEST(aCallNeverAnsweredIsAHang);
    CPPUNIT_TEST(cancellationReachesThePlugin);
    CPPUNIT_TEST(aSecondAnswerIsHarmless);
    CPPUNIT_TEST(answersMayComeLaterFromAnotherThread);
    CPPUNIT_TEST(exceptionsAndNonsenseAreInternalErrors);
    CPPUNIT_TEST(aFloodOfOutputChangesNothing);
    CPPUNIT_TEST(crashingAgainAndAgainIsQuarantinedUntilSomebodySaysTryAgain);
    CPPUNIT_TEST(crashingAtStartIsQuarantinedToo);
    CPPUNIT_TEST(whatDoesNotFitIsRefusedBeforeItsCodeRuns);
    CPPUNIT_TEST(aManifestThatPromisesTooMuchIsRefused);
    CPPUNIT_TEST(switchedOffAndOnWhileOthersCall);
    CPPUNIT_TEST(anUpgradeLosesNoCall);
    CPPUNIT_TEST(anUpgradeThatDoesNotStartChangesNothing);
    CPPUNIT_TEST(placesAreLimitedAndTheQueueIsShort);
    CPPUNIT_TEST(theBreakerOpensForOneProfileOnly);
    CPPUNIT_TEST(inProcessIsTheSameFace);
    CPPUNIT_TEST(noChildIsLeftBehind);
    CPPUNIT_TEST(itsProcessHasItsOwnDescriptorsOnly);
    CPPUNIT_TEST(theKernelRefusesItSocketsOfItsOwn);
    CPPUNIT_TEST_SUITE_END();

    // Null, output twice, the server's socket: nothing of what the server has open.
    void itsProcessHasItsOwnDescriptorsOnly() {
        const int ours = ::open("/dev/null", O_RDONLY); // one that nobody marked
        House house{"bad"};
        house.start();
        CPPUNIT_ASSERT_EQUAL(std::string{"0 1 2 3"}, house.said("descriptors"));
        ::close(ours);
    }

    // N7: the manifest's list of addresses is kept by the server, and cannot be gone round.
    void theKernelRefusesItSocketsOfItsOwn() {
        House house{"bad"};
        house.start();
        CPPUNIT_ASSERT_EQUAL(std::string{"refused refused refused refused refused refused"},
                             house.said("dial"));
    }

    void aCallGoesThereAndBack() {
        House house{"echo"};
        house.start();
        CPPUNIT_ASSERT_EQUAL(std::string{"chào"}, house.said("chào"));
        CPPUNIT_ASSERT_EQUAL(std::string{"xin chào"}, house.said("config"));
        const auto refused = house.send("refuse");
        CPPUNIT_ASSERT(!refused.ok());
        CPPUNIT_ASSERT(refused.error().kind == ErrorKind::Rejected);
        CPPUNIT_ASSERT_EQUAL(std::string{"message.refused"}, refused.error().code);
        CallRequest unknown;
        unknown.operation = "message.sing/1";
        unknown.profile = "default";
        CPPUNIT_ASSERT_EQUAL(std::string{"plugin.unimplemented"},
                             house.supervisor.call(house.context, unknown).error().code);
        unknown.profile = "nobody's";
        CPPUNIT_ASSERT_EQUAL(std::string{"plugin.no_profile"},
                             house.supervisor.call(house.context, unknown).error().code);
    }

    void whatSurroundsACallArrives() {
        House house{"echo"};
        house.start();
        house.context.locale = "en";
        CPPUNIT_ASSERT_EQUAL(std::string{"default|en|00-0af7651916cd43dd8448eb211c80319c|k7"},
                             house.said("context", "", "k7"));
        house.context.deadline = Until::in(Millis{-1});
        CPPUNIT_ASSERT_EQUAL(std::string{"error plugin.timeout"}, house.said("context"));
    }

    void largeAttachmentsTravelBesideTheJson() {
        House house{"echo"};
        house.start();
        CallRequest request;
        request.operation = "message.send/1";
        request.profile = "default";
        request.json = R"({"kind":"email","text":"attachments","to":[{"address":"a@b.vn"}],"attachments":[
            {"name":"a","contentType":"x/y","content":{"blob":0}},{"name":"b","contentType":"x/y","content":{"blob":1}}]})";
        request.blobs = {sdk::Blob{std::string(20'000'000, 'x')}, sdk::Blob{std::string{}}};
        const auto reply = house.supervisor.call(house.context, request);
        CPPUNIT_ASSERT_MESSAGE(reply ? "" : reply.error().code + reply.error().detail, reply.ok());
        CPPUNIT_ASSERT_EQUAL(std::string{R"({"id":"20000000","parts":2})"}, reply->json);
        request.blobs.pop_back(); // the JSON names an attachment that is not there
        CPPUNIT_ASSERT_EQUAL(std::string{"plugin.malformed"},
                             house.supervisor.call(house.context, request).error().code);
    }

    void aCrashCostsItsOwnCallAndARepetitionSucceeds() {
        House house{"bad"};
        house.start();
        for (const char* way : {"crash", "abort", "exit"}) {
            const auto reply = house.send(way);
            CPPUNIT_ASSERT_EQUAL(std::string{"plugin.crashed"}, reply.error().code);
            CPPUNIT_ASSERT(mayRetry(reply.error()));
            CPPUNIT_ASSERT_EQUAL(std::string{"key-1"}, house.said("fine", "", "key-1"));
        }
        CPPUNIT_ASSERT_EQUAL(3, house.supervisor.status().crashes);
    }

    void killedAtAnyMomentTheCallIsUnavailableAndARepetitionSucceeds() {
        SupervisorPolicy policy = impatient();
        policy.crashesToQuarantine = 1000;
        House house{"echo", policy};
        house.start();
        std::atomic<bool> over = false;
        std::thread killer{[&] {
            while (!over) {
                if (const int pid = house.supervisor.status().pid) ::kill(pid, SIGKILL);
                std::this_thread::sleep_for(std::chrono::milliseconds{23});
            }
        }};
        int unavailable = 0;
        for (int i = 0; i < 60; ++i) {
            const std::string key = "key-" + std::to_string(i);
            for (int attempt = 1;; ++attempt) {
                const auto reply = house.send(key);
                if (reply) break;
                CPPUNIT_ASSERT_MESSAGE(reply.error().code + " " + reply.error().detail,
                                       mayRetry(reply.error()));
                CPPUNIT_ASSERT(attempt < 500);
                ++unavailable;
            }
        }
        over = true;
        killer.join();
        CPPUNIT_ASSERT(house.supervisor.status().crashes > 0);
        CPPUNIT_ASSERT(unavailable < 60 * 500);
    }

    void aHangEndsAtTheDeadlineAndTheProcessIsReplaced() {
        House house{"bad"};
        house.start();
        const auto begun = std::chrono::steady_clock::now();
        const auto reply = house.send("hang");
        const auto took = std::chrono::steady_clock::now() - begun;
        CPPUNIT_ASSERT_EQUAL(std::string{"plugin.timeout"}, reply.error().code);
        CPPUNIT_ASSERT(reply.error().kind == ErrorKind::Timeout);
        CPPUNIT_ASSERT(took >= std::chrono::milliseconds{390} &&
                       took < std::chrono::seconds{3}); // the manifest says 400 ms
        house.said("hang");                             // the second of two places
        CPPUNIT_ASSERT_EQUAL(std::string{"ok"}, untilAnswered(house, "ok"));
    }

    void aCallNeverAnsweredIsAHang() {
        House house{"bad"};
        house.start();
        CPPUNIT_ASSERT_EQUAL(std::string{"error plugin.timeout"}, house.said("silence"));
        CPPUNIT_ASSERT(mayRetry(house.send("silence").error())); // too late, or ended with the first
        CPPUNIT_ASSERT_EQUAL(std::string{"ok"}, untilAnswered(house, "ok"));
        CPPUNIT_ASSERT(house.supervisor.status().crashes > 0);
    }

    void cancellationReachesThePlugin() {
        SupervisorPolicy policy = impatient();
        policy.hungGrace = Millis{20'000};
        House house{"bad", policy};
        house.start();
        for (int i = 0; i < 3; ++i) // more often than there are places
            CPPUNIT_ASSERT_EQUAL(std::string{"error plugin.timeout"}, house.said("until cancelled"));
        CPPUNIT_ASSERT_EQUAL(std::string{"ok"}, untilAnswered(house, "ok"));
        CPPUNIT_ASSERT_EQUAL(0, house.supervisor.status().crashes);
    }

    void aSecondAnswerIsHarmless() {
        House house{"bad"};
        house.start();
        for (int i = 0; i < 5; ++i)
            CPPUNIT_ASSERT_EQUAL(std::string{"once"}, house.said("twice", "", "once"));
        CPPUNIT_ASSERT_EQUAL(0, house.supervisor.status().crashes);
    }

    void answersMayComeLaterFromAnotherThread() {
        House house{"bad"};
        house.start();
        CPPUNIT_ASSERT_EQUAL(std::string{"later"}, house.said("later"));
    }

    void exceptionsAndNonsenseAreInternalErrors() {
        House house{"bad"};
        house.start();
        CPPUNIT_ASSERT_EQUAL(std::string{"plugin.exception"}, house.send("throw").error().code);
        CPPUNIT_ASSERT_EQUAL(std::string{"plugin.malformed"}, house.send("status").error().code);
        CPPUNIT_ASSERT(house.send("nonsense").ok()); // JSON is judged by the typed client
        CPPUNIT_ASSERT_EQUAL(0, house.supervisor.status().crashes);
    }

    void aFloodOfOutputChangesNothing() {
        House house{"bad"};
        house.start();
        std::string said = house.said("flood", "", "dry");
        if (said == "error plugin.timeout")
            said = untilAnswered(house, "dry"); // slow machines need more than its 400 ms
        CPPUNIT_ASSERT_EQUAL(std::string{"dry"}, said);
    }

    void crashingAgainAndAgainIsQuarantinedUntilSomebodySaysTryAgain() {
        House house{"bad"};
        house.start();
        for (int i = 0; i < 5; ++i)
            CPPUNIT_ASSERT_EQUAL(std::string{"error plugin.crashed"}, house.said("abort"));
        CPPUNIT_ASSERT(house.supervisor.waitFor(PluginState::Quarantined, Millis{5000}));
        const PluginStatus status = house.supervisor.status();
        CPPUNIT_ASSERT_EQUAL(0, status.pid);
        CPPUNIT_ASSERT_MESSAGE(status.reason, status.reason.find("5 ends within 10 minutes") == 0);
        CPPUNIT_ASSERT_MESSAGE(status.reason, status.reason.find("signal 6") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::string{"error plugin.quarantined"}, house.said("fine"));
        house.supervisor.tryAgain();
        CPPUNIT_ASSERT(house.supervisor.waitFor(PluginState::Running, Millis{20'000}));
        CPPUNIT_ASSERT_EQUAL(std::string{"k1"}, house.said("fine"));
        CPPUNIT_ASSERT_EQUAL(0, house.supervisor.status().crashes);
    }

    void crashingAtStartIsQuarantinedToo() {
        House house{"crash-at-start"};
        house.supervisor.enable();
        CPPUNIT_ASSERT(house.supervisor.waitFor(PluginState::Quarantined, Millis{20'000}));
    }

    void whatDoesNotFitIsRefusedBeforeItsCodeRuns() {
        const auto read = Manifest::read(library("old-abi"));
        CPPUNIT_ASSERT_EQUAL(std::string{"plugin.abi"}, read.error().code);
        for (const char* part : {"old-abi.so", "found ABI 7", "needs ABI 1", "build it with"})
            CPPUNIT_ASSERT_MESSAGE(read.error().detail, read.error().detail.find(part) != std::string::npos);
        const auto none = Manifest::read(std::string{MOTCUA_BUILD_DIR} + "/motcua-plugin-host");
        CPPUNIT_ASSERT_EQUAL(std::string{"plugin.no_manifest"}, none.error().code);
        CPPUNIT_ASSERT_EQUAL(std::string{"plugin.not_a_library"}, Manifest::read("/etc/passwd").error().code);
        CPPUNIT_ASSERT_EQUAL(std::string{"plugin.no_library"}, Manifest::read("/nowhere.so").error().code);
    }

    void aManifestThatPromisesTooMuchIsRefused() {
        House house{"liar"};
        house.supervisor.enable();
        CPPUNIT_ASSERT(house.supervisor.waitFor(PluginState::Refused, Millis{20'000}));
        const std::string reason = house.supervisor.status().reason;
        CPPUNIT_ASSERT_MESSAGE(reason, reason.find("payment/1") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::string{"error plugin.refused"}, house.said("x"));
    }

    void switchedOffAndOnWhileOthersCall() {
        House house{"echo"};
        house.start();
        for (int i = 0; i < 3; ++i) {
            house.supervisor.disable();
            CPPUNIT_ASSERT_EQUAL(0, house.supervisor.status().pid);
            CPPUNIT_ASSERT_EQUAL(std::string{"error plugin.off"}, house.said("x"));
            house.supervisor.enable();
            CPPUNIT_ASSERT_EQUAL(std::string{"waits for the start"},
                                 untilAnswered(house, "waits for the start"));
        }
        CPPUNIT_ASSERT_EQUAL(0, house.supervisor.status().crashes);
    }

    void anUpgradeLosesNoCall() {
        House house{"echo"};
        house.start();
        std::atomic<bool> over = false;
        std::atomic<int> answered = 0, lost = 0;
        std::vector<std::thread> callers;
        for (int i = 0; i < 4; ++i)
            callers.emplace_back([&] {
                while (!over)
                    ++(house.said("x") == "x" ? answered : lost);
            });
        for (const char* version : {"echo2", "echo", "echo2"}) {
            const auto upgraded = house.supervisor.upgrade(library(version));
            CPPUNIT_ASSERT_MESSAGE(upgraded ? "" : upgraded.error().detail, upgraded.ok());
        }
        over = true;
        for (std::thread& caller : callers)
            caller.join();
        CPPUNIT_ASSERT_EQUAL(0, lost.load());
        CPPUNIT_ASSERT(answered > 0);
        CPPUNIT_ASSERT_EQUAL(std::string{"2.0.0"}, house.supervisor.status().version);
    }

    void anUpgradeThatDoesNotStartChangesNothing() {
        House house{"bad"};
        house.start();
        CPPUNIT_ASSERT_EQUAL(std::string{"plugin.other_plugin"},
                             house.supervisor.upgrade(library("echo")).error().code);
        CPPUNIT_ASSERT_EQUAL(std::string{"plugin.abi"},
                             house.supervisor.upgrade(library("old-abi")).error().code);
        CPPUNIT_ASSERT_EQUAL(std::string{"k1"}, house.said("fine"));
    }

    void placesAreLimitedAndTheQueueIsShort() {
        SupervisorPolicy policy = impatient();
        policy.queue = 1;
        policy.hungGrace = Millis{20'000};
        House house{"bad", policy};
        house.start();
        // Of four at once two have a place, one waits, and one is told so, as is the one that waits where no
        // place comes free in its time; again where a busy machine let them come one after another.
        std::atomic<int> busy{0};
        for (int round = 0; round < 50 && busy == 0; ++round) {
            std::vector<std::thread> callers;
            for (int i = 0; i < 4; ++i)
                callers.emplace_back(
                    [&] { busy += house.said("until cancelled") == "error plugin.busy" ? 1 : 0; });
            for (std::thread& caller : callers)
                caller.join();
        }
        CPPUNIT_ASSERT_MESSAGE(std::to_string(busy), busy == 1 || busy == 2);
    }

    void theBreakerOpensForOneProfileOnly() {
        SupervisorPolicy policy = impatient();
        policy.breaker.leastCalls = 4;
        policy.crashesToQuarantine = 100;
        House house{"bad", policy};
        house.profiles["other"] = Json::object();
        house.start();
        for (int i = 0; i < 4; ++i)
            house.said("throw");
        CPPUNIT_ASSERT_EQUAL(std::string{"error plugin.breaker_open"}, house.said("fine"));
        CPPUNIT_ASSERT_EQUAL(std::string{"default message.send/1"},
                             house.supervisor.status().openBreakers.at(0));
        CallRequest other;
        other.operation = "message.send/1";
        other.profile = "other";
        CPPUNIT_ASSERT(house.supervisor.call(house.context, other).ok());
    }

    void inProcessIsTheSameFace() {
        House house{"echo", impatient(), Isolation::InProcess};
        house.start();
        CPPUNIT_ASSERT_EQUAL(std::string{"chào"}, house.said("chào"));
        CPPUNIT_ASSERT_EQUAL(std::string{"s3cr3t-t0ken"}, house.said("secret"));
        CPPUNIT_ASSERT_EQUAL(std::string{"error message.refused"}, house.said("refuse"));
        CPPUNIT_ASSERT_EQUAL(0, house.supervisor.status().pid);
        // A library that is loaded stays loaded: what claims to be upgraded would run the old code.
        CPPUNIT_ASSERT_EQUAL(std::string{"plugin.needs_restart"},
                             house.supervisor.upgrade(library("echo")).error().code);
        house.supervisor.disable();
        CPPUNIT_ASSERT_EQUAL(std::string{"error plugin.off"}, house.said("x"));
    }

    void noChildIsLeftBehind() {
        {
            House house{"echo"};
            house.start();
            house.said("x");
        }
        CPPUNIT_ASSERT_EQUAL(pid_t{-1}, ::waitpid(-1, nullptr, WNOHANG));
        CPPUNIT_ASSERT_EQUAL(ECHILD, errno);
    }

    // The plugin may be between two lives.
    static std::string untilAnswered(House& house, const std::string& word) {
        std::string said;
        for (int i = 0; i < 200; ++i) {
            said = house.said(word, "", word);
            if (said.find("error") != 0) break;
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        }
        return said;
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SupervisorTest);
