#include "forms/validate.h"

#include "base/text.h"
#include "forms/checks.h"
#include "forms/program.h"

#include <algorithm>
#include <cmath>

namespace motcua::forms {

namespace {

constexpr std::size_t mostErrors = 200; // a hostile submission does not make a page of a million lines

std::string below(const std::string& path, std::string_view key) {
    return path.empty() ? std::string{key} : path + "." + std::string{key};
}

Json calculated(const Field& field, const feel::Value& value) {
    const auto* number = value.as<feel::Decimal>();
    if (field.result == FieldType::Text) {
        const auto* text = value.as<std::string>();
        return text ? Json{text::shorten(*text, longTextLength)} : Json{};
    }
    if (field.result == FieldType::Date) {
        const auto* date = value.as<feel::Date>();
        return date ? Json{feel::text(*date)} : Json{};
    }
    if (!number) return {};
    const int places = field.result == FieldType::Decimal ? field.places : 0;
    const auto rounded = number->rounded(places, feel::Rounding::HalfUp);
    if (!rounded) return {};
    if (field.result == FieldType::Decimal) return Json{rounded->toDouble()};
    const auto whole = rounded->whole();
    return whole && std::llabs(*whole) <= greatestNumber ? Json{*whole} : Json{};
}

class Judge {
public:
    Judge(const Program& program, const Json& answers, const Check& check)
        : program_(program), answers_(answers), check_(check), today_(civilDay(check.now)) {}

    Verdict run() {
        if (!answers_.isObject()) {
            complain("", "form.wrong_type");
            return std::move(verdict_);
        }
        refuseUnknown();
        for (const std::size_t index : program_.order)
            judgeSlot(program_.slots[index]);
        hideSections();
        judgeRules();
        judgePapers();
        judgeFee();
        arrange();
        return std::move(verdict_);
    }

private:
    bool complete(const Section* section) const {
        return check_.stage == Stage::Submit ||
               (check_.stage == Stage::Section && section->key == check_.section);
    }

    void complain(std::string path, std::string code, std::map<std::string, std::string> params = {}) {
        if (verdict_.errors.size() < mostErrors)
            verdict_.errors.push_back({std::move(path), std::move(code), std::move(params)});
    }

    void refuse(const Field& field, const std::string& path, const Refusal& refusal) {
        const std::string word = refusal.code.substr(refusal.code.find('.') + 1);
        for (const auto& [code, message] : field.errors) {
            if (code != word) continue;
            complain(path, "form.own_message",
                     {{"vi", message.vi}, {"en", message.en}, {"code", refusal.code}});
            return;
        }
        complain(path, refusal.code, refusal.params);
    }

    void refuseUnknown() {
        for (const auto& [key, value] : answers_.members()) {
            const Slot* slot = program_.slot(key);
            const bool known = slot ? slot->field->hasValue() : key == "papers";
            if (!known) complain(text::shorten(key, 80), "form.unknown_field");
        }
    }

    void hideSections() {
        for (const Section& section : program_.form.sections)
            if (!holds(program_.conditionOf(section), values_, nullptr, check_.now))
                verdict_.hidden.insert("section:" + section.key);
    }

    void judgeSlot(const Slot& slot) {
        const Field& field = *slot.field;
        // All that the section's condition needs has been judged before this slot.
        const bool shown = holds(program_.conditionOf(*slot.section), values_, nullptr, check_.now) &&
                           holds(slot.when, values_, nullptr, check_.now);
        if (!shown) {
            verdict_.hidden.insert(field.key);
            return;
        }
        Json value;
        if (slot.formula) {
            const auto made =
                slot.formula->evaluateValue(contextOf(*slot.formula, values_, nullptr), check_.now);
            if (made) value = calculated(field, *made);
        } else if (field.hasValue()) {
            value = answer(field, &slot, answers_[field.key], field.key, complete(slot.section));
        }
        values_.insert_or_assign(field.key, toFeel(field, value));
        if (!value.isNull()) kept_.insert_or_assign(field.key, std::move(value));
    }

