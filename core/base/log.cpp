#include "base/log.h"

#include "base/clock.h"
#include "base/json.h"

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

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
    if (level < threshold) return;
    Json line = Json::object();
    line.set("at", toIso8601(SystemClock{}.now()));
    line.set("level", name(level));
    line.set("event", std::string{event});
    for (const Field& field : fields)
        std::visit([&](const auto& value) { line.set(std::string{field.name}, Json{value}); }, field.value);
    const std::string text = line.dump() + "\n";
    // One write a line, so that lines of several threads and processes do not mix. A log that cannot be
    // written must not stop the server.
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

} // namespace motcua::log
