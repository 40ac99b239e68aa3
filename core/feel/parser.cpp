// Reads FEEL by recursive descent (DMN 1.5, chapter 10.3.1), the weakest operator first.
#include "feel/builtins.h"
#include "feel/node.h"
#include "feel/scanner.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace motcua::feel {

namespace {

class Parser {
public:
    Parser(std::string_view text, const std::vector<std::string>& known, const Limits& limits)
        : in_(text), known_(known), outer_(known), limits_(limits) {
        // Built-ins whose names hold a keyword.
        known_.emplace_back("date and time");
        known_.emplace_back("years and months duration");
    }

    Parsed expressionAlone() {
        NodePtr root = expression();
        if (!in_.atEnd()) in_.fail("an operator or the end");
        return {std::move(root), std::move(free_)};
    }

    Parsed testsAlone() {
        bound_.emplace_back("?");
        NodePtr root;
        if (in_.peek() == '-' && onlyDash()) {
            root = literal(0, true);
        } else if (!in_.seesWord("not") || !notTests(root)) {
            root = tests(NodeKind::AnyOf);
        }
        if (!in_.atEnd()) in_.fail("\",\" or the end");
        return {std::move(root), std::move(free_)};
    }

private:
    // One level of nesting; the text cannot use up the stack.
    struct Level {
        explicit Level(Parser& parser) : parser_(parser) {
            if (++parser_.depth_ > parser_.limits_.depth) parser_.in_.fail("less nesting");
        }
        ~Level() { --parser_.depth_; }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;
        Parser& parser_;
    };

    static std::shared_ptr<Node> node(NodeKind kind, std::size_t at, std::vector<NodePtr> children = {},
                                      std::string text = {}) {
        auto made = std::make_shared<Node>();
        made->kind = kind;
        made->at = at;
        made->children = std::move(children);
        made->text = std::move(text);
        return made;
    }

    static NodePtr literal(std::size_t at, Value value) {
        auto made = node(NodeKind::Literal, at);
        made->value = std::move(value);
        return made;
    }

    bool onlyDash() {
        const std::size_t began = in_.at();
        in_.expect("-");
        if (in_.atEnd()) return true;
        in_.back(began);
        return false;
    }

    bool notTests(NodePtr& root) {
        const std::size_t began = in_.at();
        in_.expectWord("not");
        if (in_.take("(")) {
            root = tests(NodeKind::NoneOf);
            if (in_.take(")") && in_.atEnd()) return true;
        }
        in_.back(began);
        return false;
    }

    // Names bound inside an expression, for as long as the object lives.
    class Binding {
    public:
        explicit Binding(Parser& parser)
            : parser_(parser), bound_(parser.bound_.size()), known_(parser.known_.size()) {}
        ~Binding() {
            parser_.bound_.resize(bound_);
            parser_.known_.resize(known_);
        }
        Binding(const Binding&) = delete;
        Binding& operator=(const Binding&) = delete;
        void add(const std::string& name) {
            parser_.bound_.push_back(name);
            parser_.known_.push_back(name);
        }

    private:
        Parser& parser_;
        std::size_t bound_;
        std::size_t known_;
    };

    NodePtr expression() {
        const Level level(*this);
        if (in_.seesWord("if")) return ifThenElse();
        if (in_.seesWord("for")) return iteration("for", NodeKind::For, "return");
        if (in_.seesWord("some")) return iteration("some", NodeKind::Some, "satisfies");
        if (in_.seesWord("every")) return iteration("every", NodeKind::Every, "satisfies");
        return disjunction();
    }

    NodePtr ifThenElse() {
        const std::size_t at = in_.at();
        in_.expectWord("if");
        NodePtr condition = expression();
        in_.expectWord("then");
        NodePtr yes = expression();
        in_.expectWord("else");
        NodePtr no = expression();
        return node(NodeKind::If, at, {std::move(condition), std::move(yes), std::move(no)});
    }

    NodePtr iteration(std::string_view word, NodeKind kind, std::string_view bodyWord) {
        const std::size_t at = in_.at();
        in_.expectWord(word);
        auto made = node(kind, at);
        Binding binding(*this);
        do {
            const std::string name = in_.name({});
            in_.expectWord("in");
            made->children.push_back(kind == NodeKind::For ? domain() : expression());
            made->names.push_back(name);
            binding.add(name);
        } while (in_.take(","));
        if (kind == NodeKind::For) binding.add("partial");
        in_.expectWord(bodyWord);
        const int before = partials_;
        made->children.push_back(expression());
        if (partials_ != before) made->text = "partial";
        return made;
    }

    NodePtr domain() {
        NodePtr from = expression();
        const std::size_t at = in_.at();
        if (!in_.take("..")) return from;
        return node(NodeKind::Span, at, {std::move(from), expression()});
    }

