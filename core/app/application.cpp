#include "app/application.h"

#include "agency/agency_policy.h"
#include "app/city_files.h"
#include "app/demo_signature.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/log.h"
#include "calendar/calendar_file.h"
#include "catalogue/catalogue_folder.h"
#include "messaging/messaging_repository.h"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace motcua::app {

std::function<bool(const Actor&)> cityAdministration(agency::AgencyService& agencies, const Clock& clock) {
    return [&agencies, &clock](const Actor& actor) {
        return agency::administersCity(actor, *agencies.tree(Context{}), civilDay(clock.now()));
    };
}

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// In the order in which their tables refer to each other.
std::vector<const db::Schema*> schemas() {
    return {&vault::schema(),     &audit::schema(),   &files::schema(),    &jobs::schema(),
            &search::schema(),    &agency::schema(),  &identity::schema(), &calendar::schema(),
            &catalogue::schema(), &forms::schema(),   &process::schema(),  &dossier::schema(),
            &plugins::schema(),   &signing::schema(), &payment::schema(),  &messaging::schema(),
            &assessment::schema()};
}

// How the demonstration bank (tools/simulators/vnpay) knows this city: no secret of anybody.
constexpr const char* kDemoBankPlugin = "vn.motcua.payment-vnpay";
constexpr const char* kDemoBankProfile = "demo";
constexpr const char* kDemoBankTerminal = "MOTCUADE";
constexpr const char* kDemoBankSecret = "DEMONSTRATIONBANKOFNOBODY2020";

// Links in messages need the site's address; the demo is where it serves.
std::string originOf(const Settings& settings) {
    return settings.origin.empty() ? "http://localhost:" + std::to_string(settings.port) : settings.origin;
}

plugins::RegistrySettings registrySettings(const Settings& settings, agency::AgencyService& agencies,
                                           const Clock& clock) {
    plugins::RegistrySettings registry;
    registry.folders = {settings.pluginsFolder};
    registry.hostProgram = settings.pluginHost;
    registry.mayManage = cityAdministration(agencies, clock);
    return registry;
}

// No room takes delivery receipts or other events yet, and a plugin that posts one is told so.
Result<void> noEvents(const std::string&, const std::string&, const std::string&, const std::string&,
                      const Json&) {
    return rejected("plugin.no_receiver");
}

Result<std::string> readText(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    std::stringstream text;
    if (!file || !(text << file.rdbuf()))
        return Error{
            ErrorKind::NotFound, "app.no_file", path.string() + " cannot be read", {{"file", path.string()}}};
    return text.str();
}

Result<void> makeFolders(const Settings& settings) {
    std::error_code problem;
    for (const std::filesystem::path& folder :
         {std::filesystem::path{settings.dataFolder},
          std::filesystem::path{settings.masterKeyFile}.parent_path()}) {
        if (std::filesystem::exists(folder)) continue;
        std::filesystem::create_directories(folder, problem);
        if (!problem) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, problem);
        if (problem)
            return Error{ErrorKind::Internal,
                         "app.no_folder",
                         folder.string() + ": " + problem.message(),
                         {{"folder", folder.string()}}};
    }
    return {};
}

} // namespace

Result<std::unique_ptr<Application>> Application::open(const Settings& settings) {
    MOTCUA_CHECK(makeFolders(settings));
    MOTCUA_TRY(facts, readSiteFacts(settings.cityFolder + "/site.yaml"));
    MOTCUA_TRY(master, vault::MasterKey::loadOrCreate(settings.masterKeyFile));
    MOTCUA_TRY(signer, audit::HeadSigner::loadOrCreate(
                           std::filesystem::path{settings.masterKeyFile}.parent_path() / "audit.pem"));
    static const SystemClock clock; // stands for every application of the process
    try {
        auto database = db::Database::open({settings.databaseAddress, settings.databaseSessions}, clock);
        return std::unique_ptr<Application>{new Application{settings, std::move(facts), master,
                                                            std::move(signer), std::move(database),
                                                            files::folderStore(settings.filesFolder)}};
    } catch (const db::DatabaseError& problem) {
        return unavailable("app.no_database", problem.what());
    } catch (const std::runtime_error& problem) {
        return unavailable("app.cannot_start", problem.what());
    }
}

