// The database: one face over SQLite and PostgreSQL. Reads and writes are functions that are handed a
// session.
#pragma once

#include "base/context.h"
#include "base/result.h"
#include "db/query.h"
#include "db/schema.h"

#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace motcua::db {

// Thrown for what no caller can expect: a broken statement, a constraint that the code should have kept, a
// lost connection after the retries, a full disk. The transaction is rolled back.
class DatabaseError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// The deadline passed while waiting for a session, the writer lane or the answer.
class DeadlinePassed : public DatabaseError {
public:
    using DatabaseError::DatabaseError;
};

// The connection was lost, or the disk failed, while the transaction was being committed: it may be there or
// not. Nothing tries again by itself; look the change up by a key of its own first.
class OutcomeUnknown : public DatabaseError {
public:
    using DatabaseError::DatabaseError;
};

enum class Backend { Sqlite, Postgresql };

// A session inside one transaction, for reading.
class Reader {
public:
    virtual ~Reader() = default;
    virtual Backend backend() const = 0;

    // The first row as `map` makes it of a Row; nothing where there is none.
    template <typename Map, typename... Args>
    auto one(const Query& query, Map map, const Args&... args)
        -> std::optional<std::invoke_result_t<Map, const Row&>> {
        std::optional<std::invoke_result_t<Map, const Row&>> found;
        step(query, {Parameter{args}...}, [&](const Row& row) {
            found.emplace(map(row));
            return false;
        });
        return found;
    }

    // Every row as `map` makes it.
    template <typename Map, typename... Args>
    auto all(const Query& query, Map map, const Args&... args)
        -> std::vector<std::invoke_result_t<Map, const Row&>> {
        std::vector<std::invoke_result_t<Map, const Row&>> found;
        step(query, {Parameter{args}...}, [&](const Row& row) {
            found.push_back(map(row));
            return true;
        });
        return found;
    }

    // The same with parameters whose number is known at run time only.
    void each(const Query& query, std::span<const Parameter> parameters,
              const std::function<void(const Row&)>& visit) {
        stepSpan(query, parameters, [&](const Row& row) {
            visit(row);
            return true;
        });
    }

protected:
    // Runs the statement and calls `visit` for each row until it answers false.
    virtual void stepSpan(const Query& query, std::span<const Parameter> parameters,
                          const std::function<bool(const Row&)>& visit) = 0;
    void step(const Query& query, std::initializer_list<Parameter> parameters,
              const std::function<bool(const Row&)>& visit) {
        stepSpan(query, {parameters.begin(), parameters.size()}, visit);
    }
};

// A session inside one transaction that commits. One that has no rows to lose more.
class Writer : public Reader {
public:
    // How many rows the statement changed.
    template <typename... Args>
    std::int64_t run(const Query& query, const Args&... args) {
        return change(query, std::initializer_list<Parameter>{Parameter{args}...});
    }
    std::int64_t runWith(const Query& query, std::span<const Parameter> parameters) {
        return changeSpan(query, parameters);
    }
    // The same where nobody asks how many: PostgreSQL is sent it together with the next statement that is
    // waited for, at the latest with the commit. There it says so where it fails, and nothing is kept.
    template <typename... Args>
    void later(const Query& query, const Args&... args) {
        const std::initializer_list<Parameter> parameters{Parameter{args}...};
        laterSpan(query, {parameters.begin(), parameters.size()});
    }

protected:
    virtual std::int64_t changeSpan(const Query& query, std::span<const Parameter> parameters) = 0;
    virtual void laterSpan(const Query& query, std::span<const Parameter> parameters) {
        changeSpan(query, parameters);
    }
    std::int64_t change(const Query& query, std::initializer_list<Parameter> parameters) {
        return changeSpan(query, {parameters.begin(), parameters.size()});
    }
};

struct Settings {
    // "sqlite:FILE" or a libpq connection string or URI ("postgresql://…", "host=… dbname=…").
    std::string address;
    int readers = 8;           // sessions that read at the same time; on PostgreSQL the pool's whole size
    Millis slowStatement{200}; // slower ones are logged with their name
};

class Database {
public:
    // Opens the file or connects; throws DatabaseError that says what to do.
    static std::unique_ptr<Database> open(const Settings& settings, const Clock& clock);
    virtual ~Database() = default;

    virtual Backend backend() const = 0;

    // [thread-safe] How many statements have run so far, for its figures and for tests that a page asks no
    // more of them as data grows.
    virtual std::int64_t statements() const = 0;

    // Brings every room's tables to its newest version, in the order given (a room after those it refers to),
    // under a lock, each migration in its own transaction with its checksum. Answers how many ran. A changed
    // checksum or a newer database than this program is an error (db.changed_migration,
    // db.newer_than_program).
    virtual Result<int> migrate(const std::vector<const Schema*>& schemas) = 0;

    // Runs `work(Reader&)` in a read-only transaction: one state of the data throughout. Inside another read
    // or write of this thread it joins that one, and sees what it has written. `work` may begin again before
    // its first answer (a session that was lost while idle).
    template <typename Work>
    auto read(const Context& context, Work work) -> std::invoke_result_t<Work, Reader&> {
        using Answer = std::invoke_result_t<Work, Reader&>;
        if constexpr (std::is_void_v<Answer>) {
            readErased(context, [&](Reader& reader) { work(reader); });
        } else {
            std::optional<Answer> answer;
            readErased(context, [&](Reader& reader) { answer.emplace(work(reader)); });
            return std::move(*answer);
        }
    }

    // Runs `work(Writer&)` in a transaction and answers what it answers, after the commit is durable. A
    // Result that holds an error rolls back; so does an exception, which is thrown on. `work` may run again
    // (serialization failure, a batch that broke): it must have no effect but through the Writer. On SQLite
    // it runs on the writer lane and has a budget of 50 ms. On PostgreSQL it is READ COMMITTED: a change that
    // rests on what was read says so in its WHERE, or reads FOR UPDATE. A statement that failed rolls all
    // back, also where `work` has swallowed its exception; no other runs after it. Inside another read or
    // write of this thread: std::logic_error.
    template <typename Work>
    auto write(const Context& context, Work work) -> std::invoke_result_t<Work, Writer&> {
        using Answer = std::invoke_result_t<Work, Writer&>;
        std::optional<Answer> answer;
        writeErased(context, [&](Writer& writer) {
            answer.emplace(work(writer));
            return answer->ok();
        });
        return std::move(*answer);
    }

    // A copy of one state of the whole database, made while others write: on SQLite a file that another
    // process can open, on PostgreSQL what pg_dump writes for pg_restore (Unavailable "db.no_tool",
    // "db.tool_failed").
    virtual Result<void> backup(const std::string& file) = 0;

protected:
    virtual void readErased(const Context& context, const std::function<void(Reader&)>& work) = 0;
    // `work` answers whether to commit.
    virtual void writeErased(const Context& context, const std::function<bool(Writer&)>& work) = 0;
};

} // namespace motcua::db
