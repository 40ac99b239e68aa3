#include "app/demo_signature.h"

#include "base/bytes.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

namespace motcua::app {

namespace {

namespace fs = std::filesystem;

constexpr const char* kPlugin = "vn.motcua.signature-pkcs11";
constexpr const char* kLabel = "Motcua demo";

// Where Debian has SoftHSM's library.
std::string softHsm() {
    constexpr std::array places{"/usr/lib/softhsm/libsofthsm2.so",
                                "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
                                "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"};
    const auto found =
        std::find_if(places.begin(), places.end(), [](const char* place) { return fs::exists(place); });
    return found == places.end() ? std::string{} : *found;
}

struct Pipe {
    std::array<int, 2> ends{-1, -1};
    Pipe() {
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) ends = {-1, -1};
    }
    ~Pipe() {
        close(0);
        close(1);
    }
    void close(std::size_t end) {
        if (ends[end] >= 0) ::close(ends[end]);
        ends[end] = -1;
    }
};

// Runs the program with `input` on its standard input; what it says, where it ends well.
Result<std::string> run(const std::vector<std::string>& words, const std::string& environment,
                        const std::string& input) {
    Pipe in, out;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in.ends[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out.ends[1], 1);
    std::vector<char*> arguments;
    for (const std::string& word : words)
        arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    char* variables[] = {const_cast<char*>(environment.c_str()), nullptr};
    pid_t child = 0;
    const int failed =
        ::posix_spawn(&child, words[0].c_str(), &actions, nullptr, arguments.data(), variables);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) return unavailable("demo.no_token", words[0] + " cannot be started");
    in.close(0);
    out.close(1);
    const bool written =
        ::write(in.ends[1], input.data(), input.size()) == static_cast<ssize_t>(input.size());
    in.close(1);
    std::string said;
    char piece[4096];
    for (ssize_t got = 0; (got = ::read(out.ends[0], piece, sizeof piece)) > 0;)
        said.append(piece, static_cast<std::size_t>(got));
    int status = 0;
    ::waitpid(child, &status, 0);
    if (!written || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return unavailable("demo.no_token", words[0] + " failed");
    return said;
}

// Its owner's alone, as all that lies in the data folder.
Result<void> writeFile(const fs::path& path, const std::string& text) {
    std::ofstream file{path, std::ios::binary};
    std::error_code problem;
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write, problem);
    if (!file || problem || !(file << text))
        return unavailable("demo.no_token", path.string() + " cannot be written");
    return {};
}

} // namespace

Result<std::string> prepareDemoSignature(const Context& context, const Settings& settings,
                                         plugins::PluginRegistry& plugins) {
    const auto plugin = plugins.find(kPlugin);
    if (!plugin) return unavailable("demo.no_token", "the plugin signature-pkcs11 is not built");
    if (!plugin->stored.profiles.empty()) return std::string{"the demo's signature stands"};
    const std::string module = softHsm();
    if (module.empty()) return unavailable("demo.no_token", "the package softhsm2 is not installed");

    std::error_code problem;
    const fs::path folder = fs::absolute(settings.dataFolder) / "demo-token";
    fs::remove_all(folder, problem); // of a set-up that was cut short
    fs::create_directories(folder / "tokens", problem);
    fs::permissions(folder, fs::perms::owner_all, problem);
    fs::create_directories(settings.trustFolder, problem);
    const fs::path config = folder / "softhsm2.conf";
    MOTCUA_CHECK(writeFile(config, "directories.tokendir = " + (folder / "tokens").string() +
                                       "\nobjectstore.backend = file\nlog.level = ERROR\n"));
    const std::string environment = "SOFTHSM2_CONF=" + config.string();
    const std::string pin = toHex(randomBytes(8));
    MOTCUA_TRY(authority, run({settings.demoToken, module, kLabel}, environment, pin + "\n"));
    MOTCUA_CHECK(writeFile(fs::path{settings.trustFolder} / "chung-thu-thu-nghiem.pem", authority));

    plugins::StoredProfile profile;
    profile.name = "default";
    profile.config.set("module", module).set("token", kLabel);
    profile.config.set("environment", Json::array().add(environment));
    MOTCUA_CHECK(plugins.configure(context, kPlugin, profile, {{"pin", pin}}));
    MOTCUA_CHECK(plugins.enable(context, kPlugin));
    return std::string{"results are signed with a demonstration key (CHỨNG THƯ THỬ NGHIỆM)"};
}

} // namespace motcua::app
