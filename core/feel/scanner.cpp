#include "feel/scanner.h"

#include <algorithm>
#include <array>

namespace motcua::feel {

namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

// Every character beyond ASCII may be part of a name: Vietnamese letters are.
bool isNameStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '?' ||
           static_cast<signed char>(c) < 0;
}

bool isNamePart(char c) {
    return isNameStart(c) || isDigit(c);
}

void appendUtf8(std::string& into, std::uint32_t point) {
    const auto put = [&](std::uint32_t byte) { into += static_cast<char>(byte); };
    if (point < 0x80) {
        put(point);
    } else if (point < 0x800) {
        put(0xC0 | (point >> 6));
        put(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        put(0xE0 | (point >> 12));
        put(0x80 | ((point >> 6) & 0x3F));
        put(0x80 | (point & 0x3F));
    } else {
        put(0xF0 | (point >> 18));
        put(0x80 | ((point >> 12) & 0x3F));
        put(0x80 | ((point >> 6) & 0x3F));
        put(0x80 | (point & 0x3F));
    }
}

} // namespace

void Scanner::fail(std::string expected) {
    skip();
    throw SyntaxError{at_, std::move(expected)};
}

bool Scanner::atEnd() {
    skip();
    return at_ >= text_.size();
}

std::size_t Scanner::spaceAt(std::size_t at) const {
    if (at >= text_.size()) return 0;
    if (text_[at] == ' ' || (text_[at] >= '\t' && text_[at] <= '\r')) return 1;
    const std::string_view rest = text_.substr(at);
    if (rest.starts_with("\u00A0") || rest.starts_with("\u0085")) return 2;
    if (rest.starts_with("\u3000") || rest.starts_with("\uFEFF")) return 3;
    if (rest.size() > 2 && rest.starts_with("\xE2\x80")) {
        const auto last = static_cast<unsigned char>(rest[2]);
        if (last <= 0x8B || last == 0xA8 || last == 0xA9 || last == 0xAF) return 3;
    }
    return 0;
}

std::size_t Scanner::afterSpace(std::size_t from) const {
    while (const std::size_t bytes = spaceAt(from))
        from += bytes;
    return from;
}

void Scanner::skip() {
    while (at_ < text_.size()) {
        at_ = afterSpace(at_);
        const std::string_view rest = text_.substr(at_);
        if (rest.starts_with("//")) {
            at_ = std::min(text_.find('\n', at_), text_.size());
        } else if (rest.starts_with("/*")) {
            const auto end = text_.find("*/", at_ + 2);
            if (end == std::string_view::npos) throw SyntaxError{at_, "*/"};
            at_ = end + 2;
        } else {
            return;
        }
    }
}

char Scanner::peek() {
    skip();
    return at_ < text_.size() ? text_[at_] : '\0';
}

bool Scanner::sees(std::string_view symbol) {
    skip();
    return text_.substr(at_).starts_with(symbol);
}

bool Scanner::take(std::string_view symbol) {
    if (!sees(symbol)) return false;
    at_ += symbol.size();
    return true;
}

void Scanner::expect(std::string_view symbol) {
    if (!take(symbol)) fail(std::string{symbol});
}

bool Scanner::seesWord(std::string_view keyword) {
    skip();
    return at_ < text_.size() && isNameStart(text_[at_]) && text_.substr(at_, wordEnd(at_) - at_) == keyword;
}

bool Scanner::takeWord(std::string_view keyword) {
    if (!seesWord(keyword)) return false;
    at_ += keyword.size();
    return true;
}

void Scanner::expectWord(std::string_view keyword) {
    if (!takeWord(keyword)) fail(std::string{keyword});
}

bool Scanner::startsNumber() {
    const char next = peek();
    return isDigit(next) || (next == '.' && at_ + 1 < text_.size() && isDigit(text_[at_ + 1]));
}

Value Scanner::number() {
    skip();
    std::size_t end = at_;
    const auto digits = [&] {
        while (end < text_.size() && isDigit(text_[end]))
            ++end;
    };
    digits();
    if (end + 1 < text_.size() && text_[end] == '.' && isDigit(text_[end + 1])) {
        ++end;
        digits();
    }
    if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
        const std::size_t sign =
            end + 1 < text_.size() && (text_[end + 1] == '-' || text_[end + 1] == '+') ? 2 : 1;
        if (end + sign < text_.size() && isDigit(text_[end + sign])) {
            end += sign;
            digits();
        }
    }
    const auto value = Decimal::parse(text_.substr(at_, end - at_));
    if (!value) fail("a number within 10^6144");
    at_ = end;
    return *value;
}

bool Scanner::startsName() {
    return isNameStart(peek());
}

bool Scanner::startsKeyword() {
    return startsName() && isKeyword(text_.substr(at_, wordEnd(at_) - at_));
}

