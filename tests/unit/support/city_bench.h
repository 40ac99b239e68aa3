// The rooms up to the dossier on one database, with the city's own agencies, calendar, procedures, forms and
// processes, for tests of what happens to dossiers:
//
//     for (auto& database : test::databases(test::citySchemas({&assessment::schema()}), clock)) {
//         test::CityBench city(*database, clock);
//         const std::string id = city.filed("an", "1.001193", "phuong-ben-nghe");
//
// Accounts are plain words: no room here needs them to exist.
#pragma once

#include "support/databases.h"

#include "agency/agency_file.h"
#include "agency/agency_repository.h"
#include "base/id.h"
#include "calendar/calendar_file.h"
#include "catalogue/catalogue_folder.h"
#include "dossier/dossier_service.h"
#include "forms/library.h"
#include "jobs/outbox.h"
#include "search/search.h"

#include <cppunit/extensions/HelperMacros.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace motcua::test {

// Schemas of the rooms of a CityBench, and `more` behind them.
inline std::vector<const db::Schema*> citySchemas(const std::vector<const db::Schema*>& more = {}) {
    std::vector<const db::Schema*> all{&vault::schema(),    &audit::schema(),     &files::schema(),
                                       &jobs::schema(),     &search::schema(),    &agency::schema(),
                                       &calendar::schema(), &catalogue::schema(), &forms::schema(),
                                       &process::schema(),  &dossier::schema()};
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

inline std::string cityText(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    CPPUNIT_ASSERT_MESSAGE("cannot read " + path, file.good());
    return text.str();
}

template <typename T>
const Result<T>& assertOk(const Result<T>& result) {
    std::string words;
    if (!result) {
        words = result.error().code + " " + result.error().detail;
        for (const FieldError& field : result.error().fields)
            words += "\n" + field.field + ": " + field.code;
    }
    CPPUNIT_ASSERT_MESSAGE(words, result.ok());
    return result;
}

class CityBench {
public:
    // `process` names another BPMN text for a procedure than its package has.
    CityBench(db::Database& db, ManualClock& clock, const std::map<std::string, std::string>& process = {})
        : database(db),
          clock_(clock),
          vault(vault::MasterKey{std::string(32, 'k')}, clock),
          audit(clock),
          objects_(files::folderStore(folder_ / "files")),
          files(db, vault, *objects_, clock),
          agencies(db, audit, clock),
          calendars(db, agencies, clock),
          catalogue(db, agencies, audit, clock),
          forms(db, agencies, audit, clock),
          processes(audit, clock),
          dossiers({db, vault, audit, files, agencies, calendars, catalogue, forms, processes, clock}) {
        load(process);
    }

    static Context contextOf(Actor actor) {
        Context context;
        context.actor = std::move(actor);
        return context;
    }
    static Context system() { return contextOf(Actor::system("test")); }
    static Context citizen(const std::string& id) { return contextOf({ActorKind::Citizen, id, id, {}, {}}); }
    static Context official(const std::string& id, const std::string& role, const std::string& region) {
        return contextOf({ActorKind::Official, id, id, {role}, {region}});
    }

    // A draft with the answers and papers of the procedure's fixture.
    std::string draft(const std::string& owner, const std::string& code, const std::string& agency) {
        const Context context = citizen(owner);
        auto dossier = *assertOk(dossiers.begin(context, code, agency));
        Json answers = *Json::parse(cityText("tests/fixtures/forms/" + code + "/valid.json"));
        const Json papers = answers["papers"];
        answers.remove("papers");
        const auto package = *assertOk(dossiers.package(context, dossier));
        const std::string first = package->definition.form().sections.front().key;
        dossier = *assertOk(dossiers.save(context, dossier.id, dossier.version, answers, first));
        for (const auto& [slot, list] : papers.members())
            assertOk(dossiers.addPaper(context, dossier.id, slot, "giấy.pdf",
                                       files::Source::of("%PDF-1.4\n% " + slot + "\n%%EOF\n")));
        return dossier.id;
    }

    std::string filed(const std::string& owner, const std::string& code, const std::string& agency) {
        const std::string id = draft(owner, code, agency);
        const Money fee = assertOk(dossiers.find(citizen(owner), id))->fee;
        assertOk(database.write(system(),
                                [&](db::Writer& tx) { return dossiers.feePaid(system(), tx, id, fee); }));
        assertOk(dossiers.submit(citizen(owner), id, newId(clock_)));
        return id;
    }

    // The act at the one open step that this official may do.
    Result<dossier::Dossier> act(const Context& who, const std::string& id, const std::string& action,
                                 const std::string& note = {}) {
        const auto sight = dossiers.see(who, id);
        if (!sight) return sight.error();
        for (const dossier::OpenStep& step : sight->steps)
            if (step.mine)
                return dossiers.act(who, {id, step.view.task.id, step.view.task.version, action, note});
        return notFound("test.no_step_of_mine");
    }

    dossier::Dossier at(const std::string& id) { return *assertOk(dossiers.find(system(), id)); }

    std::vector<std::string> kinds(const std::string& id) {
        std::vector<std::string> found;
        const dossier::Sight sight = *assertOk(dossiers.see(system(), id));
        for (const dossier::Event& event : sight.events)
            found.push_back(event.kind);
        return found;
    }

private:
    void load(const std::map<std::string, std::string>& process) {
        const std::filesystem::path city{"config/city"};
        assertOk(agencies.load(system(), *assertOk(agency::read(*yaml::load(city / "agencies.yaml")))));
        assertOk(calendars.put(system(), "tphcm", {2019, 1, 1},
                               *assertOk(calendar::read(*yaml::load(city / "calendar.yaml")))));
        auto content = *assertOk(catalogue::readFolder(city));
        // What has no package cannot be filed, and loading it takes its time.
        std::erase_if(content.procedures, [](const catalogue::Procedure& one) { return !one.ready; });
        assertOk(catalogue.load(system(), content));
        assertOk(forms.load(system(), city / "packages",
                            *assertOk(forms::loadLibrary(city / "forms" / "library.yaml"))));
        for (const auto& entry : std::filesystem::directory_iterator{city / "packages"}) {
            const std::string code = entry.path().filename();
            const auto other = process.find(code);
            const std::string bpmn =
                other == process.end() ? cityText(entry.path() / "process.bpmn") : other->second;
            assertOk(database.write(
                system(), [&](db::Writer& tx) { return processes.deploy(system(), tx, code, bpmn); }));
        }
    }

    TemporaryFolder folder_;

public:
    db::Database& database;

private:
    ManualClock& clock_;

public:
    vault::Vault vault;
    audit::Audit audit;

private:
    std::unique_ptr<files::ObjectStore> objects_;

public:
    files::FileStore files;
    agency::AgencyService agencies;
    calendar::CalendarService calendars;
    catalogue::CatalogueService catalogue;
    forms::FormsService forms;
    process::ProcessService processes;
    dossier::DossierService dossiers;
};

} // namespace motcua::test
