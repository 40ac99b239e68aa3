#include "db/sqlite_session.h"

#include "base/text.h"
#include "db/statement_run.h"

#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Data/SQLite/Utility.h>
#include <Poco/Data/Session.h>
#include <Poco/Exception.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace motcua::db {

// A prepared statement. One that is running (a query inside a row's visit) is not run a second time.
struct SqliteSession::Statement {
    explicit Statement(sqlite3_stmt* prepared) : handle(prepared) {}
    ~Statement() { sqlite3_finalize(handle); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    sqlite3_stmt* handle;
    bool running = false;
};

namespace {

class SqliteRow final : public Row {
public:
    SqliteRow(sqlite3_stmt* statement, std::string_view name) : statement_(statement), name_(name) {}

    bool isNull(int column) const override { return typeOf(column) == SQLITE_NULL; }
    std::int64_t integer(int column) const override {
        want(column, SQLITE_INTEGER, "a whole number");
        return sqlite3_column_int64(statement_, column);
    }
    double real(int column) const override {
        if (typeOf(column) != SQLITE_INTEGER) want(column, SQLITE_FLOAT, "a number");
        return sqlite3_column_double(statement_, column);
    }
    std::string_view text(int column) const override {
        want(column, SQLITE_TEXT, "text");
        const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
        return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
    }
    std::string_view blob(int column) const override {
        want(column, SQLITE_BLOB, "a blob");
        const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
        return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
    }

private:
    int typeOf(int column) const {
        if (column < 0 || column >= sqlite3_column_count(statement_))
            throw std::logic_error(std::string{name_} + ": no column " + std::to_string(column));
        return sqlite3_column_type(statement_, column);
    }
    void want(int column, int type, const char* what) const {
        if (typeOf(column) != type)
            throw std::logic_error(std::string{name_} + ": column " + std::to_string(column) + " is not " +
                                   what);
    }

    sqlite3_stmt* statement_;
    std::string_view name_;
};

// SQLite takes a null pointer for NULL, also where there are zero bytes.
const char* pointer(std::string_view bytes) {
    return bytes.data() ? bytes.data() : "";
}

// A session is one thread's at a time, so that SQLite need not lock it at every call, nor count its memory
// for statistics that nobody reads. Where SQLite was in use before, it stays as careful as it was.
void configureOnce() {
    [[maybe_unused]] static const int done =
        sqlite3_config(SQLITE_CONFIG_MULTITHREAD) | sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

int bind(sqlite3_stmt* statement, int at, const Parameter& parameter) {
    const auto& held = parameter.held();
    if (const auto* number = std::get_if<std::int64_t>(&held))
        return sqlite3_bind_int64(statement, at, *number);
    if (const auto* real = std::get_if<double>(&held)) return sqlite3_bind_double(statement, at, *real);
    if (const auto* text = std::get_if<std::string_view>(&held))
        return sqlite3_bind_text64(statement, at, pointer(*text), text->size(), SQLITE_STATIC, SQLITE_UTF8);
    if (const auto* blob = std::get_if<Blob>(&held))
        return sqlite3_bind_blob64(statement, at, pointer(blob->bytes), blob->bytes.size(), SQLITE_STATIC);
    return sqlite3_bind_null(statement, at);
}

void createForOwner(const std::string& file) {
    const int made = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (made < 0)
        throw DatabaseError("cannot open the database " + file + ": " + std::strerror(errno) +
                            ". Does its folder exist, and may this user write in it?");
    ::close(made);
}

} // namespace

// Binds the parameters of a statement for one run, and resets it whatever happens.
class SqliteSession::Running {
public:
    Running(SqliteSession& session, const Query& query, std::span<const Parameter> parameters)
        : statement_(session.prepared(query.sql)), session_(session) {
        session.enter(query);
        sqlite3_stmt* handle = statement_->handle;
        const auto wanted = static_cast<std::size_t>(sqlite3_bind_parameter_count(handle));
        checkParameters(query, parameters, wanted);
        statement_->running = true;
        for (std::size_t at = 0; at < wanted; at++) {
            if (const int code = bind(handle, static_cast<int>(at) + 1, parameters[at]); code != SQLITE_OK) {
                end();
                session_.fail(code, query.name);
            }
        }
    }
    ~Running() { end(); }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    Statement& operator*() const { return *statement_; }
    sqlite3_stmt* handle() const { return statement_->handle; }

private:
    void end() {
        sqlite3_reset(statement_->handle);
        sqlite3_clear_bindings(statement_->handle); // what they point to is the caller's
        statement_->running = false;
    }

