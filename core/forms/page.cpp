#include "forms/page.h"

#include "base/text.h"
#include "forms/checks.h"
#include "forms/display.h"

#include <algorithm>

namespace motcua::forms {

namespace {

std::string idOf(std::string path) {
    std::replace(path.begin(), path.end(), '.', '-');
    return path;
}

// Text that may stand in a page again: what is broken or far too long is not sent back.
std::string shown(const Field& field, const std::string& text) {
    return text::isUtf8(text) ? text::shorten(text, static_cast<std::size_t>(lengthLimit(field)) + 100)
                              : std::string{};
}

std::string numberTyped(const Field& field, const Json& answer) {
    if (answer.isString()) return shown(field, answer.string());
    if (!answer.isNumber()) return {};
    if (field.type != FieldType::Decimal) return std::to_string(answer.integer());
    std::string typed = numberText(answer.number());
    std::replace(typed.begin(), typed.end(), '.', ',');
    return typed;
}

int widthFor(std::int64_t characters) {
    for (const int width : {2, 3, 4, 5, 10, 20, 30})
        if (characters <= width) return width;
    return 0;
}

class PageMaker {
public:
    PageMaker(const Definition& definition, const Json& answers, const std::vector<FieldError>& errors,
              const PageRequest& request)
        : form_(definition.form()),
          answers_(answers),
          errors_(errors),
          request_(request),
          verdict_(judge(definition, answers, {request.now, Stage::Draft, {}})) {}

    Result<Page> run(std::string_view key) {
        const Section* section = form_.section(key);
        if (!section || !verdict_.showsSection(key)) return notFound("form.no_section");
        page_.section = section->key;
        page_.title = section->title.in(request_.locale);
        page_.lead = section->hint.in(request_.locale);
        for (const Section& one : form_.sections) {
            if (!verdict_.showsSection(one.key)) continue;
            ++page_.count;
            if (&one == section) page_.number = page_.count;
        }
        for (const Field& field : section->fields)
            if (verdict_.shows(field.key)) add(field, answers_[field.key], field.key, false);
        if (page_.controls.size() == 1 && page_.controls[0].kind < ControlKind::Locked) {
            page_.single = true;
            page_.controls[0].pageHeading = true;
        }
        for (const Control& control : page_.controls)
            if (!control.error.empty()) page_.errors.emplace_back(control.error, "#" + control.id);
        return std::move(page_);
    }

private:
    std::string errorAt(std::string_view path) const {
        for (const FieldError& error : errors_)
            if (error.field == path)
                return request_.say ? request_.say(localised(form_, error, request_.locale)) : error.code;
        return {};
    }

    Control base(ControlKind kind, const Field& field, const std::string& path, bool mayMiss) const {
        Control control;
        control.kind = kind;
        control.id = idOf(path);
        control.name = path;
        control.label = field.label.in(request_.locale);
        control.hint = field.hint.in(request_.locale);
        if (const auto from = request_.filled.find(path); from != request_.filled.end())
            control.hint += (control.hint.empty() ? "" : " ") + from->second;
        control.error = errorAt(path);
        control.optional = !field.required || mayMiss;
        control.inputmode = field.inputmode;
        control.autocomplete = field.autocomplete;
        return control;
    }

    void add(const Field& field, const Json& answer, const std::string& path, bool mayMiss) {
        if (const auto from = request_.locked.find(path); from != request_.locked.end()) {
            Control control = base(ControlKind::Locked, field, path, false);
            control.value = displayText(field, answer, request_.locale);
            control.source = from->second;
            page_.controls.push_back(std::move(control));
            return;
        }
        switch (field.type) {
        case FieldType::Note:
            addText(ControlKind::Paragraph, field.label.in(request_.locale));
            break;
        case FieldType::Calculated:
            addCalculated(field, path);
            break;
        case FieldType::Group:
            addGroup(field, answer, path, mayMiss);
            break;
        case FieldType::Table:
            addTable(field, answer, path);
            break;
        default:
            page_.controls.push_back(input(field, answer, path, mayMiss));
        }
    }

    void addText(ControlKind kind, std::string text) {
        Control control;
        control.kind = kind;
        control.label = std::move(text);
        page_.controls.push_back(std::move(control));
    }

