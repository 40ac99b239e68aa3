// The catalogue for every other room: procedures in force, lists and search, loading of versions, council
// fees.
#pragma once

#include "agency/agency_service.h"
#include "catalogue/catalogue_repository.h"

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace motcua::catalogue {

// A procedure in one version, with the council's fees of the day filled in.
struct Stored {
    Procedure procedure;
    std::int64_t version;
    std::string origin; // "city" or "national"
    CivilDay from;
    CivilDay to; // first day no longer in force
};

struct ListPage {
    std::vector<Summary> items{};
    std::string next{}; // cursor of the next page; empty where this is the last
};

// What a folder of files holds.
struct Content {
    std::vector<Field> fields{};
    std::vector<Procedure> procedures{};
};

struct LoadReport {
    int added = 0;
    int changed = 0; // a new version was made
    int unchanged = 0;
};

class CatalogueService {
public:
    CatalogueService(db::Database& database, agency::AgencyService& agencies, const audit::Audit& audit,
                     const Clock& clock)
        : database_(database), agencies_(agencies), audit_(audit), clock_(clock) {}

    // In force today, or on the day; NotFound "catalogue.no_procedure".
    Result<Stored> procedure(const Context& context, std::string_view code);
    Result<Stored> procedure(const Context& context, std::string_view code, const CivilDay& day);
    // The version that a dossier was filed under, with the council's fees of `feesOn`.
    Result<Stored> version(const Context& context, std::string_view code, std::int64_t version,
                           const CivilDay& feesOn);

    // With words: the best answers first; else in a dictionary's order. `cursor` is `next` of the page
    // before, or empty; a foreign one is Invalid "catalogue.bad_cursor". At most 200 a page.
    Result<ListPage> list(const Context& context, std::string_view words, const Filter& filter,
                          std::string_view cursor, std::int64_t limit);
    std::vector<Field> fields(const Context& context);
    Counts counts(const Context& context); // of today

    // The agencies that receive the procedure today.
    std::vector<agency::Agency> receivers(const Context& context, const Procedure& procedure);

    // Brings the catalogue to what the files say: what differs from the newest version becomes a new one, in
    // force from its `effective_from`, else from today (the first version: always). The same files twice
    // change nothing. Invalid "catalogue.bad_content" names unknown fields and agencies (nothing is loaded
    // then); Denied "catalogue.denied".
    Result<LoadReport> load(const Context& context, const Content& content);
    // What is in force today and is the city's own, as such files.
    Content content(const Context& context);

    std::vector<CouncilFee> councilFees(const Context& context);
    // What the council has set for a fee, from a day on. Invalid "catalogue.no_council_fee" where the
    // procedure in force then has no such fee.
    Result<void> setCouncilFee(const Context& context, std::string_view code, std::string_view feeId,
                               Money amount, const CivilDay& from);

private:
    friend class NationalImport;

    enum class Outcome { Added, Changed, Unchanged };
    Result<Outcome> store(const Context& context, const Procedure& procedure, std::string_view origin);
    Result<Stored> stored(db::Reader& reader, const VersionRow& row, const CivilDay& feesOn);
    Result<std::shared_ptr<const Procedure>> read(const VersionRow& row); // [thread-safe]
    Result<ListPage> found(const Context& context, std::string_view words, const Filter& filter,
                           std::string_view cursor, std::int64_t limit);
    CivilDay today() const { return civilDay(clock_.now()); }

    db::Database& database_;
    agency::AgencyService& agencies_;
    const audit::Audit& audit_;
    const Clock& clock_;
    std::mutex mutex_{};
    // By the digest of what was read: versions do not change.
    std::unordered_map<std::string, std::shared_ptr<const Procedure>> read_{};
};

// Those of `tree` that receive it on the day: all of its levels, but of a kind of which it names agencies
// only these.
std::vector<agency::Agency> receiversOf(const Procedure& procedure, const agency::Tree& tree,
                                        const CivilDay& day);

} // namespace motcua::catalogue
