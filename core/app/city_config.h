// The city's configuration as a folder that people read and keep under version control: agencies, calendars,
// procedures, council fees, packages, plugins without their secrets, the site's own facts. Of the shape of
// config/city.
#pragma once

#include "app/application.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace motcua::app {

// File name below the folder → its text.
using ConfigFiles = std::map<std::string, std::string>;

// What stands in the database today. Procedures of the national file are not in it: they come from there
// again.
Result<ConfigFiles> currentConfig(Application& application);

struct ConfigChange {
    std::string file; // "plugins.yaml"
    std::string what; // "fees[0].amount: 8000 → 10000"
};

// A folder that was read and found right as a whole.
class ConfigFolder {
public:
    // Every mistake of every file at once; a part that does not stand there is left as it is. What the folder
    // does not name stays too. Errors: those of the readers, "config.no_folder".
    static Result<ConfigFolder> read(Application& application, const std::filesystem::path& folder);

    // What apply() would do.
    const std::vector<ConfigChange>& changes() const { return changes_; }
    // What was found that nothing can be done about here, a sentence each.
    const std::vector<std::string>& remarks() const { return remarks_; }

    // Part after part, each in transactions of its own; where one fails the parts before it stay, and doing
    // it again does the rest.
    Result<void> apply(Application& application) const;

private:
    struct Calendar {
        std::string agency;
        CivilDay from;
        calendar::WorkingCalendar calendar;
    };
    struct Profile {
        plugins::StoredProfile settings;
        std::map<std::string, std::string> secrets{}; // those that are taken away
    };
    struct Plugin {
        std::string id;
        bool enabled = false;
        plugins::Isolation isolation = plugins::Isolation::Process;
        std::vector<Profile> profiles{};
    };

    Result<void> readAgencies(Application& application, const std::filesystem::path& folder);
    Result<void> readCalendars(Application& application, const std::filesystem::path& folder);
    Result<void> readCatalogue(Application& application, const std::filesystem::path& folder);
    Result<void> readFees(Application& application, const std::filesystem::path& folder);
    Result<void> readPackages(Application& application, const std::filesystem::path& folder);
    Result<void> readPlugins(Application& application, const std::filesystem::path& folder);
    Result<void> readPlugin(Application& application, const std::string& id, const Json& written);
    Result<void> readSite(Application& application, const std::filesystem::path& folder);
    Result<void> applyPlugins(Application& application, const Context& context) const;

    agency::AgencyFile agencies_{};
    std::vector<Calendar> calendars_{};
    catalogue::Content content_{};
    std::vector<catalogue::CouncilFee> fees_{};
    std::vector<forms::PackageText> packages_{};
    std::map<std::string, std::string> drawings_{}; // procedure → BPMN
    std::vector<Plugin> plugins_{};
    std::string site_{};
    std::vector<ConfigChange> changes_{};
    std::vector<std::string> remarks_{};
};

} // namespace motcua::app
