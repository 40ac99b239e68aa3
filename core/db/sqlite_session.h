// One connection to a SQLite file: Poco opens and holds it, statements run on the handle beneath, prepared
// once.
#pragma once

#include "db/database.h"
#include "db/statement_cache.h"
#include "base/until.h"

#include <sqlite3.h>

#include <memory>

namespace Poco::Data {
class Session;
}

namespace motcua::db {

struct Watch;

// Not for use by two threads at a time.
class SqliteSession final : public Writer {
public:
    enum class Use { Read, Write };

    // Opens the file, made for its owner alone where it is missing; throws DatabaseError.
    SqliteSession(const std::string& file, Use use, Watch& watch);
    ~SqliteSession() override;

    Backend backend() const override { return Backend::Sqlite; }

    // A statement of our own ("BEGIN IMMEDIATE"), outside the slow log.
    void control(std::string_view sql);
    // Several statements as they stand.
    void script(const std::string& sql);

    // From here on statements past `until` are interrupted, and failed() counts anew.
    void begin(const Until& until);
    // Whether a statement has failed since: what follows must not be committed, as PostgreSQL would not.
    bool failed() const { return failed_; }
    // False also where SQLite has rolled back by itself.
    bool inTransaction() const { return sqlite3_get_autocommit(handle_) == 0; }
    int lastFailure() const { return lastFailure_; } // SQLite's extended code
    const std::string& lastName() const { return lastName_; }

    // A copy of one state of the database in a new file.
    void copyTo(const std::string& file);

protected:
    void stepSpan(const Query& query, std::span<const Parameter> parameters,
                  const std::function<bool(const Row&)>& visit) override;
    std::int64_t changeSpan(const Query& query, std::span<const Parameter> parameters) override;

private:
    struct Statement;
    class Running;

    void prepareForUse(Use use);
    std::shared_ptr<Statement> prepared(std::string_view sql);
    bool step(Statement& statement, const Query& query);
    void enter(const Query& query);
    [[noreturn]] void fail(int code, std::string_view what);

    std::unique_ptr<Poco::Data::Session> session_;
    sqlite3* handle_ = nullptr;
    StatementCache<Statement> statements_;
    Watch& watch_;
    Until until_ = Until::never();
    bool failed_ = false;
    int lastFailure_ = SQLITE_OK;
    std::string lastName_;
};

} // namespace motcua::db