    NodePtr disjunction() {
        NodePtr left = conjunction();
        for (std::size_t at = in_.at(); in_.takeWord("or"); at = in_.at()) {
            left = deeper(node(NodeKind::Or, at, {left, conjunction()}));
        }
        return left;
    }

    NodePtr conjunction() {
        NodePtr left = comparison();
        for (std::size_t at = in_.at(); in_.takeWord("and"); at = in_.at()) {
            left = deeper(node(NodeKind::And, at, {left, comparison()}));
        }
        return left;
    }

    // A long chain "a + b + c …" nests to the left without recursion here, but its evaluation will recurse.
    NodePtr deeper(std::shared_ptr<Node> made) {
        if (++chained_ > 200) in_.fail("fewer operators");
        return made;
    }

    NodePtr comparison() {
        NodePtr left = sum();
        for (;;) {
            const std::size_t at = in_.at();
            if (in_.takeWord("between")) {
                NodePtr least = sum();
                in_.expectWord("and");
                left = deeper(node(NodeKind::Between, at, {left, std::move(least), sum()}));
            } else if (in_.takeWord("in")) {
                auto made = node(NodeKind::In, at, {left});
                inTests(*made);
                left = deeper(std::move(made));
            } else if (in_.takeWord("instance")) {
                in_.expectWord("of");
                left = deeper(node(NodeKind::InstanceOf, at, {left}, typeName()));
            } else if (const std::string symbol = comparator(); !symbol.empty()) {
                left = deeper(node(NodeKind::Compare, at, {left, sum()}, symbol));
            } else {
                return left;
            }
        }
    }

    std::string comparator() {
        for (const std::string_view symbol : {"<=", ">=", "!=", "<", ">", "="}) {
            if (in_.take(symbol)) return std::string{symbol};
        }
        return {};
    }

    void inTests(Node& into) {
        const std::size_t began = in_.at();
        if (in_.take("(")) {
            // "(1, <5)", "(2..4)" and "(x)" begin alike.
            NodePtr first = test(false);
            if (in_.sees("..")) {
                in_.back(began);
                into.children.push_back(test(false));
                return;
            }
            into.children.push_back(std::move(first));
            while (in_.take(","))
                into.children.push_back(test(false));
            in_.expect(")");
            return;
        }
        into.children.push_back(test(false));
    }

    NodePtr tests(NodeKind kind) {
        auto made = node(kind, in_.at());
        do {
            made->children.push_back(test(true));
        } while (in_.take(","));
        return made;
    }

    // Inside "x in …" the operand is a sum, so that "x in y and z" reads as "(x in y) and z"; a unary test of
    // its own
    // (`alone`) may be any expression over "?".
    NodePtr test(bool alone) {
        const Level level(*this);
        const std::size_t at = in_.at();
        if (const std::string symbol = comparator(); !symbol.empty()) {
            return node(NodeKind::Test, at, {sum()}, symbol);
        }
        const int before = asked_;
        NodePtr held = alone ? expression() : sum();
        return node(NodeKind::Holds, at, {std::move(held)}, asked_ != before ? "?" : "");
    }

    NodePtr sum() {
        NodePtr left = product();
        for (;;) {
            const std::size_t at = in_.at();
            if (in_.take("+")) {
                left = deeper(node(NodeKind::Arithmetic, at, {left, product()}, "+"));
            } else if (in_.take("-")) {
                left = deeper(node(NodeKind::Arithmetic, at, {left, product()}, "-"));
            } else {
                return left;
            }
        }
    }

    NodePtr product() {
        NodePtr left = exponent();
        for (;;) {
            const std::size_t at = in_.at();
            if (!in_.sees("**") && in_.take("*")) {
                left = deeper(node(NodeKind::Arithmetic, at, {left, exponent()}, "*"));
            } else if (in_.take("/")) {
                left = deeper(node(NodeKind::Arithmetic, at, {left, exponent()}, "/"));
            } else {
                return left;
            }
        }
    }

    NodePtr exponent() {
        NodePtr left = unary();
        for (std::size_t at = in_.at(); in_.take("**"); at = in_.at()) {
            left = deeper(node(NodeKind::Arithmetic, at, {left, unary()}, "**"));
        }
        return left;
    }

    NodePtr unary() {
        const Level level(*this);
        const std::size_t at = in_.at();
        if (in_.take("-")) return node(NodeKind::Negate, at, {unary()});
        return postfix(primary());
    }

