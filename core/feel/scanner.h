// Characters, names and literals of a FEEL text: what the parser reads without knowing the grammar above
// them.
#pragma once

#include "feel/value.h"

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::feel {

// Where the text stops being FEEL, and what was missing there; caught by parseExpression and parseUnaryTests.
struct SyntaxError {
    std::size_t at;
    std::string expected;
};

class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    std::size_t at() const { return at_; }
    void back(std::size_t to) { at_ = to; }
    bool atEnd();
    [[noreturn]] void fail(std::string expected);

    void skip(); // white space and comments
    char peek(); // the next character after white space, '\0' at the end
    bool take(std::string_view symbol);
    void expect(std::string_view symbol);
    bool sees(std::string_view symbol);
    bool takeWord(std::string_view keyword); // only where the word ends behind it
    bool seesWord(std::string_view keyword);
    void expectWord(std::string_view keyword);

    bool startsNumber();
    Value number();
    bool startsName();
    bool startsKeyword();
    std::string quotedText(); // after peek() == '"'
    // The longest of: a name in `known`, or words that are no keywords, one space between each.
    std::string name(const std::vector<std::string>& known);
    std::string contextKey(); // all up to the colon

    static bool isKeyword(std::string_view word);

private:
    std::size_t wordEnd(std::size_t from) const;
    std::size_t knownEnd(std::string_view name) const;
    std::size_t spaceAt(std::size_t at) const; // bytes of the white space at `at`, 0 where there is none
    std::size_t afterSpace(std::size_t from) const;
    void escape(std::string& into);
    std::uint32_t hex(std::size_t digits);

    std::string_view text_;
    std::size_t at_ = 0;
};

} // namespace motcua::feel
