#include "app/command_line.h"

#include "app/commands.h"
#include "app/config_commands.h"
#include "app/control.h"

#include "base/log.h"

#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <iostream>

namespace motcua::app {

namespace {

void say(const std::string& line) {
    std::cout << line << std::endl;
}
void complain(const std::string& line) {
    std::cerr << line << std::endl;
}

int failed(const Error& error) {
    tellError(error, complain);
    return 1;
}

// Signals are taken by sigwait in the main thread; every thread made later leaves them alone.
sigset_t blockSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
        sigaddset(&signals, signal);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    return signals;
}

// Until told to stop; meanwhile the plugins are looked after, and SIGHUP takes up the theme again.
void waitForStop(const sigset_t& signals, Application& application, WebServer& web) {
    const timespec second{1, 0};
    while (true) {
        const int signal = sigtimedwait(&signals, nullptr, &second);
        if (signal == SIGINT || signal == SIGTERM) return;
        if (signal == SIGHUP) {
            if (const auto reloaded = web.reloadTheme(); !reloaded) tellError(reloaded.error(), complain);
            continue;
        }
        try {
            application.refreshPlugins();
        } catch (const std::exception& problem) {
            log::error("plugins.refresh_failed", {{"why", problem.what()}});
        }
    }
}

void greet(const Settings& settings, std::uint16_t port) {
    const std::string scheme = settings.certificateFile.empty() ? "http" : "https";
    const std::string host =
        settings.host == "0.0.0.0" || settings.host == "127.0.0.1" ? "localhost" : settings.host;
    say("Một Cửa serves " + scheme + "://" + host + ":" + std::to_string(port));
    if (!settings.demoBank.empty())
        say("Fees are paid at a demonstration bank, with nobody's money: " + settings.demoBank);
    if (settings.demoPassword.empty()) return;
    say("Demo accounts, all with the password " + settings.demoPassword + ":");
    say("  citizen                an@demo.motcua.example");
    say("  reception, District 1  tiepnhan.q1@demo.motcua.example");
    say("  specialist, District 1 chuyenvien.q1@demo.motcua.example");
    say("  leader, District 1     lanhdao.q1@demo.motcua.example");
    say("  administrator          quantri@demo.motcua.example");
}

int serve(const Settings& settings, bool prepare) {
    const sigset_t signals = blockSignals();
    auto application = Application::open(settings);
    if (!application) return failed(application.error());
    std::atomic<WebServer*> serving{nullptr};
    const auto run = [&](const std::vector<std::string>& words, const std::string& folder, const Say& tell) {
        Call call{{}, folder};
        const Command* command = findCommand(words, call.arguments);
        if (command && command->run) return command->run(**application, call, tell);
        WebServer* const web = serving;
        if (command && command->runServing && web) return command->runServing(*web, call, tell);
        tell("error: the server is still starting");
        return 2;
    };
    try {
        std::unique_ptr<WebServer> web; // before the control socket, which hands it out
        const ControlServer control{settings.controlSocket, run};
        if (prepare) {
            if (const auto migrated = (*application)->migrate(); !migrated) return failed(migrated.error());
            if (const auto loaded = (*application)->loadCity(say); !loaded) return failed(loaded.error());
        }
        auto opened = WebServer::open(**application);
        if (!opened) return failed(opened.error());
        web = std::move(*opened);
        (*application)->refreshPlugins();
        if (const auto connected = (*application)->connectDemoBank(); !connected)
            tellError(connected.error(), complain); // the city is served all the same
        (*application)->runner().start();
        web->start();
        serving = web.get();
        greet(settings, web->port());
        waitForStop(signals, **application, *web);
        say("Stopping: requests under way are finished.");
        web->stop();
        (*application)->runner().stop();
        return 0;
    } catch (const std::runtime_error& problem) {
        return failed(unavailable("app.cannot_serve", problem.what()));
    }
}

int runCommand(const Settings& settings, const std::vector<std::string>& words) {
    Call call{{}, std::filesystem::current_path().string()};
    const Command* command = findCommand(words, call.arguments);
    if (!command) {
        complain("unknown command: " + (words.empty() ? "" : words[0]) + "\n\n" + helpText());
        return 2;
    }
    if (command->runClosed) return command->runClosed(settings, call, say);
    const auto asked = [&](const std::vector<std::string>& said) {
        Call same{{}, call.folder};
        findCommand(said, same.arguments);
        if (const auto code = runInServer(settings.controlSocket, said, say)) return *code;
        if (command->runServing) {
            complain("error: no server runs on " + settings.dataFolder + "; start it with: motcua serve");
            return 1;
        }
        const auto application = Application::open(settings);
        return application ? command->run(**application, same, say) : failed(application.error());
    };
    const int code = asked(words);
    if (code != kConfigWaits || !::isatty(0) || !::isatty(1)) return code;
    std::cout << "Do it now? [y/N] " << std::flush;
    std::string answer;
    if (!std::getline(std::cin, answer) || (answer != "y" && answer != "Y")) return code;
    std::vector<std::string> agreed = words;
    agreed.push_back("--yes");
    return asked(agreed);
}

void printConfigHelp(const Config& config) {
    for (const ConfigKey& key : config.known())
        say(std::string{key.name} + " = " + std::string{key.fallback} + "\n    " +
            std::string{key.description});
}

// The options of `up` are short names of configuration keys.
Result<void> readUpOptions(const std::vector<std::string>& words, Config& config) {
    bool demo = true;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string& word = words[i];
        const char* key = word == "--port"       ? "http.port"
                          : word == "--data"     ? "data.folder"
                          : word == "--database" ? "database.address"
                                                 : nullptr;
        if (word == "--no-demo") {
            demo = false;
        } else if (key && i + 1 < words.size()) {
            MOTCUA_CHECK(config.set(std::string{key} + "=" + words[++i]));
        } else {
            return Error{ErrorKind::Invalid, "app.unknown_option", word, {{"option", word}}};
        }
    }
    if (demo && !config.isSet("demo.password")) MOTCUA_CHECK(config.set("demo.password=mot-cua-2020-demo"));
    return {};
}

// Takes --config and --set from the front of the words.
Result<void> readOptions(std::vector<std::string>& words, Config& config) {
    std::size_t at = 0;
    for (; at + 1 < words.size() && words[at].starts_with("--"); at += 2) {
        if (words[at] == "--config") {
            MOTCUA_CHECK(config.load(words[at + 1]));
        } else if (words[at] == "--set") {
            MOTCUA_CHECK(config.set(words[at + 1]));
        } else {
            return Error{ErrorKind::Invalid, "app.unknown_option", words[at], {{"option", words[at]}}};
        }
    }
    words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(at));
    return {};
}

int run(std::vector<std::string> words) {
    Config config{configKeys()};
    config.loadEnvironment();
    if (const auto read = readOptions(words, config); !read) return failed(read.error());
    if (words.empty() || words[0] == "help" || words[0] == "--help") {
        if (words.size() > 1 && words[1] == "config") {
            printConfigHelp(config);
        } else {
            std::cout << helpText();
        }
        return 0;
    }
    const bool up = words[0] == "up";
    if (up) {
        if (const auto read = readUpOptions(words, config); !read) return failed(read.error());
    }
    const auto settings = settingsOf(config);
    if (!settings) return failed(settings.error());
    return up || words[0] == "serve" ? serve(*settings, up) : runCommand(*settings, words);
}

} // namespace

int runCommandLine(const std::vector<std::string>& words) {
    try {
        return run(words);
    } catch (const std::exception& problem) {
        complain(std::string{"error: "} + problem.what());
        return 1;
    }
}

} // namespace motcua::app
