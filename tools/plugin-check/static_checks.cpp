// What can be known of a plugin without running its code, and the entry that it exports.
#include "checks.h"

#include "motcua/sdk/capabilities.h"
#include "plugins/elf.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <set>

#include <elf.h>

namespace motcua::check {

namespace {

Problems manifestIsWhole(const Subject& subject) {
    const auto manifest = plugins::Manifest::read(subject.library);
    if (!manifest) return {manifest.error().detail};
    Problems all;
    if (!std::filesystem::exists(std::filesystem::path{subject.library}.parent_path() / "plugin.json"))
        all.push_back("plugin.json does not lie beside the library");
    for (const std::string& provided : manifest->provides) {
        const auto& known = sdk::capabilities();
        if (std::none_of(known.begin(), known.end(),
                         [&](const sdk::Capability& one) { return provided == one.id; }))
            all.push_back("\"provides\" names " + provided + ", which ABI 1 does not have");
    }
    const auto settings = settingsOf(subject, *manifest);
    if (!settings) all.push_back(settings.error().detail);
    return all;
}

// The names that leave the library, from its dynamic symbol table.
Result<std::set<std::string>> exportedBy(const std::string& library) {
    MOTCUA_TRY(symbols, plugins::elfSection(library, ".dynsym"));
    MOTCUA_TRY(names, plugins::elfSection(library, ".dynstr"));
    std::set<std::string> all;
    for (std::size_t at = 0; at + sizeof(Elf64_Sym) <= symbols.size(); at += sizeof(Elf64_Sym)) {
        Elf64_Sym one;
        std::memcpy(&one, symbols.data() + at, sizeof one);
        if (one.st_shndx == SHN_UNDEF || one.st_shndx == SHN_ABS || ELF64_ST_BIND(one.st_info) == STB_LOCAL)
            continue;
        if (one.st_name < names.size()) all.insert(names.c_str() + one.st_name);
    }
    return all;
}

Problems oneSymbolLeavesIt(const Subject& subject) {
    auto exported = exportedBy(subject.library);
    if (!exported) return {exported.error().detail};
    Problems all;
    if (exported->erase("motcua_plugin_entry_1") == 0)
        all.push_back("motcua_plugin_entry_1 does not leave the library");
    if (exported->empty()) return all;
    // One of its own, rather than one of the C++ library's.
    const auto own = std::find_if(exported->begin(), exported->end(),
                                  [](const std::string& symbol) { return symbol.rfind("_Z", 0) != 0; });
    all.push_back(std::to_string(exported->size()) + " more symbols leave it, such as " +
                  (own == exported->end() ? *exported->begin() : *own) +
                  ": build it with motcua_add_plugin(), or with a version script");
    return all;
}

Problems needsNeitherCoreNorPoco(const Subject& subject) {
    const auto dynamic = plugins::elfSection(subject.library, ".dynamic");
    const auto names = plugins::elfSection(subject.library, ".dynstr");
    if (!dynamic || !names) return {"has no dynamic section"};
    Problems all;
    for (std::size_t at = 0; at + sizeof(Elf64_Dyn) <= dynamic->size(); at += sizeof(Elf64_Dyn)) {
        Elf64_Dyn one;
        std::memcpy(&one, dynamic->data() + at, sizeof one);
        if (one.d_tag != DT_NEEDED || one.d_un.d_val >= names->size()) continue;
        const std::string needed = names->c_str() + one.d_un.d_val;
        if (needed.find("Poco") != std::string::npos || needed.find("motcua") != std::string::npos)
            all.push_back("needs " + needed + ", which the next version of the server may not have");
    }
    return all;
}

Problems entryIsSound(const Subject& subject) {
    Problems all;
    const auto bench = benchFor(subject, all);
    if (!bench) return all;
    const motcua_entry& entry = *bench->entry();
    if (entry.size < sizeof(motcua_entry))
        all.push_back("its entry says a size of " + std::to_string(entry.size));
    if (entry.abi_major != MOTCUA_ABI_MAJOR)
        all.push_back("its entry says ABI " + std::to_string(entry.abi_major));
    if (!entry.create) return all.push_back("its entry has no create()"), all;
    if (std::string_view{entry.manifest_json.ptr, entry.manifest_json.len} != bench->manifest().text)
        all.push_back("the manifest that its entry hands out is not the one in its section");
    return all;
}

// One way of each capability must be there whole, and nothing that the manifest does not name.
Problems manifestDoesNotLie(const Subject& subject) {
    Problems all;
    const auto bench = benchFor(subject, all);
    if (!bench) return all;
    motcua_plugin* plugin = bench->create();
    if (!plugin) return {"create() answered nothing"};
    const auto operations = Bench::operations(plugin);
    if (Bench::operations(plugin) != operations) all.push_back("its list of operations changes");
    plugin->destroy(plugin);
    const Problems missing = missingOf(bench->manifest(), operations);
    all.insert(all.end(), missing.begin(), missing.end());
    if (std::find(operations.begin(), operations.end(), "config.check/1") == operations.end())
        all.push_back("it has no config.check/1");
    for (const std::string& id : operations) {
        const Operation* known = subject.contracts.find(id);
        if (known && known->capability != "plugin" && !bench->manifest().offers(known->capability))
            all.push_back("it answers " + id + ", but the manifest does not say " + known->capability);
    }
    return all;
}

Problems peopleAreTold(const Subject& subject) {
    const auto manifest = plugins::Manifest::read(subject.library);
    if (!manifest) return {manifest.error().detail};
    Problems all;
    if (manifest->maintainer.empty()) all.push_back("plugin.json names no maintainer");
    if (manifest->docs.empty()) all.push_back("plugin.json names no docs");
    for (const plugins::ConfigField& field : manifest->config.fields()) {
        if (field.title.vi.empty() || field.title.en.empty())
            all.push_back("the setting " + field.name + " has no title in vi and en");
        if (field.secret && !field.fallback.isNull())
            all.push_back("the secret " + field.name + " has a default");
    }
    return all;
}

} // namespace

std::vector<Check> staticChecks() {
    return {
        {"manifest", Level::Bronze, "The manifest is whole, inside the library and beside it",
         &manifestIsWhole},
        {"symbols", Level::Bronze, "Exactly one symbol leaves the library", &oneSymbolLeavesIt},
        {"libraries", Level::Bronze, "It needs neither the server's libraries nor Poco",
         &needsNeitherCoreNorPoco},
        {"entry", Level::Bronze, "Its entry fits ABI 1", &entryIsSound},
        {"promises", Level::Bronze, "It can do what its manifest says, and no more", &manifestDoesNotLie},
        {"words", Level::Gold, "Administrators are told what it is, in both languages", &peopleAreTold},
    };
}

} // namespace motcua::check
