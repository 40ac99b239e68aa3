#include "catalogue/catalogue_folder.h"

#include "catalogue/catalogue_json.h"

#include <algorithm>
#include <fstream>

namespace motcua::catalogue {

namespace {

namespace fs = std::filesystem;

// Gathers the mistakes of many files into one error.
class Mistakes {
public:
    void add(const Error& error) {
        if (first_.code.empty()) first_ = invalid("yaml.invalid");
        first_.fields.insert(first_.fields.end(), error.fields.begin(), error.fields.end());
        first_.detail +=
            (first_.detail.empty() ? "" : "\n") + (error.detail.empty() ? error.code : error.detail);
    }
    bool any() const { return !first_.code.empty(); }
    const Error& error() const { return first_; }

private:
    Error first_{};
};

Result<Procedure> readFile(const fs::path& file) {
    MOTCUA_TRY(document, yaml::load(file));
    MOTCUA_TRY(procedure, readProcedure(document));
    if (file.stem() != procedure.code) {
        yaml::Problems problems{&document};
        problems.add("code", "yaml.wrong_value", "the code that the file is named by");
        return problems.error();
    }
    return procedure;
}

Result<void> writeFile(const fs::path& file, const Json& content) {
    std::ofstream out{file, std::ios::binary | std::ios::trunc};
    out << yaml::write(content);
    out.close();
    if (!out) return unavailable("catalogue.cannot_write", file.string());
    return {};
}

} // namespace

Result<Content> readFolder(const fs::path& folder) {
    Content content;
    Mistakes mistakes;
    const auto fieldsFile = yaml::load(folder / "fields.yaml");
    auto fields = fieldsFile ? readFields(*fieldsFile) : Result<std::vector<Field>>{fieldsFile.error()};
    if (fields)
        content.fields = *std::move(fields);
    else
        mistakes.add(fields.error());

    std::vector<fs::path> files;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator{folder / "procedures", failed})
        if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    if (failed) mistakes.add(unavailable("yaml.no_file", (folder / "procedures").string()));
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
        auto procedure = readFile(file);
        if (procedure)
            content.procedures.push_back(*std::move(procedure));
        else
            mistakes.add(procedure.error());
    }
    if (mistakes.any()) return mistakes.error();
    return content;
}

Result<void> writeFolder(const fs::path& folder, const Content& content) {
    std::error_code failed;
    fs::create_directories(folder / "procedures", failed);
    if (failed) return unavailable("catalogue.cannot_write", folder.string());
    MOTCUA_CHECK(writeFile(folder / "fields.yaml", toJson(content.fields)));
    for (const auto& procedure : content.procedures)
        MOTCUA_CHECK(writeFile(folder / "procedures" / (procedure.code + ".yaml"), toJson(procedure)));
    return {};
}

} // namespace motcua::catalogue
