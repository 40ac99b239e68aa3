#include "identity/identity_service.h"

#include "base/bytes.h"
#include "base/id.h"
#include "base/text.h"
#include "identity/identity_policy.h"

#include <algorithm>

namespace motcua::identity {

namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr Millis citizenIdle = minutes{30};
constexpr Millis officialIdle = minutes{15};
constexpr Millis longestSession = hours{12};
constexpr Millis seenEvery = minutes{1}; // so that a reading session writes once a minute at most
constexpr Millis confirmLife = hours{24};
constexpr Millis resetLife = hours{1};
constexpr Millis inviteLife = hours{72};
constexpr int freeFailures = 5;
constexpr std::string_view kConfirm = "confirm";
constexpr std::string_view kReset = "reset";

// After five failures every further one closes the account for longer, up to a quarter of an hour: ten a
// minute at first, then about a hundred a day, whatever the number of addresses they come from.
Millis lockAfter(int failures) {
    if (failures < freeFailures) return Millis{0};
    return std::min<Millis>(std::chrono::seconds{10} * (1 << std::min(failures - freeFailures, 7)),
                            minutes{15});
}

Error linkError() {
    return rejected("link.used_or_old");
}

} // namespace

Millis idleTime(ActorKind kind) {
    return kind == ActorKind::Official ? officialIdle : citizenIdle;
}

IdentityService::IdentityService(db::Database& database, vault::Vault& vault, audit::Audit& audit,
                                 agency::AgencyService& agencies, PasswordHasher& hasher,
                                 IdentityEvents& events, const Clock& clock)
    : database_(database),
      repository_(vault),
      audit_(audit),
      agencies_(agencies),
      hasher_(hasher),
      events_(events),
      clock_(clock) {}

Result<void> IdentityService::checked(const Registration& registration) const {
    std::vector<FieldError> wrong;
    if (!isEmail(registration.email)) wrong.push_back({"email", "email.malformed"});
    if (const auto weak =
            weakness(registration.password, {registration.email, registration.fullName, registration.phone}))
        wrong.push_back({"password", *weak});
    const auto name = text::clean(registration.fullName);
    if (!name || text::words(text::fold(*name)).empty()) wrong.push_back({"full_name", "field.required"});
    if (name && name->size() > 300) wrong.push_back({"full_name", "field.too_long"});
    if (!normalPhone(registration.phone)) wrong.push_back({"phone", "phone.malformed"});
    if (!registration.nationalId.empty() && !isNationalId(registration.nationalId))
        wrong.push_back({"national_id", "national_id.malformed"});
    if (!wrong.empty()) return invalid("form.invalid", std::move(wrong));
    return {};
}

std::string IdentityService::makeLink(db::Writer& tx, std::string_view accountId, std::string_view purpose,
                                      Millis life) {
    std::string link = randomToken();
    repository_.insertLink(tx, sha256(link), accountId, purpose, clock_.now() + life);
    return link;
}

Result<void> IdentityService::registerCitizen(const Context& context, const Registration& registration) {
    MOTCUA_CHECK(checked(registration));
    MOTCUA_TRY(passwordHash, hasher_.hash(registration.password));
    Account account;
    account.id = newId(clock_);
    account.email = registration.email;
    account.fullName = *text::clean(registration.fullName);
    account.phone = *normalPhone(registration.phone);
    account.nationalId = registration.nationalId;
    account.madeAt = clock_.now();
    return database_.write(context, [&](db::Writer& tx) -> Result<void> {
        if (repository_.insert(tx, account, passwordHash)) {
            audit_.record(tx, context, account.id, "account.registered");
            events_.confirmationNeeded.publish(tx, context,
                                               {account.id, account.email, account.fullName,
                                                makeLink(tx, account.id, kConfirm, confirmLife)});
            return {};
        }
        const auto present = repository_.idByEmail(tx, account.email);
        MOTCUA_TRY(owner, repository_.find(tx, *present));
        // Nobody has proved the address yet, so the newest registration stands, with its own password: else
        // whoever came first, under somebody else's address, would hold a password to the account that its
        // owner confirms.
        Account again = account;
        again.id = owner.id;
        if (owner.state == AccountState::Unconfirmed && repository_.rewrite(tx, owner, again, passwordHash)) {
            audit_.record(tx, context, owner.id, "account.registered");
            events_.confirmationNeeded.publish(
                tx, context,
                {again.id, again.email, again.fullName, makeLink(tx, again.id, kConfirm, confirmLife)});
        } else {
            events_.alreadyRegistered.publish(tx, context, {owner.id, owner.email, owner.fullName});
        }
        return {};
    });
}

