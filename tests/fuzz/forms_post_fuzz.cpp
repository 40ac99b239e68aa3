// Posts to a form: whatever a browser sends, reading it does not break, what is accepted is accepted again
// unchanged, and the page can be shown once more. Input: names and values as in a form post
// ("a=x&rows.0.b=y"), percent-decoded.
#include "forms/definition_reader.h"
#include "forms/display.h"
#include "forms/page.h"
#include "forms/post.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace motcua;
using namespace motcua::forms;

namespace {

void demand(bool rule, const char* what) {
    if (rule) return;
    std::fprintf(stderr, "broken rule: %s\n", what);
    std::abort();
}

// A field of every type, a group, a table with conditions, and papers; no library, so that the fuzzer stands
// alone.
const char* kForm = R"(
form: 1
procedure: "9.000003"
title: {vi: a, en: a}
sections:
  - key: all
    title: {vi: a, en: a}
    fields:
      - {key: a, type: text, label: {vi: a, en: a}, allow: name}
      - {key: b, type: longtext, label: {vi: a, en: a}, required: false}
      - {key: c, type: integer, label: {vi: a, en: a}, required: false}
      - {key: d, type: money, label: {vi: a, en: a}, required: false}
      - {key: e, type: decimal, label: {vi: a, en: a}, required: false}
      - {key: f, type: date, label: {vi: a, en: a}, latest: today, required: false}
      - {key: g, type: choice, label: {vi: a, en: a}, options: [{value: x, label: {vi: x, en: x}}, {value: z, label: {vi: z, en: z}}]}
      - {key: h, type: multi, label: {vi: a, en: a}, required: false, options: [{value: x, label: {vi: x, en: x}}, {value: z, label: {vi: z, en: z}}]}
      - {key: i, type: yes_no, label: {vi: a, en: a}, options: [{value: "yes", label: {vi: c, en: y}}, {value: "no", label: {vi: k, en: n}}]}
      - {key: j, type: email, label: {vi: a, en: a}, when: i, required: false}
      - {key: k, type: phone, label: {vi: a, en: a}, when: 'g = "x"', required: false}
      - {key: l, type: national_id, label: {vi: a, en: a}, required: false}
      - {key: m, type: tax_code, label: {vi: a, en: a}, required: false}
      - {key: n, type: declaration, label: {vi: a, en: a}}
      - {key: o, type: calculated, label: {vi: a, en: a}, formula: d * 2 + count(r), result: money}
      - key: p
        type: group
        label: {vi: a, en: a}
        required: false
        fields:
          - {key: a, type: text, label: {vi: a, en: a}}
          - {key: f, type: date, label: {vi: a, en: a}}
          - {key: l, type: national_id, label: {vi: a, en: a}, birth_date: f, required: false}
      - key: r
        type: table
        label: {vi: a, en: a}
        add_label: {vi: a, en: a}
        required: false
        max_rows: 3
        fields:
          - {key: a, type: text, label: {vi: a, en: a}}
          - {key: e, type: decimal, label: {vi: a, en: a}, when: a != "x", required: false}
          - {key: o, type: calculated, label: {vi: a, en: a}, formula: e * 2, result: decimal}
        rules:
          - {check: sum(r.e) < 1000, message: {vi: a, en: a}}
papers:
  - {key: q, label: {vi: a, en: a}, when: i, required: false}
)";

const Definition& definition() {
    static const Definition made = Definition::make(readForm(kForm, "fuzz.yaml", Library{}).value()).value();
    return made;
}

int hex(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

std::string decoded(std::string_view text) {
    std::string made;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool pair =
            text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0;
        made += pair             ? static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]))
                : text[i] == '+' ? ' '
                                 : text[i];
        if (pair) i += 2;
    }
    return made;
}

PostFields fieldsOf(std::string_view text) {
    PostFields fields;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('&'), text.size());
        const std::string_view pair = text.substr(0, end);
        const std::size_t equals = std::min(pair.find('='), pair.size());
        fields.emplace_back(decoded(pair.substr(0, equals)),
                            decoded(pair.substr(std::min(equals + 1, pair.size()))));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return fields;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Instant now{1'773'111'600'000};
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const Json answers = readPost(definition(), "all", fieldsOf(text), Json::object());
    for (const Stage stage : {Stage::Draft, Stage::Submit}) {
        const Verdict verdict = judge(definition(), answers, {now, stage, {}});
        demand(!verdict.answers.has("o") || verdict.answers["o"].isInteger(),
               "a calculated value is a whole number");
        const std::string kept = verdict.answers.dump();
        demand(Json::parse(kept).ok(), "what is kept is JSON");
        if (stage == Stage::Submit && verdict.errors.empty()) {
            const Verdict again = judge(definition(), verdict.answers, {now, stage, {}});
            demand(again.errors.empty() && again.answers.dump() == kept,
                   "what is accepted is accepted again");
        }
        PageRequest request;
        request.now = now;
        const auto page = makePage(definition(), "all", answers, verdict.errors, request);
        demand(page.ok(), "the page can be shown again");
        demand(page->errors.empty() == verdict.errors.empty() || stage == Stage::Submit,
               "a wrong draft says so");
        (void)displayAll(definition().form(), verdict.answers, "vi");
    }
    return 0;
}
