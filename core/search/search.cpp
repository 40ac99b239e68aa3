#include "search/search.h"

#include "base/text.h"
#include "search/ranking.h"

#include <algorithm>
#include <set>
#include <span>
#include <unordered_map>

namespace motcua::search {

namespace {

constexpr db::Query kPut{
    "search.put",
    "INSERT INTO search_entry (kind, id, title, phrases, body, sort_key) VALUES (?, ?, ?, ?, ?, ?)"};
constexpr db::Query kPutWord{"search.put_word", "INSERT INTO search_word (kind, word, id) VALUES (?, ?, ?)"};
// Many words in one statement: a thing has a hundred or two.
constexpr std::size_t wordsAtOnce = 20;
constexpr db::Query kPutWords{
    "search.put_words",
    "INSERT INTO search_word (kind, word, id) VALUES (?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?), "
    "(?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?), (?, "
    "?, ?), "
    "(?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?)"};
constexpr db::Query kRemove{"search.remove", "DELETE FROM search_entry WHERE kind = ? AND id = ?"};
constexpr db::Query kRemoveWords{"search.remove_words", "DELETE FROM search_word WHERE kind = ? AND id = ?"};
// A word of one character is found whole, a longer one by its beginning: `word >= ? AND word < ?` serves
// both.
constexpr db::Query kIds{"search.ids",
                         "SELECT DISTINCT id FROM search_word WHERE kind = ? AND word >= ? AND word < ?"};
constexpr db::Query kEntries{
    "search.entries", "SELECT id, title, phrases, body, sort_key FROM search_entry WHERE kind = ? AND id IN "
                      "(SELECT id FROM search_word WHERE kind = ? AND word >= ? AND word < ?)"};

std::string foldedLines(const std::vector<std::string>& phrases) {
    std::string lines;
    for (const auto& phrase : phrases)
        if (const auto folded = text::fold(phrase); !folded.empty())
            lines += (lines.empty() ? "" : "\n") + folded;
    return lines;
}

std::vector<std::string> splitLines(std::string_view lines) {
    std::vector<std::string> all;
    while (!lines.empty()) {
        const auto end = std::min(lines.find('\n'), lines.size());
        all.emplace_back(lines.substr(0, end));
        lines.remove_prefix(std::min(end + 1, lines.size()));
    }
    return all;
}

struct Found {
    std::string id;
    Match match;
    std::size_t titleWords;
    std::string sortKey;
};

bool better(const Found& a, const Found& b) {
    if (a.match.words != b.match.words) return a.match.words > b.match.words;
    if (a.match.rank != b.match.rank) return a.match.rank > b.match.rank;
    if (a.titleWords != b.titleWords) return a.titleWords < b.titleWords;
    if (a.sortKey != b.sortKey) return a.sortKey < b.sortKey;
    return a.id < b.id;
}

// The first text after all that a query's word finds.
std::string past(const std::string& word) {
    return word + (word.size() == 1 ? '\1' : '\x7f');
}

struct Candidates {
    std::unordered_map<std::string, std::size_t> count; // how many of the query's words each id has
    std::size_t most = 0;
    std::vector<std::string> covering; // words whose ids hold all those that have the most
};

Candidates candidates(db::Reader& reader, std::string_view kind, const std::vector<std::string>& words) {
    Candidates all;
    std::size_t rarest = SIZE_MAX;
    for (const auto& word : words) {
        const auto ids = reader.all(
            kIds, [](const db::Row& row) { return row.string(0); }, kind, word, past(word));
        for (const auto& id : ids)
            all.most = std::max(all.most, ++all.count[id]);
        if (ids.size() < rarest) {
            rarest = ids.size();
            all.covering = {word};
        }
    }
    if (all.most < words.size()) all.covering = words;
    return all;
}

} // namespace

void put(db::Writer& writer, const Entry& entry) {
    remove(writer, entry.kind, entry.id);
    const std::string title = text::fold(entry.title);
    const std::string phrases = foldedLines(entry.phrases);
    const std::string body = text::fold(entry.body);
    writer.run(kPut, entry.kind, entry.id, title, phrases, body, db::Blob{text::sortKey(entry.title)});

    std::set<std::string> words;
    for (const std::string& text : {title, phrases, body})
        for (const auto& line : splitLines(text))
            for (auto& word : text::words(line))
                words.insert(std::move(word));
    std::vector<db::Parameter> parameters;
    for (const auto& word : words) {
        for (const std::string* part : {&entry.kind, &word, &entry.id})
            parameters.emplace_back(*part);
        if (parameters.size() < 3 * wordsAtOnce) continue;
        writer.runWith(kPutWords, parameters);
        parameters.clear();
    }
    for (std::size_t at = 0; at < parameters.size(); at += 3)
        writer.runWith(kPutWord, std::span{parameters}.subspan(at, 3));
}

void remove(db::Writer& writer, std::string_view kind, std::string_view id) {
    writer.run(kRemoveWords, kind, id);
    writer.run(kRemove, kind, id);
}

std::vector<Hit> find(db::Reader& reader, std::string_view kind, std::string_view query) {
    const auto words = queryWords(query);
    if (words.empty()) return {};
    const std::string phrase = text::fold(query);

    Candidates wanted = candidates(reader, kind, words);
    if (wanted.most * 2 < words.size()) return {};

    std::vector<Found> found;
    for (const auto& word : wanted.covering) {
        const std::string end = past(word);
        const db::Parameter parameters[] = {kind, kind, word, end};
        reader.each(kEntries, parameters, [&](const db::Row& row) {
            const auto counted = wanted.count.find(row.string(0));
            if (counted == wanted.count.end() || counted->second < wanted.most) return;
            const Folded folded{row.string(1), splitLines(row.text(2)), row.string(3)};
            if (const auto matched = match(folded, phrase, words))
                found.push_back(
                    {counted->first, *matched, text::words(folded.title).size(), std::string{row.blob(4)}});
            wanted.count.erase(counted); // seen: another word may find it again
        });
    }
    std::sort(found.begin(), found.end(), better);
    std::vector<Hit> hits;
    hits.reserve(found.size());
    for (auto& each : found)
        hits.push_back({std::move(each.id), each.match.rank});
    return hits;
}

} // namespace motcua::search
