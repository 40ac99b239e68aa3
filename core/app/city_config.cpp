#include "app/city_config.h"

#include "app/city_files.h"
#include "app/json_difference.h"
#include "calendar/calendar_file.h"
#include "catalogue/catalogue_folder.h"
#include "catalogue/catalogue_json.h"
#include "forms/definition_reader.h"
#include "plugins/network.h"
#include "yaml/reader.h"

#include <fstream>
#include <sstream>

namespace motcua::app {

namespace {

namespace fs = std::filesystem;

constexpr const char* kAgencies = "agencies.yaml";
constexpr const char* kFees = "council_fees.yaml";
constexpr const char* kPlugins = "plugins.yaml";
constexpr const char* kSite = "site.yaml";
constexpr Millis kPatience = std::chrono::minutes{10};

Context longContext(Application& application) {
    Context context = application.systemContext("command line");
    context.deadline = Until::in(kPatience);
    return context;
}

std::string textOf(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    std::ostringstream text;
    if (in) text << in.rdbuf();
    return text.str();
}

// The calendar of the whole city stands where config/city has it; each other says whose it is and from when.
std::string calendarFile(const std::string& agency, const CivilDay& from) {
    return agency == kCity && from == kCalendarFrom ? "calendar.yaml"
                                                    : "calendars/" + agency + "." + from.iso() + ".yaml";
}

Json feeJson(const catalogue::CouncilFee& fee) {
    return Json::object()
        .set("procedure", fee.code)
        .set("fee", fee.fee)
        .set("from", fee.from.iso())
        .set("amount", fee.amount.dong);
}

const char* isolationName(plugins::Isolation isolation) {
    return isolation == plugins::Isolation::InProcess ? "in_process" : "process";
}

// Secrets by name only: whoever imports them gives them anew.
Json profileJson(const plugins::StoredProfile& profile) {
    Json secrets = Json::array();
    for (const std::string& name : profile.secrets)
        secrets.add(name);
    Json json = Json::object();
    json.set("enabled", profile.enabled).set("settings", profile.config);
    if (!secrets.items().empty()) json.set("secrets", std::move(secrets));
    return json;
}

Json pluginJson(const plugins::StoredPlugin& plugin) {
    Json profiles = Json::object();
    for (const auto& [name, profile] : plugin.profiles)
        profiles.set(name, profileJson(profile));
    Json json = Json::object();
    json.set("enabled", plugin.enabled).set("isolation", isolationName(plugin.isolation));
    if (!profiles.members().empty()) json.set("profiles", std::move(profiles));
    return json;
}

Json pluginsJson(Application& application) {
    Json all = Json::object();
    for (const auto& plugin : application.plugins().list())
        if (plugin.stored.enabled || !plugin.stored.profiles.empty())
            all.set(plugin.id, pluginJson(plugin.stored));
    return all;
}

Result<void> addPackages(Application& application, const Context& context, ConfigFiles& files) {
    for (const std::string& code : application.forms().procedures(context)) {
        MOTCUA_TRY(package, application.forms().written(context, code));
        const std::string folder = "packages/" + code + "/";
        files[folder + "form.yaml"] = yaml::write(forms::toJson(package.form));
        files[folder + "result.mustache"] = package.result;
        files[folder + "notices.yaml"] = package.notices;
        const auto drawing = application.database().read(
            context, [&](db::Reader& tx) { return application.processes().drawing(tx, code); });
        if (drawing) files[folder + "process.bpmn"] = *drawing;
    }
    return {};
}

} // namespace

Result<ConfigFiles> currentConfig(Application& application) {
    const Context context = longContext(application);
    ConfigFiles files;
    const auto tree = application.agencies().tree(context);
    files[kAgencies] = yaml::write(agency::write(tree->all(), tree->places()));
    for (const auto& stored : application.calendars().calendars(context).all())
        files[calendarFile(stored.agency, stored.validFrom)] = yaml::write(calendar::write(stored.calendar));
    const auto content = application.catalogue().content(context);
    files["fields.yaml"] = yaml::write(catalogue::toJson(content.fields));
    for (const auto& procedure : content.procedures)
        files["procedures/" + procedure.code + ".yaml"] = yaml::write(catalogue::toJson(procedure));
    Json fees = Json::array();
    for (const auto& fee : application.catalogue().councilFees(context))
        fees.add(feeJson(fee));
    files[kFees] = yaml::write(Json::object().set("fees", std::move(fees)));
    MOTCUA_CHECK(addPackages(application, context, files));
    application.plugins().look(context);
    files[kPlugins] = yaml::write(Json::object().set("plugins", pluginsJson(application)));
    files[kSite] = textOf(fs::path{application.settings().cityFolder} / kSite);
    return files;
}

// --- reading
// ---------------------------------------------------------------------------------------------------------

Result<void> ConfigFolder::readAgencies(Application& application, const fs::path& folder) {
    if (!fs::exists(folder / kAgencies)) return {};
    MOTCUA_TRY(document, yaml::load(folder / kAgencies));
    MOTCUA_TRY(file, agency::read(document));
    agencies_ = std::move(file);
    const Context context = longContext(application);
    MOTCUA_TRY(changed, application.agencies().preview(context, agencies_));
    const auto tree = application.agencies().tree(context);
    for (const std::string& id : changed)
        changes_.push_back({kAgencies, id + (tree->find(id) ? " changes" : " is new")});
    return {};
}

Result<void> ConfigFolder::readCalendars(Application& application, const fs::path& folder) {
    std::vector<std::pair<fs::path, Calendar>> found;
    const auto add = [&](const fs::path& file, const std::string& agency,
                         const CivilDay& from) -> Result<void> {
        MOTCUA_TRY(document, yaml::load(file));
        MOTCUA_TRY(calendar, calendar::read(document));
        found.push_back({file, {agency, from, std::move(calendar)}});
        return {};
    };
    if (fs::exists(folder / "calendar.yaml"))
        MOTCUA_CHECK(add(folder / "calendar.yaml", kCity, kCalendarFrom));
    std::error_code none;
    for (const auto& entry : fs::directory_iterator{folder / "calendars", none}) {
        const std::string stem = entry.path().stem().string(); // "so-tu-phap.2024-01-01"
        const std::size_t dot = stem.find('.');
        const auto from = CivilDay::parse(dot == std::string::npos ? "" : stem.substr(dot + 1));
        if (!from)
            return Error{ErrorKind::Invalid, "config.bad_name", entry.path().string() + ": AGENCY.DAY.yaml"};
        MOTCUA_CHECK(add(entry.path(), stem.substr(0, dot), *from));
    }
    const auto standing = application.calendars().calendars(longContext(application));
    for (auto& [file, wanted] : found) {
        Json before;
        for (const auto& stored : standing.all())
            if (stored.agency == wanted.agency && stored.validFrom == wanted.from)
                before = calendar::write(stored.calendar);
        const auto differing = differences(before, calendar::write(wanted.calendar));
        for (const std::string& line : differing)
            changes_.push_back({fs::relative(file, folder).string(), line});
        if (!differing.empty()) calendars_.push_back(std::move(wanted));
    }
    return {};
}

Result<void> ConfigFolder::readCatalogue(Application& application, const fs::path& folder) {
    if (!fs::exists(folder / "fields.yaml")) return {};
    MOTCUA_TRY(content, catalogue::readFolder(folder));
    content_ = std::move(content);
    const Context context = longContext(application);
    std::map<std::string, Json> standing;
    for (const auto& procedure : application.catalogue().content(context).procedures)
        standing[procedure.code] = catalogue::toJson(procedure);
    for (const auto& procedure : content_.procedures)
        for (const std::string& line : differences(standing[procedure.code], catalogue::toJson(procedure)))
            changes_.push_back({"procedures/" + procedure.code + ".yaml", line});
    Json fields = Json::object();
    for (const auto& field : application.catalogue().fields(context))
        fields.set(field.id, catalogue::toJson(std::vector<catalogue::Field>{field}));
    for (const auto& field : content_.fields)
        if (!differences(fields[field.id], catalogue::toJson(std::vector<catalogue::Field>{field})).empty())
            changes_.push_back({"fields.yaml", field.id + (fields.has(field.id) ? " changes" : " is new")});
    return {};
}

Result<void> ConfigFolder::readFees(Application& application, const fs::path& folder) {
    if (!fs::exists(folder / kFees)) return {};
    MOTCUA_TRY(document, yaml::load(folder / kFees));
    yaml::Problems problems{&document};
    {
        yaml::Mapping file{document.root(), "", problems};
        file.each("fees", [&](const Json& item, const std::string& path) {
            yaml::Mapping in{item, path, problems};
            catalogue::CouncilFee fee{in.text("procedure"), in.text("fee"), {}, {}};
            const auto from = in.day("from");
            if (!from) in.wrong("from", "a day");
            fee.from = from.value_or(CivilDay{});
            fee.amount = Money{in.integer("amount", 0, 0, 1'000'000'000'000)};
            fees_.push_back(std::move(fee));
        });
    }
    if (!problems.empty()) return problems.error();
    const auto standing = application.catalogue().councilFees(longContext(application));
    std::erase_if(fees_, [&](const catalogue::CouncilFee& fee) {
        return std::find(standing.begin(), standing.end(), fee) != standing.end();
    });
    for (const auto& fee : fees_)
        changes_.push_back({kFees, fee.code + " " + fee.fee + ": " + std::to_string(fee.amount.dong) +
                                       " đồng from " + fee.from.iso()});
    return {};
}

Result<void> ConfigFolder::readPackages(Application& application, const fs::path& folder) {
    const Context context = longContext(application);
    forms::Library library;
    if (fs::exists(folder / "forms/library.yaml")) {
        MOTCUA_TRY(shared, forms::loadLibrary(folder / "forms/library.yaml"));
        library = std::move(shared);
    }
    std::vector<fs::path> found;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator{folder / "packages", none})
        if (fs::exists(entry.path() / "form.yaml")) found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    for (const fs::path& path : found) {
        MOTCUA_TRY(package, forms::readPackage(path, library));
        const std::string name = "packages/" + path.filename().string() + "/";
        const auto standing = application.forms().written(context, package.form.procedure);
        const auto before = changes_.size();
        for (const std::string& line :
             differences(standing ? forms::toJson(standing->form) : Json{}, forms::toJson(package.form)))
            changes_.push_back({name + "form.yaml", line});
        if (standing && standing->result != package.result)
            changes_.push_back({name + "result.mustache", "changes"});
        if (standing && standing->notices != package.notices)
            changes_.push_back({name + "notices.yaml", "changes"});
        const std::string drawing = textOf(path / "process.bpmn");
        const auto drawn = application.database().read(context, [&](db::Reader& tx) {
            return application.processes().drawing(tx, package.form.procedure);
        });
        const bool redrawn = !drawing.empty() && drawn != drawing;
        if (changes_.size() != before) packages_.push_back(std::move(package));
        if (!redrawn) continue;
        changes_.push_back({name + "process.bpmn", drawn ? "changes" : "is new"});
        drawings_[path.filename().string()] = drawing;
    }
    return {};
}

