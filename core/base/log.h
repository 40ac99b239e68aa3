// The log: one JSON object a line on standard error. The process has one standard error, so this is the one
// thing that rooms reach without being handed it. Never put personal data or a secret in a field.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace motcua::log {

enum class Level { Debug, Info, Warning, Error };

struct Field {
    std::string_view name;
    std::variant<std::string, std::int64_t, double, bool> value;

    Field(std::string_view n, std::string v) : name(n), value(std::move(v)) {}
    Field(std::string_view n, std::string_view v) : name(n), value(std::string{v}) {}
    Field(std::string_view n, const char* v) : name(n), value(std::string{v}) {}
    Field(std::string_view n, std::int64_t v) : name(n), value(v) {}
    Field(std::string_view n, int v) : name(n), value(std::int64_t{v}) {}
    Field(std::string_view n, std::size_t v) : name(n), value(static_cast<std::int64_t>(v)) {}
    Field(std::string_view n, double v) : name(n), value(v) {}
    Field(std::string_view n, bool v) : name(n), value(v) {}
};

// `event` is a dotted name that stays: "db.slow_query". [thread-safe]
void write(Level level, std::string_view event, std::initializer_list<Field> fields = {});
inline void debug(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::Debug, event, fields);
}
inline void info(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::Info, event, fields);
}
inline void warning(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::Warning, event, fields);
}
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::Error, event, fields);
}

void setThreshold(Level least);

} // namespace motcua::log
