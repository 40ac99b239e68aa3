#include "http/page_cache.h"

namespace motcua::http {

namespace {

// A wait that is looked at again: the clock of a test does not wake anybody.
constexpr Millis turn{50};

std::size_t sizeOf(const PageCache::Page& page) {
    if (!page) return 0;
    return page->plain->size() + (page->gzip ? page->gzip->size() : 0);
}

} // namespace

PageCache::Page PageCache::get(const std::string& key, Millis time, const Until& deadline,
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
        if (deadline.passed()) return nullptr;
        made_.wait_for(lock, turn);
    }
    if (const auto old = entries_.find(key); old != entries_.end()) forget(old);
    makeRoom(0);
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
    if (page && sizeOf(page) <= mostBytes_) {
        makeRoom(sizeOf(page));
        entries_[key] = Entry{page, clock_.now() + time, false};
        bytes_ += sizeOf(page);
    } else {
        entries_.erase(key);
    }
    made_.notify_all();
    return page;
}

PageCache::Entries::iterator PageCache::forget(Entries::iterator at) {
    bytes_ -= sizeOf(at->second.page);
    return entries_.erase(at);
}

// The old ones go first; where all are young, any may go.
void PageCache::makeRoom(std::size_t bytes) {
    const auto full = [&] { return entries_.size() >= most_ || bytes_ + bytes > mostBytes_; };
    if (!full()) return;
    const Instant now = clock_.now();
    for (auto at = entries_.begin(); at != entries_.end();)
        at = !at->second.making && at->second.until <= now ? forget(at) : std::next(at);
    for (auto at = entries_.begin(); at != entries_.end() && full();)
        at = at->second.making ? std::next(at) : forget(at);
}

void PageCache::clear() {
    const std::lock_guard lock{guard_};
    for (auto at = entries_.begin(); at != entries_.end();)
        at = at->second.making ? std::next(at) : forget(at);
}

} // namespace motcua::http
