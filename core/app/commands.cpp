#include "app/commands.h"

#include "app/backup.h"
#include "app/catalogue_commands.h"
#include "app/config_commands.h"
#include "app/plugin_commands.h"
#include "base/text.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

namespace motcua::app {

namespace {

// What an administrator can do about an error that has something to be done about.
std::string adviceFor(const Error& error) {
    static const std::map<std::string, std::string, std::less<>> advice{
        {"vault.readable_key", "Only the server's user may read it: chmod 0400 FILE."},
        {"app.no_database", "Check database.address, that the server runs and that this user may connect."},
        {"db.changed_migration",
         "This program is not the one that made the database: install the version that did, or a later one."},
        {"db.newer_than_program",
         "A newer version has used this database: install that version or restore a backup."},
        {"app.cannot_serve", "Is another server running on this port? See http.host and http.port."},
        {"config.unknown_key", "`motcua help config` lists the keys."},
        {"config.no_folder", "`motcua config export FOLDER` makes such a folder."},
        {"plugin.unknown", "`motcua plugin list` shows those that are installed."},
        {"backup.not_empty", "Name a folder that does not exist yet."},
        {"backup.none", "Name the folder that `motcua backup` made."},
        {"backup.damaged", "Nothing was changed. Use another backup."},
        {"backup.other_format", "It was made by another version: restore it with that one."},
        {"backup.other_database", "Set database.address to a database of that kind."},
        {"backup.server_runs", "A server uses this data folder: stop it first."},
        {"backup.database_in_use", "Stop every server and program that uses this database first."},
        {"backup.place_taken", "There is a city here already. With --force it is put aside (SQLite, files) "
                               "or replaced (PostgreSQL)."},
        {"backup.no_key",
         "Put the keys of that city there (master.key and audit.pem, mode 0400), then try again."},
        {"backup.other_key", "Put the keys of that city there, then try again."},
        {"backup.not_sound",
         "It does not stand the examination above: do not serve it. Restore an older backup."},
        {"db.no_tool", "Install PostgreSQL's tools: apt-get install postgresql-client"},
    };
    const auto found = advice.find(error.code);
    return found == advice.end() ? std::string{} : found->second;
}

// The first line of a file.
Result<std::string> readSecret(const std::string& path) {
    std::ifstream file{path};
    std::string line;
    if (!file || !std::getline(file, line) || line.empty())
        return Error{
            ErrorKind::NotFound, "app.no_secret", path + " cannot be read or is empty", {{"file", path}}};
    return line;
}

int failed(const Error& error, const Say& say) {
    tellError(error, say);
    return 1;
}

int migrate(Application& application, const Call&, const Say& say) {
    const auto ran = application.migrate();
    if (!ran) return failed(ran.error(), say);
    say(*ran == 0 ? "The database is up to date." : std::to_string(*ran) + " migrations ran.");
    return 0;
}

int load(Application& application, const Call&, const Say& say) {
    if (const auto loaded = application.loadCity(say); !loaded) return failed(loaded.error(), say);
    return 0;
}

int doctor(Application& application, const Call&, const Say& say) {
    say("database: answers (" +
        std::string{application.database().backend() == db::Backend::Sqlite ? "SQLite" : "PostgreSQL"} + ")");
    const int faults = application.examine(say);
    const bool city = !application.agencies().tree(application.systemContext("doctor"))->all().empty();
    say(city ? "city: loaded" : "city: no agencies yet; run: motcua load");
    return faults == 0 ? 0 : 1;
}

int createUser(Application& application, const Call& call, const Say& say) {
    if (call.arguments.size() < 2) {
        say("usage: motcua user create EMAIL NAME [--role ROLE --agency AGENCY] [--password-file FILE]");
        return 2;
    }
    const std::string passwordFile = call.option("--password-file");
    if (passwordFile.empty()) {
        say("A password comes from a file, never from the command line: --password-file FILE");
        return 2;
    }
    const auto password = readSecret(call.path(passwordFile));
    if (!password) return failed(password.error(), say);
    identity::NewAccount account;
    account.email = call.arguments[0];
    account.fullName = call.arguments[1];
    account.password = *password;
    const Context context = application.systemContext("command line");
    if (const std::string role = call.option("--role"); !role.empty()) {
        const auto agency = application.agencies().find(context, call.option("--agency"));
        if (!agency) return failed(agency.error(), say);
        account.roles.push_back({role, agency->id});
    }
    const auto created = application.identity().create(context, account);
    if (!created) return failed(created.error(), say);
    say("account " + *created);
    return 0;
}

int reloadTheme(WebServer& web, const Call&, const Say& say) {
    if (const auto reloaded = web.reloadTheme(); !reloaded) return failed(reloaded.error(), say);
    say("The theme is taken up again.");
    return 0;
}

// One line a route, for who must not forget any: method, path, who may call it, how it is guarded.
int listRoutes(WebServer& web, const Call&, const Say& say) {
    for (const http::Route& route : web.routes()) {
        static constexpr const char* access[] = {"public", "signed-in", "official"};
        say(route.method() + " " + route.pattern() + " " + access[static_cast<int>(route.access())] +
            (route.isWebhook() ? " webhook"
             : route.isApi()   ? " api"
                               : " page"));
    }
    return 0;
}

} // namespace

std::string Call::option(std::string_view name) const {
    const auto found = std::find(arguments.begin(), arguments.end(), name);
    return found == arguments.end() || found + 1 == arguments.end() ? std::string{} : *(found + 1);
}

std::string Call::path(const std::string& written) const {
    return (std::filesystem::path{folder} / written).string();
}

const std::vector<Command>& allCommands() {
    static const std::vector<Command> commands{
        {"migrate", "", "Brings the database to this version.", migrate},
        {"load", "", "Loads the city's folder (agencies, people of the demo); can run again.", load},
        {"doctor", "", "Checks database, audit chains and what is missing.", doctor},
        {"catalogue import", "FILE [--report FILE]",
         "Takes over the national catalogue (JSON lines, gzipped or not) and reports what could not be read.",
         importCatalogue},
        {"catalogue export", "FOLDER", "Writes the city's procedures as files a person can read.",
         exportCatalogue},
        {"user create", "EMAIL NAME --password-file FILE [--role ROLE --agency AGENCY]",
         "Makes an official's account.", createUser},
        {"plugin list", "", "Every plugin: its state, what it provides, what it may reach.", listPlugins},
        {"plugin check", "PLUGIN|FILE.so",
         "Whether a plugin fits this server; of one that is on, whether its connections work.", checkPlugin},
        {"plugin enable", "PLUGIN", "Switches a plugin on, at once and on every node.", enablePlugin},
        {"plugin disable", "PLUGIN", "Switches it off.", disablePlugin},
        {"config export", "FOLDER",
         "Writes agencies, calendars, procedures, packages, plugins without secrets and the site's facts as "
         "files.",
         exportConfig},
        {"config import", "FOLDER [--yes]",
         "Says what such a folder would change, and changes it where --yes is said or you agree.",
         importConfig},
        {"backup", "FOLDER [--without-files]",
         "Copies database and sealed files with their sums, while the server runs.", makeBackup},
        {.name = "restore",
         .arguments = "FOLDER [--force]",
         .summary = "Brings a backup into a data folder that no server uses, after checking all of it.",
         .runClosed = restoreBackup},
        {.name = "theme reload",
         .arguments = "",
         .summary = "Has the running server take up the theme's files again.",
         .runServing = reloadTheme},
        {.name = "routes",
         .arguments = "",
         .summary = "Every page and address that the running server answers, and who may call it.",
         .runServing = listRoutes},
    };
    return commands;
}

const Command* findCommand(const std::vector<std::string>& words, std::vector<std::string>& rest) {
    const Command* best = nullptr;
    std::size_t used = 0;
    for (const Command& command : allCommands()) {
        const auto name = text::words(command.name);
        if (name.size() > words.size() || name.size() <= used ||
            !std::equal(name.begin(), name.end(), words.begin()))
            continue;
        best = &command;
        used = name.size();
    }
    rest.assign(words.begin() + static_cast<std::ptrdiff_t>(used), words.end());
    return best;
}

void tellError(const Error& error, const Say& say) {
    say("error: " + error.code + (error.detail.empty() ? "" : ": " + error.detail));
    for (const FieldError& field : error.fields) {
        if (!error.detail.empty()) break;
        say("  " + field.field + ": " + field.code);
    }
    if (const std::string advice = adviceFor(error); !advice.empty()) say(advice);
}

std::string helpText() {
    std::string help = "usage: motcua [--config FILE] [--set KEY=VALUE]… COMMAND\n\n"
                       "  serve\n        Serves the city until it is told to stop.\n"
                       "  up [--port N] [--data FOLDER] [--database ADDRESS] [--no-demo]\n"
                       "        Migrates, loads the city and serves it.\n";
    for (const Command& command : allCommands()) {
        help += std::string{"  "} + command.name + (*command.arguments ? " " : "") + command.arguments +
                "\n        " + command.summary + "\n";
    }
    return help + "  help [config]\n        This text, or every key of the configuration.\n";
}

} // namespace motcua::app
