// Money that goes back, on both databases: ordered by whom, once, and known in the end whatever gets lost. //
// P10, O2
#include "house.h"

#include <cppunit/TestFixture.h>

using namespace paymenttest;
using sdk::PaymentOutcome;
using std::chrono::hours;
using std::chrono::minutes;

class PaymentRefundsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PaymentRefundsTest);
    CPPUNIT_TEST(aRefundIsOrderedOnceAndSettled);
    CPPUNIT_TEST(aRefundWhoseAnswerWasLostIsAskedAfter);
    CPPUNIT_TEST(aRefusedRefundMayBeOrderedAgainWithAnotherKey);
    CPPUNIT_TEST(onlyALeaderOfTheRegionGivesMoneyBackAndOnlyWhatIsOwed);
    CPPUNIT_TEST(whatABrokenPluginAnswersIsNoRefusal);
    CPPUNIT_TEST(aRefundThatTheProviderHasIsNotOrderedAgain);
    CPPUNIT_TEST(aLostOrderIsGivenAgainOnceTheProviderWasAsked);
    CPPUNIT_TEST_SUITE_END();

    ManualClock clock_{{1'790'000'000'000}};

public:
    void aRefundIsOrderedOnceAndSettled() {
        onBoth(clock_, [&](House& house) {
            const Payment payment = house.owed("form-1");
            house.gateway.away = true; // the plugin dies at it
            for (int i = 0; i < 2; ++i) {
                const auto ordered =
                    house.payments.refund(house.leader, payment.id, "  Rút hồ sơ ", "10.0.0.7");
                CPPUNIT_ASSERT_MESSAGE(ordered ? "" : ordered.error().code, ordered.ok());
                assertState(PaymentPhase::Refunding, *ordered);
                house.runJobs();
            }
            assertState(PaymentPhase::Refunding, house.now(payment));
            house.gateway.away = false;
            clock_.advance(minutes{10});
            house.runJobs();
            const Payment back = house.now(payment);
            assertState(PaymentPhase::Refunded, back);
            CPPUNIT_ASSERT(!back.attention && back.refundSettledAt);
            CPPUNIT_ASSERT_EQUAL(std::string{"Rút hồ sơ"}, back.refundReason);
            CPPUNIT_ASSERT(house.gateway.refunds.size() >= 2);
            for (const auto& [key, order] : house.gateway.refunds) {
                CPPUNIT_ASSERT_EQUAL(house.gateway.refunds[0].first, key);
                CPPUNIT_ASSERT_EQUAL(std::int64_t{8000}, order.amount);
                CPPUNIT_ASSERT_EQUAL(house.gateway.refunds[0].second.requestedAt, order.requestedAt);
                CPPUNIT_ASSERT_EQUAL(std::string{"10.0.0.7"}, order.clientIp);
                CPPUNIT_ASSERT(order.reason.find("Rút") == std::string::npos);
            }
            CPPUNIT_ASSERT(house.payments.refund(house.leader, payment.id, "nữa", "10.0.0.7").ok());
            house.runJobs();
            assertState(PaymentPhase::Refunded, house.now(payment));
        });
    }

    void aRefundWhoseAnswerWasLostIsAskedAfter() {
        onBoth(clock_, [&](House& house) {
            const Payment payment = house.owed("form-1");
            house.gateway.refundOutcome = sdk::RefundOutcome::Pending; // the order came twice
            house.gateway.states[payment.reference] = said(payment, PaymentOutcome::Paid, 8000);
            CPPUNIT_ASSERT(house.payments.refund(house.leader, payment.id, "Rút", "10.0.0.7").ok());
            house.runJobs();
            assertState(PaymentPhase::Refunding, house.now(payment));
            house.gateway.states[payment.reference].refund = sdk::RefundOutcome::Accepted;
            clock_.advance(minutes{10});
            house.runJobs();
            assertState(PaymentPhase::Refunded, house.now(payment));
        });
    }

    void aRefusedRefundMayBeOrderedAgainWithAnotherKey() {
        onBoth(clock_, [&](House& house) {
            const Payment payment = house.owed("form-1");
            house.gateway.refundOutcome = sdk::RefundOutcome::Refused;
            CPPUNIT_ASSERT(house.payments.refund(house.leader, payment.id, "Rút", "10.0.0.7").ok());
            house.runJobs();
            const Payment refused = house.now(payment);
            assertState(PaymentPhase::RefundRefused, refused);
            CPPUNIT_ASSERT(refused.attention && refused.said == "không hoàn được");
            house.gateway.refundOutcome = sdk::RefundOutcome::Accepted;
            CPPUNIT_ASSERT(house.payments.refund(house.leader, payment.id, "Rút", "10.0.0.7").ok());
            house.runJobs();
            assertState(PaymentPhase::Refunded, house.now(payment));
            CPPUNIT_ASSERT(house.gateway.refunds.at(0).first != house.gateway.refunds.at(1).first);
        });
    }

    void onlyALeaderOfTheRegionGivesMoneyBackAndOnlyWhatIsOwed() {
        onBoth(clock_, [&](House& house) {
            const auto code = [&](const Context& who, const Payment& what, const char* why) {
                const auto done = house.payments.refund(who, what.id, why, "10.0.0.7");
                return done ? std::string{"ok"} : done.error().code;
            };
            const Payment payment = house.owed("form-1");
            CPPUNIT_ASSERT_EQUAL(std::string{"payment.no_refund_right"},
                                 code(house.receiver, payment, "Rút"));
            CPPUNIT_ASSERT_EQUAL(std::string{"payment.none"}, code(house.elsewhere, payment, "Rút"));
            CPPUNIT_ASSERT_EQUAL(std::string{"payment.none"}, code(house.citizen, payment, "Rút"));
            CPPUNIT_ASSERT_EQUAL(std::string{"payment.none"}, code(Context{}, payment, "Rút"));
            CPPUNIT_ASSERT_EQUAL(
                std::string{"invalid"},
                std::string{
                    motcua::name(house.payments.refund(house.leader, payment.id, " \n ", "").error().kind)});
            const Payment fee = house.started(house.draft().id, "form-2");
            CPPUNIT_ASSERT_EQUAL(std::string{"payment.not_refundable"}, code(house.leader, fee, "Rút"));
            house.notifyPaid(fee);
            CPPUNIT_ASSERT_EQUAL(std::string{"payment.not_refundable"}, code(house.leader, fee, "Rút"));
            CPPUNIT_ASSERT(house.gateway.refunds.empty());
            CPPUNIT_ASSERT_EQUAL(std::string{"ok"}, code(house.leader, payment, "Rút"));
        });
    }

    void whatABrokenPluginAnswersIsNoRefusal() {
        onBoth(clock_, [&](House& house) {
            const Payment payment = house.owed("form-1");
            house.gateway.refundError = internal("plugin.malformed", "half an answer");
            CPPUNIT_ASSERT(house.payments.refund(house.leader, payment.id, "Rút", "10.0.0.7").ok());
            house.runJobs();
            assertState(PaymentPhase::Refunding, house.now(payment)); // who knows what the provider did
            house.gateway.refundError.reset();
            clock_.advance(minutes{10});
            house.runJobs();
            assertState(PaymentPhase::Refunded, house.now(payment));
            CPPUNIT_ASSERT_EQUAL(house.gateway.refunds.at(0).first, house.gateway.refunds.at(1).first);
            const Payment refused = house.owed("form-2");
            house.gateway.refundError = denied("payment.merchant_refused");
            CPPUNIT_ASSERT(house.payments.refund(house.leader, refused.id, "Rút", "10.0.0.7").ok());
            house.runJobs();
            assertState(PaymentPhase::RefundRefused, house.now(refused));
        });
    }

    void aRefundThatTheProviderHasIsNotOrderedAgain() {
        onBoth(clock_, [&](House& house) {
            const Payment payment = house.owed("form-1");
            house.gateway.refundOutcome = sdk::RefundOutcome::Pending;
            house.gateway.states[payment.reference] = said(payment, PaymentOutcome::Paid, 8000);
            CPPUNIT_ASSERT(house.payments.refund(house.leader, payment.id, "Rút", "10.0.0.7").ok());
            // Its provider takes ids of orders for new ones after a day.
            for (int hour = 0; hour < 30; ++hour) {
                house.runJobs();
                clock_.advance(hours{1});
            }
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house.gateway.refunds.size());
            assertState(PaymentPhase::Refunding, house.now(payment));
            house.gateway.states[payment.reference].refund = sdk::RefundOutcome::Refused;
            clock_.advance(hours{48});
            house.runJobs();
            assertState(PaymentPhase::RefundRefused, house.now(payment));
        });
    }

    void aLostOrderIsGivenAgainOnceTheProviderWasAsked() {
        onBoth(clock_, [&](House& house) {
            const Payment payment = house.owed("form-1");
            house.gateway.refundError =
                unavailable("payment.provider_down"); // the answer gets lost each time
            CPPUNIT_ASSERT(house.payments.refund(house.leader, payment.id, "Rút", "10.0.0.7").ok());
            house.runner.runOutboxOnce();
            // It was given up, and an administrator put it aside.
            house.loseOutbox();
            clock_.advance(hours{24 * 9});
            CPPUNIT_ASSERT(house.payments.refundable(house.leader, house.now(payment)));
            const std::size_t before = house.gateway.refunds.size();
            house.gateway.refundError.reset();
            house.gateway.states[payment.reference] = said(payment, PaymentOutcome::Paid, 8000);
            house.gateway.states[payment.reference].refund = sdk::RefundOutcome::Accepted;
            CPPUNIT_ASSERT(house.payments.refund(house.leader, payment.id, "Rút", "10.0.0.7").ok());
            house.runJobs();
            assertState(PaymentPhase::Refunded, house.now(payment));
            CPPUNIT_ASSERT_EQUAL(before, house.gateway.refunds.size());
        });
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PaymentRefundsTest);
