#include "identity/identity_policy.h"

#include "agency/agency_policy.h"

#include "base/text.h"

#include <zxcvbn.h>

#include <algorithm>

namespace motcua::identity {

namespace {

constexpr std::size_t shortestPassword = 12;
constexpr std::size_t longestPassword = 128;
// In bits, as zxcvbn counts; 2^30 guesses at 10 a minute take two hundred years.
constexpr double leastEntropy = 30;

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

} // namespace

bool isNationalId(std::string_view text) {
    if (text.size() != 12 || !std::all_of(text.begin(), text.end(), isDigit)) return false;
    const int place = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
    // Provinces 001–096 (Circular 59/2021, annex I), countries from 100 on for births registered abroad.
    return place >= 1 && (place <= 96 || place >= 100);
}

std::optional<std::string> normalPhone(std::string_view text) {
    std::string digits;
    for (const char c : text) {
        if (isDigit(c) || (c == '+' && digits.empty())) {
            digits += c;
        } else if (c != ' ' && c != '.' && c != '-') {
            return std::nullopt;
        }
    }
    if (digits.starts_with("+84")) {
        digits = "0" + digits.substr(3);
    } else if (digits.starts_with("84") && digits.size() >= 11) {
        digits = "0" + digits.substr(2);
    }
    const bool mobile = digits.size() == 10 && digits[0] == '0' && digits[1] >= '3' && digits[1] <= '9';
    const bool fixed = digits.size() == 11 && digits.starts_with("02");
    return mobile || fixed ? std::optional{digits} : std::nullopt;
}

bool isEmail(std::string_view text) {
    const std::size_t at = text.rfind('@');
    if (at == std::string_view::npos || at == 0 || at > 64 || text.size() > 254) return false;
    const auto plain = [](char c) {
        return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7f &&
               std::string_view{"\"(),:;<>[\\]@"}.find(c) == std::string_view::npos;
    };
    const std::string_view domain = text.substr(at + 1);
    const std::size_t dot = domain.rfind('.');
    return std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), plain) &&
           std::all_of(domain.begin(), domain.end(), plain) && dot != std::string_view::npos && dot > 0 &&
           dot + 1 < domain.size() && domain.find("..") == std::string_view::npos;
}

std::optional<std::string> weakness(std::string_view password, const std::vector<std::string>& hints) {
    if (text::shorten(password, shortestPassword - 1) == password) return "password.too_short";
    if (password.size() > longestPassword) return "password.too_long";
    std::vector<std::string> folded;
    for (const std::string& hint : hints)
        for (std::string& word : text::words(text::fold(hint)))
            folded.push_back(std::move(word));
    std::vector<const char*> known;
    for (const std::string& word : folded)
        known.push_back(word.c_str());
    known.push_back(nullptr);
    // Marks are no secret: a name is known with and without them.
    for (const std::string& written : {std::string{password}, text::fold(password)})
        if (!written.empty() && ZxcvbnMatch(written.c_str(), known.data(), nullptr) < leastEntropy)
            return "password.guessable";
    return std::nullopt;
}

bool mayManageAccounts(const Actor& actor) {
    return actor.kind == ActorKind::System || actor.has("admin");
}

bool mayManage(const Actor& actor, const std::vector<Role>& roles, const agency::Tree& tree,
               const CivilDay& today) {
    if (!mayManageAccounts(actor)) return false;
    if (actor.kind == ActorKind::System) return true;
    if (agency::administersCity(actor, tree, today)) return true;
    const auto regions = agency::regionsOf(actor, "admin");
    return !roles.empty() && std::all_of(roles.begin(), roles.end(), [&](const Role& role) {
        return tree.withinAny(regions, role.agencyId, today);
    });
}

const std::vector<std::string>& grantableRoles() {
    static const std::vector<std::string> roles{"receiver", "specialist", "leader", "admin"};
    return roles;
}

std::vector<FieldError> roleFaults(const Actor& actor, const Role& role, const agency::Tree& tree,
                                   const CivilDay& today) {
    std::vector<FieldError> wrong;
    const auto& known = grantableRoles();
    if (std::find(known.begin(), known.end(), role.role) == known.end())
        wrong.push_back({"role", "account.unknown_role"});
    const agency::Agency* agency = tree.find(role.agencyId);
    if (!agency || !agency->validOn(today) || !mayManage(actor, {role}, tree, today))
        wrong.push_back({"agency", "account.outside_region"});
    return wrong;
}

bool mayAskAtCounter(const Actor& actor) {
    return actor.kind == ActorKind::Official && actor.has("receiver");
}

} // namespace motcua::identity
