// All plugins of a server, and what is stored about them, on both databases. // U3, X6, O3
#include "house.h"

#include "plugins/clients.h"
#include "plugins/plugin_registry.h"
#include "support/databases.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <filesystem>

using namespace plugintest;
namespace fs = std::filesystem;

namespace {

// A server's plugins: a database, a folder with the echo plugin, the registry over both.
struct Server {
    explicit Server(db::Database& database)
        : vault(master, clock),
          audit(clock),
          store(database, vault, audit, clock),
          registry(
              {{folder / ""}, std::string{MOTCUA_BUILD_DIR} + "/motcua-plugin-host", "/", {}, impatient()},
              store, [](auto&&...) -> Result<void> { return {}; }, clock) {
        install("echo", "echo");
        registry.refresh(admin);
    }

    // As an administrator would: beside, then renamed into its place.
    void install(const std::string& built, const std::string& name) {
        fs::create_directories(folder / name);
        fs::copy_file(library(built), folder / (name + "/new"));
        fs::remove(folder / (name + "/plugin.json"));
        fs::rename(folder / (name + "/new"), folder / (name + "/" + name + ".so"));
    }
    bool becomes(PluginState state) {
        for (int i = 0; i < 2000; ++i) {
            if (registry.find(id)->status.state == state) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        }
        return false;
    }
    StoredProfile profile(const std::string& greeting, std::int64_t version = 0) const {
        StoredProfile made;
        made.name = "quan-1";
        made.config = Json::object().set("greeting", greeting);
        made.version = version;
        return made;
    }

    const std::string id = "vn.motcua.test-echo";
    SystemClock clock;
    test::TemporaryFolder folder;
    vault::MasterKey master{std::string(32, 'k')};
    vault::Vault vault;
    audit::Audit audit;
    DatabaseSettingsStore store;
    PluginRegistry registry;
    Context admin{{ActorKind::Official, "019abc", "An", {"admin"}, {}}, Until::never(), {}, "vi"};
    Context clerk{{ActorKind::Official, "019abd", "Bình", {"receiver"}, {}}, Until::never(), {}, "vi"};
};

} // namespace

class RegistryTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RegistryTest);
    CPPUNIT_TEST(aPluginIsFoundConfiguredSwitchedOnAndCalled);
    CPPUNIT_TEST(onlyAdministratorsChangeAnything);
    CPPUNIT_TEST(settingsAreCheckedVersionedAndRemembered);
    CPPUNIT_TEST(secretsAreSealedAndInNoHistory);
    CPPUNIT_TEST(theConnectionIsTriedWithWhatIsNotSavedYet);
    CPPUNIT_TEST(aStoredSecretGoesNowhereElse);
    CPPUNIT_TEST(switchAndIsolationLeaveEachOtherAlone);
    CPPUNIT_TEST(whatOthersChangedIsTakenUp);
    CPPUNIT_TEST(aNewFileIsTakenUpWithoutRestart);
    CPPUNIT_TEST(whatIsRefusedIsListedWithItsReason);
    CPPUNIT_TEST(thePluginsStoreComparesAndExpires);
    CPPUNIT_TEST_SUITE_END();

    template <typename Body>
    static void onEach(Body body) {
        for (auto& database : test::databases({&vault::schema(), &audit::schema(), &schema()})) {
            Server server{*database};
            body(server, *database, database.name);
        }
    }

    void aPluginIsFoundConfiguredSwitchedOnAndCalled() {
        onEach([](Server& server, db::Database&, const std::string& backend) {
            PluginRegistry& registry = server.registry;
            CPPUNIT_ASSERT_EQUAL_MESSAGE(backend, std::size_t{1}, registry.list().size());
            CPPUNIT_ASSERT(registry.list()[0].status.state == PluginState::Off);
            CPPUNIT_ASSERT(registry.profiles("message").empty());
            CPPUNIT_ASSERT(
                registry.configure(server.admin, server.id, server.profile("chào"), {{"token", "t0p-secret"}})
                    .ok());
            CPPUNIT_ASSERT(registry.enable(server.admin, server.id).ok());
            CPPUNIT_ASSERT(server.becomes(PluginState::Running));
            const MessageClient client{registry};
            const auto profiles = client.profiles();
            CPPUNIT_ASSERT_EQUAL(std::string{"vn.motcua.test-echo:quan-1"}, profiles.at(0).text());
            sdk::Message message;
            message.to = {{"a@b.vn", ""}};
            message.text = "secret";
            const auto sent = client.send(server.clerk, profiles[0].text(), message, {"k1"});
            CPPUNIT_ASSERT_MESSAGE(sent ? "" : sent.error().code, sent.ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"t0p-secret"}, sent->id);
            CPPUNIT_ASSERT(registry.setIsolation(server.admin, server.id, Isolation::InProcess).ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"t0p-secret"},
                                 client.send(server.clerk, profiles[0].text(), message, {"k2"})->id);
            CPPUNIT_ASSERT(registry.disable(server.admin, server.id).ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"plugin.off"},
                                 client.send(server.clerk, profiles[0].text(), message, {"k3"}).error().code);
            CPPUNIT_ASSERT_EQUAL(std::string{"plugin.bad_profile"},
                                 client.send(server.clerk, "x", message, {}).error().code);
            CPPUNIT_ASSERT_EQUAL(std::string{"plugin.unknown"},
                                 client.send(server.clerk, "x.y:z", message, {}).error().code);
        });
    }

    void onlyAdministratorsChangeAnything() {
        onEach([](Server& server, db::Database&, const std::string&) {
            PluginRegistry& registry = server.registry;
            const auto code = [](const auto& result) { return result.error().code; };
            const std::string no = "plugin.not_allowed";
            CPPUNIT_ASSERT_EQUAL(no, code(registry.enable(server.clerk, server.id)));
            CPPUNIT_ASSERT_EQUAL(no, code(registry.disable(server.clerk, server.id)));
            CPPUNIT_ASSERT_EQUAL(no, code(registry.tryAgain(server.clerk, server.id)));
            CPPUNIT_ASSERT_EQUAL(no,
                                 code(registry.setIsolation(server.clerk, server.id, Isolation::InProcess)));
            CPPUNIT_ASSERT_EQUAL(no,
                                 code(registry.configure(server.clerk, server.id, server.profile("x"), {})));
            CPPUNIT_ASSERT_EQUAL(no, code(registry.removeProfile(server.clerk, server.id, "quan-1")));
            CPPUNIT_ASSERT_EQUAL(no, code(registry.check(server.clerk, server.id, server.profile("x"), {})));
            CPPUNIT_ASSERT_EQUAL(std::string{"plugin.unknown"},
                                 code(registry.enable(server.admin, "vn.other")));
        });
    }

    void settingsAreCheckedVersionedAndRemembered() {
        onEach([](Server& server, db::Database& database, const std::string& backend) {
            PluginRegistry& registry = server.registry;
            const auto invalid =
                registry.configure(server.admin, server.id, server.profile(std::string(30, 'x')), {});
            CPPUNIT_ASSERT_EQUAL(std::string{"greeting"}, invalid.error().fields.at(0).field);
            CPPUNIT_ASSERT(
                !registry.configure(server.admin, server.id, server.profile("a"), {{"other", "x"}}).ok());
            CPPUNIT_ASSERT(registry.configure(server.admin, server.id, server.profile("a"), {}).ok());
            CPPUNIT_ASSERT_EQUAL(
                std::string{"plugin.stale"},
                registry.configure(server.admin, server.id, server.profile("b"), {}).error().code);
            CPPUNIT_ASSERT(registry.configure(server.admin, server.id, server.profile("b", 1), {}).ok());
            CPPUNIT_ASSERT_EQUAL(
                std::string{"plugin.stale"},
                registry.configure(server.admin, server.id, server.profile("c", 1), {}).error().code);
            CPPUNIT_ASSERT(registry.removeProfile(server.admin, server.id, "quan-1").ok());
            const auto history = *registry.history(server.admin, server.id);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(backend, std::size_t{3}, history.size());
            CPPUNIT_ASSERT_EQUAL(std::string{"removed"}, history[0].what);
            CPPUNIT_ASSERT_EQUAL(std::string{"b"}, history[1].config["greeting"].string());
            CPPUNIT_ASSERT_EQUAL(std::string{"019abc"}, history[2].actor);
            const auto audited = database.read(server.admin, [&](db::Reader& tx) {
                return audit::Audit::records(tx, "plugin:" + server.id);
            });
            CPPUNIT_ASSERT_EQUAL(std::size_t{3}, audited.size());
        });
    }

    void secretsAreSealedAndInNoHistory() {
        onEach([](Server& server, db::Database& database, const std::string& backend) {
            PluginRegistry& registry = server.registry;
            CPPUNIT_ASSERT(
                registry.configure(server.admin, server.id, server.profile("a"), {{"token", "t0p-secret"}})
                    .ok());
            static const db::Query sealed{"test.sealed", "SELECT sealed FROM plugin_secret"};
            const auto stored = database.read(server.admin, [](db::Reader& tx) {
                return tx.one(sealed, [](const db::Row& row) { return std::string{row.blob(0)}; });
            });
            CPPUNIT_ASSERT_MESSAGE(backend, stored && stored->find("t0p-secret") == std::string::npos);
            const auto history = *registry.history(server.admin, server.id);
            CPPUNIT_ASSERT_EQUAL(std::string{"token"}, history.at(0).secrets.at(0));
            CPPUNIT_ASSERT(history[0].config.dump().find("t0p") == std::string::npos);
            CPPUNIT_ASSERT_EQUAL(
                std::size_t{1},
                registry.find(server.id)->stored.profiles.at("quan-1").secrets.count("token"));
            CPPUNIT_ASSERT_EQUAL(std::string{"t0p-secret"},
                                 server.store.secret(server.admin, server.id, "quan-1", "token").value());
            CPPUNIT_ASSERT(
                registry.configure(server.admin, server.id, server.profile("a", 1), {{"token", ""}}).ok());
            CPPUNIT_ASSERT_EQUAL(
                std::string{"plugin.no_secret"},
                server.store.secret(server.admin, server.id, "quan-1", "token").error().code);
        });
    }

    void theConnectionIsTriedWithWhatIsNotSavedYet() {
        onEach([](Server& server, db::Database&, const std::string&) {
            PluginRegistry& registry = server.registry;
            CPPUNIT_ASSERT(
                registry.configure(server.admin, server.id, server.profile("a"), {{"token", "saved"}}).ok());
            CPPUNIT_ASSERT(registry.enable(server.admin, server.id).ok());
            CPPUNIT_ASSERT(server.becomes(PluginState::Running));
            CPPUNIT_ASSERT_EQUAL(
                std::string{"b typed"},
                registry.check(server.admin, server.id, server.profile("b"), {{"token", "typed"}})->summary);
            CPPUNIT_ASSERT_EQUAL(std::string{"b saved"},
                                 registry.check(server.admin, server.id, server.profile("b"), {})->summary);
            const auto bad = registry.check(server.admin, server.id, server.profile("bad"), {});
            CPPUNIT_ASSERT_EQUAL(std::string{"greeting"}, bad->findings.at(0).field);
        });
    }

    // Who may configure a plugin need not know its password: another address takes it along only where it is
    // typed again. // N4
    void aStoredSecretGoesNowhereElse() {
        onEach([](Server& server, db::Database&, const std::string& backend) {
            PluginRegistry& registry = server.registry;
            const auto at = [&](int port, std::int64_t version) {
                StoredProfile made = server.profile("a", version);
                made.config.set("port", port);
                return made;
            };
            CPPUNIT_ASSERT(
                registry.configure(server.admin, server.id, at(2525, 0), {{"token", "saved"}}).ok());
            CPPUNIT_ASSERT(registry.enable(server.admin, server.id).ok());
            CPPUNIT_ASSERT(server.becomes(PluginState::Running));
            const auto tried = registry.check(server.admin, server.id, at(9999, 1), {});
            CPPUNIT_ASSERT_MESSAGE(backend, !tried.ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"token"}, tried.error().fields.at(0).field);
            CPPUNIT_ASSERT_EQUAL(std::string{"plugin.secret_again"}, tried.error().fields[0].code);
            const auto saved = registry.configure(server.admin, server.id, at(9999, 1), {});
            CPPUNIT_ASSERT_EQUAL(std::string{"plugin.secret_again"}, saved.error().fields.at(0).code);
            CPPUNIT_ASSERT_EQUAL(
                std::string{"a typed"},
                registry.check(server.admin, server.id, at(9999, 1), {{"token", "typed"}})->summary);
            CPPUNIT_ASSERT_EQUAL(std::string{"a saved"},
                                 registry.check(server.admin, server.id, at(2525, 1), {})->summary);
            CPPUNIT_ASSERT(registry.configure(server.admin, server.id, at(9999, 1), {{"token", "new"}}).ok());
            CPPUNIT_ASSERT(registry.configure(server.admin, server.id, at(7777, 2), {{"token", ""}}).ok());
        });
    }

    void switchAndIsolationLeaveEachOtherAlone() {
        onEach([](Server& server, db::Database& database, const std::string& backend) {
            CPPUNIT_ASSERT(server.registry.enable(server.admin, server.id).ok());
            CPPUNIT_ASSERT(server.store.setIsolation(server.admin, server.id, Isolation::InProcess).ok());
            // As `motcua plugin disable` beside a server that is down: nothing was started here.
            DatabaseSettingsStore store{database, server.vault, server.audit, server.clock};
            PluginRegistry other{{{server.folder / ""}, "", "/", {}, impatient()},
                                 store,
                                 [](auto&&...) -> Result<void> { return {}; },
                                 server.clock};
            other.look(server.admin);
            CPPUNIT_ASSERT(other.setIsolation(server.admin, server.id, Isolation::InProcess).ok());
            const auto stored = store.all(server.admin).at(server.id);
            CPPUNIT_ASSERT_MESSAGE(backend, stored.enabled && stored.isolation == Isolation::InProcess);
            CPPUNIT_ASSERT_EQUAL(std::string{"isolation"},
                                 server.registry.history(server.admin, server.id)->at(0).what);
            CPPUNIT_ASSERT_EQUAL(std::string{"plugin.not_allowed"},
                                 server.registry.history(server.clerk, server.id).error().code);
        });
    }

    void whatOthersChangedIsTakenUp() {
        onEach([](Server& server, db::Database&, const std::string& backend) {
            // Another node writes the same database.
            CPPUNIT_ASSERT(server.store.save(server.admin, server.id, server.profile("there"), {}).ok());
            CPPUNIT_ASSERT(server.store.setEnabled(server.admin, server.id, true).ok());
            CPPUNIT_ASSERT(server.registry.profiles("message").empty());
            server.registry.refresh(server.admin);
            CPPUNIT_ASSERT_MESSAGE(backend, server.becomes(PluginState::Running));
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, server.registry.profiles("message").size());
            CPPUNIT_ASSERT(server.store.setEnabled(server.admin, server.id, false).ok());
            server.registry.refresh(server.admin);
            CPPUNIT_ASSERT(server.becomes(PluginState::Off));
        });
    }

    void aNewFileIsTakenUpWithoutRestart() {
        auto database = std::move(test::databases({&vault::schema(), &audit::schema(), &schema()}).front());
        Server server{*database};
        CPPUNIT_ASSERT(server.registry.enable(server.admin, server.id).ok());
        CPPUNIT_ASSERT(server.becomes(PluginState::Running));
        server.install("echo2", "echo");
        server.registry.refresh(server.admin);
        CPPUNIT_ASSERT_EQUAL(std::string{"2.0.0"}, server.registry.find(server.id)->status.version);
        CPPUNIT_ASSERT(server.registry.find(server.id)->status.state == PluginState::Running);
    }

    void whatIsRefusedIsListedWithItsReason() {
        auto database = std::move(test::databases({&vault::schema(), &audit::schema(), &schema()}).front());
        Server server{*database};
        server.install("old-abi", "old");
        server.install("echo2", "twin"); // the same id a second time
        server.registry.refresh(server.admin);
        std::string reasons;
        for (const PluginInfo& info : server.registry.list())
            if (info.status.state == PluginState::Refused) reasons += info.status.reason + "\n";
        CPPUNIT_ASSERT_MESSAGE(reasons,
                               reasons.find("found ABI 7, this server needs ABI 1") != std::string::npos);
        CPPUNIT_ASSERT_MESSAGE(reasons, reasons.find("plugin.twice") != std::string::npos);
        CPPUNIT_ASSERT(server.registry.find(server.id)->status.state == PluginState::Off);
    }

    void thePluginsStoreComparesAndExpires() {
        for (auto& database : test::databases({&vault::schema(), &audit::schema(), &schema()})) {
            ManualClock clock{{1'600'000'000'000}};
            vault::MasterKey master{std::string(32, 'k')};
            vault::Vault vault{master, clock};
            audit::Audit audit{clock};
            DatabaseSettingsStore store{*database, vault, audit, clock};
            const Context context{Actor::system("test")};
            const auto put = [&](const std::string& value, std::int64_t version, Instant expires) {
                return store.putValue(context, "p", "n", {value, version}, expires);
            };
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, store.value(context, "p", "n")->version);
            const auto first = put("a", 0, {0});
            CPPUNIT_ASSERT(first.ok() && *first > 0);
            CPPUNIT_ASSERT_EQUAL(std::string{"host.kv_conflict"}, put("b", 0, {0}).error().code);
            const auto second = put("b", *first, clock.now() + Millis{1000});
            CPPUNIT_ASSERT(second.ok() && *second > *first);
            CPPUNIT_ASSERT(!put("c", *first, {0}).ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"b"}, store.value(context, "p", "n")->value);
            CPPUNIT_ASSERT_EQUAL(std::string{},
                                 store.value(context, "q", "n")->value); // another plugin's space
            clock.advance(Millis{1000});
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, store.value(context, "p", "n")->version);
            CPPUNIT_ASSERT(!put("c", *second, {0}).ok());
            const auto third = put("c", 0, {0});
            CPPUNIT_ASSERT(third.ok() && *third > *second);
            CPPUNIT_ASSERT_EQUAL(std::string{"host.kv_conflict"}, put("", 0, {0}).error().code);
            CPPUNIT_ASSERT(put("", *third, {0}).ok());
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, store.value(context, "p", "n")->version);

            const auto rows = [&] {
                constexpr db::Query all{"test.values", "SELECT count(*) FROM plugin_value"};
                return *database->read(context, [&](db::Reader& tx) {
                    return tx.one(all, [](const db::Row& row) { return row.integer(0); });
                });
            };
            for (int i = 0; i < 5; ++i)
                CPPUNIT_ASSERT(
                    store.putValue(context, "p", std::to_string(i), {"x", 0}, clock.now() + Millis{1}).ok());
            CPPUNIT_ASSERT_EQUAL(std::int64_t{5}, rows());
            clock.advance(Millis{1});
            CPPUNIT_ASSERT(put("kept", 0, {0}).ok());
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, rows()); // nobody asked for the others again
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RegistryTest);