Result<void> ConfigFolder::readPlugin(Application& application, const std::string& id, const Json& written) {
    const auto installed = application.plugins().find(id);
    if (!installed || !installed->manifest) {
        remarks_.push_back("plugin " + id + " is not installed here: its settings are left out");
        return {};
    }
    yaml::Problems problems;
    Plugin plugin{id};
    Json profiles;
    {
        yaml::Mapping in{written, "plugins." + id, problems};
        static constexpr std::pair<std::string_view, plugins::Isolation> kinds[] = {
            {"process", plugins::Isolation::Process}, {"in_process", plugins::Isolation::InProcess}};
        plugin.enabled = in.boolean("enabled");
        plugin.isolation = in.choice("isolation", kinds, plugins::Isolation::Process);
        profiles = in.raw("profiles");
    }
    for (const auto& [name, value] : profiles.members()) {
        yaml::Mapping in{value, "plugins." + id + ".profiles." + name, problems};
        plugins::StoredProfile profile{name};
        profile.enabled = in.boolean("enabled", true);
        // Numbers and switches keep their type in YAML, so what the schema checks is what was exported.
        auto checked = installed->manifest->config.check(in.raw("settings"));
        if (!checked) return checked.error();
        profile.config = std::move(*checked);
        const auto standing = installed->stored.profiles.find(name);
        const bool known = standing != installed->stored.profiles.end();
        if (known) profile.version = standing->second.version;
        // What is stored is for the place that it was given for.
        const bool elsewhere = known && plugins::placesOf(*installed->manifest, profile.config) !=
                                            plugins::placesOf(*installed->manifest, standing->second.config);
        if (known && !elsewhere) profile.secrets = standing->second.secrets;
        std::map<std::string, std::string> gone;
        if (elsewhere)
            for (const std::string& secret : standing->second.secrets)
                gone[secret] = "";
        for (const std::string& secret : in.texts("secrets"))
            if (!profile.secrets.contains(secret))
                remarks_.push_back("plugin " + id + ", profile " + name + ": secret " + secret +
                                   " is to be given by an administrator");
        const auto lines = differences(known ? profileJson(standing->second) : Json{}, profileJson(profile));
        for (const std::string& line : lines)
            changes_.push_back({kPlugins, id + ", profile " + name + ": " + line});
        if (!lines.empty()) plugin.profiles.push_back({std::move(profile), std::move(gone)});
    }
    if (!problems.empty()) return problems.error();
    const bool switched =
        plugin.enabled != installed->stored.enabled || plugin.isolation != installed->stored.isolation;
    if (switched)
        changes_.push_back({kPlugins, id + " is switched " + (plugin.enabled ? "on" : "off") + ", " +
                                          isolationName(plugin.isolation)});
    if (switched || !plugin.profiles.empty()) plugins_.push_back(std::move(plugin));
    return {};
}

