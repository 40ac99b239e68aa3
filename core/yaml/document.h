// Files that people write: YAML read as Json with the place of every value, and written again in one tidy
// style.
#pragma once

#include "base/json.h"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace motcua::yaml {

// One YAML document. Plain `true`, `false`, whole numbers and `null` keep their type; everything else, and
// all that stands in quotes, is text. So `1.001193` and `2020-07-13` are text without quotes.
class Document {
public:
    Document(std::string file, Json root, std::map<std::string, int, std::less<>> lines)
        : file_(std::move(file)), root_(std::move(root)), lines_(std::move(lines)) {}

    const std::string& file() const { return file_; }
    const Json& root() const { return root_; }
    // Where a value stands, by its path ("cases[0].limit"; "" is the whole); the line of the nearest value
    // around it where the path does not exist. Lines count from 1.
    int line(std::string_view path) const;

private:
    std::string file_;
    Json root_;
    std::map<std::string, int, std::less<>> lines_;
};

// Refuses broken YAML, broken UTF-8, a key written twice, a key that is no text, more than one document and
// more than 1 MB or 32 levels (Invalid "yaml.malformed" with `file`, `line` and `reason`). Text becomes NFC.
Result<Document> parse(std::string_view text, std::string file);

// The same from a file; NotFound "yaml.no_file" where it cannot be read.
Result<Document> load(const std::filesystem::path& file);

// Block style, two spaces a level, short lists and mappings on one line, long text folded at 110 columns.
// `parse` reads back what this writes.
std::string write(const Json& value);

} // namespace motcua::yaml
