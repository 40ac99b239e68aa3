#include "base/id.h"
#include "support/databases.h"
#include "vault/vault.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

using namespace motcua;
using namespace motcua::vault;

class VaultTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(VaultTest);
    CPPUNIT_TEST(valuesOpenAgainAlsoInAnotherProcess);
    CPPUNIT_TEST(aDestroyedSubjectIsGoneForGood);
    CPPUNIT_TEST(anotherMasterKeyOpensNothing);
    CPPUNIT_TEST(aRolledBackKeyIsNotMissedLater);
    CPPUNIT_TEST(blindTokensFindWithoutShowing);
    CPPUNIT_TEST(theDatabaseShowsNoSealedWord);
    CPPUNIT_TEST_SUITE_END();

    const MasterKey master_{std::string(32, 'k')};
    ManualClock clock_{{1'700'000'000'000}};
    const Context context_{};
    const Place place_{"account", "full_name", "a1"};

    std::string sealed(db::Database& database, Vault& vault, std::string_view subject,
                       std::string_view plain) {
        return *database.write(context_, [&](db::Writer& tx) -> Result<std::string> {
            return vault.seal(tx, subject, place_, plain);
        });
    }

    Result<std::string> opened(db::Database& database, Vault& vault, std::string_view bytes) {
        return database.read(context_, [&](db::Reader& tx) { return vault.open(tx, place_, bytes); });
    }

    void valuesOpenAgainAlsoInAnotherProcess() { // N4
        for (auto& database : test::databases({&schema()})) {
            Vault vault{master_, clock_};
            const std::string bytes = sealed(*database, vault, "p1", "Nguyễn Văn An");
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, std::string{"Nguyễn Văn An"},
                                         *opened(*database, vault, bytes));
            Vault later{master_, clock_};
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, std::string{"Nguyễn Văn An"},
                                         *opened(*database, later, bytes));
            const auto moved = database->read(context_, [&](db::Reader& tx) {
                return later.open(tx, {"account", "full_name", "a2"}, bytes);
            });
            CPPUNIT_ASSERT_EQUAL(std::string{"vault.broken"}, moved.error().code);
        }
    }

    void aDestroyedSubjectIsGoneForGood() {
        for (auto& database : test::databases({&schema()})) {
            Vault vault{master_, clock_};
            const std::string gone = sealed(*database, vault, "p1", "An");
            const std::string kept = sealed(*database, vault, "p2", "Bình");
            CPPUNIT_ASSERT(database
                               ->write(context_,
                                       [&](db::Writer& tx) -> Result<void> {
                                           vault.destroy(tx, "p1");
                                           return {};
                                       })
                               .ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"vault.destroyed"}, opened(*database, vault, gone).error().code);
            CPPUNIT_ASSERT_EQUAL(std::string{"Bình"}, *opened(*database, vault, kept));
            const std::string fresh = sealed(*database, vault, "p1", "Chi");
            CPPUNIT_ASSERT_EQUAL(std::string{"Chi"}, *opened(*database, vault, fresh));
            CPPUNIT_ASSERT(!opened(*database, vault, gone));
        }
    }

    void anotherMasterKeyOpensNothing() {
        for (auto& database : test::databases({&schema()})) {
            Vault vault{master_, clock_};
            const std::string bytes = sealed(*database, vault, "p1", "An");
            Vault stranger{MasterKey{std::string(32, 'x')}, clock_};
            CPPUNIT_ASSERT_EQUAL(std::string{"vault.broken"},
                                 opened(*database, stranger, bytes).error().code);
            CPPUNIT_ASSERT(!opened(*database, vault, "short"));
            CPPUNIT_ASSERT(!opened(*database, vault, std::string(200, '\1')));
        }
    }

    void aRolledBackKeyIsNotMissedLater() {
        for (auto& database : test::databases({&schema()})) {
            Vault vault{master_, clock_};
            const auto undone = database->write(context_, [&](db::Writer& tx) -> Result<void> {
                vault.seal(tx, "p1", place_, "An");
                return rejected("test.undo");
            });
            CPPUNIT_ASSERT(!undone);
            const std::string bytes = sealed(*database, vault, "p1", "An");
            clock_.advance(std::chrono::minutes{5});
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, std::string{"An"}, *opened(*database, vault, bytes));
        }
    }

    void blindTokensFindWithoutShowing() {
        const Vault vault{master_, clock_};
        CPPUNIT_ASSERT(vault.blindToken("a.x", "079085000123") == vault.blindToken("a.x", "079085000123"));
        CPPUNIT_ASSERT(vault.blindToken("a.x", "079085000123") != vault.blindToken("a.y", "079085000123"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{16}, vault.blindToken("a.x", "1").size());
        CPPUNIT_ASSERT(vault.blindWords("a.n", "Nguyễn Văn An") == vault.blindWords("a.n", "NGUYEN van an"));
    }

    void theDatabaseShowsNoSealedWord() {
        Vault vault{master_, clock_};
        for (auto& database : test::databases({&schema()})) {
            const std::string bytes = sealed(*database, vault, "p1", "079085000123");
            CPPUNIT_ASSERT(bytes.find("0790") == std::string::npos);
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(VaultTest);
