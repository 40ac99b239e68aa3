// Whose an account is while nobody has proved its address.
#include "base/bytes.h"
#include "identity/identity_service.h"

#include "small_city.h"
#include "support/databases.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

using namespace motcua;
using namespace motcua::identity;

class RegistrationTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RegistrationTest);
    CPPUNIT_TEST(whoeverRegistersAnAddressFirstHoldsNothingOfIt);
    CPPUNIT_TEST(aNewPasswordEndsTheLinksOfEarlierLetters);
    CPPUNIT_TEST(guessingTellsNotWhichAddressesHaveAnAccount);
    CPPUNIT_TEST(aRoleHoldsInItsOwnRegion);
    CPPUNIT_TEST_SUITE_END();

    static constexpr const char* hers = "cây cầu gỗ bắc qua sông";
    static constexpr const char* his = "mười hai con giáp bay đi";

    struct House {
        House(db::Database& database, ManualClock& clock)
            : vault(vault::MasterKey{std::string(32, 'k')}, clock),
              audit(clock),
              agencies(database, audit, clock),
              service(database, vault, audit, agencies, hasher, events, clock) {
            identitytest::loadSmallCity(agencies);
            events.confirmationNeeded.subscribe(
                [this](db::Writer&, const Context&, const ConfirmationNeeded& one) {
                    links.push_back(one.link);
                    names.push_back(one.fullName);
                });
            events.passwordResetAsked.subscribe(
                [this](db::Writer&, const Context&, const PasswordResetAsked& one) {
                    links.push_back(one.link);
                });
        }
        void registers(const char* password, const char* name) {
            CPPUNIT_ASSERT(
                service.registerCitizen(anyone, {"hai@example.vn", password, name, "0903123456", ""}).ok());
        }
        vault::Vault vault;
        audit::Audit audit;
        agency::AgencyService agencies;
        PasswordHasher hasher{{1, 64}};
        IdentityEvents events;
        IdentityService service;
        Context anyone{};
        std::vector<std::string> links{};
        std::vector<std::string> names{};
    };

    template <typename Check>
    void inEachHouse(Check check) {
        ManualClock clock{{1'773'021'600'000}};
        for (auto& database : motcua::test::databases(
                 {&vault::schema(), &audit::schema(), &agency::schema(), &schema()}, clock)) {
            House house{*database, clock};
            check(house);
        }
    }

    // Somebody registers her address before she does. What she confirms has her password and her name.
    void whoeverRegistersAnAddressFirstHoldsNothingOfIt() {
        inEachHouse([](House& house) {
            house.registers(his, "Kẻ Lạ");
            house.registers(hers, "Nguyễn Thị Hải");
            CPPUNIT_ASSERT_EQUAL(std::size_t{2}, house.links.size());
            CPPUNIT_ASSERT_EQUAL(std::string{"Nguyễn Thị Hải"}, house.names.back());
            CPPUNIT_ASSERT_EQUAL(std::string{"link.used_or_old"},
                                 house.service.confirm(house.anyone, house.links.front()).error().code);
            CPPUNIT_ASSERT(house.service.confirm(house.anyone, house.links.back()).ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"sign_in.wrong"},
                                 house.service.signIn(house.anyone, "hai@example.vn", his).error().code);
            const auto session = house.service.signIn(house.anyone, "hai@example.vn", hers);
            CPPUNIT_ASSERT(session.ok());
            const auto actor = house.service.actorOf(house.anyone, sha256(session->sessionToken));
            CPPUNIT_ASSERT_EQUAL(std::string{"Nguyễn Thị Hải"}, actor->name);
            // Once it is hers, registering again changes nothing.
            house.registers(his, "Kẻ Lạ");
            CPPUNIT_ASSERT_EQUAL(std::size_t{2}, house.links.size());
            CPPUNIT_ASSERT(house.service.signIn(house.anyone, "hai@example.vn", hers).ok());
        });
    }

    void aNewPasswordEndsTheLinksOfEarlierLetters() {
        inEachHouse([](House& house) {
            house.registers(his, "Nguyễn Thị Hải");
            CPPUNIT_ASSERT(house.service.confirm(house.anyone, house.links.back()).ok());
            for (int i = 0; i < 2; ++i)
                CPPUNIT_ASSERT(house.service.askPasswordReset(house.anyone, "hai@example.vn").ok());
            CPPUNIT_ASSERT(house.service.resetPassword(house.anyone, house.links[2], hers).ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"link.used_or_old"},
                                 house.service.resetPassword(house.anyone, house.links[1], his).error().code);
        });
    }

    void guessingTellsNotWhichAddressesHaveAnAccount() {
        inEachHouse([](House& house) {
            house.registers(hers, "Nguyễn Thị Hải");
            CPPUNIT_ASSERT(house.service.confirm(house.anyone, house.links.back()).ok());
            for (int i = 0; i < 8; ++i) {
                const auto known = house.service.signIn(house.anyone, "Hai@example.vn", his);
                const auto unknown = house.service.signIn(house.anyone, "khong.co@example.vn", his);
                CPPUNIT_ASSERT_EQUAL(known.error().code, unknown.error().code);
                CPPUNIT_ASSERT(known.error().params == unknown.error().params);
                CPPUNIT_ASSERT_EQUAL(std::string{i < 5 ? "sign_in.wrong" : "sign_in.locked"},
                                     unknown.error().code);
            }
        });
    }

    // O18: the roles of a session know where they hold.
    void aRoleHoldsInItsOwnRegion() {
        inEachHouse([](House& house) {
            Context system;
            system.actor = Actor::system("test");
            NewAccount account;
            account.email = "chi@example.vn";
            account.fullName = "Đặng Thị Kim Chi";
            account.password = hers;
            account.roles = {{"receiver", "phuong-ben-nghe"}, {"leader", "phuong-ben-thanh"}};
            CPPUNIT_ASSERT(house.service.create(system, account).ok());
            const auto session = house.service.signIn(house.anyone, "chi@example.vn", hers);
            const Actor actor = *house.service.actorOf(house.anyone, sha256(session->sessionToken));
            CPPUNIT_ASSERT(actor.roles == (std::vector<std::string>{"leader", "receiver"}));
            CPPUNIT_ASSERT(actor.regions ==
                           (std::vector<std::string>{"phuong-ben-thanh", "phuong-ben-nghe"}));
        });
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RegistrationTest);
