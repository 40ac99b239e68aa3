#include "feel/builtins.h"

#include "base/text.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <utf8proc.h>

#include <array>
#include <memory>

namespace motcua::feel {

namespace {

const std::string& text(const Value& value) {
    return *value.as<std::string>();
}

bool startsCharacter(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}

// Byte offsets of each character, and the end.
std::vector<std::size_t> characters(Call& call, const std::string& held) {
    call.budget.payText(held.size());
    std::vector<std::size_t> made;
    for (std::size_t i = 0; i < held.size(); ++i) {
        if (startsCharacter(held[i])) made.push_back(i);
    }
    made.push_back(held.size());
    return made;
}

Value length(Call& call, Arguments arguments) {
    return static_cast<std::int64_t>(characters(call, text(arguments[0])).size()) - 1;
}

Value substring(Call& call, Arguments arguments) {
    const std::string& held = text(arguments[0]);
    const auto offsets = characters(call, held);
    const auto count = static_cast<std::int64_t>(offsets.size()) - 1;
    const auto start = arguments[1].as<Decimal>()->whole();
    if (!start || *start == 0 || *start > count || *start < -count) return {};
    const std::int64_t from = *start > 0 ? *start - 1 : count + *start;
    std::int64_t to = count;
    if (!arguments[2].isNull()) {
        const auto wanted = arguments[2].as<Decimal>()->whole();
        if (!wanted || *wanted < 1) return {};
        to = *wanted > count - from ? count : from + *wanted;
    }
    const std::size_t begin = offsets[static_cast<std::size_t>(from)];
    return held.substr(begin, offsets[static_cast<std::size_t>(to)] - begin);
}

std::string upperCase(const std::string& held) {
    std::string made;
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(held.data());
    const auto size = static_cast<utf8proc_ssize_t>(held.size());
    for (utf8proc_ssize_t at = 0; at < size;) {
        utf8proc_int32_t point = 0;
        const utf8proc_ssize_t read = utf8proc_iterate(bytes + at, size - at, &point);
        if (read < 1) return held;
        std::array<utf8proc_uint8_t, 4> encoded{};
        const utf8proc_ssize_t written = utf8proc_encode_char(utf8proc_toupper(point), encoded.data());
        made.append(reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(written));
        at += read;
    }
    return made;
}

// Where `part` stands. At worst every place of a long text is compared with the whole of a long part.
std::size_t placeOf(Call& call, const std::string& held, const std::string& part) {
    call.budget.payText(held.size());
    call.budget.pay((held.size() >> 10) * (part.size() >> 10));
    return held.find(part);
}

Value substringBefore(Call& call, Arguments arguments) {
    const auto at = placeOf(call, text(arguments[0]), text(arguments[1]));
    return at == std::string::npos ? Value{""} : Value{text(arguments[0]).substr(0, at)};
}

Value substringAfter(Call& call, Arguments arguments) {
    const auto at = placeOf(call, text(arguments[0]), text(arguments[1]));
    return at == std::string::npos ? Value{""}
                                   : Value{text(arguments[0]).substr(at + text(arguments[1]).size())};
}

// Patterns run in PCRE2 with a limit on steps, so that a hostile one is null instead of minutes.
struct Pattern {
    struct Free {
        void operator()(pcre2_code* owned) const { pcre2_code_free(owned); }
        void operator()(pcre2_match_data* owned) const { pcre2_match_data_free(owned); }
        void operator()(pcre2_match_context* owned) const { pcre2_match_context_free(owned); }
    };
    std::unique_ptr<pcre2_code, Free> code{};
    std::unique_ptr<pcre2_match_data, Free> data{};
    std::unique_ptr<pcre2_match_context, Free> context{};

    // XPath takes white space out wherever it stands outside a class in brackets, even behind a backslash.
    static std::string withoutSpace(const std::string& pattern) {
        std::string made;
        bool inClass = false;
        for (const char c : pattern) {
            if (c == '[') inClass = true;
            if (c == ']') inClass = false;
            if (inClass || (c != ' ' && (c < '\t' || c > '\r'))) made += c;
        }
        return made;
    }

