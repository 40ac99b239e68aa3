#include "template.h"

#include "motcua/sdk/rest.h"
#include "motcua/sdk/times.h"

#include <array>
#include <charconv>
#include <functional>
#include <optional>

namespace connector {

using namespace motcua::sdk;

namespace {

constexpr int deepestPattern = 12;
constexpr std::size_t mostNodes = 100'000;
constexpr std::size_t mostText = 48u << 20; // papers as base64 in it
constexpr std::size_t longestExpression = 300;

Error wrong(std::string_view path, std::string_view what) {
    return invalid("template.wrong_value", std::string{path} + " " + std::string{what});
}

std::optional<std::int64_t> wholeOf(std::string_view text) {
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return read.ec == std::errc{} && read.ptr == text.data() + text.size() && !text.empty()
               ? std::optional{number}
               : std::nullopt;
}

std::string textOf(const Json& value) {
    return value.isString() ? value.string() : value.isNull() ? "" : value.dump();
}

// ---- filters: each takes a plain value and gives one, or says that it cannot -----------------------------

using Filtered = std::optional<Json>;

Filtered asInteger(const Json& value) {
    if (value.isInteger()) return value;
    if (value.isBool()) return Json{value.boolean() ? 1 : 0};
    const auto number = wholeOf(value.string());
    return number ? Filtered{Json{*number}} : std::nullopt;
}

Filtered asBoolean(const Json& value) {
    const std::string text = textOf(value);
    if (text == "true" || text == "True" || text == "1") return Json{true};
    if (text == "false" || text == "False" || text == "0") return Json{false};
    return std::nullopt;
}

Filtered asTime(const Json& value, const std::string& pattern) { // ours → theirs
    if (!value.isInteger()) return std::nullopt;
    return Json{pattern == "iso" ? isoTime(value.integer()) : vietnamTime(value.integer(), pattern)};
}

Filtered asMs(const Json& value, const std::string& pattern) { // theirs → ours
    const std::string text = textOf(value);
    const auto ms = pattern == "iso" ? parseIsoTime(text) : parseVietnamTime(text, pattern);
    return ms ? Filtered{Json{*ms}} : std::nullopt;
}

Filtered asDay(const Json& value, const std::string& pattern) { // theirs → 2020-07-13
    const auto ms = parseVietnamTime(textOf(value), pattern);
    return ms ? Filtered{Json{vietnamTime(*ms, "yyyy-MM-dd")}} : std::nullopt;
}

Filtered asDigits(const Json& value) {
    std::string digits;
    for (const char c : textOf(value))
        if (c >= '0' && c <= '9') digits += c;
    return Json{digits};
}

Filtered asLocalPhone(const Json& value) { // +84901… → 0901…
    const std::string text = textOf(value);
    return Json{text.rfind("+84", 0) == 0 ? "0" + text.substr(3) : text};
}

Filtered asOurPhone(const Json& value) { // 0901… → +84901…
    const std::string text = textOf(value);
    return Json{text.size() > 1 && text[0] == '0' ? "+84" + text.substr(1) : text};
}

struct Filter {
    std::string_view name;
    bool argument;   // it has one, after ":"
    bool takesNulls; // nothing is a value for it too
    std::function<Filtered(const Json&, const std::string&)> apply;
};

const std::vector<Filter>& filters() {
    static const std::vector<Filter> all{
        {"text", false, false, [](const Json& v, const std::string&) -> Filtered { return Json{textOf(v)}; }},
        {"int", false, false, [](const Json& v, const std::string&) { return asInteger(v); }},
        {"bool", false, false, [](const Json& v, const std::string&) { return asBoolean(v); }},
        {"time", true, false, asTime},
        {"ms", true, false, asMs},
        {"day", true, false, asDay},
        {"digits", false, false, [](const Json& v, const std::string&) { return asDigits(v); }},
        {"local", false, false, [](const Json& v, const std::string&) { return asLocalPhone(v); }},
        {"phone", false, false, [](const Json& v, const std::string&) { return asOurPhone(v); }},
        {"or", true, true, [](const Json& v, const std::string& other) -> Filtered {
             return v.isNull() || (v.isString() && v.string().empty()) ? Json{other} : v;
         }}};
    return all;
}

const Filter* filterOf(std::string_view name) {
    for (const Filter& filter : filters())
        if (filter.name == name) return &filter;
    return nullptr;
}

// ---- expressions -----------------------------------------------------------------------------------------

struct Step {
    std::string name{};
    std::string argument{};
};

struct Expression {
    std::string path{};
    std::vector<Step> steps{};
};

Expression parse(std::string_view text) {
    Expression made;
    std::size_t bar = text.find('|');
    made.path = text.substr(0, bar);
    while (bar != std::string_view::npos) {
        text.remove_prefix(bar + 1);
        bar = text.find('|');
        const std::string_view step = text.substr(0, bar);
        const std::size_t colon = step.find(':');
        made.steps.push_back({std::string{step.substr(0, colon)},
                              colon == std::string_view::npos ? "" : std::string{step.substr(colon + 1)}});
    }
    return made;
}

std::string flawOf(const Expression& expression) {
    if (expression.path.empty()) return "an expression without a path";
    for (const Step& step : expression.steps) {
        if (step.name == "base64" || step.name == "json") continue;
        const Filter* filter = filterOf(step.name);
        if (!filter) return "there is no filter \"" + step.name + "\"";
        if (filter->argument && step.argument.empty())
            return "the filter " + step.name + " needs an argument";
    }
    return {};
}

// A text in parts: words and expressions by turns, beginning with words.
struct Parts {
    std::vector<std::string> words{""};
    std::vector<Expression> expressions{};
    std::string flaw{};

