// The prepared statements of one connection by their text: the least recently used goes when there are too
// many.
#pragma once

#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace motcua::db {

// `Statement` frees what it holds in its destructor. Whoever runs one keeps the pointer, so that it outlives
// its eviction.
template <typename Statement>
class StatementCache {
public:
    explicit StatementCache(std::size_t most = 256) : most_(most) {}

    std::shared_ptr<Statement> find(std::string_view key) {
        const auto found = byKey_.find(key);
        if (found == byKey_.end()) return nullptr;
        entries_.splice(entries_.begin(), entries_, found->second);
        return found->second->statement;
    }

    void keep(std::string_view key, std::shared_ptr<Statement> statement) {
        if (entries_.size() >= most_) {
            byKey_.erase(entries_.back().key);
            entries_.pop_back();
        }
        entries_.push_front({std::string{key}, std::move(statement)});
        byKey_.emplace(entries_.front().key, entries_.begin());
    }

    void clear() {
        byKey_.clear();
        entries_.clear();
    }

private:
    struct Entry {
        std::string key;
        std::shared_ptr<Statement> statement;
    };

    std::size_t most_;
    std::list<Entry> entries_; // the latest first
    std::unordered_map<std::string_view, typename std::list<Entry>::iterator> byKey_;
};

} // namespace motcua::db
