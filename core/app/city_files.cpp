#include "app/city_files.h"

#include "yaml/reader.h"

namespace motcua::app {

namespace {

DemoPerson readOfficial(const Json& json, const std::string& path, yaml::Problems& problems) {
    yaml::Mapping keys{json, path, problems};
    DemoPerson person;
    person.account.kind = identity::AccountKind::Official;
    person.account.demo = true;
    keys.text("username");
    person.account.fullName = keys.text("name");
    person.account.email = keys.text("email");
    const std::string agency = keys.text("agency");
    for (std::string& role : keys.texts("roles"))
        person.account.roles.push_back({std::move(role), agency});
    return person;
}

DemoPerson readCitizen(const Json& json, const std::string& path, yaml::Problems& problems) {
    yaml::Mapping keys{json, path, problems};
    DemoPerson person;
    person.account.kind = identity::AccountKind::Citizen;
    person.account.demo = true;
    keys.text("username");
    person.account.fullName = keys.text("name");
    person.account.email = keys.text("email");
    person.account.phone = keys.text("phone");
    person.account.nationalId = keys.text("personal_number");
    keys.day("birth_day");
    keys.text("address");
    return person;
}

} // namespace

Result<web::SiteFacts> readSiteFacts(const std::string& file) {
    MOTCUA_TRY(document, yaml::load(file));
    yaml::Problems problems{&document};
    web::SiteFacts facts;
    {
        yaml::Mapping keys{document.root(), "", problems};
        const auto both = [&](const char* key, std::string& vi, std::string& en) {
            const yaml::Wording wording = keys.wording(key);
            vi = wording.vi;
            en = wording.in("en");
        };
        both("name", facts.name, facts.nameEn);
        both("owner", facts.owner, facts.ownerEn);
        both("address", facts.address, facts.addressEn);
        facts.domain = keys.text("domain");
        facts.hotline = keys.text("hotline");
        facts.email = keys.text("email");
    }
    if (!problems.empty()) return problems.error();
    return facts;
}

Result<std::vector<DemoPerson>> readDemoPeople(const std::string& file) {
    MOTCUA_TRY(document, yaml::load(file));
    yaml::Problems problems{&document};
    std::vector<DemoPerson> people;
    {
        yaml::Mapping keys{document.root(), "", problems};
        keys.boolean("demo");
        keys.each("officials", [&](const Json& json, const std::string& path) {
            people.push_back(readOfficial(json, path, problems));
        });
        keys.each("citizens", [&](const Json& json, const std::string& path) {
            people.push_back(readCitizen(json, path, problems));
        });
    }
    if (!problems.empty()) return problems.error();
    return people;
}

} // namespace motcua::app
