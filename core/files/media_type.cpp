#include "files/media_type.h"

#include <magic.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace motcua::files {

namespace {

struct Known {
    std::string_view mediaType;
    std::string_view extension;
};

// What offices can read. Office files with macros and anything that a browser might run are left out.
constexpr std::array<Known, 9> known{{
    {"application/pdf", "pdf"},
    {"image/jpeg", "jpg"},
    {"image/png", "png"},
    {"image/tiff", "tif"},
    {"image/heic", "heic"},
    {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"},
    {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"},
    {"application/vnd.oasis.opendocument.text", "odt"},
    {"text/plain", "txt"},
}};

using Magic = std::unique_ptr<magic_set, decltype(&magic_close)>;

Magic openMagic() {
    Magic magic{magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS), &magic_close};
    if (!magic || magic_load(magic.get(), nullptr) != 0)
        throw std::runtime_error("libmagic has no data base");
    return magic;
}

} // namespace

std::string mediaTypeOf(std::string_view start) {
    static thread_local const Magic magic = openMagic(); // a handle serves one thread
    const char* found = magic_buffer(magic.get(), start.data(), start.size());
    if (!found) return {};
    for (const Known& type : known)
        if (type.mediaType == found) return found;
    return {};
}

std::string extensionOf(std::string_view mediaType) {
    for (const Known& type : known)
        if (type.mediaType == mediaType) return std::string{type.extension};
    return "bin";
}

} // namespace motcua::files