Result<void> IdentityService::confirm(const Context& context, std::string_view link) {
    return database_.write(context, [&](db::Writer& tx) -> Result<void> {
        const auto owner = repository_.useLink(tx, sha256(link), kConfirm, clock_.now());
        if (!owner) return linkError();
        repository_.setConfirmed(tx, *owner, clock_.now());
        audit_.record(tx, context, *owner, "account.confirmed");
        return {};
    });
}

void IdentityService::countFailure(const Context& context, const Credentials& credentials) {
    const auto counted = database_.write(context, [&](db::Writer& tx) -> Result<void> {
        const int failures = repository_.countFailure(tx, credentials.accountId);
        repository_.setLock(tx, credentials.accountId, clock_.now() + lockAfter(failures));
        audit_.record(tx, context, credentials.accountId, "account.sign_in_failed");
        return {};
    });
    if (!counted) throw db::DatabaseError("a failed sign-in could not be counted: " + counted.error().code);
}

Result<SignedIn> IdentityService::openSession(const Context& context, const Credentials& credentials,
                                              const std::string& rehashed) {
    const std::string token = randomToken();
    return database_.write(context, [&](db::Writer& tx) -> Result<SignedIn> {
        const Instant now = clock_.now();
        repository_.insertSession(tx, sha256(token), credentials.accountId, now, now + longestSession);
        if (credentials.failures > 0) repository_.clearFailures(tx, credentials.accountId);
        if (!rehashed.empty()) repository_.setPassword(tx, credentials.accountId, rehashed);
        audit_.record(tx, context, credentials.accountId, "account.signed_in");
        return SignedIn{token, credentials.accountId, credentials.kind};
    });
}

Result<SignedIn> IdentityService::signIn(const Context& context, std::string_view email,
                                         std::string_view password) {
    const auto known =
        database_.read(context, [&](db::Reader& tx) { return repository_.credentials(tx, email); });
    const Instant now = clock_.now();
    const Instant lockedUntil = known ? known->lockedUntil : strangers_.lockedUntil(email);
    if (lockedUntil > now) {
        Error error{ErrorKind::TooMany, "sign_in.locked"};
        error.params["seconds"] = std::to_string((lockedUntil - now).count() / 1000 + 1);
        return error;
    }
    MOTCUA_TRY(fits, hasher_.verify(password, known ? known->passwordHash : ""));
    if (!fits || known->state != AccountState::Active) {
        if (!known) strangers_.countFailure(email, now, lockAfter);
        if (known && !fits) countFailure(context, *known);
        return invalid("sign_in.wrong");
    }
    std::string rehashed;
    if (hasher_.outdated(known->passwordHash)) {
        MOTCUA_TRY(fresh, hasher_.hash(password));
        rehashed = std::move(fresh);
    }
    return openSession(context, *known, rehashed);
}

void IdentityService::signOut(const Context& context, std::string_view tokenHash) {
    const auto ended = database_.write(context, [&](db::Writer& tx) -> Result<void> {
        if (const auto session = repository_.session(tx, tokenHash)) {
            repository_.deleteSession(tx, tokenHash);
            audit_.record(tx, context, session->accountId, "account.signed_out");
        }
        return {};
    });
    if (!ended) throw db::DatabaseError("sign-out: " + ended.error().code);
}

void IdentityService::signOutEverywhere(const Context& context, std::string_view accountId) {
    const auto ended = database_.write(context, [&](db::Writer& tx) -> Result<void> {
        repository_.deleteSessions(tx, accountId);
        audit_.record(tx, context, accountId, "account.signed_out_everywhere");
        return {};
    });
    if (!ended) throw db::DatabaseError("sign-out: " + ended.error().code);
}

std::optional<Actor> IdentityService::actorOf(const Context& context, std::string_view tokenHash) {
    const Instant now = clock_.now();
    bool seenLately = true;
    auto actor = database_.read(context, [&](db::Reader& tx) -> std::optional<Actor> {
        const auto session = repository_.session(tx, tokenHash);
        const ActorKind kind =
            session && session->kind == AccountKind::Official ? ActorKind::Official : ActorKind::Citizen;
        const bool lives = session && session->state == AccountState::Active && session->endsAt > now &&
                           session->seenAt + idleTime(kind) > now;
        if (!lives) return std::nullopt;
        seenLately = session->seenAt + seenEvery > now;
        Actor found;
        found.kind = kind;
        found.id = session->accountId;
        found.name = displayName(tx, session->accountId);
        for (const Role& role : repository_.roles(tx, session->accountId)) {
            found.roles.push_back(role.role);
            found.regions.push_back(role.agencyId);
        }
        return found;
    });
    if (actor && !seenLately) {
        const auto seen = database_.write(context, [&](db::Writer& tx) -> Result<void> {
            repository_.seeSession(tx, tokenHash, now);
            return {};
        });
        if (!seen) return std::nullopt;
    }
    return actor;
}

