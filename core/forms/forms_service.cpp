#include "forms/forms_service.h"

#include "base/bytes.h"
#include "forms/definition_reader.h"
#include "forms/forms_policy.h"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace motcua::forms {

namespace {

constexpr CivilDay always{1900, 1, 1};
constexpr CivilDay noEnd{9999, 12, 31};
constexpr Json::Limits storedLimits{4 << 20, 32};

std::string contentOf(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    std::ostringstream text;
    if (in) text << in.rdbuf();
    return text.str();
}

// That each of the three can be used.
Result<void> check(const PackageText& package) {
    MOTCUA_CHECK(Definition::make(package.form));
    MOTCUA_CHECK(ResultTemplate::parse(package.result));
    MOTCUA_CHECK(Notices::parse(package.notices, "notices.yaml"));
    return {};
}

std::string digestOf(const std::string& form, const PackageText& package) {
    return toHex(sha256(sha256(form) + sha256(package.result) + sha256(package.notices)));
}

} // namespace

Result<PackageText> readPackage(const std::filesystem::path& folder, const Library& library) {
    MOTCUA_TRY(form, loadForm(folder / "form.yaml", library));
    if (form.procedure != folder.filename().string()) {
        Error error = invalid("form.other_procedure");
        error.detail = (folder / "form.yaml").string() + ": procedure " + form.procedure;
        return error;
    }
    PackageText package{std::move(form), contentOf(folder / "result.mustache"),
                        contentOf(folder / "notices.yaml")};
    if (auto checked = check(package); !checked) {
        Error error = checked.error();
        error.detail = folder.string() + ": " + error.detail;
        return error;
    }
    return package;
}

// The package as it was read before; null where it was not, or its end has changed since.
std::shared_ptr<const Package> FormsService::atHand(std::string_view procedure, const VersionKey& wanted) {
    const std::lock_guard lock{mutex_};
    const auto found = ready_.find(Key{procedure, wanted.version});
    return found != ready_.end() && found->second->to == wanted.to ? found->second : nullptr;
}

Result<std::shared_ptr<const Package>> FormsService::ready(db::Reader& reader, std::string_view procedure,
                                                           const std::optional<VersionKey>& wanted) {
    if (!wanted) return notFound("form.none");
    if (auto held = atHand(procedure, *wanted)) return held;
    const auto row = findVersion(reader, procedure, wanted->version);
    if (!row) return notFound("form.none");
    MOTCUA_TRY(json, Json::parse(row->form, storedLimits));
    MOTCUA_TRY(form, fromJson(json));
    MOTCUA_TRY(definition, Definition::make(std::move(form)));
    MOTCUA_TRY(result, ResultTemplate::parse(row->result));
    MOTCUA_TRY(notices, Notices::parse(row->notices, "notices.yaml"));
    auto made = std::make_shared<const Package>(Package{row->procedure, row->version, row->from, row->to,
                                                        std::move(definition), std::move(result),
                                                        std::move(notices)});
    const std::lock_guard lock{mutex_};
    ready_.insert_or_assign(Key{row->procedure, row->version}, made);
    return made;
}

Result<std::shared_ptr<const Package>> FormsService::inForce(const Context& context,
                                                             std::string_view procedure) {
    const CivilDay today = civilDay(clock_.now());
    return database_.read(context, [&](db::Reader& reader) {
        return ready(reader, procedure, keyOn(reader, procedure, today));
    });
}

Result<std::shared_ptr<const Package>>
FormsService::version(const Context& context, std::string_view procedure, std::int64_t version) {
    return database_.read(context, [&](db::Reader& reader) {
        return ready(reader, procedure, keyOf(reader, procedure, version));
    });
}

Result<PackageText> FormsService::written(const Context& context, std::string_view procedure) {
    const CivilDay today = civilDay(clock_.now());
    const auto row =
        database_.read(context, [&](db::Reader& reader) { return findOn(reader, procedure, today); });
    if (!row) return notFound("form.none");
    MOTCUA_TRY(json, Json::parse(row->form, storedLimits));
    MOTCUA_TRY(form, fromJson(json));
    return PackageText{std::move(form), row->result, row->notices};
}

std::vector<std::string> FormsService::procedures(const Context& context) {
    const CivilDay today = civilDay(clock_.now());
    return database_.read(context, [&](db::Reader& reader) { return proceduresOn(reader, today); });
}

Result<std::int64_t> FormsService::publish(const Context& context, const PackageText& package,
                                           const CivilDay& from) {
    if (from < civilDay(clock_.now())) return invalid("form.past_day");
    return store(context, package, &from);
}

// `from`: nothing means today, and always for a procedure's first version.
Result<std::int64_t> FormsService::store(const Context& context, const PackageText& package,
                                         const CivilDay* from) {
    const CivilDay today = civilDay(clock_.now());
    if (!mayChange(context.actor, *agencies_.tree(context), today)) return denied("form.denied");
    MOTCUA_CHECK(check(package));
    const std::string form = toJson(package.form).dump();
    const std::string digest = digestOf(form, package);
    return database_.write(context, [&](db::Writer& writer) -> Result<std::int64_t> {
        const auto newest = findNewest(writer, package.form.procedure);
        if (newest && newest->digest == digest) return newest->version;
        const CivilDay first = from ? *from : newest ? std::max(today, newest->from) : always;
        if (newest && first < newest->from) return invalid("form.past_day");
        const VersionRow row{package.form.procedure,
                             newest ? newest->version + 1 : 1,
                             digest,
                             form,
                             package.result,
                             package.notices,
                             first,
                             noEnd,
                             clock_.now(),
                             context.actor.id};
        addVersion(writer, row);
        audit_.record(
            writer, context, "procedure:" + row.procedure, "forms.version_added",
            Json::object().set("version", row.version).set("digest", row.digest).set("from", row.from.iso()));
        return row.version;
    });
}

Result<int> FormsService::load(const Context& context, const std::filesystem::path& folder,
                               const Library& library) {
    std::vector<std::filesystem::path> found;
    std::error_code problem;
    for (const auto& entry : std::filesystem::directory_iterator{folder, problem})
        if (std::filesystem::exists(entry.path() / "form.yaml", problem)) found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    int made = 0;
    for (const auto& path : found) {
        MOTCUA_TRY(package, readPackage(path, library));
        const auto newest = database_.read(
            context, [&](db::Reader& reader) { return findNewest(reader, package.form.procedure); });
        MOTCUA_TRY(version, store(context, package, nullptr));
        if (!newest || newest->version != version) ++made;
    }
    return made;
}

} // namespace motcua::forms