    // The normalised value; null where it is absent or refused.
    Json answer(const Field& field, const Slot* slot, const Json& raw, const std::string& path,
                bool complete) {
        if (isAbsent(raw) || (field.type == FieldType::Declaration && raw == Json{false})) {
            if (field.type == FieldType::Table && complete && field.minRows > 0) {
                refuse(field, path, {"form.too_few_rows", {{"min", std::to_string(field.minRows)}}});
            } else if (complete && field.required && field.type == FieldType::Group) {
                group(field, Json::object(), path, true);
            } else if (complete && field.required && field.type != FieldType::Table) {
                const bool box = field.type == FieldType::Declaration;
                refuse(field, path, {box ? "form.declaration_needed" : "form.required", {}});
            }
            return {};
        }
        if (field.type == FieldType::Group) return group(field, raw, path, complete);
        if (field.type == FieldType::Table) return table(field, *slot, raw, path, complete);
        Checked checked = checkValue(field, raw, today_);
        if (checked.refusal) refuse(field, path, *checked.refusal);
        return std::move(checked.value);
    }

    Json group(const Field& field, const Json& raw, const std::string& path, bool complete) {
        if (!raw.isObject()) {
            refuse(field, path, {"form.wrong_type", {}});
            return {};
        }
        for (const auto& [key, value] : raw.members())
            if (!field.part(key)) complain(below(path, text::shorten(key, 80)), "form.unknown_field");
        Json made = Json::object();
        for (const Field& part : field.fields) {
            Json value = answer(part, nullptr, raw[part.key], below(path, part.key), complete);
            if (!value.isNull()) made.set(part.key, std::move(value));
        }
        compareIds(field, made, path);
        return made.members().empty() ? Json{} : made;
    }

    void compareIds(const Field& holder, const Json& values, const std::string& path) {
        for (const Field& part : holder.fields) {
            const std::string& id = values[part.key].string();
            if (part.type != FieldType::NationalId || id.empty()) continue;
            const std::string& birth = part.birthDateKey.empty() ? id : values[part.birthDateKey].string();
            const std::string& gender = part.genderKey.empty() ? id : values[part.genderKey].string();
            if (const auto day = CivilDay::parse(birth); day && day->year != birthYearOf(id))
                refuse(part, below(path, part.key), {"form.national_id_birth_year", {}});
            else if ((gender == "male" || gender == "female") && gender != genderOf(id))
                refuse(part, below(path, part.key), {"form.national_id_gender", {}});
        }
    }

    Json table(const Field& field, const Slot& slot, const Json& raw, const std::string& path,
               bool complete) {
        if (!raw.isArray()) {
            refuse(field, path, {"form.wrong_type", {}});
            return {};
        }
        const auto count = static_cast<int>(std::min<std::size_t>(raw.items().size(), 1'000'000));
        if (count > field.maxRows) {
            refuse(field, path, {"form.too_many_rows", {{"max", std::to_string(field.maxRows)}}});
            return {};
        }
        if (complete && count < field.minRows)
            refuse(field, path, {"form.too_few_rows", {{"min", std::to_string(field.minRows)}}});
        Json rows = Json::array();
        for (std::size_t i = 0; i < raw.items().size(); ++i)
            rows.add(row(field, slot, raw.items()[i], below(path, std::to_string(i)), complete));
        return rows;
    }

    Json row(const Field& field, const Slot& slot, const Json& raw, const std::string& path, bool complete) {
        if (!raw.isObject()) {
            complain(path, "form.wrong_type");
            return Json::object();
        }
        for (const auto& [key, value] : raw.members())
            if (!field.part(key)) complain(below(path, text::shorten(key, 80)), "form.unknown_field");
        Values inRow;
        for (const Field& part : field.fields)
            inRow.emplace(part.key, feel::Value{});
        Json made = Json::object();
        for (const std::size_t index : slot.columnOrder)
            cell(slot.columns[index], raw, path, complete, inRow, made);
        compareIds(field, made, path);
        for (const Slot& column : slot.columns)
            rules(column, &inRow, below(path, column.field->key));
        Json ordered = Json::object();
        for (const Field& part : field.fields)
            if (made.has(part.key)) ordered.set(part.key, made[part.key]);
        return ordered;
    }

