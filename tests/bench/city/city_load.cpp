// Fills a city that `motcua up` has made with dossiers for the benches, through the rooms' own repositories:
//
//     bench_city_load DATA_FOLDER DATABASE_ADDRESS DOSSIERS DRAFTS OUT
//
// Of the dossiers seven in ten have ended, a quarter has an open step at some desk and the rest waits for
// papers; answers and names are sealed as the server seals them. DRAFTS are complete and want only to be
// sent. OUT.json gets the sessions of officials of a ward, a district and the city, OUT.submits a line for
// each draft: session, token of the form, draft, key of the submission. The server must not run meanwhile.
#include "agency/agency_service.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/log.h"
#include "catalogue/catalogue_service.h"
#include "dossier/dossier_facts.h"
#include "dossier/dossier_repository.h"
#include "forms/forms_service.h"
#include "forms/personal.h"
#include "http/session.h"
#include "identity/identity_repository.h"
#include "process/process_repository.h"

#include <atomic>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>
#include <thread>

using namespace motcua;

namespace {

constexpr int kSessions = 64;
constexpr std::size_t kTogether = 50; // dossiers in one transaction
constexpr const char* kProcedures[] = {"1.001193", "1.004873", "1.001612", "2.000635", "1.013225"};

template <typename T>
T good(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().code + " " + result.error().detail);
    return *std::move(result);
}

template <typename Items>
const auto& oneOf(const Items& items, std::minstd_rand& random) {
    return items[std::uniform_int_distribution<std::size_t>{0, std::size(items) - 1}(random)];
}

std::string personName(std::minstd_rand& random) {
    static constexpr const char* families[] = {"Nguyễn", "Trần", "Lê",  "Phạm", "Huỳnh",
                                               "Võ",     "Đặng", "Bùi", "Đỗ"};
    static constexpr const char* middles[] = {"Thị Minh", "Văn", "Quốc", "Ngọc Bảo", "Thanh", "Hữu", "Kim"};
    static constexpr const char* givens[] = {"An",   "Bình", "Chi",  "Dũng", "Hạnh",
                                             "Khoa", "Lan",  "Phúc", "Thảo", "Yến"};
    return std::string{oneOf(families, random)} + " " + oneOf(middles, random) + " " + oneOf(givens, random);
}

// A procedure that can be filed: who receives it, and answers that its form takes.
struct Kind {
    catalogue::Stored stored;
    std::shared_ptr<const forms::Package> package;
    std::vector<agency::Agency> receivers;
    Json answers;
    std::string definition; // of its process
};

class Loader {
public:
    Loader(const std::string& folder, const std::string& address)
        : database_(db::Database::open({address, 8}, clock_)),
          vault_(good(vault::MasterKey::load(folder + "/keys/master.key")), clock_),
          audit_(clock_),
          agencies_(*database_, audit_, clock_),
          catalogue_(*database_, agencies_, audit_, clock_),
          forms_(*database_, agencies_, audit_, clock_),
          dossiers_(vault_),
          people_(vault_) {
        system_.actor = Actor::system("loader");
        for (const char* code : kProcedures)
            kinds_.push_back(kindOf(code));
    }

    // As many at a time as the database can take: SQLite has one writer.
    void load(std::size_t count) {
        const int hands = database_->backend() == db::Backend::Sqlite ? 1 : 6;
        std::atomic<std::size_t> next{0};
        std::vector<std::thread> threads;
        for (int hand = 0; hand < hands; ++hand)
            threads.emplace_back([&, hand] {
                std::minstd_rand random{static_cast<unsigned>(hand + 1)};
                for (std::size_t at; (at = next.fetch_add(kTogether)) < count;)
                    write([&](db::Writer& tx) {
                        for (std::size_t i = at; i < std::min(count, at + kTogether); ++i)
                            addDossier(tx, i, random);
                    });
            });
        for (std::thread& thread : threads)
            thread.join();
    }

