// One connection to PostgreSQL through libpq: prepared statements, binary values both ways, and as few round
// trips as a transaction can do with.
#pragma once

#include "db/database.h"
#include "db/statement_cache.h"
#include "base/until.h"

#include <libpq-fe.h>

#include <memory>
#include <string>
#include <vector>

namespace motcua::db {

struct Watch;

// The transaction is gone, and doing all of it again may succeed: a serialization failure, a deadlock, a
// connection that was lost before the commit.
class Transient : public DatabaseError {
public:
    using DatabaseError::DatabaseError;
};

// Not for use by two threads at a time.
class PostgresqlSession final : public Writer {
public:
    enum class Use { Read, Write };

    // Connects; throws Transient.
    PostgresqlSession(const std::string& address, Watch& watch);
    ~PostgresqlSession() override;

    Backend backend() const override { return Backend::Postgresql; }

    // The BEGIN travels with the first statement. A statement past `until` is cancelled by the server; where
    // the server does not answer at all, the connection is given up a second later.
    void begin(Use use, const Until& until);
    // Throws OutcomeUnknown where the connection was lost while the server committed, Transient,
    // DatabaseError.
    void commit();
    // Nobody waits for its answer: it is taken in when the session is used again.
    void rollBack() noexcept;
    // Several statements as they stand.
    void script(const std::string& sql);

    bool lost() const { return broken_ || PQstatus(connection_.get()) != CONNECTION_OK; }
    bool answered() const { return answered_; } // a statement of this transaction

protected:
    void stepSpan(const Query& query, std::span<const Parameter> parameters,
                  const std::function<bool(const Row&)>& visit) override;
    std::int64_t changeSpan(const Query& query, std::span<const Parameter> parameters) override;
    void laterSpan(const Query& query, std::span<const Parameter> parameters) override;

private:
    using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;
    struct Statement;

    Answer execute(const Query& query, std::span<const Parameter> parameters);
    std::shared_ptr<Statement> prepared(const Query& query);
    bool pipelined() const;
    bool send(std::string_view sql);
    bool send(const Query& query, std::span<const Parameter> parameters);
    bool openPipeline();
    Answer finishPipeline(std::string_view name, bool sent);
    Answer next();
    void awaitInput();
    void settle();
    void enter(std::string_view name);
    [[noreturn]] void fail(std::string_view name, const PGresult* result);

    std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
    std::vector<std::string> opening_; // what goes to the server before the next statement
    std::vector<std::string> sent_;    // names of what the open pipeline holds, in order
    StatementCache<Statement> statements_;
    std::shared_ptr<std::vector<std::string>> discarded_; // names of statements that the cache let go
    std::uint64_t named_ = 0;
    Watch& watch_;
    Until until_ = Until::never();
    bool ending_ = false; // a ROLLBACK is under way
    bool broken_ = false; // the protocol was left in the middle
    bool answered_ = false;
    bool transient_ = false; // what failed first in this transaction may succeed when done again
};

} // namespace motcua::db
