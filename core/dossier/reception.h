// Reception in person (tiếp nhận trực tiếp): who stood at the counter, kept sealed beside the dossier that an
// official filed for him.
#pragma once

#include "base/civil_day.h"
#include "base/result.h"
#include "db/database.h"
#include "vault/vault.h"

#include <optional>
#include <string>
#include <string_view>

namespace motcua::dossier {

// Người nộp hồ sơ, as his identity paper has him.
struct Applicant {
    std::string name;
    std::string nationalId;
    std::string phone;   // may be empty; with it he follows the dossier without an account
    std::string email;   // may be empty
    std::string account; // of the portal, where he has one: the dossier will be among its own
};

// What was typed in its normal form; form.invalid with what is wrong.
Result<Applicant> checked(const Applicant& typed, CivilDay today);

class Receptions {
public:
    explicit Receptions(vault::Vault& vault) : vault_(vault) {}

    void insert(db::Writer& tx, std::string_view dossier, std::string_view official,
                const Applicant& applicant);
    // Nothing for a dossier that was not filed in person, and where its key was destroyed.
    std::optional<Applicant> find(db::Reader& tx, std::string_view dossier);
    // By the legal code as it is stored.
    std::optional<std::string> dossierOfCode(db::Reader& tx, std::string_view code) const;
    void remove(db::Writer& tx, std::string_view dossier) const;

    // For the audit record: the same person's number has the same digest, and nobody reads it back.
    std::string digestOf(const Applicant& applicant) const;

private:
    vault::Vault& vault_;
};

} // namespace motcua::dossier
