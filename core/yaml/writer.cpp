// The tidy style of `write`: what fits on a line stands on a line.
#include "base/text.h"
#include "yaml/document.h"

#include <algorithm>
#include <regex>

namespace motcua::yaml {

namespace {

constexpr std::size_t widest = 110;    // columns of a line
constexpr std::size_t widestFlow = 84; // columns of a mapping that stands in braces
constexpr std::size_t mostInFlow = 4;  // members of such a mapping

std::size_t columns(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string inQuotes(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else {
            if (c == '"' || c == '\\') out += '\\';
            out += c;
        }
    }
    return out + '"';
}

// Whether text without quotes would be read as something else. `inFlow` is stricter: brackets and commas end
// it there.
bool needsQuotes(const std::string& text, bool inFlow) {
    static const std::regex typed{R"((true|false|yes|no|on|off|null|~|[\d.+-][\d.eE_+-]*|0x.*))",
                                  std::regex::icase};
    if (text.empty() ||
        std::string_view{"-?:,[]{}#&*!|>'\"%@` "}.find(text.front()) != std::string_view::npos)
        return true;
    if (text.back() == ' ' || text.back() == ':' || text.find(": ") != std::string::npos ||
        text.find(" #") != std::string::npos || text.find_first_of("\n\t") != std::string::npos)
        return true;
    if (inFlow && text.find_first_of(",[]{}?") != std::string::npos) return true;
    return text.size() < 40 && std::regex_match(text, typed);
}

std::string scalar(const Json& value, bool inFlow) {
    if (!value.isString()) return value.dump();
    return needsQuotes(value.string(), inFlow) ? inQuotes(value.string()) : value.string();
}

bool isScalar(const Json& value) {
    return !value.isArray() && !value.isObject();
}

std::string flowMapping(const Json& value) {
    std::string out = "{";
    for (const auto& [key, member] : value.members()) {
        if (out.size() > 1) out += ", ";
        out += scalar(Json{key}, true) + ": " + scalar(member, true);
    }
    return out + "}";
}

bool fitsFlow(const Json& value) {
    const auto& members = value.members();
    return value.isObject() && members.size() <= mostInFlow &&
           std::all_of(members.begin(), members.end(), [](const auto& m) { return isScalar(m.second); }) &&
           columns(flowMapping(value)) <= widestFlow;
}

class Writer {
public:
    void value(const Json& value, std::size_t indent) {
        if (value.isObject()) {
            for (const auto& [key, member] : value.members())
                pair(scalar(Json{key}, false), member, indent);
            return;
        }
        const auto& items = value.items();
        const bool short_ = std::all_of(items.begin(), items.end(), fitsFlow);
        for (const auto& item : items) {
            const std::string pad(indent, ' ');
            if (isScalar(item)) {
                text(pad + "- ", item, indent + 2);
            } else if (short_ || item.items().empty() == item.members().empty()) {
                line(pad + "- " + (item.isArray() ? "[]" : flowMapping(item)));
            } else {
                const std::size_t from = out.size();
                this->value(item, indent + 2);
                out[from + indent] = '-'; // the first line's indent becomes the dash
            }
        }
    }

    std::string out;

private:
    void line(const std::string& text) { out += text + "\n"; }

    void pair(const std::string& key, const Json& value, std::size_t indent) {
        const std::string start = std::string(indent, ' ') + key + ":";
        if (isScalar(value)) return text(start + " ", value, indent + 2);
        if (value.items().empty() && value.members().empty())
            return line(start + (value.isArray() ? " []" : " {}"));
        if (fitsFlow(value) && columns(flowMapping(value)) + columns(start) <= widest - 6)
            return line(start + " " + flowMapping(value));
        if (value.isArray() && std::all_of(value.items().begin(), value.items().end(), isScalar)) {
            const std::string all = start + " " + flowList(value);
            if (columns(all) <= widest) return line(all);
        }
        line(start);
        this->value(value, indent + 2);
    }

    static std::string flowList(const Json& value) {
        std::string out = "[";
        for (const auto& item : value.items()) {
            if (out.size() > 1) out += ", ";
            out += scalar(item, true);
        }
        return out + "]";
    }

    // A text too long for its line is folded: `>-` and lines that a reader joins by spaces.
    void text(const std::string& prefix, const Json& value, std::size_t indent) {
        const std::string plain = scalar(value, false);
        const std::string& held = value.string();
        const bool foldable = value.isString() && held.find('\n') == std::string::npos &&
                              held.find('\t') == std::string::npos && held.find("  ") == std::string::npos &&
                              text::trim(held) == held;
        if (columns(prefix) + columns(plain) <= widest || !foldable) return line(prefix + plain);
        line(prefix + ">-");
        const std::string pad(indent, ' ');
        std::string row;
        std::size_t from = 0;
        while (from < held.size()) {
            const std::size_t end = std::min(held.find(' ', from), held.size());
            const std::string word = held.substr(from, end - from);
            if (!row.empty() && indent + columns(row) + 1 + columns(word) > widest - 4) {
                line(pad + row);
                row.clear();
            }
            row += row.empty() ? word : " " + word;
            from = end + 1;
        }
        line(pad + row);
    }
};

} // namespace

std::string write(const Json& value) {
    if (isScalar(value)) return scalar(value, false) + "\n";
    if (value.items().empty() && value.members().empty()) return value.isArray() ? "[]\n" : "{}\n";
    Writer writer;
    writer.value(value, 0);
    return writer.out;
}

} // namespace motcua::yaml
