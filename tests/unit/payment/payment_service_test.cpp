// Payments on both databases: what counts, once; what does not, and is seen; questions and expiry by
// a clock that the test moves. // P10, O2
#include "house.h"

#include <cppunit/TestFixture.h>

#include <algorithm>
#include <atomic>
#include <thread>

using namespace paymenttest;
using sdk::PaymentOutcome;
using std::chrono::hours;
using std::chrono::minutes;

class PaymentServiceTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PaymentServiceTest);
    CPPUNIT_TEST(aNotificationSettlesTheFeeOnce);
    CPPUNIT_TEST(theAttemptIsStoredAsTheProviderIsTold);
    CPPUNIT_TEST(theSameFormAndTheSameMoneyAreOneAttempt);
    CPPUNIT_TEST(afterAFailureASecondAttemptMayPay);
    CPPUNIT_TEST(whatIsNotAuthenticChangesNothing);
    CPPUNIT_TEST(anotherAmountIsSeenAndNotCounted);
    CPPUNIT_TEST(anotherProfileKnowsNoSuchPayment);
    CPPUNIT_TEST(aLostNotificationIsMadeUpByAQuestion);
    CPPUNIT_TEST(theReturnDecidesNothingButAsks);
    CPPUNIT_TEST(anAttemptExpiresAndItsMoneyStillCounts);
    CPPUNIT_TEST(anAwayProviderIsAskedAgainForAWeek);
    CPPUNIT_TEST(twoAttemptsThatWerePaidCountOnce);
    CPPUNIT_TEST(moneyForAnEndedOrDiscardedDossierIsKeptAndSeen);
    CPPUNIT_TEST(aFailureAfterTheMoneyChangesNothing);
    CPPUNIT_TEST(whatThePluginLosesIsTakenUpAgain);
    CPPUNIT_TEST(strangersSeeAndDoNothing);
    CPPUNIT_TEST(notificationsAndQuestionsAtOnceCountOnce);
    CPPUNIT_TEST(moneyOfOtherRegionsHidesNothing);
    CPPUNIT_TEST(aWordThatWasOnItsWayUndoesNoReversal);
    CPPUNIT_TEST(aDoubtThatCameToNothingIsOver);
    CPPUNIT_TEST(anOldWindowLeadsToNoPageThatIsOver);
    CPPUNIT_TEST(anAgencysOwnAccountTakesItsFees);
    CPPUNIT_TEST(aProviderThatIsAwayIsNotAskedForEachPayment);
    CPPUNIT_TEST(questionsDoNotPileUp);
    CPPUNIT_TEST(aPageIsGoodAsLongAsItsPluginSays);
    CPPUNIT_TEST_SUITE_END();

    ManualClock clock_{{1'790'000'000'000}};

