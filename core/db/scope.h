// What this thread is doing with which database, so that a read inside a read or a write joins it (one state
// of the data, one session, no deadlock on the pool) and a write inside either is refused as the bug that it
// is.
#pragma once

#include "db/database.h"

namespace motcua::db {

class Scope {
public:
    Scope(const Database& database, Reader& session)
        : database_(database), session_(session), outer_(innermost_) {
        innermost_ = this;
    }
    ~Scope() { innermost_ = outer_; }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

    // The session that this thread has open on `database`, or null.
    static Reader* current(const Database& database) {
        for (const Scope* scope = innermost_; scope; scope = scope->outer_)
            if (&scope->database_ == &database) return &scope->session_;
        return nullptr;
    }
    static void refuseWrite(const Database& database) {
        if (current(database))
            throw std::logic_error(
                "a write inside another read or write of the same database: hand the Writer on");
    }

private:
    const Database& database_;
    Reader& session_;
    const Scope* outer_;
    static thread_local const Scope* innermost_;
};

inline thread_local const Scope* Scope::innermost_ = nullptr;

} // namespace motcua::db
