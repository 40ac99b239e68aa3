#include "plugins/elf.h"

#include <cstring>
#include <fstream>
#include <sstream>

#include <elf.h>

namespace motcua::plugins {

namespace {

// A copy of a T at `offset`, or false where the file ends before it.
template <typename T>
bool take(std::string_view bytes, std::uint64_t offset, T& into) {
    if (offset > bytes.size() || bytes.size() - offset < sizeof into) return false;
    std::memcpy(&into, bytes.data() + offset, sizeof into);
    return true;
}

std::string_view slice(std::string_view bytes, std::uint64_t offset, std::uint64_t size) {
    if (offset > bytes.size() || size > bytes.size() - offset) return {};
    return bytes.substr(offset, size);
}

} // namespace

Result<std::string> elfSection(const std::string& file, std::string_view section) {
    std::ifstream stream{file, std::ios::binary};
    if (!stream) return Error{ErrorKind::NotFound, "plugin.no_library", file + " cannot be read"};
    std::ostringstream whole;
    whole << stream.rdbuf();
    const std::string bytes = std::move(whole).str();

    const Error noLibrary{ErrorKind::Invalid, "plugin.not_a_library",
                          file + " is no shared library of this machine"};
    Elf64_Ehdr head;
    if (!take(bytes, 0, head) || std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 ||
        head.e_ident[EI_CLASS] != ELFCLASS64 || head.e_ident[EI_DATA] != ELFDATA2LSB || head.e_type != ET_DYN)
        return noLibrary;
    const auto sectionHead = [&](unsigned index, Elf64_Shdr& into) {
        return head.e_shentsize == sizeof into &&
               take(bytes, head.e_shoff + std::uint64_t{index} * sizeof into, into);
    };
    Elf64_Shdr names;
    if (!sectionHead(head.e_shstrndx, names)) return noLibrary;
    const std::string_view table = slice(bytes, names.sh_offset, names.sh_size);
    for (unsigned i = 0; i < head.e_shnum; ++i) {
        Elf64_Shdr one;
        if (!sectionHead(i, one)) return noLibrary;
        if (one.sh_name >= table.size() || one.sh_type == SHT_NOBITS) continue;
        const std::string_view name = table.substr(one.sh_name);
        if (name.substr(0, name.find('\0')) == section)
            return std::string{slice(bytes, one.sh_offset, one.sh_size)};
    }
    return Error{ErrorKind::NotFound, "plugin.no_manifest",
                 file + " has no manifest inside: build it with motcua_add_plugin()"};
}

} // namespace motcua::plugins
