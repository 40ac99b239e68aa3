#include "base/json.h"

#include "base/json_text.h"
#include "base/text.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <set>

namespace motcua {

void appendJsonText(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        switch (c) {
        case '"':
            out += "\\\"";
            break;
        case '\\':
            out += "\\\\";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\r':
            out += "\\r";
            break;
        case '\t':
            out += "\\t";
            break;
        case '<':
            out += "\\u003c";
            break;
        default:
            if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
                char escaped[8];
                std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c));
                out += escaped;
            } else {
                out += c;
            }
        }
    }
    out += '"';
}

void appendJsonNumber(std::string& out, double value) {
    if (!std::isfinite(value)) {
        out += "null"; // JSON has no word for it
        return;
    }
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    out.append(text, end);
    // A double stays a double when it is read back.
    if (std::string_view{text, end}.find_first_of(".e") == std::string_view::npos) out += ".0";
}

namespace {

const Json nothing;
const std::string noText;
const Json::Array noItems;
const Json::Object noMembers;

class Writer {
public:
    explicit Writer(int indent) : indent_(indent) {}

    void write(const Json& json, int level) {
        if (json.isArray()) {
            writeAll(json.items(), level, '[', ']', [&](const Json& item) { write(item, level + 1); });
        } else if (json.isObject()) {
            writeAll(json.members(), level, '{', '}', [&](const auto& member) {
                appendJsonText(out, member.first);
                out += indent_ ? ": " : ":";
                write(member.second, level + 1);
            });
        } else if (json.isString()) {
            appendJsonText(out, json.string());
        } else if (json.isInteger()) {
            out += std::to_string(json.integer());
        } else if (json.isNumber()) {
            appendJsonNumber(out, json.number());
        } else if (json.isBool()) {
            out += json.boolean() ? "true" : "false";
        } else {
            out += "null";
        }
    }

    std::string out;

private:
    template <typename All, typename One>
    void writeAll(const All& all, int level, char open, char close, One one) {
        out += open;
        bool first = true;
        for (const auto& item : all) {
            if (!first) out += ',';
            first = false;
            newLine(level + 1);
            one(item);
        }
        if (!first) newLine(level);
        out += close;
    }

    void newLine(int level) {
        if (indent_ == 0) return;
        out += '\n';
        out.append(static_cast<std::size_t>(level * indent_), ' ');
    }

    int indent_;
};

// Poco's reader takes several things that RFC 8259 refuses and turns whole numbers past 64 bits into garbage,
// and what we read here comes from strangers: so a strict reader of our own.
class Parser {
public:
    Parser(std::string_view text, int depth) : text_(text), depth_(depth) {}

    Result<Json> run() {
        Json json;
        skipSpace();
        if (!value(json, 0)) return malformed();
        skipSpace();
        if (at_ != text_.size()) return malformed();
        return json;
    }

private:
    Error malformed() const {
        Error error{ErrorKind::Invalid, "json.malformed", "at byte " + std::to_string(at_)};
        error.params["at"] = std::to_string(at_);
        return error;
    }