    std::shared_ptr<Statement> statement_;
    SqliteSession& session_;
};

SqliteSession::SqliteSession(const std::string& file, Use use, Watch& watch) : watch_(watch) {
    configureOnce();
    if (use == Use::Write) createForOwner(file);
    try {
        Poco::Data::SQLite::Connector::registerConnector();
        session_ = std::make_unique<Poco::Data::Session>(Poco::Data::SQLite::Connector::KEY, file);
        handle_ = Poco::Data::SQLite::Utility::dbHandle(*session_);
    } catch (const Poco::Exception& error) {
        throw DatabaseError("cannot open the database " + file + ": " + error.displayText());
    }
    prepareForUse(use);
}

SqliteSession::~SqliteSession() {
    statements_.clear(); // before their connection
}

void SqliteSession::prepareForUse(Use use) {
    sqlite3_extended_result_codes(handle_, 1);
    sqlite3_busy_timeout(handle_, 5000);
    script("PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY;"
           "PRAGMA cache_size=-16000; PRAGMA case_sensitive_like=ON;"); // LIKE as PostgreSQL has it
    if (use == Use::Read) {
        script("PRAGMA query_only=ON");
    } else {
        script("PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864;");
        std::string mode;
        stepSpan({"db.journal_mode", "PRAGMA journal_mode=WAL"}, {}, [&](const Row& row) {
            mode = row.string(0);
            return false;
        });
        if (mode != "wal")
            throw DatabaseError("this database cannot use a write-ahead log (journal mode " + mode +
                                "): keep it on a local disk");
    }
    // A statement past its deadline is interrupted: SQLite asks here every few thousand steps of its machine.
    const auto late = [](void* self) { return static_cast<SqliteSession*>(self)->until_.passed() ? 1 : 0; };
    sqlite3_progress_handler(handle_, 4000, late, this);
}

void SqliteSession::control(std::string_view sql) {
    const auto statement = prepared(sql);
    const int code = sqlite3_step(statement->handle);
    sqlite3_reset(statement->handle);
    if (code != SQLITE_DONE && code != SQLITE_ROW) fail(code, sql);
}

void SqliteSession::script(const std::string& sql) {
    if (const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr); code != SQLITE_OK)
        fail(code, "script");
}

void SqliteSession::begin(const Until& until) {
    until_ = until;
    failed_ = false;
}

std::shared_ptr<SqliteSession::Statement> SqliteSession::prepared(std::string_view sql) {
    auto statement = statements_.find(sql);
    if (statement && !statement->running) return statement;
    sqlite3_stmt* handle = nullptr;
    const char* rest = nullptr;
    const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &handle, &rest);
    if (code != SQLITE_OK) fail(code, sql);
    auto made = std::make_shared<Statement>(handle);
    if (!handle || !text::trim({rest, static_cast<std::size_t>(sql.data() + sql.size() - rest)}).empty())
        throw std::logic_error("not exactly one statement: " + std::string{sql});
    if (!statement) statements_.keep(sql, made);
    return made;
}

bool SqliteSession::step(Statement& statement, const Query& query) {
    const int code = sqlite3_step(statement.handle);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    fail(code, query.name);
}

void SqliteSession::stepSpan(const Query& query, std::span<const Parameter> parameters,
                             const std::function<bool(const Row&)>& visit) {
    const Watched watched{query.name, watch_};
    const Running statement{*this, query, parameters};
    const SqliteRow row{statement.handle(), query.name};
    while (step(*statement, query)) {
        if (visit(row)) continue;
        // What changes data runs to its end, else SQLite would not know whether to keep it.
        while (!sqlite3_stmt_readonly(statement.handle()) && step(*statement, query)) {
        }
        return;
    }
}

std::int64_t SqliteSession::changeSpan(const Query& query, std::span<const Parameter> parameters) {
    const Watched watched{query.name, watch_};
    const Running statement{*this, query, parameters};
    const std::int64_t before = sqlite3_total_changes64(handle_);
    while (step(*statement, query)) {
    }
    // sqlite3_changes64 keeps the last count where a statement is not an INSERT, UPDATE or DELETE; the total
    // also counts what triggers and cascades changed.
    return sqlite3_total_changes64(handle_) == before ? 0 : sqlite3_changes64(handle_);
}

void SqliteSession::enter(const Query& query) {
    lastName_ = query.name;
    // Where SQLite has rolled back by itself, what follows would be a transaction of its own, and kept.
    if (failed_)
        throw DatabaseError(lastName_ + ": a statement of this transaction has failed, so none follows it");
    if (!until_.passed()) return;
    failed_ = true;
    throw DeadlinePassed(std::string{query.name} + ": the deadline passed before it began");
}

void SqliteSession::fail(int code, std::string_view what) {
    failed_ = true;
    lastFailure_ = code;
    const std::string said =
        std::string{what} + ": " + sqlite3_errmsg(handle_) + " (SQLite " + std::to_string(code) + ")";
    if ((code & 0xff) == SQLITE_INTERRUPT) throw DeadlinePassed(said);
    throw DatabaseError(said);
}

void SqliteSession::copyTo(const std::string& file) {
    createForOwner(file);
    sqlite3* copy = nullptr;
    int code = sqlite3_open_v2(file.c_str(), &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
    if (code == SQLITE_OK) {
        if (sqlite3_backup* backup = sqlite3_backup_init(copy, "main", handle_, "main")) {
            sqlite3_backup_step(backup, -1); // at one go: one state, and writers are not in its way
            sqlite3_backup_finish(backup);
        }
        code = sqlite3_errcode(copy);
    }
    const std::string said = copy ? sqlite3_errmsg(copy) : "out of memory";
    sqlite3_close(copy);
    if (code != SQLITE_OK) throw DatabaseError("backup to " + file + ": " + said);
}

} // namespace motcua::db
