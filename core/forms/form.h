// The model of a form (tờ khai, đơn) as a procedure's author defines it: sections of fields, papers, the
// fee's facts. Plain values, read from YAML or stored JSON by definition_reader.h, made usable by
// definition.h.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace motcua::forms {

// A sentence for users in both languages.
struct Words {
    std::string vi;
    std::string en;

    bool empty() const { return vi.empty() && en.empty(); }
    const std::string& in(std::string_view locale) const { return locale == "en" ? en : vi; }
    bool operator==(const Words&) const = default;
};

enum class FieldType {
    Text,     // one line
    LongText, // several lines
    Integer,
    Money,   // whole đồng
    Decimal, // areas, heights
    Date,
    Choice, // one of options
    Multi,  // some of options
    YesNo,
    Email,
    Phone,
    NationalId,  // số định danh cá nhân, số căn cước: 12 digits
    TaxCode,     // mã số thuế: 10 digits, or 13 with those of a branch, or the 12 of a person
    Declaration, // lời cam đoan: a box that must be ticked
    Note,        // text to read, no value
    Calculated,  // by a formula, on the server only
    Group,       // parts that belong together: a person, an organisation, an address
    Table,       // rows of the same parts
};

// Which characters a text may hold.
enum class Allowed {
    Any,
    Name, // letters with their marks, spaces, ' ’ . -
    Code, // letters, digits, spaces, . / _ -
    Digits,
};

struct Option {
    std::string value; // what is stored
    Words label{};
    Words hint{};
    bool operator==(const Option&) const = default;
};

// A FEEL condition that must be true of the answers, and what the citizen is told where it is not.
struct Rule {
    std::string check;
    Words message{};
    bool operator==(const Rule&) const = default;
};

struct Field {
    std::string key;
    FieldType type = FieldType::Text;
    Words label{};
    Words hint{};
    bool required = true;
    bool personal = false;     // sealed where it is stored; a group's parts follow the group
    std::string when{};        // FEEL; empty: always
    std::vector<Rule> rules{}; // judged once the field has a value
    std::vector<std::pair<std::string, Words>> errors{}; // own wording for codes such as "required"

    std::vector<Option> options{};
    std::string display{}; // choice: "radios" or "select"; group: "line" joins its parts when shown
    std::optional<std::int64_t> minLength{}; // characters
    std::optional<std::int64_t> maxLength{};
    Allowed allow = Allowed::Any;
    std::optional<double> min{};
    std::optional<double> max{};
    int places = 2;         // decimal: digits behind the comma
    std::string unit{};     // "m²", shown behind the box
    std::string earliest{}; // date: "1900-01-01" or "today"
    std::string latest{};

    std::vector<Field> fields{}; // of a group or a table's row
    int minRows = 0;
    int maxRows = 0;
    Words addLabel{}; // the button that adds a row

    std::string formula{};                 // calculated: FEEL
    FieldType result = FieldType::Integer; // calculated: what the formula gives

    // National id: siblings in the same group that its digits must agree with, where they are answered.
    std::string birthDateKey{};
    std::string genderKey{};

    std::string prefill{};      // "profile.full_name"; of a group: whose members fill its parts
    std::string autocomplete{}; // HTML's words
    std::string inputmode{};
    std::string place{}; // the item's place in the printed form: "3", "I.2"

    bool operator==(const Field&) const = default;

    const Field* part(std::string_view partKey) const;
    bool holdsParts() const { return type == FieldType::Group || type == FieldType::Table; }
    bool hasValue() const { return type != FieldType::Note; } // false: nothing of it is ever stored
};

struct Section {
    std::string key;
    Words title{};
    Words hint{};
    std::string when{};
    bool eligibility = false; // questions that choose the case and prune what follows
    std::vector<Field> fields{};
    bool operator==(const Section&) const = default;
};

// A slot of the dossier's papers (thành phần hồ sơ).
struct Paper {
    std::string key;
    Words label{};
    Words hint{};
    std::string when{};         // FEEL: the slot exists at all
    bool required = true;       // where it exists,
    std::string requiredWhen{}; // or only where this FEEL condition is true
    int originals = 1;          // bản chính
    int copies = 0;             // bản sao
    std::vector<std::string> accepts{"pdf", "jpg", "png"};
    int maxMegabytes = 10; // each file
    int maxFiles = 5;
    std::string reuse{}; // what in the citizen's store or a database can stand for it: "identity_card"
    std::string blank{}; // file of the blank form, in the package
    bool operator==(const Paper&) const = default;
};

// What the fee is computed from.
struct FeeFacts {
    std::string quantity{};   // field that says how many copies; empty: one
    std::string exemptWhen{}; // FEEL
    bool operator==(const FeeFacts&) const = default;
};

struct Form {
    std::string procedure; // national code, "1.001193"
    Words title{};
    Words intro{};
    std::string number{}; // of the printed form: "Mẫu số 1"
    FeeFacts fee{};
    std::vector<Section> sections{};
    std::vector<Paper> papers{};
    bool operator==(const Form&) const = default;

    const Section* section(std::string_view key) const;
    const Field* field(std::string_view key) const; // of the top level
    const Paper* paper(std::string_view key) const;
    // By a path as errors use it: "father.residence.ward", "members.2.full_name".
    const Field* fieldAt(std::string_view path) const;
};

const char* name(FieldType type); // as YAML writes it: "yes_no"
std::optional<FieldType> fieldType(std::string_view name);
const char* name(Allowed allowed);
std::optional<Allowed> allowed(std::string_view name);

// Default and hard limits, in characters and numbers.
constexpr std::int64_t textLength = 255;
constexpr std::int64_t longTextLength = 4000;
constexpr std::int64_t greatestNumber = 999'999'999'999'999;
std::int64_t lengthLimit(const Field& field);

} // namespace motcua::forms
