// One state of a PDF file: its cross-reference chain, its objects, and the increment that adds to it.
#pragma once

#include "signing/pdf_object.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::signing::pdf {

struct Object {
    Value value{};
    bool stream = false;
    std::string_view data{}; // of a stream, still encoded
};

// What the reading of a file may cost in all. Objects may lie inside each other and lists may lead to one and
// the same list: who reads each by itself reads a hostile file as often as it has bytes.
class Effort {
public:
    void spend(std::size_t bytes); // throws Unreadable at the end of it

private:
    std::size_t left_ = std::size_t{32} << 20;
};

// Reads files with classic cross-reference tables (what Cairo writes). The bytes must outlive it. Every
// function throws Unreadable.
class Document {
public:
    explicit Document(std::string_view bytes);
    // An earlier state of a file: the first `size` bytes of `later`, read out of the same effort.
    Document(const Document& later, std::size_t size);

    std::string_view bytes() const { return bytes_; }
    const Value& trailer() const { return trailer_; } // the newest one
    std::size_t tableAt() const { return tableAt_; }  // where the newest table stands
    // The objects in use, by number: where they stand.
    const std::map<std::int64_t, std::size_t>& places() const { return places_; }

    // Null for one that is not there, as the standard has it.
    Object object(std::int64_t number) const;
    // What stands at a place under that number, whether the tables know it or not.
    Object objectAt(std::size_t place, const Ref& ref) const;
    // The value itself, or what it refers to.
    Value resolved(const Value& value) const;
    const Ref& rootRef() const;
    Value root() const;
    // The pages in their order, at most 5,000.
    std::vector<Ref> pages() const;

private:
    Document(std::string_view bytes, std::shared_ptr<Effort> effort);
    void readTable(std::size_t at, std::vector<std::size_t>& seen);
    void readSection(Parser& parser);
    void collectPages(const Value& node, std::vector<Ref>& into, int depth) const;
    std::string_view streamAt(const Value& dictionary, std::size_t at) const;

    std::string_view bytes_;
    std::shared_ptr<Effort> effort_;
    Value trailer_{};
    std::size_t tableAt_ = 0;
    std::map<std::int64_t, std::size_t> places_{};
    std::map<std::int64_t, std::int64_t> generations_{}; // of each, as the table has it
    std::map<std::int64_t, bool> decided_{};             // by the newest section that names it
};

// Objects to be written behind a file, which itself stays as it is (ISO 32000-1, 7.5.6).
class Increment {
public:
    explicit Increment(const Document& document);

    std::int64_t reserve() { return next_++; }
    void put(std::int64_t number, std::string body); // what stands between "obj" and "endobj"
    // The whole file; `places` says where the body of each object put begins in it.
    std::string file(std::map<std::int64_t, std::size_t>& places) const;

private:
    const Document& document_;
    std::int64_t next_;
    std::map<std::int64_t, std::string> bodies_{};
};

} // namespace motcua::signing::pdf