Application::Application(const Settings& settings, web::SiteFacts facts, const vault::MasterKey& master,
                         audit::HeadSigner signer, std::unique_ptr<db::Database> database,
                         std::unique_ptr<files::ObjectStore> objects)
    : settings_(settings),
      facts_(std::move(facts)),
      keyCheck_(toHex(master.derive("backup.key_check")).substr(0, 16)),
      siteSecret_(master.derive("http.site")),
      database_(std::move(database)),
      vault_(master, clock_),
      audit_(clock_),
      signer_(std::move(signer)),
      log_(clock_, [this](std::string_view text) { return signer_.sign(text); }),
      objects_(std::move(objects)),
      files_(*database_, vault_, *objects_, clock_),
      outbox_(vault_, clock_),
      outboxDesk_(*database_, outbox_, audit_, cityAdministration(agencies_, clock_)),
      inbox_(vault_, clock_),
      runner_(*database_, outbox_, clock_),
      agencies_(*database_, audit_, clock_),
      identity_(*database_, vault_, audit_, agencies_, hasher_, identityEvents_, clock_),
      accounts_(*database_, vault_, identity_, agencies_, clock_),
      calendars_(*database_, agencies_, audit_, clock_),
      catalogue_(*database_, agencies_, audit_, clock_),
      forms_(*database_, agencies_, audit_, clock_),
      processes_(audit_, clock_),
      dossiers_({*database_, vault_, audit_, files_, agencies_, calendars_, catalogue_, forms_, processes_,
                 clock_}),
      pluginSettings_(*database_, vault_, audit_, clock_),
      plugins_(registrySettings(settings, agencies_, clock_), pluginSettings_, noEvents, clock_),
      themes_(settings.themesFolder, settings.theme),
      papers_({*database_,
               vault_,
               audit_,
               outbox_,
               dossiers_,
               catalogue_,
               agencies_,
               identity_,
               files_,
               plugins_,
               clock_,
               originOf(settings),
               settings.cityFolder + "/papers",
               {settings.trustFolder, settings.timeAuthority, settings.timeRequired, settings.revocation,
                settings.authoritiesInside}}),
      paymentGateway_(plugins_),
      payments_({*database_, vault_, audit_, outbox_, inbox_, agencies_, dossiers_, paymentGateway_, clock_,
                 settings.paymentsAskAfter}),
      post_(plugins_),
      messaging_({*database_, outbox_, identity_, dossiers_, agencies_, post_, themes_, originOf(settings),
                  facts_.hotline}),
      assessments_({*database_, vault_, audit_, agencies_, dossiers_, processes_, clock_}) {
    papers_.subscribe(dossiers_.events());
    papers_.handleIn(runner_);
    messaging_.subscribe(identityEvents_, dossiers_.events());
    messaging_.handleIn(runner_);
    payments_.subscribe(dossiers_.events());
    payments_.handleIn(runner_);
    scheduleJobs();
}

// The workers go first: they call into rooms that are taken down before the runner itself.
Application::~Application() {
    runner_.stop();
}

Context Application::systemContext(const std::string& name) const {
    Context context;
    context.actor = Actor::system(name);
    context.deadline = Until::in(minutes{1});
    context.trace = newTrace();
    return context;
}

void Application::scheduleJobs() {
    runner_.schedule("audit.append", seconds{1}, [this](const Context& context) {
        const auto appended = database_->write(
            context, [&](db::Writer& tx) -> Result<std::int64_t> { return log_.append(tx); });
        if (!appended) log::error("audit.append_failed", {{"error", appended.error().code}});
    });
    runner_.schedule("audit.sign_head", minutes{1}, [this](const Context& context) {
        const auto head = database_->write(
            context, [&](db::Writer& tx) -> Result<audit::LogHead> { return log_.signHead(tx); });
        if (!head) log::error("audit.sign_failed", {{"error", head.error().code}});
    });
    runner_.schedule("dossier.timers", seconds{10},
                     [this](const Context& context) { dossiers_.fireTimers(context); });
    runner_.schedule("payment.ask_overdue", seconds{2},
                     [this](const Context& context) { payments_.askOverdue(context); });
    runner_.schedule("identity.forget_ended", minutes{10},
                     [this](const Context& context) { identity_.forgetEnded(context); });
    runner_.schedule("jobs.forget_settled", std::chrono::hours{1}, [this](const Context& context) {
        jobs::forgetSettled(context, *database_, outbox_, inbox_, clock_, settings_.kept);
    });
    runner_.schedule("files.sweep", minutes{10}, [this](const Context& context) { files_.sweep(context); });
    runner_.schedule("dossier.forget_drafts", std::chrono::hours{1},
                     [this](const Context& context) { dossiers_.forgetDrafts(context); });
}

Result<int> Application::migrate() {
    return database_->migrate(schemas());
}

Result<void> Application::loadAgencies() {
    MOTCUA_TRY(document, yaml::load(settings_.cityFolder + "/agencies.yaml"));
    MOTCUA_TRY(file, agency::read(document));
    MOTCUA_CHECK(agencies_.load(systemContext("loader"), file));
    return {};
}

