// Payments without a page of a provider: what our own page shows, and money that an official takes, once,
// with the right to it, early, late, twice and for a withdrawn dossier. // O2, P10
#include "house.h"

#include <cppunit/TestFixture.h>

using namespace paymenttest;

namespace {

const ShownHere transfer{"000201…6304ABCD", "VietinBank", "113366668888", "UBND QUAN 1", "TT1"};
const ShownHere counter{};

Taken exactly(const Payment& payment) {
    return {payment.amount, ""};
}

std::string codeOf(const Result<Payment>& result) {
    return result ? "ok" : result.error().code;
}

} // namespace

class PaymentCounterTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PaymentCounterTest);
    CPPUNIT_TEST(whatIsShownHereIsKeptAndLivesLonger);
    CPPUNIT_TEST(aProvidersPageIsNotShownHere);
    CPPUNIT_TEST(anOfficialTakesMoneyOnce);
    CPPUNIT_TEST(aDossiersFeeIsTakenInOneGo);
    CPPUNIT_TEST(onlyWhoReceivesThereMayTake);
    CPPUNIT_TEST(anotherAmountIsNotTaken);
    CPPUNIT_TEST(anOnlinePaymentIsNotTakenAtTheCounter);
    CPPUNIT_TEST(moneyThatComesLateCounts);
    CPPUNIT_TEST(moneyTwiceOrForAWithdrawnDossierIsSeen);
    CPPUNIT_TEST(aServerThatDiedAfterTheBookingLearnsIt);
    CPPUNIT_TEST(theReferenceFindsItForOfficialsOfTheRegion);
    CPPUNIT_TEST_SUITE_END();

    ManualClock clock{Instant{1'594'600'000'000}};

    // A dossier that was filed at the counter of d1, and owes its fee.
    static std::string filed(House& house) {
        const auto made = house.draft();
        house.move(made.id, dossier::State::InProcess, "accepted");
        return made.id;
    }
    static Result<Payment> takeFor(House& house, const Context& official, const std::string& dossier,
                                   const std::string& key, Taken taken = {Money{8000}, ""}) {
        return house.payments.takeFor(
            official,
            {dossier, profile, key, "127.0.0.1", [](const std::string&) { return "https://city.example/"; }},
            taken);
    }

    void whatIsShownHereIsKeptAndLivesLonger() {
        onBoth(clock, [&](House& house) {
            house.gateway.here = transfer;
            const auto made = house.start(house.draft().id, "form-1");
            CPPUNIT_ASSERT(made.ok());
            CPPUNIT_ASSERT(made->url.empty());
            const Payment stored = house.now(made->payment);
            assertState(PaymentPhase::Pending, stored);
            CPPUNIT_ASSERT(stored.shown.has_value());
            CPPUNIT_ASSERT_EQUAL(transfer.qr, stored.shown->qr);
            CPPUNIT_ASSERT_EQUAL(transfer.content, stored.shown->content);
            CPPUNIT_ASSERT(!stored.shown->atCounter());
            CPPUNIT_ASSERT((stored.expiresAt == stored.madeAt + Millis{std::chrono::hours{24}}));
            house.gateway.pageLife = std::chrono::hours{24 * 7};
            house.gateway.here = counter;
            const auto other = house.start(house.draft().id, "form-2");
            CPPUNIT_ASSERT(house.now(other->payment).shown->atCounter());
            CPPUNIT_ASSERT((other->payment.expiresAt == stored.madeAt + Millis{std::chrono::hours{24 * 7}}));
            // Its fee is told item by item, its payer is not.
            const auto& bill = house.gateway.created.back().second.bill;
            CPPUNIT_ASSERT(bill && bill->procedureCode == "2.000635" && bill->payerName.empty());
        });
    }

    void aProvidersPageIsNotShownHere() {
        onBoth(clock, [&](House& house) {
            const Payment online = house.started(house.draft().id, "form-1");
            CPPUNIT_ASSERT(!house.now(online).shown);
        });
    }

    void anOfficialTakesMoneyOnce() {
        onBoth(clock, [&](House& house) {
            house.gateway.here = counter;
            const auto draft = house.draft();
            const Payment payment = house.started(draft.id, "form-1");
            CPPUNIT_ASSERT(house.payments.takeable(house.receiver, house.now(payment)));
            const auto taken = house.payments.take(house.receiver, payment.id, exactly(payment));
            CPPUNIT_ASSERT_EQUAL(std::string{"ok"}, codeOf(taken));
            assertState(PaymentPhase::Paid, *taken);
            CPPUNIT_ASSERT(taken->counted && !taken->attention);
            CPPUNIT_ASSERT_EQUAL(std::string{"BL-0000001"}, taken->providerReference);
            CPPUNIT_ASSERT(!house.dossierNow(draft.id).feeDue());
            CPPUNIT_ASSERT_EQUAL(std::string{"ok"},
                                 codeOf(house.payments.take(house.receiver, payment.id, exactly(payment))));
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house.gateway.confirmed.size());
            CPPUNIT_ASSERT_EQUAL(payment.id, house.gateway.confirmed.front().first);
            CPPUNIT_ASSERT_EQUAL(house.receiver.actor.id, house.gateway.confirmed.front().second.confirmedBy);
            CPPUNIT_ASSERT(!house.payments.takeable(house.receiver, house.now(payment)));
        });
    }

    void aDossiersFeeIsTakenInOneGo() {
        onBoth(clock, [&](House& house) {
            house.gateway.here = counter;
            const std::string id = filed(house);
            const auto taken = takeFor(house, house.receiver, id, "desk-1");
            CPPUNIT_ASSERT_EQUAL(std::string{"ok"}, codeOf(taken));
            assertState(PaymentPhase::Paid, *taken);
            CPPUNIT_ASSERT(taken->counted);
            const auto twice = takeFor(house, house.receiver, id, "desk-1");
            CPPUNIT_ASSERT_EQUAL(std::string{"ok"}, codeOf(twice));
            CPPUNIT_ASSERT_EQUAL(taken->id, twice->id);
            CPPUNIT_ASSERT_EQUAL(std::string{"payment.nothing_due"},
                                 codeOf(takeFor(house, house.receiver, id, "desk-2")));
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house.gateway.confirmed.size());
        });
    }

    void onlyWhoReceivesThereMayTake() {
        onBoth(clock, [&](House& house) {
            house.gateway.here = counter;
            const std::string id = filed(house);
            const Payment payment = house.started(house.draft().id, "form-1");
            for (const Context* official : {&house.leader, &house.elsewhere, &house.citizen}) {
                CPPUNIT_ASSERT(!house.payments.takeable(*official, house.now(payment)));
                CPPUNIT_ASSERT(!takeFor(house, *official, id, "desk").ok());
                CPPUNIT_ASSERT(!house.payments.take(*official, payment.id, exactly(payment)).ok());
            }
            const Context otherDesk =
                House::as(ActorKind::Official, "0192aaaa-0000-7000-8000-000000000006", {"receiver"}, "d2");
            CPPUNIT_ASSERT_EQUAL(std::string{"payment.none"},
                                 codeOf(house.payments.take(otherDesk, payment.id, exactly(payment))));
            CPPUNIT_ASSERT_EQUAL(std::string{"payment.no_taking_right"},
                                 codeOf(house.payments.take(house.leader, payment.id, exactly(payment))));
            CPPUNIT_ASSERT(house.gateway.confirmed.empty());
            assertState(PaymentPhase::Pending, house.now(payment));
        });
    }

    void anotherAmountIsNotTaken() {
        onBoth(clock, [&](House& house) {
            house.gateway.here = counter;
            const Payment payment = house.started(house.draft().id, "form-1");
            CPPUNIT_ASSERT_EQUAL(std::string{"payment.amount_differs"},
                                 codeOf(house.payments.take(house.receiver, payment.id, {Money{7999}, ""})));
            CPPUNIT_ASSERT_EQUAL(
                std::string{"payment.amount_differs"},
                codeOf(takeFor(house, house.receiver, filed(house), "desk", {Money{1}, ""})));
            CPPUNIT_ASSERT(house.gateway.confirmed.empty());
        });
    }

    void anOnlinePaymentIsNotTakenAtTheCounter() {
        onBoth(clock, [&](House& house) {
            const Payment online = house.started(house.draft().id, "form-1");
            CPPUNIT_ASSERT_EQUAL(std::string{"payment.not_at_counter"},
                                 codeOf(house.payments.take(house.receiver, online.id, exactly(online))));
            house.gateway.offered.front().desk = false;
            CPPUNIT_ASSERT_EQUAL(
                std::string{"payment.no_such_way"},
                house.payments.waysAtCounter(house.receiver, "d1").empty()
                    ? takeFor(house, house.receiver, filed(house), "desk").error().fields.front().code
                    : std::string{"offered"});
        });
    }

    void moneyThatComesLateCounts() {
        onBoth(clock, [&](House& house) {
            house.gateway.here = counter;
            const auto draft = house.draft();
            const Payment payment = house.started(draft.id, "form-1");
            clock.advance(std::chrono::hours{50});
            house.runJobs();
            assertState(PaymentPhase::Expired, house.now(payment));
            const auto taken = house.payments.take(house.receiver, payment.id, exactly(payment));
            CPPUNIT_ASSERT_EQUAL(std::string{"ok"}, codeOf(taken));
            CPPUNIT_ASSERT(taken->counted);
            CPPUNIT_ASSERT(!house.dossierNow(draft.id).feeDue());
        });
    }

    void moneyTwiceOrForAWithdrawnDossierIsSeen() {
        onBoth(clock, [&](House& house) {
            house.gateway.here = transfer;
            const auto draft = house.draft();
            const Payment first = house.started(draft.id, "form-1");
            clock.advance(std::chrono::hours{25});
            const Payment second = house.started(draft.id, "form-2");
            CPPUNIT_ASSERT(first.id != second.id);
            CPPUNIT_ASSERT_EQUAL(std::string{"confirmed"}, house.notifyPaid(second));
            const auto again = house.payments.take(house.receiver, first.id, exactly(first));
            CPPUNIT_ASSERT_EQUAL(std::string{"ok"}, codeOf(again));
            CPPUNIT_ASSERT(!again->counted && again->attention);
            const Payment late = house.started(house.draft().id, "form-3");
            house.move(late.dossier, dossier::State::Withdrawn, "withdrawn");
            const auto taken = house.payments.take(house.receiver, late.id, exactly(late));
            CPPUNIT_ASSERT_EQUAL(std::string{"ok"}, codeOf(taken));
            CPPUNIT_ASSERT(!taken->counted && taken->attention);
            CPPUNIT_ASSERT_EQUAL(std::size_t{2}, house.payments.withAttention(house.receiver, {}, 10).size());
            CPPUNIT_ASSERT(house.payments.refundable(house.leader, *taken));
        });
    }

    void aServerThatDiedAfterTheBookingLearnsIt() {
        onBoth(clock, [&](House& house) {
            house.gateway.here = counter;
            const auto draft = house.draft();
            const Payment payment = house.started(draft.id, "form-1");
            sdk::ConfirmPayment money; // the call went out; what came back was lost
            money.reference = payment.reference;
            money.amount = payment.amount.dong;
            CPPUNIT_ASSERT(house.gateway.confirm(house.receiver, profile, money, payment.id).ok());
            clock.advance(std::chrono::minutes{3});
            house.runJobs();
            assertState(PaymentPhase::Paid, house.now(payment));
            CPPUNIT_ASSERT(!house.dossierNow(draft.id).feeDue());
        });
    }

    void theReferenceFindsItForOfficialsOfTheRegion() {
        onBoth(clock, [&](House& house) {
            house.gateway.here = counter;
            const Payment payment = house.started(house.draft().id, "form-1");
            const auto found = house.payments.byReference(house.receiver, payment.reference);
            CPPUNIT_ASSERT(found && found->id == payment.id);
            for (const Context* other : {&house.elsewhere, &house.citizen, &house.stranger})
                CPPUNIT_ASSERT_EQUAL(std::string{"payment.none"},
                                     codeOf(house.payments.byReference(*other, payment.reference)));
            CPPUNIT_ASSERT_EQUAL(std::string{"payment.none"},
                                 codeOf(house.payments.byReference(house.receiver, "TT-NONE")));
        });
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PaymentCounterTest);
