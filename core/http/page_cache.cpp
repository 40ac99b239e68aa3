#include "http/page_cache.h"

namespace motcua::http {

namespace {

// A wait that is looked at again: the clock of a test does not wake anybody.
constexpr Millis turn{50};

} // namespace

PageCache::Page PageCache::get(const std::string& key, Millis time, Instant deadline,
                               const std::function<Page()>& make) {
    std::unique_lock lock{guard_};
    for (bool waited = false;; waited = true) {
        const auto at = entries_.find(key);
        if (at == entries_.end()) {
            if (waited) return nullptr; // what the other made could not be kept, or failed
            break;
        }
        if (!at->second.making) {
            const Millis left = at->second.until - clock_.now();
            if (left.count() > 0 && left <= time)
                return at->second.page; // more is left where the clock was set back
            break;
        }
        if (clock_.now() >= deadline) return nullptr;
        made_.wait_for(lock, turn);
    }
    if (!entries_.contains(key)) makeRoom();
    entries_[key].making = true;
    lock.unlock();
    Page page;
    try {
        page = make();
    } catch (...) {
        lock.lock();
        entries_.erase(key);
        made_.notify_all();
        throw;
    }
    lock.lock();
    if (page) {
        entries_[key] = Entry{page, clock_.now() + time, false};
    } else {
        entries_.erase(key);
    }
    made_.notify_all();
    return page;
}

void PageCache::makeRoom() {
    if (entries_.size() < most_) return;
    const Instant now = clock_.now();
    std::erase_if(entries_,
                  [now](const auto& entry) { return !entry.second.making && entry.second.until <= now; });
    // Queries can be made up without end: where all are young, any may go.
    for (auto at = entries_.begin(); at != entries_.end() && entries_.size() >= most_;)
        at = at->second.making ? std::next(at) : entries_.erase(at);
}

void PageCache::clear() {
    const std::lock_guard lock{guard_};
    std::erase_if(entries_, [](const auto& entry) { return !entry.second.making; });
}

} // namespace motcua::http
