#include "app/application.h"

namespace motcua::app {

namespace {

constexpr Millis kGrace = std::chrono::seconds{10};

http::SiteSettings siteSettings(const Settings& settings, const std::string& secret) {
    http::SiteSettings site;
    site.publicOrigin = settings.origin;
    site.secret = secret;
    site.themeCheck = settings.production() ? Millis{0} : Millis{1000};
    return site;
}

// Whether a page may promise an e-mail: a message plugin is switched on and configured.
std::function<bool()> mailGoesOut(const plugins::PluginRegistry& plugins) {
    return [&plugins] { return !plugins.profiles("message").empty(); };
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
    try {
        return std::unique_ptr<WebServer>{new WebServer{application}};
    } catch (const std::runtime_error& problem) {
        return unavailable("app.cannot_serve", problem.what());
    }
}

WebServer::WebServer(Application& application)
    : sessions_(application.identity_),
      site_(siteSettings(application.settings_, application.siteSecret_), router_, application.themes_,
            sessions_, application.clock_),
      accountPages_(application.identity_, mailGoesOut(application.plugins_)),
      cataloguePages_(application.catalogue_),
      filingPages_(application.dossiers_, application.catalogue_, mailGoesOut(application.plugins_),
                   application.clock_),
      ratingPages_(application.assessments_, application.agencies_),
      dossierPages_({*application.database_, application.dossiers_, application.identity_,
                     application.agencies_, application.files_, application.papers_, application.payments_,
                     filingPages_, ratingPages_, application.settings_.origin, application.clock_}),
      verifyPages_(application.papers_, application.agencies_),
      paymentPages_({application.payments_, application.dossiers_, application.agencies_, application.settings_.origin,
                     application.demoBankProfile(), application.clock_}),
      paymentHook_(application.payments_),
      workPages_(*application.database_, application.dossiers_, application.identity_, application.papers_,
                 application.payments_, application.clock_),
      receptionPages_(application.dossiers_, application.identity_),
      signingPages_(application.dossiers_, application.papers_),
      figurePages_(*application.database_, application.assessments_, application.agencies_,
                   application.catalogue_, application.identity_),
      moneyPages_(application.payments_, application.dossiers_, application.settings_.origin),
      pluginPages_(application.plugins_, *application.database_, application.identity_,
                   application.settings_.origin),
      adminHomePages_(
          {*application.database_, application.outboxDesk_, application.catalogue_, application.plugins_}),
      accountAdminPages_(application.accounts_, application.identity_, application.agencies_,
                         application.clock_),
      infoPages_(application.facts_, application.agencies_, application.clock_) {
    site_.setLayout(web::layoutFiller(application.facts_, router_,
                                      cityAdministration(application.agencies_, application.clock_)));
    accountPages_.mount(router_);
    cataloguePages_.mount(router_);
    filingPages_.mount(router_);
    ratingPages_.mount(router_);
    dossierPages_.mount(router_);
    verifyPages_.mount(router_);
    paymentPages_.mount(router_);
    paymentHook_.mount(router_);
    signingPages_.mount(router_);
    workPages_.mount(router_);
    receptionPages_.mount(router_);
    figurePages_.mount(router_);
    moneyPages_.mount(router_);
    pluginPages_.mount(router_);
    adminHomePages_.mount(router_);
    accountAdminPages_.mount(router_);
    infoPages_.mount(router_);
    net::ServerSettings front = serverSettings(application.settings_);
    front.dressRefusal = [this](net::Response& refusal) { site_.dressRefusal(refusal); };
    server_ = std::make_unique<net::Server>(front, site_.handler(), application.clock_);
    if (application.settings_.metricsPort == 0) return;
    site_.metrics().add([&database = *application.database_](std::string& out) {
        out += "# TYPE motcua_db_statements_total counter\n";
        http::writeFigure(out, "motcua_db_statements_total", "", static_cast<double>(database.statements()));
    });
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