    void skipSpace() {
        while (at_ < text_.size() &&
               (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r'))
            ++at_;
    }

    bool take(char c) {
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }

    bool word(std::string_view expected) {
        if (text_.substr(at_, expected.size()) != expected) return false;
        at_ += expected.size();
        return true;
    }

    bool value(Json& into, int level) {
        if (at_ >= text_.size() || level > depth_) return false;
        switch (text_[at_]) {
        case '{':
            return object(into, level);
        case '[':
            return array(into, level);
        case '"': {
            std::string text;
            if (!string(text)) return false;
            into = Json{std::move(text)};
            return true;
        }
        case 't':
            into = Json{true};
            return word("true");
        case 'f':
            into = Json{false};
            return word("false");
        case 'n':
            into = Json{};
            return word("null");
        default:
            return number(into);
        }
    }

    bool object(Json& into, int level) {
        Json::Object members;
        std::set<std::string> seen;
        ++at_;
        skipSpace();
        if (!take('}')) {
            do {
                skipSpace();
                std::string key;
                Json member;
                if (!string(key) || !seen.insert(key).second) return false;
                skipSpace();
                if (!take(':')) return false;
                skipSpace();
                if (!value(member, level + 1)) return false;
                members.emplace_back(std::move(key), std::move(member));
                skipSpace();
            } while (take(','));
            if (!take('}')) return false;
        }
        into = Json{std::move(members)};
        return true;
    }

    bool array(Json& into, int level) {
        Json::Array items;
        ++at_;
        skipSpace();
        if (!take(']')) {
            do {
                skipSpace();
                Json item;
                if (!value(item, level + 1)) return false;
                items.push_back(std::move(item));
                skipSpace();
            } while (take(','));
            if (!take(']')) return false;
        }
        into = Json{std::move(items)};
        return true;
    }

    bool string(std::string& into) {
        if (!take('"')) return false;
        while (at_ < text_.size()) {
            const char c = text_[at_++];
            if (c == '"') return true;
            if (static_cast<unsigned char>(c) < 0x20) return false;
            if (c != '\\') {
                into += c;
            } else if (!escape(into)) {
                return false;
            }
        }
        return false;
    }

    bool escape(std::string& into) {
        if (at_ >= text_.size()) return false;
        switch (text_[at_++]) {
        case '"':
            into += '"';
            return true;
        case '\\':
            into += '\\';
            return true;
        case '/':
            into += '/';
            return true;
        case 'b':
            into += '\b';
            return true;
        case 'f':
            into += '\f';
            return true;
        case 'n':
            into += '\n';
            return true;
        case 'r':
            into += '\r';
            return true;
        case 't':
            into += '\t';
            return true;
        case 'u':
            return unicode(into);
        default:
            return false;
        }
    }

    bool unit(std::uint32_t& code) {
        if (at_ + 4 > text_.size()) return false;
        const auto end = text_.data() + at_ + 4;
        const auto read = std::from_chars(text_.data() + at_, end, code, 16);
        if (read.ec != std::errc{} || read.ptr != end) return false;
        at_ += 4;
        return true;
    }

    bool unicode(std::string& into) {
        std::uint32_t code = 0;
        if (!unit(code)) return false;
        if (code >= 0xdc00 && code < 0xe000) return false;
        if (code >= 0xd800 && code < 0xdc00) {
            std::uint32_t low = 0;
            if (!word("\\u") || !unit(low) || low < 0xdc00 || low >= 0xe000) return false;
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        }
        const auto put = [&](std::uint32_t byte) { into += static_cast<char>(byte); };
        if (code < 0x80) {
            put(code);
        } else if (code < 0x800) {
            put(0xc0 | (code >> 6)), put(0x80 | (code & 0x3f));
        } else if (code < 0x10000) {
            put(0xe0 | (code >> 12)), put(0x80 | ((code >> 6) & 0x3f)), put(0x80 | (code & 0x3f));
        } else {
            put(0xf0 | (code >> 18)), put(0x80 | ((code >> 12) & 0x3f)), put(0x80 | ((code >> 6) & 0x3f)),
                put(0x80 | (code & 0x3f));
        }
        return true;
    }

    bool digits() {
        const std::size_t from = at_;
        while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9')
            ++at_;
        return at_ > from;
    }

    bool number(Json& into) {
        const std::size_t from = at_;
        take('-');
        const std::size_t first = at_;
        if (!digits() || (text_[first] == '0' && at_ - first > 1)) return false;
        bool whole = true;
        if (take('.')) {
            whole = false;
            if (!digits()) return false;
        }
        if (take('e') || take('E')) {
            whole = false;
            if (!take('+')) take('-');
            if (!digits()) return false;
        }
        const char* begin = text_.data() + from;
        const char* end = text_.data() + at_;
        std::int64_t integer = 0;
        if (whole && std::from_chars(begin, end, integer).ec == std::errc{}) {
            into = Json{integer};
            return true;
        }
        double real = 0;
        if (std::from_chars(begin, end, real).ec != std::errc{}) return false;
        into = Json{real};
        return true;
    }

    std::string_view text_;
    int depth_;
    std::size_t at_ = 0;
};

} // namespace

bool Json::boolean(bool otherwise) const {
    const bool* value = std::get_if<bool>(&held_);
    return value ? *value : otherwise;
}

std::int64_t Json::integer(std::int64_t otherwise) const {
    if (const auto* whole = std::get_if<std::int64_t>(&held_)) return *whole;
    const double* real = std::get_if<double>(&held_);
    if (!real || std::trunc(*real) != *real || std::fabs(*real) > 9007199254740992.0) return otherwise;
    return static_cast<std::int64_t>(*real);
}

double Json::number(double otherwise) const {
    if (const auto* whole = std::get_if<std::int64_t>(&held_)) return static_cast<double>(*whole);
    const double* real = std::get_if<double>(&held_);
    return real ? *real : otherwise;
}

const std::string& Json::string() const {
    const auto* value = std::get_if<std::string>(&held_);
    return value ? *value : noText;
}

const Json::Array& Json::items() const {
    const auto* value = std::get_if<Array>(&held_);
    return value ? *value : noItems;
}

const Json::Object& Json::members() const {
    const auto* value = std::get_if<Object>(&held_);
    return value ? *value : noMembers;
}

const Json& Json::operator[](std::string_view key) const {
    for (const auto& [name, value] : members())
        if (name == key) return value;
    return nothing;
}

const Json& Json::at(std::size_t index) const {
    return index < items().size() ? items()[index] : nothing;
}

bool Json::has(std::string_view key) const {
    return const_cast<Json*>(this)->find(key) != nullptr;
}

Json* Json::find(std::string_view key) {
    auto* object = std::get_if<Object>(&held_);
    if (!object) return nullptr;
    for (auto& [name, value] : *object)
        if (name == key) return &value;
    return nullptr;
}

Json& Json::set(std::string_view key, Json value) {
    if (isNull()) held_ = Object{};
    if (Json* present = find(key)) {
        *present = std::move(value);
    } else {
        std::get<Object>(held_).emplace_back(std::string{key}, std::move(value));
    }
    return *this;
}

Json& Json::add(Json value) {
    if (isNull()) held_ = Array{};
    std::get<Array>(held_).push_back(std::move(value));
    return *this;
}

void Json::remove(std::string_view key) {
    if (auto* object = std::get_if<Object>(&held_))
        std::erase_if(*object, [&](const auto& member) { return member.first == key; });
}

std::string Json::dump() const {
    Writer writer{0};
    writer.write(*this, 0);
    return std::move(writer.out);
}

std::string Json::pretty() const {
    Writer writer{2};
    writer.write(*this, 0);
    return std::move(writer.out);
}

Result<Json> Json::parse(std::string_view text, Limits limits) {
    if (text.size() > limits.bytes) return Error{ErrorKind::TooLarge, "json.too_large"};
    if (!text::isUtf8(text)) return Error{ErrorKind::Invalid, "json.malformed", "not UTF-8"};
    return Parser{text, limits.depth}.run();
}

} // namespace motcua
