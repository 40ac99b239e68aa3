#include "vault/vault.h"

#include "base/bytes.h"
#include "base/id.h"
#include "base/text.h"
#include "db/merge.h"

namespace motcua::vault {

namespace {

constexpr db::Query kFindLive{"vault.find_live_key",
                              "SELECT id FROM vault_key WHERE subject = ? AND destroyed_ms IS NULL"};
constexpr db::Query kFind{"vault.find_key", "SELECT wrapped FROM vault_key WHERE id = ?"};
constexpr db::Query kFindMany{
    "vault.find_keys", "SELECT id, wrapped FROM vault_key WHERE id IN (SELECT value FROM json_each(?))",
    "SELECT id, wrapped FROM vault_key "
    "WHERE id = ANY (ARRAY(SELECT json_array_elements_text(CAST(? AS json))))"};
constexpr db::Query kInsert{
    "vault.insert_key",
    "INSERT INTO vault_key (id, subject, wrapped, made_ms) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"};
constexpr db::Query kDestroy{
    "vault.destroy_key",
    "UPDATE vault_key SET wrapped = NULL, destroyed_ms = ? WHERE subject = ? AND destroyed_ms IS NULL"};

constexpr char version = 1;
constexpr std::size_t keyIdSize = 36;
constexpr Millis cacheTime = std::chrono::minutes{1};
constexpr std::size_t cacheSize = 100'000;

} // namespace

std::string Place::text() const {
    std::string whole;
    whole.reserve(table.size() + column.size() + row.size() + 2);
    whole.append(table).append("|").append(column).append("|").append(row);
    return whole;
}

Vault::Vault(const MasterKey& master, const Clock& clock)
    : wrapping_(master.derive("vault/wrap")), indexKey_(master.derive("vault/index")), clock_(clock) {}

std::string Vault::keyOf(db::Writer& tx, std::string_view subject) {
    const auto id = [](const db::Row& row) { return row.string(0); };
    if (auto found = tx.one(kFindLive, id, subject)) return *found;
    const std::string fresh = newId(clock_);
    tx.run(kInsert, fresh, subject, db::Blob{wrapping_.seal("vault_key|wrapped|" + fresh, randomBytes(32))},
           clock_.now());
    // Another transaction may have been first; its key is then the one.
    return *tx.one(kFindLive, id, subject);
}

std::optional<Cipher> Vault::cached(const std::string& keyId) {
    const Instant now = clock_.now();
    const std::lock_guard lock{guard_};
    const auto held = cache_.find(keyId);
    // Not longer than its time either, where the clock was set back: a destroyed key must be forgotten.
    if (held == cache_.end() || held->second.until <= now || held->second.until - now > cacheTime)
        return std::nullopt;
    return held->second.cipher;
}

// `wrapped` is empty where the key was destroyed.
Result<Cipher> Vault::unwrap(const std::string& keyId, std::string_view wrapped) {
    if (wrapped.empty()) return rejected("vault.destroyed");
    auto key = wrapping_.open("vault_key|wrapped|" + keyId, wrapped);
    if (!key) return internal("vault.broken", "key " + keyId + " was wrapped by another master key");
    Cipher cipher{std::move(*key)};
    const std::lock_guard lock{guard_};
    if (cache_.size() >= cacheSize) cache_.clear();
    cache_.insert_or_assign(keyId, CachedKey{cipher, clock_.now() + cacheTime});
    return cipher;
}

Result<Cipher> Vault::cipherOf(db::Reader& tx, const std::string& keyId) {
    if (auto held = cached(keyId)) return std::move(*held);
    const auto wrapped = tx.one(
        kFind, [](const db::Row& row) { return row.isNull(0) ? std::string{} : std::string{row.blob(0)}; },
        keyId);
    if (!wrapped) return internal("vault.broken", "no key " + keyId);
    return unwrap(keyId, *wrapped);
}

void Vault::fetchKeys(db::Reader& tx, const std::vector<std::string_view>& sealed) {
    std::vector<std::string> missing;
    for (const std::string_view value : sealed) {
        std::string keyId = keyIdOf(value); // open() says what is not sealed
        if (!keyId.empty() && !cached(keyId)) missing.push_back(std::move(keyId));
    }
    if (missing.empty()) return;
    const auto found = tx.all(
        kFindMany,
        [](const db::Row& row) {
            return std::pair{row.string(0), row.isNull(1) ? std::string{} : std::string{row.blob(1)}};
        },
        db::listOf(missing));
    for (const auto& [keyId, wrapped] : found)
        static_cast<void>(unwrap(keyId, wrapped)); // one that does not open is told by open()
}

std::string Vault::seal(db::Writer& tx, std::string_view subject, const Place& place,
                        std::string_view plain) {
    return sealBy(tx, keyOf(tx, subject), place, plain);
}

std::string Vault::keyIdOf(std::string_view sealed) {
    if (sealed.size() < 1 + keyIdSize || sealed[0] != version) return {};
    return std::string{sealed.substr(1, keyIdSize)};
}

std::string Vault::sealBy(db::Reader& tx, const std::string& keyId, const Place& place,
                          std::string_view plain) {
    const auto cipher = cipherOf(tx, keyId);
    if (!cipher) throw std::runtime_error(cipher.error().code + ": " + cipher.error().detail);
    std::string sealed(1, version);
    sealed += keyId;
    sealed += cipher->seal(place.text(), plain);
    return sealed;
}

Result<std::string> Vault::open(db::Reader& tx, const Place& place, std::string_view sealed) {
    const std::string keyId = keyIdOf(sealed);
    if (keyId.empty()) return internal("vault.broken", "at " + place.text());
    MOTCUA_TRY(cipher, cipherOf(tx, keyId));
    auto plain = cipher.open(place.text(), sealed.substr(1 + keyIdSize));
    if (!plain) return internal("vault.broken", "at " + place.text());
    return std::move(*plain);
}

std::string Vault::newFileKey() {
    return randomBytes(32);
}

void Vault::destroy(db::Writer& tx, std::string_view subject) {
    if (const auto id = tx.one(
            kFindLive, [](const db::Row& row) { return row.string(0); }, subject)) {
        const std::lock_guard lock{guard_};
        cache_.erase(*id);
    }
    tx.run(kDestroy, clock_.now(), subject);
}

std::string Vault::blindToken(std::string_view use, std::string_view normalised) const {
    std::string input;
    input.reserve(use.size() + normalised.size() + 1);
    input.append(use).append(1, '\0').append(normalised);
    return hmacSha256(indexKey_, input).substr(0, 16);
}

std::vector<std::string> Vault::blindWords(std::string_view use, std::string_view name) const {
    std::vector<std::string> tokens;
    for (const std::string& word : text::words(text::fold(name)))
        tokens.push_back(blindToken(use, word));
    return tokens;
}

} // namespace motcua::vault