    // The server's own result, once it can be had.
    void addCalculated(const Field& field, const std::string& path) {
        const Json& made = verdict_.answers[path];
        if (made.isNull()) return;
        Control control = base(ControlKind::Locked, field, path, false);
        control.value = displayText(field, made, request_.locale);
        control.source = control.hint;
        control.hint.clear();
        page_.controls.push_back(std::move(control));
    }

    // An error of the group itself is shown at its first part, where a link can lead.
    void addGroup(const Field& field, const Json& answer, const std::string& path, bool mayMiss) {
        addText(ControlKind::Heading, field.label.in(request_.locale));
        if (!field.hint.empty()) addText(ControlKind::Paragraph, field.hint.in(request_.locale));
        addParts(field, answer, path, mayMiss || !field.required, errorAt(path));
    }

    void addParts(const Field& field, const Json& answer, const std::string& path, bool mayMiss,
                  const std::string& own) {
        const std::size_t first = page_.controls.size();
        for (const Field& part : field.fields) {
            const std::string place = path + "." + part.key;
            if (verdict_.shows(place)) add(part, answer[part.key], place, mayMiss);
        }
        if (own.empty()) return;
        for (std::size_t i = first; i < page_.controls.size(); ++i)
            if (!page_.controls[i].name.empty()) {
                if (page_.controls[i].error.empty()) page_.controls[i].error = own;
                return;
            }
    }

    // Rows to fill, one for each answer and at least one; emptied rows are dropped when they are posted.
    void addTable(const Field& field, const Json& answer, const std::string& path) {
        const auto answered = static_cast<int>(std::min<std::size_t>(answer.items().size(), 200));
        int rows = std::max({answered, field.minRows, 1});
        if (request_.moreRowsIn == field.key) ++rows;
        rows = std::min(rows, field.maxRows);
        const std::string own = errorAt(path);
        for (int i = 0; i < rows; ++i) {
            addText(ControlKind::Heading, field.label.in(request_.locale) + " " + std::to_string(i + 1));
            if (i == 0 && !field.hint.empty())
                addText(ControlKind::Paragraph, field.hint.in(request_.locale));
            addParts(field, answer.at(static_cast<std::size_t>(i)), path + "." + std::to_string(i),
                     i >= field.minRows, i == 0 ? own : std::string{});
        }
        if (rows < field.maxRows) page_.addRow.emplace_back(field.addLabel.in(request_.locale), field.key);
    }

    Control input(const Field& field, const Json& answer, const std::string& path, bool mayMiss) const {
        switch (field.type) {
        case FieldType::Choice:
            if (field.display == "select") return choice(ControlKind::Select, field, answer, path, mayMiss);
            return choice(ControlKind::Radios, field, answer, path, mayMiss);
        case FieldType::YesNo:
            return choice(ControlKind::Radios, field, answer, path, mayMiss);
        case FieldType::Multi:
            return choice(ControlKind::Checkboxes, field, answer, path, mayMiss);
        case FieldType::Declaration:
            return declaration(field, answer, path);
        case FieldType::Date:
            return date(field, answer, path, mayMiss);
        default:
            return box(field, answer, path, mayMiss);
        }
    }

    Control choice(ControlKind kind, const Field& field, const Json& answer, const std::string& path,
                   bool mayMiss) const {
        Control control = base(kind, field, path, mayMiss);
        control.withEmpty = kind == ControlKind::Select;
        const auto chosen = [&](const std::string& value) {
            if (answer.isBool()) return value == (answer.boolean() ? "yes" : "no");
            const auto& all = answer.items();
            return answer == Json{value} || std::find(all.begin(), all.end(), Json{value}) != all.end();
        };
        bool brief = field.options.size() == 2;
        for (const Option& option : field.options) {
            const std::string id = control.options.empty() ? control.id : control.id + "-" + option.value;
            const std::string& text = option.label.in(request_.locale);
            control.options.push_back(
                {option.value, id, text, option.hint.in(request_.locale), chosen(option.value)});
            brief = brief && characters(text) <= 12;
        }
        control.inlined = kind == ControlKind::Radios && brief;
        return control;
    }

