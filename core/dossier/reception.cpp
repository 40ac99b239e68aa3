#include "dossier/reception.h"

#include "base/bytes.h"
#include "base/json.h"
#include "base/text.h"
#include "forms/checks.h"
#include "identity/identity_policy.h"

#include <algorithm>

namespace motcua::dossier {

namespace {

constexpr db::Query kInsert{
    "reception.insert",
    "INSERT INTO dossier_reception (dossier, official, account, applicant) VALUES (?, ?, ?, ?)"};
constexpr db::Query kFind{"reception.find",
                          "SELECT account, applicant FROM dossier_reception WHERE dossier = ?"};
constexpr db::Query kOfCode{
    "reception.of_code", "SELECT dossier FROM dossier_reception JOIN dossier ON id = dossier WHERE code = ?"};
constexpr db::Query kRemove{"reception.remove", "DELETE FROM dossier_reception WHERE dossier = ?"};

constexpr std::size_t kLongestName = 200;

vault::Place placeOf(std::string_view dossier) {
    return {"dossier_reception", "applicant", dossier};
}

// Twelve digits are a personal number (số định danh cá nhân); older cards have nine, passports letters too.
std::string wrongNumber(std::string_view number, CivilDay today) {
    if (number.empty()) return "field.required";
    const bool digits =
        std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (digits && number.size() == 12) return forms::wrongWithNationalId(number, today);
    const bool other = std::all_of(number.begin(), number.end(),
                                   [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
    const bool right = digits ? number.size() == 9 : other && number.size() >= 6 && number.size() <= 12;
    return right ? std::string{} : "dossier.bad_identity_number";
}

std::string compact(std::string_view typed) {
    std::string made;
    for (const char c : typed)
        if (c != ' ' && c != '.' && c != '-')
            made += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return made;
}

} // namespace

Result<Applicant> checked(const Applicant& typed, CivilDay today) {
    Applicant made = typed;
    std::vector<FieldError> wrong;
    const auto name = text::clean(typed.name);
    made.name = name ? text::trim(*name) : std::string{};
    if (made.name.empty()) wrong.push_back({"full_name", "field.required"});
    if (text::shorten(made.name, kLongestName).size() != made.name.size())
        wrong.push_back({"full_name", "field.too_long"});
    made.nationalId = compact(typed.nationalId);
    if (std::string code = wrongNumber(made.nationalId, today); !code.empty())
        wrong.push_back({"national_id", std::move(code)});
    made.phone = text::trim(typed.phone);
    if (!made.phone.empty()) {
        const auto phone = identity::normalPhone(made.phone);
        if (!phone) wrong.push_back({"phone", "phone.malformed"});
        made.phone = phone.value_or("");
    }
    made.email = text::trim(typed.email);
    if (!made.email.empty() && !identity::isEmail(made.email)) wrong.push_back({"email", "email.malformed"});
    if (!wrong.empty()) return invalid("form.invalid", std::move(wrong));
    return made;
}

void Receptions::insert(db::Writer& tx, std::string_view dossier, std::string_view official,
                        const Applicant& applicant) {
    const std::string words = Json::object()
                                  .set("name", applicant.name)
                                  .set("national_id", applicant.nationalId)
                                  .set("phone", applicant.phone)
                                  .set("email", applicant.email)
                                  .dump();
    const std::string sealed = vault_.seal(tx, dossier, placeOf(dossier), words);
    tx.run(kInsert, dossier, official, applicant.account, db::Blob{sealed});
}

std::optional<Applicant> Receptions::find(db::Reader& tx, std::string_view dossier) {
    auto stored = tx.one(
        kFind,
        [](const db::Row& row) {
            return std::pair{row.string(0), std::string{row.blob(1)}};
        },
        dossier);
    if (!stored) return std::nullopt;
    const auto words = vault_.open(tx, placeOf(dossier), stored->second);
    if (!words) return std::nullopt;
    const auto json = Json::parse(*words);
    if (!json) return std::nullopt;
    return Applicant{(*json)["name"].string(), (*json)["national_id"].string(), (*json)["phone"].string(),
                     (*json)["email"].string(), std::move(stored->first)};
}

std::optional<std::string> Receptions::dossierOfCode(db::Reader& tx, std::string_view code) const {
    return tx.one(
        kOfCode, [](const db::Row& row) { return row.string(0); }, code);
}

void Receptions::remove(db::Writer& tx, std::string_view dossier) const {
    tx.run(kRemove, dossier);
}

std::string Receptions::digestOf(const Applicant& applicant) const {
    return toHex(vault_.blindToken("dossier_reception.national_id", applicant.nationalId));
}

} // namespace motcua::dossier
