#include "audit/audit.h"
#include "audit/merkle_log.h"
#include "base/bytes.h"
#include "support/databases.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <thread>

using namespace motcua;
using namespace motcua::audit;

namespace {

constexpr db::Query kForge{
    "test.forge", "UPDATE audit_record SET action = 'dossier.refused' WHERE subject = ? AND number = 2"};
constexpr db::Query kCut{"test.cut", "DELETE FROM audit_record WHERE subject = ? AND number = 3"};

} // namespace

class AuditTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AuditTest);
    CPPUNIT_TEST(recordsAreChainedInTheirSubject);
    CPPUNIT_TEST(aForgedRecordIsSeen);
    CPPUNIT_TEST(aCutEndIsSeen);
    CPPUNIT_TEST(manyWritersLeaveNoGap);
    CPPUNIT_TEST(everyLeafProvesItsPlaceInTheSignedLog);
    CPPUNIT_TEST(theRootIsThatOfRfc6962);
    CPPUNIT_TEST_SUITE_END();

    ManualClock clock_{{1'700'000'000'000}};
    const Audit audit_{clock_};

    Context context() const {
        Context made;
        made.actor.id = "official-1";
        made.trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        return made;
    }

    void add(db::Database& database, const std::string& subject, int count) {
        for (int i = 0; i < count; ++i)
            CPPUNIT_ASSERT(database
                               .write(context(),
                                      [&](db::Writer& tx) -> Result<void> {
                                          audit_.record(tx, context(), subject, "dossier.step",
                                                        Json::object().set("step", i));
                                          return {};
                                      })
                               .ok());
    }

    std::optional<std::string> broken(db::Database& database, const std::string& subject) {
        return database.read(context(), [&](db::Reader& tx) { return Audit::verify(tx, subject); });
    }

    void recordsAreChainedInTheirSubject() { // G24
        for (auto& database : test::databases({&schema()})) {
            add(*database, "d1", 3);
            add(*database, "d2", 1);
            const auto records =
                database->read(context(), [](db::Reader& tx) { return Audit::records(tx, "d1"); });
            CPPUNIT_ASSERT_EQUAL_MESSAGE(database.name, std::size_t{3}, records.size());
            CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, records[2].number);
            CPPUNIT_ASSERT_EQUAL(std::string{"official-1"}, records[0].actor);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, records[2].details["step"].integer());
            CPPUNIT_ASSERT(!broken(*database, "d1") && !broken(*database, "d2"));
            std::int64_t visited = 0;
            CPPUNIT_ASSERT(
                !database->read(context(), [&](db::Reader& tx) { return Audit::verifyAll(tx, visited); }));
            CPPUNIT_ASSERT_EQUAL(std::int64_t{4}, visited);
        }
    }

    void change(db::Database& database, const db::Query& query) {
        CPPUNIT_ASSERT(database
                           .write(context(),
                                  [&](db::Writer& tx) -> Result<void> {
                                      CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, tx.run(query, "d1"));
                                      return {};
                                  })
                           .ok());
    }

    void aForgedRecordIsSeen() { // S9
        for (auto& database : test::databases({&schema()})) {
            add(*database, "d1", 3);
            change(*database, kForge);
            CPPUNIT_ASSERT(broken(*database, "d1")->find("record 2: was changed") != std::string::npos);
        }
    }

    void aCutEndIsSeen() {
        for (auto& database : test::databases({&schema()})) {
            add(*database, "d1", 3);
            change(*database, kCut);
            CPPUNIT_ASSERT(broken(*database, "d1")->find("cut off") != std::string::npos);
        }
    }

    void manyWritersLeaveNoGap() {
        for (auto& database : test::databases({&schema()})) {
            std::vector<std::thread> writers;
            for (int i = 0; i < 8; ++i)
                writers.emplace_back([&] { add(*database, "d1", 10); });
            for (auto& writer : writers)
                writer.join();
            CPPUNIT_ASSERT_MESSAGE(database.name, !broken(*database, "d1"));
            const auto records =
                database->read(context(), [](db::Reader& tx) { return Audit::records(tx, "d1"); });
            CPPUNIT_ASSERT_EQUAL(std::size_t{80}, records.size());
        }
    }

    void everyLeafProvesItsPlaceInTheSignedLog() {
        const MerkleLog log{clock_, [](std::string_view text) { return hmacSha256("test key", text); }};
        for (auto& database : test::databases({&schema()})) {
            for (int size = 1; size <= 9; ++size) {
                add(*database, "d" + std::to_string(size % 3), 1);
                const auto head = database->write(context(), [&](db::Writer& tx) -> Result<LogHead> {
                    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, log.append(tx));
                    return log.signHead(tx);
                });
                CPPUNIT_ASSERT_EQUAL(std::int64_t{size}, head->size);
                CPPUNIT_ASSERT(head->signature == hmacSha256("test key", head->signedText()));
                checkProofs(*database, head->size, head->root);
            }
            const auto again = database->write(
                context(), [&](db::Writer& tx) -> Result<LogHead> { return log.signHead(tx); });
            CPPUNIT_ASSERT_EQUAL(std::int64_t{9}, again->size);
        }
    }

    void checkProofs(db::Database& database, std::int64_t size, const std::string& root) {
        database.read(context(), [&](db::Reader& tx) {
            for (std::int64_t position = 0; position < size; ++position) {
                const auto hash = tx.one(
                    db::Query{"test.leaf", "SELECT hash FROM audit_record WHERE position = ?"},
                    [](const db::Row& row) { return std::string{row.blob(0)}; }, position);
                auto proof = MerkleLog::inclusionProof(tx, position, size);
                CPPUNIT_ASSERT(MerkleLog::verifyInclusion(*hash, position, size, *proof, root));
                CPPUNIT_ASSERT(!MerkleLog::verifyInclusion(sha256("x"), position, size, *proof, root));
                if (size > 1)
                    CPPUNIT_ASSERT(
                        !MerkleLog::verifyInclusion(*hash, (position + 1) % size, size, *proof, root));
            }
            CPPUNIT_ASSERT(!MerkleLog::inclusionProof(tx, size, size));
        });
    }

    void theRootIsThatOfRfc6962() {
        const MerkleLog log{clock_, [](std::string_view) { return std::string{}; }};
        for (auto& database : test::databases({&schema()})) {
            add(*database, "d1", 3);
            const auto [root, hashes] = *database->write(
                context(), [&](db::Writer& tx) -> Result<std::pair<std::string, std::vector<std::string>>> {
                    log.append(tx);
                    auto leaves =
                        tx.all(db::Query{"test.leaves", "SELECT hash FROM audit_record ORDER BY position"},
                               [](const db::Row& row) { return std::string{row.blob(0)}; });
                    return std::pair{MerkleLog::root(tx, 3), leaves};
                });
            const auto leaf = [&](std::size_t i) { return sha256(std::string(1, '\0') + hashes[i]); };
            const auto node = [](const std::string& a, const std::string& b) { return sha256("\1" + a + b); };
            CPPUNIT_ASSERT_EQUAL(toHex(node(node(leaf(0), leaf(1)), leaf(2))), toHex(root));
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AuditTest);
