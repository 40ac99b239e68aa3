#include "base/secret_file.h"

#include "base/bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace motcua {

namespace {

[[noreturn]] void fail(const std::string& file) {
    throw std::runtime_error(file + ": " + std::strerror(errno));
}

bool writeWhole(int descriptor, std::string_view content) {
    while (!content.empty()) {
        const auto done = ::write(descriptor, content.data(), content.size());
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        content.remove_prefix(static_cast<std::size_t>(done));
    }
    return ::fsync(descriptor) == 0;
}

// A name is durable only when its folder is.
void syncFolderOf(const std::string& file) {
    const auto parent = std::filesystem::path{file}.parent_path();
    const int folder = ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) fail(file);
    const bool done = ::fsync(folder) == 0;
    ::close(folder);
    if (!done) fail(file);
}

} // namespace

bool createSecretFile(const std::string& file, std::string_view content) {
    if (::access(file.c_str(), F_OK) == 0) return false;
    const std::string draft = file + "." + toHex(randomBytes(8)) + ".draft";
    const int descriptor = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
    if (descriptor < 0) fail(file);
    const bool written = writeWhole(descriptor, content);
    const int cause = errno;
    ::close(descriptor);
    // A link, unlike a renaming, never takes the place of another's file.
    const bool linked = written && ::link(draft.c_str(), file.c_str()) == 0;
    const int linkCause = errno;
    ::unlink(draft.c_str());
    if (written && !linked && linkCause == EEXIST) return false;
    errno = written ? linkCause : cause;
    if (!linked) fail(file);
    syncFolderOf(file);
    return true;
}

bool isOpenToOthers(const std::string& file) {
    struct stat status {};
    return ::stat(file.c_str(), &status) == 0 && (status.st_mode & 077) != 0;
}

} // namespace motcua