    NodePtr postfix(NodePtr left) {
        for (;;) {
            const std::size_t at = in_.at();
            if (!in_.sees("..") && in_.take(".")) {
                left = deeper(node(NodeKind::Path, at, {left}, in_.name(known_)));
            } else if (!endpoint_ && in_.take("[")) {
                const Unbracketed inner(*this);
                Binding binding(*this);
                binding.add("item");
                auto made = node(NodeKind::Filter, at, {left, expression()});
                in_.expect("]");
                left = deeper(std::move(made));
            } else if (in_.take("(")) {
                const Unbracketed inner(*this);
                auto made = node(NodeKind::Call, at, {left});
                arguments(*made);
                left = deeper(std::move(made));
            } else {
                return left;
            }
        }
    }

    void arguments(Node& call) {
        if (in_.take(")")) return;
        do {
            const std::size_t began = in_.at();
            if (in_.startsName() && !in_.startsKeyword()) {
                const std::string name = in_.name(known_);
                if (in_.take(":")) {
                    call.names.push_back(name);
                } else {
                    in_.back(began);
                }
            }
            call.children.push_back(expression());
        } while (in_.take(","));
        if (!call.names.empty() && call.names.size() + 1 != call.children.size())
            in_.fail("a name for each argument");
        in_.expect(")");
    }

    NodePtr primary() {
        const std::size_t at = in_.at();
        if (in_.startsNumber()) return literal(at, in_.number());
        switch (in_.peek()) {
        case '"':
            return literal(at, in_.quotedText());
        case '@':
            return atLiteral();
        case '(':
            return parenthesis();
        case '[':
            return bracket();
        case ']':
            return range("]");
        case '{':
            return context();
        default:
            break;
        }
        if (in_.takeWord("true")) return literal(at, true);
        if (in_.takeWord("false")) return literal(at, false);
        if (in_.takeWord("null")) return literal(at, {});
        if (in_.seesWord("function")) return function();
        if (!in_.startsName()) in_.fail("a value");
        std::string name = in_.name(known_);
        noteFree(name);
        if (name == "?") ++asked_;
        if (name == "partial") ++partials_;
        return node(NodeKind::Name, at, {}, std::move(name));
    }

    void noteFree(const std::string& name) {
        const auto holds = [&](const std::vector<std::string>& names) {
            return std::find(names.begin(), names.end(), name) != names.end();
        };
        if (holds(bound_) || holds(free_)) return;
        if (!holds(outer_) && isBuiltin(name)) return;
        free_.push_back(name);
    }

    NodePtr atLiteral() {
        const std::size_t at = in_.at();
        in_.expect("@");
        if (in_.peek() != '"') in_.fail("a text");
        const std::string text = in_.quotedText();
        if (const auto date = parseDate(text)) return literal(at, *date);
        if (text.find('T') != std::string::npos && text.find('P') == std::string::npos) {
            if (const auto moment = parseDateTime(text)) return literal(at, *moment);
        }
        if (const auto time = parseTime(text)) return literal(at, *time);
        if (const auto months = parseYearMonths(text)) return literal(at, *months);
        if (const auto days = parseDayTime(text)) return literal(at, *days);
        return literal(at, {});
    }

    // Brackets inside an endpoint of a range are filters again.
    struct Unbracketed {
        explicit Unbracketed(Parser& parser) : parser_(parser), before_(parser.endpoint_) {
            parser.endpoint_ = false;
        }
        ~Unbracketed() { parser_.endpoint_ = before_; }
        Unbracketed(const Unbracketed&) = delete;
        Unbracketed& operator=(const Unbracketed&) = delete;
        Parser& parser_;
        bool before_;
    };

    NodePtr rangeEnd(std::size_t at, std::string open, NodePtr from) {
        const bool before = endpoint_;
        endpoint_ = true;
        NodePtr to = sum();
        endpoint_ = before;
        std::string close;
        for (const std::string_view symbol : {"]", ")", "["}) {
            if (close.empty() && in_.take(symbol)) close = symbol;
        }
        if (close.empty()) in_.fail("\"]\" or \")\"");
        // "]1..2[" is another way to write "(1..2)".
        const std::string brackets = std::string{open == "[" ? "[" : "("} + (close == "]" ? "]" : ")");
        return node(NodeKind::Range, at, {std::move(from), std::move(to)}, brackets);
    }

    NodePtr range(const std::string& open) {
        const std::size_t at = in_.at();
        in_.expect(open);
        NodePtr from = sum();
        in_.expect("..");
        return rangeEnd(at, open, std::move(from));
    }

    NodePtr parenthesis() {
        const Unbracketed inner(*this);
        const std::size_t at = in_.at();
        in_.expect("(");
        if (const std::string symbol = comparator(); !symbol.empty()) {
            auto made = node(NodeKind::Test, at, {sum()}, symbol);
            in_.expect(")");
            return made;
        }
        NodePtr held = expression();
        if (in_.take("..")) return rangeEnd(at, "(", std::move(held));
        in_.expect(")");
        return held;
    }

