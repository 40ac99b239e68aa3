// Letters on both databases: who is told what, in which language, and what becomes of a letter that nobody
// takes, that has no reader or that somebody made to mislead. // P11
#include "messaging/messaging_repository.h"
#include "messaging/messaging_service.h"

#include "base/text.h"
#include "identity/identity_service.h"
#include "support/city_bench.h"

#include <algorithm>
#include <deque>

using namespace motcua;
using namespace motcua::messaging;
using motcua::test::assertOk;
using motcua::test::CityBench;

namespace {

constexpr const char* birth = "1.001193";
constexpr const char* ward = "phuong-ben-nghe";
const Instant tuesday = CivilDay{2026, 3, 10}.start() + std::chrono::hours{10};

struct Sent {
    std::string id;
    sdk::Message message;
    const std::string& to() const { return message.to.at(0).address; }
};

// Takes letters, or answers as it is told to.
class FakePost final : public Post {
public:
    bool isOpen() override { return open; }
    Result<void> send(const Context&, const sdk::Message& message, const plugins::CallOptions& id) override {
        tried.push_back(id.idempotencyKey);
        if (!answers.empty()) {
            const Error answer = answers.front();
            answers.pop_front();
            return answer;
        }
        sent.push_back({id.idempotencyKey, message});
        return {};
    }

    bool open = true;
    std::deque<Error> answers{}; // of the next calls
    std::vector<std::string> tried{};
    std::vector<Sent> sent{};
};

struct Bench : CityBench {
    Bench(db::Database& db, ManualClock& clock)
        : CityBench(db, clock),
          time(clock),
          outbox(vault, clock),
          identity(db, vault, audit, agencies, hasher, events, clock),
          runner(db, outbox, clock),
          messaging(
              {db, outbox, identity, dossiers, agencies, post, themes, "https://city.example", "1022"}) {
        messaging.subscribe(events, dossiers.events());
        messaging.handleIn(runner);
    }

    std::string account(const std::string& email, const std::string& name,
                        std::vector<identity::Role> roles = {}) {
        identity::NewAccount fresh;
        fresh.kind = roles.empty() ? identity::AccountKind::Citizen : identity::AccountKind::Official;
        fresh.email = email;
        fresh.password = "cây cầu gỗ bắc qua sông";
        fresh.fullName = name;
        fresh.phone = "0903123456";
        fresh.roles = std::move(roles);
        fresh.demo = true;
        return *assertOk(identity.create(system(), fresh));
    }
    static Context in(const char* locale, Context context) {
        context.locale = locale;
        return context;
    }
    void deliver() {
        while (runner.runOutboxOnce()) {
        }
    }
    std::vector<jobs::GivenUpItem> givenUp() {
        return database.read(Context{}, [&](db::Reader& tx) { return outbox.givenUp(tx); });
    }
    std::int64_t waiting() {
        return database.read(Context{}, [&](db::Reader& tx) { return outbox.state(tx); }).waiting;
    }
    // The dossier happens as if its process had said so.
    void tell(const std::string& id, const char* kind, const std::string& note = {},
              const Context& by = CityBench::system()) {
        assertOk(database.write(by, [&](db::Writer& tx) -> Result<void> {
            dossiers.events().happened.publish(tx, by, {at(id), kind, note});
            return {};
        }));
    }
    const Sent& last() const {
        CPPUNIT_ASSERT(!post.sent.empty());
        return post.sent.back();
    }

    ManualClock& time;
    jobs::Outbox outbox;
    identity::PasswordHasher hasher{{1, 64}};
    identity::IdentityEvents events;
    identity::IdentityService identity;
    FakePost post;
    view::ThemeStore themes{"themes", "default"};
    jobs::Runner runner;
    MessagingService messaging;
};

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

class MessagingTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(MessagingTest);
    CPPUNIT_TEST(aLetterIsInTheLanguageOfItsReader);
    CPPUNIT_TEST(eachHappeningHasItsNotice);
    CPPUNIT_TEST(whatIsAskedForIsAListAndAReasonAReason);
    CPPUNIT_TEST(whoeverHasNoAddressOrIsGoneIsNotTold);
    CPPUNIT_TEST(lettersOfADiscardedDraftTroubleNobody);
    CPPUNIT_TEST(aPostThatIsAwayGetsTheLetterLaterOnceAndInOrder);
    CPPUNIT_TEST(aRefusedAddressIsGivenUpAndSeen);
    CPPUNIT_TEST(withoutAPluginLettersWait);
    CPPUNIT_TEST(hostileValuesStayWords);
    CPPUNIT_TEST(aNameThatLeadsElsewhereIsNotSaid);
    CPPUNIT_TEST(headsAreToldOfALateStep);
    CPPUNIT_TEST(whatWaitsStandsSealed);
    CPPUNIT_TEST_SUITE_END();