    void cell(const Slot& column, const Json& raw, const std::string& path, bool complete, Values& inRow,
              Json& made) {
        const Field& part = *column.field;
        const std::string place = below(path, part.key);
        if (!holds(column.when, values_, &inRow, check_.now)) {
            verdict_.hidden.insert(place);
            return;
        }
        Json value;
        if (column.formula) {
            const auto result =
                column.formula->evaluateValue(contextOf(*column.formula, values_, &inRow), check_.now);
            if (result) value = calculated(part, *result);
        } else if (part.hasValue()) {
            value = answer(part, &column, raw[part.key], place, complete);
        }
        inRow.insert_or_assign(part.key, toFeel(part, value));
        if (!value.isNull()) made.set(part.key, std::move(value));
    }

    // A rule is judged once its field is answered. One that comes out neither true nor false is passed over
    // where something it reads is not answered yet, and broken otherwise.
    void rules(const Slot& slot, const Values* row, const std::string& path) {
        const Field& field = *slot.field;
        const Values& own = row ? *row : values_;
        const auto answered = own.find(field.key);
        if (answered == own.end() || answered->second.isNull()) return;
        for (std::size_t i = 0; i < slot.rules.size(); ++i) {
            const CompiledRule& rule = slot.rules[i];
            const feel::Value context = contextOf(rule.check, values_, row);
            const auto result = rule.check.evaluateValue(context, check_.now);
            if (result && result->isTrue()) continue;
            if (result && !result->isFalse() && isOpen(rule, context)) continue;
            const Words& message = field.rules[i].message;
            complain(path, "form.own_message",
                     {{"vi", message.vi}, {"en", message.en}, {"code", "form.rule"}});
        }
    }

    void judgeRules() {
        for (const Slot& slot : program_.slots)
            if (verdict_.errorsBelow(slot.field->key).empty()) rules(slot, nullptr, slot.field->key);
    }

    void judgePapers() {
        const Json& given = answers_["papers"];
        if (!given.isNull() && !given.isObject()) complain("papers", "form.wrong_type");
        for (const auto& [key, files] : given.members())
            if (!program_.form.paper(key)) complain("papers." + text::shorten(key, 80), "form.unknown_field");
        const bool wanted =
            check_.stage == Stage::Submit || (check_.stage == Stage::Section && check_.section == "papers");
        Json kept = Json::object();
        for (const PaperSlot& slot : program_.papers) {
            const Paper& paper = *slot.paper;
            const std::string path = "papers." + paper.key;
            if (!holds(slot.when, values_, nullptr, check_.now)) {
                verdict_.hidden.insert(path);
                continue;
            }
            const bool needed =
                slot.requiredWhen ? holds(slot.requiredWhen, values_, nullptr, check_.now) : paper.required;
            if (needed) verdict_.neededPapers.insert(paper.key);
            const Json& files = given[paper.key];
            if (isAbsent(files)) {
                if (needed && wanted) complain(path, "form.paper_missing");
            } else if (Json right = filesOf(paper, files, path); !right.isNull()) {
                kept.set(paper.key, std::move(right));
            }
        }
        if (!kept.members().empty()) kept_.insert_or_assign("papers", std::move(kept));
    }

    Json filesOf(const Paper& paper, const Json& files, const std::string& path) {
        if (!files.isArray()) {
            complain(path, "form.wrong_type");
            return {};
        }
        if (files.items().size() > static_cast<std::size_t>(paper.maxFiles)) {
            complain(path, "form.too_many_files", {{"max", std::to_string(paper.maxFiles)}});
            return {};
        }
        Json kept = Json::array();
        for (std::size_t i = 0; i < files.items().size(); ++i) {
            const Refusal wrong = wrongWithFile(paper, files.items()[i]);
            if (!wrong.code.empty()) {
                complain(path + "." + std::to_string(i), wrong.code, wrong.params);
            } else {
                kept.add(files.items()[i]);
            }
        }
        return kept.items().empty() ? Json{} : kept;
    }