std::size_t Scanner::wordEnd(std::size_t from) const {
    std::size_t end = from;
    while (end < text_.size() && isNamePart(text_[end]) && spaceAt(end) == 0)
        ++end;
    return end;
}

bool Scanner::isKeyword(std::string_view word) {
    static constexpr std::array<std::string_view, 16> words{
        "and",   "or",     "if",        "then",    "else",     "for",  "in",    "some",
        "every", "return", "satisfies", "between", "instance", "true", "false", "null"};
    return std::find(words.begin(), words.end(), word) != words.end();
}

// Where `name` ends in the text from here, any white space standing for one of its spaces; 0 where it does
// not match.
std::size_t Scanner::knownEnd(std::string_view name) const {
    std::size_t end = at_;
    for (const char c : name) {
        if (c == ' ') {
            const std::size_t next = afterSpace(end);
            if (next == end) return 0;
            end = next;
        } else if (end < text_.size() && text_[end] == c) {
            ++end;
        } else {
            return 0;
        }
    }
    const bool whole = end >= text_.size() || !isNamePart(text_[end]) || spaceAt(end) != 0;
    return whole ? end : 0;
}

std::string Scanner::name(const std::vector<std::string>& known) {
    skip();
    std::string found;
    std::size_t foundEnd = at_;
    if (at_ < text_.size() && isNameStart(text_[at_])) {
        std::size_t from = at_;
        std::size_t end = wordEnd(from);
        while (end > from && !isKeyword(text_.substr(from, end - from))) {
            found += (found.empty() ? "" : " ") + std::string{text_.substr(from, end - from)};
            foundEnd = end;
            from = afterSpace(end);
            if (from >= text_.size() || !isNamePart(text_[from])) break;
            end = wordEnd(from);
        }
    }
    for (const auto& name : known) {
        const std::size_t end = knownEnd(name);
        if (end > foundEnd) {
            foundEnd = end;
            found = name;
        }
    }
    if (found.empty()) fail("a name");
    at_ = foundEnd;
    return found;
}

std::string Scanner::contextKey() {
    if (peek() == '"') return quotedText();
    if (peek() == '\0' || !isNameStart(text_[at_])) fail("a name");
    const auto end = text_.find_first_of(":,}{[]()\"", at_);
    if (end == std::string_view::npos || text_[end] != ':') fail("a name and \":\"");
    std::string key;
    for (std::size_t i = at_; i < end;) {
        const std::size_t bytes = spaceAt(i);
        if (bytes == 0) key += text_[i];
        if (bytes != 0 && !key.empty() && key.back() != ' ') key += ' ';
        i += bytes == 0 ? 1 : bytes;
    }
    while (!key.empty() && key.back() == ' ')
        key.pop_back();
    at_ = end;
    return key;
}

std::uint32_t Scanner::hex(std::size_t digits) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        const char c = at_ < text_.size() ? text_[at_] : '\0';
        std::uint32_t digit = 0;
        if (isDigit(c)) {
            digit = static_cast<std::uint32_t>(c - '0');
        } else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
            digit = static_cast<std::uint32_t>((c | 0x20) - 'a') + 10;
        } else {
            throw SyntaxError{at_, "a hexadecimal digit"};
        }
        value = value * 16 + digit;
        ++at_;
    }
    return value;
}

void Scanner::escape(std::string& into) {
    if (at_ >= text_.size()) return; // the caller finds the string unclosed
    const char c = text_[at_++];
    static constexpr std::string_view from = "nrt'\"\\";
    static constexpr std::string_view to = "\n\r\t'\"\\";
    if (const auto found = from.find(c); found != std::string_view::npos) {
        into += to[found];
        return;
    }
    if (c != 'u' && c != 'U') { // "\s" and the like are left as they are, for patterns
        into += '\\';
        --at_;
        return;
    }
    std::uint32_t point = hex(c == 'u' ? 4 : 6);
    if (point >= 0xD800 && point < 0xDC00 && text_.substr(at_).starts_with("\\u")) {
        at_ += 2;
        const std::uint32_t low = hex(4);
        if (low < 0xDC00 || low > 0xDFFF) throw SyntaxError{at_, "the second half of a character"};
        point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
    }
    if (point > 0x10FFFF || (point >= 0xD800 && point < 0xE000))
        throw SyntaxError{at_, "a Unicode character"};
    appendUtf8(into, point);
}

std::string Scanner::quotedText() {
    const std::size_t began = at_;
    ++at_;
    std::string made;
    while (at_ < text_.size() && text_[at_] != '"') {
        const char c = text_[at_++];
        if (c == '\\') {
            escape(made);
        } else {
            made += c;
        }
    }
    if (at_ >= text_.size()) throw SyntaxError{began, "a closing quotation mark"};
    ++at_;
    return made;
}

} // namespace motcua::feel
