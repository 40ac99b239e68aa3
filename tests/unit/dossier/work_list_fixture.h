// What the tests of the work list share: the shipped city on each database, dossiers with open steps put
// there directly, and a database that keeps each statement it is asked with its plan.
#pragma once

#include "agency/agency_file.h"
#include "agency/agency_repository.h"
#include "base/id.h"
#include "catalogue/catalogue_folder.h"
#include "db/merge.h"
#include "dossier/dossier_service.h"
#include "process/process_repository.h"
#include "search/search.h"
#include "support/databases.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <regex>

namespace motcua::dossier::test {

inline Context as(Actor actor) {
    Context context;
    context.actor = std::move(actor);
    return context;
}

inline const Context system_ = as(Actor::system("test"));

inline Context official(const std::string& id, std::vector<std::string> roles, std::string region) {
    return as({ActorKind::Official, id, id, std::move(roles), {std::move(region)}});
}

template <typename T>
T good(Result<T> result) {
    CPPUNIT_ASSERT_MESSAGE(result ? "" : result.error().code + "\n" + result.error().detail, result.ok());
    return *std::move(result);
}

// A statement as it was run: its name and the steps of its plan.
struct Planned {
    std::string name;
    std::vector<std::string> steps;
};

// Plans each statement before it runs it. PostgreSQL is told to leave out of its plans what it has a choice
// about, since the tables of a test are too small to make an index worth its while.
class PlanningReader final : public db::Reader {
public:
    PlanningReader(db::Reader& real, std::vector<Planned>& plans) : real_(real), plans_(plans) {}
    db::Backend backend() const override { return real_.backend(); }

protected:
    void stepSpan(const db::Query& query, std::span<const db::Parameter> parameters,
                  const std::function<bool(const db::Row&)>& visit) override {
        const bool sqlite = backend() == db::Backend::Sqlite;
        if (!sqlite)
            for (const char* choice : {"enable_seqscan", "enable_bitmapscan", "enable_sort"})
                real_.one(
                    {"plan.choice", "SELECT 1", "SELECT length(set_config(?, 'off', true))"},
                    [](const db::Row&) { return 0; }, choice);
        const std::string_view text = sqlite || query.postgresql.empty() ? query.sql : query.postgresql;
        const std::string asked = (sqlite ? "EXPLAIN QUERY PLAN " : "EXPLAIN ") + std::string{text};
        Planned planned{std::string{query.name}, {}};
        real_.each({"plan", asked}, parameters,
                   [&](const db::Row& row) { planned.steps.push_back(row.string(sqlite ? 3 : 0)); });
        plans_.push_back(std::move(planned));
        bool wanted = true;
        real_.each(query, parameters, [&](const db::Row& row) { wanted = wanted && visit(row); });
    }

private:
    db::Reader& real_;
    std::vector<Planned>& plans_;
};

class PlanningDatabase final : public db::Database {
public:
    explicit PlanningDatabase(db::Database& real) : real_(real) {}
    db::Backend backend() const override { return real_.backend(); }
    std::int64_t statements() const override { return real_.statements(); }
    Result<int> migrate(const std::vector<const db::Schema*>& schemas) override {
        return real_.migrate(schemas);
    }
    Result<void> backup(const std::string& file) override { return real_.backup(file); }

    bool planning = false;
    std::vector<Planned> plans{};

protected:
    void readErased(const Context& context, const std::function<void(db::Reader&)>& work) override {
        real_.read(context, [&](db::Reader& reader) {
            if (!planning) return work(reader);
            PlanningReader planner{reader, plans};
            work(planner);
        });
    }
    void writeErased(const Context& context, const std::function<bool(db::Writer&)>& work) override {
        static_cast<void>(real_.write(context, [&](db::Writer& writer) -> Result<void> {
            if (work(writer)) return {};
            return rejected("test.rolled_back");
        }));
    }

private:
    db::Database& real_;
};

// One database with the shipped city and every room below the dossier.
class Office {
public:
    Office(motcua::test::TestDatabase made, ManualClock& clock_)
        : place(std::move(made)),
          database(*place),
          clock(clock_),
          vault(vault::MasterKey{std::string(32, 'k')}, clock),
          audit(clock),
          objects(files::folderStore(folder / "files")),
          files(database, vault, *objects, clock),
          agencies(database, audit, clock),
          calendars(database, agencies, clock),
          catalogue(database, agencies, audit, clock),
          forms(database, agencies, audit, clock),
          processes(audit, clock),
          dossiers({database, vault, audit, files, agencies, calendars, catalogue, forms, processes, clock}),
          repository(vault) {
        good(agencies.load(system_, good(agency::read(good(yaml::load("config/city/agencies.yaml"))))));
        static const catalogue::Content content = good(catalogue::readFolder("config/city"));
        good(catalogue.load(system_, content));
        for (const char* key : {"1.001193", "1.004873"})
            write([&](db::Writer& tx) {
                process::addDefinition(tx, {{definitionOf(key), key, 1, key, clock.now(), "test"}, ""});
            });
    }

