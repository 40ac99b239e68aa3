// What the tests of db share: a small schema and the words to use it.
#pragma once

#include "db/database.h"
#include "db/statement_run.h"
#include "support/databases.h"

#include <sys/types.h>

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

namespace motcua::db::test {

// Of sessions that a test makes itself: no statement counts as slow.
inline Watch unhurried{Millis{10000}, {}};

inline const Schema& schema() {
    static const Schema made{"sample",
                             {{1, "0001_things", R"sql(
CREATE TABLE thing (
    id TEXT NOT NULL PRIMARY KEY,
    count INTEGER NOT NULL,
    ratio REAL,
    sealed BLOB,
    note TEXT
) STRICT;
CREATE TABLE part (thing_id TEXT NOT NULL REFERENCES thing (id), number INTEGER NOT NULL,
    PRIMARY KEY (thing_id, number)) STRICT, WITHOUT ROWID;
CREATE TABLE numbered (id INTEGER PRIMARY KEY, what TEXT NOT NULL) STRICT;
)sql"},
                              {2, "0002_counter",
                               "CREATE TABLE counter (name TEXT NOT NULL PRIMARY KEY, last INTEGER "
                               "NOT NULL) STRICT;"}}};
    return made;
}

constexpr Query kInsert{"thing.insert",
                        "INSERT INTO thing (id, count, ratio, sealed, note) VALUES (?, ?, ?, ?, ?)"};
constexpr Query kAdd{"thing.add", "INSERT INTO thing (id, count) VALUES (?, ?)"};
constexpr Query kCount{"thing.count", "SELECT count(*) FROM thing"};
constexpr Query kAll{"thing.all", "SELECT id FROM thing ORDER BY id"};
constexpr Query kFind{"thing.find", "SELECT id, count, ratio, sealed, note FROM thing WHERE id = ?"};
constexpr Query kNext{"counter.next",
                      "INSERT INTO counter (name, last) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET "
                      "last = counter.last + 1 RETURNING last"};

inline std::int64_t number(const Row& row) {
    return row.integer(0);
}
inline std::string word(const Row& row) {
    return row.string(0);
}

inline std::int64_t things(Database& database) {
    return *database.read(Context{}, [](Reader& reader) { return reader.one(kCount, number); });
}

inline Result<void> add(Database& database, const std::string& id, std::int64_t count = 0) {
    return database.write(Context{}, [&](Writer& writer) -> Result<void> {
        writer.run(kAdd, id, count);
        return {};
    });
}

// Runs the program db_child beside this one (see there) with these words, its standard output read from
// `output`.
pid_t startChild(const std::vector<std::string>& words, int& output);

// The ids that a writing child said it had been answered, before it was killed `after` ms from its first.
std::vector<std::string> idsOfKilledWriter(const std::string& address, const std::string& prefix, int after);

} // namespace motcua::db::test
