#include "forms/checks.h"

#include "base/text.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <set>

namespace motcua::forms {

namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

bool allDigits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), isDigit);
}

bool isLetterOrDigit(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

Checked refused(std::string code, std::map<std::string, std::string> params = {}) {
    return {{}, Refusal{std::move(code), std::move(params)}};
}

template <typename Each>
void eachCode(std::string_view text, Each each) {
    std::size_t at = 0;
    while (at < text.size()) {
        utf8proc_int32_t code = 0;
        const auto used = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at,
                                           static_cast<utf8proc_ssize_t>(text.size() - at), &code);
        if (used <= 0) return;
        each(code);
        at += static_cast<std::size_t>(used);
    }
}

bool fitsCode(Allowed allowed, utf8proc_int32_t code) {
    const auto category = utf8proc_category(code);
    const bool letter = (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
                        (category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME);
    const bool digit = category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO;
    switch (allowed) {
    case Allowed::Any:
        return true;
    case Allowed::Name:
        return letter || code == ' ' || code == '\'' || code == 0x2019 || code == '.' || code == '-';
    case Allowed::Code:
        return letter || digit || code == ' ' || code == '.' || code == '/' || code == '_' || code == '-';
    case Allowed::Digits:
        return code >= '0' && code <= '9';
    }
    return false;
}

// The text as it is stored, or why it cannot be. The length in bytes is looked at first: nobody composes 10
// MB.
Checked cleaned(const Field& field, const Json& answer, std::int64_t most) {
    if (!answer.isString()) return refused("form.wrong_type");
    const std::map<std::string, std::string> limit{{"max", std::to_string(most)}};
    const std::string& raw = answer.string();
    if (raw.size() > static_cast<std::size_t>(most) * 8 + 1024) return refused("form.too_long", limit);
    auto text = text::clean(raw);
    if (!text) return refused("form.broken_text");
    if (field.type != FieldType::LongText)
        for (char& c : *text)
            if (c == '\n' || c == '\t') c = ' ';
    if (static_cast<std::int64_t>(characters(*text)) > most) return refused("form.too_long", limit);
    return {std::move(*text), {}};
}

Checked checkText(const Field& field, const Json& answer) {
    Checked checked = cleaned(field, answer, lengthLimit(field));
    if (checked.refusal) return checked;
    const std::string& text = checked.value.string();
    if (!fits(field.allow, text)) return refused(std::string{"form.only_"} + name(field.allow));
    if (field.minLength && static_cast<std::int64_t>(characters(text)) < *field.minLength)
        return refused("form.too_short", {{"min", std::to_string(*field.minLength)}});
    return checked;
}

std::size_t placesOf(double value) {
    const std::string text = numberText(value);
    const std::size_t point = text.find('.');
    return point == std::string::npos ? 0 : text.size() - point - 1;
}

Checked checkNumber(const Field& field, const Json& answer) {
    const bool whole = field.type != FieldType::Decimal;
    if (!answer.isNumber()) return refused(whole ? "form.not_a_whole_number" : "form.not_a_number");
    const double value = answer.number();
    if (whole && std::trunc(value) != value) return refused("form.not_a_whole_number");
    const double least = field.min.value_or(field.type == FieldType::Money ? 0.0 : -double(greatestNumber));
    const double most = field.max.value_or(double(greatestNumber));
    if (value < least) return refused("form.too_small", {{"min", numberText(least)}});
    if (value > most) return refused("form.too_great", {{"max", numberText(most)}});
    if (whole) return {Json{static_cast<std::int64_t>(value)}, {}};
    if (placesOf(value) > static_cast<std::size_t>(field.places))
        return refused("form.too_many_places", {{"places", std::to_string(field.places)}});
    return {Json{value}, {}};
}

Checked checkDate(const Field& field, const Json& answer, CivilDay today) {
    const std::string& text = answer.string();
    const auto day = text.size() == 10 && text[4] == '-' ? CivilDay::parse(text) : std::nullopt;
    if (answer.isObject()) return refused("form.date_incomplete");
    if (!day) return refused("form.date_unreal");
    const CivilDay first = earliest(field, today);
    const CivilDay last = latest(field, today);
    if (*day < first) return refused("form.date_too_early", {{"earliest", first.vietnamese()}});
    if (*day > last) return refused("form.date_too_late", {{"latest", last.vietnamese()}});
    return {Json{day->iso()}, {}};
}

bool hasOption(const Field& field, const std::string& value) {
    return std::any_of(field.options.begin(), field.options.end(),
                       [&](const Option& option) { return option.value == value; });
}

Checked checkMulti(const Field& field, const Json& answer) {
    if (!answer.isArray()) return refused("form.wrong_type");
    std::set<std::string> chosen;
    for (const Json& one : answer.items()) {
        if (!one.isString() || !hasOption(field, one.string())) return refused("form.not_an_option");
        if (!chosen.insert(one.string()).second) return refused("form.chosen_twice");
    }
    Json inOrder = Json::array();
    for (const Option& option : field.options)
        if (chosen.count(option.value)) inOrder.add(option.value);
    return {std::move(inOrder), {}};
}

template <typename Right>
Checked checkShort(const Field& field, const Json& answer, const char* code, Right right) {
    Checked checked = cleaned(field, answer, textLength);
    if (!checked.refusal && !right(checked.value.string())) return refused(code);
    return checked;
}

Checked checkEmail(const Field& field, const Json& answer) {
    Checked checked = checkShort(field, answer, "form.not_an_email", isEmail);
    if (checked.refusal) return checked;
    std::string text = checked.value.string();
    const std::size_t at = text.find('@');
    return {text.substr(0, at) + text::lower(text.substr(at)), {}};
}

} // namespace

