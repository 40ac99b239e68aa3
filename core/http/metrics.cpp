#include "http/metrics.h"

#include "http/router.h"

#include <charconv>

namespace motcua::http {

namespace {

std::string labelsOf(const Route& route) {
    return "method=\"" + route.method() + "\",route=\"" + route.pattern() + "\"";
}

void writeLatency(std::string& out, const Route& route) {
    const std::string labels = labelsOf(route);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < route.figures().byLatency.size(); ++i) {
        sum += route.figures().byLatency[i].load(std::memory_order_relaxed);
        const std::string end = i < latencyBuckets.size()
                                    ? std::to_string(static_cast<double>(latencyBuckets[i]) / 1000.0)
                                    : "+Inf";
        writeFigure(out, "motcua_http_seconds_bucket", labels + ",le=\"" + end + "\"",
                    static_cast<double>(sum));
    }
    writeFigure(out, "motcua_http_seconds_count", labels, static_cast<double>(sum));
    const auto micros = route.figures().micros.load(std::memory_order_relaxed);
    writeFigure(out, "motcua_http_seconds_sum", labels, static_cast<double>(micros) / 1e6);
}

} // namespace

void RouteFigures::count(int status, std::int64_t tookMicros) {
    const auto first = static_cast<std::size_t>(status / 100);
    byClass[first < byClass.size() ? first : 0].fetch_add(1, std::memory_order_relaxed);
    std::size_t bucket = 0;
    while (bucket < latencyBuckets.size() && tookMicros > latencyBuckets[bucket] * 1000)
        ++bucket;
    byLatency[bucket].fetch_add(1, std::memory_order_relaxed);
    micros.fetch_add(static_cast<std::uint64_t>(tookMicros), std::memory_order_relaxed);
}

void Metrics::add(Source source) {
    const std::lock_guard lock{guard_};
    sources_.push_back(std::move(source));
}

std::string Metrics::text(const Router& router) const {
    std::string out = "# TYPE motcua_http_requests_total counter\n";
    for (const Route& route : router.routes())
        for (std::size_t first = 1; first < route.figures().byClass.size(); ++first) {
            const auto count = route.figures().byClass[first].load(std::memory_order_relaxed);
            if (count == 0) continue;
            const std::string labels = labelsOf(route) + ",status=\"" + std::to_string(first) + "xx\"";
            writeFigure(out, "motcua_http_requests_total", labels, static_cast<double>(count));
        }
    out += "# TYPE motcua_http_seconds histogram\n";
    for (const Route& route : router.routes())
        writeLatency(out, route);
    const std::lock_guard lock{guard_};
    for (const Source& source : sources_)
        source(out);
    return out;
}

void writeFigure(std::string& out, std::string_view name, std::string_view labels, double value) {
    out += name;
    if (!labels.empty()) out.append("{").append(labels).append("}");
    out += ' ';
    char digits[32];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
    out += '\n';
}

} // namespace motcua::http
