// Counts and times a statement and logs it by name where it took too long; and what both backends ask of
// parameters.
#pragma once

#include "base/log.h"
#include "base/text.h"
#include "db/database.h"

#include <atomic>
#include <chrono>
#include <span>

namespace motcua::db {

// What a database's sessions tell it of their statements.
struct Watch {
    Millis slow;                          // slower ones are logged
    std::atomic<std::int64_t> statements; // that ran
};

class Watched {
public:
    Watched(std::string_view name, Watch& watch)
        : name_(name), slow_(watch.slow), started_(std::chrono::steady_clock::now()) {
        watch.statements.fetch_add(1, std::memory_order_relaxed);
    }
    ~Watched() {
        const auto took = std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - started_);
        if (took >= slow_)
            log::warning("db.slow_statement", {{"name", name_}, {"ms", std::int64_t{took.count()}}});
    }
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;

private:
    std::string_view name_;
    Millis slow_;
    std::chrono::steady_clock::time_point started_;
};

// Text that only one backend would take is refused on both: std::invalid_argument. So is a wrong number of
// parameters: std::logic_error.
inline void checkParameters(const Query& query, std::span<const Parameter> parameters, std::size_t wanted) {
    const std::string name{query.name};
    if (parameters.size() != wanted)
        throw std::logic_error(name + ": " + std::to_string(parameters.size()) + " parameters for " +
                               std::to_string(wanted) + " placeholders");
    for (std::size_t at = 0; at < wanted; at++) {
        const auto* value = std::get_if<std::string_view>(&parameters[at].held());
        if (!value) continue;
        if (value->find('\0') != std::string_view::npos)
            throw std::invalid_argument(name + ": text with a NUL in parameter " + std::to_string(at + 1));
        if (!text::isUtf8(*value))
            throw std::invalid_argument(name + ": text that is not UTF-8 in parameter " +
                                        std::to_string(at + 1));
    }
}

} // namespace motcua::db