    template <typename Work>
    void write(Work work) {
        good(database.write(system_, [&](db::Writer& tx) -> Result<int> {
            work(tx);
            return 0;
        }));
    }

    static std::string definitionOf(const std::string& key) { return "definition-" + key; }

    struct Filed {
        std::string procedure = "1.001193";
        std::string agency = "phuong-ben-nghe"; // that received it
        std::string desk = "phuong-ben-nghe";   // where its step is open
        std::string role = "receiver";
        std::string holder{};
        std::optional<Instant> due{};
        State state = State::InProcess;
        std::string number{};
        std::string code{};
    };

    // Its id. A dossier that waits for its applicant has no open step.
    std::string file(const Filed& filed) {
        Dossier dossier;
        dossier.id = newId(clock);
        dossier.owner = "citizen";
        dossier.procedureCode = filed.procedure;
        dossier.procedureName = "Tên " + filed.procedure;
        dossier.procedureVersion = dossier.formVersion = 1;
        dossier.agency = filed.agency;
        dossier.applicant = "Người " + std::to_string(++made_);
        dossier.madeAt = dossier.changedAt = clock.now();
        dossier.submittedAt = clock.now();
        dossier.state = filed.state;
        dossier.number = filed.number.empty() ? "TN-261123-" + std::to_string(made_) : filed.number;
        dossier.code = filed.code;
        write([&](db::Writer& tx) {
            repository.insert(tx, dossier, Json::object(), Json::object());
            repository.updateState(tx, dossier, 0);
            if (filed.state != State::InProcess) return;
            process::InstanceRow row;
            row.id = newId(clock);
            row.definitionId = definitionOf(filed.procedure);
            row.subject = dossier.id;
            row.startedAt = clock.now();
            process::addInstance(tx, row);
            process::Task task;
            task.id = newId(clock);
            task.instanceId = row.id;
            task.subject = dossier.id;
            task.element = "receive";
            task.name = "Tiếp nhận";
            task.role = filed.role;
            task.agency = filed.desk;
            task.assignee = filed.holder;
            task.openedAt = clock.now();
            task.dueAt = filed.due;
            process::addTask(tx, task);
        });
        return dossier.id;
    }

    // Somebody does the dossier's open step.
    void finish(const std::string& dossier) {
        write([&](db::Writer& tx) {
            for (process::Task task : process::readOpenOfAll(tx, {dossier})) {
                task.state = process::TaskState::Done;
                task.closedAt = clock.now();
                process::changeTask(tx, task);
            }
        });
    }

    WorkPage list(const Context& context, const WorkAsked& asked = {}) {
        return good(dossiers.workList(context, asked));
    }

    static std::vector<std::string> idsOf(const WorkPage& page) {
        std::vector<std::string> ids;
        for (const WorkRow& row : page.rows)
            ids.push_back(row.dossier);
        return ids;
    }

    motcua::test::TestDatabase place;
    motcua::test::TemporaryFolder folder;
    PlanningDatabase database;
    ManualClock& clock;
    vault::Vault vault;
    audit::Audit audit;
    std::unique_ptr<files::ObjectStore> objects;
    files::FileStore files;
    agency::AgencyService agencies;
    calendar::CalendarService calendars;
    catalogue::CatalogueService catalogue;
    forms::FormsService forms;
    process::ProcessService processes;
    DossierService dossiers;
    DossierRepository repository;

private:
    int made_ = 0;
};

// `run` on each backend, with an office of its own.
template <typename Run>
void onEach(ManualClock& clock, Run run) {
    const Instant begin = clock.now();
    for (auto& made : motcua::test::databases(
             {&vault::schema(), &audit::schema(), &files::schema(), &search::schema(), &agency::schema(),
              &calendar::schema(), &catalogue::schema(), &forms::schema(), &process::schema(), &schema()},
             clock)) {
        clock.set(begin);
        Office office{std::move(made), clock};
        run(office);
    }
}

} // namespace motcua::dossier::test