    Json officials() {
        Json made = Json::object();
        const identity::Role roles[] = {{"receiver", "tphcm"}, {"specialist", "tphcm"}, {"leader", "tphcm"}};
        write([&](db::Writer& tx) {
            const auto city = addPerson(tx, identity::AccountKind::Official, "bench.city@bench.example");
            for (const identity::Role& role : roles)
                people_.addRole(tx, city, role);
            made.set("city", openSession(tx, city));
            for (const auto& [name, email] : {std::pair{"ward", "tiepnhan.bennghe@demo.motcua.example"},
                                              std::pair{"district", "tiepnhan.q1@demo.motcua.example"}})
                made.set(name, openSession(tx, people_.idByEmail(tx, email).value()));
        });
        return made;
    }

    void drafts(std::size_t count, std::ostream& lines) {
        std::minstd_rand random{7};
        for (int session = 0; session < kSessions; ++session) {
            std::string owner, token;
            write([&](db::Writer& tx) {
                owner = addPerson(tx, identity::AccountKind::Citizen,
                                  "bench." + std::to_string(session) + "@bench.example");
                token = openSession(tx, owner);
            });
            const std::size_t share = count / kSessions;
            for (std::size_t at = 0; at < share; at += kTogether) {
                std::ostringstream some;
                write([&](db::Writer& tx) {
                    some.str({});
                    for (std::size_t i = at; i < std::min(share, at + kTogether); ++i)
                        some << token << ' ' << http::csrfToken(token, "form") << ' '
                             << addDraft(tx, owner, random) << ' ' << newId(clock_) << '\n';
                });
                lines << some.str();
            }
        }
    }

private:
    template <typename Work>
    void write(Work work) {
        good(database_->write(system_, [&](db::Writer& tx) -> Result<int> {
            work(tx);
            return 0;
        }));
    }

    Kind kindOf(const std::string& code) {
        std::ifstream file{"tests/fixtures/forms/" + code + "/valid.json"};
        std::stringstream text;
        text << file.rdbuf();
        Kind kind{good(catalogue_.procedure(system_, code)),
                  good(forms_.inForce(system_, code)),
                  {},
                  good(Json::parse(text.str())),
                  {}};
        if (Json* child = kind.answers.find("child"))
            child->set("birth_date", civilDay(clock_.now()).plus(-10).iso());
        kind.receivers = catalogue_.receivers(system_, kind.stored.procedure);
        kind.definition = database_->read(
            system_, [&](db::Reader& tx) { return process::readLatest(tx, code).value().version.id; });
        return kind;
    }

    dossier::Dossier begun(const Kind& kind, const std::string& owner, std::minstd_rand& random) {
        dossier::Dossier made;
        made.id = newId(clock_);
        made.owner = owner;
        made.procedureCode = kind.stored.procedure.code;
        made.procedureName = kind.stored.procedure.name.vi;
        made.procedureVersion = kind.stored.version;
        made.formVersion = kind.package->version;
        made.agency = oneOf(kind.receivers, random).id;
        made.applicant = personName(random);
        made.answers = kind.answers;
        if (Json* requester = made.answers.find("requester")) requester->set("full_name", made.applicant);
        made.madeAt = made.changedAt = clock_.now();
        return made;
    }

    void insert(db::Writer& tx, const Kind& kind, const dossier::Dossier& made) {
        const auto split = forms::splitPersonal(kind.package->definition.form(), made.answers);
        dossiers_.insert(tx, made, split.open, split.sealed);
    }

    std::string addDraft(db::Writer& tx, const std::string& owner, std::minstd_rand& random) {
        const dossier::Dossier made = begun(kinds_.front(), owner, random);
        insert(tx, kinds_.front(), made);
        audit_.record(tx, system_, made.id, "dossier.begun");
        return made.id;
    }