    NodePtr bracket() {
        const Unbracketed inner(*this);
        const std::size_t at = in_.at();
        in_.expect("[");
        auto made = node(NodeKind::ListOf, at);
        if (in_.take("]")) return made;
        do {
            NodePtr item = listItem();
            if (made->children.empty() && in_.take("..")) return rangeEnd(at, "[", std::move(item));
            made->children.push_back(std::move(item));
        } while (in_.take(","));
        in_.expect("]");
        return made;
    }

    NodePtr listItem() {
        const std::size_t at = in_.at();
        if (const std::string symbol = comparator(); !symbol.empty()) {
            return node(NodeKind::Test, at, {sum()}, symbol);
        }
        return expression();
    }

    NodePtr context() {
        const Unbracketed inner(*this);
        auto made = node(NodeKind::Context, in_.at());
        in_.expect("{");
        if (in_.take("}")) return made;
        Binding binding(*this);
        do {
            const std::string key = in_.contextKey();
            in_.expect(":");
            made->children.push_back(expression());
            made->names.push_back(key);
            binding.add(key);
        } while (in_.take(","));
        in_.expect("}");
        return made;
    }

    NodePtr function() {
        const Unbracketed inner(*this);
        auto made = node(NodeKind::Function, in_.at());
        in_.expectWord("function");
        in_.expect("(");
        Binding binding(*this);
        while (!in_.take(")")) {
            if (!made->names.empty()) in_.expect(",");
            const std::string name = in_.name({});
            if (in_.take(":")) typeName();
            made->names.push_back(name);
            binding.add(name);
        }
        if (in_.seesWord("external")) in_.fail("a FEEL body");
        made->children.push_back(expression());
        return made;
    }

    // The type's own name; what it holds (list<number>) is read and not checked.
    std::string typeName() {
        const Level level(*this);
        static const std::vector<std::string> types{"date and time", "days and time duration",
                                                    "years and months duration"};
        std::string name = in_.takeWord("null")       ? "null"
                           : in_.takeWord("function") ? "function"
                                                      : in_.name(types);
        if (in_.take("<")) {
            while (!in_.take(">")) {
                typeName();
                if (in_.take(":")) typeName();
                in_.take(",");
            }
        }
        if (in_.take("->")) typeName();
        return name;
    }

    Scanner in_;
    std::vector<std::string> known_;
    std::vector<std::string> outer_;
    std::vector<std::string> bound_{};
    std::vector<std::string> free_{};
    Limits limits_;
    int depth_ = 0;
    int chained_ = 0;
    int asked_ = 0;    // how often "?" was read
    int partials_ = 0; // how often "partial" was read
    bool endpoint_ = false;
};

Error syntaxError(std::string_view text, const SyntaxError& problem) {
    const std::string_view before = text.substr(0, problem.at);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const auto start = before.rfind('\n');
    const std::string_view row = start == std::string_view::npos ? before : before.substr(start + 1);
    const auto column =
        std::count_if(row.begin(), row.end(), [](char c) { return (c & '\xC0') != '\x80'; }) + 1;
    Error error = invalid("feel.syntax");
    error.params = {{"line", std::to_string(line)},
                    {"column", std::to_string(column)},
                    {"expected", problem.expected},
                    {"found", text::shorten(text.substr(std::min(problem.at, text.size())), 20)}};
    error.detail = "line " + error.params["line"] + ", column " + error.params["column"] + ": expected " +
                   problem.expected + ", found \"" + error.params["found"] + "\"";
    return error;
}

template <typename Read>
Result<Parsed> parseWith(std::string_view text, const std::vector<std::string>& known, const Limits& limits,
                         Read read) {
    if (text.size() > limits.length) {
        Error error = invalid("feel.too_long");
        error.params = {{"most", std::to_string(limits.length)}};
        return error;
    }
    const auto normal = text::nfc(text);
    if (!normal) return invalid("feel.not_text");
    try {
        Parser parser(*normal, known, limits);
        return read(parser);
    } catch (const SyntaxError& problem) {
        return syntaxError(*normal, problem);
    }
}

} // namespace

Result<Parsed> parseExpression(std::string_view text, const std::vector<std::string>& known,
                               const Limits& limits) {
    return parseWith(text, known, limits, [](Parser& parser) { return parser.expressionAlone(); });
}

Result<Parsed> parseUnaryTests(std::string_view text, const std::vector<std::string>& known,
                               const Limits& limits) {
    return parseWith(text, known, limits, [](Parser& parser) { return parser.testsAlone(); });
}

} // namespace motcua::feel
