// Papers in the database: SQL, and sealing on the way in and out.
#pragma once

#include "db/database.h"
#include "signing/paper.h"
#include "vault/vault.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::signing {

const db::Schema& schema();

// A dossier of an act over several.
struct BatchItem {
    std::string dossier;
    std::string shown;   // its code
    std::string error{}; // why nothing was done
    bool open = false;   // the act is not done yet
};

class PaperRepository {
public:
    explicit PaperRepository(vault::Vault& vault) : vault_(vault) {}

    // From 1, without gaps: of an agency, a year and a register.
    std::int64_t nextNumber(db::Writer& tx, std::string_view agency, int year, std::string_view reg) const;
    // `lookAt`: when it is looked for, should it not be made by then.
    void insert(db::Writer& tx, const Paper& paper, Instant lookAt);
    Result<Paper> find(db::Reader& tx, std::string_view id);                // NotFound paper.none
    Result<Paper> findByCode(db::Reader& tx, std::string_view code);        // the same
    std::vector<Paper> ofDossier(db::Reader& tx, std::string_view dossier); // oldest first
    std::vector<Paper> ofBatch(db::Reader& tx, std::string_view batch);     // oldest first
    // False where it was begun before, by whomever.
    bool beginBatch(db::Writer& tx, std::string_view batch, std::string_view official, Instant now) const;
    // Papers that this official's acts cause until then belong to the batch.
    void addToBatch(db::Writer& tx, std::string_view batch, const BatchItem& item, int place,
                    std::string_view official, Instant until) const;
    // "" where the dossier is acted on by itself.
    std::string batchOfAct(db::Reader& tx, std::string_view dossier, std::string_view official,
                           Instant now) const;
    void closeItem(db::Writer& tx, std::string_view batch, std::string_view dossier,
                   std::string_view error) const;
    // Of an official's own batch; nothing of another's.
    std::vector<BatchItem> batchItems(db::Reader& tx, std::string_view batch,
                                      std::string_view official) const;
    void forgetBatches(db::Writer& tx, Instant before) const;
    // False where it was made before. `level`: nothing where it is unsigned.
    bool markMade(db::Writer& tx, std::string_view id, std::string_view file, std::optional<Level> level,
                  Instant at) const;
    // When its signature is looked at again to prove more by it; nothing: it is whole.
    void setExtension(db::Writer& tx, std::string_view id, std::optional<Instant> at) const;
    std::vector<Paper> toExtend(db::Reader& tx, Instant now, int limit);
    // The same paper with more proof in it. False where its file is not `from` any more.
    bool markExtended(db::Writer& tx, std::string_view id, std::string_view from, std::string_view to,
                      Level level) const;
    void postpone(db::Writer& tx, std::string_view id, std::string_view problem, Instant lookAt) const;
    std::vector<Paper> unmade(db::Reader& tx, Instant now, int limit);

private:
    Result<Paper> opened(db::Reader& tx, Paper paper);
    std::vector<Paper> openedAll(db::Reader& tx, std::vector<Paper> rows);

    vault::Vault& vault_;
};

} // namespace motcua::signing