    bool isOneExpression() const { return expressions.size() == 1 && words[0].empty() && words[1].empty(); }
};

Parts split(std::string_view text) {
    Parts parts;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool brace = text[i] == '{';
        if (brace && text.substr(i, 2) == "{{") {
            parts.words.back() += '{';
            ++i;
        } else if (brace) {
            const std::size_t close = text.find('}', i);
            if (close == std::string_view::npos || close - i > longestExpression) {
                parts.flaw = "an expression that does not end";
                return parts;
            }
            parts.expressions.push_back(parse(text.substr(i + 1, close - i - 1)));
            if (parts.flaw.empty()) parts.flaw = flawOf(parts.expressions.back());
            parts.words.emplace_back();
            i = close;
        } else {
            parts.words.back() += text[i];
        }
    }
    return parts;
}

// ---- filling ---------------------------------------------------------------------------------------------

// One item of a list that is being gone through; the outer ones are out of reach.
struct Scope {
    const Json* item = nullptr;
    std::int64_t index = 0;
};

class Filler {
public:
    explicit Filler(const Source& source) : source_(source) {}

    Result<Json> value(const Json& pattern, const Scope& scope) {
        if (++nodes_ > mostNodes) return wrong("", "becomes too much");
        if (pattern.isString()) return text(pattern.string(), scope);
        if (pattern.isArray()) return list(pattern, scope);
        if (!pattern.isObject()) return pattern;
        if (pattern.has("each")) return each(pattern, scope);
        if (pattern.has("choose")) return choose(pattern, scope);
        Json made = Json::object();
        for (const auto& [name, inner] : pattern.members()) {
            MOTCUA_SDK_TRY(filled, value(inner, scope));
            if (!filled.isNull() || inner.isNull()) made.set(name, std::move(filled));
        }
        return made;
    }

    Result<std::string>
    words(std::string_view pattern, const Scope& scope,
          const std::function<Result<std::string>(std::string, const std::string&)>& each) {
        const Parts parts = split(pattern);
        std::string out = parts.words[0];
        for (std::size_t i = 0; i < parts.expressions.size(); ++i) {
            MOTCUA_SDK_TRY(found, evaluate(parts.expressions[i], scope));
            MOTCUA_SDK_TRY(text, each(textOf(found), parts.expressions[i].path));
            (out += text) += parts.words[i + 1];
        }
        return out;
    }

private:
    Result<Json> text(const std::string& pattern, const Scope& scope) {
        const Parts parts = split(pattern);
        if (parts.isOneExpression()) return evaluate(parts.expressions[0], scope);
        MOTCUA_SDK_TRY(
            filled, words(pattern, scope,
                          [](std::string word, const std::string&) -> Result<std::string> { return word; }));
        MOTCUA_SDK_CHECK(count(filled.size()));
        return Json{std::move(filled)};
    }

    Result<Json> list(const Json& pattern, const Scope& scope) {
        Json made = Json::array();
        for (const Json& inner : pattern.items()) {
            MOTCUA_SDK_TRY(filled, value(inner, scope));
            made.add(std::move(filled));
        }
        return made;
    }

    Result<Json> each(const Json& pattern, const Scope& scope) {
        const std::string& path = pattern["each"].string();
        const Json& items = find(path, scope);
        if (items.isNull()) return Json{};
        if (!items.isArray()) return wrong(path, "is no list");
        Json made = Json::array();
        Scope inner;
        for (const Json& item : items.items()) {
            inner.item = &item;
            ++inner.index;
            MOTCUA_SDK_TRY(filled, value(pattern["as"], inner));
            made.add(std::move(filled));
        }
        return made;
    }

