#include "db/sqlite_database.h"

#include "base/log.h"
#include "db/migrations.h"
#include "db/pool.h"
#include "db/scope.h"
#include "db/sqlite_session.h"
#include "db/statement_run.h"
#include "db/writer_lane.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

namespace motcua::db {

namespace {

using Readers = Pool<SqliteSession>;

// One state of the data for a reader: the first statement fixes it, the end lets it go.
class Snapshot {
public:
    Snapshot(Readers::Lease& session, const Until& until) : session_(session) {
        session->control("BEGIN");
        session->begin(until);
    }
    ~Snapshot() {
        try {
            session_->begin(Until::never());
            if (session_->inTransaction()) session_->control("ROLLBACK");
        } catch (const std::exception& error) {
            log::warning("db.reader_closed", {{"error", error.what()}});
            session_.spoil();
        }
    }
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

private:
    Readers::Lease& session_;
};

void flushFolderOf(const std::filesystem::path& file) {
    const int folder =
        ::open(file.parent_path().empty() ? "." : file.parent_path().c_str(), O_RDONLY | O_CLOEXEC);
    if (folder < 0) return;
    ::fsync(folder);
    ::close(folder);
}

class SqliteDatabase final : public Database {
public:
    SqliteDatabase(std::string file, const Settings& settings, const Clock& clock)
        : file_(std::move(file)),
          watch_{settings.slowStatement, {}},
          clock_(clock),
          lane_(std::make_unique<SqliteSession>(file_, SqliteSession::Use::Write, watch_)),
          readers_(settings.readers, [this] { return reader(); }) {}

    Backend backend() const override { return Backend::Sqlite; }
    std::int64_t statements() const override { return watch_.statements.load(std::memory_order_relaxed); }

    Result<int> migrate(const std::vector<const Schema*>& schemas) override {
        Scope::refuseWrite(*this);
        return runMigrations(schemas, clock_, [&](const auto& work) {
            lane_.run(Until::never(), [&](SqliteSession& session) {
                work({session, [&](const std::string& sql) { session.script(sql); }});
                return true;
            });
        });
    }

    // Made beside the place and moved there whole: who finds the file finds all of it.
    Result<void> backup(const std::string& file) override {
        const std::string part = file + ".part";
        std::filesystem::remove(part);
        const auto session = reader();
        session->control("BEGIN");
        session->copyTo(part);
        std::filesystem::rename(part, file);
        flushFolderOf(file);
        return {};
    }

protected:
    void readErased(const Context& context, const std::function<void(Reader&)>& work) override {
        if (Reader* current = Scope::current(*this)) return work(*current);
        const Until until = context.deadline;
        Readers::Lease session = readers_.take(until);
        const Snapshot snapshot{session, until};
        const Scope scope{*this, *session};
        work(*session);
    }

    void writeErased(const Context& context, const std::function<bool(Writer&)>& work) override {
        Scope::refuseWrite(*this);
        lane_.run(context.deadline, [&](SqliteSession& session) {
            const Scope scope{*this, session};
            return work(session);
        });
    }

private:
    std::unique_ptr<SqliteSession> reader() const {
        return std::make_unique<SqliteSession>(file_, SqliteSession::Use::Read, watch_);
    }

    const std::string file_;
    mutable Watch watch_;
    const Clock& clock_;
    WriterLane lane_;
    Readers readers_;
};

} // namespace

std::unique_ptr<Database> openSqlite(const std::string& file, const Settings& settings, const Clock& clock) {
    if (file.empty() || file.front() == ':')
        throw DatabaseError("the address sqlite:" + file +
                            " names no file: write sqlite:FOLDER/motcua.sqlite");
    return std::make_unique<SqliteDatabase>(file, settings, clock);
}

} // namespace motcua::db