    ManualClock clock_{tuesday};

    template <typename Check>
    void onEach(Check run) {
        for (auto& database :
             test::databases(test::citySchemas({&identity::schema(), &messaging::schema()}), clock_)) {
            clock_.set(tuesday);
            Bench bench(*database, clock_);
            try {
                run(bench);
            } catch (CppUnit::Exception& failed) {
                throw CppUnit::Exception{CppUnit::Message{database.name, failed.what()}, failed.sourceLine()};
            }
        }
    }

public:
    void aLetterIsInTheLanguageOfItsReader() { // N3
        onEach([](Bench& bench) {
            const std::string an = bench.account("an@example.vn", "Nguyễn Văn An");
            const std::string id = bench.draft(an, birth, ward);
            bench.deliver();
            bench.post.sent.clear();
            bench.tell(id, "accepted");
            bench.deliver();
            CPPUNIT_ASSERT(holds(bench.last().message.text, "Kính gửi Nguyễn Văn An"));
            // Read in English by its owner, in Vietnamese by the official who did it.
            bench.tell(id, "submitted", "", Bench::in("en", CityBench::citizen(an)));
            bench.tell(id, "accepted", "", Bench::in("vi", CityBench::official("chi", "receiver", ward)));
            bench.deliver();
            CPPUNIT_ASSERT_EQUAL(std::size_t{3}, bench.post.sent.size());
            for (const Sent& one : {bench.post.sent[1], bench.post.sent[2]})
                CPPUNIT_ASSERT(holds(one.message.text, "Dear Nguyễn Văn An"));
            // An administrator's language is not that of whom he invites.
            const std::string chi = bench.account("chi@example.vn", "Đặng Thị Chi", {{"receiver", ward}});
            assertOk(bench.identity.invite(Bench::in("en", CityBench::system()), chi));
            bench.deliver();
            CPPUNIT_ASSERT_EQUAL(std::string{"chi@example.vn"}, bench.last().to());
            CPPUNIT_ASSERT(holds(bench.last().message.text, "Chào Đặng Thị Chi"));
            // Who registers is written to in the language of that page, and later too.
            assertOk(bench.identity.registerCitizen(
                Bench::in("en", Context{}),
                {"jane@example.org", "a wooden bridge over water", "Jane Roe", "0903123457", ""}));
            bench.deliver();
            CPPUNIT_ASSERT_EQUAL(std::string{"jane@example.org"}, bench.last().to());
            CPPUNIT_ASSERT(holds(bench.last().message.text, "Jane Roe"));
            CPPUNIT_ASSERT(!holds(bench.last().message.text, "Kính gửi"));
            CPPUNIT_ASSERT(holds(bench.last().message.text, "https://city.example/xac-nhan/"));
        });
    }

    void eachHappeningHasItsNotice() { // P11
        onEach([](Bench& bench) {
            const std::string id = bench.draft(bench.account("an@example.vn", "Nguyễn Văn An"), birth, ward);
            for (const char* kind : {"submitted", "accepted", "supplement_requested", "rejected", "refused",
                                     "result_issued", "returned", "paid"}) {
                bench.post.sent.clear();
                bench.tell(id, kind, "Thiếu giấy chứng sinh");
                bench.deliver();
                CPPUNIT_ASSERT_EQUAL_MESSAGE(kind, std::size_t{1}, bench.post.sent.size());
                const sdk::Message& message = bench.last().message;
                CPPUNIT_ASSERT(!message.subject.empty() && !holds(message.subject + message.text, "{"));
                CPPUNIT_ASSERT_MESSAGE(kind, holds(message.text, "https://city.example/ho-so/" + id));
            }
            bench.post.sent.clear();
            bench.tell(id, "assigned");
            bench.deliver();
            CPPUNIT_ASSERT(bench.post.sent.empty() && bench.waiting() == 0);
        });
    }

    void whatIsAskedForIsAListAndAReasonAReason() {
        onEach([](Bench& bench) {
            const std::string id = bench.draft(bench.account("an@example.vn", "Nguyễn Văn An"), birth, ward);
            bench.tell(id, "supplement_requested", "Giấy chứng sinh\n\n- Căn cước của mẹ\n");
            bench.deliver();
            CPPUNIT_ASSERT(holds(bench.last().message.text, "- Giấy chứng sinh\n- Căn cước của mẹ\n"));
            bench.tell(id, "refused", "Không đúng nơi cư trú");
            bench.deliver();
            CPPUNIT_ASSERT(holds(bench.last().message.text, "Không đúng nơi cư trú"));
        });
    }

