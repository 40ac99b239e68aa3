// What an account must look like, and who may do what to it.
#pragma once

#include "agency/agency_tree.h"
#include "base/actor.h"
#include "base/result.h"
#include "identity/identity.h"

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
bool mayAskAtCounter(const Actor& actor); // whose account an address is
// Phân quyền theo vùng dữ liệu (O18): an administrator looks after the officials all of whose roles lie in
// his regions; accounts without a role, citizens' included, are the city's.
bool mayManage(const Actor& actor, const std::vector<Role>& roles, const agency::Tree& tree,
               const CivilDay& today);

// The roles that an official can be given.
const std::vector<std::string>& grantableRoles();
// What is wrong with a role that the actor wants to give, by the fields "role" and "agency"; empty: nothing.
std::vector<FieldError> roleFaults(const Actor& actor, const Role& role, const agency::Tree& tree,
                                   const CivilDay& today);

} // namespace motcua::identity
