// One state of a PDF file: its cross-reference chain, its objects, and the increment that adds to it.
#pragma once

#include "signing/pdf_object.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::signing::pdf {

struct Object {
    Value value{};
    bool stream = false;
    std::string_view data{}; // of a stream, still encoded
};

// Reads files with classic cross-reference tables (what Cairo writes). The bytes must outlive it. Every
// function throws Unreadable.
class Document {
public:
    explicit Document(std::string_view bytes);

    std::string_view bytes() const { return bytes_; }
    const Value& trailer() const { return trailer_; } // the newest one
    std::size_t tableAt() const { return tableAt_; }  // where the newest table stands
    // The objects in use, by number: where they stand.
    const std::map<std::int64_t, std::size_t>& places() const { return places_; }

    // Null for one that is not there, as the standard has it.
    Object object(std::int64_t number) const;
    // The value itself, or what it refers to.
    Value resolved(const Value& value) const;
    const Ref& rootRef() const;
    Value root() const;
    // The pages in their order, at most 5,000.
    std::vector<Ref> pages() const;

private:
    void readTable(std::size_t at, std::vector<std::size_t>& seen);
    void readSection(Parser& parser);
    void collectPages(const Value& node, std::vector<Ref>& into, int depth) const;
    std::string_view streamAt(const Value& dictionary, std::size_t at) const;

    std::string_view bytes_;
    Value trailer_{};
    std::size_t tableAt_ = 0;
    std::map<std::int64_t, std::size_t> places_{};
    std::map<std::int64_t, bool> decided_{}; // by the newest section that names it
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
