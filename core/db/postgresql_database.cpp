#include "db/postgresql_database.h"

#include "base/log.h"
#include "db/migrations.h"
#include "db/pool.h"
#include "db/postgresql_session.h"
#include "db/postgresql_tools.h"
#include "db/scope.h"
#include "db/statement_run.h"

#include <algorithm>
#include <random>
#include <thread>

namespace motcua::db {

namespace {

constexpr int kTries = 5;
constexpr std::string_view kMigrationLock =
    "SELECT pg_advisory_xact_lock(hashtext('motcua.migrate.' || current_schema()))";

// Between 5 and 200 ms, longer each time, at random so that those who collided do not collide again.
void pauseBefore(int retry, const Until& until) {
    thread_local std::minstd_rand random{std::random_device{}()};
    const int most = std::min(200, 10 << retry);
    Millis pause{std::uniform_int_distribution{5, most}(random)};
    if (until.bounded()) pause = std::clamp(until.left(), Millis{0}, pause);
    std::this_thread::sleep_for(pause);
}

class PostgresqlDatabase final : public Database {
public:
    PostgresqlDatabase(const Settings& settings, const Clock& clock)
        : clock_(clock),
          watch_{settings.slowStatement, {}},
          address_(settings.address),
          pool_(settings.readers, [this, address = settings.address] {
              return std::make_unique<PostgresqlSession>(address, watch_);
          }) {
        pool_.take(Until::never()); // says at once where the server cannot be reached
    }

    Backend backend() const override { return Backend::Postgresql; }
    std::int64_t statements() const override { return watch_.statements.load(std::memory_order_relaxed); }

    Result<int> migrate(const std::vector<const Schema*>& schemas) override {
        Scope::refuseWrite(*this);
        return runMigrations(schemas, clock_, [&](const auto& work) {
            transact(PostgresqlSession::Use::Write, Until::never(), [&](PostgresqlSession& session) {
                session.script(std::string{kMigrationLock});
                work({session, [&](const std::string& sql) { session.script(sql); }});
                return true;
            });
        });
    }

    Result<void> backup(const std::string& file) override { return dumpPostgresql(address_, file); }

protected:
    void readErased(const Context& context, const std::function<void(Reader&)>& work) override {
        if (Reader* current = Scope::current(*this)) return work(*current);
        transact(PostgresqlSession::Use::Read, context.deadline, [&](PostgresqlSession& session) {
            work(session);
            return false;
        });
    }

    void writeErased(const Context& context, const std::function<bool(Writer&)>& work) override {
        Scope::refuseWrite(*this);
        transact(PostgresqlSession::Use::Write, context.deadline,
                 [&](PostgresqlSession& session) { return work(session); });
    }

private:
    using Work = std::function<bool(PostgresqlSession&)>; // answers whether to commit

    // Begins anew where that may help. A read only before its first answer: its caller was not told that it
    // may run twice.
    void transact(PostgresqlSession::Use use, const Until& until, const Work& work) {
        for (int attempt = 1;; attempt++) {
            bool answered = false;
            try {
                return once(use, until, work, answered);
            } catch (const Transient& error) {
                const bool begun = use == PostgresqlSession::Use::Read && answered;
                if (begun || attempt == kTries || until.passed()) throw;
                log::warning("db.again", {{"attempt", attempt}, {"error", error.what()}});
            }
            pauseBefore(attempt, until);
        }
    }

    void once(PostgresqlSession::Use use, const Until& until, const Work& work, bool& answered) {
        auto session = pool_.take(until);
        try {
            session->begin(use, until);
            const Scope scope{*this, *session};
            if (work(*session))
                session->commit();
            else
                session->rollBack();
        } catch (...) {
            answered = session->answered();
            session->rollBack();
            if (session->lost()) {
                session.spoil();
                pool_.closeIdle(); // the others went the same way, or will be made anew at little cost
            }
            throw;
        }
    }

    const Clock& clock_;
    Watch watch_;
    const std::string address_;
    Pool<PostgresqlSession> pool_;
};

} // namespace

std::unique_ptr<Database> openPostgresql(const Settings& settings, const Clock& clock) {
    return std::make_unique<PostgresqlDatabase>(settings, clock);
}

} // namespace motcua::db
