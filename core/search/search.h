// Finding things by words typed without marks, with a ranking of our own, so that both backends answer alike.
#pragma once

#include "db/database.h"

#include <string>
#include <string_view>
#include <vector>

namespace motcua::search {

// A thing that can be found; text as people write it, folded here.
struct Entry {
    std::string kind; // "procedure", "question", …: what a search looks among
    std::string id;
    std::string title;
    std::vector<std::string> phrases{}; // what people call it: "sổ đỏ", "giấy độc thân"; codes
    std::string body{};
};

// How well an entry answers, best first.
enum class Rank {
    SomeWords,    // the most words that any entry has, at least half of them
    AllWords,     // every word somewhere
    BodyPhrase,   // the words in this order in the body
    KnownWords,   // every word in the title or the phrases
    TitleWords,   // every word in the title
    PartOfPhrase, // the words in this order in a phrase
    TitlePhrase,  // the words in this order in the title
    Phrase,       // exactly a phrase
    Title,        // exactly the title
};

struct Hit {
    std::string id;
    Rank rank = Rank::SomeWords;
};

// Replaces what stood there for the kind and id.
void put(db::Writer& writer, const Entry& entry);
void remove(db::Writer& writer, std::string_view kind, std::string_view id);

// Everything of the kind that answers the query, best first; among equals the shorter title, then the
// dictionary's order, then the id. Words are found by their beginning ("giay ph" finds "giấy phép"); a word
// of one letter or digit only whole. Nothing for a query without letters or digits; only the first 12 words
// count.
std::vector<Hit> find(db::Reader& reader, std::string_view kind, std::string_view query);

// The room's migrations.
const db::Schema& schema();

} // namespace motcua::search
