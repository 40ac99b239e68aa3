// Form packages for every other room: the version in force, the version a dossier was filed under, new
// versions.
#pragma once

#include "agency/agency_service.h"
#include "audit/audit.h"
#include "base/context.h"
#include "db/database.h"
#include "forms/definition.h"
#include "forms/forms_repository.h"
#include "forms/library.h"
#include "forms/notices.h"
#include "forms/result_template.h"

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace motcua::forms {

// A package as it is written: the stored form (JSON that stands alone) and the two texts beside it.
struct PackageText {
    Form form;
    std::string result;
    std::string notices;
};

// form.yaml, result.mustache and notices.yaml of a folder, each checked: Invalid "yaml.invalid",
// "form.definition", "result.template_broken"; Invalid "form.other_procedure" where the form names another
// than its folder.
Result<PackageText> readPackage(const std::filesystem::path& folder, const Library& library);

// A version, ready for use.
struct Package {
    std::string procedure;
    std::int64_t version;
    CivilDay from;
    CivilDay to; // first day no longer in force
    Definition definition;
    ResultTemplate result;
    Notices notices;
};

class FormsService {
public:
    FormsService(db::Database& database, agency::AgencyService& agencies, const audit::Audit& audit,
                 const Clock& clock)
        : database_(database), agencies_(agencies), audit_(audit), clock_(clock) {}

    // In force today; NotFound "form.none" where the procedure is not filed online. [thread-safe]
    Result<std::shared_ptr<const Package>> inForce(const Context& context, std::string_view procedure);
    // The version that a dossier was filed under.
    Result<std::shared_ptr<const Package>> version(const Context& context, std::string_view procedure,
                                                   std::int64_t version);
    // What is in force today as it is written, for who hands it on.
    Result<PackageText> written(const Context& context, std::string_view procedure);
    // The procedures that have a form in force today, by code.
    std::vector<std::string> procedures(const Context& context);

    // Makes a new version, in force from `from` (not before today), where anything differs from the newest;
    // answers its number, or the newest's where nothing does. Denied "form.denied", Invalid as readPackage,
    // Invalid "form.past_day".
    Result<std::int64_t> publish(const Context& context, const PackageText& package, const CivilDay& from);

    // Publishes every folder below `folder` that holds a form.yaml, from today on (the first version:
    // always). How many versions were made.
    Result<int> load(const Context& context, const std::filesystem::path& folder, const Library& library);

private:
    using Key = std::pair<std::string, std::int64_t>;
    std::shared_ptr<const Package> atHand(std::string_view procedure, const VersionKey& wanted);
    Result<std::shared_ptr<const Package>> ready(db::Reader& reader, std::string_view procedure,
                                                 const std::optional<VersionKey>& wanted);
    Result<std::int64_t> store(const Context& context, const PackageText& package, const CivilDay* from);

    db::Database& database_;
    agency::AgencyService& agencies_;
    const audit::Audit& audit_;
    const Clock& clock_;
    std::mutex mutex_{};
    std::map<Key, std::shared_ptr<const Package>> ready_{}; // a version never changes but for its days
};

} // namespace motcua::forms
