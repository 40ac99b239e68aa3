#include "app/application.h"
#include "app/city_files.h"

namespace motcua::app {

namespace {

constexpr Millis kGrace = std::chrono::seconds{10};

http::SiteSettings siteSettings(const Settings& settings) {
    http::SiteSettings site;
    site.publicOrigin = settings.origin;
    site.themeCheck = settings.production() ? Millis{0} : Millis{1000};
    return site;
}

net::ServerSettings serverSettings(const Settings& settings) {
    net::ServerSettings server;
    server.host = settings.host;
    server.port = settings.port;
    server.workers = settings.workers;
    server.certificateFile = settings.certificateFile;
    server.keyFile = settings.keyFile;
    server.trustedProxies = settings.trustedProxies;
    server.spoolFolder = settings.dataFolder;
    return server;
}

} // namespace

Result<std::unique_ptr<WebServer>> WebServer::open(Application& application) {
    MOTCUA_TRY(facts, readSiteFacts(application.settings().cityFolder + "/site.yaml"));
    try {
        return std::unique_ptr<WebServer>{new WebServer{application, std::move(facts)}};
    } catch (const std::runtime_error& problem) {
        return unavailable("app.cannot_serve", problem.what());
    }
}

WebServer::WebServer(Application& application, web::SiteFacts facts)
    : application_(application),
      sessions_(application.identity_),
      site_(siteSettings(application.settings_), router_, application.themes_, sessions_, application.clock_),
      accountPages_(application.identity_),
      cataloguePages_(application.catalogue_, application.agencies_),
      filingPages_(application.dossiers_, application.catalogue_, application.clock_),
      dossierPages_({*application.database_, application.dossiers_, application.identity_,
                     application.agencies_, application.files_, application.papers_, filingPages_,
                     application.settings_.origin, application.clock_}),
      verifyPages_(application.papers_, application.agencies_),
      workPages_(*application.database_, application.dossiers_, application.identity_, application.papers_,
                 application.clock_),
      pluginPages_(application.plugins_, *application.database_, application.identity_) {
    site_.setLayout(web::layoutFiller(std::move(facts), router_));
    accountPages_.mount(router_);
    cataloguePages_.mount(router_);
    filingPages_.mount(router_);
    dossierPages_.mount(router_);
    verifyPages_.mount(router_);
    workPages_.mount(router_);
    pluginPages_.mount(router_);
    server_ = std::make_unique<net::Server>(serverSettings(application.settings_), site_.handler(),
                                            application.clock_);
    if (application.settings_.metricsPort == 0) return;
    net::ServerSettings metrics;
    metrics.port = application.settings_.metricsPort;
    metrics.workers = 1;
    metricsServer_ = std::make_unique<net::Server>(metrics, site_.metricsHandler(), application.clock_);
}

void WebServer::start() {
    server_->start();
    if (metricsServer_) metricsServer_->start();
}

void WebServer::stop() {
    server_->stop(kGrace);
    if (metricsServer_) metricsServer_->stop(Millis{0});
}

} // namespace motcua::app
