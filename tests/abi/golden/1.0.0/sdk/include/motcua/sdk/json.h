// A JSON value with a strict reader (RFC 8259): what operations carry. Typed plugins do not meet it, the
// generated codecs do.
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace motcua::sdk {
inline namespace v1 {

class Json {
public:
    using Array = std::vector<Json>;
    using Object = std::vector<std::pair<std::string, Json>>; // in the order written

    Json() = default; // null
    Json(bool value) : held_(value) {}
    Json(int value) : held_(std::int64_t{value}) {}
    Json(std::int64_t value) : held_(value) {}
    Json(double value) : held_(value) {}
    Json(std::string value) : held_(std::move(value)) {}
    Json(std::string_view value) : held_(std::string{value}) {}
    Json(const char* value) : held_(std::string{value}) {}
    Json(Array value) : held_(std::move(value)) {}
    Json(Object value) : held_(std::move(value)) {}
    static Json array() { return Json{Array{}}; }
    static Json object() { return Json{Object{}}; }

    bool isNull() const { return held_.index() == 0; }
    bool isBool() const { return held_.index() == 1; }
    bool isInteger() const { return held_.index() == 2; }
    bool isNumber() const { return held_.index() == 2 || held_.index() == 3; }
    bool isString() const { return held_.index() == 4; }
    bool isArray() const { return held_.index() == 5; }
    bool isObject() const { return held_.index() == 6; }

    // The value, or `otherwise` where this is of another type.
    bool boolean(bool otherwise = false) const { return isBool() ? std::get<bool>(held_) : otherwise; }
    std::int64_t integer(std::int64_t otherwise = 0) const {
        return isInteger() ? std::get<std::int64_t>(held_) : otherwise;
    }
    double number(double otherwise = 0) const {
        if (isInteger()) return static_cast<double>(std::get<std::int64_t>(held_));
        return held_.index() == 3 ? std::get<double>(held_) : otherwise;
    }
    const std::string& string() const {
        return isString() ? std::get<std::string>(held_) : empty<std::string>();
    }
    std::string text(std::string_view otherwise) const {
        return isString() ? string() : std::string{otherwise};
    }
    const Array& items() const { return isArray() ? std::get<Array>(held_) : empty<Array>(); }
    const Object& members() const { return isObject() ? std::get<Object>(held_) : empty<Object>(); }

    const Json& operator[](std::string_view key) const {
        for (const auto& [name, value] : members())
            if (name == key) return value;
        return empty<Json>();
    }
    bool has(std::string_view key) const {
        for (const auto& member : members())
            if (member.first == key) return true;
        return false;
    }
    Json& set(std::string_view key, Json value) {
        if (!isObject()) held_ = Object{};
        auto& all = std::get<Object>(held_);
        for (auto& [name, old] : all)
            if (name == key) return old = std::move(value), *this;
        all.emplace_back(key, std::move(value));
        return *this;
    }
    Json& add(Json value) {
        if (!isArray()) held_ = Array{};
        std::get<Array>(held_).push_back(std::move(value));
        return *this;
    }

    std::string dump() const {
        std::string out;
        write(out);
        return out;
    }

    // Nothing for what is malformed, not UTF-8, nested deeper than 32 or repeats a key.
    static std::optional<Json> parse(std::string_view text);

    bool operator==(const Json&) const = default;

private:
    template <typename T>
    static const T& empty() {
        static const T none{};
        return none;
    }

    void write(std::string& out) const;
    static void writeText(std::string& out, std::string_view text);

    std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> held_;
};

inline void Json::writeText(std::string& out, std::string_view text) {
    static constexpr char digits[] = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            (out += '\\') += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (byte < 0x20 || byte == 0x7f) {
            ((out += "\\u00") += digits[byte >> 4]) += digits[byte & 15];
        } else {
            out += c;
        }
    }
    out += '"';
}

inline void Json::write(std::string& out) const {
    const auto all = [&](char open, const auto& items, char close, auto one) {
        out += open;
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (i > 0) out += ',';
            one(items[i]);
        }
        out += close;
    };
    if (isString()) {
        writeText(out, string());
    } else if (isObject()) {
        all('{', members(), '}', [&](const auto& member) {
            writeText(out, member.first);
            out += ':';
            member.second.write(out);
        });
    } else if (isArray()) {
        all('[', items(), ']', [&](const Json& item) { item.write(out); });
    } else if (isInteger()) {
        out += std::to_string(integer());
    } else if (isBool()) {
        out += boolean() ? "true" : "false";
    } else if (isNumber() && std::isfinite(number())) {
        char digits[32];
        const char* end = std::to_chars(digits, digits + sizeof digits, number()).ptr;
        out.append(digits, static_cast<std::size_t>(end - digits));
        // What is no whole number stays none when it is read back.
        if (std::string_view{digits, static_cast<std::size_t>(end - digits)}.find_first_of(".e") ==
            std::string_view::npos)
            out += ".0";
    } else {
        out += "null";
    }
}