std::string numberText(double value) {
    char text[1100]; // the smallest double has 1,074 digits behind the point
    const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed).ptr;
    return {text, end};
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

bool isAbsent(const Json& answer) {
    if (answer.isString()) return text::trim(answer.string()).empty();
    if (answer.isArray()) return answer.items().empty();
    if (answer.isObject()) return answer.members().empty();
    return answer.isNull();
}

bool fits(Allowed allowed, std::string_view text) {
    bool all = true;
    eachCode(text, [&](utf8proc_int32_t code) { all = all && fitsCode(allowed, code); });
    return all;
}

bool isEmail(std::string_view text) {
    const std::size_t at = text.find('@');
    if (at == std::string_view::npos || at == 0 || at > 64 || text.size() > 254) return false;
    const auto dotted = [](std::string_view part, auto inside) {
        char before = '.';
        for (const char c : part) {
            if (c == '.' ? before == '.' : !inside(c)) return false;
            before = c;
        }
        return before != '.';
    };
    const std::string_view domain = text.substr(at + 1);
    const auto local = [](char c) {
        return isLetterOrDigit(c) ||
               std::string_view{"!#$%&'*+/=?^_`{|}~-"}.find(c) != std::string_view::npos;
    };
    if (!dotted(text.substr(0, at), local)) return false;
    if (domain.find('.') == std::string_view::npos) return false;
    if (!dotted(domain, [](char c) { return isLetterOrDigit(c) || c == '-'; })) return false;
    return domain.front() != '-' && domain.back() != '-' && domain.find("-.") == std::string_view::npos &&
           domain.find(".-") == std::string_view::npos;
}

bool isPhone(std::string_view text) {
    if (text.substr(0, 1) == "+")
        return text.size() >= 9 && text.size() <= 16 && text[1] != '0' && allDigits(text.substr(1));
    if (text.size() < 10 || text[0] != '0' || !allDigits(text)) return false;
    if (text[1] == '2') return text.size() == 11; // fixed: 02x and eight digits, 02xx and seven
    return text.size() == 10 && std::string_view{"35789"}.find(text[1]) != std::string_view::npos;
}

