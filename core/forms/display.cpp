#include "forms/display.h"

#include "base/civil_day.h"
#include "base/money.h"
#include "forms/checks.h"
#include "forms/validate.h"

#include <algorithm>

namespace motcua::forms {

namespace {

std::string decimalText(double value, std::string_view locale) {
    std::string shown = numberText(value);
    if (locale != "en") std::replace(shown.begin(), shown.end(), '.', ',');
    return shown;
}

std::string dateText(const Json& answer) {
    const auto day = CivilDay::parse(answer.string());
    return day ? day->vietnamese() : answer.string();
}

std::string optionText(const Field& field, const std::string& value, std::string_view locale) {
    for (const Option& option : field.options)
        if (option.value == value) return option.label.in(locale);
    return value;
}

std::string withUnit(std::string text, const Field& field) {
    return field.unit.empty() ? text : text + " " + field.unit;
}

std::vector<std::string> partLines(const Field& field, const Json& answer, std::string_view locale) {
    std::vector<std::string> lines;
    for (const Field& part : field.fields) {
        const std::string text = displayText(part, answer[part.key], locale);
        if (!text.empty()) lines.push_back(part.label.in(locale) + ": " + text);
    }
    return lines;
}

Json displayOne(const Field& field, const Json& answer, std::string_view locale);

Json displayParts(const Field& field, const Json& answer, std::string_view locale) {
    Json made = Json::object();
    for (const Field& part : field.fields) {
        const Json& value = answer[part.key];
        if (value.isNull()) continue;
        made.set(part.key, displayOne(part, value, locale));
        if (part.type == FieldType::Choice)
            made.set(part.key + "_is", Json::Object{{value.string(), Json{true}}});
    }
    // The whole in one line, where a template wants an address or a paper as such.
    made.set("line", displayText(field, answer, locale));
    return made;
}

Json displayOne(const Field& field, const Json& answer, std::string_view locale) {
    if (field.type == FieldType::Group) return displayParts(field, answer, locale);
    if (field.type != FieldType::Table) return displayText(field, answer, locale);
    Json rows = Json::array();
    for (std::size_t i = 0; i < answer.items().size(); ++i) {
        Json row = displayParts(field, answer.at(i), locale);
        row.set("number", std::to_string(i + 1));
        rows.add(std::move(row));
    }
    return rows;
}

SummaryRow rowOf(const Field& field, const Json& answer, std::string_view locale) {
    SummaryRow row{field.key, field.label.in(locale)};
    if (field.type == FieldType::Group && field.display != "line") {
        row.lines = partLines(field, answer, locale);
    } else if (field.type == FieldType::Table) {
        for (const Json& one : answer.items())
            row.lines.push_back(displayText(field, one, locale));
    } else if (field.type == FieldType::Multi) {
        for (const Json& one : answer.items())
            row.lines.push_back(optionText(field, one.string(), locale));
    } else {
        row.value = displayText(field, answer, locale);
    }
    return row;
}

} // namespace

std::string displayText(const Field& field, const Json& answer, std::string_view locale) {
    if (answer.isNull()) return {};
    const FieldType type = field.type == FieldType::Calculated ? field.result : field.type;
    const auto joined = [&](const auto& all, auto text) {
        std::string line;
        for (const auto& one : all) {
            const std::string shown = text(one);
            if (!shown.empty()) line += (line.empty() ? "" : ", ") + shown;
        }
        return line;
    };
    switch (type) {
    case FieldType::Money:
        return format(Money{answer.integer()});
    case FieldType::Integer:
        return withUnit(std::to_string(answer.integer()), field);
    case FieldType::Decimal:
        return withUnit(decimalText(answer.number(), locale), field);
    case FieldType::Date:
        return dateText(answer);
    case FieldType::Choice:
        return optionText(field, answer.string(), locale);
    case FieldType::YesNo:
        return optionText(field, answer.boolean() ? "yes" : "no", locale);
    case FieldType::Multi:
        return joined(answer.items(),
                      [&](const Json& one) { return optionText(field, one.string(), locale); });
    case FieldType::Group:
    case FieldType::Table:
        return joined(field.fields,
                      [&](const Field& part) { return displayText(part, answer[part.key], locale); });
    default:
        return answer.string();
    }
}

Json displayAll(const Form& form, const Json& answers, std::string_view locale) {
    Json made = Json::object();
    for (const Section& section : form.sections)
        for (const Field& field : section.fields) {
            const Json& answer = answers[field.key];
            if (answer.isNull()) continue;
            made.set(field.key, displayOne(field, answer, locale));
            if (field.type == FieldType::Choice)
                made.set(field.key + "_is", Json::Object{{answer.string(), Json{true}}});
            if (field.type == FieldType::YesNo)
                made.set(field.key + "_is", Json::Object{{answer.boolean() ? "yes" : "no", Json{true}}});
        }
    return made;
}

std::string seenText(std::string_view seen, std::string_view locale) {
    if (seen == "copy") return locale == "en" ? "Copy handed in" : "Đã nhận bản sao";
    return locale == "en" ? "Original shown" : "Đã xem bản chính";
}

std::vector<SummarySection> summarise(const Definition& definition, const Json& answers,
                                      std::string_view locale, Instant now) {
    const Form& form = definition.form();
    const Verdict verdict = judge(definition, answers, {now, Stage::Draft, {}});
    std::vector<SummarySection> all;
    for (const Section& section : form.sections) {
        SummarySection made{section.key, section.title.in(locale)};
        for (const Field& field : section.fields) {
            const bool read = field.type == FieldType::Note || field.type == FieldType::Declaration;
            if (!read && verdict.shows(field.key))
                made.rows.push_back(rowOf(field, verdict.answers[field.key], locale));
        }
        if (!made.rows.empty()) all.push_back(std::move(made));
    }
    SummarySection papers{"papers", {}};
    for (const Paper& paper : form.papers) {
        const std::string path = "papers." + paper.key;
        if (!verdict.shows(path)) continue;
        SummaryRow row{path, paper.label.in(locale)};
        for (const Json& file : verdict.answers["papers"][paper.key].items())
            row.lines.push_back(file.has("seen") ? seenText(file["seen"].string(), locale)
                                                 : file["name"].string());
        papers.rows.push_back(std::move(row));
    }
    if (!papers.rows.empty()) all.push_back(std::move(papers));
    return all;
}

} // namespace motcua::forms
