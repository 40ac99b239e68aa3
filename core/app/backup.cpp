#include "app/backup.h"

#include "app/control.h"
#include "base/bytes.h"
#include "db/postgresql_tools.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

namespace motcua::app {

namespace {

namespace fs = std::filesystem;

constexpr const char* kAbout = "backup.json";
constexpr const char* kSums = "SHA256SUMS"; // as sha256sum writes and checks it
constexpr const char* kSqlite = "motcua.db";
constexpr const char* kPostgresql = "motcua.dump";
constexpr std::int64_t kFormat = 1;

Error cannot(const std::string& what, const fs::path& path) {
    return {ErrorKind::Unavailable, "backup.io", what + " " + path.string() + ": " + std::strerror(errno)};
}

class Digest {
public:
    Digest() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
        if (!context_ || EVP_DigestInit_ex2(context_.get(), EVP_sha256(), nullptr) != 1)
            throw std::runtime_error("OpenSSL has no SHA-256");
    }
    void add(std::string_view bytes) {
        if (EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1)
            throw std::runtime_error("OpenSSL could not make a digest");
    }
    std::string hex() {
        std::string digest(32, '\0');
        unsigned int size = 0;
        EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(digest.data()), &size);
        return toHex(digest);
    }

private:
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

// Reads `from` to its end, writes and syncs `to` where it is not empty; the SHA-256 in hex.
Result<std::string> copied(const fs::path& from, const fs::path& to) {
    std::ifstream in{from, std::ios::binary};
    if (!in) return cannot("cannot read", from);
    int out = -1;
    if (!to.empty()) {
        out = ::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (out < 0) return cannot("cannot write", to);
    }
    Digest digest;
    std::vector<char> piece(1 << 20);
    bool whole = true;
    while (whole && in.read(piece.data(), static_cast<std::streamsize>(piece.size())).gcount() > 0) {
        std::string_view bytes{piece.data(), static_cast<std::size_t>(in.gcount())};
        digest.add(bytes);
        while (whole && out >= 0 && !bytes.empty()) {
            const ssize_t written = ::write(out, bytes.data(), bytes.size());
            whole = written > 0;
            if (whole) bytes.remove_prefix(static_cast<std::size_t>(written));
        }
    }
    if (out >= 0) {
        whole = whole && ::fsync(out) == 0;
        const Error failed = cannot("cannot write", to);
        ::close(out);
        if (!whole) return failed;
    }
    if (in.bad()) return cannot("cannot read", from);
    return digest.hex();
}

// Every regular file below a folder, as a path from it, in order; links are nobody's.
std::vector<std::string> filesBelow(const fs::path& folder) {
    std::vector<std::string> found;
    std::error_code none;
    for (const auto& entry : fs::recursive_directory_iterator{folder, none})
        if (fs::is_regular_file(entry.symlink_status()))
            found.push_back(fs::relative(entry.path(), folder).string());
    std::sort(found.begin(), found.end());
    return found;
}

bool synced(const fs::path& path) {
    const int opened = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (opened < 0) return false;
    const bool done = ::fsync(opened) == 0;
    ::close(opened);
    return done;
}

Result<void> written(const fs::path& file, const std::string& text) {
    std::ofstream out{file, std::ios::binary | std::ios::trunc};
    out << text;
    out.close();
    if (!out || !synced(file) || !synced(file.parent_path())) return cannot("cannot write", file);
    return {};
}

Result<std::string> textOf(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    std::stringstream text;
    if (!in || !(text << in.rdbuf())) return cannot("cannot read", file);
    return text.str();
}

// Copies every file of a folder; answers a line of sums for each.
Result<std::string> copyFolder(const fs::path& from, const fs::path& to, const std::string& name) {
    std::string sums;
    for (const std::string& file : filesBelow(from)) {
        if (file.ends_with(".draft")) continue; // still being written, and nobody's
        fs::create_directories((to / file).parent_path());
        const auto sum = copied(from / file, to / file);
        // Removed meanwhile: the database that was copied before does not speak of it, or of a draft that was
        // thrown away since.
        if (!sum && !fs::exists(from / file)) continue;
        if (!sum) return sum.error();
        sums += *sum + "  " + name + "/" + file + "\n";
    }
    return sums;
}

Result<std::string> writeBackup(Application& application, const fs::path& folder, bool withFiles) {
    std::error_code problem;
    fs::create_directories(folder, problem);
    if (problem || !fs::is_empty(folder, problem))
        return Error{ErrorKind::Rejected, "backup.not_empty", folder.string() + " is not an empty folder"};
    fs::permissions(folder, fs::perms::owner_all);
    const bool sqlite = application.database().backend() == db::Backend::Sqlite;
    const std::string name = sqlite ? kSqlite : kPostgresql;
    // The database first: whatever it speaks of lies in the files already.
    MOTCUA_CHECK(application.database().backup((folder / name).string()));
    MOTCUA_TRY(sum, copied(folder / name, {}));
    std::string sums = sum + "  " + name + "\n";
    if (withFiles) {
        fs::create_directories(folder / "files");
        MOTCUA_TRY(more, copyFolder(application.settings().filesFolder, folder / "files", "files"));
        sums += more;
    }
    MOTCUA_CHECK(written(folder / kSums, sums));
    Json about = Json::object();
    about.set("format", kFormat)
        .set("made_at", toIso8601(application.clock().now()))
        .set("database", sqlite ? "SQLite" : "PostgreSQL")
        .set("files", withFiles)
        .set("key_check", application.keyCheck())
        .set("sums", toHex(sha256(sums)));
    MOTCUA_CHECK(written(folder / kAbout, about.pretty() + "\n")); // last: a backup without it is none
    return std::to_string(std::count(sums.begin(), sums.end(), '\n'));
}

int failed(const Error& error, const Say& say) {
    tellError(error, say);
    return 1;
}

// --- and back
// --------------------------------------------------------------------------------------------------------

struct Backup {
    fs::path folder;
    bool sqlite = true;
    bool files = true;
    std::string madeAt;
    std::string keyCheck;
    std::vector<std::pair<std::string, std::string>>
        sums; // of each file: its path from the folder, and its SHA-256
};

Error damaged(const std::string& what) {
    return {ErrorKind::Rejected, "backup.damaged", what};
}

// What stands in the folder is what was put there, byte by byte.
Result<Backup> verified(const fs::path& folder) {
    if (!fs::exists(folder / kAbout))
        return Error{ErrorKind::NotFound, "backup.none", folder.string() + " holds no " + kAbout};
    MOTCUA_TRY(text, textOf(folder / kAbout));
    MOTCUA_TRY(about, Json::parse(text));
    if (about["format"].integer() != kFormat)
        return Error{ErrorKind::Rejected, "backup.other_format", "format " + about["format"].dump()};
    MOTCUA_TRY(sums, textOf(folder / kSums));
    if (toHex(sha256(sums)) != about["sums"].string()) return damaged(std::string{kSums} + " was changed");
    Backup backup{folder,
                  about["database"].string() == "SQLite",
                  about["files"].boolean(),
                  about["made_at"].string(),
                  about["key_check"].string(),
                  {}};
    std::istringstream lines{sums};
    const fs::path inside = fs::canonical(folder);
    for (std::string line; std::getline(lines, line);) {
        if (line.size() < 67) return damaged(std::string{kSums} + " has a line that is none");
        const fs::path name = line.substr(66);
        if (name.is_absolute() || std::find(name.begin(), name.end(), "..") != name.end())
            return damaged(std::string{kSums} + " names " + name.string());
        if (!fs::exists(folder / name)) return damaged(name.string() + " is missing");
        if (fs::canonical(folder / name) != inside / name) return damaged(name.string() + " is a link");
        MOTCUA_TRY(sum, copied(folder / name, {}));
        if (sum != line.substr(0, 64)) return damaged(name.string() + " is not what was backed up");
        backup.sums.emplace_back(name.string(), std::move(sum));
    }
    return backup;
}

Result<void> checkKey(const Settings& settings, const Backup& backup) {
    const auto master = vault::MasterKey::load(settings.masterKeyFile);
    if (!master && master.error().kind == ErrorKind::NotFound)
        return Error{ErrorKind::NotFound, "backup.no_key",
                     settings.masterKeyFile + " is missing; a backup never holds the keys"};
    if (!master) return master.error();
    if (toHex(master->derive("backup.key_check")).substr(0, 16) == backup.keyCheck) return {};
    return Error{ErrorKind::Rejected, "backup.other_key",
                 settings.masterKeyFile + " is not the key of the city that was backed up"};
}

std::string sqliteFile(const Settings& settings) {
    constexpr std::string_view prefix = "sqlite:";
    return settings.databaseAddress.starts_with(prefix) ? settings.databaseAddress.substr(prefix.size()) : "";
}

// That nothing is in the way, or may be moved out of it.
Result<void> checkPlace(const Settings& settings, const Backup& backup, bool force) {
    if (serverRuns(settings.controlSocket)) return rejected("backup.server_runs");
    const std::string file = sqliteFile(settings);
    if (file.empty() == backup.sqlite)
        return Error{ErrorKind::Rejected, "backup.other_database",
                     std::string{"it is of "} + (backup.sqlite ? "SQLite" : "PostgreSQL")};
    bool taken = fs::exists(settings.filesFolder) && !fs::is_empty(settings.filesFolder);
    if (backup.sqlite) {
        taken = taken || fs::exists(file);
    } else {
        MOTCUA_TRY(state, db::lookAtPostgresql(settings.databaseAddress));
        if (state.others > 0)
            return Error{ErrorKind::Rejected, "backup.database_in_use",
                         std::to_string(state.others) + " others are connected to the database"};
        taken = taken || state.hasTables;
    }
    if (taken && !force) return rejected("backup.place_taken");
    return {};
}

// Opens what was brought here as the city would, and has the doctor look at all of it.
Result<void> examined(Settings settings, const fs::path& draft, const Backup& backup, const Say& say) {
    if (backup.sqlite) settings.databaseAddress = "sqlite:" + (draft / kSqlite).string();
    if (backup.files) settings.filesFolder = (draft / "files").string();
    MOTCUA_TRY(application, Application::open(settings));
    return application->examine(say) == 0 ? Result<void>{} : Result<void>{rejected("backup.not_sound")};
}

Result<void> moved(const fs::path& from, const fs::path& to) {
    std::error_code problem;
    if (!fs::exists(from)) return {};
    fs::create_directories(to.parent_path(), problem);
    fs::rename(from, to, problem);
    if (problem)
        return Error{ErrorKind::Unavailable, "backup.io",
                     from.string() + " → " + to.string() + ": " + problem.message()};
    return {};
}

// What stood here goes into a folder of its own beside; what was examined takes its place.
Result<void> takePlace(const Settings& settings, const fs::path& draft, const Backup& backup,
                       const Say& say) {
    const fs::path data = settings.dataFolder;
    std::string stamp = toIso8601(SystemClock{}.now()).substr(0, 19);
    std::erase_if(stamp, [](char c) { return c == ':' || c == '-'; });
    const fs::path old = data / ("replaced-" + stamp);
    const fs::path file = sqliteFile(settings);
    if (backup.sqlite)
        for (const char* suffix : {"", "-wal", "-shm"})
            MOTCUA_CHECK(moved(file.string() + suffix, old / (file.filename().string() + suffix)));
    if (backup.files) MOTCUA_CHECK(moved(settings.filesFolder, old / "files"));
    if (backup.sqlite) MOTCUA_CHECK(moved(draft / kSqlite, file));
    if (backup.files) MOTCUA_CHECK(moved(draft / "files", settings.filesFolder));
    std::error_code ignored;
    fs::remove_all(draft, ignored);
    if (fs::exists(old)) say("What stood here is in " + old.string() + ".");
    return {};
}

Result<void> restored(const Settings& settings, const Call& call, const Say& say) {
    const bool force =
        std::find(call.arguments.begin(), call.arguments.end(), "--force") != call.arguments.end();
    MOTCUA_TRY(backup, verified(call.path(call.arguments[0])));
    say("backup: made " + backup.madeAt + " of a city on " + (backup.sqlite ? "SQLite" : "PostgreSQL") +
        ", " + std::to_string(backup.sums.size()) + " files as they were");
    MOTCUA_CHECK(checkPlace(settings, backup, force));
    MOTCUA_CHECK(checkKey(settings, backup));
    const fs::path draft = fs::path{settings.dataFolder} / "restoring";
    fs::remove_all(draft);
    fs::create_directories(draft);
    fs::permissions(draft, fs::perms::owner_all);
    if (backup.files) fs::create_directories(draft / "files");
    for (const auto& [name, sum] : backup.sums) {
        if (name == kPostgresql) continue;
        fs::create_directories((draft / name).parent_path());
        MOTCUA_TRY(now, copied(backup.folder / name, draft / name));
        if (now != sum) return damaged(name + " was changed meanwhile");
    }
    if (!backup.sqlite) {
        MOTCUA_CHECK(
            db::restorePostgresql(settings.databaseAddress, (backup.folder / kPostgresql).string(), force));
    }
    MOTCUA_CHECK(examined(settings, draft, backup, say));
    return takePlace(settings, draft, backup, say);
}

} // namespace

