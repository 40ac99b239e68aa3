// Processes that last, on both backends: rights, stale pages, commands beyond BPMN, clocks, timers, and that
// nothing is half done.
#include "process/process_service.h"
#include "process_test_support.h"

#include "agency/agency_repository.h"
#include "calendar/calendar_file.h"
#include "support/databases.h"

#include <atomic>
#include <thread>

using namespace motcua;
using namespace motcua::process;
using namespace motcua::process::test;

namespace {

constexpr const char* agencies = "agencies:\n"
                                 "  - {id: thanh-pho, kind: city, name: Thành phố}\n"
                                 "  - {id: quan, kind: district, name: Quận, parent: thanh-pho}\n"
                                 "  - {id: phuong, kind: ward, name: Phường, parent: quan}\n"
                                 "  - {id: quan-khac, kind: district, name: Quận khác, parent: thanh-pho}\n";

constexpr const char* week = "working_week: [monday, tuesday, wednesday, thursday, friday]\n"
                             "sessions: [\"07:30-11:30\", \"13:00-17:00\"]\n";

// One backend with everything around the service.
struct Bench {
    Bench(db::Database& db, ManualClock& clock_)
        : database(db),
          clock(clock_),
          audit(clock_),
          agencies_(db, audit, clock_),
          calendars(db, agencies_, audit, clock_),
          service(audit, clock_) {
        context.actor = Actor::system("test");
        const auto document = yaml::parse(agencies, "agencies.yaml");
        CPPUNIT_ASSERT(document.ok());
        const auto file = agency::read(*document);
        CPPUNIT_ASSERT(file.ok());
        CPPUNIT_ASSERT(agencies_.load(context, *file).ok());
        CPPUNIT_ASSERT(
            calendars
                .put(context, "thanh-pho", {2020, 1, 1}, *calendar::read(*yaml::parse(week, "calendar.yaml")))
                .ok());
    }

    template <typename Work>
    auto write(Work work) {
        const auto held = calendars.calendars(context);
        return database.write(context, [&](db::Writer& tx) { return work(tx, held); });
    }

    std::string deploy(const std::string& code) {
        auto made = write([&](db::Writer& tx, const auto&) {
            return service.deploy(context, tx, code, packageText(code));
        });
        CPPUNIT_ASSERT_MESSAGE(made ? "" : made.error().code, made.ok());
        return made->id;
    }

    Result<Moved> start(const std::string& code, const std::string& subject,
                        const Json& facts = Json::object()) {
        const std::string definition = deploy(code);
        return write([&](db::Writer& tx, const calendar::Calendars& held) {
            return service.start(context, tx, held,
                                 {definition,
                                  subject,
                                  {{"one_stop", "phuong"},
                                   {"executing", "phuong"},
                                   {"coordinating", "quan-khac"},
                                   {"authority", "phuong"}},
                                  Json::object(),
                                  facts});
        });
    }

    Result<Moved> complete(const Actor& actor, const Task& task, const std::string& action,
                           const Json& facts = Json::object()) {
        Context own = context;
        own.actor = actor;
        return write([&](db::Writer& tx, const calendar::Calendars& held) {
            return service.complete(own, tx, held, {task.id, task.version, action, Json::object(), facts});
        });
    }

    Task open(const std::string& subject) {
        auto views = database.read(context, [&](db::Reader& tx) { return service.openOf(tx, subject); });
        CPPUNIT_ASSERT(views.ok());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, views->size());
        return views->front().task;
    }

    db::Database& database;
    ManualClock& clock;
    Context context{};
    audit::Audit audit;
    agency::AgencyService agencies_;
    calendar::CalendarService calendars;
    ProcessService service;
};

Actor official(const std::string& id, const std::string& role, const std::string& region = "phuong") {
    return {ActorKind::Official, id, id, {role}, {region}};
}

class ProcessServiceTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ProcessServiceTest);
    CPPUNIT_TEST(aDossierGoesAllTheWay);
    CPPUNIT_TEST(onlyWhoHasTheStepMayDoIt);
    CPPUNIT_TEST(stalePagesAndSecondClicksChangeNothing);
    CPPUNIT_TEST(ofTwoAtOnceOneDoesTheStep);
    CPPUNIT_TEST(theSupplementComesAsAMessage);
    CPPUNIT_TEST(aStepThatIsGivenBackReturnsToWhoDidIt);
    CPPUNIT_TEST(recallWorksUntilSomebodyHoldsTheNextStep);
    CPPUNIT_TEST(aLeaderHandsStepsOver);
    CPPUNIT_TEST(aPauseStopsTheClocks);
    CPPUNIT_TEST(aTimerFiresOnce);
    CPPUNIT_TEST(withdrawalClosesTheOpenSteps);
    CPPUNIT_TEST(aSubjectHasOneRunningProcess);
    CPPUNIT_TEST(openInstancesStayOnTheirVersion);
    CPPUNIT_TEST(whatCannotBeRunIsNotDeployed);
    CPPUNIT_TEST(theWorkListComesInOrderAndPages);
    CPPUNIT_TEST(aSubscriberThatFailsLeavesNothing);
    CPPUNIT_TEST_SUITE_END();

    template <typename Check>
    void onEach(Check run) {
        for (auto& database : motcua::test::databases(
                 {&audit::schema(), &agency::schema(), &calendar::schema(), &schema()}, clock_)) {
            clock_.set(monday);
            Bench bench(*database, clock_);
            run(bench);
        }
    }

