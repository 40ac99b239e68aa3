#include "db/sql_text.h"

#include "base/text.h"

#include <algorithm>
#include <vector>

namespace motcua::db {

namespace {

// Opaque: white space and comments. Quoted: literals and quoted names, with their quotes.
enum class Kind { Word, Quoted, Placeholder, Symbol, Opaque };

struct Piece {
    Kind kind;
    std::string_view text;
};

bool isWordByte(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || byte == '_' || (byte >= '0' && byte <= '9') ||
           ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
}

bool isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

// Cuts SQL into pieces, each found by how PostgreSQL reads it. What is not closed runs to the end: the server
// will say so better.
class Cutter {
public:
    explicit Cutter(std::string_view sql) : sql_(sql) {}

    std::vector<Piece> cut() {
        std::vector<Piece> pieces;
        while (at_ < sql_.size()) {
            const std::size_t start = at_;
            const Kind kind = next();
            pieces.push_back({kind, sql_.substr(start, at_ - start)});
        }
        return pieces;
    }

private:
    Kind next() {
        const char c = sql_[at_];
        if (isSpace(c)) {
            while (at_ < sql_.size() && isSpace(sql_[at_]))
                at_++;
            return Kind::Opaque;
        }
        if (startsWith("--")) {
            at_ = std::min(sql_.find('\n', at_), sql_.size());
            return Kind::Opaque;
        }
        if (startsWith("/*")) return blockComment();
        if (c == '\'' || c == '"') return quoted(c, false);
        if ((c == 'e' || c == 'E') && at_ + 1 < sql_.size() && sql_[at_ + 1] == '\'') {
            at_++;
            return quoted('\'', true);
        }
        if (c == '$' && dollarQuoted()) return Kind::Quoted;
        if (isWordByte(c)) {
            while (at_ < sql_.size() && (isWordByte(sql_[at_]) || sql_[at_] == '$'))
                at_++;
            return Kind::Word;
        }
        at_ += startsWith("??") ? 2 : 1;
        return c == '?' ? Kind::Placeholder : Kind::Symbol;
    }

    bool startsWith(std::string_view text) const { return sql_.substr(at_, text.size()) == text; }

    Kind blockComment() {
        int depth = 0;
        do {
            if (startsWith("/*")) {
                depth++;
                at_ += 2;
            } else if (startsWith("*/")) {
                depth--;
                at_ += 2;
            } else {
                at_++;
            }
        } while (depth > 0 && at_ < sql_.size());
        return Kind::Opaque;
    }

    Kind quoted(char mark, bool backslashes) {
        for (at_++; at_ < sql_.size(); at_++) {
            if (backslashes && sql_[at_] == '\\')
                at_++;
            else if (sql_[at_] == mark && at_ + 1 < sql_.size() && sql_[at_ + 1] == mark)
                at_++;
            else if (sql_[at_] == mark)
                break;
        }
        at_ = std::min(at_ + 1, sql_.size());
        return Kind::Quoted;
    }

    bool dollarQuoted() {
        std::size_t end = at_ + 1;
        while (end < sql_.size() && isWordByte(sql_[end]))
            end++;
        if (end >= sql_.size() || sql_[end] != '$') return false;
        if (end > at_ + 1 && sql_[at_ + 1] >= '0' && sql_[at_ + 1] <= '9') return false;
        const std::string_view tag = sql_.substr(at_, end + 1 - at_);
        const std::size_t close = sql_.find(tag, end + 1);
        at_ = close == std::string_view::npos ? sql_.size() : close + tag.size();
        return true;
    }

    std::string_view sql_;
    std::size_t at_ = 0;
};

// The column types and table options of SQLite in PostgreSQL's words.
class Translator {
public:
    explicit Translator(std::string_view sql) : pieces_(Cutter{sql}.cut()) {}

