#include "base/bytes.h"
#include "files/file_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace motcua::files {

namespace {

[[noreturn]] void fail(const std::string& what, const std::string& path) {
    throw std::runtime_error(what + " " + path + ": " + std::strerror(errno));
}

class Descriptor {
public:
    Descriptor(const std::string& path, int flags, mode_t mode = 0)
        : number_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {
        if (number_ < 0) fail("cannot open", path);
    }
    ~Descriptor() { ::close(number_); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number() const { return number_; }

private:
    int number_;
};

void writeAll(int descriptor, std::string_view bytes, const std::string& path) {
    while (!bytes.empty()) {
        const auto written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) fail("cannot write", path);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

void syncFolder(const std::filesystem::path& folder) {
    const Descriptor descriptor{folder, O_RDONLY | O_DIRECTORY};
    if (::fsync(descriptor.number()) != 0) fail("cannot sync", folder);
}

class FolderStore final : public ObjectStore {
public:
    explicit FolderStore(std::filesystem::path folder) : folder_(std::move(folder)) {
        std::filesystem::create_directories(folder_);
        std::filesystem::permissions(folder_, std::filesystem::perms::owner_all);
    }

    void put(const std::string& address, const std::function<std::string()>& next) override {
        const auto target = pathOf(address);
        makeFolders(target.parent_path());
        const auto draft = target.string() + "." + toHex(randomBytes(8)) + ".draft";
        try {
            const Descriptor descriptor{draft, O_WRONLY | O_CREAT | O_EXCL, 0400};
            for (std::string piece = next(); !piece.empty(); piece = next())
                writeAll(descriptor.number(), piece, draft);
            if (::fsync(descriptor.number()) != 0) fail("cannot sync", draft);
            if (::rename(draft.c_str(), target.c_str()) != 0) fail("cannot rename", draft);
        } catch (...) {
            ::unlink(draft.c_str());
            throw;
        }
        syncFolder(target.parent_path());
    }

    std::string get(const std::string& address, std::uint64_t offset, std::size_t count) override {
        const std::string path = pathOf(address);
        const Descriptor descriptor{path, O_RDONLY};
        std::string bytes(count, '\0');
        std::size_t got = 0;
        while (got < count) {
            const auto read = ::pread(descriptor.number(), bytes.data() + got, count - got,
                                      static_cast<off_t>(offset + got));
            if (read < 0 && errno == EINTR) continue;
            if (read < 0) fail("cannot read", path);
            if (read == 0) break;
            got += static_cast<std::size_t>(read);
        }
        bytes.resize(got);
        return bytes;
    }

    bool has(const std::string& address) override { return std::filesystem::exists(pathOf(address)); }

    void remove(const std::string& address) override { std::filesystem::remove(pathOf(address)); }

    std::vector<std::string> putBefore(const std::string& start, Instant before) override {
        std::vector<std::string> found;
        std::error_code gone; // files and folders come and go meanwhile
        for (const auto& entry : std::filesystem::recursive_directory_iterator{folder_ / start, gone}) {
            struct stat status {};
            if (::lstat(entry.path().c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
            if (std::int64_t{status.st_mtim.tv_sec} * 1000 >= before.ms) continue;
            const std::string name = entry.path().filename().string();
            if (name.ends_with(".draft")) {
                std::filesystem::remove(entry.path(), gone);
            } else if (isAddress(name)) {
                found.push_back(name);
            }
        }
        return found;
    }

private:
    // Addresses are our own hexadecimal words; anything else is a bug that must not reach the file system.
    static bool isAddress(const std::string& text) {
        return text.size() >= 8 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
    }

    std::filesystem::path pathOf(const std::string& address) const {
        if (!isAddress(address)) throw std::logic_error("not an object's address");
        return folder_ / address.substr(0, 2) / address.substr(2, 2) / address;
    }

    // A new folder is durable only when its parent is.
    void makeFolders(const std::filesystem::path& folder) const {
        if (std::filesystem::exists(folder)) return;
        std::filesystem::create_directories(folder);
        syncFolder(folder.parent_path());
        syncFolder(folder_);
    }

    std::filesystem::path folder_;
};

} // namespace

std::unique_ptr<ObjectStore> folderStore(const std::string& folder) {
    return std::make_unique<FolderStore>(folder);
}

} // namespace motcua::files
