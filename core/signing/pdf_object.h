// Values of a PDF file (ISO 32000-1, 7.3): read strictly, since what is read may be hostile, and written back
// as they were.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace motcua::signing::pdf {

// The bytes are no PDF that this room reads; caught where files of others come in. `code` is "malformed",
// "encrypted" or "form_unsupported".
class Unreadable : public std::runtime_error {
public:
    Unreadable(std::string code, const std::string& why) : std::runtime_error(why), code_(std::move(code)) {}
    const std::string& code() const { return code_; }

private:
    std::string code_;
};

[[noreturn]] void malformed(const std::string& why);

struct Ref {
    std::int64_t number = 0;
    std::int64_t generation = 0;
    auto operator<=>(const Ref&) const = default;
};

class Value {
public:
    enum class Kind { Null, Word, Name, Text, Array, Dictionary, Reference };

    static Value word(std::string text); // a number, true or false, as it is written
    static Value number(std::int64_t number);
    static Value name(std::string text);
    static Value reference(std::int64_t number);
    static Value array();
    static Value dictionary();

    Kind kind() const { return kind_; }
    bool is(Kind kind) const { return kind_ == kind; }
    bool isName(std::string_view text) const { return kind_ == Kind::Name && text_ == text; }
    const std::string& text() const { return text_; } // of words, names (decoded) and texts (decoded)
    std::optional<std::int64_t> integer() const;      // nothing for what is none, or does not fit
    std::optional<double> real() const;
    const Ref& ref() const { return ref_; }

    const std::vector<Value>& items() const { return items_; } // of an array; a dictionary's values
    const std::vector<std::string>& keys() const { return keys_; }
    const Value& at(std::string_view key) const; // null where there is none
    bool has(std::string_view key) const;
    void set(std::string_view key, Value value);
    void remove(std::string_view key);
    void add(Value item) { items_.push_back(std::move(item)); }

    // Bytes [from, to) of the file where it stood.
    std::size_t from() const { return from_; }
    std::size_t to() const { return to_; }

    std::string written() const;
    // The same with every reference's number moved by `by`.
    void moveReferences(std::int64_t by);

    bool sameAs(const Value& other) const; // wherever they stand; a dictionary's order does not matter

private:
    friend class Parser;
    void write(std::string& into) const;

    Kind kind_ = Kind::Null;
    std::string text_{};
    std::vector<Value> items_{};
    std::vector<std::string> keys_{};
    Ref ref_{};
    std::size_t from_ = 0;
    std::size_t to_ = 0;
};

// "<FEFF0041…>": a text of the user in UTF-16, as dictionaries hold it.
std::string textString(std::string_view utf8);

// Reads values one after the other. Throws Unreadable.
class Parser {
public:
    Parser(std::string_view bytes, std::size_t at) : bytes_(bytes), at_(at) {}

    std::size_t at() const { return at_; }
    void skipSpace(); // and comments
    bool take(std::string_view keyword);
    std::int64_t integer(); // without sign
    Value value(int depth = 0);

private:
    Value dictionary(int depth);
    bool ended() const { return at_ >= bytes_.size(); }
    char peek() const { return at_ < bytes_.size() ? bytes_[at_] : '\0'; }
    Value numberOrReference();
    std::string nameText();
    std::string literalText();
    std::string hexText();
    std::string_view word();

    std::string_view bytes_;
    std::size_t at_;
    int values_ = 0; // read so far
};

} // namespace motcua::signing::pdf
