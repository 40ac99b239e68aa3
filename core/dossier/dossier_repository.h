// Dossiers in the database: SQL, and sealing on the way in and out.
#pragma once

#include "db/database.h"
#include "dossier/dossier.h"
#include "process/process.h"
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
    // What an official filed for somebody is that person's: of an account, or of none.
    void handOver(db::Writer& tx, std::string_view id, std::string_view owner) const;
    // What the answers are as they stand in a row.
    struct Answers {
        std::string open;
        std::string sealed;
        std::string applicant;
    };
    Answers answers(db::Reader& tx, const Dossier& dossier, const Json& open, const Json& sealed);
    // A draft as it is filed: all that may change at once, and the key of the submission.
    bool file(db::Writer& tx, const Dossier& dossier, const Answers& answers, std::string_view submitKey,
              std::int64_t expected) const;
    // Its version now; nobody else changes it before the transaction ends. Nothing where there is none.
    std::optional<std::int64_t> lock(db::Writer& tx, std::string_view id) const;
    void remove(db::Writer& tx, std::string_view id) const; // a draft

    Result<Dossier> find(db::Reader& tx, std::string_view id); // NotFound dossier.none
    // Nothing sealed is opened for it.
    std::optional<PublicView> publicView(db::Reader& tx, std::string_view numberOrCode) const;
    std::optional<std::string> idBySubmitKey(db::Reader& tx, std::string_view key) const;
    // Those whose number or code begins so, the newest last; small letters count as capitals.
    std::vector<std::string> idsByPrefix(db::Reader& tx, std::string_view text, int limit) const;

    // What a list shows of a dossier, its applicant still sealed.
    struct Listed {
        Dossier dossier; // id, number, code, owner, procedureName, agency, state, changedAt, submittedAt
        std::string applicant;
    };
    std::vector<Listed> listed(db::Reader& tx, const std::vector<std::string>& ids) const; // in any order
    void fetchKeys(db::Reader& tx, const std::vector<std::string_view>& sealed) {
        vault_.fetchKeys(tx, sealed);
    }
    // "" where the key was destroyed.
    std::string applicant(db::Reader& tx, std::string_view id, const std::string& sealed);

    // Those that wait for their applicant, the longest first: since when (Mark::due) and which. Of these
    // procedures, or of all where there are none. Of `mark` and `limit` as process::readOpen has them.
    std::vector<process::Mark> waiting(db::Reader& tx, const std::vector<std::string>& agencies,
                                       const std::vector<std::string>& procedures, const process::Mark& mark,
                                       int limit) const;
    std::int64_t countWaiting(db::Reader& tx, const std::vector<std::string>& agencies,
                              std::int64_t most) const;
    // An owner's, changed last first; before (changed, id) of the page before.
    std::vector<Summary> ofOwner(db::Reader& tx, std::string_view owner, Instant beforeChanged,
                                 std::string_view beforeId, int limit) const;

    // Drafts that owe nothing and were changed last before then, the oldest first.
    std::vector<std::string> draftsBefore(db::Reader& tx, Instant before, int limit) const;
    bool isDraftBefore(db::Reader& tx, std::string_view id, Instant before) const;

    std::int64_t nextNumber(db::Writer& tx, std::string_view agency, const CivilDay& day) const;

    void addEvent(db::Writer& tx, const Dossier& dossier, Event event);
    std::vector<Event> events(db::Reader& tx, std::string_view id);
    // The newest note of that kind; "" where there is none.
    std::string lastNote(db::Reader& tx, std::string_view id, std::string_view kind);
    std::int64_t countEvents(db::Reader& tx, std::string_view id, std::string_view kind) const;

    void setDocument(db::Writer& tx, std::string_view id, const Document& document) const;
    std::vector<Document> documents(db::Reader& tx, std::string_view id) const;

private:
    std::string seal(db::Writer& tx, const Dossier& dossier, const vault::Place& place,
                     std::string_view plain);
    Result<std::string> open(db::Reader& tx, std::string_view id, std::string_view column,
                             const std::string& sealed);

    vault::Vault& vault_;
};

} // namespace motcua::dossier
