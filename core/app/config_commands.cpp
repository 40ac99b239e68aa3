#include "app/config_commands.h"

#include "app/city_config.h"

#include <fstream>

namespace motcua::app {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostLines = 200;

int failed(const Error& error, const Say& say) {
    tellError(error, say);
    return 1;
}

Result<void> writeFiles(const fs::path& folder, const ConfigFiles& files) {
    for (const auto& [name, text] : files) {
        std::error_code problem;
        fs::create_directories((folder / name).parent_path(), problem);
        std::ofstream out{folder / name, std::ios::binary | std::ios::trunc};
        out << text;
        out.close();
        if (!out) return unavailable("config.cannot_write", (folder / name).string());
    }
    return {};
}

void tell(const ConfigFolder& folder, const Say& say) {
    std::size_t lines = 0;
    for (const ConfigChange& change : folder.changes())
        if (++lines <= kMostLines) say("  " + change.file + ": " + change.what);
    if (lines > kMostLines) say("  … and " + std::to_string(lines - kMostLines) + " more");
    for (const std::string& remark : folder.remarks())
        say("note: " + remark);
}

} // namespace

int exportConfig(Application& application, const Call& call, const Say& say) {
    if (call.arguments.size() != 1 || call.arguments[0].starts_with("--")) {
        say("usage: motcua config export FOLDER");
        return 2;
    }
    const auto files = currentConfig(application);
    if (!files) return failed(files.error(), say);
    if (const auto done = writeFiles(call.path(call.arguments[0]), *files); !done)
        return failed(done.error(), say);
    say(std::to_string(files->size()) + " files are in " + call.arguments[0] +
        ". Secrets are not in them; procedures of the national file are not either.");
    return 0;
}

int importConfig(Application& application, const Call& call, const Say& say) {
    const bool yes = call.arguments.size() == 2 && call.arguments[1] == "--yes";
    if (call.arguments.empty() || call.arguments[0].starts_with("--") ||
        (call.arguments.size() != 1 && !yes)) {
        say("usage: motcua config import FOLDER [--yes]");
        return 2;
    }
    const auto folder = ConfigFolder::read(application, call.path(call.arguments[0]));
    if (!folder) return failed(folder.error(), say);
    if (folder->changes().empty()) {
        tell(*folder, say);
        say("Nothing differs from " + call.arguments[0] + ".");
        return 0;
    }
    say(std::to_string(folder->changes().size()) + (yes ? " changes:" : " changes would be made:"));
    tell(*folder, say);
    if (!yes) {
        say("Nothing was changed. To do it: motcua config import " + call.arguments[0] + " --yes");
        return kConfigWaits;
    }
    if (const auto done = folder->apply(application); !done) return failed(done.error(), say);
    say("Done.");
    return 0;
}

} // namespace motcua::app