// The 63 provinces of the list in force until 2025; the units that remained after the mergers kept codes of
// it.
const std::vector<std::string>& nationalIdProvinces() {
    static const std::vector<std::string> codes = [] {
        std::vector<std::string> made;
        for (const int code :
             {1,  2,  4,  6,  8,  10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33,
              34, 35, 36, 37, 38, 40, 42, 44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66,
              67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96})
            made.push_back((code < 10 ? "00" : "0") + std::to_string(code));
        return made;
    }();
    return codes;
}

int birthYearOf(std::string_view id) {
    return 1900 + (id[3] - '0') / 2 * 100 + (id[4] - '0') * 10 + (id[5] - '0');
}

std::string genderOf(std::string_view id) {
    return (id[3] - '0') % 2 == 0 ? "male" : "female";
}

std::string wrongWithNationalId(std::string_view digits, CivilDay today) {
    if (digits.size() != 12 || !allDigits(digits)) return "form.national_id_digits";
    const auto& provinces = nationalIdProvinces();
    // From 100 on stand the codes of countries, for births registered abroad.
    const bool abroad = digits[0] != '0';
    if (!abroad && std::find(provinces.begin(), provinces.end(), digits.substr(0, 3)) == provinces.end())
        return "form.national_id_province";
    if (birthYearOf(digits) > today.year) return "form.national_id_year";
    return {};
}

bool isTaxCode(std::string_view text, CivilDay today) {
    if (text.size() == 12) return wrongWithNationalId(text, today).empty();
    if (text.size() == 14 && text[10] == '-' && allDigits(text.substr(11))) text = text.substr(0, 10);
    if (text.size() != 10 || !allDigits(text)) return false;
    constexpr std::array<int, 9> weights{31, 29, 23, 19, 17, 13, 7, 5, 3};
    int sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i)
        sum += weights[i] * (text[i] - '0');
    return 10 - sum % 11 == text[9] - '0';
}

std::optional<CivilDay> dateBound(const std::string& text, CivilDay today) {
    if (text.substr(0, 5) != "today") return CivilDay::parse(text);
    if (text.size() == 5) return today;
    int days = 0;
    const char* begin = text.data() + (text[5] == '+' ? 6 : 5);
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(begin, end, days);
    if (read.ec != std::errc{} || read.ptr != end || std::abs(days) > 100'000) return std::nullopt;
    return today.plus(days);
}

CivilDay earliest(const Field& field, CivilDay today) {
    return dateBound(field.earliest, today).value_or(CivilDay{1900, 1, 1});
}

CivilDay latest(const Field& field, CivilDay today) {
    return dateBound(field.latest, today).value_or(CivilDay{2199, 12, 31});
}

Checked checkValue(const Field& field, const Json& answer, CivilDay today) {
    switch (field.type) {
    case FieldType::Text:
    case FieldType::LongText:
        return checkText(field, answer);
    case FieldType::Integer:
    case FieldType::Money:
    case FieldType::Decimal:
        return checkNumber(field, answer);
    case FieldType::Date:
        return checkDate(field, answer, today);
    case FieldType::Choice:
        if (!answer.isString() || !hasOption(field, answer.string())) return refused("form.not_an_option");
        return {answer, {}};
    case FieldType::Multi:
        return checkMulti(field, answer);
    case FieldType::YesNo:
        return answer.isBool() ? Checked{answer, {}} : refused("form.wrong_type");
    case FieldType::Declaration:
        return answer == Json{true} ? Checked{answer, {}} : refused("form.declaration_needed");
    case FieldType::Email:
        return checkEmail(field, answer);
    case FieldType::Phone:
        return checkShort(field, answer, "form.not_a_phone", isPhone);
    case FieldType::TaxCode:
        return checkShort(field, answer, "form.not_a_tax_code",
                          [&](const std::string& text) { return isTaxCode(text, today); });
    case FieldType::NationalId: {
        Checked checked = cleaned(field, answer, textLength);
        if (checked.refusal) return checked;
        const std::string wrong = wrongWithNationalId(checked.value.string(), today);
        return wrong.empty() ? checked : refused(wrong);
    }
    default:
        return refused("form.wrong_type");
    }
}

} // namespace motcua::forms