Result<void> ConfigFolder::readPlugins(Application& application, const fs::path& folder) {
    if (!fs::exists(folder / kPlugins)) return {};
    MOTCUA_TRY(document, yaml::load(folder / kPlugins));
    application.plugins().look(longContext(application));
    for (const auto& [id, written] : document.root()["plugins"].members())
        MOTCUA_CHECK(readPlugin(application, id, written));
    return {};
}

Result<void> ConfigFolder::readSite(Application& application, const fs::path& folder) {
    if (!fs::exists(folder / kSite)) return {};
    MOTCUA_CHECK(readSiteFacts((folder / kSite).string()));
    const std::string wanted = textOf(folder / kSite);
    const fs::path standing = fs::path{application.settings().cityFolder} / kSite;
    if (wanted == textOf(standing)) return {};
    site_ = wanted;
    changes_.push_back({kSite, "takes the place of " + standing.string() + " at the next start"});
    return {};
}

Result<ConfigFolder> ConfigFolder::read(Application& application, const fs::path& folder) {
    if (!fs::is_directory(folder))
        return Error{ErrorKind::NotFound, "config.no_folder", folder.string() + " is no folder"};
    ConfigFolder made;
    MOTCUA_CHECK(made.readAgencies(application, folder));
    MOTCUA_CHECK(made.readCalendars(application, folder));
    MOTCUA_CHECK(made.readCatalogue(application, folder));
    MOTCUA_CHECK(made.readFees(application, folder));
    MOTCUA_CHECK(made.readPackages(application, folder));
    MOTCUA_CHECK(made.readPlugins(application, folder));
    MOTCUA_CHECK(made.readSite(application, folder));
    return made;
}

