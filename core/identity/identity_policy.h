// What an account must look like, and who may do what to it.
#pragma once

#include "base/actor.h"
#include "base/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::identity {

// "079085000123" in its parts (Decree 137/2015, article 13): three digits of the place of birth registration,
// one of century and sex, two of the year, six at random. Nothing where it cannot be such a number.
bool isNationalId(std::string_view text);

// 84901234567, 0901234567 and +84 901 234 567 are one number: "0901234567"; nothing for what no Vietnamese
// network has.
std::optional<std::string> normalPhone(std::string_view text);

bool isEmail(std::string_view text);

// Length and guessability (zxcvbn), never composition rules; `hints` are words an attacker knows of this
// person. Nothing where it will do, else the error's code.
std::optional<std::string> weakness(std::string_view password, const std::vector<std::string>& hints);

bool mayManageAccounts(const Actor& actor);
bool maySeeAccount(const Actor& actor, std::string_view accountId);

} // namespace motcua::identity