namespace detail {

// The length of the well-formed UTF-8 sequence at the front of `text`; 0 where there is none.
inline std::size_t utf8Length(std::string_view text) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(i < text.size() ? text[i] : 0); };
    const auto tail = [&](std::size_t i) { return (at(i) & 0xc0) == 0x80; };
    const unsigned char lead = at(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xc2 && lead < 0xe0) return tail(1) ? 2 : 0;
    if (lead >= 0xe0 && lead < 0xf0) {
        const bool shortest = lead != 0xe0 || at(1) >= 0xa0;
        const bool noSurrogate = lead != 0xed || at(1) < 0xa0;
        return tail(1) && tail(2) && shortest && noSurrogate ? 3 : 0;
    }
    if (lead >= 0xf0 && lead < 0xf5) {
        const bool inRange = (lead != 0xf0 || at(1) >= 0x90) && (lead != 0xf4 || at(1) < 0x90);
        return tail(1) && tail(2) && tail(3) && inRange ? 4 : 0;
    }
    return 0;
}

class JsonReader {
public:
    explicit JsonReader(std::string_view text) : text_(text) {}

    std::optional<Json> run() {
        Json json;
        space();
        if (!value(json, 0)) return std::nullopt;
        space();
        if (at_ != text_.size()) return std::nullopt;
        return json;
    }

private:
    static constexpr int deepest = 32;

    void space() {
        while (at_ < text_.size() && std::string_view{" \n\t\r"}.find(text_[at_]) != std::string_view::npos)
            ++at_;
    }
    bool take(std::string_view word) {
        if (text_.substr(at_, word.size()) != word) return false;
        at_ += word.size();
        return true;
    }
    bool constant(std::string_view word, Json json, Json& into) {
        into = std::move(json);
        return take(word);
    }

    bool value(Json& into, int level) {
        if (at_ >= text_.size() || level > deepest) return false;
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
            return constant("true", Json{true}, into);
        case 'f':
            return constant("false", Json{false}, into);
        case 'n':
            return constant("null", Json{}, into);
        default:
            return number(into);
        }
    }

    bool object(Json& into, int level) {
        Json::Object members;
        std::set<std::string> seen; // a million keys must not be compared with each other
        ++at_;
        space();
        if (!take("}")) {
            do {
                space();
                std::string key;
                Json member;
                if (!string(key) || !seen.insert(key).second) return false;
                space();
                if (!take(":")) return false;
                space();
                if (!value(member, level + 1)) return false;
                members.emplace_back(std::move(key), std::move(member));
                space();
            } while (take(","));
            if (!take("}")) return false;
        }
        into = Json{std::move(members)};
        return true;
    }

    bool array(Json& into, int level) {
        into = Json::array();
        ++at_;
        space();
        if (take("]")) return true;
        do {
            space();
            Json item;
            if (!value(item, level + 1)) return false;
            into.add(std::move(item));
            space();
        } while (take(","));
        return take("]");
    }

    bool string(std::string& into) {
        if (!take("\"")) return false;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '"') return ++at_, true;
            if (c == '\\') {
                ++at_;
                if (!escape(into)) return false;
                continue;
            }
            const std::size_t length = utf8Length(text_.substr(at_));
            if (length == 0 || static_cast<unsigned char>(c) < 0x20) return false;
            into.append(text_.substr(at_, length));
            at_ += length;
        }
        return false;
    }

    bool escape(std::string& into) {
        static constexpr std::string_view written = "\"\\/bfnrt", meant = "\"\\/\b\f\n\r\t";
        if (at_ >= text_.size()) return false;
        const char c = text_[at_++];
        if (c == 'u') return unicode(into);
        const auto index = written.find(c);
        if (index == std::string_view::npos) return false;
        into += meant[index];
        return true;
    }

    bool unit(std::uint32_t& code) {
        if (at_ + 4 > text_.size()) return false;
        const char* end = text_.data() + at_ + 4;
        const auto read = std::from_chars(text_.data() + at_, end, code, 16);
        at_ += 4;
        return read.ec == std::errc{} && read.ptr == end;
    }

    bool unicode(std::string& into) {
        std::uint32_t code = 0;
        if (!unit(code) || (code >= 0xdc00 && code < 0xe000)) return false;
        if (code >= 0xd800 && code < 0xdc00) {
            std::uint32_t low = 0;
            if (!take("\\u") || !unit(low) || low < 0xdc00 || low >= 0xe000) return false;
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        }
        const auto put = [&](std::uint32_t byte) { into += static_cast<char>(byte); };
        if (code < 0x80) return put(code), true;
        if (code < 0x800) {
            put(0xc0 | (code >> 6));
        } else if (code < 0x10000) {
            put(0xe0 | (code >> 12)), put(0x80 | ((code >> 6) & 0x3f));
        } else {
            put(0xf0 | (code >> 18)), put(0x80 | ((code >> 12) & 0x3f)), put(0x80 | ((code >> 6) & 0x3f));
        }
        put(0x80 | (code & 0x3f));
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
        take("-");
        const std::size_t first = at_;
        if (!digits() || (text_[first] == '0' && at_ - first > 1)) return false;
        bool whole = true;
        if (take(".")) {
            whole = false;
            if (!digits()) return false;
        }
        if (take("e") || take("E")) {
            whole = false;
            if (!take("+")) take("-");
            if (!digits()) return false;
        }
        const char *begin = text_.data() + from, *end = text_.data() + at_;
        std::int64_t integer = 0;
        if (whole && std::from_chars(begin, end, integer).ec == std::errc{})
            return into = Json{integer}, true;
        double real = 0;
        if (std::from_chars(begin, end, real).ec != std::errc{}) return false;
        into = Json{real};
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

} // namespace detail

inline std::optional<Json> Json::parse(std::string_view text) {
    return detail::JsonReader{text}.run();
}

} // namespace v1
} // namespace motcua::sdk
