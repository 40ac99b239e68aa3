#include "search/ranking.h"

#include "base/text.h"

#include <algorithm>

namespace motcua::search {

namespace {

bool beginsWord(std::string_view text, std::size_t at) {
    return at == 0 || text[at - 1] == ' ';
}

template <typename Texts>
bool anyHolds(const Texts& texts, bool (*holds)(std::string_view, std::string_view), std::string_view what) {
    return std::any_of(texts.begin(), texts.end(), [&](const auto& text) { return holds(text, what); });
}

} // namespace

std::vector<std::string> queryWords(std::string_view query) {
    std::vector<std::string> kept;
    for (auto& word : text::words(text::fold(query))) {
        if (kept.size() == mostWords) break;
        if (std::find(kept.begin(), kept.end(), word) == kept.end()) kept.push_back(std::move(word));
    }
    return kept;
}

bool holdsPhrase(std::string_view text, std::string_view phrase) {
    for (auto at = text.find(phrase); at != std::string_view::npos; at = text.find(phrase, at + 1))
        if (beginsWord(text, at)) return true;
    return false;
}

bool holdsWord(std::string_view text, std::string_view word) {
    for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        const bool whole = end == text.size() || text[end] == ' ';
        if (beginsWord(text, at) && (whole || word.size() > 1)) return true;
    }
    return false;
}

std::optional<Match> match(const Folded& entry, std::string_view phrase,
                           const std::vector<std::string>& words) {
    std::size_t inTitle = 0;
    std::size_t known = 0;
    std::size_t anywhere = 0;
    for (const auto& word : words) {
        const bool title = holdsWord(entry.title, word);
        const bool phrases = title || anyHolds(entry.phrases, holdsWord, word);
        inTitle += title;
        known += phrases;
        anywhere += phrases || holdsWord(entry.body, word);
    }
    if (anywhere == 0) return std::nullopt;
    const auto rank = [&] {
        if (entry.title == phrase) return Rank::Title;
        if (std::find(entry.phrases.begin(), entry.phrases.end(), phrase) != entry.phrases.end())
            return Rank::Phrase;
        if (holdsPhrase(entry.title, phrase)) return Rank::TitlePhrase;
        if (anyHolds(entry.phrases, holdsPhrase, phrase)) return Rank::PartOfPhrase;
        if (inTitle == words.size()) return Rank::TitleWords;
        if (known == words.size()) return Rank::KnownWords;
        if (holdsPhrase(entry.body, phrase)) return Rank::BodyPhrase;
        return anywhere == words.size() ? Rank::AllWords : Rank::SomeWords;
    };
    return Match{rank(), anywhere};
}

} // namespace motcua::search
