#include "base/log.h"

#include "base/clock.h"
#include "base/json_text.h"

#include <unistd.h>

#include <atomic>

namespace motcua::log {

namespace {

std::atomic<Level> threshold{Level::Info};

const char* name(Level level) {
    switch (level) {
    case Level::Debug:
        return "debug";
    case Level::Info:
        return "info";
    case Level::Warning:
        return "warning";
    case Level::Error:
        return "error";
    }
    return "error";
}

} // namespace

void setThreshold(Level least) {
    threshold = least;
}

namespace {

void append(std::string& line, const std::variant<std::string, std::int64_t, double, bool>& value) {
    if (const auto* text = std::get_if<std::string>(&value))
        appendJsonText(line, *text);
    else if (const auto* number = std::get_if<std::int64_t>(&value))
        line += std::to_string(*number);
    else if (const auto* real = std::get_if<double>(&value))
        appendJsonNumber(line, *real);
    else
        line += std::get<bool>(value) ? "true" : "false";
}

} // namespace

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
    if (level < threshold) return;
    std::string line;
    line.reserve(320);
    line += R"({"at":)";
    appendJsonText(line, toIso8601(SystemClock{}.now()));
    line += R"(,"level":)";
    appendJsonText(line, name(level));
    line += R"(,"event":)";
    appendJsonText(line, event);
    for (const Field& field : fields) {
        line += ',';
        appendJsonText(line, field.name);
        line += ':';
        append(line, field.value);
    }
    line += "}\n";
    // One write a line, so that lines of several threads and processes do not mix. A log that cannot be
    // written must not stop the server.
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

} // namespace motcua::log