Result<void> Application::loadCalendar() {
    MOTCUA_TRY(document, yaml::load(settings_.cityFolder + "/calendar.yaml"));
    MOTCUA_TRY(made, calendar::read(document));
    return calendars_.put(systemContext("loader"), kCity, kCalendarFrom, made);
}

Result<std::string> Application::loadProcedures() {
    MOTCUA_TRY(content, catalogue::readFolder(settings_.cityFolder));
    MOTCUA_TRY(report, catalogue_.load(systemContext("loader"), content));
    return std::to_string(content.procedures.size()) + " procedures (" + std::to_string(report.added) +
           " new, " + std::to_string(report.changed) + " changed)";
}

Result<std::string> Application::loadPackages() {
    const std::filesystem::path packages = settings_.cityFolder + "/packages";
    MOTCUA_TRY(library, forms::loadLibrary(settings_.cityFolder + "/forms/library.yaml"));
    MOTCUA_TRY(forms, forms_.load(systemContext("loader"), packages, library));
    int processes = 0;
    for (const auto& entry : std::filesystem::directory_iterator{packages}) {
        const std::filesystem::path file = entry.path() / "process.bpmn";
        if (!std::filesystem::exists(file)) continue;
        MOTCUA_TRY(bpmn, readText(file));
        const Context context = systemContext("loader");
        MOTCUA_CHECK(database_->write(context, [&](db::Writer& tx) {
            return processes_.deploy(context, tx, entry.path().filename().string(), bpmn);
        }));
        ++processes;
    }
    return std::to_string(processes) + " processes, " + std::to_string(forms) + " new versions of forms";
}

Result<void> Application::loadQuestionnaire() {
    MOTCUA_TRY(document, yaml::load(settings_.cityFolder + "/assessment.yaml"));
    MOTCUA_TRY(questionnaire, assessment::readQuestionnaire(document));
    return assessments_.load(systemContext("loader"), std::move(questionnaire));
}

Result<int> Application::loadDemoPeople() {
    MOTCUA_TRY(people, readDemoPeople(settings_.cityFolder + "/people.yaml"));
    for (DemoPerson& person : people) {
        person.account.password = settings_.demoPassword;
        for (identity::Role& role : person.account.roles) {
            MOTCUA_TRY(agency, agencies_.find(systemContext("loader"), role.agencyId));
            role.agencyId = agency.id;
        }
        const auto made = identity_.create(systemContext("loader"), person.account);
        if (!made && made.error().code != "account.email_taken") return made.error(); // loaded before
    }
    return static_cast<int>(people.size());
}

std::string Application::demoBankProfile() const {
    if (settings_.demoBank.empty()) return {};
    return plugins::ProfileRef{kDemoBankPlugin, kDemoBankProfile}.text();
}

Result<void> Application::connectDemoBank() {
    if (settings_.demoBank.empty()) return {};
    const Context context = systemContext("demo bank");
    MOTCUA_TRY(plugin, plugins_.find(kDemoBankPlugin));
    plugins::StoredProfile profile;
    profile.name = kDemoBankProfile;
    profile.config.set("tmnCode", kDemoBankTerminal)
        .set("payUrl", settings_.demoBank + "/paymentv2/vpcpay.html")
        .set("apiUrl", settings_.demoBank + "/merchant_webapi/api/transaction");
    const auto known = plugin.stored.profiles.find(kDemoBankProfile);
    const bool first = known == plugin.stored.profiles.end();
    if (!first) {
        profile.version = known->second.version;
        profile.enabled = known->second.enabled;
        if (known->second.config["payUrl"].string() == profile.config["payUrl"].string()) return {};
    }
    MOTCUA_CHECK(plugins_.configure(context, kDemoBankPlugin, profile, {{"hashSecret", kDemoBankSecret}}));
    return first ? plugins_.enable(context, kDemoBankPlugin) : Result<void>{};
}

Result<void> Application::loadCity(const std::function<void(const std::string&)>& say) {
    MOTCUA_CHECK(loadAgencies());
    say("agencies loaded");
    MOTCUA_CHECK(loadCalendar());
    MOTCUA_TRY(procedures, loadProcedures());
    say(procedures);
    MOTCUA_TRY(packages, loadPackages());
    say(packages);
    MOTCUA_CHECK(loadQuestionnaire());
    if (!settings_.demoPassword.empty()) {
        MOTCUA_TRY(people, loadDemoPeople());
        say(std::to_string(people) + " demo accounts");
        refreshPlugins();
        const auto signature = prepareDemoSignature(systemContext("loader"), settings_, plugins_);
        say(signature ? *signature : "papers wait for a signature: " + signature.error().detail);
    }
    return {};
}

} // namespace motcua::app
