// Accounts on both backends: registration tells nobody who is registered, links work once, guessing is
// slowed, sessions end, roles hold in their region, and what an account's owner may see nobody else may.
#include "base/bytes.h"
#include "identity/identity_policy.h"
#include "identity/identity_service.h"

#include "small_city.h"
#include "support/databases.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

using namespace motcua;
using namespace motcua::identity;

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Instant begin{1'790'000'000'000};
constexpr const char* secret = "bến nghé mùa nước nổi 47";

Context as(Actor actor) {
    Context context;
    context.actor = std::move(actor);
    return context;
}

// What the rooms above are told: links by the address they go to.
struct Post {
    std::vector<ConfirmationNeeded> confirmations{};
    std::vector<AlreadyRegistered> warnings{};
    std::vector<PasswordResetAsked> resets{};
};

struct House {
    House(db::Database& made, ManualClock& clock_)
        : database(made),
          clock(clock_),
          vault(vault::MasterKey{std::string(32, 'k')}, clock),
          audit(clock),
          agencies(database, audit, clock),
          hasher({1, 64}, 1, 64), // as cheap as Argon2id goes
          service(database, vault, audit, agencies, hasher, events, clock) {
        identitytest::loadSmallCity(agencies);
        events.confirmationNeeded.subscribe([&](db::Writer&, const Context&, const ConfirmationNeeded& told) {
            post.confirmations.push_back(told);
        });
        events.alreadyRegistered.subscribe([&](db::Writer&, const Context&, const AlreadyRegistered& told) {
            post.warnings.push_back(told);
        });
        events.passwordResetAsked.subscribe([&](db::Writer&, const Context&, const PasswordResetAsked& told) {
            post.resets.push_back(told);
        });
    }

    static Registration person(const std::string& email = "an@nha.example") {
        return {email, secret, "Nguyễn Văn An", "0901234567", "079085000123"};
    }

    // A confirmed citizen; his id.
    std::string citizen(const std::string& email = "an@nha.example") {
        CPPUNIT_ASSERT(service.registerCitizen(nobody, person(email)).ok());
        CPPUNIT_ASSERT(service.confirm(nobody, post.confirmations.back().link).ok());
        return post.confirmations.back().accountId;
    }

    std::string official(const std::string& email, std::vector<Role> roles) {
        NewAccount fresh;
        fresh.email = email;
        fresh.password = secret;
        fresh.fullName = "Trần Thị Lan";
        fresh.roles = std::move(roles);
        const auto made = service.create(system, fresh);
        CPPUNIT_ASSERT(made.ok());
        return *made;
    }

    std::string session(const std::string& email = "an@nha.example") {
        const auto signedIn = service.signIn(nobody, email, secret);
        CPPUNIT_ASSERT_MESSAGE(signedIn ? "" : signedIn.error().code, signedIn.ok());
        return sha256(signedIn->sessionToken);
    }

    std::string codeOf(const std::string& email, const std::string& password) {
        const auto signedIn = service.signIn(nobody, email, password);
        return signedIn ? "" : signedIn.error().code;
    }

    db::Database& database;
    ManualClock& clock;
    vault::Vault vault;
    audit::Audit audit;
    agency::AgencyService agencies;
    PasswordHasher hasher;
    IdentityEvents events{};
    IdentityService service;
    Post post{};
    Context nobody{};
    Context system = as(Actor::system("test"));
};

class IdentityTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(IdentityTest);
    CPPUNIT_TEST(aCitizenRegistersConfirmsAndSignsIn);
    CPPUNIT_TEST(whoIsRegisteredIsToldToTheOwnerAlone);
    CPPUNIT_TEST(eachMistakeOfARegistrationIsNamed);
    CPPUNIT_TEST(aLinkWorksOnceAndForItsOwnPurposeInItsTime);
    CPPUNIT_TEST(guessingIsSlowedAndTheRightPasswordWaitsToo);
    CPPUNIT_TEST(unknownAndDisabledAccountsAnswerAlike);
    CPPUNIT_TEST(sessionsEndByIdlenessAgeAndSigningOut);
    CPPUNIT_TEST(rolesHoldInTheirRegionAndAreTakenBackAtOnce);
    CPPUNIT_TEST(onlyAnAdministratorManagesAccounts);
    CPPUNIT_TEST(aNewPasswordEndsEverySession);
    CPPUNIT_TEST(namesAreAnsweredForManyAtOnce);
    CPPUNIT_TEST(theDatabaseHoldsNoWordOfAPerson);
    CPPUNIT_TEST(whatHasEndedIsForgotten);
    CPPUNIT_TEST(numbersAndAddressesAreReadAsPeopleWriteThem);
    CPPUNIT_TEST_SUITE_END();

    ManualClock clock_{begin};

    template <typename Run>
    void onEach(Run run) {
        for (auto& database :
             test::databases({&vault::schema(), &audit::schema(), &agency::schema(), &schema()}, clock_)) {
            clock_.set(begin);
            House house{*database, clock_};
            run(house);
        }
    }

