// A house for the tests of payments: the real rooms on one database, a dossier with a fee, and a provider
// that says what the test tells it to.
#pragma once

#include "payment/payment_service.h"

#include "agency/agency_file.h"
#include "agency/agency_repository.h"
#include "base/id.h"
#include "search/search.h"
#include "support/databases.h"
#include "yaml/reader.h"

#include <cppunit/extensions/HelperMacros.h>

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace paymenttest {

using namespace motcua;
using namespace motcua::payment;

inline const std::string profile = "vn.example.bank:quan-1";

inline sdk::PaymentState said(const Payment& payment, sdk::PaymentOutcome outcome, std::int64_t amount) {
    sdk::PaymentState state;
    state.outcome = outcome;
    state.reference = payment.reference;
    state.amount = amount;
    state.providerReference = "14000001";
    state.code = outcome == sdk::PaymentOutcome::Paid ? "00/00" : "24/02";
    return state;
}

// The provider, and the plugin in front of it. A raw request's query says what it stands for: "1", "2", … are
// notices that were prepared, anything else is forged.
class FakeGateway final : public Gateway {
public:
    std::vector<Way> ways() override { return offered; }

    Result<sdk::PaymentPage> create(const Context&, const std::string&, const sdk::CreatePayment& payment,
                                    const std::string& key) override {
        const std::lock_guard lock{guard};
        if (away) return unavailable("plugin.crashed");
        created.emplace_back(key, payment);
        sdk::PaymentPage page;
        if (!here) page.url = "https://bank.example/pay?ref=" + payment.reference;
        if (here) {
            page.qr = here->qr;
            if (!here->account.empty())
                page.transfer = {here->bank, here->account, here->accountName, here->content};
        }
        if (pageLife) page.expiresAt = payment.createdAt + pageLife->count();
        return page;
    }
    Result<sdk::PaymentNotice> returned(const Context&, const std::string&,
                                        const sdk::RawHttp& request) override {
        return judge(request);
    }
    Result<sdk::PaymentNotice> notified(const Context&, const std::string&,
                                        const sdk::RawHttp& request) override {
        return judge(request);
    }
    Result<sdk::PaymentState> query(const Context&, const std::string&,
                                    const sdk::QueryPayment& question) override {
        const std::lock_guard lock{guard};
        ++queries;
        if (away) return unavailable("payment.provider_down");
        const auto known = states.find(question.reference);
        if (known != states.end()) return known->second;
        sdk::PaymentState state;
        state.outcome = sdk::PaymentOutcome::Unknown;
        state.reference = question.reference;
        return state;
    }
    Result<sdk::PaymentState> confirm(const Context&, const std::string&, const sdk::ConfirmPayment& money,
                                      const std::string& key) override {
        const std::lock_guard lock{guard};
        confirmed.emplace_back(key, money);
        if (away) return unavailable("plugin.crashed");
        sdk::PaymentState state;
        state.outcome = sdk::PaymentOutcome::Paid;
        state.reference = money.reference;
        state.amount = money.amount;
        state.paidAt = money.paidAt;
        state.providerReference = "BL-0000001";
        return states[money.reference] = state;
    }
    Result<sdk::RefundState> refund(const Context&, const std::string&, const sdk::RefundPayment& order,
                                    const std::string& key, int) override {
        const std::lock_guard lock{guard};
        refunds.emplace_back(key, order);
        if (away) return unavailable("plugin.crashed");
        if (refundError) return *refundError;
        sdk::RefundState state;
        state.outcome = refundOutcome;
        state.code = "95";
        state.detail = "không hoàn được";
        return state;
    }

    // The query of a notice that says so.
    std::string notice(const sdk::PaymentState& state, const std::string& key) {
        const std::lock_guard lock{guard};
        notices.emplace_back();
        notices.back().authentic = true;
        notices.back().key = key;
        notices.back().state = state;
        return std::to_string(notices.size());
    }

    std::mutex guard;
    std::vector<Way> offered{{profile, "Ngân hàng", "Bank", {"https://bank.example"}, true}};
    std::optional<Millis> pageLife; // what the plugin says of its page
    std::optional<ShownHere> here;  // what our own page shows instead of the provider's
    bool away = false;
    std::optional<Error> refundError; // what the plugin answers an order instead of the provider's word
    int queries = 0;
    std::map<std::string, sdk::PaymentState> states; // what a question is answered
    sdk::RefundOutcome refundOutcome = sdk::RefundOutcome::Accepted;
    std::vector<std::pair<std::string, sdk::CreatePayment>> created;
    std::vector<std::pair<std::string, sdk::RefundPayment>> refunds;
    std::vector<std::pair<std::string, sdk::ConfirmPayment>> confirmed;

private:
    Result<sdk::PaymentNotice> judge(const sdk::RawHttp& request) {
        const std::lock_guard lock{guard};
        if (away) return unavailable("plugin.crashed");
        const auto number = static_cast<std::size_t>(std::atoi(request.query.c_str()));
        sdk::PaymentNotice made;
        if (number >= 1 && number <= notices.size()) made = notices[number - 1];
        made.answers = {answer("confirmed"),    answer("already"),       answer("unknown"),
                        answer("wrong amount"), answer("not authentic"), answer("failed")};
        return made;
    }
    static sdk::HttpAnswer answer(const char* body) { return {200, "text/plain", body}; }

    std::vector<sdk::PaymentNotice> notices;
};

inline std::vector<test::TestDatabase> databases(const Clock& clock) {
    return test::databases({&vault::schema(), &audit::schema(), &files::schema(), &jobs::schema(),
                            &search::schema(), &agency::schema(), &calendar::schema(), &catalogue::schema(),
                            &forms::schema(), &process::schema(), &dossier::schema(), &payment::schema()},
                           clock);
}

class House {
public:
    House(db::Database& used, ManualClock& time)
        : database(used),
          clock(time),
          files(used, vault, *objects, time),
          agencies(used, audit, time),
          calendars(used, agencies, audit, time),
          catalogue(used, agencies, audit, time),
          forms(used, agencies, audit, time),
          dossiers({used, vault, audit, files, agencies, calendars, catalogue, forms, processes, time}),
          runner(used, outbox, time),
          payments({used, vault, audit, outbox, inbox, agencies, dossiers, gateway, time}) {
        payments.subscribe(dossiers.events());
        payments.handleIn(runner);
        const auto document = yaml::parse("agencies:\n"
                                          "  - {id: city, kind: city, name: Thành phố}\n"
                                          "  - {id: d1, kind: district, name: Quận 1, parent: city}\n"
                                          "  - {id: d2, kind: district, name: Quận 2, parent: city}\n",
                                          "agencies.yaml");
        CPPUNIT_ASSERT(agencies.load(system, *agency::read(*document)).ok());
    }

    static Context as(ActorKind kind, std::string id, std::vector<std::string> roles = {},
                      std::string region = {}) {
        Context context;
        context.actor = {kind, std::move(id), "", std::move(roles), {}};
        if (!region.empty()) context.actor.regions = {std::move(region)};
        return context;
    }

    // A draft of the citizen, ready to be paid.
    dossier::Dossier draft(std::int64_t dong = 8000, const char* agency = "d1") {
        dossier::Dossier made;
        made.id = newId(clock);
        made.owner = citizen.actor.id;
        made.procedureCode = "2.000635";
        made.procedureName = "Cấp bản sao";
        made.agency = agency;
        made.fee = Money{dong};
        made.madeAt = made.changedAt = clock.now();
        CPPUNIT_ASSERT(database
                           .write(system,
                                  [&](db::Writer& tx) -> Result<void> {
                                      repository.insert(tx, made, Json::object(), Json::object());
                                      return {};
                                  })
                           .ok());
        return made;
    }

    // The dossier as it would stand after the steps of its process.
    void move(const std::string& id, dossier::State state, const char* kind) {
        CPPUNIT_ASSERT(database
                           .write(system,
                                  [&](db::Writer& tx) -> Result<void> {
                                      MOTCUA_TRY(now, repository.find(tx, id));
                                      now.state = state;
                                      if (now.number.empty())
                                          now.number = dossier::submissionNumber(civilDay(clock.now()));
                                      CPPUNIT_ASSERT(repository.updateState(tx, now, now.version));
                                      ++now.version;
                                      dossiers.events().happened.publish(tx, system, {now, kind, {}});
                                      return {};
                                  })
                           .ok());
    }

    Result<Started> start(const std::string& dossier, const std::string& key) {
        return start(citizen, dossier, key);
    }
    Result<Started> start(const Context& context, const std::string& dossier, const std::string& key) {
        return payments.start(context, {dossier, profile, key, "203.113.0.1", [](const std::string& payment) {
                                            return "https://city.example/ve/" + payment;
                                        }});
    }
    Payment started(const std::string& dossier, const std::string& key) {
        auto made = start(dossier, key);
        CPPUNIT_ASSERT_MESSAGE(made ? "" : made.error().code, made.ok());
        return std::move(made->payment);
    }

    // What the provider is answered; "error <code>" where the plugin is away.
    std::string notify(const std::string& query, const std::string& under = profile) {
        sdk::RawHttp request;
        request.method = "GET";
        request.query = query;
        const auto answer = payments.notified(Context{}, under, request);
        return answer ? answer->body : "error " + answer.error().code;
    }
    std::string notifyPaid(const Payment& payment, const std::string& key = "k") {
        return notify(gateway.notice(said(payment, sdk::PaymentOutcome::Paid, payment.amount.dong),
                                     payment.reference + key));
    }

    Payment now(const Payment& payment) {
        auto found = payments.find(system, payment.id);
        CPPUNIT_ASSERT(found.ok());
        return std::move(*found);
    }
    dossier::Dossier dossierNow(const std::string& id) {
        auto found = dossiers.find(system, id);
        CPPUNIT_ASSERT(found.ok());
        return std::move(*found);
    }
    // A payment that settles nothing: paid after its dossier was withdrawn.
    Payment owed(const std::string& key, const char* agency = "d1") {
        const auto paid = draft(8000, agency);
        const Payment payment = started(paid.id, key);
        move(paid.id, dossier::State::Withdrawn, "withdrawn");
        CPPUNIT_ASSERT_EQUAL(std::string{"confirmed"}, notifyPaid(payment));
        return payment;
    }
    // Whatever still waits is given up and put aside.
    void loseOutbox() {
        constexpr db::Query lose{"test.lose", "UPDATE outbox SET state = 3 WHERE state <> 1"};
        CPPUNIT_ASSERT(database
                           .write(system,
                                  [&](db::Writer& tx) -> Result<void> {
                                      tx.run(lose);
                                      return {};
                                  })
                           .ok());
    }
    void runJobs() {
        payments.askOverdue(system);
        while (runner.runOutboxOnce())
            ;
    }

    const Context system{Actor::system("test"), Until::never(), {}, "vi"};
    const Context citizen = as(ActorKind::Citizen, "0192aaaa-0000-7000-8000-000000000001");
    const Context stranger = as(ActorKind::Citizen, "0192aaaa-0000-7000-8000-000000000002");
    const Context leader = as(ActorKind::Official, "0192aaaa-0000-7000-8000-000000000003", {"leader"}, "d1");
    const Context receiver =
        as(ActorKind::Official, "0192aaaa-0000-7000-8000-000000000004", {"receiver"}, "d1");
    const Context elsewhere =
        as(ActorKind::Official, "0192aaaa-0000-7000-8000-000000000005", {"leader"}, "d2");

    db::Database& database;
    ManualClock& clock;
    test::TemporaryFolder folder;
    vault::Vault vault{vault::MasterKey{std::string(32, 'k')}, clock};
    audit::Audit audit{clock};
    std::unique_ptr<files::ObjectStore> objects = files::folderStore(folder / "files");
    files::FileStore files;
    jobs::Outbox outbox{vault, clock};
    jobs::Inbox inbox{vault, clock};
    agency::AgencyService agencies;
    calendar::CalendarService calendars;
    catalogue::CatalogueService catalogue;
    forms::FormsService forms;
    process::ProcessService processes{audit, clock};
    dossier::DossierRepository repository{vault};
    dossier::DossierService dossiers;
    FakeGateway gateway;
    jobs::Runner runner;
    PaymentService payments;
};

using PaymentPhase = motcua::payment::State;

inline void onBoth(ManualClock& clock, const std::function<void(House&)>& rule) {
    for (auto& database : databases(clock)) {
        House house{*database, clock};
        try {
            rule(house);
        } catch (CppUnit::Exception& failed) {
            throw CppUnit::Exception{CppUnit::Message{database.name, failed.what()}, failed.sourceLine()};
        }
    }
}

inline void assertState(PaymentPhase wanted, const Payment& payment) {
    CPPUNIT_ASSERT_EQUAL(std::string{name(wanted)}, std::string{name(payment.state)});
}

} // namespace paymenttest
