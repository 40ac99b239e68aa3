// Strict reading of a Json tree into plain structs: every key must be asked for, every wrong value is named
// by its file, line and key, and all mistakes of a file are told at once.
#pragma once

#include "base/civil_day.h"
#include "yaml/document.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::yaml {

// What was found wrong in one file. `document` gives the lines; without one (stored JSON) paths must do.
class Problems {
public:
    explicit Problems(const Document* document = nullptr) : document_(document) {}

    // `code` is an i18n key below "error.": yaml.unknown_key, yaml.missing_key, yaml.wrong_type,
    // yaml.wrong_value.
    void add(const std::string& path, std::string code, std::string what = {});
    bool empty() const { return fields_.empty(); }

    // Invalid "yaml.invalid"; `fields` name path, file and line, `detail` has one line for each.
    Error error() const;

private:
    const Document* document_;
    std::vector<FieldError> fields_;
    std::string detail_;
};

// Words for people in Vietnamese and, where it serves foreigners, in English.
struct Wording {
    std::string vi{};
    std::string en{};

    // In the locale where there is such a text, else in Vietnamese.
    const std::string& in(std::string_view locale) const { return locale == "en" && !en.empty() ? en : vi; }
    bool operator==(const Wording&) const = default;
};
// "text" where there is Vietnamese only, else {vi: …, en: …}: what `Mapping::wording` reads.
Json toJson(const Wording& wording);

// One mapping, read key by key. When it goes, the keys that nobody asked for are added to the problems.
class Mapping {
public:
    // A value that is no mapping is a problem, and reads as an empty one.
    Mapping(const Json& value, std::string path, Problems& problems);
    ~Mapping();
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;

    bool has(std::string_view key) const { return value_.has(key); }
    // The value for the caller's own reading; null where there is none.
    const Json& raw(std::string_view key);
    std::string path(std::string_view key) const;
    Problems& problems() { return problems_; }
    void wrong(std::string_view key, std::string what) {
        problems_.add(path(key), "yaml.wrong_value", std::move(what));
    }

    std::string text(std::string_view key);                        // must stand there and not be empty
    std::optional<std::string> optionalText(std::string_view key); // a whole number or bool is not text
    Wording wording(std::string_view key);                         // must stand there
    Wording optionalWording(std::string_view key);
    std::int64_t integer(std::string_view key, std::int64_t otherwise, std::int64_t least, std::int64_t most);
    std::optional<std::int64_t> optionalInteger(std::string_view key, std::int64_t least, std::int64_t most);
    bool boolean(std::string_view key, bool otherwise = false);
    std::optional<CivilDay> day(std::string_view key); // "2020-07-13"
    std::vector<std::string> texts(std::string_view key);
    // Each item of a list with its path; nothing where the key is absent; a value that is no list is a
    // problem.
    template <typename Each>
    void each(std::string_view key, Each read) {
        const Json& list = raw(key);
        if (list.isNull()) return;
        if (!list.isArray()) return problems_.add(path(key), "yaml.wrong_type", "a list");
        for (std::size_t i = 0; i < list.items().size(); ++i)
            read(list.items()[i], path(key) + "[" + std::to_string(i) + "]");
    }
    // The value of one of the names; `otherwise` where the key is absent or names no value (a problem).
    template <typename Enum, std::size_t N>
    Enum choice(std::string_view key, const std::pair<std::string_view, Enum> (&names)[N], Enum otherwise) {
        const auto written = optionalText(key);
        if (!written) return otherwise;
        std::string known;
        for (const auto& [name, value] : names) {
            if (name == *written) return value;
            known += (known.empty() ? "" : ", ") + std::string{name};
        }
        wrong(key, known);
        return otherwise;
    }

private:
    const Json& value_;
    std::string path_;
    Problems& problems_;
    std::vector<std::string> asked_;
};

} // namespace motcua::yaml
