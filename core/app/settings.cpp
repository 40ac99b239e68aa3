#include "app/settings.h"

#include <filesystem>

namespace motcua::app {

namespace {

Error unsafe(const std::string& why) {
    return {ErrorKind::Rejected, "config.unsafe", why, {{"why", why}}};
}

bool isLoopback(const std::string& host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::string programFolder() {
    std::error_code problem;
    return std::filesystem::read_symlink("/proc/self/exe", problem).parent_path().string();
}

Result<std::string> oneOf(const Config& config, const std::string& key,
                          const std::vector<std::string>& words) {
    std::string found = config.text(key);
    std::string expected;
    for (const std::string& word : words) {
        if (word == found) return found;
        expected += (expected.empty() ? "" : ", ") + word;
    }
    return Error{ErrorKind::Invalid,
                 "config.bad_value",
                 key + " = " + found + ", expected " + expected,
                 {{"key", key}, {"found", found}, {"expected", expected}}};
}

Result<void> refuseUnsafe(const Settings& settings) {
    if (settings.profile != "demo" && settings.profile != "production")
        return Error{ErrorKind::Invalid,
                     "config.bad_value",
                     "profile = " + settings.profile + ", expected demo or production",
                     {{"key", "profile"}, {"found", settings.profile}, {"expected", "demo, production"}}};
    if (settings.certificateFile.empty() != settings.keyFile.empty())
        return unsafe("http.tls_certificate and http.tls_key go together");
    if (!settings.production()) return {};
    if (settings.certificateFile.empty() && !isLoopback(settings.host))
        return unsafe("plain HTTP beyond this machine: set http.tls_certificate and http.tls_key, or "
                      "http.host = 127.0.0.1 "
                      "behind a proxy");
    if (!settings.demoPassword.empty()) return unsafe("demo.password is set");
    if (!settings.demoBank.empty()) return unsafe("demo.bank is set: its payments are nobody's money");
    if (settings.origin.empty()) return unsafe("site.origin is missing: links in messages need it");
    return {};
}

} // namespace

std::vector<ConfigKey> configKeys() {
    return {
        {"profile", "demo",
         "demo, or production, which refuses plain HTTP beyond this machine, demo accounts and readable "
         "keys"},
        {"http.host", "127.0.0.1", "address to listen on; 0.0.0.0 for all"},
        {"http.port", "8080", "port to listen on"},
        {"http.workers", "8", "requests that are answered at the same time"},
        {"http.tls_certificate", "", "PEM file with the certificate chain"},
        {"http.tls_key", "", "PEM file with its private key"},
        {"http.trusted_proxies", "",
         "addresses of proxies whose X-Forwarded-For and -Proto count, comma-separated"},
        {"http.metrics_port", "0", "port on 127.0.0.1 for Prometheus; 0: none"},
        {"site.origin", "", "address as citizens write it, such as https://dichvucong.example"},
        {"data.folder", "data", "folder for database, files, keys and the control socket"},
        {"database.address", "", "postgresql://… or sqlite:FILE; empty: SQLite in the data folder"},
        {"database.sessions", "8", "sessions that read at the same time (PostgreSQL: all sessions)"},
        {"keys.master", "", "file with the master key; empty: keys/master.key in the data folder"},
        {"themes.folder", "themes", "where the themes lie"},
        {"themes.name", "default", "the theme that is served"},
        {"city.folder", "config/city", "agencies, procedures, calendar and packages to load"},
        {"plugins.folder", "", "folder of the plugins; empty: plugins beside the program"},
        {"signing.trust", "",
         "folder of the certificates whose signatures on papers count; empty: trust in the data folder"},
        {"signing.tsa", "",
         "address of the time-stamp authority (RFC 3161), such as http://tsa.example/; its issuer lies in "
         "signing.trust; empty: no time-stamps"},
        {"signing.timestamp", "later",
         "when the authority does not answer: later (papers go out and get their time-stamp behind it), or "
         "required (papers wait)"},
        {"signing.revocation", "on",
         "on: the authorities of trusted certificates are asked whether these still stand (OCSP, CRL); off: "
         "never"},
        {"signing.authorities", "",
         "hosts of authorities inside the own network that certificates name, such as "
         "ocsp.city.example:8080; "
         "comma-separated; any other with a private address is never asked"},
        {"payments.ask_after", "120",
         "seconds without a notification, until a payment's provider is asked how it stands"},
        {"outbox.keep_days", "30",
         "days after which a delivery that went out, or was put aside, is forgotten"},
        {"inbox.keep_days", "400",
         "days for which a notification that comes again is known; no less than its sender may repeat it"},
        {"demo.bank", "",
         "address of the demonstration bank (tools/simulators/vnpay); empty: no payments by it"},
        {"demo.password", "", "password of the demo accounts; empty: no demo accounts"},
    };
}

Result<Settings> settingsOf(const Config& config) {
    Settings settings;
    settings.profile = config.text("profile");
    settings.host = config.text("http.host");
    MOTCUA_TRY(port, config.integer("http.port", 0, 65535));
    MOTCUA_TRY(workers, config.integer("http.workers", 1, 256));
    MOTCUA_TRY(metricsPort, config.integer("http.metrics_port", 0, 65535));
    MOTCUA_TRY(sessions, config.integer("database.sessions", 1, 256));
    settings.port = static_cast<std::uint16_t>(port);
    settings.workers = static_cast<int>(workers);
    settings.metricsPort = static_cast<std::uint16_t>(metricsPort);
    settings.databaseSessions = static_cast<int>(sessions);
    settings.certificateFile = config.text("http.tls_certificate");
    settings.keyFile = config.text("http.tls_key");
    settings.trustedProxies = config.list("http.trusted_proxies");
    settings.origin = config.text("site.origin");
    settings.dataFolder = config.text("data.folder");
    settings.databaseAddress = config.text("database.address");
    if (settings.databaseAddress.empty())
        settings.databaseAddress = "sqlite:" + settings.dataFolder + "/motcua.db";
    settings.masterKeyFile = config.text("keys.master");
    if (settings.masterKeyFile.empty()) settings.masterKeyFile = settings.dataFolder + "/keys/master.key";
    settings.filesFolder = settings.dataFolder + "/files";
    settings.controlSocket = settings.dataFolder + "/motcua.sock";
    settings.themesFolder = config.text("themes.folder");
    settings.theme = config.text("themes.name");
    settings.cityFolder = config.text("city.folder");
    MOTCUA_TRY(askAfter, config.integer("payments.ask_after", 1, 86'400));
    settings.paymentsAskAfter = std::chrono::seconds{askAfter};
    MOTCUA_TRY(outboxDays, config.integer("outbox.keep_days", 1, 3650));
    MOTCUA_TRY(inboxDays, config.integer("inbox.keep_days", 30, 3650));
    settings.kept = {std::chrono::hours{24 * outboxDays}, std::chrono::hours{24 * inboxDays}};
    settings.demoBank = config.text("demo.bank");
    settings.demoPassword = config.text("demo.password");
    settings.pluginsFolder = config.text("plugins.folder");
    if (settings.pluginsFolder.empty()) settings.pluginsFolder = programFolder() + "/plugins";
    settings.pluginHost = programFolder() + "/motcua-plugin-host";
    settings.trustFolder = config.text("signing.trust");
    if (settings.trustFolder.empty()) settings.trustFolder = settings.dataFolder + "/trust";
    settings.timeAuthority = config.text("signing.tsa");
    MOTCUA_TRY(timestamp, oneOf(config, "signing.timestamp", {"later", "required"}));
    settings.timeRequired = timestamp == "required";
    MOTCUA_TRY(revocation, oneOf(config, "signing.revocation", {"on", "off"}));
    settings.revocation = revocation == "on";
    settings.authoritiesInside = config.list("signing.authorities");
    settings.demoToken = programFolder() + "/motcua-demo-token";
    MOTCUA_CHECK(refuseUnsafe(settings));
    return settings;
}

} // namespace motcua::app
