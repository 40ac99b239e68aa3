// Dossiers in the database: SQL, and sealing on the way in and out.
#pragma once

#include "db/database.h"
#include "dossier/dossier.h"
#include "vault/vault.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::dossier {

const db::Schema& schema();

struct Document {
    std::string kind; // "receipt", "supplement", "refusal", "result"
    std::string file;
    Instant madeAt;
};

class DossierRepository {
public:
    explicit DossierRepository(vault::Vault& vault) : vault_(vault) {}

    // `sealed` is the part of the answers that names people; the rest stands in clear.
    void insert(db::Writer& tx, const Dossier& dossier, const Json& open, const Json& sealed);
    // Writes what may change and counts the version; false where the version was no longer `expected`.
    bool update(db::Writer& tx, const Dossier& dossier, const Json& open, const Json& sealed,
                std::int64_t expected);
    // The same without the answers.
    bool updateState(db::Writer& tx, const Dossier& dossier, std::int64_t expected) const;
    bool takeSubmitKey(db::Writer& tx, std::string_view id, std::string_view key) const;
    void remove(db::Writer& tx, std::string_view id) const; // a draft

    Result<Dossier> find(db::Reader& tx, std::string_view id); // NotFound dossier.none
    std::optional<std::string> idByNumberOrCode(db::Reader& tx, std::string_view text) const;
    std::optional<std::string> idBySubmitKey(db::Reader& tx, std::string_view key) const;
    // An owner's, changed last first; before (changed, id) of the page before.
    std::vector<Summary> ofOwner(db::Reader& tx, std::string_view owner, Instant beforeChanged,
                                 std::string_view beforeId, int limit) const;

    std::int64_t nextNumber(db::Writer& tx, std::string_view agency, const CivilDay& day) const;

    void addEvent(db::Writer& tx, const Dossier& dossier, Event event);
    std::vector<Event> events(db::Reader& tx, std::string_view id);
    // The newest note of that kind; "" where there is none.
    std::string lastNote(db::Reader& tx, std::string_view id, std::string_view kind);

    void setDocument(db::Writer& tx, std::string_view id, const Document& document) const;
    std::vector<Document> documents(db::Reader& tx, std::string_view id) const;

private:
    Result<std::string> open(db::Reader& tx, std::string_view id, std::string_view column,
                             const std::string& sealed);

    vault::Vault& vault_;
};

} // namespace motcua::dossier