public:
    void aDossierGoesAllTheWay() { // O8, G24
        onEach([&](Bench& bench) {
            auto moved = bench.start("1.004873", "dossier-1");
            CPPUNIT_ASSERT(moved.ok());
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, moved->opened.size());
            CPPUNIT_ASSERT_EQUAL(1, moved->nationalStatus);
            CPPUNIT_ASSERT_EQUAL(std::string{"submitted"}, moved->phase);
            CPPUNIT_ASSERT(*moved->opened[0].dueAt ==
                           monday + std::chrono::hours{4} + std::chrono::minutes{90});

            moved = bench.complete(official("lan", "receiver"), bench.open("dossier-1"), "accept");
            CPPUNIT_ASSERT(moved.ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"dossier.accept"}, moved->commands.at(0).command);
            CPPUNIT_ASSERT_EQUAL(4, moved->nationalStatus);
            CPPUNIT_ASSERT_EQUAL(std::string{"accepted"}, moved->notify.at(0));
            CPPUNIT_ASSERT(
                bench.complete(official("bao", "specialist"), bench.open("dossier-1"), "pass").ok());
            CPPUNIT_ASSERT(bench.complete(official("bao", "specialist"), bench.open("dossier-1"), "").ok());
            moved = bench.complete(official("tam", "leader"), bench.open("dossier-1"), "approve");
            CPPUNIT_ASSERT_EQUAL(std::string{"result.issue"}, moved->commands.at(0).command);
            CPPUNIT_ASSERT_EQUAL(9, moved->nationalStatus);
            moved = bench.complete(official("lan", "receiver"), bench.open("dossier-1"), "");
            CPPUNIT_ASSERT(moved->status == Status::Completed);
            CPPUNIT_ASSERT_EQUAL(10, moved->nationalStatus);

            bench.database.read(bench.context, [&](db::Reader& tx) {
                const auto steps = bench.service.history(tx, "dossier-1");
                CPPUNIT_ASSERT_EQUAL(std::size_t{5}, steps.size());
                CPPUNIT_ASSERT_EQUAL(std::string{"tam"}, steps[3].closedBy);
                CPPUNIT_ASSERT_EQUAL(std::string{"approve"}, steps[3].outcome);
                CPPUNIT_ASSERT(!bench.service.running(tx, "dossier-1"));
                CPPUNIT_ASSERT_EQUAL(std::size_t{6}, audit::Audit::records(tx, "dossier-1").size());
                CPPUNIT_ASSERT(!audit::Audit::verify(tx, "dossier-1"));
            });
        });
    }

    void onlyWhoHasTheStepMayDoIt() { // O18
        onEach([&](Bench& bench) {
            CPPUNIT_ASSERT(bench.start("1.001193", "d").ok());
            const Task task = bench.open("d");
            const auto code = [&](const Actor& actor) {
                const auto result = bench.complete(actor, task, "accept");
                return result ? std::string{"done"} : result.error().code;
            };
            CPPUNIT_ASSERT_EQUAL(std::string{"process.denied"}, code(official("x", "specialist")));
            CPPUNIT_ASSERT_EQUAL(std::string{"process.denied"}, code(official("x", "receiver", "quan-khac")));
            CPPUNIT_ASSERT_EQUAL(std::string{"process.denied"},
                                 code({ActorKind::Citizen, "x", "x", {"receiver"}, {"phuong"}}));
            CPPUNIT_ASSERT_EQUAL(std::string{"process.denied"}, code({}));
            CPPUNIT_ASSERT_EQUAL(std::string{"done"}, code(official("x", "receiver", "quan"))); // from above
        });
    }

    void stalePagesAndSecondClicksChangeNothing() {
        onEach([&](Bench& bench) {
            CPPUNIT_ASSERT(bench.start("1.001193", "d").ok());
            Task task = bench.open("d");
            const Actor lan = official("lan", "receiver");
            Task stale = task;
            stale.version = 7;
            CPPUNIT_ASSERT_EQUAL(std::string{"process.stale"},
                                 bench.complete(lan, stale, "accept").error().code);
            CPPUNIT_ASSERT_EQUAL(std::string{"process.no_such_action"},
                                 bench.complete(lan, task, "approve").error().code);
            CPPUNIT_ASSERT(bench.complete(lan, task, "accept").ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"process.task_closed"},
                                 bench.complete(lan, task, "accept").error().code);
            CPPUNIT_ASSERT_EQUAL(std::string{"appraise"}, bench.open("d").element);
            task.id = "không có";
            CPPUNIT_ASSERT_EQUAL(std::string{"process.no_task"},
                                 bench.complete(lan, task, "accept").error().code);
        });
    }

    void ofTwoAtOnceOneDoesTheStep() {
        onEach([&](Bench& bench) {
            for (int round = 0; round < 5; ++round) {
                const std::string subject = "d" + std::to_string(round);
                CPPUNIT_ASSERT(bench.start("1.001193", subject).ok());
                const Task task = bench.open(subject);
                std::atomic<int> done{0};
                std::vector<std::thread> threads;
                for (int i = 0; i < 4; ++i) {
                    threads.emplace_back([&, i] {
                        if (bench.complete(official("o" + std::to_string(i), "receiver"), task, "accept"))
                            ++done;
                    });
                }
                for (auto& thread : threads)
                    thread.join();
                CPPUNIT_ASSERT_EQUAL(1, done.load());
                CPPUNIT_ASSERT_EQUAL(std::string{"appraise"}, bench.open(subject).element);
            }
        });
    }

    void theSupplementComesAsAMessage() {
        onEach([&](Bench& bench) {
            CPPUNIT_ASSERT(bench.start("1.001193", "d").ok());
            const auto message = [&](const std::string& subject) {
                return bench.write([&](db::Writer& tx, const calendar::Calendars& held) {
                    return bench.service.message(bench.context, tx, held,
                                                 {subject, "supplement", Json::object(), Json::object()});
                });
            };
            CPPUNIT_ASSERT_EQUAL(std::string{"process.not_here"}, message("d").error().code);
            CPPUNIT_ASSERT_EQUAL(std::string{"process.no_instance"}, message("khác").error().code);
            const auto asked = bench.complete(official("lan", "receiver"), bench.open("d"), "supplement");
            CPPUNIT_ASSERT_EQUAL(std::string{"supplement"}, asked->awaited.at(0));
            CPPUNIT_ASSERT_EQUAL(5, asked->nationalStatus);
            const auto answered = message("d");
            CPPUNIT_ASSERT(answered.ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"receive"}, bench.open("d").element);
            CPPUNIT_ASSERT(!message("d").ok());
        });
    }

    void aStepThatIsGivenBackReturnsToWhoDidIt() {
        onEach([&](Bench& bench) {
            CPPUNIT_ASSERT(bench.start("1.001193", "d").ok());
            CPPUNIT_ASSERT(bench.complete(official("lan", "receiver"), bench.open("d"), "accept").ok());
            CPPUNIT_ASSERT(bench.complete(official("bao", "specialist"), bench.open("d"), "pass").ok());
            const Task draft = bench.open("d");
            Context own = bench.context;
            own.actor = official("mai", "specialist");
            const auto moved = bench.write([&](db::Writer& tx, const calendar::Calendars& held) {
                return bench.service.giveBack(own, tx, held, draft.id, draft.version);
            });
            CPPUNIT_ASSERT(moved.ok());
            CPPUNIT_ASSERT(moved->closed.at(0).state == TaskState::GivenBack);
            CPPUNIT_ASSERT_EQUAL(std::string{"appraise"}, bench.open("d").element);
            CPPUNIT_ASSERT_EQUAL(std::string{"bao"}, bench.open("d").assignee);
            CPPUNIT_ASSERT_EQUAL(
                std::string{"process.denied"},
                bench.complete(official("mai", "specialist"), bench.open("d"), "pass").error().code);
        });
    }

    void recallWorksUntilSomebodyHoldsTheNextStep() {
        onEach([&](Bench& bench) {
            CPPUNIT_ASSERT(bench.start("1.001193", "d").ok());
            const Task received = bench.open("d");
            CPPUNIT_ASSERT(bench.complete(official("lan", "receiver"), received, "accept").ok());
            const auto recall = [&](const Actor& actor) {
                Context own = bench.context;
                own.actor = actor;
                return bench.write([&](db::Writer& tx, const calendar::Calendars& held) {
                    return bench.service.recall(own, tx, held, received.id);
                });
            };
            CPPUNIT_ASSERT_EQUAL(std::string{"process.denied"},
                                 recall(official("mai", "receiver")).error().code);
            CPPUNIT_ASSERT(recall(official("lan", "receiver")).ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"lan"}, bench.open("d").assignee);
            CPPUNIT_ASSERT(bench.complete(official("lan", "receiver"), bench.open("d"), "accept").ok());
            const Task next = bench.open("d");
            Context own = bench.context;
            own.actor = official("bao", "specialist");
            CPPUNIT_ASSERT(bench
                               .write([&](db::Writer& tx, const calendar::Calendars& held) {
                                   return bench.service.handOver(own, tx, held, next.id, next.version, "bao");
                               })
                               .ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"process.cannot_recall"},
                                 recall(official("lan", "receiver")).error().code);
        });
    }

    void aLeaderHandsStepsOver() {
        onEach([&](Bench& bench) {
            CPPUNIT_ASSERT(bench.start("1.001193", "d").ok());
            const auto give = [&](const Actor& actor, const Task& task, const std::string& to) {
                Context own = bench.context;
                own.actor = actor;
                return bench.write([&](db::Writer& tx, const calendar::Calendars& held) {
                    return bench.service.handOver(own, tx, held, task.id, task.version, to);
                });
            };
            const Task task = bench.open("d");
            CPPUNIT_ASSERT_EQUAL(std::string{"process.denied"},
                                 give(official("x", "specialist"), task, "x").error().code);
            const auto held = give(official("lan", "receiver"), task, "lan");
            CPPUNIT_ASSERT(held.ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"process.stale"},
                                 give(official("lan", "receiver"), task, "mai").error().code);
            CPPUNIT_ASSERT_EQUAL(std::string{"process.denied"},
                                 give(official("mai", "receiver"), *held, "mai").error().code);
            CPPUNIT_ASSERT_EQUAL(std::string{"process.denied"},
                                 give(official("tam", "leader", "quan-khac"), *held, "mai").error().code);
            CPPUNIT_ASSERT(give(official("tam", "leader"), *held, "mai").ok());
            CPPUNIT_ASSERT(bench.complete(official("mai", "receiver"), bench.open("d"), "accept").ok());
        });
    }

    void aPauseStopsTheClocks() {
        onEach([&](Bench& bench) {
            CPPUNIT_ASSERT(bench.start("1.004873", "d").ok()); // four hours
            clock_.advance(std::chrono::hours{1});
            CPPUNIT_ASSERT(bench
                               .write([&](db::Writer& tx, const auto&) {
                                   return bench.service.pause(bench.context, tx, "d");
                               })
                               .ok());
            CPPUNIT_ASSERT_EQUAL(
                std::string{"process.not_active"},
                bench.complete(official("lan", "receiver"), bench.open("d"), "accept").error().code);
            clock_.set(monday + std::chrono::hours{48}); // Wednesday, the same hour
            CPPUNIT_ASSERT(bench
                               .write([&](db::Writer& tx, const calendar::Calendars& held) {
                                   return bench.service.resume(bench.context, tx, held, "d");
                               })
                               .ok());
            // Three hours were left at 10:00: from Wednesday 9:00 over noon to 13:30.
            CPPUNIT_ASSERT(*bench.open("d").dueAt ==
                           monday + std::chrono::hours{48} + std::chrono::minutes{270});
            CPPUNIT_ASSERT(bench.complete(official("lan", "receiver"), bench.open("d"), "accept").ok());
        });
    }

    void aTimerFiresOnce() {
        onEach([&](Bench& bench) {
            Json facts;
            facts.set("can_pccc", true);
            CPPUNIT_ASSERT(bench.start("1.013225", "d").ok());
            CPPUNIT_ASSERT(bench.complete(official("lan", "receiver"), bench.open("d"), "accept").ok());
            CPPUNIT_ASSERT(bench.complete(official("bao", "specialist"), bench.open("d"), "pass").ok());
            CPPUNIT_ASSERT(
                bench.complete(official("bao", "specialist"), bench.open("d"), "pass", facts).ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"quan-khac"}, bench.open("d").agency);
            const auto due = [&] {
                return bench.database.read(bench.context,
                                           [&](db::Reader& tx) { return bench.service.dueTimers(tx, 10); });
            };
            CPPUNIT_ASSERT(due().empty());
            clock_.advance(std::chrono::hours{24 * 15});
            // The reminder stands before it, and goes with the step.
            const auto timers = due();
            CPPUNIT_ASSERT_EQUAL(std::size_t{2}, timers.size());
            CPPUNIT_ASSERT_EQUAL(std::string{"consult_overdue"}, timers[1].element);
            const auto fire = [&] {
                return bench.write([&](db::Writer& tx, const calendar::Calendars& held) {
                    return bench.service.fireTimer(bench.context, tx, held, timers[1], facts);
                });
            };
            const auto moved = fire();
            CPPUNIT_ASSERT_MESSAGE(moved ? "" : moved.error().code, moved.ok());
            CPPUNIT_ASSERT(moved->closed.at(0).state == TaskState::Cancelled);
            CPPUNIT_ASSERT_EQUAL(std::string{"draft"}, bench.open("d").element);
            CPPUNIT_ASSERT_EQUAL(std::string{"process.not_here"}, fire().error().code);
            CPPUNIT_ASSERT(due().empty());
        });
    }

    void withdrawalClosesTheOpenSteps() {
        onEach([&](Bench& bench) {
            CPPUNIT_ASSERT(bench.start("1.001193", "d").ok());
            const Task task = bench.open("d");
            const auto moved = bench.write([&](db::Writer& tx, const calendar::Calendars& held) {
                return bench.service.withdraw(bench.context, tx, held, "d");
            });
            CPPUNIT_ASSERT(moved->status == Status::Withdrawn);
            CPPUNIT_ASSERT(moved->closed.at(0).state == TaskState::Cancelled);
            CPPUNIT_ASSERT_EQUAL(std::string{"process.task_closed"},
                                 bench.complete(official("lan", "receiver"), task, "accept").error().code);
        });
    }

    void aSubjectHasOneRunningProcess() {
        onEach([&](Bench& bench) {
            CPPUNIT_ASSERT(bench.start("1.001193", "d").ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"process.running"}, bench.start("1.001193", "d").error().code);
            CPPUNIT_ASSERT(bench.start("1.001193", "e").ok());
        });
    }

    void openInstancesStayOnTheirVersion() { // O21
        onEach([&](Bench& bench) {
            const std::string first = bench.deploy("1.001193");
            CPPUNIT_ASSERT_EQUAL(first, bench.deploy("1.001193")); // the same file is the same version
            CPPUNIT_ASSERT(bench.start("1.001193", "d").ok());
            std::string changed = packageText("1.001193");
            const std::string old = "Thẩm tra hồ sơ khai sinh";
            changed.replace(changed.find(old), old.size(), "Thẩm tra theo mẫu mới");
            const auto second = bench.write([&](db::Writer& tx, const auto&) {
                return bench.service.deploy(bench.context, tx, "1.001193", changed);
            });
            CPPUNIT_ASSERT_EQUAL(2, second->version);
            CPPUNIT_ASSERT(bench.complete(official("lan", "receiver"), bench.open("d"), "accept").ok());
            CPPUNIT_ASSERT_EQUAL(old, bench.open("d").name);
        });
    }

    void whatCannotBeRunIsNotDeployed() {
        onEach([&](Bench& bench) {
            const auto result = bench.write([&](db::Writer& tx, const auto&) {
                return bench.service.deploy(bench.context, tx, "x",
                                            model("<startEvent id=\"s\"/><complexGateway id=\"g\"/>"));
            });
            CPPUNIT_ASSERT_EQUAL(std::string{"process.not_runnable"}, result.error().code);
            CPPUNIT_ASSERT_EQUAL(std::string{"process.finding.unsupported_element"},
                                 result.error().fields.at(0).code);
            CPPUNIT_ASSERT_EQUAL(std::string{"g"}, result.error().fields.at(0).field);
            const auto found = bench.database.read(
                bench.context, [&](db::Reader& tx) { return bench.service.latest(tx, "x"); });
            CPPUNIT_ASSERT_EQUAL(std::string{"process.no_definition"}, found.error().code);
        });
    }

    void theWorkListComesInOrderAndPages() {
        onEach([&](Bench& bench) {
            for (int i = 0; i < 5; ++i) {
                CPPUNIT_ASSERT(
                    bench.start(i % 2 == 0 ? "1.004873" : "1.001193", "d" + std::to_string(i)).ok());
                clock_.advance(Millis{60'000});
            }
            bench.database.read(bench.context, [&](db::Reader& tx) {
                Mark mark;
                std::vector<std::string> seen;
                for (;;) {
                    const auto page = bench.service.open(tx, {{{"phuong", "receiver"}}}, mark, 2);
                    for (const auto& task : page)
                        seen.push_back(task.subject);
                    if (page.size() < 2) break;
                    mark = markOf(page.back());
                }
                CPPUNIT_ASSERT((seen == std::vector<std::string>{"d1", "d3", "d0", "d2", "d4"}));
                CPPUNIT_ASSERT_EQUAL(std::int64_t{5},
                                     bench.service.countOpen(tx, {{{"phuong", "receiver"}}}, 9));
                CPPUNIT_ASSERT_EQUAL(std::int64_t{2},
                                     bench.service.countOpen(tx, {{{"phuong", "receiver"}}}, 2));
                Openings births{{{"phuong", "receiver"}}};
                births.keys = {"1.001193"};
                CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, bench.service.countOpen(tx, births, 9));
                CPPUNIT_ASSERT(bench.service.open(tx, {{{"phuong", "leader"}}}, {}, 50).empty());
                CPPUNIT_ASSERT(bench.service.open(tx, {{{"quan", "receiver"}}}, {}, 50).empty());
            });
        });
    }

    void aSubscriberThatFailsLeavesNothing() {
        onEach([&](Bench& bench) {
            CPPUNIT_ASSERT(bench.start("1.001193", "d").ok());
            bool fail = true;
            bench.service.events().moved.subscribe([&](db::Writer&, const Context&, const Moved&) {
                if (fail) throw std::runtime_error("no");
            });
            CPPUNIT_ASSERT_THROW((void)bench.complete(official("lan", "receiver"), bench.open("d"), "accept"),
                                 std::runtime_error);
            CPPUNIT_ASSERT_EQUAL(std::string{"receive"}, bench.open("d").element);
            fail = false;
            CPPUNIT_ASSERT(bench.complete(official("lan", "receiver"), bench.open("d"), "accept").ok());
        });
    }

private:
    const Instant monday = CivilDay{2020, 7, 13}.start() + std::chrono::hours{9};
    ManualClock clock_{monday};
};

CPPUNIT_TEST_SUITE_REGISTRATION(ProcessServiceTest);

} // namespace
