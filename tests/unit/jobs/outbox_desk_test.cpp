// The outbox as an administrator sees it, on both databases: the city's administrator alone sees and moves
// it, every act is in the audit chain, and nothing is sent twice by being sent again. // X8
#include "jobs/outbox_desk.h"
#include "jobs/runner.h"
#include "support/databases.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

using namespace motcua;
using namespace motcua::jobs;

namespace {

Context as(std::vector<std::string> roles) {
    Context context;
    context.actor = {ActorKind::Official, "019-an", "An", std::move(roles), {"tphcm"}};
    return context;
}

template <typename R>
std::string codeOf(const R& result) {
    return result ? "" : result.error().code;
}

struct Post {
    Post(db::Database& made, const ManualClock& clock)
        : database(made),
          vault(vault::MasterKey{std::string(32, 'k')}, clock),
          audit(clock),
          outbox(vault, clock),
          runner(database, outbox, clock),
          desk(database, outbox, audit, [](const Actor& actor) { return actor.has("admin"); }) {
        runner.handle("test", [this](const Context&, const OutboxItem& item) -> Result<void> {
            if (refuses) return rejected("test.refused");
            sent.push_back(item.id);
            return {};
        });
    }

    std::string add(const std::string& subject) {
        return *database.write(Context{}, [&](db::Writer& tx) -> Result<std::string> {
            return outbox.add(tx, "test", subject, Json::object().set("word", "bí mật"));
        });
    }
    void carryOut() {
        while (runner.runOutboxOnce()) {
        }
    }
    std::vector<std::string> audited() {
        static const db::Query records{"test.records",
                                       "SELECT subject, action FROM audit_record ORDER BY id"};
        return database.read(Context{}, [](db::Reader& tx) {
            return tx.all(records, [](const db::Row& row) { return row.string(0) + " " + row.string(1); });
        });
    }
    std::vector<GivenUpItem> givenUp(int limit = 50) {
        return *desk.givenUp(admin, Instant{INT64_MAX}, "", limit);
    }

    db::Database& database;
    vault::Vault vault;
    audit::Audit audit;
    Outbox outbox;
    Runner runner;
    OutboxDesk desk;
    bool refuses = true;
    std::vector<std::string> sent{};
    Context admin = as({"admin"});
    Context clerk = as({"receiver", "leader"});
};

} // namespace

class OutboxDeskTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(OutboxDeskTest);
    CPPUNIT_TEST(nobodyElseSeesOrMovesADelivery);
    CPPUNIT_TEST(whatWasGivenUpIsSentAgainOnce);
    CPPUNIT_TEST(whatIsPutAsideIsNeverSent);
    CPPUNIT_TEST(whatWasNotGivenUpIsLeftAlone);
    CPPUNIT_TEST(deliveriesComeInPagesTheLatestFirst);
    CPPUNIT_TEST_SUITE_END();

    ManualClock clock_{{1'790'000'000'000}};

    template <typename Run>
    void onEach(Run run) {
        for (auto& database : test::databases({&vault::schema(), &audit::schema(), &schema()}, clock_)) {
            Post post{*database, clock_};
            run(post);
        }
    }

public:
    void nobodyElseSeesOrMovesADelivery() {
        onEach([](Post& post) {
            const std::string id = post.add("d1");
            post.carryOut();
            const std::string no = "outbox.not_allowed";
            for (const Context& context : {post.clerk, Context{}}) {
                CPPUNIT_ASSERT_EQUAL(no, codeOf(post.desk.state(context)));
                CPPUNIT_ASSERT_EQUAL(no, codeOf(post.desk.jobs(context)));
                CPPUNIT_ASSERT_EQUAL(no, codeOf(post.desk.givenUp(context, Instant{INT64_MAX}, "", 50)));
                CPPUNIT_ASSERT_EQUAL(no, codeOf(post.desk.sendAgain(context, id)));
                CPPUNIT_ASSERT_EQUAL(no, codeOf(post.desk.discard(context, id)));
            }
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, post.givenUp().size());
            CPPUNIT_ASSERT(post.audited().empty());
        });
    }

    void whatWasGivenUpIsSentAgainOnce() {
        onEach([](Post& post) {
            const std::string id = post.add("d1");
            post.carryOut();
            const auto before = post.desk.state(post.admin);
            CPPUNIT_ASSERT(before->givenUp == 1 && before->waiting == 0);
            CPPUNIT_ASSERT_EQUAL(std::string{"test.refused"}, post.givenUp().at(0).lastError);
            post.refuses = false;
            CPPUNIT_ASSERT(post.desk.sendAgain(post.admin, id).ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"outbox.not_given_up"},
                                 codeOf(post.desk.sendAgain(post.admin, id)));
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, post.desk.state(post.admin)->waiting);
            post.carryOut();
            CPPUNIT_ASSERT(post.sent == std::vector<std::string>{id});
            CPPUNIT_ASSERT(post.audited() == std::vector<std::string>{"outbox:" + id + " outbox.sent_again"});
            CPPUNIT_ASSERT(post.givenUp().empty());
        });
    }

    void whatIsPutAsideIsNeverSent() {
        onEach([](Post& post) {
            const std::string id = post.add("d1");
            post.carryOut();
            post.refuses = false;
            CPPUNIT_ASSERT(post.desk.discard(post.admin, id).ok());
            const std::string none = "outbox.not_given_up";
            CPPUNIT_ASSERT_EQUAL(none, codeOf(post.desk.discard(post.admin, id)));
            CPPUNIT_ASSERT_EQUAL(none, codeOf(post.desk.sendAgain(post.admin, id)));
            post.carryOut();
            CPPUNIT_ASSERT(post.sent.empty() && post.givenUp().empty());
            CPPUNIT_ASSERT(post.audited() == std::vector<std::string>{"outbox:" + id + " outbox.discarded"});
        });
    }

    void whatWasNotGivenUpIsLeftAlone() {
        onEach([](Post& post) {
            const std::string waiting = post.add("d1");
            for (const std::string& id : {waiting, std::string{"none"}, std::string{"' OR 1=1 --"}}) {
                CPPUNIT_ASSERT_EQUAL(std::string{"outbox.not_given_up"},
                                     codeOf(post.desk.sendAgain(post.admin, id)));
                CPPUNIT_ASSERT_EQUAL(std::string{"outbox.not_given_up"},
                                     codeOf(post.desk.discard(post.admin, id)));
            }
            CPPUNIT_ASSERT(post.audited().empty());
            post.refuses = false;
            post.carryOut();
            CPPUNIT_ASSERT(post.sent == std::vector<std::string>{waiting});
        });
    }

    void deliveriesComeInPagesTheLatestFirst() {
        onEach([this](Post& post) {
            std::vector<std::string> added;
            for (int i = 0; i < 5; ++i) {
                added.insert(added.begin(), post.add("d" + std::to_string(i)));
                post.carryOut();
                if (i != 2) clock_.advance(std::chrono::seconds{1}); // two at one moment
            }
            std::vector<std::string> seen;
            Instant before{INT64_MAX};
            std::string beforeId;
            for (int turn = 0; turn < 4; ++turn) {
                const auto page = post.desk.givenUp(post.admin, before, beforeId, 2);
                for (const auto& one : *page) {
                    seen.push_back(one.id);
                    before = one.settledAt;
                    beforeId = one.id;
                }
            }
            CPPUNIT_ASSERT(seen == added);
        });
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(OutboxDeskTest);
