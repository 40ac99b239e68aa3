#include "net/body.h"

#include "base/bytes.h"
#include "base/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace motcua::net {

namespace {

constexpr std::size_t kOverhead = 16 * 1024;  // of extensions and trailers, in one body
constexpr std::size_t kWriteSize = 64 * 1024; // small chunks are gathered before they are written

class MemoryBody final : public Body {
public:
    explicit MemoryBody(std::string bytes) : bytes_(std::move(bytes)) {}
    std::uint64_t size() const override { return bytes_.size(); }
    std::string read(std::uint64_t offset, std::size_t count) const override {
        return offset >= bytes_.size() ? std::string{}
                                       : bytes_.substr(static_cast<std::size_t>(offset), count);
    }

private:
    std::string bytes_;
};

class FileBody final : public Body {
public:
    FileBody(Descriptor file, SpoolShare share, std::uint64_t size)
        : file_(std::move(file)), share_(std::move(share)), size_(size) {}
    std::uint64_t size() const override { return size_; }
    std::string read(std::uint64_t offset, std::size_t count) const override {
        if (offset >= size_) return {};
        std::string bytes(static_cast<std::size_t>(std::min<std::uint64_t>(count, size_ - offset)), '\0');
        std::size_t have = 0;
        while (have < bytes.size()) {
            const auto got = ::pread(file_.get(), bytes.data() + have, bytes.size() - have,
                                     static_cast<off_t>(offset + have));
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0)
                throw std::runtime_error("a spooled body cannot be read: " +
                                         std::string{std::strerror(errno)});
            have += static_cast<std::size_t>(got);
        }
        return bytes;
    }

private:
    Descriptor file_;
    SpoolShare share_;
    std::uint64_t size_;
};

Descriptor unlinkedFile(const std::string& folder) {
    const int direct = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (direct >= 0) return Descriptor{direct};
    std::string path = folder + "/motcua-body-XXXXXX"; // a file system without O_TMPFILE
    const int named = ::mkostemp(path.data(), O_CLOEXEC);
    if (named >= 0) ::unlink(path.c_str());
    return Descriptor{named};
}

} // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    if (this != &other) {
        close();
        fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
}

void Descriptor::close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

std::shared_ptr<const Body> bodyOf(std::string bytes) {
    return std::make_shared<MemoryBody>(std::move(bytes));
}

bool SpoolRoom::take(std::uint64_t bytes) {
    std::uint64_t used = used_.load(std::memory_order_relaxed);
    while (bytes <= limit_ && used <= limit_ - bytes) {
        if (used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed)) return true;
    }
    return false;
}

bool SpoolShare::grow(std::uint64_t bytes) {
    if (!room_->take(bytes)) return false;
    bytes_ += bytes;
    return true;
}

bool BodyCollector::append(std::string_view bytes) {
    size_ += bytes.size();
    const bool fits = bytes_.size() + bytes.size() <= (file_ ? kWriteSize : inMemory_);
    if (fits) {
        bytes_.append(bytes);
        return true;
    }
    if (!file_ && !open()) return false;
    if (!write(bytes_)) return false;
    bytes_.clear();
    if (bytes.size() >= kWriteSize) return write(bytes);
    bytes_.append(bytes);
    return true;
}

bool BodyCollector::open() {
    file_ = unlinkedFile(folder_);
    if (!file_) log::error("net.spool_failed", {{"folder", folder_}, {"cause", std::strerror(errno)}});
    return static_cast<bool>(file_);
}

bool BodyCollector::write(std::string_view bytes) {
    if (!share_.grow(bytes.size())) {
        log::warning("net.spool_full", {{"folder", folder_}});
        return false;
    }
    while (!bytes.empty()) {
        const auto done = ::write(file_.get(), bytes.data(), bytes.size());
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) {
            log::error("net.spool_failed", {{"folder", folder_}, {"cause", std::strerror(errno)}});
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(done));
    }
    return true;
}

std::shared_ptr<const Body> BodyCollector::finish() {
    const auto size = std::exchange(size_, 0);
    std::string rest = std::exchange(bytes_, {});
    if (!file_) return bodyOf(std::move(rest));
    if (!write(rest)) return nullptr;
    return std::make_shared<FileBody>(std::move(file_), std::move(share_), size);
}

void ChunkDecoder::refuse(int status) {
    state_ = State::Refused;
    status_ = status;
}

std::size_t ChunkDecoder::feed(std::string_view bytes, std::string_view& data) {
    data = {};
    std::size_t used = 0;
    while (used < bytes.size() && state_ == State::More) {
        if (part_ == Part::Data) {
            data = bytes.substr(
                used, static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - used)));
            left_ -= data.size();
            if (left_ == 0) part_ = Part::DataReturn;
            return used + data.size();
        }
        step(bytes[used++]);
    }
    return used;
}

void ChunkDecoder::step(char c) {
    const bool extra = part_ == Part::Extension || part_ == Part::TrailerStart || part_ == Part::Trailer;
    if (extra && ++overhead_ > kOverhead) return refuse(400);
    const auto expect = [&](char wanted, Part next) {
        return c == wanted ? void(part_ = next) : refuse(400);
    };
    const auto byte = static_cast<unsigned char>(c);
    const bool control = (byte < 0x20 && c != '\t') || byte == 0x7f;
    switch (part_) {
    case Part::Size:
        if (const int digit = hexDigit(c); digit >= 0) {
            if (++digits_ > 15) return refuse(400);
            left_ = left_ * 16 + static_cast<unsigned>(digit);
        } else if (digits_ == 0) {
            refuse(400);
        } else if (c == ';') {
            part_ = Part::Extension;
        } else {
            expect('\r', Part::SizeEnd);
        }
        break;
    case Part::Extension:
        if (c == '\r')
            part_ = Part::SizeEnd;
        else if (control)
            refuse(400);
        break;
    case Part::SizeEnd:
        c == '\n' ? sizeDone() : refuse(400);
        break;
    case Part::Data:
        break; // feed() takes it whole
    case Part::DataReturn:
        expect('\r', Part::DataEnd);
        break;
    case Part::DataEnd:
        expect('\n', Part::Size);
        break;
    case Part::TrailerStart:
        if (c == '\r')
            part_ = Part::LastEnd;
        else if (control || c == ' ' || c == '\t' || c == ':')
            refuse(400);
        else
            part_ = Part::Trailer;
        break;
    case Part::Trailer:
        if (c == '\r')
            part_ = Part::TrailerEnd;
        else if (control)
            refuse(400);
        break;
    case Part::TrailerEnd:
        expect('\n', Part::TrailerStart);
        break;
    case Part::LastEnd:
        c == '\n' ? void(state_ = State::Done) : refuse(400);
        break;
    }
}

void ChunkDecoder::sizeDone() {
    digits_ = 0;
    if (left_ > limit_ || total_ > limit_ - left_) return refuse(413);
    total_ += left_;
    part_ = left_ == 0 ? Part::TrailerStart : Part::Data;
}

} // namespace motcua::net