public:
    void aCitizenRegistersConfirmsAndSignsIn() { // U1
        onEach([&](House& house) {
            CPPUNIT_ASSERT(house.service.registerCitizen(house.nobody, House::person()).ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"sign_in.wrong"}, house.codeOf("an@nha.example", secret));
            CPPUNIT_ASSERT(house.service.confirm(house.nobody, house.post.confirmations.at(0).link).ok());
            const auto actor = house.service.actorOf(house.nobody, house.session("AN@nha.example"));
            CPPUNIT_ASSERT(actor.has_value());
            CPPUNIT_ASSERT(actor->kind == ActorKind::Citizen);
            CPPUNIT_ASSERT_EQUAL(std::string{"Nguyễn Văn An"}, actor->name);
            CPPUNIT_ASSERT(actor->roles.empty() && actor->regions.empty());
            CPPUNIT_ASSERT(!house.service.actorOf(house.nobody, sha256("forged")));
            CPPUNIT_ASSERT(!house.service.actorOf(house.nobody, ""));
        });
    }

    void whoIsRegisteredIsToldToTheOwnerAlone() {
        onEach([&](House& house) {
            const std::string id = house.citizen();
            // The answer is the same; only the owner's post differs.
            CPPUNIT_ASSERT(house.service.registerCitizen(house.nobody, House::person("An@NHA.example")).ok());
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house.post.confirmations.size());
            CPPUNIT_ASSERT_EQUAL(id, house.post.warnings.at(0).accountId);
            // Who never confirmed gets another link for the same account.
            CPPUNIT_ASSERT(house.service.registerCitizen(house.nobody, House::person("ba@nha.example")).ok());
            CPPUNIT_ASSERT(house.service.registerCitizen(house.nobody, House::person("ba@nha.example")).ok());
            CPPUNIT_ASSERT_EQUAL(house.post.confirmations.at(1).accountId,
                                 house.post.confirmations.at(2).accountId);
            CPPUNIT_ASSERT(house.post.confirmations.at(1).link != house.post.confirmations.at(2).link);
            // A reset for an address that nobody has says nothing either.
            CPPUNIT_ASSERT(house.service.askPasswordReset(house.nobody, "khong@nha.example").ok());
            CPPUNIT_ASSERT(
                house.service.askPasswordReset(house.nobody, "ba@nha.example").ok()); // unconfirmed
            CPPUNIT_ASSERT(house.post.resets.empty());
        });
    }

    void eachMistakeOfARegistrationIsNamed() {
        onEach([&](House& house) {
            const auto refused = house.service.registerCitizen(
                house.nobody, {"khong-phai", "ngan", " \xE2\x80\x8B ", "12345", "999999999999x"});
            CPPUNIT_ASSERT_EQUAL(std::string{"form.invalid"}, refused.error().code);
            std::string wrong;
            for (const FieldError& field : refused.error().fields)
                wrong += field.field + " ";
            CPPUNIT_ASSERT_EQUAL(std::string{"email password full_name phone national_id "}, wrong);
            CPPUNIT_ASSERT(house.post.confirmations.empty());
            for (const char* guessable : {"Nguyễn Văn An", "an@nha.example", "123456789012"}) {
                Registration person = House::person();
                person.password = guessable;
                CPPUNIT_ASSERT_MESSAGE(guessable, !house.service.registerCitizen(house.nobody, person).ok());
            }
        });
    }

    void aLinkWorksOnceAndForItsOwnPurposeInItsTime() {
        onEach([&](House& house) {
            house.citizen();
            const std::string used = house.post.confirmations.at(0).link;
            CPPUNIT_ASSERT_EQUAL(std::string{"link.used_or_old"},
                                 house.service.confirm(house.nobody, used).error().code);
            CPPUNIT_ASSERT(!house.service.confirm(house.nobody, "").ok());
            CPPUNIT_ASSERT(house.service.registerCitizen(house.nobody, House::person("ba@nha.example")).ok());
            clock_.advance(hours{24});
            CPPUNIT_ASSERT(!house.service.confirm(house.nobody, house.post.confirmations.at(1).link).ok());
            // A link to confirm an address sets no password, and the other way round.
            CPPUNIT_ASSERT(house.service.registerCitizen(house.nobody, House::person("ba@nha.example")).ok());
            CPPUNIT_ASSERT(house.service.askPasswordReset(house.nobody, "an@nha.example").ok());
            const std::string reset = house.post.resets.at(0).link;
            CPPUNIT_ASSERT(!house.service.confirm(house.nobody, reset).ok());
            CPPUNIT_ASSERT(
                !house.service.resetPassword(house.nobody, house.post.confirmations.at(2).link, secret).ok());
            clock_.advance(hours{1});
            CPPUNIT_ASSERT(!house.service.resetPassword(house.nobody, reset, secret).ok());
        });
    }

    void guessingIsSlowedAndTheRightPasswordWaitsToo() {
        onEach([&](House& house) {
            house.citizen();
            for (int guess = 0; guess < 5; ++guess)
                CPPUNIT_ASSERT_EQUAL(std::string{"sign_in.wrong"}, house.codeOf("an@nha.example", "sai"));
            const auto locked = house.service.signIn(house.nobody, "an@nha.example", secret);
            CPPUNIT_ASSERT(locked.error().kind == ErrorKind::TooMany);
            CPPUNIT_ASSERT_EQUAL(std::string{"11"}, locked.error().params.at("seconds"));
            clock_.advance(seconds{11});
            CPPUNIT_ASSERT_EQUAL(std::string{"sign_in.wrong"}, house.codeOf("an@nha.example", "sai"));
            clock_.advance(seconds{11}); // the sixth closes it for twice as long
            CPPUNIT_ASSERT_EQUAL(std::string{"sign_in.locked"}, house.codeOf("an@nha.example", secret));
            clock_.advance(minutes{15}); // never longer
            CPPUNIT_ASSERT_EQUAL(std::string{}, house.codeOf("an@nha.example", secret));
            for (int guess = 0; guess < 5; ++guess) // who has signed in begins anew
                CPPUNIT_ASSERT_EQUAL(std::string{"sign_in.wrong"}, house.codeOf("an@nha.example", "sai"));
        });
    }

    void unknownAndDisabledAccountsAnswerAlike() {
        onEach([&](House& house) {
            const std::string id = house.citizen();
            const std::string session = house.session();
            CPPUNIT_ASSERT(house.service.disable(house.system, id).ok());
            CPPUNIT_ASSERT(!house.service.actorOf(house.nobody, session));
            CPPUNIT_ASSERT_EQUAL(std::string{"sign_in.wrong"}, house.codeOf("an@nha.example", secret));
            CPPUNIT_ASSERT_EQUAL(std::string{"sign_in.wrong"}, house.codeOf("khong@nha.example", secret));
            CPPUNIT_ASSERT_EQUAL(std::string{"sign_in.wrong"}, house.codeOf("' OR 1=1 --", secret));
            CPPUNIT_ASSERT(house.service.askPasswordReset(house.nobody, "an@nha.example").ok());
            CPPUNIT_ASSERT(house.post.resets.empty());
        });
    }

    void sessionsEndByIdlenessAgeAndSigningOut() {
        onEach([&](House& house) {
            house.citizen();
            house.official("lan@quan.example", {{"receiver", "quan-1"}});
            const std::string citizen = house.session();
            const std::string official = house.session("lan@quan.example");
            clock_.advance(minutes{15});
            CPPUNIT_ASSERT(!house.service.actorOf(house.nobody, official));
            CPPUNIT_ASSERT(
                house.service.actorOf(house.nobody, citizen)); // and seen: its half hour begins again
            clock_.advance(minutes{29});
            CPPUNIT_ASSERT(house.service.actorOf(house.nobody, citizen));
            clock_.advance(minutes{30});
            CPPUNIT_ASSERT(!house.service.actorOf(house.nobody, citizen));
            const std::string worker = house.session();
            for (int turn = 0; turn < 12 * 60 / 20 - 1; ++turn) {
                clock_.advance(minutes{20});
                CPPUNIT_ASSERT(house.service.actorOf(house.nobody, worker));
            }
            clock_.advance(minutes{20});
            CPPUNIT_ASSERT(!house.service.actorOf(house.nobody, worker)); // twelve hours in all
            const std::string first = house.session();
            const std::string second = house.session();
            house.service.signOut(house.nobody, first);
            house.service.signOut(house.nobody, first);
            CPPUNIT_ASSERT(!house.service.actorOf(house.nobody, first));
            const auto actor = house.service.actorOf(house.nobody, second);
            CPPUNIT_ASSERT(actor.has_value());
            house.service.signOutEverywhere(house.nobody, actor->id);
            CPPUNIT_ASSERT(!house.service.actorOf(house.nobody, second));
        });
    }

    void rolesHoldInTheirRegionAndAreTakenBackAtOnce() { // O18
        onEach([&](House& house) {
            const std::string id =
                house.official("lan@quan.example", {{"receiver", "quan-1"}, {"leader", "quan-1"}});
            const std::string session = house.session("lan@quan.example");
            auto actor = house.service.actorOf(house.nobody, session);
            CPPUNIT_ASSERT(actor->kind == ActorKind::Official);
            CPPUNIT_ASSERT(actor->has("receiver") && actor->has("leader") && !actor->has("admin"));
            CPPUNIT_ASSERT(actor->regions == (std::vector<std::string>{"quan-1", "quan-1"})); // one a role
            CPPUNIT_ASSERT(house.service.revoke(house.system, id, {"leader", "quan-1"}).ok());
            CPPUNIT_ASSERT(house.service.grant(house.system, id, {"receiver", "quan-3"}).ok());
            CPPUNIT_ASSERT(
                house.service.grant(house.system, id, {"receiver", "quan-3"}).ok()); // twice is once
            actor = house.service.actorOf(house.nobody, session);
            CPPUNIT_ASSERT(!actor->has("leader"));
            CPPUNIT_ASSERT_EQUAL(std::size_t{2}, actor->regions.size());
            house.database.read(house.nobody, [&](db::Reader& tx) {
                CPPUNIT_ASSERT(house.service.withRole(tx, "quan-3", "receiver") ==
                               std::vector<std::string>{id});
                CPPUNIT_ASSERT(house.service.withRole(tx, "quan-1", "leader").empty());
            });
        });
    }

    void onlyAnAdministratorManagesAccounts() {
        onEach([&](House& house) {
            const std::string id = house.citizen();
            const Context stranger = as({ActorKind::Citizen, "khac", "", {}, {}});
            const Context leader = as({ActorKind::Official, "lan", "", {"leader"}, {"tphcm"}});
            for (const Context& context : {house.nobody, stranger, leader}) {
                CPPUNIT_ASSERT(house.service.account(context, id).error().kind == ErrorKind::Denied);
                CPPUNIT_ASSERT(house.service.grant(context, id, {"admin", "tphcm"}).error().kind ==
                               ErrorKind::Denied);
                CPPUNIT_ASSERT(house.service.revoke(context, id, {"x", "y"}).error().kind ==
                               ErrorKind::Denied);
                CPPUNIT_ASSERT(house.service.disable(context, id).error().kind == ErrorKind::Denied);
                CPPUNIT_ASSERT(house.service.create(context, {}).error().kind == ErrorKind::Denied);
            }
            CPPUNIT_ASSERT_EQUAL(std::string{"an@nha.example"},
                                 house.service.account(as({ActorKind::Citizen, id, "", {}, {}}), id)->email);
            const Context admin = as({ActorKind::Official, "quan-tri", "", {"admin"}, {"tphcm"}});
            CPPUNIT_ASSERT_EQUAL(std::string{"079085000123"}, house.service.account(admin, id)->nationalId);
            CPPUNIT_ASSERT(house.service.grant(admin, "none", {"receiver", "quan-1"}).error().kind ==
                           ErrorKind::NotFound);
        });
    }

    void aNewPasswordEndsEverySession() {
        onEach([&](House& house) {
            house.citizen();
            const std::string session = house.session();
            CPPUNIT_ASSERT(house.service.askPasswordReset(house.nobody, "an@nha.example").ok());
            const std::string link = house.post.resets.at(0).link;
            CPPUNIT_ASSERT_EQUAL(std::string{"form.invalid"},
                                 house.service.resetPassword(house.nobody, link, "ngan").error().code);
            const std::string fresh = "chuyến phà thủ thiêm cuối 2011";
            CPPUNIT_ASSERT(house.service.resetPassword(house.nobody, link, fresh).ok());
            CPPUNIT_ASSERT(!house.service.resetPassword(house.nobody, link, fresh).ok());
            CPPUNIT_ASSERT(!house.service.actorOf(house.nobody, session));
            CPPUNIT_ASSERT_EQUAL(std::string{"sign_in.wrong"}, house.codeOf("an@nha.example", secret));
            CPPUNIT_ASSERT_EQUAL(std::string{}, house.codeOf("an@nha.example", fresh));
        });
    }

    void namesAreAnsweredForManyAtOnce() {
        onEach([&](House& house) {
            const std::string citizen = house.citizen();
            const std::string official = house.official("lan@quan.example", {});
            house.database.read(house.nobody, [&](db::Reader& tx) {
                const auto names = house.service.displayNames(tx, {citizen, official, "none", "' OR 1=1"});
                CPPUNIT_ASSERT((names == std::map<std::string, std::string>{{citizen, "Nguyễn Văn An"},
                                                                            {official, "Trần Thị Lan"}}));
                CPPUNIT_ASSERT(house.service.displayNames(tx, {}).empty());
                CPPUNIT_ASSERT_EQUAL(std::string{}, house.service.displayName(tx, "none"));
            });
        });
    }

    void theDatabaseHoldsNoWordOfAPerson() {
        onEach([&](House& house) {
            house.citizen();
            constexpr db::Query everything{
                "test.account", "SELECT email, full_name, phone, national_id, password_hash FROM account"};
            house.database.read(house.nobody, [&](db::Reader& tx) {
                tx.each(everything, {}, [&](const db::Row& row) {
                    for (int column = 0; column < 4; ++column)
                        for (const char* word : {"an@nha", "Nguy", "0901234567", "079085000123"})
                            CPPUNIT_ASSERT(row.blob(column).find(word) == std::string_view::npos);
                    CPPUNIT_ASSERT(row.text(4).starts_with("$argon2id$"));
                });
            });
        });
    }

    void whatHasEndedIsForgotten() {
        onEach([&](House& house) {
            house.citizen();
            static_cast<void>(house.session());
            CPPUNIT_ASSERT(house.service.askPasswordReset(house.nobody, "an@nha.example").ok());
            clock_.advance(hours{11});
            const std::string living = house.session();
            clock_.advance(hours{1});
            house.service.forgetEnded(house.system);
            constexpr db::Query sessions{"test.sessions", "SELECT count(*) FROM session"};
            constexpr db::Query links{"test.links", "SELECT count(*) FROM one_time_link"};
            const auto first = [](const db::Row& row) { return row.integer(0); };
            house.database.read(house.nobody, [&](db::Reader& tx) {
                CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, *tx.one(sessions, first));
                CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, *tx.one(links, first));
            });
        });
    }

    void numbersAndAddressesAreReadAsPeopleWriteThem() {
        for (const char* phone : {"0901234567", "84901234567", "+84 901 234 567", "090.123.45.67"})
            CPPUNIT_ASSERT_EQUAL(std::string{"0901234567"}, normalPhone(phone).value_or(phone));
        CPPUNIT_ASSERT_EQUAL(std::string{"02838291001"}, normalPhone("028 3829 1001").value_or(""));
        for (const char* phone :
             {"", "0101234567", "090123456", "09012345678", "090123456x", "++84901234567"})
            CPPUNIT_ASSERT_MESSAGE(phone, !normalPhone(phone));
        for (const char* number : {"079085000123", "001085000123", "100085000123"})
            CPPUNIT_ASSERT_MESSAGE(number, isNationalId(number));
        for (const char* number : {"", "000085000123", "097085000123", "07908500012", "07908500012x"})
            CPPUNIT_ASSERT_MESSAGE(number, !isNationalId(number));
        for (const char* email : {"a@b.vn", "an.nguyen+x@sub.nha.example"})
            CPPUNIT_ASSERT_MESSAGE(email, isEmail(email));
        for (const char* email :
             {"", "a", "@b.vn", "a@b", "a@.vn", "a@b.", "a@b..vn", "a b@c.vn", "a@b\r\nBcc: c@d.vn"})
            CPPUNIT_ASSERT_MESSAGE(email, !isEmail(email));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(IdentityTest);

} // namespace
