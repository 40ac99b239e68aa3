#include "identity/identity_repository.h"

#include "base/text.h"
#include "db/merge.h"

#include <algorithm>

namespace motcua::identity {

namespace {

constexpr db::Query kInsert{
    "identity.insert",
    "INSERT INTO account (id, kind, state, email, email_token, full_name, phone, national_id, "
    "national_id_token, password_hash, failures, locked_until_ms, made_ms, confirmed_ms, demo) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?) ON CONFLICT (email_token) DO NOTHING"};
constexpr db::Query kInsertWord{
    "identity.insert_word",
    "INSERT INTO account_name_word (token, account_id) VALUES (?, ?) ON CONFLICT DO NOTHING"};
constexpr db::Query kFind{"identity.find",
                          "SELECT id, kind, state, email, full_name, phone, national_id, made_ms, "
                          "confirmed_ms, demo FROM account WHERE id = ?"};
constexpr db::Query kNames{"identity.names",
                           "SELECT id, full_name FROM account WHERE id IN (SELECT value FROM json_each(?))",
                           "SELECT id, full_name FROM account "
                           "WHERE id = ANY (ARRAY(SELECT json_array_elements_text(CAST(? AS json))))"};
constexpr db::Query kIdByEmail{"identity.id_by_email", "SELECT id FROM account WHERE email_token = ?"};
constexpr db::Query kIdsByWord{
    "identity.ids_by_word",
    "SELECT account_id FROM account_name_word WHERE token = ? ORDER BY account_id LIMIT 1000"};
constexpr db::Query kCredentials{"identity.credentials",
                                 "SELECT id, kind, state, password_hash, failures, locked_until_ms "
                                 "FROM account WHERE email_token = ?"};
constexpr db::Query kCountFailure{
    "identity.count_failure", "UPDATE account SET failures = failures + 1 WHERE id = ? RETURNING failures"};
constexpr db::Query kSetLock{"identity.set_lock", "UPDATE account SET locked_until_ms = ? WHERE id = ?"};
constexpr db::Query kClearFailures{"identity.clear_failures",
                                   "UPDATE account SET failures = 0, locked_until_ms = 0 WHERE id = ?"};
constexpr db::Query kSetPassword{
    "identity.set_password",
    "UPDATE account SET password_hash = ?, failures = 0, locked_until_ms = 0 WHERE id = ?"};
constexpr db::Query kSetState{"identity.set_state", "UPDATE account SET state = ? WHERE id = ?"};
constexpr db::Query kSetConfirmed{
    "identity.set_confirmed", "UPDATE account SET state = 1, confirmed_ms = ? WHERE id = ? AND state = 0"};
constexpr db::Query kOfficials{"identity.officials",
                               "SELECT id FROM account WHERE kind = 3 AND id > ? ORDER BY id LIMIT ?"};
constexpr db::Query kRoles{
    "identity.roles",
    "SELECT role, agency_id FROM account_role WHERE account_id = ? ORDER BY role, agency_id"};
constexpr db::Query kAddRole{"identity.add_role",
                             "INSERT INTO account_role (account_id, role, agency_id) VALUES (?, ?, ?) "
                             "ON CONFLICT DO NOTHING"};
constexpr db::Query kRemoveRole{
    "identity.remove_role", "DELETE FROM account_role WHERE account_id = ? AND role = ? AND agency_id = ?"};
constexpr db::Query kWithRole{
    "identity.with_role",
    "SELECT account_id FROM account_role WHERE agency_id = ? AND role = ? ORDER BY account_id"};
constexpr db::Query kInsertSession{
    "identity.insert_session",
    "INSERT INTO session (token_hash, account_id, made_ms, seen_ms, ends_ms) VALUES (?, ?, ?, ?, ?)"};
constexpr db::Query kSession{"identity.session",
                             "SELECT s.account_id, a.kind, a.state, s.seen_ms, s.ends_ms FROM session s "
                             "JOIN account a ON a.id = s.account_id WHERE s.token_hash = ?"};
constexpr db::Query kSeeSession{"identity.see_session",
                                "UPDATE session SET seen_ms = ? WHERE token_hash = ?"};
constexpr db::Query kDeleteSession{"identity.delete_session", "DELETE FROM session WHERE token_hash = ?"};
constexpr db::Query kDeleteSessions{"identity.delete_sessions", "DELETE FROM session WHERE account_id = ?"};
constexpr db::Query kDeleteEndedSessions{"identity.delete_ended_sessions",
                                         "DELETE FROM session WHERE ends_ms <= ?"};
constexpr db::Query kDeleteEndedLinks{"identity.delete_ended_links",
                                      "DELETE FROM one_time_link WHERE ends_ms <= ?"};
constexpr db::Query kInsertLink{
    "identity.insert_link",
    "INSERT INTO one_time_link (token_hash, account_id, purpose, ends_ms) VALUES (?, ?, ?, ?)"};
constexpr db::Query kUseLink{"identity.use_link",
                             "DELETE FROM one_time_link WHERE token_hash = ? AND purpose = ? "
                             "AND ends_ms > ? RETURNING account_id"};
constexpr db::Query kLinkOwner{"identity.link_owner",
                               "SELECT account_id FROM one_time_link WHERE token_hash = ? "
                               "AND purpose = ? AND ends_ms > ?"};

std::string firstText(const db::Row& row) {
    return row.string(0);
}

} // namespace

// Addresses differ by case in theory only; nobody's mail goes by it.
std::string IdentityRepository::emailToken(std::string_view email) const {
    return vault_.blindToken("account.email", text::lower(email));
}

bool IdentityRepository::insert(db::Writer& tx, const Account& account, std::string_view passwordHash) {
    const auto seal = [&](std::string_view column, std::string_view plain) {
        return vault_.seal(tx, account.id, {"account", column, account.id}, plain);
    };
    const std::string email = seal("email", account.email);
    const std::string emailKey = emailToken(account.email);
    const std::string name = seal("full_name", account.fullName);
    const std::string phone = seal("phone", account.phone);
    const std::string nationalId = seal("national_id", account.nationalId);
    const std::string idKey = account.nationalId.empty()
                                  ? std::string{}
                                  : vault_.blindToken("account.national_id", account.nationalId);
    const std::optional<db::Blob> idToken = idKey.empty() ? std::nullopt : std::optional{db::Blob{idKey}};
    const auto inserted =
        tx.run(kInsert, account.id, static_cast<int>(account.kind), static_cast<int>(account.state),
               db::Blob{email}, db::Blob{emailKey}, db::Blob{name}, db::Blob{phone}, db::Blob{nationalId},
               idToken, passwordHash, account.madeAt, account.confirmedAt, account.demo);
    if (inserted == 0) return false;
    for (const std::string& token : vault_.blindWords("account.full_name", account.fullName))
        tx.run(kInsertWord, db::Blob{token}, account.id);
    return true;
}

Result<Account> IdentityRepository::find(db::Reader& tx, std::string_view id) {
    struct Stored {
        Account account;
        std::string email, name, phone, nationalId;
    };
    const auto stored = tx.one(
        kFind,
        [](const db::Row& row) {
            return Stored{{row.string(0),
                           static_cast<AccountKind>(row.integer(1)),
                           static_cast<AccountState>(row.integer(2)),
                           {},
                           {},
                           {},
                           {},
                           row.instant(7),
                           row.optionalInstant(8),
                           row.boolean(9)},
                          std::string{row.blob(3)},
                          std::string{row.blob(4)},
                          std::string{row.blob(5)},
                          std::string{row.blob(6)}};
        },
        id);
    if (!stored) return notFound("account.none");
    Account account = stored->account;
    const auto open = [&](std::string_view column, const std::string& sealed) {
        return vault_.open(tx, {"account", column, account.id}, sealed);
    };
    MOTCUA_TRY(email, open("email", stored->email));
    MOTCUA_TRY(name, open("full_name", stored->name));
    MOTCUA_TRY(phone, open("phone", stored->phone));
    MOTCUA_TRY(nationalId, open("national_id", stored->nationalId));
    account.email = std::move(email);
    account.fullName = std::move(name);
    account.phone = std::move(phone);
    account.nationalId = std::move(nationalId);
    return account;
}

std::map<std::string, std::string> IdentityRepository::names(db::Reader& tx,
                                                             const std::vector<std::string>& ids) {
    std::map<std::string, std::string> names;
    if (ids.empty()) return names;
    const auto stored = tx.all(
        kNames,
        [](const db::Row& row) {
            return std::pair{row.string(0), std::string{row.blob(1)}};
        },
        db::listOf(ids));
    std::vector<std::string_view> sealed;
    for (const auto& row : stored)
        sealed.push_back(row.second);
    vault_.fetchKeys(tx, sealed);
    for (const auto& [id, name] : stored)
        if (auto opened = vault_.open(tx, {"account", "full_name", id}, name))
            names.emplace(id, std::move(*opened));
    return names;
}

std::optional<std::string> IdentityRepository::idByEmail(db::Reader& tx, std::string_view email) const {
    return tx.one(kIdByEmail, firstText, db::Blob{emailToken(email)});
}

std::vector<std::string> IdentityRepository::idsByName(db::Reader& tx, std::string_view name,
                                                       int limit) const {
    std::vector<std::string> found;
    bool first = true;
    for (const std::string& token : vault_.blindWords("account.full_name", name)) {
        auto ids = tx.all(kIdsByWord, firstText, db::Blob{token});
        if (first) {
            found = std::move(ids);
        } else {
            std::erase_if(found, [&](const std::string& id) {
                return !std::binary_search(ids.begin(), ids.end(), id);
            });
        }
        first = false;
    }
    if (found.size() > static_cast<std::size_t>(limit)) found.resize(static_cast<std::size_t>(limit));
    return found;
}

std::optional<Credentials> IdentityRepository::credentials(db::Reader& tx, std::string_view email) const {
    return tx.one(
        kCredentials,
        [](const db::Row& row) {
            return Credentials{row.string(0),
                               static_cast<AccountKind>(row.integer(1)),
                               static_cast<AccountState>(row.integer(2)),
                               row.string(3),
                               static_cast<int>(row.integer(4)),
                               row.instant(5)};
        },
        db::Blob{emailToken(email)});
}

int IdentityRepository::countFailure(db::Writer& tx, std::string_view id) const {
    const auto failures = tx.one(
        kCountFailure, [](const db::Row& row) { return row.integer(0); }, id);
    return static_cast<int>(failures.value_or(0));
}

void IdentityRepository::setLock(db::Writer& tx, std::string_view id, Instant until) const {
    tx.run(kSetLock, until, id);
}

void IdentityRepository::clearFailures(db::Writer& tx, std::string_view id) const {
    tx.run(kClearFailures, id);
}

void IdentityRepository::setPassword(db::Writer& tx, std::string_view id,
                                     std::string_view passwordHash) const {
    tx.run(kSetPassword, passwordHash, id);
}

void IdentityRepository::setState(db::Writer& tx, std::string_view id, AccountState state) const {
    tx.run(kSetState, static_cast<int>(state), id);
}

void IdentityRepository::setConfirmed(db::Writer& tx, std::string_view id, Instant at) const {
    tx.run(kSetConfirmed, at, id);
}

std::vector<std::string> IdentityRepository::officials(db::Reader& tx, std::string_view afterId,
                                                       int limit) const {
    return tx.all(kOfficials, firstText, afterId, limit);
}

std::vector<Role> IdentityRepository::roles(db::Reader& tx, std::string_view accountId) const {
    return tx.all(
        kRoles,
        [](const db::Row& row) {
            return Role{row.string(0), row.string(1)};
        },
        accountId);
}

void IdentityRepository::addRole(db::Writer& tx, std::string_view accountId, const Role& role) const {
    tx.run(kAddRole, accountId, role.role, role.agencyId);
}

void IdentityRepository::removeRole(db::Writer& tx, std::string_view accountId, const Role& role) const {
    tx.run(kRemoveRole, accountId, role.role, role.agencyId);
}

std::vector<std::string> IdentityRepository::withRole(db::Reader& tx, std::string_view agencyId,
                                                      std::string_view role) const {
    return tx.all(kWithRole, firstText, agencyId, role);
}

void IdentityRepository::insertSession(db::Writer& tx, std::string_view tokenHash, std::string_view accountId,
                                       Instant now, Instant ends) const {
    tx.run(kInsertSession, db::Blob{tokenHash}, accountId, now, now, ends);
}

std::optional<Session> IdentityRepository::session(db::Reader& tx, std::string_view tokenHash) const {
    return tx.one(
        kSession,
        [](const db::Row& row) {
            return Session{row.string(0), static_cast<AccountKind>(row.integer(1)),
                           static_cast<AccountState>(row.integer(2)), row.instant(3), row.instant(4)};
        },
        db::Blob{tokenHash});
}

void IdentityRepository::seeSession(db::Writer& tx, std::string_view tokenHash, Instant now) const {
    tx.run(kSeeSession, now, db::Blob{tokenHash});
}

void IdentityRepository::deleteSession(db::Writer& tx, std::string_view tokenHash) const {
    tx.run(kDeleteSession, db::Blob{tokenHash});
}

std::int64_t IdentityRepository::deleteSessions(db::Writer& tx, std::string_view accountId) const {
    return tx.run(kDeleteSessions, accountId);
}

std::int64_t IdentityRepository::deleteEnded(db::Writer& tx, Instant now) const {
    return tx.run(kDeleteEndedSessions, now) + tx.run(kDeleteEndedLinks, now);
}

void IdentityRepository::insertLink(db::Writer& tx, std::string_view tokenHash, std::string_view accountId,
                                    std::string_view purpose, Instant ends) const {
    tx.run(kInsertLink, db::Blob{tokenHash}, accountId, purpose, ends);
}

std::optional<std::string> IdentityRepository::useLink(db::Writer& tx, std::string_view tokenHash,
                                                       std::string_view purpose, Instant now) const {
    return tx.one(kUseLink, firstText, db::Blob{tokenHash}, purpose, now);
}

std::optional<std::string> IdentityRepository::linkOwner(db::Reader& tx, std::string_view tokenHash,
                                                         std::string_view purpose, Instant now) const {
    return tx.one(kLinkOwner, firstText, db::Blob{tokenHash}, purpose, now);
}

} // namespace motcua::identity