    static Refusal wrongWithFile(const Paper& paper, const Json& file) {
        // The official who saw the paper answers for it; no file stands for it.
        if (file.isObject() && file.members().size() == 1 && isSeen(file["seen"].string())) return {};
        const bool whole = file.isObject() && file.members().size() == 4 && file["file"].isString() &&
                           file["name"].isString() && file["type"].isString() && file["size"].isInteger();
        if (!whole || file["file"].string().empty()) return {"form.wrong_type", {}};
        std::string list;
        for (const std::string& type : paper.accepts)
            list += (list.empty() ? "" : ", ") + type;
        if (std::find(paper.accepts.begin(), paper.accepts.end(), file["type"].string()) ==
            paper.accepts.end())
            return {"form.file_type", {{"accepts", list}}};
        const std::int64_t most = std::int64_t{paper.maxMegabytes} * 1024 * 1024;
        if (file["size"].integer() <= 0) return {"form.file_empty", {}};
        if (file["size"].integer() > most)
            return {"form.file_too_large", {{"max", std::to_string(paper.maxMegabytes)}}};
        return {};
    }

    void judgeFee() {
        const auto quantity = kept_.find(program_.form.fee.quantity);
        if (quantity != kept_.end()) verdict_.quantity = quantity->second.integer(1);
        verdict_.feeExempt = program_.exempt && holds(program_.exempt, values_, nullptr, check_.now);
    }

    // Answers and errors in the order of the form, whatever order the dependencies asked for.
    void arrange() {
        std::map<std::string_view, std::size_t> position;
        for (std::size_t i = 0; i < program_.slots.size(); ++i) {
            const std::string& key = program_.slots[i].field->key;
            position.emplace(key, i);
            if (const auto found = kept_.find(key); found != kept_.end())
                verdict_.answers.set(key, std::move(found->second));
        }
        if (const auto papers = kept_.find("papers"); papers != kept_.end())
            verdict_.answers.set("papers", std::move(papers->second));
        if (check_.stage == Stage::Section)
            std::erase_if(verdict_.errors,
                          [&](const FieldError& error) { return !concernsSection(error.field); });
        const auto rank = [&](const FieldError& error) {
            const auto found = position.find(std::string_view{error.field}.substr(0, error.field.find('.')));
            return found == position.end() ? position.size() : found->second;
        };
        std::stable_sort(verdict_.errors.begin(), verdict_.errors.end(),
                         [&](const FieldError& a, const FieldError& b) { return rank(a) < rank(b); });
    }

    // What another page got wrong is told there and at the end, not on this page.
    bool concernsSection(std::string_view path) const {
        const std::string_view key = path.substr(0, path.find('.'));
        const Slot* slot = program_.slot(key);
        return slot ? slot->section->key == check_.section : key != "papers" || check_.section == "papers";
    }

    const Program& program_;
    const Json& answers_;
    const Check& check_;
    CivilDay today_;
    Values values_{};
    std::map<std::string, Json, std::less<>> kept_{};
    Verdict verdict_{};
};

} // namespace

bool isSeen(std::string_view word) {
    return word == "original" || word == "copy";
}

std::vector<FieldError> Verdict::errorsBelow(std::string_view path) const {
    std::vector<FieldError> found;
    for (const FieldError& error : errors) {
        const std::string_view field = error.field;
        if (field.substr(0, path.size()) == path &&
            (field.size() == path.size() || field[path.size()] == '.'))
            found.push_back(error);
    }
    return found;
}

Verdict judge(const Definition& definition, const Json& answers, const Check& check) {
    return Judge{definition.program(), answers, check}.run();
}

Result<Json> validate(const Definition& definition, const Json& answers, const Check& check) {
    Verdict verdict = judge(definition, answers, check);
    if (!verdict.errors.empty()) return invalid("form.invalid", std::move(verdict.errors));
    return std::move(verdict.answers);
}

FieldError localised(const Form& form, const FieldError& error, std::string_view locale) {
    FieldError made = error;
    if (const auto own = made.params.find(locale == "en" ? "en" : "vi");
        made.code == "form.own_message" && own != made.params.end())
        made.params["message"] = own->second;
    constexpr std::string_view papers = "papers.";
    std::string_view path = error.field;
    if (path.substr(0, papers.size()) == papers) {
        path.remove_prefix(papers.size());
        if (const Paper* paper = form.paper(path.substr(0, path.find('.'))))
            made.params["label"] = paper->label.in(locale);
    } else if (const Field* field = form.fieldAt(path)) {
        made.params["label"] = field->label.in(locale);
    }
    return made;
}

} // namespace motcua::forms