int makeBackup(Application& application, const Call& call, const Say& say) {
    const bool bare = call.arguments.size() == 2 && call.arguments[1] == "--without-files";
    if (call.arguments.empty() || call.arguments[0].starts_with("--") ||
        (call.arguments.size() != 1 && !bare)) {
        say("usage: motcua backup FOLDER [--without-files]");
        return 2;
    }
    const auto count = writeBackup(application, call.path(call.arguments[0]), !bare);
    if (!count) return failed(count.error(), say);
    say("The city is in " + call.arguments[0] + ": " + *count + " files with their sums" +
        (bare ? ", without the sealed papers." : "."));
    say("The keys (" + application.settings().masterKeyFile +
        " and what lies beside it) are not in it: keep them apart. Without them it opens nothing.");
    return 0;
}

int restoreBackup(const Settings& settings, const Call& call, const Say& say) {
    const bool force = call.arguments.size() == 2 && call.arguments[1] == "--force";
    if (call.arguments.empty() || call.arguments[0].starts_with("--") ||
        (call.arguments.size() != 1 && !force)) {
        say("usage: motcua restore FOLDER [--force]");
        return 2;
    }
    const auto done = restored(settings, call, say);
    if (!done) return failed(done.error(), say);
    say("The city is restored. Next: motcua migrate, then motcua serve.");
    return 0;
}

} // namespace motcua::app
