// The vault: personal data is sealed before it reaches a table, found again by blind tokens, and gone for
// good when its key is destroyed.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "db/database.h"
#include "vault/cipher.h"
#include "vault/master_key.h"

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace motcua::vault {

const db::Schema& schema();

// Where a sealed value stands; it opens nowhere else.
struct Place {
    std::string_view table;
    std::string_view column;
    std::string_view row;

    std::string text() const;
};

// Every sealed value belongs to a subject: the id of a person, a dossier or an organisation, or a word for
// what belongs to none ("settings", "jobs"). Each subject has keys of its own; destroying them destroys all
// that was sealed for it, in backups too.
class Vault {
public:
    Vault(const MasterKey& master, const Clock& clock);

    // Seals for a subject, whose key is made at the first use. The sealed bytes name their key.
    std::string seal(db::Writer& tx, std::string_view subject, const Place& place, std::string_view plain);
    // The same without looking the subject's key up: by the one that another value of this subject names,
    // which the caller has read and keeps from being destroyed meanwhile.
    std::string sealBy(db::Reader& tx, const std::string& keyId, const Place& place, std::string_view plain);
    static std::string keyIdOf(std::string_view sealed); // "" of what is not sealed
    // Errors: vault.destroyed (Rejected), vault.broken (Internal: changed bytes, another place, another
    // master key).
    Result<std::string> open(db::Reader& tx, const Place& place, std::string_view sealed);

    // Fetches the keys of many sealed values with one statement; what is then opened asks the database no
    // more.
    void fetchKeys(db::Reader& tx, const std::vector<std::string_view>& sealed);

    // A key for one file, made from randomness and sealed for its subject by seal().
    static std::string newFileKey();

    // Destroys a subject's keys. What was sealed for it answers vault.destroyed from now on. (Other nodes
    // forget the keys within the minute that cached keys live.)
    void destroy(db::Writer& tx, std::string_view subject);

    // By what a value is found without standing in clear: HMAC of its normal form, another key for each use.
    // 16 bytes. `use` is "table.column", so equal values in two columns have unlike tokens.
    std::string blindToken(std::string_view use, std::string_view normalised) const;
    // A token for each folded word of a name.
    std::vector<std::string> blindWords(std::string_view use, std::string_view name) const;

private:
    struct CachedKey {
        Cipher cipher;
        Instant until;
    };

    std::string keyOf(db::Writer& tx, std::string_view subject);
    Result<Cipher> cipherOf(db::Reader& tx, const std::string& keyId);
    std::optional<Cipher> cached(const std::string& keyId);
    Result<Cipher> unwrap(const std::string& keyId, std::string_view wrapped);

    Cipher wrapping_;
    std::string indexKey_;
    const Clock& clock_;
    std::mutex guard_;
    std::unordered_map<std::string, CachedKey> cache_;
};

} // namespace motcua::vault
