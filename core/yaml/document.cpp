// Reading through yaml-cpp, whose types stay in this file.
#include "yaml/document.h"

#include "base/text.h"

#include <yaml-cpp/yaml.h>

#include <charconv>
#include <fstream>
#include <sstream>

namespace motcua::yaml {

namespace {

constexpr std::size_t mostBytes = 1 << 20;
constexpr int mostLevels = 32;
constexpr std::size_t mostValues = 200'000; // an alias may repeat a value without writing it

Error malformed(const std::string& file, int line, std::string reason) {
    Error error = invalid("yaml.malformed");
    error.detail = file + ":" + std::to_string(line) + ": " + reason;
    error.params = {{"file", file}, {"line", std::to_string(line)}, {"reason", std::move(reason)}};
    return error;
}

struct Broken {
    int line;
    std::string reason;
};

class Converter {
public:
    Json convert(const YAML::Node& node, const std::string& path, int level) {
        const int line = node.Mark().line + 1;
        if (level > mostLevels) throw Broken{line, "deeper than 32 levels"};
        if (lines.size() >= mostValues) throw Broken{line, "more values than a file may hold"};
        lines.insert_or_assign(path, line);
        if (node.IsMap()) return mapping(node, path, level);
        if (node.IsSequence()) {
            Json::Array items;
            for (const auto& item : node)
                items.push_back(convert(item, path + "[" + std::to_string(items.size()) + "]", level + 1));
            return Json{std::move(items)};
        }
        if (node.IsScalar()) return scalar(node, line);
        return Json{};
    }

    std::map<std::string, int, std::less<>> lines;

private:
    Json mapping(const YAML::Node& node, const std::string& path, int level) {
        Json::Object members;
        for (const auto& pair : node) {
            const int line = pair.first.Mark().line + 1;
            if (!pair.first.IsScalar()) throw Broken{line, "a key must be text"};
            const std::string key = normal(pair.first.Scalar(), line);
            for (const auto& [known, value] : members)
                if (known == key) throw Broken{line, "key '" + key + "' stands twice"};
            const std::string below = path.empty() ? key : path + "." + key;
            Json value = convert(pair.second, below, level + 1);
            lines.insert_or_assign(below, line);
            members.emplace_back(key, std::move(value));
        }
        return Json{std::move(members)};
    }

    static std::string normal(const std::string& text, int line) {
        auto composed = text::nfc(text);
        if (!composed) throw Broken{line, "broken UTF-8"};
        return *std::move(composed);
    }

    static Json scalar(const YAML::Node& node, int line) {
        const std::string& written = node.Scalar();
        if (node.Tag() == "?") { // plain: neither quoted nor a block
            if (written == "true") return Json{true};
            if (written == "false") return Json{false};
            if (written == "null" || written == "~") return Json{};
            const std::string_view digits =
                written.starts_with('-') ? std::string_view{written}.substr(1) : std::string_view{written};
            const bool leadingZero = digits.size() > 1 && digits.front() == '0';
            std::int64_t number = 0;
            const char* end = written.data() + written.size();
            const auto read = std::from_chars(written.data(), end, number);
            if (!leadingZero && read.ec == std::errc{} && read.ptr == end) return Json{number};
        }
        return Json{normal(written, line)};
    }
};

} // namespace

int Document::line(std::string_view path) const {
    for (;;) {
        const auto found = lines_.find(path);
        if (found != lines_.end()) return found->second;
        if (path.empty()) return 1;
        const auto cut = path.find_last_of(".[");
        path = cut == std::string_view::npos ? std::string_view{} : path.substr(0, cut);
    }
}

Result<Document> parse(std::string_view text, std::string file) {
    if (text.size() > mostBytes) return malformed(file, 1, "larger than 1 MB");
    if (!text::isUtf8(text)) return malformed(file, 1, "broken UTF-8");
    try {
        const auto documents = YAML::LoadAll(std::string{text});
        if (documents.size() != 1)
            return malformed(file, 1, documents.empty() ? "nothing stands here" : "more than one document");
        Converter converter;
        Json root = converter.convert(documents.front(), "", 0);
        return Document{std::move(file), std::move(root), std::move(converter.lines)};
    } catch (const Broken& broken) {
        return malformed(file, broken.line, broken.reason);
    } catch (const YAML::Exception& broken) {
        return malformed(file, broken.mark.is_null() ? 1 : broken.mark.line + 1, broken.msg);
    }
}

Result<Document> load(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    std::ostringstream text;
    if (in) text << in.rdbuf();
    if (!in || !text) {
        Error error = notFound("yaml.no_file");
        error.detail = file.string();
        error.params = {{"file", file.string()}};
        return error;
    }
    return parse(text.str(), file.string());
}

} // namespace motcua::yaml
