#include "forms/post.h"

#include "base/text.h"
#include "forms/checks.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <map>
#include <set>

namespace motcua::forms {

namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

bool allDigits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), isDigit);
}

std::string without(std::string_view text, std::string_view dropped) {
    std::string kept;
    std::copy_if(text.begin(), text.end(), std::back_inserter(kept),
                 [&](char c) { return dropped.find(c) == std::string_view::npos; });
    return kept;
}

// "1.250.000" or "1,250,000" → "1250000"; nothing where the marks do not stand before each three digits.
std::optional<std::string> ungrouped(std::string_view text, char mark) {
    std::string digits;
    std::size_t run = 0;
    bool first = true;
    for (const char c : text) {
        if (isDigit(c)) {
            digits += c;
            ++run;
        } else if (c != mark || (first ? run < 1 || run > 3 : run != 3)) {
            return std::nullopt;
        } else {
            first = false;
            run = 0;
        }
    }
    if (!first && run != 3) return std::nullopt;
    return digits;
}

std::string ofAmount(std::string_view typed, bool money) {
    std::string text = text::lower(text::trim(typed));
    for (const std::string_view unit : {"đồng", "vnđ", "vnd", "đ"})
        if (money && text.ends_with(unit)) {
            text = text::trim(std::string_view{text}.substr(0, text.size() - unit.size()));
            break;
        }
    std::string kept = without(text, " ");
    for (std::size_t at = 0; (at = kept.find("\u00a0", at)) != std::string::npos;)
        kept.erase(at, 2);
    return kept;
}

Json wholeNumber(std::string_view typed, bool money) {
    std::string text = ofAmount(typed, money);
    const bool negative = text.starts_with('-');
    const std::string_view body = std::string_view{text}.substr(negative ? 1 : 0);
    auto digits = ungrouped(body, '.');
    if (!digits) digits = ungrouped(body, ',');
    std::int64_t value = 0;
    if (!digits || digits->empty()) return typed;
    const auto read = std::from_chars(digits->data(), digits->data() + digits->size(), value);
    if (read.ec != std::errc{}) return typed;
    return negative ? -value : value;
}

// A comma is the decimal mark, as on paper. A single dot is one too, unless exactly three digits follow
// it: 1.250 may mean either, so it stays text and is asked about.
Json decimalNumber(std::string_view typed) {
    std::string text = ofAmount(typed, false);
    const bool negative = text.starts_with('-');
    std::string body = text.substr(negative ? 1 : 0);
    const std::size_t comma = body.find(',');
    const std::size_t dot = body.find('.');
    if (comma != std::string::npos) {
        const auto whole = ungrouped(std::string_view{body}.substr(0, comma), '.');
        if (!whole || whole->empty()) return typed;
        body = *whole + "." + body.substr(comma + 1);
    } else if (dot != std::string::npos) {
        const bool single = body.find('.', dot + 1) == std::string::npos;
        if (single && body.size() - dot == 4) return typed;
        if (!single) {
            const auto whole = ungrouped(body, '.');
            if (!whole) return typed;
            body = *whole;
        }
    }
    double value = 0;
    const char* end = body.data() + body.size();
    const auto read = std::from_chars(body.data(), end, value, std::chars_format::fixed);
    if (body.empty() || !isDigit(body[0]) || read.ec != std::errc{} || read.ptr != end) return typed;
    return negative ? -value : value;
}

Json phone(std::string_view typed) {
    std::string text = without(text::trim(typed), " .-()");
    return text.starts_with("+84") ? "0" + text.substr(3) : text;
}

class PostReader {
public:
    explicit PostReader(const PostFields& fields) {
        for (const auto& [name, value] : fields) {
            values_[name].push_back(value);
            names_.insert(name);
        }
    }

    Json field(const Field& field, const std::string& name) const {
        switch (field.type) {
        case FieldType::Note:
        case FieldType::Calculated:
            return {};
        case FieldType::Date:
            return date(name);
        case FieldType::Multi:
            return multi(name);
        case FieldType::Group:
            return group(field, name);
        case FieldType::Table:
            return table(field, name);
        default: {
            const std::string typed = value(name);
            return text::trim(typed).empty() ? Json{} : readTyped(field, typed);
        }
        }
    }

private:
    std::string value(const std::string& name) const {
        const auto found = values_.find(name);
        return found == values_.end() ? std::string{} : found->second.front();
    }

