// The tests' city for dossiers: the real agencies, calendar, forms and processes of config/city, with two
// procedures.
#pragma once

#include "agency/agency_repository.h"
#include "calendar/calendar_file.h"
#include "catalogue/catalogue_folder.h"
#include "dossier/dossier_service.h"
#include "identity/identity_repository.h"
#include "jobs/outbox.h"
#include "search/search.h"
#include "support/databases.h"

#include <cppunit/extensions/HelperMacros.h>

#include <fstream>
#include <functional>
#include <sstream>

namespace motcua::dossier::test {

inline constexpr const char* birth = "1.001193";
inline constexpr const char* building = "1.013225";
inline constexpr Instant monday{1'773'021'600'000}; // 09:00, 2026-03-09

inline std::string fileText(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    CPPUNIT_ASSERT_MESSAGE("cannot read " + path, file.good());
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

template <typename T>
T need(Result<T> result) {
    CPPUNIT_ASSERT_MESSAGE(result ? "" : result.error().code + " " + result.error().detail, result.ok());
    return std::move(*result);
}
inline void need(const Result<void>& result) {
    CPPUNIT_ASSERT_MESSAGE(result ? "" : result.error().code + " " + result.error().detail, result.ok());
}
template <typename T>
std::string codeOf(const Result<T>& result) {
    return result ? "" : result.error().code;
}

inline Actor citizen(const std::string& id) {
    return {ActorKind::Citizen, id, id, {}, {}};
}
inline Actor official(const std::string& role, const std::string& agency) {
    return {ActorKind::Official, role + "@" + agency, role, {role}, {agency}};
}
inline Context as(Actor actor) {
    Context context;
    context.actor = std::move(actor);
    return context;
}

class House {
public:
    House(db::Database& database_, ManualClock& clock_)
        : database(database_),
          clock(clock_),
          objects(files::folderStore(folder / "files")),
          files(database, vault, *objects, clock),
          agencies(database, audit, clock),
          calendars(database, agencies, audit, clock),
          catalogue(database, agencies, audit, clock),
          forms(database, agencies, audit, clock),
          processes(audit, clock),
          dossiers({database, vault, audit, files, agencies, calendars, catalogue, forms, processes, clock}) {
        need(agencies.load(system, need(agency::read(need(yaml::load("config/city/agencies.yaml"))))));
        need(calendars.put(system, "tphcm", {2019, 1, 1},
                           need(calendar::read(need(yaml::load("config/city/calendar.yaml"))))));
        catalogue::Content content = need(catalogue::readFolder("config/city"));
        std::erase_if(content.procedures,
                      [](const auto& one) { return one.code != birth && one.code != building; });
        need(catalogue.load(system, content));
        const forms::Library library = need(forms::loadLibrary("config/city/forms/library.yaml"));
        for (const std::string code : {birth, building}) {
            const std::string package = "config/city/packages/" + code;
            need(forms.publish(system, need(forms::readPackage(package, library)), civilDay(clock.now())));
            need(database.write(system, [&](db::Writer& tx) {
                return processes.deploy(system, tx, code, fileText(package + "/process.bpmn"));
            }));
        }
        dossiers.events().happened.subscribe(
            [this](db::Writer&, const Context&, const Happened& one) { happened.push_back(one); });
        dossiers.events().commanded.subscribe(
            [this](db::Writer&, const Context&, const Commanded& one) { commanded.push_back(one); });
    }

    // The answers of the form's fixture, without its papers.
    static Json answers(const std::string& code) {
        Json all = need(Json::parse(fileText("tests/fixtures/forms/" + code + "/valid.json")));
        all.remove("papers");
        return all;
    }

    files::Source paper(const std::string& words) { return files::Source::of("%PDF-1.5\n" + words); }

    // A draft of that procedure with all that its form needs.
    Dossier ready(const Context& owner, const std::string& code, const std::string& agency,
                  const Json& said) {
        Dossier draft = need(dossiers.begin(owner, code, agency));
        const auto section = need(dossiers.package(owner, draft))->definition.form().sections.back().key;
        draft = need(dossiers.save(owner, draft.id, draft.version, said, section));
        const auto package = need(dossiers.package(owner, draft));
        const auto verdict =
            forms::judge(package->definition, draft.answers, {clock.now(), forms::Stage::Submit, {}});
        for (const std::string& slot : verdict.neededPapers)
            draft = need(dossiers.addPaper(owner, draft.id, slot, slot + ".pdf", paper(draft.id + slot)));
        return draft;
    }

    Dossier filed(const Context& owner, const std::string& code, const std::string& agency,
                  const Json& said) {
        const Dossier draft = ready(owner, code, agency, said);
        if (draft.feeDue())
            need(database.write(system, [&](db::Writer& tx) {
                return dossiers.feePaid(system, tx, draft.id, draft.fee);
            }));
        return need(dossiers.submit(owner, draft.id, draft.id));
    }
    Dossier filed(const Context& owner, const std::string& code = birth,
                  const std::string& agency = "phuong-ben-nghe") {
        return filed(owner, code, agency, answers(code));
    }

    // The open step of `role` in the dossier, done by an official who has it for the step's agency.
    Result<Dossier> act(const std::string& id, const std::string& action, const std::string& note = {},
                        const std::vector<std::string>& moreRoles = {}) {
        const auto open =
            need(database.read(system, [&](db::Reader& tx) { return processes.openOf(tx, id); }));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, open.size());
        const process::Task& task = open.front().task;
        Actor actor = official(task.role, task.agency);
        for (const std::string& role : moreRoles) {
            actor.roles.push_back(role);
            actor.regions.push_back(task.agency);
        }
        return dossiers.act(as(actor), {id, task.id, task.version, action, note});
    }

    std::string step(const std::string& id) {
        const auto open =
            need(database.read(system, [&](db::Reader& tx) { return processes.openOf(tx, id); }));
        return open.empty() ? "" : open.front().task.element;
    }

    db::Database& database;
    ManualClock& clock;
    motcua::test::TemporaryFolder folder;
    Context system = as(Actor::system("test"));
    audit::Audit audit{clock};
    vault::Vault vault{vault::MasterKey{std::string(32, 'k')}, clock};
    std::unique_ptr<files::ObjectStore> objects;
    files::FileStore files;
    agency::AgencyService agencies;
    calendar::CalendarService calendars;
    catalogue::CatalogueService catalogue;
    forms::FormsService forms;
    process::ProcessService processes;
    DossierService dossiers;
    std::vector<Happened> happened{};
    std::vector<Commanded> commanded{};
};

inline void inEachHouse(const std::function<void(House&)>& test) {
    ManualClock clock{monday};
    for (auto& database : motcua::test::databases(
             {&vault::schema(), &audit::schema(), &files::schema(), &jobs::schema(), &search::schema(),
              &agency::schema(), &identity::schema(), &calendar::schema(), &catalogue::schema(),
              &forms::schema(), &process::schema(), &dossier::schema()},
             clock)) {
        clock.set(monday);
        House house{*database, clock};
        test(house);
    }
}

} // namespace motcua::dossier::test
