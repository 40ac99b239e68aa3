// The rules of single values: what an answer of each type may be and what it is stored as.
#pragma once

#include "base/civil_day.h"
#include "base/json.h"
#include "forms/form.h"

#include <optional>
#include <string>
#include <string_view>

namespace motcua::forms {

// A refusal: `code` is an i18n key below "error.", `params` fill its sentence.
struct Refusal {
    std::string code;
    std::map<std::string, std::string> params{};
};

struct Checked {
    Json value{}; // normalised; null where refused
    std::optional<Refusal> refusal{};
};

// null, "", white space, [] and {} are no answer.
bool isAbsent(const Json& answer);

// The value of a field that is no group and no table; `answer` is not absent.
Checked checkValue(const Field& field, const Json& answer, CivilDay today);

// Số định danh cá nhân (Decree 137/2015/NĐ-CP, article 13; Circular 07/2016/TT-BCA): three digits of the
// province or country where the birth was registered, one of century and sex, two of the year, six at random.
// The code of what is wrong; empty where nothing is.
std::string wrongWithNationalId(std::string_view digits, CivilDay today);
int birthYearOf(std::string_view nationalId);      // of one that is right
std::string genderOf(std::string_view nationalId); // "male" or "female"

// The codes of provinces that such a number may begin with, three digits each.
const std::vector<std::string>& nationalIdProvinces();

// Mã số thuế: the tenth digit checks the nine before it.
bool isTaxCode(std::string_view text, CivilDay today);

bool isEmail(std::string_view text);
bool isPhone(std::string_view text);
bool fits(Allowed allowed, std::string_view text);
std::string numberText(double value);          // the shortest that reads back, without exponent: "85.5"
std::size_t characters(std::string_view text); // code points

// "2020-01-31", "today", "today-60", "today+30" (days); nothing for anything else.
std::optional<CivilDay> dateBound(const std::string& text, CivilDay today);
CivilDay earliest(const Field& field, CivilDay today);
CivilDay latest(const Field& field, CivilDay today);

} // namespace motcua::forms