Result<void> IdentityService::askPasswordReset(const Context& context, std::string_view email) {
    return database_.write(context, [&](db::Writer& tx) -> Result<void> {
        const auto id = repository_.idByEmail(tx, email);
        if (!id) return {};
        MOTCUA_TRY(owner, repository_.find(tx, *id));
        if (owner.state != AccountState::Active) return {};
        audit_.record(tx, context, owner.id, "account.password_reset_asked");
        events_.passwordResetAsked.publish(
            tx, context, {owner.id, owner.email, owner.fullName, makeLink(tx, owner.id, kReset, resetLife)});
        return {};
    });
}

Result<void> IdentityService::resetPassword(const Context& context, std::string_view link,
                                            std::string_view password) {
    const std::string hash = sha256(link);
    auto owner = database_.read(context, [&](db::Reader& tx) -> Result<Account> {
        const auto id = repository_.linkOwner(tx, hash, kReset, clock_.now());
        if (!id) return linkError();
        return repository_.find(tx, *id);
    });
    if (!owner) return owner.error();
    if (const auto weak = weakness(password, {owner->email, owner->fullName, owner->phone}))
        return invalidField("password", *weak);
    MOTCUA_TRY(passwordHash, hasher_.hash(password));
    return database_.write(context, [&](db::Writer& tx) -> Result<void> {
        const auto id = repository_.useLink(tx, hash, kReset, clock_.now());
        if (!id) return linkError();
        repository_.setPassword(tx, *id, passwordHash);
        repository_.dropLinks(tx, *id); // those of earlier letters
        repository_.deleteSessions(tx, *id);
        audit_.record(tx, context, *id, "account.password_reset");
        return {};
    });
}

Result<std::shared_ptr<const agency::Tree>> IdentityService::admitted(const Context& context) {
    if (!mayManageAccounts(context.actor)) return denied("account.not_yours");
    return agencies_.tree(context);
}

Result<Account> IdentityService::managed(const Context& context, db::Reader& tx, const agency::Tree& tree,
                                         std::string_view id) {
    MOTCUA_TRY(account, repository_.find(tx, id));
    if (!mayManage(context.actor, repository_.roles(tx, id), tree, civilDay(clock_.now())))
        return notFound("account.none"); // who is there is told to nobody else
    return account;
}

Result<void> IdentityService::manage(const Context& context, std::string_view id, const Act& act) {
    MOTCUA_TRY(tree, admitted(context));
    return database_.write(context, [&](db::Writer& tx) -> Result<void> {
        MOTCUA_TRY(account, managed(context, tx, *tree, id));
        return act(tx, account);
    });
}

Result<Account> IdentityService::account(const Context& context, std::string_view id) {
    if (context.actor.id == id)
        return database_.read(context, [&](db::Reader& tx) { return repository_.find(tx, id); });
    MOTCUA_TRY(tree, admitted(context));
    return database_.read(context, [&](db::Reader& tx) { return managed(context, tx, *tree, id); });
}

Result<Account> IdentityService::atCounter(const Context& context, std::string_view email,
                                           std::string_view name) {
    if (!mayAskAtCounter(context.actor)) return denied("account.not_allowed");
    return database_.write(context, [&](db::Writer& tx) -> Result<Account> {
        const auto id = repository_.idByEmail(tx, text::trim(email));
        if (!id) return notFound("account.none");
        MOTCUA_TRY(account, repository_.find(tx, *id));
        if (account.kind == AccountKind::Official || account.state != AccountState::Active)
            return notFound("account.none");
        audit_.record(tx, context, account.id, "account.asked_at_counter");
        if (!name.empty() && text::words(text::fold(name)) != text::words(text::fold(account.fullName)))
            return invalidField("email", "account.other_name");
        return account;
    });
}

