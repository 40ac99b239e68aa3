// Accounts from an administrator's side, on both databases: nobody reaches beyond the regions in which he is
// an administrator, neither by a page nor past it. // O18, X8
#include "identity/accounts_desk.h"

#include "small_city.h"
#include "support/databases.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

using namespace motcua;
using namespace motcua::identity;

namespace {

Context as(std::string id, std::vector<std::string> roles, std::vector<std::string> regions) {
    Context context;
    context.actor = {ActorKind::Official, std::move(id), "", std::move(roles), std::move(regions)};
    return context;
}

template <typename R>
std::string codeOf(const R& result) {
    return result ? "" : result.error().code;
}

template <typename R>
std::string firstFault(const R& result) {
    CPPUNIT_ASSERT(!result.ok());
    CPPUNIT_ASSERT_MESSAGE(result.error().code, !result.error().fields.empty());
    return result.error().fields[0].field + " " + result.error().fields[0].code;
}

struct Office {
    Office(db::Database& database, const Clock& clock)
        : vault(vault::MasterKey{std::string(32, 'k')}, clock),
          audit(clock),
          agencies(database, audit, clock),
          service(database, vault, audit, agencies, hasher, events, clock),
          desk(database, vault, service, agencies, clock) {
        identitytest::loadSmallCity(agencies);
        events.invited.subscribe(
            [this](db::Writer&, const Context&, const Invited& told) { invited.push_back(told.accountId); });
        system.actor = Actor::system("test");
    }

    std::string account(const std::string& email, const std::string& name, std::vector<Role> roles,
                        AccountKind kind = AccountKind::Official) {
        NewAccount fresh;
        fresh.kind = kind;
        fresh.email = email;
        fresh.password = "bến nghé mùa nước nổi 47";
        fresh.fullName = name;
        fresh.roles = std::move(roles);
        const auto made = service.create(system, fresh);
        CPPUNIT_ASSERT_MESSAGE(codeOf(made), made.ok());
        return *made;
    }

    vault::Vault vault;
    audit::Audit audit;
    agency::AgencyService agencies;
    PasswordHasher hasher{{1, 64}, 1, 64};
    IdentityEvents events{};
    IdentityService service;
    AccountsDesk desk;
    std::vector<std::string> invited{};
    Context system{};
    // The second receives in District 3, which is no right over its people.
    Context city = as("quan-tri", {"admin"}, {"tphcm"});
    Context district = as("quan-tri-1", {"admin", "receiver"}, {"quan-1", "quan-3"});
    Context leader = as("lanh-dao", {"leader"}, {"tphcm"});
};

} // namespace

class AccountsDeskTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AccountsDeskTest);
    CPPUNIT_TEST(eachSeesTheOfficialsOfHisRegionsOnly);
    CPPUNIT_TEST(aListGoesOnWhereItsPageEnded);
    CPPUNIT_TEST(nothingIsDoneToAnAccountOfAnotherRegion);
    CPPUNIT_TEST(rolesAreGivenInsideTheRegionsOnly);
    CPPUNIT_TEST(nobodyLocksHimselfOut);
    CPPUNIT_TEST(aNewOfficialIsAskedToSetAPassword);
    CPPUNIT_TEST(anAddressThatIsTakenChangesNobody);
    CPPUNIT_TEST_SUITE_END();

    ManualClock clock_{{1'790'000'000'000}};

    template <typename Run>
    void onEach(Run run) {
        for (auto& database :
             test::databases({&vault::schema(), &audit::schema(), &agency::schema(), &schema()}, clock_)) {
            Office office{*database, clock_};
            run(office);
        }
    }