    Control declaration(const Field& field, const Json& answer, const std::string& path) const {
        Control control = base(ControlKind::Checkboxes, field, path, false);
        control.label = field.hint.empty() ? field.label.in(request_.locale) : field.hint.in(request_.locale);
        control.hint.clear();
        control.options.push_back(
            {"yes", control.id, field.label.in(request_.locale), {}, answer == Json{true}});
        return control;
    }

    Control date(const Field& field, const Json& answer, const std::string& path, bool mayMiss) const {
        Control control = base(ControlKind::Date, field, path, mayMiss);
        control.birthday = field.autocomplete == "bday";
        const std::string& text = answer.string();
        if (answer.isObject()) {
            control.day = shown(field, answer["day"].string());
            control.month = shown(field, answer["month"].string());
            control.year = shown(field, answer["year"].string());
        } else if (text.size() == 10 && text::isUtf8(text)) {
            control.day = text.substr(8);
            control.month = text.substr(5, 2);
            control.year = text.substr(0, 4);
        }
        return control;
    }

    Control box(const Field& field, const Json& answer, const std::string& path, bool mayMiss) const {
        Control control = base(ControlKind::Text, field, path, mayMiss);
        control.value = shown(field, answer.string());
        switch (field.type) {
        case FieldType::LongText:
            control.kind = ControlKind::TextArea;
            control.maxlength = static_cast<int>(lengthLimit(field));
            control.height = control.maxlength > 1000 ? 8 : 4;
            break;
        case FieldType::Text:
            if (field.allow == Allowed::Name) control.kind = ControlKind::Person;
            control.maxlength = static_cast<int>(lengthLimit(field));
            if (field.maxLength) control.width = widthFor(*field.maxLength);
            break;
        case FieldType::Money:
            control.kind = ControlKind::Money;
            control.value = numberTyped(field, answer);
            break;
        case FieldType::Integer:
        case FieldType::Decimal:
            control.value = numberTyped(field, answer);
            control.width = 10;
            control.suffix = field.unit;
            if (control.inputmode.empty())
                control.inputmode = field.type == FieldType::Integer ? "numeric" : "decimal";
            break;
        case FieldType::Email:
            control.type = "email";
            break;
        case FieldType::Phone:
            control.type = "tel";
            control.width = 20;
            break;
        default: // numbers of persons and taxpayers
            control.width = 20;
            if (control.inputmode.empty()) control.inputmode = "numeric";
        }
        return control;
    }

