#include "forms/library.h"

#include "forms/field_reader.h"

namespace motcua::forms {

namespace {

// Groups may hold groups that stand before them.
void readGroups(const Json& groups, Library& library, yaml::Problems& problems) {
    for (const auto& [key, value] : groups.members()) {
        const std::string path = "groups." + key;
        if (fieldType(key)) problems.add(path, "yaml.wrong_value", "a name that is no type");
        yaml::Mapping map{value, path, problems};
        Field group;
        group.type = FieldType::Group;
        group.personal = map.boolean("personal");
        group.display = map.optionalText("display").value_or("");
        group.label = readWords(map, "label", true);
        group.fields = readFields(map, "fields", library);
        library.groups.emplace(key, std::move(group));
    }
}

Result<Library> read(const yaml::Document& document) {
    Library library;
    yaml::Problems problems{&document};
    {
        yaml::Mapping map{document.root(), "", problems};
        map.integer("library", 1, 1, 1); // the shape's version
        library.yes = {"yes", readWords(map, "yes", true), {}};
        library.no = {"no", readWords(map, "no", true), {}};
        yaml::Mapping lists{map.raw("lists"), "lists", problems};
        for (const auto& [key, value] : document.root()["lists"].members())
            library.lists.emplace(key, readOptions(lists, key));
        readGroups(map.raw("groups"), library, problems);
    }
    if (!problems.empty()) return problems.error();
    return library;
}

} // namespace

Result<Library> loadLibrary(const std::filesystem::path& file) {
    MOTCUA_TRY(document, yaml::load(file));
    return read(document);
}

Result<Library> readLibrary(std::string_view yaml, const std::string& file) {
    MOTCUA_TRY(document, yaml::parse(yaml, file));
    return read(document);
}

} // namespace motcua::forms