    // The flags of XPath: s . matches line ends, m ^ and $ at lines, i without case, x without white space.
    bool compile(std::string pattern, const Value& flags) {
        std::uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C;
        if (const auto* letters = flags.as<std::string>()) {
            for (const char letter : *letters) {
                switch (letter) {
                case 's':
                    options |= PCRE2_DOTALL;
                    break;
                case 'm':
                    options |= PCRE2_MULTILINE;
                    break;
                case 'i':
                    options |= PCRE2_CASELESS;
                    break;
                case 'x':
                    pattern = withoutSpace(pattern);
                    break;
                default:
                    return false;
                }
            }
        }
        int problem = 0;
        std::size_t at = 0;
        code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), options,
                                 &problem, &at, nullptr));
        if (!code) return false;
        data.reset(pcre2_match_data_create_from_pattern(code.get(), nullptr));
        context.reset(pcre2_match_context_create(nullptr));
        pcre2_set_match_limit(context.get(), 100'000);
        pcre2_set_depth_limit(context.get(), 1'000);
        return true;
    }

    int match(const std::string& subject, std::size_t from, std::uint32_t options) const {
        return pcre2_match(code.get(), reinterpret_cast<PCRE2_SPTR>(subject.data()), subject.size(), from,
                           options, data.get(), context.get());
    }
    std::size_t begin(std::uint32_t group) const { return pcre2_get_ovector_pointer(data.get())[2 * group]; }
    std::size_t end(std::uint32_t group) const {
        return pcre2_get_ovector_pointer(data.get())[2 * group + 1];
    }
};

constexpr std::size_t patternCost = 200; // steps of the budget for one run of a pattern

Value matches(Call& call, Arguments arguments) {
    call.budget.pay(patternCost);
    call.budget.payText(text(arguments[0]).size());
    Pattern pattern;
    if (!pattern.compile(text(arguments[1]), arguments[2])) return {};
    const int found = pattern.match(text(arguments[0]), 0, 0);
    if (found == PCRE2_ERROR_NOMATCH) return false;
    return found > 0 ? Value{true} : Value{};
}

// Each place where the pattern matches, as {begin, end}, by `visit`; false where a match failed for another
// reason.
template <typename Visit>
bool eachMatch(Call& call, const Pattern& pattern, const std::string& subject, Visit visit) {
    call.budget.payText(subject.size());
    std::size_t from = 0;
    std::uint32_t options = 0;
    while (from <= subject.size()) {
        call.budget.pay(patternCost);
        const int found = pattern.match(subject, from, options);
        options = PCRE2_NO_UTF_CHECK; // the first has read the whole text for that
        if (found == PCRE2_ERROR_NOMATCH) return true;
        if (found <= 0) return false;
        visit(pattern);
        from = pattern.end(0);
        if (pattern.begin(0) == pattern.end(0)) {
            ++from;
            while (from < subject.size() && !startsCharacter(subject[from]))
                ++from;
        }
    }
    return true;
}

// "$1" stands for a group and "$0" for the whole match; "\$" and "\\" for themselves.
std::string filled(Call& call, const Pattern& pattern, const std::string& subject,
                   const std::string& replacement) {
    call.budget.payText(replacement.size());
    const std::uint32_t groups = pcre2_get_ovector_count(pattern.data.get());
    std::string made;
    for (std::size_t i = 0; i < replacement.size(); ++i) {
        const char next = i + 1 < replacement.size() ? replacement[i + 1] : '\0';
        if (replacement[i] == '\\' && (next == '$' || next == '\\')) {
            made += next;
            ++i;
        } else if (replacement[i] == '$' && next >= '0' && next <= '9') {
            const auto group = static_cast<std::uint32_t>(next - '0');
            if (group < groups && pattern.begin(group) != PCRE2_UNSET) {
                call.budget.payText(pattern.end(group) - pattern.begin(group));
                made += subject.substr(pattern.begin(group), pattern.end(group) - pattern.begin(group));
            }
            ++i;
        } else {
            made += replacement[i];
        }
    }
    return made;
}

Value replace(Call& call, Arguments arguments) {
    const std::string& subject = text(arguments[0]);
    Pattern pattern;
    if (!pattern.compile(text(arguments[1]), arguments[3])) return {};
    std::string made;
    std::size_t done = 0;
    const bool fine = eachMatch(call, pattern, subject, [&](const Pattern& at) {
        call.budget.payText(at.begin(0) - done);
        made += subject.substr(done, at.begin(0) - done) + filled(call, at, subject, text(arguments[2]));
        done = at.end(0);
    });
    if (!fine) return {};
    return made + subject.substr(done);
}

Value split(Call& call, Arguments arguments) {
    const std::string& subject = text(arguments[0]);
    Pattern pattern;
    if (!pattern.compile(text(arguments[1]), {})) return {};
    std::vector<Value> made;
    std::size_t done = 0;
    const bool fine = eachMatch(call, pattern, subject, [&](const Pattern& at) {
        if (at.end(0) == at.begin(0)) return;
        made.emplace_back(subject.substr(done, at.begin(0) - done));
        done = at.end(0);
    });
    if (!fine) return {};
    made.emplace_back(subject.substr(done));
    return makeList(std::move(made), call.budget);
}

std::vector<Parameter> two(std::string_view second) {
    return {{"string", Kind::Text}, {second, Kind::Text}};
}

} // namespace

const std::vector<Builtin>& stringBuiltins() {
    static const std::vector<Builtin> made{
        {"substring",
         {{"string", Kind::Text}, {"start position", Kind::Number}, {"length", Kind::Number, true}},
         substring},
        {"string length", {{"string", Kind::Text}}, length},
        {"upper case",
         {{"string", Kind::Text}},
         [](Call& call, Arguments a) -> Value {
             call.budget.payText(text(a[0]).size());
             return upperCase(text(a[0]));
         }},
        {"lower case",
         {{"string", Kind::Text}},
         [](Call& call, Arguments a) -> Value {
             call.budget.payText(text(a[0]).size());
             return text::lower(text(a[0]));
         }},
        {"trim",
         {{"string", Kind::Text}},
         [](Call&, Arguments a) -> Value { return text::trim(text(a[0])); }},
        {"substring before", two("match"), substringBefore},
        {"substring after", two("match"), substringAfter},
        {"contains", two("match"),
         [](Call& call, Arguments a) -> Value {
             return placeOf(call, text(a[0]), text(a[1])) != std::string::npos;
         }},
        {"starts with", two("match"),
         [](Call&, Arguments a) -> Value { return text(a[0]).starts_with(text(a[1])); }},
        {"ends with", two("match"),
         [](Call&, Arguments a) -> Value { return text(a[0]).ends_with(text(a[1])); }},
        {"matches", {{"input", Kind::Text}, {"pattern", Kind::Text}, {"flags", Kind::Text, true}}, matches},
        {"replace",
         {{"input", Kind::Text},
          {"pattern", Kind::Text},
          {"replacement", Kind::Text},
          {"flags", Kind::Text, true}},
         replace},
        {"split", two("delimiter"), split},
    };
    return made;
}

} // namespace motcua::feel
