// What the server is told at boot: the keys of motcua.properties, checked and with their types.
#pragma once

#include "base/clock.h"
#include "base/config.h"
#include "base/result.h"
#include "jobs/forgetting.h"

#include <cstdint>
#include <string>
#include <vector>

namespace motcua::app {

// Every key with its default and what it is for; the reference page and `motcua help config` are made from
// it.
std::vector<ConfigKey> configKeys();

struct Settings {
    std::string profile; // "demo" or "production"
    std::string host;
    std::uint16_t port = 8080;
    int workers = 8;
    std::string certificateFile;
    std::string keyFile;
    std::vector<std::string> trustedProxies;
    std::string origin; // "https://dichvucong.example", as citizens write it
    std::uint16_t metricsPort = 0;

    std::string dataFolder;
    std::string databaseAddress; // empty in the file: SQLite in the data folder
    int databaseSessions = 8;
    std::string masterKeyFile;
    std::string filesFolder;
    std::string controlSocket;

    std::string themesFolder;
    std::string theme;
    std::string cityFolder;
    Millis paymentsAskAfter{120'000};
    jobs::KeptFor kept{};
    std::string demoBank;
    std::string demoPassword;
    std::string pluginsFolder; // holds <name>/<name>.so
    std::string pluginHost;
    std::string trustFolder;                    // certificates of the authorities whose signatures count
    std::string timeAuthority;                  // for time-stamps on signatures
    bool timeRequired = false;                  // no signature without
    bool revocation = true;                     // authorities are asked whether certificates still stand
    std::vector<std::string> authoritiesInside; // that are asked though their addresses are private
    std::string demoToken;                      // the program that makes the demo's token

    bool production() const { return profile == "production"; }
};

// Errors: config.… with key, found and expected; Rejected config.unsafe where a profile called production
// would serve plain HTTP beyond loopback or demo accounts.
Result<Settings> settingsOf(const Config& config);

} // namespace motcua::app