public:
    void eachSeesTheOfficialsOfHisRegionsOnly() {
        onEach([](Office& office) {
            const auto lan = office.account("lan@q1.example", "Phạm Ngọc Lan", {{"receiver", "quan-1"}});
            const auto hau =
                office.account("hau@bn.example", "Huỳnh Công Hậu", {{"leader", "phuong-ben-nghe"}});
            const auto both = office.account("bao@q13.example", "Trần Quốc Bảo",
                                             {{"receiver", "quan-1"}, {"leader", "quan-3"}});
            const auto an = office.account("an@nha.example", "Nguyễn Văn An", {}, AccountKind::Citizen);
            const auto ids = [&](const Context& context, const char* words) {
                std::vector<std::string> found;
                const auto page = office.desk.list(context, words, "", 50);
                for (const auto& one : page->items)
                    found.push_back(one.account.id);
                return found;
            };
            using Ids = std::vector<std::string>;
            CPPUNIT_ASSERT(ids(office.city, "") == (Ids{lan, hau, both}));
            CPPUNIT_ASSERT(ids(office.district, "") == (Ids{lan, hau}));
            CPPUNIT_ASSERT(ids(office.district, "tran quoc bao").empty());
            CPPUNIT_ASSERT(ids(office.city, "tran quoc bao") == Ids{both});
            CPPUNIT_ASSERT(ids(office.district, "bao@q13.example").empty());
            CPPUNIT_ASSERT(ids(office.district, "an@nha.example").empty()); // citizens are the city's
            CPPUNIT_ASSERT(ids(office.city, "an@nha.example") == Ids{an});
            CPPUNIT_ASSERT(ids(office.city, "nguyen van an").empty()); // and never found by name
            for (const auto& id : {both, an, std::string{"none"}})
                CPPUNIT_ASSERT_EQUAL(std::string{"account.none"},
                                     codeOf(office.desk.find(office.district, id)));
            CPPUNIT_ASSERT_EQUAL(std::string{"account.not_allowed"},
                                 codeOf(office.desk.list(office.leader, "", "", 50)));
            CPPUNIT_ASSERT_EQUAL(std::string{"account.not_allowed"},
                                 codeOf(office.desk.find(office.leader, lan)));
        });
    }

    void aListGoesOnWhereItsPageEnded() {
        onEach([](Office& office) {
            std::vector<std::string> own;
            for (int i = 0; i < 7; ++i) { // every other one is another district's
                const std::string place = i % 2 == 0 ? "quan-1" : "quan-3";
                const auto id = office.account("o" + std::to_string(i) + "@q.example", "Lê Văn Số",
                                               {{"receiver", place}});
                if (i % 2 == 0) own.push_back(id);
            }
            std::vector<std::string> seen;
            std::string after;
            int pages = 0;
            do {
                const auto page = office.desk.list(office.district, "", after, 2);
                for (const auto& one : page->items)
                    seen.push_back(one.account.id);
                after = page->next;
            } while (!after.empty() && ++pages < 10);
            CPPUNIT_ASSERT(seen == own);
        });
    }

    void nothingIsDoneToAnAccountOfAnotherRegion() {
        onEach([](Office& office) {
            const auto other = office.account("bao@q3.example", "Trần Quốc Bảo", {{"leader", "quan-3"}});
            const auto citizen = office.account("an@nha.example", "Nguyễn Văn An", {}, AccountKind::Citizen);
            IdentityService& service = office.service;
            const Context& context = office.district;
            for (const std::string& id : {other, citizen}) {
                const auto none = std::string{"account.none"};
                CPPUNIT_ASSERT_EQUAL(none, codeOf(service.account(context, id)));
                CPPUNIT_ASSERT_EQUAL(none, codeOf(service.grant(context, id, {"receiver", "quan-1"})));
                CPPUNIT_ASSERT_EQUAL(none, codeOf(service.revoke(context, id, {"leader", "quan-3"})));
                CPPUNIT_ASSERT_EQUAL(none, codeOf(service.disable(context, id)));
                CPPUNIT_ASSERT_EQUAL(none, codeOf(service.enable(context, id)));
                CPPUNIT_ASSERT_EQUAL(none, codeOf(service.invite(context, id)));
            }
            CPPUNIT_ASSERT(office.invited.empty());
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, office.desk.find(office.city, other)->roles.size());
            NewAccount fresh;
            fresh.email = "moi@q3.example";
            fresh.password = "bến nghé mùa nước nổi 47";
            fresh.fullName = "Người Mới";
            CPPUNIT_ASSERT_EQUAL(std::string{"account.not_yours"}, codeOf(service.create(context, fresh)));
            fresh.roles = {{"leader", "quan-3"}};
            CPPUNIT_ASSERT_EQUAL(std::string{"agency account.outside_region"},
                                 firstFault(service.create(context, fresh)));
            CPPUNIT_ASSERT(service.disable(office.city, citizen).ok());
            CPPUNIT_ASSERT(service.enable(office.city, citizen).ok());
        });
    }

    void rolesAreGivenInsideTheRegionsOnly() {
        onEach([](Office& office) {
            const auto lan = office.account("lan@q1.example", "Phạm Ngọc Lan", {{"receiver", "quan-1"}});
            IdentityService& service = office.service;
            CPPUNIT_ASSERT(service.grant(office.district, lan, {"leader", "phuong-ben-nghe"}).ok());
            for (const char* place : {"quan-3", "tphcm", "nowhere"})
                CPPUNIT_ASSERT_EQUAL(std::string{"agency account.outside_region"},
                                     firstFault(service.grant(office.district, lan, {"admin", place})));
            CPPUNIT_ASSERT_EQUAL(std::string{"role account.unknown_role"},
                                 firstFault(service.grant(office.city, lan, {"boss", "quan-1"})));
            CPPUNIT_ASSERT_EQUAL(std::size_t{2}, office.desk.find(office.district, lan)->roles.size());
            const auto an = office.account("an@nha.example", "Nguyễn Văn An", {}, AccountKind::Citizen);
            CPPUNIT_ASSERT_EQUAL(std::string{"account.no_official"},
                                 codeOf(service.grant(office.city, an, {"admin", "tphcm"})));
            // With a role elsewhere the account is no longer the district's alone.
            CPPUNIT_ASSERT(service.grant(office.city, lan, {"receiver", "quan-3"}).ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"account.none"},
                                 codeOf(service.revoke(office.district, lan, {"receiver", "quan-1"})));
        });
    }

    void nobodyLocksHimselfOut() {
        onEach([](Office& office) {
            const auto id = office.account("nhung@q1.example", "Vũ Thị Hồng Nhung",
                                           {{"admin", "quan-1"}, {"receiver", "quan-1"}});
            const Context self = as(id, {"admin", "receiver"}, {"quan-1", "quan-1"});
            CPPUNIT_ASSERT_EQUAL(std::string{"account.yourself"}, codeOf(office.service.disable(self, id)));
            CPPUNIT_ASSERT_EQUAL(std::string{"account.yourself"},
                                 codeOf(office.service.revoke(self, id, {"admin", "quan-1"})));
            CPPUNIT_ASSERT(office.service.revoke(self, id, {"receiver", "quan-1"}).ok());
            CPPUNIT_ASSERT(office.service.disable(office.city, id).ok());
        });
    }

    void aNewOfficialIsAskedToSetAPassword() {
        onEach([](Office& office) {
            const auto made = office.desk.create(
                office.district, {"moi@q1.example", "Trương Mỹ Lệ", "0901234567", {"receiver", "quan-1"}});
            CPPUNIT_ASSERT_MESSAGE(codeOf(made), made.ok());
            CPPUNIT_ASSERT(office.invited == std::vector<std::string>{*made});
            const auto wrong = office.desk.create(office.district, {"khong", " ", "12", {"boss", "quan-3"}});
            std::string fields;
            for (const FieldError& one : wrong.error().fields)
                fields += one.field + " ";
            CPPUNIT_ASSERT_EQUAL(std::string{"role agency full_name email phone "}, fields);
        });
    }

    // Neither makes the account the administrator's, nor signs its owner out.
    void anAddressThatIsTakenChangesNobody() {
        onEach([](Office& office) {
            const auto an = office.account("an@nha.example", "Nguyễn Văn An", {}, AccountKind::Citizen);
            CPPUNIT_ASSERT_EQUAL(
                std::string{"email account.email_taken"},
                firstFault(office.desk.create(office.district,
                                              {"AN@nha.example", "Ai Đó", "", {"receiver", "quan-1"}})));
            CPPUNIT_ASSERT(office.invited.empty());
            CPPUNIT_ASSERT(office.desk.find(office.city, an)->roles.empty());
            NewAccount same;
            same.email = "an@nha.example";
            same.password = "bến nghé mùa nước nổi 47";
            same.fullName = "Ai Đó";
            CPPUNIT_ASSERT_EQUAL(std::string{"account.email_taken"},
                                 codeOf(office.service.create(office.system, same)));
        });
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AccountsDeskTest);