public:
    void aNotificationSettlesTheFeeOnce() {
        onBoth(clock_, [&](House& house) {
            const auto draft = house.draft();
            const Payment payment = house.started(draft.id, "form-1");
            assertState(PaymentPhase::Pending, payment);
            const std::string query =
                house.gateway.notice(said(payment, PaymentOutcome::Paid, 8000), "event-1");
            CPPUNIT_ASSERT_EQUAL(std::string{"confirmed"}, house.notify(query));
            const auto paid = house.dossierNow(draft.id);
            CPPUNIT_ASSERT(paid.feePaidAt && !paid.feeDue());
            assertState(PaymentPhase::Paid, house.now(payment));
            CPPUNIT_ASSERT(house.now(payment).counted && !house.now(payment).attention);
            // The same again, and the same fact under another key: taken up before.
            CPPUNIT_ASSERT_EQUAL(std::string{"already"}, house.notify(query));
            CPPUNIT_ASSERT_EQUAL(std::string{"already"}, house.notifyPaid(payment, "another"));
            CPPUNIT_ASSERT_EQUAL(paid.version, house.dossierNow(draft.id).version);
            const auto sight = house.dossiers.see(house.citizen, draft.id);
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, sight->events.size());
            CPPUNIT_ASSERT_EQUAL(std::string{"paid"}, sight->events[0].kind);
            // Nothing more can be started.
            CPPUNIT_ASSERT_EQUAL(std::string{"payment.nothing_due"},
                                 house.start(draft.id, "form-2").error().code);
        });
    }

    void theAttemptIsStoredAsTheProviderIsTold() {
        onBoth(clock_, [&](House& house) {
            const Payment payment = house.started(house.draft().id, "form-1");
            const auto& [key, told] = house.gateway.created.at(0);
            CPPUNIT_ASSERT_EQUAL(payment.id, key);
            CPPUNIT_ASSERT_EQUAL(payment.reference, told.reference);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{8000}, told.amount);
            CPPUNIT_ASSERT_EQUAL(clock_.now().ms, told.createdAt);
            CPPUNIT_ASSERT(!told.expiresAt); // the plugin's settings say how long its page is good
            CPPUNIT_ASSERT_EQUAL((clock_.now() + minutes{15}).ms, payment.expiresAt.ms);
            CPPUNIT_ASSERT_EQUAL("https://city.example/ve/" + payment.id, told.returnUrl);
            const Payment stored = house.now(payment);
            CPPUNIT_ASSERT_EQUAL(std::string{"203.113.0.1"}, stored.clientIp);
            CPPUNIT_ASSERT_EQUAL(std::string{"d1"}, stored.agency);
            CPPUNIT_ASSERT(stored.reference.starts_with("TT-") && stored.reference.size() == 20);
        });
    }

    void theSameFormAndTheSameMoneyAreOneAttempt() {
        onBoth(clock_, [&](House& house) {
            const auto draft = house.draft();
            const Payment first = house.started(draft.id, "form-1");
            CPPUNIT_ASSERT_EQUAL(first.id, house.started(draft.id, "form-1").id);
            clock_.advance(minutes{1});
            CPPUNIT_ASSERT_EQUAL(first.id, house.started(draft.id, "form-2").id); // another tab
            CPPUNIT_ASSERT_EQUAL(house.gateway.created.at(0).second.createdAt,
                                 house.gateway.created.at(2).second.createdAt);
            // One that has hardly any time left is let go.
            clock_.advance(minutes{14});
            const Payment second = house.started(draft.id, "form-3");
            CPPUNIT_ASSERT(second.id != first.id);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, house.now(second).attempt);
            assertState(PaymentPhase::Expired, house.now(first));
            // Its form, sent again, is that attempt: over.
            const auto again = house.start(draft.id, "form-1");
            CPPUNIT_ASSERT(again && again->url.empty());
            // A key of somebody's form opens nothing else.
            CPPUNIT_ASSERT_EQUAL(std::string{"payment.none"},
                                 house.start(house.draft().id, "form-1").error().code);
        });
    }

    void afterAFailureASecondAttemptMayPay() {
        onBoth(clock_, [&](House& house) {
            const auto draft = house.draft();
            const Payment first = house.started(draft.id, "form-1");
            const std::string failed = house.gateway.notice(said(first, PaymentOutcome::Failed, 8000), "f");
            CPPUNIT_ASSERT_EQUAL(std::string{"confirmed"}, house.notify(failed));
            assertState(PaymentPhase::Failed, house.now(first));
            CPPUNIT_ASSERT(!house.now(first).nextAsk && house.dossierNow(draft.id).feeDue());
            const Payment second = house.started(draft.id, "form-2");
            CPPUNIT_ASSERT(second.id != first.id && second.reference != first.reference);
            CPPUNIT_ASSERT_EQUAL(std::string{"confirmed"}, house.notifyPaid(second));
            CPPUNIT_ASSERT(house.now(second).counted && !house.dossierNow(draft.id).feeDue());
        });
    }

    void whatIsNotAuthenticChangesNothing() {
        onBoth(clock_, [&](House& house) {
            const auto draft = house.draft();
            const Payment payment = house.started(draft.id, "form-1");
            CPPUNIT_ASSERT_EQUAL(std::string{"not authentic"}, house.notify("forged"));
            assertState(PaymentPhase::Pending, house.now(payment));
            CPPUNIT_ASSERT(house.dossierNow(draft.id).feeDue());
            CPPUNIT_ASSERT_EQUAL(std::string{"confirmed"}, house.notifyPaid(payment)); // it spoilt nothing
        });
    }

    void anotherAmountIsSeenAndNotCounted() {
        onBoth(clock_, [&](House& house) {
            const auto draft = house.draft();
            const Payment payment = house.started(draft.id, "form-1");
            const std::string query =
                house.gateway.notice(said(payment, PaymentOutcome::Paid, 80'000), "much");
            for (int i = 0; i < 2; ++i)
                CPPUNIT_ASSERT_EQUAL(std::string{"wrong amount"}, house.notify(query));
            const Payment seen = house.now(payment);
            assertState(PaymentPhase::Pending, seen);
            CPPUNIT_ASSERT(seen.attention && seen.otherAmount == Money{80'000});
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house.payments.withAttention(house.receiver, {}, 10).size());
            sdk::PaymentState noAmount = said(payment, PaymentOutcome::Paid, 8000);
            noAmount.amount.reset();
            CPPUNIT_ASSERT_EQUAL(std::string{"wrong amount"},
                                 house.notify(house.gateway.notice(noAmount, "none")));
            CPPUNIT_ASSERT(house.dossierNow(draft.id).feeDue());
        });
    }

    void anotherProfileKnowsNoSuchPayment() {
        onBoth(clock_, [&](House& house) {
            const Payment payment = house.started(house.draft().id, "form-1");
            const std::string query = house.gateway.notice(said(payment, PaymentOutcome::Paid, 8000), "x");
            CPPUNIT_ASSERT_EQUAL(std::string{"unknown"}, house.notify(query, "vn.example.bank:quan-2"));
            Payment other = payment;
            other.reference = "TT-000000-0000000000";
            CPPUNIT_ASSERT_EQUAL(std::string{"unknown"}, house.notifyPaid(other));
            CPPUNIT_ASSERT_EQUAL(std::string{"confirmed"}, house.notify(query));
        });
    }

    void aLostNotificationIsMadeUpByAQuestion() {
        onBoth(clock_, [&](House& house) {
            const auto draft = house.draft();
            const Payment payment = house.started(draft.id, "form-1");
            house.gateway.states[payment.reference] = said(payment, PaymentOutcome::Paid, 8000);
            house.runJobs();
            CPPUNIT_ASSERT_EQUAL(0, house.gateway.queries); // the provider may still speak first
            clock_.advance(minutes{2});
            house.runJobs();
            assertState(PaymentPhase::Paid, house.now(payment));
            CPPUNIT_ASSERT(!house.dossierNow(draft.id).feeDue());
            // The notification that comes after all is one that was taken up.
            CPPUNIT_ASSERT_EQUAL(std::string{"already"}, house.notifyPaid(payment));
            clock_.advance(hours{48});
            house.runJobs();
            CPPUNIT_ASSERT_EQUAL(1, house.gateway.queries);
        });
    }

    void theReturnDecidesNothingButAsks() {
        onBoth(clock_, [&](House& house) {
            const auto draft = house.draft();
            const Payment payment = house.started(draft.id, "form-1");
            sdk::RawHttp request;
            request.query = "forged";
            CPPUNIT_ASSERT(house.payments.returned(house.citizen, payment.id, request).ok());
            CPPUNIT_ASSERT_EQUAL(0, house.gateway.queries);
            // The browser brings a signed "paid"; the provider, asked, knows of none.
            request.query = house.gateway.notice(said(payment, PaymentOutcome::Paid, 8000), "r");
            const auto returned = house.payments.returned(house.citizen, payment.id, request);
            CPPUNIT_ASSERT_EQUAL(1, house.gateway.queries);
            assertState(PaymentPhase::Pending, *returned);
            CPPUNIT_ASSERT(house.dossierNow(draft.id).feeDue());
            house.gateway.states[payment.reference] = said(payment, PaymentOutcome::Paid, 8000);
            assertState(PaymentPhase::Paid, *house.payments.returned(house.citizen, payment.id, request));
            CPPUNIT_ASSERT(!house.payments.returned(house.stranger, payment.id, request).ok());
        });
    }

    void anAttemptExpiresAndItsMoneyStillCounts() {
        onBoth(clock_, [&](House& house) {
            const auto draft = house.draft();
            const Payment payment = house.started(draft.id, "form-1");
            for (int i = 0; i < 4; ++i) { // 2, 5, 10 and 17 minutes after it was made
                clock_.advance(
                    std::array{minutes{2}, minutes{3}, minutes{5}, minutes{7}}[static_cast<std::size_t>(i)]);
                house.runJobs();
                CPPUNIT_ASSERT_EQUAL(i + 1, house.gateway.queries);
                assertState(i < 3 ? PaymentPhase::Pending : PaymentPhase::Expired, house.now(payment));
            }
            CPPUNIT_ASSERT(house.now(payment).nextAsk);
            CPPUNIT_ASSERT_EQUAL(std::string{"confirmed"}, house.notifyPaid(payment));
            CPPUNIT_ASSERT(house.now(payment).counted && !house.now(payment).nextAsk);
            // Another one, of which nobody ever hears, is let go after three days of questions.
            const Payment silent = house.started(house.draft().id, "form-2");
            for (int i = 0; i < 100; ++i) {
                clock_.advance(hours{2});
                house.runJobs();
            }
            assertState(PaymentPhase::Expired, house.now(silent));
            CPPUNIT_ASSERT(!house.now(silent).nextAsk);
            CPPUNIT_ASSERT_EQUAL(4 + 8, house.gateway.queries);
        });
    }

    void anAwayProviderIsAskedAgainForAWeek() {
        onBoth(clock_, [&](House& house) {
            const Payment payment = house.started(house.draft().id, "form-1");
            house.gateway.away = true;
            for (int day = 0; day < 6; ++day) {
                clock_.advance(hours{24});
                house.runJobs();
            }
            assertState(PaymentPhase::Expired, house.now(payment));
            CPPUNIT_ASSERT_EQUAL(0, house.now(payment).asks);
            house.gateway.away = false;
            house.gateway.states[payment.reference] = said(payment, PaymentOutcome::Paid, 8000);
            clock_.advance(minutes{2});
            house.runJobs();
            assertState(PaymentPhase::Paid, house.now(payment));
            const Payment lost = house.started(house.draft().id, "form-2");
            house.gateway.away = true;
            clock_.advance(hours{24 * 8});
            house.runJobs();
            CPPUNIT_ASSERT(!house.now(lost).nextAsk);
        });
    }

    void twoAttemptsThatWerePaidCountOnce() {
        onBoth(clock_, [&](House& house) {
            const auto draft = house.draft();
            const Payment first = house.started(draft.id, "form-1");
            clock_.advance(minutes{15});
            const Payment second = house.started(draft.id, "form-2");
            CPPUNIT_ASSERT_EQUAL(std::string{"confirmed"}, house.notifyPaid(second));
            CPPUNIT_ASSERT_EQUAL(std::string{"confirmed"}, house.notifyPaid(first));
            CPPUNIT_ASSERT(house.now(second).counted && !house.now(second).attention);
            CPPUNIT_ASSERT(!house.now(first).counted && house.now(first).attention);
            CPPUNIT_ASSERT(house.payments.refundable(house.leader, house.now(first)));
            CPPUNIT_ASSERT(!house.payments.refundable(house.leader, house.now(second)));
        });
    }

    void moneyForAnEndedOrDiscardedDossierIsKeptAndSeen() {
        onBoth(clock_, [&](House& house) {
            const auto withdrawn = house.draft();
            const Payment late = house.started(withdrawn.id, "form-1");
            house.move(withdrawn.id, dossier::State::Withdrawn, "withdrawn");
            CPPUNIT_ASSERT_EQUAL(std::string{"payment.nothing_due"},
                                 house.start(withdrawn.id, "form-2").error().code);
            CPPUNIT_ASSERT_EQUAL(std::string{"confirmed"}, house.notifyPaid(late));
            CPPUNIT_ASSERT(house.now(late).attention && house.dossierNow(withdrawn.id).feeDue());
            // A draft is thrown away while its money is on the way.
            const auto gone = house.draft();
            const Payment orphan = house.started(gone.id, "form-3");
            CPPUNIT_ASSERT(house.dossiers.discard(house.citizen, gone.id).ok());
            CPPUNIT_ASSERT_EQUAL(std::string{"confirmed"}, house.notifyPaid(orphan));
            assertState(PaymentPhase::Paid, house.now(orphan));
            CPPUNIT_ASSERT_EQUAL(std::string{"203.113.0.1"}, house.now(orphan).clientIp);
            // A fee that was settled, and then the dossier ended.
            const auto settled = house.draft();
            const Payment fee = house.started(settled.id, "form-4");
            CPPUNIT_ASSERT_EQUAL(std::string{"confirmed"}, house.notifyPaid(fee));
            CPPUNIT_ASSERT(!house.now(fee).attention);
            house.move(settled.id, dossier::State::NotAccepted, "rejected");
            CPPUNIT_ASSERT(house.now(fee).attention && house.now(fee).counted);
            CPPUNIT_ASSERT_EQUAL(std::size_t{3}, house.payments.withAttention(house.receiver, {}, 10).size());
        });
    }

    void aFailureAfterTheMoneyChangesNothing() {
        onBoth(clock_, [&](House& house) {
            const auto draft = house.draft();
            const Payment payment = house.started(draft.id, "form-1");
            CPPUNIT_ASSERT_EQUAL(std::string{"confirmed"}, house.notifyPaid(payment));
            for (const auto outcome :
                 {PaymentOutcome::Failed, PaymentOutcome::Unknown, PaymentOutcome::Suspicious})
                house.notify(house.gateway.notice(said(payment, outcome, 8000),
                                                  "k" + std::to_string(static_cast<int>(outcome))));
            assertState(PaymentPhase::Paid, house.now(payment));
            // Doubted first and cleared then, or taken back: an official sees it.
            const Payment doubted = house.started(house.draft().id, "form-2");
            house.notify(house.gateway.notice(said(doubted, PaymentOutcome::Suspicious, 8000), "s"));
            CPPUNIT_ASSERT(house.now(doubted).attention && !house.now(doubted).counted);
            CPPUNIT_ASSERT_EQUAL(std::string{"confirmed"}, house.notifyPaid(doubted));
            CPPUNIT_ASSERT(house.now(doubted).counted && !house.now(doubted).attention);
            house.notify(house.gateway.notice(said(doubted, PaymentOutcome::Reversed, 8000), "v"));
            assertState(PaymentPhase::Reversed, house.now(doubted));
            CPPUNIT_ASSERT(house.now(doubted).attention);
        });
    }

    void whatThePluginLosesIsTakenUpAgain() {
        onBoth(clock_, [&](House& house) {
            const auto draft = house.draft();
            house.gateway.away = true;
            CPPUNIT_ASSERT_EQUAL(std::string{"plugin.crashed"}, house.start(draft.id, "form-1").error().code);
            const auto kept = house.payments.ofDossier(house.citizen, draft.id);
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, kept.size());
            assertState(PaymentPhase::Created, kept[0]);
            CPPUNIT_ASSERT_EQUAL(std::string{"error plugin.crashed"}, house.notifyPaid(kept[0]));
            house.gateway.away = false;
            const Payment again = house.started(draft.id, "form-1");
            CPPUNIT_ASSERT_EQUAL(kept[0].id, again.id);
            CPPUNIT_ASSERT_EQUAL(std::string{"confirmed"}, house.notifyPaid(again));
        });
    }

    void strangersSeeAndDoNothing() {
        onBoth(clock_, [&](House& house) {
            const auto draft = house.draft();
            const Payment payment = house.started(draft.id, "form-1");
            for (const Context& who : {house.stranger, house.leader, house.elsewhere, Context{}}) {
                CPPUNIT_ASSERT_EQUAL(std::string{"dossier.none"},
                                     house.start(who, draft.id, "form-9").error().code);
                CPPUNIT_ASSERT_EQUAL(std::string{"dossier.none"},
                                     house.payments.see(who, draft.id).error().code);
                CPPUNIT_ASSERT_EQUAL(std::string{"payment.none"},
                                     house.payments.ask(who, payment.id).error().code);
                CPPUNIT_ASSERT(house.payments.ofDossier(who, draft.id).empty());
            }
            CPPUNIT_ASSERT(house.payments.withAttention(house.elsewhere, {}, 10).empty());
            CPPUNIT_ASSERT_EQUAL(std::string{"payment.none"},
                                 house.payments.find(house.elsewhere, payment.id).error().code);
            Wish unknown{draft.id, "vn.example.other:x", "form-1", "", {}};
            CPPUNIT_ASSERT_EQUAL(std::string{"way"},
                                 house.payments.start(house.citizen, unknown).error().fields.at(0).field);
            CPPUNIT_ASSERT_EQUAL(std::string{"payment.nothing_due"},
                                 house.start(house.draft(0).id, "form-2").error().code);
        });
    }

    void notificationsAndQuestionsAtOnceCountOnce() {
        onBoth(clock_, [&](House& house) {
            const auto draft = house.draft();
            const Payment first = house.started(draft.id, "form-1");
            clock_.advance(minutes{15});
            const Payment second = house.started(draft.id, "form-2");
            house.gateway.states[first.reference] = said(first, PaymentOutcome::Paid, 8000);
            house.gateway.states[second.reference] = said(second, PaymentOutcome::Paid, 8000);
            std::vector<std::string> queries;
            for (const Payment& one : {first, second})
                for (int i = 0; i < 3; ++i)
                    queries.push_back(house.gateway.notice(said(one, PaymentOutcome::Paid, 8000),
                                                           one.reference + std::to_string(i)));
            std::atomic<int> confirmed = 0;
            std::vector<std::thread> threads;
            for (const std::string& query : queries)
                threads.emplace_back([&house, &confirmed, query] {
                    if (house.notify(query) == "confirmed") ++confirmed;
                });
            for (const Payment& one : {first, second})
                threads.emplace_back([&house, one] { (void)house.payments.ask(house.citizen, one.id); });
            for (std::thread& thread : threads)
                thread.join();
            // Whoever could not get through is sent again by the provider.
            for (const std::string& query : queries)
                house.notify(query);
            CPPUNIT_ASSERT(confirmed <= 2);
            assertState(PaymentPhase::Paid, house.now(first));
            assertState(PaymentPhase::Paid, house.now(second));
            CPPUNIT_ASSERT(house.now(first).counted != house.now(second).counted);
            CPPUNIT_ASSERT(house.now(first).attention != house.now(second).attention);
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house.dossiers.see(house.citizen, draft.id)->events.size());
        });
    }

    void moneyOfOtherRegionsHidesNothing() { // O18
        onBoth(clock_, [&](House& house) {
            const Payment mine = house.owed("mine");
            for (int i = 0; i < 5; ++i) {
                clock_.advance(minutes{1});
                house.owed("other-" + std::to_string(i), "d2");
            }
            const auto seen = house.payments.withAttention(house.receiver, {}, 3);
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, seen.size());
            CPPUNIT_ASSERT_EQUAL(mine.id, seen[0].id);
            // Page by page, the newest first, none twice.
            std::vector<std::string> ids;
            motcua::payment::Place behind;
            for (;;) {
                const auto page = house.payments.withAttention(house.elsewhere, behind, 2);
                for (const Payment& one : page)
                    ids.push_back(one.id);
                if (page.size() < 2) break;
                behind = {page.back().madeAt, page.back().id};
            }
            CPPUNIT_ASSERT_EQUAL(std::size_t{5}, ids.size());
            CPPUNIT_ASSERT(std::is_sorted(ids.rbegin(), ids.rend()));
            CPPUNIT_ASSERT(house.payments.withAttention(house.citizen, {}, 10).empty());
        });
    }

    void aWordThatWasOnItsWayUndoesNoReversal() {
        onBoth(clock_, [&](House& house) {
            const auto draft = house.draft();
            const Payment payment = house.started(draft.id, "form-1");
            house.gateway.states[payment.reference] = said(payment, PaymentOutcome::Paid, 8000);
            CPPUNIT_ASSERT(house.payments.ask(house.citizen, payment.id).ok());
            house.notify(house.gateway.notice(said(payment, PaymentOutcome::Reversed, 8000), "v"));
            // The notification of the payment was delayed: what it tells is over.
            CPPUNIT_ASSERT_EQUAL(std::string{"already"}, house.notifyPaid(payment));
            const Payment now = house.now(payment);
            assertState(PaymentPhase::Reversed, now);
            CPPUNIT_ASSERT(now.attention && now.counted);
            CPPUNIT_ASSERT(!house.payments.refundable(house.leader, now));
        });
    }

    void aDoubtThatCameToNothingIsOver() {
        onBoth(clock_, [&](House& house) {
            const Payment payment = house.started(house.draft().id, "form-1");
            house.notify(house.gateway.notice(said(payment, PaymentOutcome::Suspicious, 8000), "s"));
            CPPUNIT_ASSERT(house.now(payment).attention);
            house.notify(house.gateway.notice(said(payment, PaymentOutcome::Failed, 8000), "f"));
            assertState(PaymentPhase::Failed, house.now(payment));
            CPPUNIT_ASSERT(!house.now(payment).attention);
        });
    }

    void anOldWindowLeadsToNoPageThatIsOver() {
        onBoth(clock_, [&](House& house) {
            const auto draft = house.draft();
            const Payment payment = house.started(draft.id, "form-1");
            clock_.advance(minutes{20});
            const auto again = house.start(draft.id, "form-1");
            CPPUNIT_ASSERT(again.ok() && again->url.empty());
            assertState(PaymentPhase::Expired, again->payment);
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house.gateway.created.size());
            const Payment fresh = house.started(draft.id, "form-2");
            CPPUNIT_ASSERT(fresh.id != payment.id && fresh.expiresAt > clock_.now());
            // Its money may have been on the way.
            CPPUNIT_ASSERT_EQUAL(std::string{"confirmed"}, house.notifyPaid(payment));
            CPPUNIT_ASSERT(house.now(payment).counted);
        });
    }

    void anAgencysOwnAccountTakesItsFees() { // O18
        onBoth(clock_, [&](House& house) {
            const auto offered = [&](const char* agency) {
                std::string all;
                for (const Way& way : house.payments.ways(house.citizen, agency))
                    all += way.profile + " ";
                return all;
            };
            house.gateway.offered = {{"bank:default", "", "", {}},
                                     {"bank:d1", "", "", {}},
                                     {"wallet:city", "", "", {}},
                                     {"wallet:d2", "", "", {}},
                                     {"other", "", "", {}}};
            CPPUNIT_ASSERT_EQUAL(std::string{"bank:d1 wallet:city other "}, offered("d1"));
            CPPUNIT_ASSERT_EQUAL(std::string{"bank:default wallet:d2 other "}, offered("d2"));
            CPPUNIT_ASSERT_EQUAL(std::string{"bank:default wallet:city other "}, offered("city"));
            // Not by a forged form either: the money of one district is not another's.
            const auto draft = house.draft();
            const auto wrong =
                house.payments.start(house.citizen, {draft.id, "wallet:d2", "form-1", "203.113.0.1", {}});
            CPPUNIT_ASSERT_EQUAL(std::string{"way"}, wrong.error().fields.at(0).field);
        });
    }

    void aProviderThatIsAwayIsNotAskedForEachPayment() {
        onBoth(clock_, [&](House& house) {
            for (int i = 0; i < 10; ++i)
                house.started(house.draft().id, "form-" + std::to_string(i));
            house.gateway.away = true;
            clock_.advance(minutes{3});
            house.runJobs();
            CPPUNIT_ASSERT_EQUAL(1, house.gateway.queries);
            house.gateway.away = false;
            clock_.advance(minutes{3});
            house.runJobs();
            CPPUNIT_ASSERT_EQUAL(11, house.gateway.queries);
        });
    }

    void questionsDoNotPileUp() {
        onBoth(clock_, [&](House& house) {
            house.started(house.draft().id, "form-1");
            for (int i = 0; i < 5; ++i) { // the workers have other things to do
                clock_.advance(minutes{3});
                house.payments.askOverdue(house.system);
            }
            const auto state =
                house.database.read(house.system, [&](db::Reader& tx) { return house.outbox.state(tx); });
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, state.waiting);
        });
    }

    void aPageIsGoodAsLongAsItsPluginSays() {
        onBoth(clock_, [&](House& house) {
            const auto draft = house.draft();
            house.gateway.pageLife = minutes{60};
            const Payment payment = house.started(draft.id, "form-1");
            CPPUNIT_ASSERT_EQUAL((clock_.now() + minutes{60}).ms, payment.expiresAt.ms);
            clock_.advance(minutes{20});
            CPPUNIT_ASSERT_EQUAL(payment.id, house.started(draft.id, "form-2").id);
            house.gateway.pageLife = hours{24 * 365}; // a broken plugin
            const Payment longest = house.started(house.draft().id, "form-3");
            CPPUNIT_ASSERT_EQUAL((clock_.now() + hours{24}).ms, longest.expiresAt.ms);
        });
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PaymentServiceTest);