    Result<Json> choose(const Json& pattern, const Scope& scope) {
        const std::string& path = pattern["choose"].string();
        const Json& by = find(path, scope);
        if (by.isArray() || by.isObject()) return wrong(path, "is no plain value");
        const Json& from = pattern["from"];
        const std::string key = textOf(by);
        return value(from.has(key) ? from[key] : pattern["else"], scope);
    }

    const Json& find(std::string_view path, const Scope& scope) const {
        if (scope.item && path == "item") return *scope.item;
        if (scope.item && path.substr(0, 5) == "item.") return at(*scope.item, path.substr(5));
        return at(source_.data, path);
    }

    Result<Json> evaluate(const Expression& expression, const Scope& scope) {
        if (scope.item && expression.path == "index") return Json{scope.index};
        Json value = find(expression.path, scope);
        bool whole = false; // lists and objects may pass
        for (const Step& step : expression.steps) {
            if (step.name == "json") {
                whole = true;
                continue;
            }
            if (step.name == "base64") {
                MOTCUA_SDK_TRY(bytes, content(value, expression.path));
                value = std::move(bytes);
                continue;
            }
            if (value.isArray() || value.isObject()) return wrong(expression.path, "is no plain value");
            const Filter& filter = *filterOf(step.name);
            if (value.isNull() && !filter.takesNulls) continue;
            auto made = filter.apply(value, step.argument);
            if (!made) return wrong(expression.path, "cannot be read by the filter " + step.name);
            value = std::move(*made);
        }
        if (!whole && (value.isArray() || value.isObject()))
            return wrong(expression.path, "is no plain value");
        MOTCUA_SDK_CHECK(count(value.string().size()));
        return value;
    }

    Result<Json> content(const Json& value, std::string_view path) const {
        if (value.isNull()) return Json{};
        const std::int64_t index = value["blob"].integer(-1);
        if (index < 0 || static_cast<std::size_t>(index) >= source_.blobs.size())
            return wrong(path, "is no paper");
        return Json{toBase64(source_.blobs[static_cast<std::size_t>(index)].view())};
    }

    Result<void> count(std::size_t size) {
        text_ += size;
        if (text_ > mostText) return wrong("", "becomes too much");
        return {};
    }

    const Source& source_;
    std::size_t nodes_ = 0;
    std::size_t text_ = 0;
};

std::string flawAt(const Json& pattern, int level) {
    if (level > deepestPattern) return "it is too deep";
    if (pattern.isString()) return split(pattern.string()).flaw;
    if (pattern.has("each") &&
        (!pattern["each"].isString() || pattern.members().size() != 2 || !pattern.has("as")))
        return "\"each\" needs a path, and \"as\" beside it alone";
    if (pattern.has("choose") && (!pattern["choose"].isString() || !pattern["from"].isObject()))
        return "\"choose\" needs a path, and \"from\" beside it";
    for (const Json& item : pattern.items())
        if (auto flaw = flawAt(item, level + 1); !flaw.empty()) return flaw;
    for (const auto& [name, inner] : pattern.members()) {
        if (name == "each" || name == "choose") continue;
        if (auto flaw = flawAt(inner, level + 1); !flaw.empty()) return name + ": " + flaw;
    }
    return {};
}

} // namespace

const Json& at(const Json& json, std::string_view path) {
    static const Json none;
    const Json* here = &json;
    while (!path.empty()) {
        const std::size_t dot = path.find('.');
        const std::string_view name = path.substr(0, dot);
        path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
        if (here->isArray()) {
            const auto index = wholeOf(name);
            if (!index || *index < 0 || static_cast<std::size_t>(*index) >= here->items().size()) return none;
            here = &here->items()[static_cast<std::size_t>(*index)];
        } else {
            here = &(*here)[name];
        }
    }
    return *here;
}

std::string flawOf(const Json& pattern) {
    return flawAt(pattern, 0);
}

Result<Json> fill(const Json& pattern, const Source& source) {
    return Filler{source}.value(pattern, {});
}

Result<std::string> fillPath(std::string_view pattern, const Source& source) {
    return Filler{source}.words(pattern, {},
                                [](std::string word, const std::string& path) -> Result<std::string> {
                                    if (word.empty() || word == "." || word == "..")
                                        return wrong(path, "is missing");
                                    return percentEncode(word);
                                });
}

} // namespace connector