Result<std::string> IdentityService::create(const Context& context, const NewAccount& fresh) {
    MOTCUA_TRY(tree, admitted(context));
    const CivilDay today = civilDay(clock_.now());
    for (const Role& role : fresh.roles)
        if (auto wrong = roleFaults(context.actor, role, *tree, today); !wrong.empty())
            return invalid("form.invalid", std::move(wrong));
    // An account without a role is the city's.
    if (!mayManage(context.actor, fresh.roles, *tree, today)) return denied("account.not_yours");
    if (!isEmail(fresh.email)) return invalidField("email", "email.malformed");
    const auto name = text::clean(fresh.fullName);
    if (!name || name->empty()) return invalidField("full_name", "field.required");
    if (const auto weak = weakness(fresh.password, {fresh.email, fresh.fullName}); weak && !fresh.demo)
        return invalidField("password", *weak);
    MOTCUA_TRY(passwordHash, hasher_.hash(fresh.password));
    Account account;
    account.id = newId(clock_);
    account.kind = fresh.kind;
    account.state = AccountState::Active;
    account.email = fresh.email;
    account.fullName = *name;
    account.phone = normalPhone(fresh.phone).value_or("");
    account.nationalId = fresh.nationalId;
    account.madeAt = clock_.now();
    account.confirmedAt = clock_.now();
    account.demo = fresh.demo;
    return database_.write(context, [&](db::Writer& tx) -> Result<std::string> {
        if (!repository_.insert(tx, account, passwordHash)) return conflict("account.email_taken");
        for (const Role& role : fresh.roles)
            repository_.addRole(tx, account.id, role);
        audit_.record(tx, context, account.id, "account.created");
        return account.id;
    });
}

Result<void> IdentityService::grant(const Context& context, std::string_view accountId, const Role& role) {
    MOTCUA_TRY(tree, admitted(context));
    auto wrong = roleFaults(context.actor, role, *tree, civilDay(clock_.now()));
    return manage(context, accountId, [&](db::Writer& tx, const Account& account) -> Result<void> {
        if (account.kind != AccountKind::Official) return rejected("account.no_official");
        if (!wrong.empty()) return invalid("form.invalid", wrong);
        repository_.addRole(tx, accountId, role);
        audit_.record(tx, context, accountId, "account.role_granted",
                      Json::object().set("role", role.role).set("agency", role.agencyId));
        return {};
    });
}

Result<void> IdentityService::revoke(const Context& context, std::string_view accountId, const Role& role) {
    return manage(context, accountId, [&](db::Writer& tx, const Account&) -> Result<void> {
        if (accountId == context.actor.id && role.role == "admin") return rejected("account.yourself");
        repository_.removeRole(tx, accountId, role);
        audit_.record(tx, context, accountId, "account.role_revoked",
                      Json::object().set("role", role.role).set("agency", role.agencyId));
        return {};
    });
}

Result<void> IdentityService::disable(const Context& context, std::string_view accountId) {
    return manage(context, accountId, [&](db::Writer& tx, const Account&) -> Result<void> {
        if (accountId == context.actor.id) return rejected("account.yourself");
        repository_.setState(tx, accountId, AccountState::Disabled);
        repository_.deleteSessions(tx, accountId);
        audit_.record(tx, context, accountId, "account.disabled");
        return {};
    });
}

Result<void> IdentityService::enable(const Context& context, std::string_view accountId) {
    return manage(context, accountId, [&](db::Writer& tx, const Account& account) -> Result<void> {
        if (account.state != AccountState::Disabled) return {};
        // Who never proved the address has to do so still.
        repository_.setState(tx, accountId,
                             account.confirmedAt ? AccountState::Active : AccountState::Unconfirmed);
        audit_.record(tx, context, accountId, "account.enabled");
        return {};
    });
}

Result<void> IdentityService::invite(const Context& context, std::string_view accountId) {
    return manage(context, accountId, [&](db::Writer& tx, const Account& owner) -> Result<void> {
        if (owner.state != AccountState::Active) return rejected("account.disabled");
        repository_.deleteSessions(tx, accountId);
        audit_.record(tx, context, accountId, "account.invited");
        events_.invited.publish(
            tx, context, {owner.id, owner.email, owner.fullName, makeLink(tx, owner.id, kReset, inviteLife)});
        return {};
    });
}

std::string IdentityService::displayName(db::Reader& tx, std::string_view accountId) {
    auto names = repository_.names(tx, {std::string{accountId}});
    return names.empty() ? std::string{} : std::move(names.begin()->second);
}

std::map<std::string, std::string> IdentityService::displayNames(db::Reader& tx,
                                                                 const std::vector<std::string>& ids) {
    return repository_.names(tx, ids);
}

std::vector<std::string> IdentityService::withRole(db::Reader& tx, std::string_view agencyId,
                                                   std::string_view role) const {
    return repository_.withRole(tx, agencyId, role);
}

void IdentityService::forgetEnded(const Context& context) {
    const auto forgotten = database_.write(context, [&](db::Writer& tx) -> Result<void> {
        repository_.deleteEnded(tx, clock_.now());
        return {};
    });
    if (!forgotten) throw db::DatabaseError("ended sessions: " + forgotten.error().code);
}

} // namespace motcua::identity
