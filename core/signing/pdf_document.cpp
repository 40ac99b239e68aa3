#include "signing/pdf_document.h"

#include <algorithm>
#include <cstdio>

namespace motcua::signing::pdf {

namespace {

constexpr std::size_t kMostTables = 200;
constexpr std::size_t kMostObjects = 300'000;
constexpr std::size_t kMostPages = 5'000;

} // namespace

void Effort::spend(std::size_t bytes) {
    if (bytes > left_) malformed("more to read than a file can hold");
    left_ -= bytes;
}

Document::Document(std::string_view bytes) : Document(bytes, std::make_shared<Effort>()) {}

Document::Document(const Document& later, std::size_t size)
    : Document(later.bytes_.substr(0, size), later.effort_) {}

Document::Document(std::string_view bytes, std::shared_ptr<Effort> effort)
    : bytes_(bytes), effort_(std::move(effort)) {
    if (!bytes.starts_with("%PDF-")) malformed("no PDF");
    const std::size_t start = bytes.rfind("startxref");
    if (start == std::string_view::npos || bytes.find("%%EOF", start) == std::string_view::npos)
        malformed("the end is missing");
    Parser parser{bytes, start + 9};
    tableAt_ = static_cast<std::size_t>(parser.integer());
    std::vector<std::size_t> seen;
    readTable(tableAt_, seen);
    if (trailer_.has("Encrypt")) throw Unreadable("encrypted", "an encrypted file");
}

void Document::readTable(std::size_t at, std::vector<std::size_t>& seen) {
    for (;;) {
        if (at >= bytes_.size() || seen.size() >= kMostTables ||
            std::find(seen.begin(), seen.end(), at) != seen.end())
            malformed("a table where none can be");
        seen.push_back(at);
        Parser parser{bytes_, at};
        if (!parser.take("xref")) throw Unreadable("form_unsupported", "a cross-reference stream");
        while (!parser.take("trailer"))
            readSection(parser);
        Value trailer = parser.value();
        effort_->spend(parser.at() - at);
        if (!trailer.is(Value::Kind::Dictionary)) malformed("a trailer that is no dictionary");
        if (trailer.has("XRefStm")) throw Unreadable("form_unsupported", "a hybrid file");
        const Value previous = trailer.at("Prev");
        if (seen.size() == 1) trailer_ = std::move(trailer);
        if (previous.is(Value::Kind::Null)) return;
        const auto next = previous.integer();
        if (!next || *next < 0) malformed("a table before that is nowhere");
        at = static_cast<std::size_t>(*next);
    }
}

void Document::readSection(Parser& parser) {
    const std::int64_t first = parser.integer();
    const std::int64_t count = parser.integer();
    if (first > std::int64_t{kMostObjects} || count > std::int64_t{kMostObjects})
        malformed("more objects than a file can have");
    for (std::int64_t number = first; number < first + count; ++number) {
        const auto offset = static_cast<std::size_t>(parser.integer());
        const std::int64_t generation = parser.integer();
        const bool used = parser.take("n");
        if (!used && !parser.take("f")) malformed("an entry neither used nor free");
        // Newest first: an older section says nothing about what a newer one has decided.
        if (!decided_.emplace(number, used).second) continue;
        if (!used || number == 0) continue;
        if (offset >= bytes_.size()) malformed("an object behind the end");
        places_[number] = offset;
        generations_[number] = generation;
    }
}

std::string_view Document::streamAt(const Value& dictionary, std::size_t at) const {
    if (bytes_.substr(at, 2) == "\r\n") {
        at += 2;
    } else if (bytes_.substr(at, 1) == "\n") {
        ++at;
    } else {
        malformed("a stream without a line end");
    }
    const auto length = resolved(dictionary.at("Length")).integer();
    if (!length || *length < 0 || static_cast<std::size_t>(*length) > bytes_.size() - at)
        malformed("a stream longer than the file");
    Parser after{bytes_, at + static_cast<std::size_t>(*length)};
    if (!after.take("endstream")) malformed("a stream with another length");
    return bytes_.substr(at, static_cast<std::size_t>(*length));
}

Object Document::object(std::int64_t number) const {
    const auto place = places_.find(number);
    return place == places_.end() ? Object{} : objectAt(place->second, {number, generations_.at(number)});
}

// Readers that do not find what the table promises put up a table of their own: then they and this one would
// see different files.
Object Document::objectAt(std::size_t place, const Ref& ref) const {
    Parser parser{bytes_, place};
    if (parser.integer() != ref.number || parser.integer() != ref.generation)
        malformed("another object than the table says");
    if (!parser.take("obj")) malformed("no object where the table says");
    Object object;
    object.value = parser.value();
    effort_->spend(parser.at() - place);
    if (parser.take("stream")) {
        object.stream = true;
        object.data = streamAt(object.value, parser.at());
        return object;
    }
    if (!parser.take("endobj")) malformed("an object without end");
    return object;
}

Value Document::resolved(const Value& value) const {
    Value found = value;
    for (int hops = 0; found.is(Value::Kind::Reference); ++hops) {
        if (hops > 20) malformed("references in a circle");
        const auto generation = generations_.find(found.ref().number);
        if (generation != generations_.end() && generation->second != found.ref().generation)
            malformed("a reference to another generation");
        found = object(found.ref().number).value;
    }
    return found;
}

const Ref& Document::rootRef() const {
    const Value& root = trailer_.at("Root");
    if (!root.is(Value::Kind::Reference)) malformed("no catalog");
    return root.ref();
}

Value Document::root() const {
    Value root = resolved(trailer_.at("Root"));
    if (!root.is(Value::Kind::Dictionary)) malformed("no catalog");
    return root;
}

void Document::collectPages(const Value& node, std::vector<Ref>& into, int depth) const {
    if (depth > 40 || into.size() > kMostPages) malformed("pages without end");
    const Value kids = resolved(node.at("Kids"));
    for (const Value& kid : kids.items()) {
        if (!kid.is(Value::Kind::Reference)) malformed("a page that is no object");
        const Value below = resolved(kid);
        if (below.at("Kids").is(Value::Kind::Null)) {
            into.push_back(kid.ref());
        } else {
            collectPages(below, into, depth + 1);
        }
    }
}

std::vector<Ref> Document::pages() const {
    std::vector<Ref> pages;
    collectPages(resolved(root().at("Pages")), pages, 0);
    return pages;
}

Increment::Increment(const Document& document) : document_(document) {
    const auto size = document.trailer().at("Size").integer();
    const std::int64_t last = document.places().empty() ? 0 : document.places().rbegin()->first;
    next_ = std::max(size.value_or(0), last + 1);
    if (next_ < 1 || next_ > std::int64_t{kMostObjects}) malformed("a size that cannot be");
}

void Increment::put(std::int64_t number, std::string body) {
    bodies_[number] = std::move(body);
}

std::string Increment::file(std::map<std::int64_t, std::size_t>& places) const {
    std::string file{document_.bytes()};
    if (!file.ends_with('\n')) file += '\n';
    std::map<std::int64_t, std::size_t> starts;
    for (const auto& [number, body] : bodies_) {
        starts[number] = file.size();
        file += std::to_string(number) + " 0 obj\n";
        places[number] = file.size();
        file += body + "\nendobj\n";
    }
    const std::size_t table = file.size();
    file += "xref\n";
    for (auto at = starts.begin(); at != starts.end();) {
        auto end = std::next(at);
        std::int64_t count = 1;
        while (end != starts.end() && end->first == at->first + count)
            ++end, ++count;
        file += std::to_string(at->first) + " " + std::to_string(count) + "\n";
        for (; at != end; ++at) {
            char entry[32];
            std::snprintf(entry, sizeof entry, "%010zu 00000 n \n", at->second);
            file += entry;
        }
    }
    Value trailer = document_.trailer();
    trailer.set("Size", Value::number(next_));
    trailer.set("Prev", Value::number(static_cast<std::int64_t>(document_.tableAt())));
    return file + "trailer\n" + trailer.written() + "\nstartxref\n" + std::to_string(table) + "\n%%EOF\n";
}

} // namespace motcua::signing::pdf
