// The composition root: builds every room once, in the order of the layers, and wires them. Nothing else
// knows them all.
#pragma once

#include "agency/agency_repository.h"
#include "agency/agency_service.h"
#include "app/settings.h"
#include "assessment/assessment_service.h"
#include "audit/audit.h"
#include "audit/head_signer.h"
#include "audit/merkle_log.h"
#include "base/clock.h"
#include "calendar/calendar_service.h"
#include "catalogue/catalogue_service.h"
#include "db/database.h"
#include "dossier/dossier_service.h"
#include "files/file_store.h"
#include "forms/forms_service.h"
#include "http/site.h"
#include "identity/accounts_desk.h"
#include "identity/identity_service.h"
#include "jobs/inbox.h"
#include "jobs/outbox.h"
#include "jobs/outbox_desk.h"
#include "jobs/runner.h"
#include "messaging/messaging_service.h"
#include "net/server.h"
#include "payment/payment_service.h"
#include "plugins/plugin_registry.h"
#include "process/process_service.h"
#include "search/search.h"
#include "signing/paper_service.h"
#include "vault/vault.h"
#include "web/admin/account_admin_pages.h"
#include "web/admin/home_pages.h"
#include "web/admin/plugin_pages.h"
#include "web/api/payment_hook.h"
#include "web/layout.h"
#include "web/officer/figure_pages.h"
#include "web/officer/money_pages.h"
#include "web/officer/reception_pages.h"
#include "web/officer/signing_pages.h"
#include "web/officer/work_pages.h"
#include "web/portal/account_pages.h"
#include "web/portal/catalogue_pages.h"
#include "web/portal/dossier_pages.h"
#include "web/portal/filing_pages.h"
#include "web/portal/info_pages.h"
#include "web/portal/payment_pages.h"
#include "web/portal/rating_pages.h"
#include "web/portal/verify_pages.h"
#include "web/sessions.h"

#include <deque>
#include <functional>
#include <memory>
#include <string>

namespace motcua::app {

// The city's root in the tree of agencies, and since when its calendar counts.
inline constexpr const char* kCity = "tphcm";
inline constexpr CivilDay kCalendarFrom{2019, 1, 1};

// The rooms that hold data, without the web; commands use this too.
// A ward's administrator does not decide how the whole city is paid, nor what becomes of its deliveries.
std::function<bool(const Actor&)> cityAdministration(agency::AgencyService& agencies, const Clock& clock);

class Application {
public:
    // Opens the database and makes the rooms; migrates nothing.
    static Result<std::unique_ptr<Application>> open(const Settings& settings);
    ~Application();

    Result<int> migrate();
    // Agencies and what else the city's folder holds, and demo accounts where a demo password is set. Can run
    // again.
    Result<void> loadCity(const std::function<void(const std::string&)>& say);

    const Settings& settings() const { return settings_; }
    const Clock& clock() const { return clock_; }
    db::Database& database() { return *database_; }
    identity::IdentityService& identity() { return identity_; }
    agency::AgencyService& agencies() { return agencies_; }
    catalogue::CatalogueService& catalogue() { return catalogue_; }
    jobs::Runner& runner() { return runner_; }
    plugins::PluginRegistry& plugins() { return plugins_; }
    forms::FormsService& forms() { return forms_; }
    process::ProcessService& processes() { return processes_; }
    calendar::CalendarService& calendars() { return calendars_; }
    // By which a backup knows the master key that opens it; tells nothing of the key.
    const std::string& keyCheck() const { return keyCheck_; }

    // Every audit chain, the newest signed head, and the sealed bytes of every file: a line for each, and how
    // many do not stand the test.
    int examine(const std::function<void(const std::string&)>& say);

    // Takes up plugins and settings that have changed; about every second.
    void refreshPlugins() { plugins_.refresh(systemContext("plugins")); }

    // Where settings().demoBank says that one runs: payments by it, as by any other provider. After the
    // plugins were taken up.
    Result<void> connectDemoBank();
    std::string demoBankProfile() const; // empty where none runs

    // A context of the system itself, with a minute to answer.
    Context systemContext(const std::string& name) const;

private:
    friend class WebServer;
    Application(const Settings& settings, web::SiteFacts facts, const vault::MasterKey& master,
                audit::HeadSigner signer, std::unique_ptr<db::Database> database,
                std::unique_ptr<files::ObjectStore> objects);

    void scheduleJobs();
    Result<void> loadAgencies();
    Result<void> loadCalendar();
    Result<std::string> loadProcedures();
    Result<std::string> loadPackages();
    Result<void> loadQuestionnaire();
    Result<int> loadDemoPeople();

    Settings settings_;
    web::SiteFacts facts_;
    SystemClock clock_;
    std::string keyCheck_;
    std::string siteSecret_; // signs what a browser carries from one page to the next, on every node
    std::unique_ptr<db::Database> database_;
    vault::Vault vault_;
    audit::Audit audit_;
    audit::HeadSigner signer_;
    audit::MerkleLog log_;
    std::unique_ptr<files::ObjectStore> objects_;
    files::FileStore files_;
    jobs::Outbox outbox_;
    jobs::OutboxDesk outboxDesk_;
    jobs::Inbox inbox_;
    jobs::Runner runner_;
    agency::AgencyService agencies_;
    identity::PasswordHasher hasher_;
    identity::IdentityEvents identityEvents_;
    identity::IdentityService identity_;
    identity::AccountsDesk accounts_;
    calendar::CalendarService calendars_;
    catalogue::CatalogueService catalogue_;
    forms::FormsService forms_;
    process::ProcessService processes_;
    dossier::DossierService dossiers_;
    plugins::DatabaseSettingsStore pluginSettings_;
    plugins::PluginRegistry plugins_;
    view::ThemeStore themes_;
    signing::PaperService papers_;
    payment::PluginGateway paymentGateway_;
    payment::PaymentService payments_;
    messaging::PluginPost post_;
    messaging::MessagingService messaging_;
    assessment::AssessmentService assessments_;
};

// The rooms above, served over HTTP.
class WebServer {
public:
    static Result<std::unique_ptr<WebServer>> open(Application& application);

    std::uint16_t port() const { return server_->port(); }
    void start();
    void stop();
    Result<void> reloadTheme() { return site_.reloadTheme(); }
    const std::deque<http::Route>& routes() const { return router_.routes(); }

private:
    explicit WebServer(Application& application);

    web::Sessions sessions_;
    http::Router router_;
    http::Site site_;
    web::AccountPages accountPages_;
    web::CataloguePages cataloguePages_;
    web::FilingPages filingPages_;
    web::RatingPages ratingPages_;
    web::DossierPages dossierPages_;
    web::VerifyPages verifyPages_;
    web::PaymentPages paymentPages_;
    web::PaymentHook paymentHook_;
    web::WorkPages workPages_;
    web::ReceptionPages receptionPages_;
    web::SigningPages signingPages_;
    web::FigurePages figurePages_;
    web::MoneyPages moneyPages_;
    web::PluginPages pluginPages_;
    web::AdminHomePages adminHomePages_;
    web::AccountAdminPages accountAdminPages_;
    web::InfoPages infoPages_;
    std::unique_ptr<net::Server> server_;
    std::unique_ptr<net::Server> metricsServer_;
};

} // namespace motcua::app
