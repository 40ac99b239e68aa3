// Server-sent events: parked connections that get what is published on their topics, and hold no thread.
#include "base/clock.h"
#include "net/server.h"
#include "wire.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <memory>
#include <vector>

using namespace motcua;
using namespace motcua::net;
using namespace motcua::net::testing;

class EventsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(EventsTest);
    CPPUNIT_TEST(subscribersOfATopicGetItsEvents);
    CPPUNIT_TEST(eventsAreFramedWhateverTheyHold);
    CPPUNIT_TEST(manyStreamsHoldNoWorker);
    CPPUNIT_TEST(heartbeatsComeByThemselves);
    CPPUNIT_TEST(readerThatLagsIsLetGo);
    CPPUNIT_TEST(leavingAndStoppingEndStreams);
    CPPUNIT_TEST_SUITE_END();

    SystemClock clock_;
    ServerSettings settings_;
    std::unique_ptr<Server> server_;

public:
    void setUp() override {
        settings_ = {};
        settings_.workers = 1;
        settings_.loops = 2;
    }
    void tearDown() override { server_.reset(); }

private:
    // GET /a,b subscribes to the topics a and b; the first event says so.
    void serve() {
        server_ = std::make_unique<Server>(
            settings_,
            [](const Request& request) {
                Response response;
                response.headers.add("Content-Type", "text/event-stream");
                response.headers.add("Cache-Control", "no-store");
                std::string_view rest = std::string_view{request.path}.substr(1);
                while (!rest.empty()) {
                    const auto comma = std::min(rest.find(','), rest.size());
                    response.topics.emplace_back(rest.substr(0, comma));
                    rest.remove_prefix(std::min(comma + 1, rest.size()));
                }
                response.body = "data: hello\n\n";
                return response;
            },
            clock_);
        server_->start();
    }

    Wire subscribe(const std::string& topics, int receiveBuffer = 0) {
        Wire wire{server_->port(), receiveBuffer};
        wire.send("GET /" + topics + " HTTP/1.1\r\nHost: a\r\n\r\n");
        CPPUNIT_ASSERT(awaits(wire, "\r\n\r\ndata: hello\n\n"));
        return wire;
    }

    static bool awaits(Wire& wire, const std::string& text) {
        return wire.until([&](const std::string& have) { return have.find(text) != std::string::npos; });
    }

    void reaches(Wire& wire, const std::string& topic) {
        server_->publish(topic, "", "probe");
        CPPUNIT_ASSERT(awaits(wire, "data: probe\n\n"));
    }

    void subscribersOfATopicGetItsEvents() {
        serve();
        Wire both = subscribe("a,b");
        Wire one = subscribe("b");
        server_->publish("a", "step", "1");
        server_->publish("b", "step", "2");
        server_->publish("c", "step", "3");
        server_->publish("b", "end", "4");
        CPPUNIT_ASSERT(both.until([](const std::string& have) {
            return have.ends_with("event: step\ndata: 1\n\nevent: step\ndata: 2\n\nevent: end\ndata: 4\n\n");
        }));
        CPPUNIT_ASSERT(one.until([](const std::string& have) {
            CPPUNIT_ASSERT_EQUAL(std::string::npos, have.find("data: 1"));
            return have.ends_with("event: step\ndata: 2\n\nevent: end\ndata: 4\n\n");
        }));
    }

    void eventsAreFramedWhateverTheyHold() {
        serve();
        Wire wire = subscribe("a");
        server_->publish("a", "x\nretry: 1", "one\ntwo\r\n\rid: three");
        CPPUNIT_ASSERT(awaits(wire, "event: xretry: 1\ndata: one\ndata: two\ndata: \ndata: id: three\n\n"));
    }

    void manyStreamsHoldNoWorker() {
        serve();
        std::vector<Wire> wires;
        for (int i = 0; i < 100; ++i)
            wires.push_back(subscribe("a"));
        server_->publish("a", "", "all");
        for (auto& wire : wires)
            CPPUNIT_ASSERT(awaits(wire, "data: all\n\n"));
    }

    void heartbeatsComeByThemselves() {
        settings_.heartbeat = Millis{30};
        serve();
        Wire wire = subscribe("a");
        CPPUNIT_ASSERT(awaits(wire, "\n\n:\n\n:\n\n"));
    }

    void readerThatLagsIsLetGo() {
        serve();
        Wire lagging = subscribe("a", 4096);
        Wire good = subscribe("a");
        const std::string data(100'000, 'd');
        CPPUNIT_ASSERT(eventually([&] {
            server_->publish("a", "", data);
            CPPUNIT_ASSERT(good.until([&](const std::string& have) { return have.size() > data.size(); }));
            good.forget();
            return server_->figures().connections == 1;
        }));
    }

    void leavingAndStoppingEndStreams() {
        serve();
        Wire stays = subscribe("a");
        {
            Wire leaves = subscribe("a,b");
            CPPUNIT_ASSERT_EQUAL(std::size_t{2}, server_->figures().connections);
        }
        CPPUNIT_ASSERT(eventually([&] { return server_->figures().connections == 1; }));
        reaches(stays, "a");
        server_->publish("b", "", "nobody");
        server_->stop(Millis{kPatienceMs});
        CPPUNIT_ASSERT(!stays.until([](const std::string&) { return false; }));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(EventsTest);
