// Accounts, roles, sessions and links in the database; words of a person are sealed on the way in.
#pragma once

#include "db/database.h"
#include "identity/identity.h"
#include "vault/vault.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::identity {

const db::Schema& schema();

// What sign-in needs to know of an account.
struct Credentials {
    std::string accountId;
    AccountKind kind = AccountKind::Citizen;
    AccountState state = AccountState::Unconfirmed;
    std::string passwordHash;
    int failures = 0;
    Instant lockedUntil;
};

struct Session {
    std::string accountId;
    AccountKind kind = AccountKind::Citizen;
    AccountState state = AccountState::Unconfirmed;
    Instant seenAt;
    Instant endsAt;
};

class IdentityRepository {
public:
    explicit IdentityRepository(vault::Vault& vault) : vault_(vault) {}

    // False where the e-mail address has an account already.
    bool insert(db::Writer& tx, const Account& account, std::string_view passwordHash);
    Result<Account> find(db::Reader& tx, std::string_view id);
    // Names only, by id; those that are gone are missing.
    std::map<std::string, std::string> names(db::Reader& tx, const std::vector<std::string>& ids);
    std::optional<std::string> idByEmail(db::Reader& tx, std::string_view email) const;
    // Accounts whose name holds every word of `name`, folded; by id.
    std::vector<std::string> idsByName(db::Reader& tx, std::string_view name, int limit) const;

    std::optional<Credentials> credentials(db::Reader& tx, std::string_view email) const;
    // Counts one more and answers how many there are now; the row stays locked until the transaction ends.
    int countFailure(db::Writer& tx, std::string_view id) const;
    void setLock(db::Writer& tx, std::string_view id, Instant until) const;
    void clearFailures(db::Writer& tx, std::string_view id) const;
    void setPassword(db::Writer& tx, std::string_view id, std::string_view passwordHash) const;
    void setState(db::Writer& tx, std::string_view id, AccountState state) const;
    void setConfirmed(db::Writer& tx, std::string_view id, Instant at) const;

    // Accounts of officials after `afterId`, by id.
    std::vector<std::string> officials(db::Reader& tx, std::string_view afterId, int limit) const;
    std::vector<Role> roles(db::Reader& tx, std::string_view accountId) const;
    void addRole(db::Writer& tx, std::string_view accountId, const Role& role) const;
    void removeRole(db::Writer& tx, std::string_view accountId, const Role& role) const;
    std::vector<std::string> withRole(db::Reader& tx, std::string_view agencyId, std::string_view role) const;

    void insertSession(db::Writer& tx, std::string_view tokenHash, std::string_view accountId, Instant now,
                       Instant ends) const;
    std::optional<Session> session(db::Reader& tx, std::string_view tokenHash) const;
    void seeSession(db::Writer& tx, std::string_view tokenHash, Instant now) const;
    void deleteSession(db::Writer& tx, std::string_view tokenHash) const;
    std::int64_t deleteSessions(db::Writer& tx, std::string_view accountId) const;
    std::int64_t deleteEnded(db::Writer& tx, Instant now) const; // sessions and links

    void insertLink(db::Writer& tx, std::string_view tokenHash, std::string_view accountId,
                    std::string_view purpose, Instant ends) const;
    // The account of a link that still works; the link is used up.
    std::optional<std::string> useLink(db::Writer& tx, std::string_view tokenHash, std::string_view purpose,
                                       Instant now) const;
    std::optional<std::string> linkOwner(db::Reader& tx, std::string_view tokenHash, std::string_view purpose,
                                         Instant now) const;

private:
    std::string emailToken(std::string_view email) const;

    vault::Vault& vault_;
};

} // namespace motcua::identity