    const Form& form_;
    const Json& answers_;
    const std::vector<FieldError>& errors_;
    const PageRequest& request_;
    Verdict verdict_;
    Page page_{};
};

void setFlag(view::Model& model, ControlKind kind) {
    switch (kind) {
    case ControlKind::Text:
        model.set("is_text", true);
        break;
    case ControlKind::TextArea:
        model.set("is_textarea", true);
        break;
    case ControlKind::Select:
        model.set("is_select", true);
        break;
    case ControlKind::Radios:
        model.set("is_radios", true);
        break;
    case ControlKind::Checkboxes:
        model.set("is_checkboxes", true);
        break;
    case ControlKind::Date:
        model.set("is_date", true);
        break;
    case ControlKind::Money:
        model.set("is_money", true);
        break;
    case ControlKind::Person:
        model.set("is_person", true);
        break;
    case ControlKind::Locked:
        model.set("is_locked", true);
        break;
    case ControlKind::Heading:
        model.set("is_heading", true);
        break;
    case ControlKind::Paragraph:
        model.set("is_paragraph", true);
        break;
    }
}

// A name that is absent would be looked for on the page around, so what is off is set to false.
void setText(view::Model& model, view::Key key, const std::string& text) {
    model.set(key, text.empty() ? view::Value{false} : view::Value{text});
}
void setNumber(view::Model& model, view::Key key, int number) {
    model.set(key, number == 0 ? view::Value{false} : view::Value{number});
}

void fillOptions(view::Model& model, const Control& control) {
    for (const ControlOption& option : control.options) {
        view::Model& one = model.add("options");
        one.set("key", option.key).set("option_id", option.id).set("text", option.text);
        setText(one, "note", option.note);
        one.set("selected", option.selected);
    }
}

void fillControl(view::Model& model, const Control& control) {
    setFlag(model, control.kind);
    if (control.kind == ControlKind::Heading || control.kind == ControlKind::Paragraph) {
        model.set("text", control.label);
        return;
    }
    model.set("id", control.id).set("name", control.name).set("label", control.label);
    model.set("optional", control.optional).set("page_heading", control.pageHeading);
    model.set("inline", control.inlined).set("empty", control.withEmpty).set("birthday", control.birthday);
    setText(model, "hint", control.hint);
    setText(model, "error", control.error);
    setText(model, "value", control.value);
    setText(model, "day", control.day);
    setText(model, "month", control.month);
    setText(model, "year", control.year);
    setText(model, "type", control.type);
    setText(model, "inputmode", control.inputmode);
    setText(model, "autocomplete", control.autocomplete);
    setText(model, "suffix", control.suffix);
    setText(model, "source", control.source);
    setNumber(model, "width", control.width);
    setNumber(model, "height", control.height);
    setNumber(model, "maxlength", control.maxlength);
    fillOptions(model, control);
}

bool hasAnswer(const Section& section, const Json& answers) {
    return std::any_of(section.fields.begin(), section.fields.end(), [&](const Field& field) {
        return field.type != FieldType::Calculated && !isAbsent(answers[field.key]);
    });
}

// Doing where things are only missing, Missing where something answered is not right as it stands.
Progress whatIsWrong(const Section& section, const Verdict& verdict) {
    for (const Field& field : section.fields)
        for (const FieldError& error : verdict.errorsBelow(field.key)) {
            const auto own = error.params.find("code");
            const std::string& code = own == error.params.end() ? error.code : own->second;
            if (code != "form.required" && code != "form.declaration_needed" && code != "form.too_few_rows")
                return Progress::Missing;
        }
    return Progress::Doing;
}

} // namespace

Result<Page> makePage(const Definition& definition, std::string_view section, const Json& answers,
                      const std::vector<FieldError>& errors, const PageRequest& request) {
    return PageMaker{definition, answers, errors, request}.run(section);
}

void fill(view::Model& model, const Page& page) {
    model.set("title", page.title).set("single", page.single);
    setText(model, "lead", page.lead);
    model.list("controls");
    for (const Control& control : page.controls)
        fillControl(model.add("controls"), control);
    if (page.errors.empty()) return;
    view::Model& summary = model.object("error_summary");
    for (const auto& [text, href] : page.errors)
        summary.add("items").set("text", text).set("href", href);
}

std::vector<Task> tasks(const Definition& definition, const Json& answers, std::string_view locale,
                        Instant now) {
    const Form& form = definition.form();
    const Verdict verdict = judge(definition, answers, {now, Stage::Submit, {}});
    std::vector<Task> all;
    bool open = false; // an eligibility section before this one is not done
    for (const Section& section : form.sections) {
        if (!verdict.showsSection(section.key)) continue;
        const bool wrong = std::any_of(section.fields.begin(), section.fields.end(), [&](const Field& field) {
            return !verdict.errorsBelow(field.key).empty();
        });
        Progress progress = wrong ? whatIsWrong(section, verdict) : Progress::Done;
        if (!hasAnswer(section, answers)) progress = wrong ? Progress::Todo : Progress::Done;
        if (open) progress = Progress::Blocked;
        if (section.eligibility && progress != Progress::Done) open = true;
        all.push_back({section.key, section.title.in(locale), progress});
    }
    if (form.papers.empty()) return all;
    Task papers{"papers", {}, Progress::Done};
    if (!verdict.errorsBelow("papers").empty())
        papers.progress = answers["papers"].members().empty() ? Progress::Todo : Progress::Missing;
    if (open) papers.progress = Progress::Blocked;
    all.push_back(std::move(papers));
    return all;
}

std::string nextSection(const Definition& definition, std::string_view section, const Json& answers,
                        Instant now) {
    const auto all = tasks(definition, answers, "vi", now);
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Task& task) { return task.section == section; });
    return found == all.end() || found + 1 == all.end() ? std::string{} : (found + 1)->section;
}

} // namespace motcua::forms
