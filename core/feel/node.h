// The parsed form of a FEEL expression.
#pragma once

#include "feel/value.h"

#include <memory>
#include <string>
#include <vector>

namespace motcua::feel {

enum class NodeKind {
    Literal,    // value
    Name,       // text
    Negate,     // [operand]
    Arithmetic, // text + - * / **, [left, right]
    Compare,    // text = != < <= > >=, [left, right]
    And,        // [left, right]
    Or,         // [left, right]
    Between,    // [value, least, most]
    In,         // [value, tests…]
    InstanceOf, // text: the type's name, [value]
    If,         // [condition, then, else]
    For,        // names, [domains…, body]; a domain "a..b" is a Span
    Some,       // names, [domains…, condition]
    Every,      // names, [domains…, condition]
    Span,       // [from, to], only as a domain of For
    ListOf,     // [items…]
    Context,    // names (the keys), [values…]
    Range,      // text: its brackets, "[]"; [from, to]
    Test,       // text: the operator of a unary test, [operand]; as a value a range
    Path,       // text: the member's name, [value]
    Filter,     // [value, condition]
    Call,       // names (of named arguments, else none), [callee, arguments…]
    Function,   // names (of parameters), [body]
    Holds,      // a unary test that is no comparison, [expression]; compares or contains what `?` is
    AnyOf,      // unary tests, [tests…]
    NoneOf,     // not(…), [tests…]
};

struct Node {
    NodeKind kind = NodeKind::Literal;
    std::size_t at = 0; // byte of the expression where it begins
    std::string text{};
    Value value{};
    std::vector<std::string> names{};
    std::vector<std::shared_ptr<const Node>> children{};
};

using NodePtr = std::shared_ptr<const Node>;

struct Parsed {
    NodePtr root{};
    std::vector<std::string> free{}; // names that the expression takes from its context, each once
};

// `known`: names of the context that hold spaces around keywords or the characters + - * / . ' and so could
// be read otherwise.
Result<Parsed> parseExpression(std::string_view text, const std::vector<std::string>& known,
                               const Limits& limits);
Result<Parsed> parseUnaryTests(std::string_view text, const std::vector<std::string>& known,
                               const Limits& limits);

} // namespace motcua::feel
