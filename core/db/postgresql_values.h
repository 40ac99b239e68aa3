// Values as PostgreSQL's binary format has them.
#pragma once

#include "db/query.h"

#include <libpq-fe.h>

#include <array>
#include <deque>
#include <span>
#include <string>
#include <vector>

namespace motcua::db {

// The parameters of one execution, in the types that the server found for them. Text and blobs are not
// copied.
class BoundValues {
public:
    // Throws std::logic_error for a value that such a type cannot take.
    BoundValues(std::string_view name, std::span<const Parameter> parameters, std::span<const Oid> types);

    const char* const* values() const { return values_.data(); }
    const int* lengths() const { return lengths_.data(); }
    const int* formats() const { return formats_.data(); }
    int size() const { return static_cast<int>(values_.size()); }

private:
    void add(Oid type, std::int64_t number);
    void add(Oid type, double number);
    void add(Oid type, std::string_view text);
    void add(Oid type, Blob blob);
    void addBytes(std::string_view bytes); // borrowed
    template <typename Whole>
    void addWhole(std::int64_t number);
    void addText(std::string text);

    std::vector<const char*> values_;
    std::vector<int> lengths_;
    std::vector<int> formats_;
    std::deque<std::string> kept_; // what had to be written anew; never moves
};

class PostgresqlRow final : public Row {
public:
    PostgresqlRow(const PGresult* result, std::string_view name) : result_(result), name_(name) {}
    void moveTo(int row) { row_ = row; }

    bool isNull(int column) const override;
    std::int64_t integer(int column) const override;
    double real(int column) const override;
    std::string_view text(int column) const override;
    std::string_view blob(int column) const override;

private:
    std::string_view bytes(int column) const; // std::logic_error where it is NULL
    [[noreturn]] void wrong(int column, const char* what) const;

    const PGresult* result_;
    std::string_view name_;
    int row_ = 0;
};

} // namespace motcua::db
