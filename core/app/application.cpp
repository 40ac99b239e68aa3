#include "app/application.h"

#include "app/city_files.h"
#include "base/id.h"
#include "base/log.h"

#include <filesystem>

namespace motcua::app {

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// In the order in which their tables refer to each other.
std::vector<const db::Schema*> schemas() {
    return {&vault::schema(), &audit::schema(),  &files::schema(),
            &jobs::schema(),  &agency::schema(), &identity::schema()};
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
    MOTCUA_TRY(master, vault::MasterKey::loadOrCreate(settings.masterKeyFile));
    MOTCUA_TRY(signer, audit::HeadSigner::loadOrCreate(
                           std::filesystem::path{settings.masterKeyFile}.parent_path() / "audit.pem"));
    static const SystemClock clock; // stands for every application of the process
    try {
        auto database = db::Database::open({settings.databaseAddress, settings.databaseSessions}, clock);
        return std::unique_ptr<Application>{new Application{settings, master, std::move(signer),
                                                            std::move(database),
                                                            files::folderStore(settings.filesFolder)}};
    } catch (const db::DatabaseError& problem) {
        return unavailable("app.no_database", problem.what());
    }
}

Application::Application(const Settings& settings, const vault::MasterKey& master, audit::HeadSigner signer,
                         std::unique_ptr<db::Database> database, std::unique_ptr<files::ObjectStore> objects)
    : settings_(settings),
      database_(std::move(database)),
      vault_(master, clock_),
      audit_(clock_),
      signer_(std::move(signer)),
      log_(clock_, [this](std::string_view text) { return signer_.sign(text); }),
      objects_(std::move(objects)),
      files_(*database_, vault_, *objects_, clock_),
      outbox_(vault_, clock_),
      inbox_(vault_, clock_),
      runner_(*database_, outbox_, clock_),
      agencies_(*database_, audit_, clock_),
      identity_(*database_, vault_, audit_, hasher_, identityEvents_, clock_) {
    scheduleJobs();
}

Application::~Application() = default;

Context Application::systemContext(const std::string& name) const {
    Context context;
    context.actor = Actor::system(name);
    context.deadline = clock_.now() + minutes{1};
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
    runner_.schedule("identity.forget_ended", minutes{10},
                     [this](const Context& context) { identity_.forgetEnded(context); });
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

Result<int> Application::loadDemoPeople() {
    MOTCUA_TRY(people, readDemoPeople(settings_.cityFolder + "/people.yaml"));
    for (DemoPerson& person : people) {
        person.account.password = settings_.demoPassword;
        for (identity::Role& role : person.account.roles) {
            MOTCUA_TRY(agency, agencies_.find(systemContext("loader"), role.agencyId));
            role.agencyId = agency.id;
        }
        MOTCUA_CHECK(identity_.create(systemContext("loader"), person.account));
    }
    return static_cast<int>(people.size());
}

Result<void> Application::loadCity(const std::function<void(const std::string&)>& say) {
    MOTCUA_CHECK(loadAgencies());
    say("agencies loaded");
    if (!settings_.demoPassword.empty()) {
        MOTCUA_TRY(people, loadDemoPeople());
        say(std::to_string(people) + " demo accounts");
    }
    return {};
}

} // namespace motcua::app
