// How well one entry answers a query: pure functions over folded text.
#pragma once

#include "search/search.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::search {

constexpr std::size_t mostWords = 12;

// The different words of a query, in its order.
std::vector<std::string> queryWords(std::string_view query);

struct Folded {
    std::string title;
    std::vector<std::string> phrases;
    std::string body;
};

// `phrase` is the folded query. Words count as found where a word of the text begins with them.
struct Match {
    Rank rank = Rank::SomeWords;
    std::size_t words = 0; // how many of the query's words were found
};
std::optional<Match> match(const Folded& entry, std::string_view phrase,
                           const std::vector<std::string>& words);

// Whether `phrase` stands in `text` from a word's beginning; its last word may be cut short.
bool holdsPhrase(std::string_view text, std::string_view phrase);

// Whether a word of the text begins with `word` (is it, where `word` is one character).
bool holdsWord(std::string_view text, std::string_view word);

} // namespace motcua::search