    void whoeverHasNoAddressOrIsGoneIsNotTold() {
        onEach([](Bench& bench) {
            const std::string id = bench.draft("nobody-s-account", birth, ward);
            bench.tell(id, "accepted");
            assertOk(bench.database.write(Context{}, [&](db::Writer& tx) -> Result<void> {
                const Json empty =
                    Json::object().set("words", "mail.already").set("email", "").set("name", "An");
                bench.outbox.add(tx, "message.send", "x", empty);
                return {};
            }));
            bench.deliver();
            CPPUNIT_ASSERT(bench.post.tried.empty());
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, bench.waiting());
            CPPUNIT_ASSERT(bench.givenUp().empty()); // no administrator can do anything about it
        });
    }

    void lettersOfADiscardedDraftTroubleNobody() {
        onEach([](Bench& bench) {
            const std::string an = bench.account("an@example.vn", "Nguyễn Văn An");
            const std::string id = bench.draft(an, birth, ward);
            bench.post.open = false;
            bench.tell(id, "paid");
            bench.deliver();
            assertOk(bench.dossiers.discard(CityBench::citizen(an), id));
            bench.post.open = true;
            bench.time.advance(std::chrono::hours{1});
            bench.deliver();
            CPPUNIT_ASSERT(bench.post.tried.empty() && bench.givenUp().empty());
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, bench.waiting());
        });
    }

    void aPostThatIsAwayGetsTheLetterLaterOnceAndInOrder() {
        onEach([](Bench& bench) {
            const std::string id = bench.draft(bench.account("an@example.vn", "Nguyễn Văn An"), birth, ward);
            bench.post.answers = {unavailable("smtp.down"), Error{ErrorKind::Timeout, "plugin.timeout"}};
            bench.tell(id, "submitted");
            bench.tell(id, "refused", "lý do");
            for (int i = 0; i < 4; ++i) {
                bench.deliver();
                bench.time.advance(std::chrono::minutes{15});
            }
            CPPUNIT_ASSERT_EQUAL(std::size_t{2}, bench.post.sent.size());
            CPPUNIT_ASSERT(!holds(bench.post.sent[0].message.text, "lý do"));
            CPPUNIT_ASSERT(holds(bench.post.sent[1].message.text, "lý do"));
            // The same letter each time: what went out before a crash can be known again by its id.
            CPPUNIT_ASSERT_EQUAL(std::size_t{4}, bench.post.tried.size());
            for (int i = 0; i < 3; ++i)
                CPPUNIT_ASSERT_EQUAL(bench.post.sent[0].id, bench.post.tried[static_cast<std::size_t>(i)]);
        });
    }

    void aRefusedAddressIsGivenUpAndSeen() {
        onEach([](Bench& bench) {
            const std::string id = bench.draft(bench.account("an@example.vn", "Nguyễn Văn An"), birth, ward);
            bench.post.answers = {
                Error{ErrorKind::Rejected, "message.address_refused", "550 an@example.vn unknown"}};
            bench.tell(id, "submitted");
            bench.tell(id, "accepted");
            bench.deliver();
            const auto given = bench.givenUp();
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, given.size());
            CPPUNIT_ASSERT_EQUAL(std::string{"message.address_refused"}, given[0].lastError);
            CPPUNIT_ASSERT_EQUAL(std::size_t{1},
                                 bench.post.sent.size()); // the next one is tried all the same
            assertOk(bench.database.write(
                Context{}, [&](db::Writer& tx) { return bench.outbox.sendAgain(tx, given[0].id); }));
            bench.deliver();
            CPPUNIT_ASSERT_EQUAL(given[0].id, bench.last().id);
            CPPUNIT_ASSERT(bench.givenUp().empty());
        });
    }

    void withoutAPluginLettersWait() {
        onEach([](Bench& bench) {
            bench.post.open = false;
            const std::string id = bench.draft(bench.account("an@example.vn", "Nguyễn Văn An"), birth, ward);
            bench.tell(id, "submitted");
            bench.deliver();
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, bench.waiting());
            bench.post.open = true;
            bench.time.advance(std::chrono::minutes{15});
            bench.deliver();
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, bench.post.sent.size());
        });
    }

    void hostileValuesStayWords() {
        onEach([](Bench& bench) {
            const std::string name = "Lý {link} {{code}} {{{due}}} & \"An\"";
            const std::string an = bench.account("an@example.vn", name);
            const std::string id = bench.draft(an, birth, ward);
            const std::string note = "{{#items}}<script>&amp;\r\nBcc: all@example.vn{{applicant}}";
            bench.tell(id, "refused", note);
            bench.tell(id, "supplement_requested", note);
            bench.deliver();
            CPPUNIT_ASSERT_EQUAL(std::size_t{2}, bench.post.sent.size());
            for (const Sent& one : bench.post.sent) {
                CPPUNIT_ASSERT(holds(one.message.text, name)); // as it is: neither filled nor escaped
                CPPUNIT_ASSERT(holds(one.message.text, "{{#items}}<script>&amp;"));
                CPPUNIT_ASSERT(one.message.subject.find_first_of("\r\n") == std::string::npos);
                CPPUNIT_ASSERT_EQUAL(std::size_t{1}, one.message.to.size());
            }
            assertOk(bench.identity.askPasswordReset(Context{}, "an@example.vn"));
            bench.deliver();
            CPPUNIT_ASSERT(holds(bench.last().message.text, name));
        });
    }

    // Whoever registers an address that is not his has us write to it: not in his words.
    void aNameThatLeadsElsewhereIsNotSaid() {
        onEach([](Bench& bench) {
            int number = 0;
            for (const char* name : {"Bạn trúng thưởng http://evil.example/x", "WWW evil example",
                                     "evil.example", "Gọi \"sep@evil.example\""}) {
                const std::string address = "victim" + std::to_string(++number) + "@example.vn";
                assertOk(bench.identity.registerCitizen(
                    Context{}, {address, "cây cầu gỗ bắc qua sông", name, "0903123456", ""}));
                bench.deliver();
                const sdk::Message& message = bench.last().message;
                CPPUNIT_ASSERT_EQUAL(address, bench.last().to());
                CPPUNIT_ASSERT_MESSAGE(message.text, !holds(motcua::text::lower(message.text), "evil"));
                CPPUNIT_ASSERT(holds(message.text, address));
                CPPUNIT_ASSERT_EQUAL(address, message.to[0].name);
            }
            const std::string an =
                bench.account("an@example.vn", "Nguyễn V. An\nMẹ của bé " + std::string(200, 'x'));
            bench.tell(bench.draft(an, birth, ward), "accepted");
            bench.deliver();
            CPPUNIT_ASSERT(holds(bench.last().message.text, "Nguyễn V. An Mẹ của bé xxx"));
            CPPUNIT_ASSERT(bench.last().message.to[0].name.size() < 200); // what a plugin takes
        });
    }

    void headsAreToldOfALateStep() {
        onEach([](Bench& bench) {
            const std::string yen = bench.account("yen@example.vn", "Lê Thị Yến", {{"leader", ward}});
            bench.account("chi@example.vn", "Đặng Thị Chi", {{"receiver", ward}});
            bench.account("xa@example.vn", "Người nơi khác", {{"leader", "phuong-ben-thanh"}});
            const std::string id = bench.draft(bench.account("an@example.vn", "Nguyễn Văn An"), birth, ward);
            bench.tell(id, "step_late");
            bench.deliver();
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, bench.post.sent.size());
            CPPUNIT_ASSERT_EQUAL(std::string{"yen@example.vn"}, bench.last().to());
            CPPUNIT_ASSERT(holds(bench.last().message.text, "Kính gửi Lê Thị Yến"));
            CPPUNIT_ASSERT(holds(bench.last().message.text, "https://city.example/cong-viec/" + id));
            assertOk(bench.database.write(Context{}, [&](db::Writer& tx) -> Result<void> {
                putLanguage(tx, yen, "en");
                return {};
            }));
            bench.tell(id, "step_late");
            bench.deliver();
            CPPUNIT_ASSERT(holds(bench.last().message.text, "Dear Lê Thị Yến"));
        });
    }

    void whatWaitsStandsSealed() { // N4
        onEach([](Bench& bench) {
            bench.post.open = false;
            const std::string an = bench.account("an@example.vn", "Nguyễn Văn An");
            bench.tell(bench.draft(an, birth, ward), "refused", "Không đúng nơi cư trú");
            assertOk(bench.identity.askPasswordReset(Context{}, "an@example.vn"));
            bench.deliver();
            constexpr db::Query all{"test.outbox", "SELECT payload, kind, subject, last_error FROM outbox"};
            const auto rows = bench.database.read(Context{}, [&](db::Reader& tx) {
                return tx.all(all, [](const db::Row& row) {
                    return std::string{row.blob(0)} + row.string(1) + row.string(2) + row.string(3);
                });
            });
            CPPUNIT_ASSERT(rows.size() >= 2);
            for (const std::string& row : rows)
                for (const char* part : {"example.vn", "Nguyễn", "cư trú", "quen-mat-khau"})
                    CPPUNIT_ASSERT(!holds(row, part));
        });
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MessagingTest);