    // The typed parts are kept where they are no date, to be shown again.
    Json date(const std::string& name) const {
        const std::string day = text::trim(value(name + "_day"));
        const std::string month = text::trim(value(name + "_month"));
        const std::string year = text::trim(value(name + "_year"));
        if (day.empty() && month.empty() && year.empty()) {
            const std::string whole = text::trim(value(name)); // one box: scripts and imports
            return whole.empty() ? Json{} : Json{whole};
        }
        const bool shaped = allDigits(day) && day.size() <= 2 && allDigits(month) && month.size() <= 2 &&
                            allDigits(year) && year.size() == 4;
        if (!shaped) return Json::Object{{"day", day}, {"month", month}, {"year", year}};
        const auto padded = [](const std::string& text) { return text.size() == 1 ? "0" + text : text; };
        return year + "-" + padded(month) + "-" + padded(day);
    }

    Json multi(const std::string& name) const {
        const auto found = values_.find(name);
        if (found == values_.end()) return {};
        Json chosen = Json::array();
        for (const std::string& one : found->second)
            if (!one.empty()) chosen.add(one);
        return chosen.items().empty() ? Json{} : chosen;
    }

    Json group(const Field& field, const std::string& name) const {
        Json made = Json::object();
        for (const Field& part : field.fields) {
            Json value = PostReader::field(part, name + "." + part.key);
            if (!value.isNull()) made.set(part.key, std::move(value));
        }
        return made.members().empty() ? Json{} : made;
    }

    Json table(const Field& field, const std::string& name) const {
        Json rows = Json::array();
        for (const int index : rowsOf(name)) {
            // One more than allowed is enough to be refused.
            if (rows.items().size() > static_cast<std::size_t>(field.maxRows)) break;
            Json row = group(field, name + "." + std::to_string(index));
            if (!row.isNull()) rows.add(std::move(row));
        }
        return rows.items().empty() ? Json{} : rows;
    }

    std::set<int> rowsOf(const std::string& name) const {
        std::set<int> rows;
        const std::string prefix = name + ".";
        for (auto at = names_.lower_bound(prefix); at != names_.end() && at->starts_with(prefix); ++at) {
            int row = 0;
            const char* begin = at->data() + prefix.size();
            const char* end = at->data() + at->size();
            const auto read = std::from_chars(begin, end, row);
            const bool whole = read.ec == std::errc{} && read.ptr != end && *read.ptr == '.';
            if (whole && row >= 0 && row < 10'000 &&
                std::to_string(row).size() == std::size_t(read.ptr - begin))
                rows.insert(row);
        }
        return rows;
    }

    std::map<std::string, std::vector<std::string>, std::less<>> values_{};
    std::set<std::string, std::less<>> names_{};
};

} // namespace

Json readTyped(const Field& field, std::string_view typed) {
    switch (field.type) {
    case FieldType::Integer:
        return wholeNumber(typed, false);
    case FieldType::Money:
        return wholeNumber(typed, true);
    case FieldType::Decimal:
        return decimalNumber(typed);
    case FieldType::YesNo:
        if (typed == "yes") return true;
        if (typed == "no") return false;
        return typed;
    case FieldType::Declaration:
        return typed == "yes" ? Json{true} : Json{typed};
    case FieldType::Phone:
        return phone(typed);
    case FieldType::NationalId:
        return without(text::trim(typed), " .-");
    case FieldType::TaxCode:
        return without(text::trim(typed), " .");
    case FieldType::Email:
        return text::trim(typed);
    default:
        return typed;
    }
}

Json readPost(const Definition& definition, std::string_view section, const PostFields& fields,
              const Json& before) {
    Json answers = before.isObject() ? before : Json::object();
    const Section* page = definition.form().section(section);
    if (!page) return answers;
    const PostReader reader{fields};
    for (const Field& field : page->fields) {
        Json value = reader.field(field, field.key);
        answers.remove(field.key);
        if (!value.isNull()) answers.set(field.key, std::move(value));
    }
    return answers;
}

} // namespace motcua::forms
