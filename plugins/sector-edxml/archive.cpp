// See archive.h.
#include "archive.h"

#include <zip.h>

#include <memory>

namespace archive {

namespace {

struct Close {
    void operator()(zip_t* archive) const { zip_discard(archive); }
    void operator()(zip_source_t* source) const { zip_source_free(source); }
    void operator()(zip_file_t* file) const { zip_fclose(file); }
};
template <typename T>
using Owned = std::unique_ptr<T, Close>;

Owned<zip_source_t> sourceOf(std::string_view bytes) {
    zip_error_t error;
    zip_error_init(&error);
    Owned<zip_source_t> source{zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error)};
    zip_error_fini(&error);
    return source;
}

Owned<zip_t> opened(zip_source_t* source, int flags) { // takes the source over where it succeeds
    zip_error_t error;
    zip_error_init(&error);
    Owned<zip_t> archive{zip_open_from_source(source, flags, &error)};
    zip_error_fini(&error);
    return archive;
}

std::optional<std::string> readWhole(zip_source_t* source) {
    if (zip_source_open(source) != 0) return std::nullopt;
    std::string out;
    char piece[16384];
    zip_int64_t got = 0;
    while ((got = zip_source_read(source, piece, sizeof piece)) > 0)
        out.append(piece, static_cast<std::size_t>(got));
    zip_source_close(source);
    return got < 0 ? std::nullopt : std::optional{std::move(out)};
}

} // namespace

std::optional<std::string> pack(const std::string& name, std::string_view content) {
    const auto target = sourceOf({});
    if (!target) return std::nullopt;
    zip_source_keep(target.get()); // it is read after the archive is closed
    auto archive = opened(target.get(), ZIP_CREATE | ZIP_TRUNCATE);
    if (!archive) {
        zip_source_free(target.get());
        return std::nullopt;
    }
    auto* file = zip_source_buffer(archive.get(), content.data(), content.size(), 0);
    const zip_int64_t at = file ? zip_file_add(archive.get(), name.c_str(), file, ZIP_FL_ENC_UTF_8) : -1;
    if (at < 0) {
        zip_source_free(file);
        return std::nullopt;
    }
    constexpr time_t fixed = 1'577'836'800; // so that the same paper makes the same bytes
    zip_file_set_mtime(archive.get(), static_cast<zip_uint64_t>(at), fixed, 0);
    if (zip_close(archive.get()) != 0) return std::nullopt;
    static_cast<void>(archive.release());
    return readWhole(target.get());
}

std::optional<std::string> unpack(std::string_view packed) {
    auto source = sourceOf(packed);
    if (!source) return std::nullopt;
    const auto archive = opened(source.get(), ZIP_RDONLY);
    if (!archive) return std::nullopt;
    static_cast<void>(source.release());
    if (zip_get_num_entries(archive.get(), 0) != 1) return std::nullopt;
    zip_stat_t about;
    zip_stat_init(&about);
    if (zip_stat_index(archive.get(), 0, 0, &about) != 0 || (about.valid & ZIP_STAT_SIZE) == 0 ||
        about.size > mostBytes)
        return std::nullopt;
    const Owned<zip_file_t> file{zip_fopen_index(archive.get(), 0, 0)}; // null where it wants a password
    if (!file) return std::nullopt;
    std::string out(about.size + 1, '\0'); // what is longer than it says is refused
    std::size_t filled = 0;
    zip_int64_t got = 0;
    while (filled < out.size() && (got = zip_fread(file.get(), out.data() + filled, out.size() - filled)) > 0)
        filled += static_cast<std::size_t>(got);
    if (got < 0 || filled != about.size) return std::nullopt; // zip_fread judges the checksum at the end
    out.resize(filled);
    return out;
}

} // namespace archive
