// Accounts and sessions: registering, confirming, signing in and out, roles.
#pragma once

#include "agency/agency_service.h"
#include "audit/audit.h"
#include "base/context.h"
#include "base/result.h"
#include "identity/identity_events.h"
#include "identity/identity_repository.h"
#include "identity/password_hasher.h"
#include "identity/strangers.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::identity {

struct Registration {
    std::string email;
    std::string password;
    std::string fullName;
    std::string phone;
    std::string nationalId; // may be empty
};

// An account made by an administrator or a loader: confirmed from the start.
struct NewAccount {
    AccountKind kind = AccountKind::Official;
    std::string email;
    std::string password;
    std::string fullName;
    std::string phone;
    std::string nationalId;
    std::vector<Role> roles;
    bool demo = false;
};

// How long a session lives without a sight of its holder.
Millis idleTime(ActorKind kind);

struct SignedIn {
    std::string sessionToken; // for the cookie; only its hash is stored
    std::string accountId;
    AccountKind kind = AccountKind::Citizen;
};

class IdentityService {
public:
    IdentityService(db::Database& database, vault::Vault& vault, audit::Audit& audit,
                    agency::AgencyService& agencies, PasswordHasher& hasher, IdentityEvents& events,
                    const Clock& clock);

    // The answer is the same whether or not the address has an account already: nobody learns who is
    // registered. Errors: form.invalid with fields.
    Result<void> registerCitizen(const Context& context, const Registration& registration);
    // Errors: Rejected link.used_or_old.
    Result<void> confirm(const Context& context, std::string_view link);

    // Errors: Invalid sign_in.wrong (also for accounts that are unknown, unconfirmed or disabled), TooMany
    // sign_in.locked, Unavailable sign_in.busy.
    Result<SignedIn> signIn(const Context& context, std::string_view email, std::string_view password);
    // Sessions are known by the SHA-256 of their token, 32 bytes.
    void signOut(const Context& context, std::string_view tokenHash);
    void signOutEverywhere(const Context& context, std::string_view accountId);

    // Who holds this session, while it lives: 30 minutes after the last sight of a citizen, 15 of an
    // official, 12 hours in all.
    std::optional<Actor> actorOf(const Context& context, std::string_view tokenHash);

    Result<void> askPasswordReset(const Context& context, std::string_view email);
    // Ends every session of the account. Errors: link.used_or_old, form.invalid.
    Result<void> resetPassword(const Context& context, std::string_view link, std::string_view password);

    // One's own, or one that the actor manages. Errors: as below.
    Result<Account> account(const Context& context, std::string_view id);
    // The account of a person who stands at a counter and says this address; with a `name`, only where it is
    // his. For officials who receive, and on record. Errors: Denied account.not_allowed, NotFound
    // account.none, Invalid account.other_name.
    Result<Account> atCounter(const Context& context, std::string_view email, std::string_view name);

    // For the system, and an administrator inside his own regions (O18). Errors of all: Denied
    // account.not_yours for who is none, NotFound account.none for an account outside.
    // Answers the id. Errors: form.invalid with fields, Conflict account.email_taken.
    Result<std::string> create(const Context& context, const NewAccount& account);
    // Errors: form.invalid with the fields "role" and "agency", Rejected account.no_official.
    Result<void> grant(const Context& context, std::string_view accountId, const Role& role);
    Result<void> revoke(const Context& context, std::string_view accountId, const Role& role);
    // Signs it out everywhere. Errors, and of revoke(): Rejected account.yourself for what locks oneself out.
    Result<void> disable(const Context& context, std::string_view accountId);
    Result<void> enable(const Context& context, std::string_view accountId);
    // Sends its owner a link that sets a password, good for three days, and signs the account out everywhere.
    // Errors: account.disabled (Rejected).
    Result<void> invite(const Context& context, std::string_view accountId);

    // Name as colleagues and applicants see it; "" for an account that is gone.
    std::string displayName(db::Reader& tx, std::string_view accountId);
    // The same of many, by id.
    std::map<std::string, std::string> displayNames(db::Reader& tx, const std::vector<std::string>& ids);
    std::vector<std::string> withRole(db::Reader& tx, std::string_view agencyId, std::string_view role) const;

    void forgetEnded(const Context& context); // ended sessions and links; a scheduled job

private:
    Result<void> checked(const Registration& registration) const;
    Result<std::shared_ptr<const agency::Tree>> admitted(const Context& context);
    Result<Account> managed(const Context& context, db::Reader& tx, const agency::Tree& tree,
                            std::string_view id);
    // Does `act` to an account that the actor manages, in one transaction.
    using Act = std::function<Result<void>(db::Writer&, const Account&)>;
    Result<void> manage(const Context& context, std::string_view id, const Act& act);
    Result<SignedIn> openSession(const Context& context, const Credentials& credentials,
                                 const std::string& rehashed);
    void countFailure(const Context& context, const Credentials& credentials);
    std::string makeLink(db::Writer& tx, std::string_view accountId, std::string_view purpose, Millis life);

    db::Database& database_;
    IdentityRepository repository_;
    audit::Audit& audit_;
    agency::AgencyService& agencies_;
    PasswordHasher& hasher_;
    IdentityEvents& events_;
    const Clock& clock_;
    Strangers strangers_{};
};

} // namespace motcua::identity
