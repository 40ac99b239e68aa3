// Writes submissions for the comparison with ajv, one JSON object a line: {"form", "schema", "not_covered"}
// once a form, then {"form", "answers", "ours", "why"} for each. Usage: forms_submissions COUNT SEED (a
// form).
//
// The schema says nothing of rules in FEEL, of numbers that must agree with a birth date or a sex, and of
// conditions that it cannot express; their errors are left out of `ours`.
#include "forms/checks.h"
#include "forms/definition_reader.h"
#include "forms/json_schema.h"
#include "forms/validate.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <random>

using namespace motcua;
using namespace motcua::forms;

namespace {

class Maker {
public:
    Maker(const Form& form, CivilDay today, std::mt19937_64& random)
        : form_(form), today_(today), random_(random) {}

    Json submission() {
        Json answers = Json::object();
        const bool sparse = chance(10);
        for (const Section& section : form_.sections)
            for (const Field& field : section.fields)
                if (field.hasValue() && !(sparse && chance(30)))
                    if (Json value = valueOf(field); !value.isNull() || chance(20))
                        answers.set(field.key, value);
        if (!chance(5)) answers.set("papers", papers());
        if (chance(55)) return answers;
        for (int i = pick(1, 3); i > 0; --i)
            spoil(answers, 0);
        return answers;
    }

private:
    int pick(int least, int most) { return std::uniform_int_distribution<int>{least, most}(random_); }
    bool chance(int percent) { return pick(1, 100) <= percent; }
    template <typename All>
    const auto& one(const All& all) {
        return all[static_cast<std::size_t>(pick(0, static_cast<int>(std::size(all)) - 1))];
    }

