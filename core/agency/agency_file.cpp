#include "agency/agency_file.h"

#include "agency/identifier.h"
#include "yaml/reader.h"

#include <algorithm>
#include <set>

namespace motcua::agency {

namespace {

constexpr std::pair<std::string_view, Kind> kinds[] = {{"city", Kind::City},
                                                       {"department", Kind::Department},
                                                       {"district", Kind::District},
                                                       {"ward", Kind::Ward},
                                                       {"unit", Kind::Unit}};

bool isWord(std::string_view id) {
    return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

void checkIdentifiers(yaml::Mapping& in, const Agency& agency) {
    if (!agency.identifier.empty() && !isIdentifier(agency.identifier))
        in.wrong("identifier", "a text as H29.15");
    if (!agency.oldIdentifier.empty() && !isOldIdentifier(agency.oldIdentifier))
        in.wrong("old_identifier", "a text as 000.00.15.H29");
    const bool both = !agency.identifier.empty() && !agency.oldIdentifier.empty();
    if (both && newForm(agency.oldIdentifier) != agency.identifier)
        in.wrong("old_identifier", "the old form of " + agency.identifier);
    if (agency.derived && agency.identifier.empty()) in.wrong("derived", "an identifier beside it");
}

AgencyFile::Written readAgency(const Json& value, const std::string& path, yaml::Problems& problems) {
    yaml::Mapping in{value, path, problems};
    AgencyFile::Written written;
    auto& agency = written.agency;
    agency.id = in.text("id");
    if (!agency.id.empty() && !isWord(agency.id)) in.wrong("id", "small letters, digits and hyphens");
    if (!in.has("kind")) problems.add(in.path("kind"), "yaml.missing_key");
    agency.kind = in.choice("kind", kinds, Kind::Unit);
    written.parent = in.optionalText("parent").value_or("");
    if (written.parent.empty() == (agency.kind != Kind::City)) in.wrong("parent", "one, but for the city");
    const auto name = in.wording("name");
    agency.name = name.vi;
    agency.nameEn = name.en;
    agency.shortName = in.optionalText("short").value_or("");
    agency.identifier = in.optionalText("identifier").value_or("");
    agency.oldIdentifier = in.optionalText("old_identifier").value_or("");
    agency.derived = in.boolean("derived");
    agency.address = in.optionalText("address").value_or("");
    agency.phone = in.optionalText("phone").value_or("");
    agency.aliases = in.texts("aliases");
    std::sort(agency.aliases.begin(), agency.aliases.end());
    agency.from = in.day("from").value_or(always);
    const auto to = in.day("to");
    agency.to = to.value_or(unending);
    written.endGiven = to.has_value();
    checkIdentifiers(in, agency);
    return written;
}

Json toJson(const Agency& agency, const std::string& parent) {
    Json out = Json::object();
    const auto set = [&](std::string_view key, const std::string& text) {
        if (!text.empty()) out.set(key, text);
    };
    out.set("id", agency.id).set("kind", name(agency.kind));
    set("parent", parent);
    out.set("name", yaml::toJson({agency.name, agency.nameEn}));
    set("short", agency.shortName);
    set("identifier", agency.identifier);
    set("old_identifier", agency.oldIdentifier);
    if (agency.derived) out.set("derived", true);
    set("address", agency.address);
    set("phone", agency.phone);
    Json aliases = Json::array();
    for (const auto& alias : agency.aliases)
        aliases.add(alias);
    if (!aliases.items().empty()) out.set("aliases", std::move(aliases));
    if (agency.from != always) out.set("from", agency.from.iso());
    if (agency.to != unending) out.set("to", agency.to.iso());
    return out;
}

} // namespace

Result<AgencyFile> read(const yaml::Document& document) {
    yaml::Problems problems{&document};
    AgencyFile file;
    {
        yaml::Mapping in{document.root(), "", problems};
        std::set<std::string> seen;
        in.each("agencies", [&](const Json& value, const std::string& path) {
            file.agencies.push_back(readAgency(value, path, problems));
            const auto& id = file.agencies.back().agency.id;
            if (!id.empty() && !seen.insert(id).second)
                problems.add(path + ".id", "yaml.wrong_value", "another id");
        });
        in.each("closed", [&](const Json& value, const std::string& path) {
            yaml::Mapping closed{value, path, problems};
            const std::string id = closed.text("id");
            const auto to = closed.day("to");
            if (!to) closed.wrong("to", "the last day");
            file.closed.push_back({id, to.value_or(unending), closed.optionalText("into").value_or("")});
        });
        in.each("moved", [&](const Json& value, const std::string& path) {
            yaml::Mapping moved{value, path, problems};
            const std::string id = moved.text("id");
            const auto from = moved.day("from");
            if (!from) moved.wrong("from", "the first day");
            file.moved.push_back({id, from.value_or(always), moved.text("parent")});
        });
    }
    if (!problems.empty()) return problems.error();
    return file;
}

Json write(const std::vector<Agency>& agencies, const std::vector<Place>& places) {
    Json all = Json::array();
    Json closed = Json::array();
    Json moved = Json::array();
    for (const auto& agency : agencies) {
        std::string first;
        for (const auto& place : places) {
            if (place.agency != agency.id) continue;
            if (first.empty())
                first = place.parent;
            else
                moved.add(Json::object()
                              .set("id", agency.id)
                              .set("parent", place.parent)
                              .set("from", place.from.iso()));
        }
        all.add(toJson(agency, first));
        if (!agency.successor.empty())
            closed.add(
                Json::object().set("id", agency.id).set("to", agency.to.iso()).set("into", agency.successor));
    }
    Json file = Json::object();
    file.set("agencies", std::move(all));
    if (!closed.items().empty()) file.set("closed", std::move(closed));
    if (!moved.items().empty()) file.set("moved", std::move(moved));
    return file;
}

} // namespace motcua::agency
