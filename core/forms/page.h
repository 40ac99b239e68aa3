// One page of a form, prepared for a template: every control with its id, name, words, value and errors. The
// names are those of the themes' partials "controls" (themes/default/templates/partials).
#pragma once

#include "base/clock.h"
#include "base/json.h"
#include "forms/definition.h"
#include "forms/validate.h"
#include "view/model.h"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::forms {

enum class ControlKind {
    Text,
    TextArea,
    Select,
    Radios,
    Checkboxes,
    Date,
    Money,
    Person,
    Locked,
    Heading,
    Paragraph
};

struct ControlOption {
    std::string key; // what is posted
    std::string id{};
    std::string text{};
    std::string note{};
    bool selected = false;
};

struct Control {
    ControlKind kind = ControlKind::Text;
    std::string id{};   // "child-full_name"; of radios and checkboxes the first option has it
    std::string name{}; // "child.full_name"; a date posts <name>_day, <name>_month, <name>_year
    std::string label{};
    std::string hint{};
    std::string error{};
    bool optional = false;
    bool pageHeading = false; // the label is the page's h1

    std::string value{}; // as it was typed, or as it is shown
    std::string day{};
    std::string month{};
    std::string year{};
    std::vector<ControlOption> options{};
    bool inlined = false;   // radios: two short ones beside each other
    bool withEmpty = false; // select: begins with "choose"

    std::string type{};         // "email", "tel"; empty: text
    std::string inputmode{};    // "numeric", "decimal", …
    std::string autocomplete{}; // HTML's words
    bool birthday = false;      // date: autocomplete of its boxes
    std::string suffix{};       // unit
    int width = 0;              // characters, of 2 3 4 5 10 20 30; 0: as wide as the page
    int height = 0;             // rows of a text area
    int maxlength = 0;
    std::string source{}; // of a locked value
};

struct Page {
    std::string section;
    std::string title{};
    std::string lead{};
    bool single = false; // one question, its label is the h1
    std::vector<Control> controls{};
    std::vector<std::pair<std::string, std::string>> errors{}; // text, "#id": the summary on top
    std::vector<std::pair<std::string, std::string>> addRow{}; // text of the button, table
    int number = 0;                                            // of the shown sections, from 1
    int count = 0;
};

struct PageRequest {
    std::string locale = "vi";
    Instant now{};
    // The sentence of an error in the user's language; `error` is as localised() makes it.
    std::function<std::string(const FieldError& error)> say{};
    // Values from a source that is believed, which the citizen cannot change: path → where it comes from.
    std::map<std::string, std::string, std::less<>> locked{};
    // Values filled in beforehand that can be changed: path → the sentence that says where they come from.
    std::map<std::string, std::string, std::less<>> filled{};
    std::string moreRowsIn{}; // a table that gets an empty row, its button having been pressed
};

// `answers` as readPost made them, also where they are wrong; `errors` of the verdict on them. NotFound
// "form.no_section" for a section that does not exist or is hidden.
Result<Page> makePage(const Definition& definition, std::string_view section, const Json& answers,
                      const std::vector<FieldError>& errors, const PageRequest& request);

// Sets "title", "lead", "single", "controls" and "error_summary" as the template form_page reads them.
void fill(view::Model& model, const Page& page);

enum class Progress { Blocked, Todo, Doing, Missing, Done };

// A row of the task list; "papers" is the last where the form has any. Blocked while the eligibility
// questions before it are open.
struct Task {
    std::string section;
    std::string title{};
    Progress progress = Progress::Todo;
};
std::vector<Task> tasks(const Definition& definition, const Json& answers, std::string_view locale,
                        Instant now);

// The shown section after this one, "papers" after the last where there are any to hand in, "" at the end.
std::string nextSection(const Definition& definition, std::string_view section, const Json& answers,
                        Instant now);

} // namespace motcua::forms
