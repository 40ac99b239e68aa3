// Accounts as an administrator finds them, inside his own regions, and the form of a new official. What is
// done to an account is IdentityService's.
#pragma once

#include "agency/agency_service.h"
#include "identity/identity_service.h"

#include <string>
#include <string_view>
#include <vector>

namespace motcua::identity {

struct ManagedAccount {
    Account account;
    std::vector<Role> roles;
};

struct AccountPage {
    std::vector<ManagedAccount> items;
    std::string next; // to go on after; empty at the end
};

struct NewOfficial {
    std::string email;
    std::string fullName;
    std::string phone;
    Role role;
};

// Errors of all: Denied account.not_allowed for who is no administrator, NotFound account.none for an account
// outside the actor's regions.
class AccountsDesk {
public:
    AccountsDesk(db::Database& database, vault::Vault& vault, IdentityService& identity,
                 agency::AgencyService& agencies, const Clock& clock)
        : database_(database), repository_(vault), identity_(identity), agencies_(agencies), clock_(clock) {}

    // Officials by when they were made. With `words`: officials of that name, or whoever has that e-mail
    // address, a citizen too; then all on one page.
    Result<AccountPage> list(const Context& context, std::string_view words, std::string_view after,
                             int limit);
    Result<ManagedAccount> find(const Context& context, std::string_view id);
    // Sends the official a link that sets the first password. Errors: form.invalid with fields.
    Result<std::string> create(const Context& context, const NewOfficial& fresh);

private:
    Result<std::shared_ptr<const agency::Tree>> admitted(const Context& context);
    std::optional<ManagedAccount> managed(const Context& context, db::Reader& tx, const agency::Tree& tree,
                                          std::string_view id);
    CivilDay today() const { return civilDay(clock_.now()); }

    db::Database& database_;
    IdentityRepository repository_;
    IdentityService& identity_;
    agency::AgencyService& agencies_;
    const Clock& clock_;
};

} // namespace motcua::identity