    std::string translated() {
        std::string out;
        for (std::size_t at = 0; at < pieces_.size(); at++) {
            const Piece& piece = pieces_[at];
            if (piece.kind == Kind::Word && isTableOption(at)) {
                at = endOfTableOption(at);
            } else {
                out += piece.kind == Kind::Word && followsName() ? type(at) : std::string{piece.text};
            }
            if (piece.kind != Kind::Opaque) before_ = &piece;
        }
        return out;
    }

private:
    bool is(std::size_t at, std::string_view word) const {
        if (at >= pieces_.size() || pieces_[at].kind != Kind::Word || pieces_[at].text.size() != word.size())
            return false;
        return std::equal(word.begin(), word.end(), pieces_[at].text.begin(),
                          [](char a, char b) { return a == (b >= 'a' && b <= 'z' ? b - 0x20 : b); });
    }

    // The next piece that is neither white space nor comment.
    std::size_t after(std::size_t at) const {
        do
            at++;
        while (at < pieces_.size() && pieces_[at].kind == Kind::Opaque);
        return at;
    }

    // A type stands after a column's name, or after AS in a CAST.
    bool followsName() const {
        return before_ && (before_->kind == Kind::Word || before_->kind == Kind::Quoted);
    }

    std::string type(std::size_t at) const {
        if (is(at, "INTEGER")) {
            // SQLite numbers such a column by itself.
            const bool key = is(after(at), "PRIMARY") && is(after(after(at)), "KEY");
            return key ? "BIGINT GENERATED BY DEFAULT AS IDENTITY" : "BIGINT";
        }
        if (is(at, "BLOB")) return "BYTEA";
        if (is(at, "REAL")) return "DOUBLE PRECISION";
        // Bytes decide the order and case of text, as in SQLite, whatever the database's own collation.
        if (is(at, "TEXT") && text::lower(before_->text) != "as" && !is(after(at), "COLLATE"))
            return "TEXT COLLATE \"C\"";
        return std::string{pieces_[at].text};
    }

    // STRICT and WITHOUT ROWID stand behind the closing parenthesis of a table, AUTOINCREMENT behind KEY.
    bool isTableOption(std::size_t at) const {
        return (is(at, "STRICT") && before_ && before_->text != "(" && before_->text != ".") ||
               (is(at, "WITHOUT") && is(after(at), "ROWID")) || is(at, "AUTOINCREMENT");
    }

    // With the comma that parts two options.
    std::size_t endOfTableOption(std::size_t at) const {
        const std::size_t last = is(at, "WITHOUT") ? after(at) : at;
        const std::size_t next = after(last);
        const bool more = !is(at, "AUTOINCREMENT") && next < pieces_.size() && pieces_[next].text == ",";
        return more ? next : last;
    }

    std::vector<Piece> pieces_;
    const Piece* before_ = nullptr;
};

} // namespace

Numbered numberPlaceholders(std::string_view sql) {
    Numbered numbered;
    for (const Piece& piece : Cutter{sql}.cut()) {
        if (piece.kind != Kind::Placeholder)
            numbered.sql += piece.text;
        else if (piece.text == "??")
            numbered.sql += '?';
        else
            numbered.sql += '$' + std::to_string(++numbered.parameters);
    }
    return numbered;
}

std::string dialect(std::string_view migration, Backend backend) {
    enum class Block { Both, Sqlite, Postgresql } block = Block::Both;
    std::string out;
    std::string shared; // lines of a block for both, translated together
    const auto flush = [&] {
        out += backend == Backend::Postgresql ? Translator{shared}.translated() : shared;
        shared.clear();
    };
    for (std::size_t at = 0; at < migration.size();) {
        const std::size_t end = std::min(migration.find('\n', at), migration.size() - 1) + 1;
        const std::string_view line = migration.substr(at, end - at);
        const std::string mark = text::trim(line);
        at = end;
        if (mark == "-- sqlite" || mark == "-- postgresql" || mark == "-- both") {
            flush();
            block = mark == "-- both" ? Block::Both : mark == "-- sqlite" ? Block::Sqlite : Block::Postgresql;
        } else if (block == Block::Both) {
            shared += line;
        } else if ((block == Block::Sqlite) == (backend == Backend::Sqlite)) {
            out += line;
        }
    }
    flush();
    return out;
}

} // namespace motcua::db