    std::string letters(std::int64_t least, std::int64_t most, Allowed allow) {
        static const char* any[] = {"a", "Ế", "đ", " ", "7", "-", ".", "é", "㐂", "👍"};
        static const char* name[] = {"a", "Ế", "đ", " ", "'", "-", ".", "é", "㐂", "Ữ"};
        static const char* code[] = {"a", "Ế", "7", "/", "_", "-", ".", "0", "Đ", "½"};
        static const char* digits[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
        const auto& from = allow == Allowed::Any    ? any
                           : allow == Allowed::Name ? name
                           : allow == Allowed::Code ? code
                                                    : digits;
        const auto count = std::uniform_int_distribution<std::int64_t>{least, most}(random_);
        std::string text;
        // No blank stands at an end: answers are compared as they are after trimming.
        for (std::int64_t i = 0; i < count; ++i) {
            const std::string next = one(from);
            text += next == " " && (i == 0 || i + 1 == count) ? "x" : next;
        }
        return text;
    }

    std::string digits(int count) {
        std::string text;
        while (count-- > 0)
            text += static_cast<char>('0' + pick(0, 9));
        return text;
    }

    std::string nationalId() { return one(nationalIdProvinces()) + std::to_string(pick(0, 1)) + digits(8); }

    std::string date(const Field& field) {
        const CivilDay first = earliest(field, today_);
        const int span = daysBetween(first, std::min(latest(field, today_), CivilDay{2030, 1, 1}));
        return first.plus(span > 0 ? pick(0, span) : 0).iso();
    }

    Json number(const Field& field) {
        const double least = field.min.value_or(0);
        const double most = std::min(field.max.value_or(1e6), least + 1e6);
        if (chance(10))
            return whole(field.type, chance(50) ? least : field.max.value_or(double(greatestNumber)));
        return whole(field.type, std::uniform_real_distribution<double>{least, most}(random_), field.places);
    }

    static Json whole(FieldType type, double value, int places = 0) {
        if (type != FieldType::Decimal) return Json{static_cast<std::int64_t>(value)};
        char text[64];
        std::snprintf(text, sizeof text, "%.*f", places, value);
        return Json{std::strtod(text, nullptr)};
    }

    Json valueOf(const Field& field) {
        if (!field.required && chance(30)) return chance(50) ? Json{} : absent();
        switch (field.type) {
        case FieldType::Text:
        case FieldType::LongText:
            return letters(std::max<std::int64_t>(field.minLength.value_or(1), 1),
                           chance(10) ? lengthLimit(field) : std::min<std::int64_t>(lengthLimit(field), 20),
                           field.allow);
        case FieldType::Integer:
        case FieldType::Money:
        case FieldType::Decimal:
            return number(field);
        case FieldType::Date:
            return date(field);
        case FieldType::Choice:
            return one(field.options).value;
        case FieldType::Multi: {
            Json chosen = Json::array();
            for (const Option& option : field.options)
                if (chance(60) || chosen.items().empty()) chosen.add(option.value);
            return chosen;
        }
        case FieldType::YesNo:
            return chance(50);
        case FieldType::Declaration:
            return true;
        case FieldType::Email:
            return letters(1, 5, Allowed::Digits) + "a@thu." + (chance(50) ? "example" : "example.vn");
        case FieldType::Phone:
            return chance(50) ? "09" + digits(8) : chance(50) ? "028" + digits(8) : "+65" + digits(8);
        case FieldType::NationalId:
            return nationalId();
        case FieldType::TaxCode:
            return chance(50)   ? Json{"0301464830"}
                   : chance(50) ? Json{"0301464830-00" + digits(1)}
                                : Json{nationalId()};
        case FieldType::Calculated:
            return pick(0, 9);
        case FieldType::Group:
            return parts(field);
        case FieldType::Table: {
            Json rows = Json::array();
            for (int i = pick(std::max(field.minRows, 1), std::min(field.maxRows, 4)); i > 0; --i)
                rows.add(parts(field));
            return rows;
        }
        case FieldType::Note:
            break;
        }
        return {};
    }

    Json parts(const Field& field) {
        Json made = Json::object();
        for (const Field& part : field.fields)
            if (Json value = valueOf(part); !value.isNull()) made.set(part.key, std::move(value));
        return made;
    }

    Json file(const Paper& paper) {
        return Json::Object{{"file", "f" + digits(6)},
                            {"name", "giấy.pdf"},
                            {"type", one(paper.accepts)},
                            {"size", pick(1, paper.maxMegabytes * 1024 * 1024)}};
    }

    Json papers() {
        Json made = Json::object();
        for (const Paper& paper : form_.papers) {
            if (chance(paper.required ? 2 : 40)) continue;
            Json files = Json::array();
            for (int i = pick(1, std::min(paper.maxFiles, 3)); i > 0; --i)
                files.add(file(paper));
            made.set(paper.key, std::move(files));
        }
        return made;
    }

    Json absent() {
        const Json none[] = {Json{}, Json{""}, Json{" \t"}, Json::array(), Json::object()};
        return one(none);
    }

    Json odd() {
        const Json all[] = {
            Json{},
            Json{true},
            Json{false},
            Json{0},
            Json{-1},
            Json{1.5},
            Json{0.125},
            Json{1e300},
            Json{std::int64_t{1} << 53},
            Json{""},
            Json{"   "},
            Json{"a"},
            Json{"yes"},
            Json{"none"},
            Json{std::string(300, 'x')},
            Json{std::string(5000, 'x')},
            Json{"2026-02-29"},
            Json{"2026-02-28"},
            Json{"1850-01-01"},
            Json{"2400-01-01"},
            Json{"2026-13-01"},
            Json{"28/02/2026"},
            Json{"079192004567"},
            Json{"003192004567"},
            Json{"079399004567"},
            Json{"0791920045678"},
            Json{"0903123456"},
            Json{"+0"},
            Json{"a@b.vn"},
            Json{"a@b"},
            Json{"a..b@c.vn"},
            Json{"👶"},
            Json{"N.V. A-B'C"},
            Json{"12/QĐ_x"},
            Json{"__proto__"},
            Json::array(),
            Json::object(),
            Json{Json::Array{Json{"x"}}},
            Json{Json::Array{Json{"x"}, Json{"x"}}},
            Json{Json::Array{Json::object(), Json::object(), Json::object(), Json::object(), Json::object()}},
            Json{Json::Object{{"a", Json{1}}}}};
        return one(all);
    }

    // Changes, removes or adds something somewhere.
    void spoil(Json& at, int depth) {
        if (at.isArray() && !at.items().empty() && (depth > 0 && chance(80))) {
            Json::Array items = at.items();
            spoil(items[static_cast<std::size_t>(pick(0, static_cast<int>(items.size()) - 1))], depth + 1);
            at = Json{std::move(items)};
            return;
        }
        if (!at.isObject() || at.members().empty() || (depth > 0 && chance(10))) {
            at = odd();
            return;
        }
        if (chance(4)) {
            at.set(chance(50) ? "unknown" : "constructor", odd());
            return;
        }
        const std::string key = one(at.members()).first;
        if (chance(15)) {
            at.remove(key);
        } else if (at[key].isObject() || at[key].isArray()) {
            spoil(*at.find(key), depth + 1);
        } else {
            at.set(key, odd());
        }
    }

    const Form& form_;
    CivilDay today_;
    std::mt19937_64& random_;
};

bool isBelow(std::string_view path, std::string_view place) {
    // "rows.0.more" is below "rows.more": the schema names columns without their row.
    std::string plain;
    for (std::size_t from = 0; from <= path.size();) {
        const std::size_t end = std::min(path.find('.', from), path.size());
        const std::string_view step = path.substr(from, end - from);
        const bool number = !step.empty() && step.find_first_not_of("0123456789") == std::string_view::npos;
        if (!number) plain += (plain.empty() ? "" : ".") + std::string{step};
        from = end + 1;
    }
    return plain == place || plain.starts_with(std::string{place} + ".");
}

bool isInSchema(const FieldError& error, const SchemaExport& exported) {
    const auto own = error.params.find("code");
    const std::string& code = own == error.params.end() ? error.code : own->second;
    if (code == "form.rule" || code == "form.national_id_birth_year" || code == "form.national_id_gender")
        return false;
    return std::none_of(exported.notCovered.begin(), exported.notCovered.end(),
                        [&](const std::string& place) { return isBelow(error.field, place); });
}

void write(const std::string& name, const Form& form, int count, std::mt19937_64& random) {
    const Instant now = CivilDay{2026, 3, 10}.start() + std::chrono::hours{10};
    const Definition definition = Definition::make(form).value();
    const SchemaExport exported = exportSchema(definition, civilDay(now));
    Json notCovered = Json::array();
    for (const std::string& path : exported.notCovered)
        notCovered.add(path);
    std::cout
        << Json{Json::Object{{"form", name}, {"schema", exported.schema}, {"not_covered", notCovered}}}.dump()
        << "\n";
    Maker maker{definition.form(), civilDay(now), random};
    for (int i = 0; i < count; ++i) {
        // As a client's text, so that both sides read the same bytes.
        const Json answers = Json::parse(maker.submission().dump(), {8 << 20, 32}).value();
        std::string why;
        for (const FieldError& error : judge(definition, answers, {now, Stage::Submit, {}}).errors)
            if (isInSchema(error, exported)) why += error.field + ": " + error.code + "; ";
        std::cout << Json{Json::Object{
                              {"form", name}, {"answers", answers}, {"ours", why.empty()}, {"why", why}}}
                         .dump()
                  << "\n";
    }
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "forms_submissions COUNT SEED, from the root of the source\n";
        return 2;
    }
    std::mt19937_64 random{std::strtoull(argv[2], nullptr, 10)};
    const int count = std::atoi(argv[1]);
    const Library library = loadLibrary("config/city/forms/library.yaml").value();
    for (const char* code : {"1.001193", "1.004873", "1.001612", "2.000635", "1.013225"})
        write(code, loadForm("config/city/packages/" + std::string{code} + "/form.yaml", library).value(),
              count, random);
    write("everything", loadForm("tests/interop/forms_ajv/everything.yaml", library).value(), count, random);
    return 0;
}
