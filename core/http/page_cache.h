// Pages that are the same for every visitor who is not signed in, kept for a moment and made once.
#pragma once

#include "base/clock.h"
#include "net/message.h"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace motcua::http {

// An answer as it goes out, in both forms.
struct CachedPage {
    net::Response head; // status and headers, no body
    std::string tag;    // ETag
    std::shared_ptr<const std::string> plain;
    std::shared_ptr<const std::string> gzip; // nullptr where the page is small
};

class PageCache {
public:
    // Queries can be made up without end, so both the number of pages and their bytes are bounded.
    explicit PageCache(const Clock& clock, std::size_t pages = 2000, std::size_t bytes = 48u << 20)
        : clock_(clock), most_(pages), mostBytes_(bytes) {}

    using Page = std::shared_ptr<const CachedPage>;
    // The page under `key`, younger than `time`. Where there is none, one caller makes it and the others wait
    // for it; where what was made may not be kept (nullptr), each makes its own. nullptr too when `deadline`
    // passes first. What `make` throws reaches its own caller; the others try again. [thread-safe]
    Page get(const std::string& key, Millis time, const Until& deadline, const std::function<Page()>& make);
    void clear();

private:
    struct Entry {
        Page page;
        Instant until{};
        bool making = false;
    };
    using Entries = std::unordered_map<std::string, Entry>;
    void makeRoom(std::size_t bytes);
    Entries::iterator forget(Entries::iterator at);

    const Clock& clock_;
    std::size_t most_;
    std::size_t mostBytes_;
    std::mutex guard_;
    std::condition_variable made_;
    Entries entries_;
    std::size_t bytes_ = 0; // of all that is held
};

} // namespace motcua::http
