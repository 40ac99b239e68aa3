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
