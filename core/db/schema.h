// The migrations of one room, compiled in from its schema/NNNN_what.sql.
//
// Column contract, the same on both backends (SQLite tables are STRICT; for PostgreSQL INTEGER becomes
// BIGINT, BLOB becomes BYTEA, REAL becomes DOUBLE PRECISION and STRICT falls away, so one text serves both):
//   id TEXT (UUIDv7) or INTEGER · money INTEGER (đồng) · instant INTEGER (ms UTC) · day TEXT YYYY-MM-DD ·
//   bool INTEGER 0/1 · json TEXT · sealed value BLOB · text TEXT in NFC.
// On PostgreSQL, TEXT columns compare by bytes (COLLATE "C"), INTEGER PRIMARY KEY numbers its rows by itself,
// and WITHOUT ROWID and AUTOINCREMENT fall away too, all as in SQLite. Where a statement must differ, it
// stands between lines
// "-- sqlite" or "-- postgresql" and "-- both"; such a block is taken as it is.
#pragma once

#include <string>
#include <vector>

namespace motcua::db {

struct Migration {
    int version; // 1, 2, … without gaps
    std::string name;
    std::string sql;
};

struct Schema {
    std::string room;
    std::vector<Migration> migrations;
};

} // namespace motcua::db