    void addDossier(db::Writer& tx, std::size_t number, std::minstd_rand& random) {
        const Kind& kind = oneOf(kinds_, random);
        dossier::Dossier made = begun(kind, "bench", random);
        const auto hours = [&](int from, int to) {
            return std::chrono::hours{std::uniform_int_distribution{from, to}(random)};
        };
        const std::size_t fate = number % 20;
        const bool open = fate < 5, waits = fate == 5;
        made.state = open    ? dossier::State::InProcess
                     : waits ? dossier::State::Supplement
                             : dossier::State::Returned;
        made.submittedAt = made.acceptedAt =
            clock_.now() - (open || waits ? hours(1, 300) : hours(300, 9000));
        made.changedAt = *made.submittedAt;
        made.dueAt = *made.submittedAt + hours(100, 400);
        if (made.state == dossier::State::Returned) made.endedAt = made.dueAt;
        made.number = dossier::submissionNumber(civilDay(*made.submittedAt));
        made.code = dossier::legalCode("000.24.15.H29", civilDay(*made.submittedAt),
                                       static_cast<std::int64_t>(number + 10'000));
        made.phase = open ? "processing" : waits ? "supplement" : "returned";
        insert(tx, kind, made);
        dossiers_.updateState(tx, made, 0);
        for (const char* event : {"submitted", "accepted", "step_done"})
            dossiers_.addEvent(
                tx, made, {0, *made.submittedAt, event, made.state, "", made.agency, "Thẩm định hồ sơ", ""});
        addSteps(tx, kind, made, open, random);
    }

    void addSteps(db::Writer& tx, const Kind& kind, const dossier::Dossier& made, bool open,
                  std::minstd_rand& random) {
        process::InstanceRow row;
        row.id = newId(clock_);
        row.definitionId = kind.definition;
        row.subject = made.id;
        row.startedAt = *made.submittedAt;
        row.endedAt = made.endedAt;
        process::addInstance(tx, row);
        static constexpr const char* roles[] = {"receiver", "specialist", "leader"};
        static constexpr const char* names[] = {"Kiểm tra, tiếp nhận hồ sơ", "Thẩm định hồ sơ",
                                                "Duyệt, ký kết quả"};
        const std::size_t reached = open ? std::uniform_int_distribution<std::size_t>{0, 2}(random) : 2;
        for (std::size_t at = 0; at <= reached; ++at) {
            process::Task task;
            task.id = newId(clock_);
            task.instanceId = row.id;
            task.subject = made.id;
            task.element = roles[at];
            task.name = names[at];
            task.role = roles[at];
            task.agency = made.agency;
            task.openedAt = *made.submittedAt;
            task.limit = calendar::Limit::parse("4 hours").value();
            task.dueAt =
                clock_.now() + std::chrono::minutes{std::uniform_int_distribution{-6000, 12000}(random)};
            if (!open || at < reached) {
                task.state = process::TaskState::Done;
                task.outcome = "pass";
                task.closedAt = made.dueAt;
                task.closedBy = "bench";
            } else if (random() % 4 == 0) {
                const auto holders = people_.withRole(tx, task.agency, task.role);
                if (!holders.empty()) task.assignee = oneOf(holders, random);
            }
            process::addTask(tx, task);
        }
    }

    std::string addPerson(db::Writer& tx, identity::AccountKind kind, const std::string& email) {
        if (const auto known = people_.idByEmail(tx, email)) return *known;
        identity::Account account;
        account.id = newId(clock_);
        account.kind = kind;
        account.state = identity::AccountState::Active;
        account.email = email;
        account.fullName = "Người dùng thử";
        account.phone = "0901234567";
        account.madeAt = clock_.now();
        account.confirmedAt = clock_.now();
        people_.insert(tx, account, "none");
        return account.id;
    }

    std::string openSession(db::Writer& tx, const std::string& account) {
        std::string token = randomToken();
        const Instant now = clock_.now();
        people_.insertSession(tx, sha256(token), account, now, now + std::chrono::hours{12});
        return token;
    }

    SystemClock clock_;
    Context system_;
    std::unique_ptr<db::Database> database_;
    vault::Vault vault_;
    audit::Audit audit_;
    agency::AgencyService agencies_;
    catalogue::CatalogueService catalogue_;
    forms::FormsService forms_;
    dossier::DossierRepository dossiers_;
    identity::IdentityRepository people_;
    std::vector<Kind> kinds_;
};

} // namespace

int main(int argc, char** argv) {
    if (argc != 6) return 2;
    log::setThreshold(log::Level::Error); // a transaction of a loader is longer than one of a server may be
    try {
        Loader loader{argv[1], argv[2]};
        loader.load(std::stoul(argv[3]));
        const std::string out = argv[5];
        std::ofstream submits{out + ".submits"};
        loader.drafts(std::stoul(argv[4]), submits);
        std::ofstream{out + ".json"} << loader.officials().dump();
        return submits.flush() ? 0 : 1;
    } catch (const std::exception& problem) {
        std::cerr << "bench_city_load: " << problem.what() << std::endl;
        return 1;
    }
}
