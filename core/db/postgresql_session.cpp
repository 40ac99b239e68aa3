#include "db/postgresql_session.h"

#include "base/log.h"
#include "db/postgresql_values.h"
#include "db/sql_text.h"
#include "db/statement_run.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

namespace motcua::db {

// A statement that the server keeps under a name, with the types that it found for the parameters.
struct PostgresqlSession::Statement {
    std::string name;
    std::vector<Oid> types;
    std::shared_ptr<std::vector<std::string>> discarded;

    ~Statement() {
        if (discarded) discarded->push_back(name);
    }
};

namespace {

// How long past its deadline an answer is still awaited: the server is to cancel the statement by itself.
constexpr Millis kGrace{1000};
constexpr int kOldestServer = 150000;
// What waits in one pipeline. More would fill the sockets both ways, and nobody counts time while they are
// full.
constexpr std::size_t kMostSent = 64;

PGconn* connect(const std::string& address) {
    // What the address itself says comes last and wins.
    const char* const names[] = {"fallback_application_name",
                                 "client_encoding",
                                 "connect_timeout",
                                 "tcp_user_timeout",
                                 "keepalives_idle",
                                 "dbname",
                                 nullptr};
    const char* const values[] = {"motcua", "UTF8", "3", "10000", "30", address.c_str(), nullptr};
    return PQconnectdbParams(names, values, 1);
}

std::string_view stateOf(const PGresult* result) {
    const char* state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
    return state ? state : "";
}

// Without the DETAIL, which quotes values.
std::string messageOf(const PGconn* connection, const PGresult* result) {
    const char* primary = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : nullptr;
    return text::trim(primary ? primary : PQerrorMessage(connection));
}

bool mayBeDoneAgain(std::string_view state) {
    return state == "40001" || state == "40P01" || state == "57P01" || state == "57P02" || state == "57P03" ||
           state.starts_with("08");
}

} // namespace

PostgresqlSession::PostgresqlSession(const std::string& address, Watch& watch)
    : connection_(connect(address), &PQfinish),
      discarded_(std::make_shared<std::vector<std::string>>()),
      watch_(watch) {
    if (lost()) throw Transient("cannot reach PostgreSQL: " + text::trim(PQerrorMessage(connection_.get())));
    if (PQserverVersion(connection_.get()) < kOldestServer)
        throw DatabaseError("this PostgreSQL is too old: 15 or newer is needed");
    const char* encoding = PQparameterStatus(connection_.get(), "server_encoding");
    if (!encoding || std::string_view{encoding} != "UTF8")
        throw DatabaseError(
            "this PostgreSQL database is not in UTF8: create it with createdb -E UTF8 -T template0");
    PQsetNoticeProcessor(
        connection_.get(),
        [](void*, const char* said) {
            log::debug("db.notice", {{"text", text::trim(said)}});
        },
        nullptr);
    script("SET idle_in_transaction_session_timeout = 60000");
}

PostgresqlSession::~PostgresqlSession() = default;

void PostgresqlSession::begin(Use use, const Until& until) {
    answered_ = false;
    transient_ = false;
    opening_.clear();
    sent_.clear();
    settle();
    until_ = until;
    opening_.emplace_back(use == Use::Read ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
                                           : "BEGIN ISOLATION LEVEL READ COMMITTED");
    if (until.bounded())
        opening_.push_back("SET LOCAL statement_timeout = " +
                           std::to_string(std::max<std::int64_t>(1, until.left().count())));
    for (const std::string& name : *discarded_)
        opening_.push_back("DEALLOCATE " + name);
    discarded_->clear();
}

// Takes in the answer of a ROLLBACK that nobody has waited for.
void PostgresqlSession::settle() {
    if (ending_) {
        ending_ = false;
        until_ = Until::in(kGrace);
        try {
            for (bool more = pipelined(); more && !lost();) {
                const Answer answer = next();
                more = !answer || PQresultStatus(answer.get()) != PGRES_PIPELINE_SYNC;
            }
            if (pipelined() && PQexitPipelineMode(connection_.get()) != 1) broken_ = true;
            // What failed before the ROLLBACK of the same pipeline has kept it from being run.
            if (PQtransactionStatus(connection_.get()) == PQTRANS_INERROR)
                PQsendQuery(connection_.get(), "ROLLBACK");
            while (next()) {
            }
        } catch (const DeadlinePassed&) {
            log::warning("db.rollback_unanswered");
        }
    }
    if (lost() || PQtransactionStatus(connection_.get()) != PQTRANS_IDLE) {
        broken_ = true;
        throw Transient("the PostgreSQL session was lost while it was idle");
    }
}

void PostgresqlSession::commit() {
    if (!opening_.empty()) { // nothing was ever sent
        opening_.clear();
        return;
    }
    if (!pipelined() && PQtransactionStatus(connection_.get()) != PQTRANS_INTRANS) {
        constexpr const char* said = "nothing is kept of a transaction in which a statement failed";
        if (transient_) throw Transient(said);
        throw DatabaseError(said);
    }
    // A deadline must not cut off the wait for a synchronous replica: the server would report the commit as
    // done.
    const bool sent = openPipeline() && send("SET LOCAL statement_timeout = 0") && send("COMMIT");
    try {
        const Answer answer = finishPipeline("commit", sent);
        if (std::string_view{PQcmdStatus(answer.get())} != "COMMIT")
            throw DatabaseError("the server rolled back what it was told to commit");
    } catch (const DatabaseError& error) {
        if (!lost()) throw;
        throw OutcomeUnknown(std::string{"the connection was lost during the commit: "} + error.what());
    }
}

void PostgresqlSession::rollBack() noexcept {
    if (!opening_.empty() || lost() || ending_) {
        opening_.clear();
        return;
    }
    if (pipelined()) {
        ending_ = send("ROLLBACK") && PQpipelineSync(connection_.get()) == 1;
    } else {
        if (PQtransactionStatus(connection_.get()) == PQTRANS_IDLE) return;
        ending_ = PQsendQuery(connection_.get(), "ROLLBACK") == 1;
    }
    broken_ = broken_ || !ending_;
}

void PostgresqlSession::script(const std::string& sql) {
    if (pipelined()) finishPipeline("script", true);
    std::string all;
    for (const std::string& statement : std::exchange(opening_, {}))
        all += statement + ";\n";
    all += sql;
    const bool sent = PQsendQuery(connection_.get(), all.c_str()) == 1;
    Answer failed{nullptr, &PQclear};
    while (Answer answer = sent ? next() : Answer{nullptr, &PQclear})
        if (!failed && PQresultStatus(answer.get()) == PGRES_FATAL_ERROR) failed = std::move(answer);
    if (failed || !sent) fail("script", failed.get());
    answered_ = true;
}

// Waits for the server no longer than the deadline and a grace: one that is stopped must not hold a thread.
void PostgresqlSession::awaitInput() {
    while (PQisBusy(connection_.get())) {
        const std::int64_t left =
            until_.bounded() ? std::max<std::int64_t>(0, (until_.left() + kGrace).count()) : -1;
        pollfd socket{PQsocket(connection_.get()), POLLIN, 0};
        const int ready = ::poll(&socket, 1, static_cast<int>(std::min<std::int64_t>(left, 1 << 30)));
        if (ready < 0 && errno == EINTR) continue;
        if (ready == 0) {
            broken_ = true;
            throw DeadlinePassed("PostgreSQL does not answer");
        }
        if (PQconsumeInput(connection_.get()) == 0) return; // the next result says why
    }
}

PostgresqlSession::Answer PostgresqlSession::next() {
    awaitInput();
    return {PQgetResult(connection_.get()), &PQclear};
}

bool PostgresqlSession::pipelined() const {
    return PQpipelineStatus(connection_.get()) != PQ_PIPELINE_OFF;
}

bool PostgresqlSession::send(std::string_view sql) {
    sent_.emplace_back(sql);
    return PQsendQueryParams(connection_.get(), sent_.back().c_str(), 0, nullptr, nullptr, nullptr, nullptr,
                             0) == 1;
}

bool PostgresqlSession::openPipeline() {
    if (!pipelined() && PQenterPipelineMode(connection_.get()) != 1) return false;
    bool sent = true;
    for (const std::string& sql : std::exchange(opening_, {}))
        sent = sent && send(sql);
    return sent;
}

// The answer to the last of the commands that were sent; the first that failed is thrown.
PostgresqlSession::Answer PostgresqlSession::finishPipeline(std::string_view name, bool sent) {
    Answer last{nullptr, &PQclear};
    Answer failed{nullptr, &PQclear};
    std::string culprit{name};
    bool synced = false;
    if (sent && PQpipelineSync(connection_.get()) == 1) {
        for (std::size_t at = 0; !synced && !lost();) {
            Answer answer = next();
            if (!answer) continue; // between two commands
            const auto status = PQresultStatus(answer.get());
            synced = status == PGRES_PIPELINE_SYNC;
            if (status == PGRES_FATAL_ERROR && !failed) {
                failed = std::move(answer);
                if (at < sent_.size()) culprit = sent_[at];
            } else if (!synced) {
                last = std::move(answer);
            }
            at++;
        }
    }
    sent_.clear();
    if (!synced || PQexitPipelineMode(connection_.get()) != 1) broken_ = true;
    if (failed || broken_ || !last) fail(culprit, failed.get());
    answered_ = true;
    return last;
}

std::shared_ptr<PostgresqlSession::Statement> PostgresqlSession::prepared(const Query& query) {
    const std::string_view sql = query.postgresql.empty() ? query.sql : query.postgresql;
    if (auto known = statements_.find(sql)) return known;
    const Numbered numbered = numberPlaceholders(sql);
    auto statement = std::make_shared<Statement>();
    statement->name = "s" + std::to_string(++named_);
    const bool sent =
        openPipeline() &&
        PQsendPrepare(connection_.get(), statement->name.c_str(), numbered.sql.c_str(), 0, nullptr) == 1 &&
        PQsendDescribePrepared(connection_.get(), statement->name.c_str()) == 1;
    const Answer described = finishPipeline(query.name, sent);
    for (int at = 0; at < PQnparams(described.get()); at++)
        statement->types.push_back(PQparamtype(described.get(), at));
    statement->discarded = discarded_;
    statements_.keep(sql, statement);
    return statement;
}

void PostgresqlSession::enter(std::string_view name) {
    if (until_.passed()) throw DeadlinePassed(std::string{name} + ": the deadline passed before it began");
}

// Sends it into the pipeline; what it holds is copied.
bool PostgresqlSession::send(const Query& query, std::span<const Parameter> parameters) {
    enter(query.name);
    const auto statement = prepared(query);
    checkParameters(query, parameters, statement->types.size());
    const BoundValues values{query.name, parameters, statement->types};
    if (!openPipeline()) return false;
    sent_.emplace_back(query.name);
    return PQsendQueryPrepared(connection_.get(), statement->name.c_str(), values.size(), values.values(),
                               values.lengths(), values.formats(), 1) == 1;
}

PostgresqlSession::Answer PostgresqlSession::execute(const Query& query,
                                                     std::span<const Parameter> parameters) {
    const bool sent = send(query, parameters);
    return finishPipeline(query.name, sent);
}

void PostgresqlSession::stepSpan(const Query& query, std::span<const Parameter> parameters,
                                 const std::function<bool(const Row&)>& visit) {
    const Watched watched{query.name, watch_};
    const Answer answer = execute(query, parameters);
    PostgresqlRow row{answer.get(), query.name};
    for (int at = 0; at < PQntuples(answer.get()); at++) {
        row.moveTo(at);
        if (!visit(row)) return;
    }
}

std::int64_t PostgresqlSession::changeSpan(const Query& query, std::span<const Parameter> parameters) {
    const Watched watched{query.name, watch_};
    const Answer answer = execute(query, parameters);
    return std::strtoll(PQcmdTuples(answer.get()), nullptr, 10);
}

void PostgresqlSession::laterSpan(const Query& query, std::span<const Parameter> parameters) {
    const Watched watched{query.name, watch_};
    const bool sent = send(query, parameters);
    if (!sent || sent_.size() >= kMostSent) finishPipeline(query.name, sent);
}

void PostgresqlSession::fail(std::string_view name, const PGresult* result) {
    const std::string_view state = stateOf(result);
    const std::string said = std::string{name} + ": " + messageOf(connection_.get(), result) +
                             " (PostgreSQL " + std::string{state.empty() ? "connection" : state} + ")";
    const bool again = mayBeDoneAgain(state) || lost();
    transient_ = transient_ || again;
    if (again) throw Transient(said);
    // The server counts the time of a statement by its own clock and may end it a moment before ours has run
    // out; nobody else cancels what this session runs.
    if (state == "57014") throw DeadlinePassed(said);
    throw DatabaseError(said);
}

} // namespace motcua::db
