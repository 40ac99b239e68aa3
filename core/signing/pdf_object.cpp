#include "signing/pdf_object.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

namespace motcua::signing::pdf {

namespace {

constexpr int kDeepest = 60;
constexpr int kMostValues = 200'000; // in one object: two bytes of a file become a hundred in memory

bool isSpace(char c) {
    return c == '\0' || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' ';
}

bool isDelimiter(char c) {
    return std::string_view{"()<>[]{}/%"}.find(c) != std::string_view::npos;
}

bool isRegular(char c) {
    return !isSpace(c) && !isDelimiter(c);
}

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

int hexDigit(char c) {
    if (isDigit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

constexpr char kHex[] = "0123456789ABCDEF";

void appendHex(std::string& into, unsigned char byte) {
    into += kHex[byte >> 4];
    into += kHex[byte & 15];
}

// The code points of UTF-8 that was checked where it came in; a broken byte stands for itself.
std::vector<char32_t> codePoints(std::string_view utf8) {
    std::vector<char32_t> points;
    for (std::size_t i = 0; i < utf8.size();) {
        const auto lead = static_cast<unsigned char>(utf8[i]);
        const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
        char32_t point = more == 0 ? lead : static_cast<char32_t>(lead & (0x3F >> more));
        for (std::size_t k = 1; k <= more && i + k < utf8.size(); ++k)
            point = (point << 6) | (static_cast<unsigned char>(utf8[i + k]) & 0x3F);
        points.push_back(point);
        i += more + 1;
    }
    return points;
}

} // namespace

void malformed(const std::string& why) {
    throw Unreadable("malformed", why);
}

Value Value::word(std::string text) {
    Value value;
    value.kind_ = Kind::Word;
    value.text_ = std::move(text);
    return value;
}

Value Value::number(std::int64_t number) {
    return word(std::to_string(number));
}

Value Value::name(std::string text) {
    Value value = word(std::move(text));
    value.kind_ = Kind::Name;
    return value;
}

Value Value::reference(std::int64_t number) {
    Value value;
    value.kind_ = Kind::Reference;
    value.ref_.number = number;
    return value;
}

Value Value::array() {
    Value value;
    value.kind_ = Kind::Array;
    return value;
}

Value Value::dictionary() {
    Value value;
    value.kind_ = Kind::Dictionary;
    return value;
}

std::optional<std::int64_t> Value::integer() const {
    std::int64_t number = 0;
    if (kind_ != Kind::Word) return std::nullopt;
    const auto read = std::from_chars(text_.data(), text_.data() + text_.size(), number);
    if (read.ec != std::errc{} || read.ptr != text_.data() + text_.size()) return std::nullopt;
    return number;
}

std::optional<double> Value::real() const {
    double number = 0;
    if (kind_ != Kind::Word) return std::nullopt;
    const auto read = std::from_chars(text_.data(), text_.data() + text_.size(), number);
    if (read.ec != std::errc{} || read.ptr != text_.data() + text_.size()) return std::nullopt;
    return number;
}

const Value& Value::at(std::string_view key) const {
    static const Value none;
    const auto found = std::find(keys_.begin(), keys_.end(), key);
    return found == keys_.end() ? none : items_[static_cast<std::size_t>(found - keys_.begin())];
}

bool Value::has(std::string_view key) const {
    return std::find(keys_.begin(), keys_.end(), key) != keys_.end();
}

void Value::set(std::string_view key, Value value) {
    const auto found = std::find(keys_.begin(), keys_.end(), key);
    if (found != keys_.end()) {
        items_[static_cast<std::size_t>(found - keys_.begin())] = std::move(value);
        return;
    }
    keys_.emplace_back(key);
    items_.push_back(std::move(value));
}

void Value::remove(std::string_view key) {
    const auto found = std::find(keys_.begin(), keys_.end(), key);
    if (found == keys_.end()) return;
    items_.erase(items_.begin() + (found - keys_.begin()));
    keys_.erase(found);
}

void Value::write(std::string& into) const {
    switch (kind_) {
    case Kind::Null:
        into += "null";
        break;
    case Kind::Word:
        into += text_;
        break;
    case Kind::Name:
        into += '/';
        for (const char c : text_) {
            if (isRegular(c) && c != '#' && c > ' ' && c < 0x7F) {
                into += c;
            } else {
                into += '#';
                appendHex(into, static_cast<unsigned char>(c));
            }
        }
        break;
    case Kind::Text:
        into += '<';
        for (const char c : text_)
            appendHex(into, static_cast<unsigned char>(c));
        into += '>';
        break;
    case Kind::Array:
        into += '[';
        for (const Value& item : items_) {
            into += ' ';
            item.write(into);
        }
        into += " ]";
        break;
    case Kind::Dictionary:
        into += "<<";
        for (std::size_t i = 0; i < keys_.size(); ++i) {
            into += ' ';
            name(keys_[i]).write(into);
            into += ' ';
            items_[i].write(into);
        }
        into += " >>";
        break;
    case Kind::Reference:
        into += std::to_string(ref_.number) + " " + std::to_string(ref_.generation) + " R";
        break;
    }
}

std::string Value::written() const {
    std::string text;
    write(text);
    return text;
}

void Value::moveReferences(std::int64_t by) {
    if (kind_ == Kind::Reference) ref_.number += by;
    for (Value& item : items_)
        item.moveReferences(by);
}

bool Value::sameAs(const Value& other) const {
    if (kind_ != other.kind_ || text_ != other.text_ || ref_ != other.ref_) return false;
    if (items_.size() != other.items_.size()) return false;
    if (kind_ != Kind::Dictionary || keys_ == other.keys_)
        return std::equal(items_.begin(), items_.end(), other.items_.begin(),
                          [](const Value& one, const Value& mate) { return one.sameAs(mate); });
    std::map<std::string_view, const Value*> mates;
    for (std::size_t i = 0; i < other.keys_.size(); ++i)
        mates.emplace(other.keys_[i], &other.items_[i]);
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        const auto mate = mates.find(keys_[i]);
        if (mate == mates.end() || !items_[i].sameAs(*mate->second)) return false;
    }
    return true;
}

std::string textString(std::string_view utf8) {
    std::string text = "<FEFF";
    const auto unit = [&](std::uint32_t code) {
        appendHex(text, static_cast<unsigned char>(code >> 8));
        appendHex(text, static_cast<unsigned char>(code & 0xFF));
    };
    for (const char32_t point : codePoints(utf8)) {
        if (point < 0x10000) {
            unit(point);
        } else {
            unit(0xD800 + ((point - 0x10000) >> 10));
            unit(0xDC00 + ((point - 0x10000) & 0x3FF));
        }
    }
    return text + ">";
}

void Parser::skipSpace() {
    while (!ended()) {
        if (isSpace(peek())) {
            ++at_;
        } else if (peek() == '%') {
            while (!ended() && peek() != '\n' && peek() != '\r')
                ++at_;
        } else {
            return;
        }
    }
}

bool Parser::take(std::string_view keyword) {
    skipSpace();
    if (bytes_.substr(std::min(at_, bytes_.size()), keyword.size()) != keyword) return false;
    const std::size_t end = at_ + keyword.size();
    if (end < bytes_.size() && isRegular(keyword.back()) && isRegular(bytes_[end])) return false;
    at_ = end;
    return true;
}

std::string_view Parser::word() {
    const std::size_t start = at_;
    while (!ended() && isRegular(peek()))
        ++at_;
    return bytes_.substr(start, at_ - start);
}

std::int64_t Parser::integer() {
    skipSpace();
    const std::string_view text = word();
    std::int64_t number = -1;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || !isDigit(text.front()) || read.ec != std::errc{} ||
        read.ptr != text.data() + text.size())
        malformed("a number was expected at " + std::to_string(at_));
    return number;
}

// "12", "-1.5", or the "12 0 R" that begins with one.
Value Parser::numberOrReference() {
    Value value = Value::word(std::string{word()});
    if (value.text_.empty() || value.text_.size() > 40) malformed("an odd word");
    const auto all = [](std::string_view text) {
        return !text.empty() && std::all_of(text.begin(), text.end(), isDigit);
    };
    if (!all(value.text_)) {
        if (value.text_ == "null") return {};
        if (value.text_ != "true" && value.text_ != "false" && !value.real() &&
            !(value.text_.front() == '+' && isDigit(value.text_.back())))
            malformed("unknown word " + value.text_);
        return value;
    }
    const std::size_t back = at_;
    skipSpace();
    const std::string_view generation = word();
    if (all(generation) && take("R")) {
        const auto number = value.integer();
        const auto second = Value::word(std::string{generation}).integer();
        if (!number || !second) malformed("a reference past all bounds");
        Value reference = Value::reference(*number);
        reference.ref_.generation = *second;
        return reference;
    }
    at_ = back;
    return value;
}

std::string Parser::nameText() {
    std::string text;
    for (++at_; !ended() && isRegular(peek()); ++at_) {
        const int high = peek() == '#' && at_ + 2 < bytes_.size() ? hexDigit(bytes_[at_ + 1]) : -1;
        const int low = high < 0 ? -1 : hexDigit(bytes_[at_ + 2]);
        if (low < 0) {
            text += peek();
        } else {
            text += static_cast<char>(high * 16 + low);
            at_ += 2;
        }
    }
    return text;
}

std::string Parser::literalText() {
    std::string text;
    int open = 1;
    for (++at_; !ended(); ++at_) {
        char c = peek();
        if (c == '(') ++open;
        if (c == ')' && --open == 0) {
            ++at_;
            return text;
        }
        if (c == '\\') {
            ++at_;
            c = peek();
            if (c >= '0' && c <= '7') {
                int code = 0;
                for (int i = 0; i < 3 && peek() >= '0' && peek() <= '7'; ++i, ++at_)
                    code = code * 8 + (peek() - '0');
                --at_;
                text += static_cast<char>(code & 0xFF);
                continue;
            }
            constexpr std::string_view from = "nrtbf", to = "\n\r\t\b\f";
            if (c == '\r' && at_ + 1 < bytes_.size() && bytes_[at_ + 1] == '\n') ++at_;
            if (c == '\n' || c == '\r') continue;
            if (const std::size_t known = from.find(c); known != std::string_view::npos) c = to[known];
        }
        text += c;
    }
    malformed("a text without end");
}

std::string Parser::hexText() {
    std::string text;
    int high = -1;
    for (++at_; !ended(); ++at_) {
        if (peek() == '>') {
            ++at_;
            if (high >= 0) text += static_cast<char>(high * 16);
            return text;
        }
        if (isSpace(peek())) continue;
        const int digit = hexDigit(peek());
        if (digit < 0) malformed("a hex text with something else in it");
        if (high < 0) {
            high = digit;
        } else {
            text += static_cast<char>(high * 16 + digit);
            high = -1;
        }
    }
    malformed("a hex text without end");
}

Value Parser::dictionary(int depth) {
    Value value = Value::dictionary();
    std::set<std::string, std::less<>> keys;
    at_ += 2;
    while (!take(">>")) {
        if (peek() != '/') malformed("a key that is no name");
        std::string key = nameText();
        // Two readers could disagree which one counts.
        if (!keys.insert(key).second) malformed("the key " + key + " twice");
        value.keys_.push_back(std::move(key));
        value.items_.push_back(this->value(depth + 1));
    }
    return value;
}

Value Parser::value(int depth) {
    if (depth > kDeepest) malformed("values inside each other without end");
    if (++values_ > kMostValues) malformed("more values than an object can have");
    skipSpace();
    if (ended()) malformed("the end where a value was expected");
    const std::size_t from = at_;
    Value value;
    if (peek() == '/') {
        value = Value::name(nameText());
    } else if (peek() == '(') {
        value.kind_ = Value::Kind::Text;
        value.text_ = literalText();
    } else if (bytes_.substr(at_, 2) == "<<") {
        value = dictionary(depth);
    } else if (peek() == '<') {
        value.kind_ = Value::Kind::Text;
        value.text_ = hexText();
    } else if (peek() == '[') {
        value.kind_ = Value::Kind::Array;
        ++at_;
        while (!take("]"))
            value.items_.push_back(this->value(depth + 1));
    } else {
        value = numberOrReference();
    }
    value.from_ = from;
    value.to_ = at_;
    return value;
}

} // namespace motcua::signing::pdf