// --- doing it
// --------------------------------------------------------------------------------------------------------

Result<void> ConfigFolder::applyPlugins(Application& application, const Context& context) const {
    auto& registry = application.plugins();
    for (const Plugin& plugin : plugins_) {
        for (const Profile& one : plugin.profiles)
            MOTCUA_CHECK(registry.configure(context, plugin.id, one.settings, one.secrets));
        MOTCUA_TRY(installed, registry.find(plugin.id));
        if (installed.stored.isolation != plugin.isolation)
            MOTCUA_CHECK(registry.setIsolation(context, plugin.id, plugin.isolation));
        if (installed.stored.enabled != plugin.enabled)
            MOTCUA_CHECK(plugin.enabled ? registry.enable(context, plugin.id)
                                        : registry.disable(context, plugin.id));
    }
    return {};
}

Result<void> ConfigFolder::apply(Application& application) const {
    const Context context = longContext(application);
    const CivilDay today = civilDay(application.clock().now());
    if (!agencies_.agencies.empty()) MOTCUA_CHECK(application.agencies().load(context, agencies_));
    for (const Calendar& one : calendars_)
        MOTCUA_CHECK(application.calendars().put(context, one.agency, one.from, one.calendar));
    if (!content_.procedures.empty()) MOTCUA_CHECK(application.catalogue().load(context, content_));
    for (const auto& fee : fees_)
        MOTCUA_CHECK(application.catalogue().setCouncilFee(context, fee.code, fee.fee, fee.amount, fee.from));
    for (const auto& package : packages_)
        MOTCUA_CHECK(application.forms().publish(context, package, today));
    for (const auto& drawing : drawings_)
        MOTCUA_CHECK(application.database().write(context, [&](db::Writer& tx) {
            return application.processes().deploy(context, tx, drawing.first, drawing.second);
        }));
    MOTCUA_CHECK(applyPlugins(application, context));
    if (site_.empty()) return {};
    const fs::path standing = fs::path{application.settings().cityFolder} / kSite;
    std::ofstream out{standing, std::ios::binary | std::ios::trunc};
    out << site_;
    out.close();
    return out ? Result<void>{} : Result<void>{unavailable("config.cannot_write", standing.string())};
}

} // namespace motcua::app
