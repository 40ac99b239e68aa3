// Figures of the running server in Prometheus' text form, for a listener of its own.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::http {

// Upper ends of the latency buckets, in milliseconds; the last one is without end.
inline constexpr std::array<std::int64_t, 9> latencyBuckets{1, 5, 10, 25, 50, 100, 500, 2000, 10000};

// Counters of one route. [thread-safe]
struct RouteFigures {
    std::array<std::atomic<std::uint64_t>, 6> byClass{}; // by the first digit of the status
    std::array<std::atomic<std::uint64_t>, latencyBuckets.size() + 1> byLatency{};
    std::atomic<std::uint64_t> micros{0};

    void count(int status, std::int64_t tookMicros);
};

class Router;

class Metrics {
public:
    // Writes lines of its own when asked: "motcua_connections 12\n". [called concurrently]
    using Source = std::function<void(std::string& out)>;
    void add(Source source);

    // Figures of the routes and of every source.
    std::string text(const Router& router) const;

private:
    mutable std::mutex guard_;
    std::vector<Source> sources_;
};

// One line: name{labels} value.
void writeFigure(std::string& out, std::string_view name, std::string_view labels, double value);

} // namespace motcua::http
