// What providers say of payments: notifications, answers to our questions, and the questions themselves.
#include "base/log.h"
#include "base/text.h"
#include "payment/payment_change.h"
#include "payment/payment_service.h"

#include <algorithm>
#include <array>

namespace motcua::payment {

namespace {

using std::chrono::hours;
using std::chrono::minutes;

// A page that has run out may still see a payment that was begun in its last minute.
constexpr Millis kGrace = minutes{2};
// After each question that was answered, until the next: within the page's life first, then for three days,
// as money may come late. A provider that cannot be reached is asked again soon, for a week.
constexpr std::array<Millis, 7> kPauses{minutes{3}, minutes{5}, minutes{7}, hours{1},
                                        hours{5},   hours{18},  hours{48}};
constexpr Millis kUnreached = minutes{2};
// One that is away is not waited for by question after question: the workers have other things to carry out.
constexpr Millis kAway = minutes{1};
// Until the question of an item of the outbox counts as lost.
constexpr Millis kHandedOver = hours{1};
constexpr Millis kGiveUp = hours{7 * 24};

bool bringsMoney(sdk::PaymentOutcome outcome) {
    return outcome == sdk::PaymentOutcome::Paid || outcome == sdk::PaymentOutcome::Suspicious;
}

Context asSystem(const Context& context) {
    Context system = context;
    system.actor = Actor::system("payment");
    return system;
}

void keepWords(Payment& payment, const sdk::PaymentState& said) {
    if (!said.providerReference.empty()) payment.providerReference = said.providerReference;
    if (!said.bank.empty()) payment.bank = said.bank;
    payment.code = said.code;
    payment.said = text::shorten(said.detail, kLongestWords);
}

// What the provider says of a payment that cannot change it any more: the money was ours and stays so until
// it is taken back, and what was taken back does not come again by a word that was on its way meanwhile.
bool isLate(const Payment& payment, sdk::PaymentOutcome outcome) {
    if (hadMoney(payment.state)) return outcome != sdk::PaymentOutcome::Reversed;
    return payment.state == State::Reversed && payment.paidAt;
}

} // namespace

Result<sdk::HttpAnswer> PaymentService::notified(const Context& context, const std::string& profile,
                                                 const sdk::RawHttp& request) {
    auto judged = rooms_.gateway.notified(context, profile, request);
    if (!judged) {
        tellFailure("payment.not_judged", profile, judged.error());
        return judged.error();
    }
    const sdk::PaymentNotice& notice = *judged;
    if (!notice.authentic || !notice.state) {
        log::warning("payment.not_authentic",
                     {{"profile", profile}, {"why", notice.reason}, {"peer", request.peer}});
        return notice.answers.notAuthentic;
    }
    const auto decided =
        change(context, [&](db::Writer& tx) { return decide(tx, asSystem(context), profile, notice); });
    if (!decided) {
        log::error("payment.not_taken_up", {{"profile", profile}, {"error", decided.error().code}});
        return notice.answers.failed;
    }
    switch (*decided) {
    case Decision::Confirmed:
        return notice.answers.confirmed;
    case Decision::Already:
        return notice.answers.alreadyConfirmed;
    case Decision::Unknown:
        return notice.answers.unknownReference;
    case Decision::WrongAmount:
        return notice.answers.wrongAmount;
    }
    return notice.answers.failed;
}

// The key is taken only where the notice is taken up: one about an unknown payment or another amount is
// judged afresh each time it comes.
Result<PaymentService::Decision> PaymentService::decide(db::Writer& tx, const Context& context,
                                                        const std::string& profile,
                                                        const sdk::PaymentNotice& notice) {
    const sdk::PaymentState& said = *notice.state;
    auto payment = repository_.byReference(tx, said.reference);
    if (!payment || payment->profile != profile) return Decision::Unknown;
    if (bringsMoney(said.outcome) && said.amount != payment->amount.dong) {
        MOTCUA_CHECK(learn(tx, context, *payment, said));
        return Decision::WrongAmount;
    }
    if (!rooms_.inbox.take(tx, "payment:" + profile, notice.key, "already confirmed"))
        return Decision::Already;
    MOTCUA_TRY(news, learn(tx, context, *payment, said));
    const bool waits = said.outcome == sdk::PaymentOutcome::Pending;
    return news || waits ? Decision::Confirmed : Decision::Already;
}

Result<bool> PaymentService::learn(db::Writer& tx, const Context& context, Payment& payment,
                                   const sdk::PaymentState& said) {
    using sdk::PaymentOutcome;
    const bool followed = payment.state == State::Refunding && payment.nextAsk;
    if (followed && said.refund && *said.refund != sdk::RefundOutcome::Pending) {
        MOTCUA_CHECK(takeUpRefund(tx, context, payment, {*said.refund, {}, said.code, said.detail}));
        return true;
    }
    if (isLate(payment, said.outcome)) return false;
    if (bringsMoney(said.outcome) && said.amount != payment.amount.dong) {
        const Money other{said.amount.value_or(0)};
        if (payment.otherAmount == other) return false;
        payment.otherAmount = other;
        payment.attention = true;
        keepWords(payment, said);
        rooms_.audit.record(tx, context, payment.dossier, "payment.wrong_amount",
                            Json::object().set("payment", payment.id).set("dong", other.dong));
        MOTCUA_CHECK(store(tx, payment));
        return true;
    }
    State next = payment.state;
    switch (said.outcome) {
    case PaymentOutcome::Paid:
        MOTCUA_CHECK(arrive(tx, context, payment, said));
        return true;
    case PaymentOutcome::Failed:
        next = State::Failed;
        break;
    case PaymentOutcome::Suspicious:
        next = State::Suspicious;
        break;
    case PaymentOutcome::Reversed:
        next = payment.state == State::Refunded ? payment.state : State::Reversed;
        break;
    case PaymentOutcome::Pending:
    case PaymentOutcome::Unknown:
        break;
    }
    if (next == payment.state) return false;
    payment.state = next;
    payment.attention = next != State::Failed || payment.otherAmount; // a doubt that came to nothing is over
    if (next != State::Suspicious) payment.nextAsk.reset(); // the others are the provider's last word
    keepWords(payment, said);
    rooms_.audit.record(tx, context, payment.dossier, std::string{"payment."} + name(next),
                        Json::object().set("payment", payment.id).set("code", payment.code));
    MOTCUA_CHECK(store(tx, payment));
    return true;
}

// The money is there: it settles the fee where there is one to settle, else it waits for an official.
Result<void> PaymentService::arrive(db::Writer& tx, const Context& context, Payment& payment,
                                    const sdk::PaymentState& said) {
    const Instant now = rooms_.clock.now();
    payment.state = State::Paid;
    payment.paidAt = std::min(Instant{said.paidAt.value_or(now.ms)}, now);
    payment.nextAsk.reset();
    keepWords(payment, said);
    MOTCUA_TRY(counts, rooms_.dossiers.feePaid(context, tx, payment.dossier, payment.amount));
    payment.counted = counts;
    payment.attention = !counts;
    rooms_.audit.record(tx, context, payment.dossier, "payment.paid",
                        Json::object()
                            .set("payment", payment.id)
                            .set("dong", payment.amount.dong)
                            .set("counted", payment.counted));
    return store(tx, payment);
}

Result<Payment> PaymentService::askProvider(const Context& context, const Payment& payment) {
    const auto asked = rooms_.gateway.query(context, payment.profile, questionAbout(payment));
    if (!asked) {
        tellFailure("payment.provider_not_reached", payment.profile, asked.error());
        // What the plugin says at once, that it has ended or is off, costs nobody time.
        const bool slow =
            asked.error().kind == ErrorKind::Timeout || asked.error().code.starts_with("payment.");
        if (mayRetry(asked.error()) && slow) countAsAway(payment.profile);
        return asked.error();
    }
    const sdk::PaymentState& said = *asked;
    if (said.reference != payment.reference)
        return internal("plugin.malformed", "an answer about another payment");
    return change(context, [&](db::Writer& tx) -> Result<Payment> {
        MOTCUA_TRY(now, repository_.find(tx, payment.id));
        MOTCUA_CHECK(learn(tx, asSystem(context), now, said));
        return now;
    });
}

// The questions go through the outbox: a slow provider holds up no other job.
void PaymentService::askOverdue(const Context& context) {
    constexpr int most = 50;
    const Instant now = rooms_.clock.now();
    if (rooms_.database.read(context, [&](db::Reader& tx) { return repository_.toAsk(tx, now, 1); }).empty())
        return;
    const auto handed = change(context, [&](db::Writer& tx) -> Result<void> {
        for (Payment& payment : repository_.toAsk(tx, now, most)) {
            payment.nextAsk = now + kHandedOver;
            MOTCUA_CHECK(store(tx, payment));
            rooms_.outbox.add(tx, kAsk, payment.id, Json::object().set("payment", payment.id));
        }
        return {};
    });
    if (!handed) log::error("payment.not_asked", {{"error", handed.error().code}});
}

// Never fails: the payment itself says when the next question is due.
Result<void> PaymentService::carryOutAsk(const Context& context, const jobs::OutboxItem& item) {
    const std::string id = item.payload["payment"].string();
    MOTCUA_TRY(payment,
               rooms_.database.read(context, [&](db::Reader& tx) { return repository_.find(tx, id); }));
    if (!payment.nextAsk) return {};
    const bool asked = mayReach(payment.profile) && askProvider(context, payment).ok();
    return change(context, [&](db::Writer& tx) -> Result<void> {
        MOTCUA_TRY(now, repository_.find(tx, id));
        if (!now.nextAsk) return {};
        const Instant moment = rooms_.clock.now();
        if (isOpen(now.state) && moment >= now.expiresAt + kGrace) expire(tx, asSystem(context), now);
        const Instant since =
            now.state == State::Refunding ? now.refundOrderedAt.value_or(now.madeAt) : now.madeAt;
        const auto pause = static_cast<std::size_t>(now.asks);
        if (asked) ++now.asks;
        if (moment >= since + kGiveUp || (asked && pause >= kPauses.size())) {
            now.nextAsk.reset();
        } else {
            now.nextAsk = moment + (asked ? kPauses[pause] : kUnreached);
        }
        return store(tx, now);
    });
}

void PaymentService::countAsAway(const std::string& profile) {
    const std::lock_guard lock{guard_};
    unreached_[profile] = rooms_.clock.now() + std::min(kAway, rooms_.askAfter);
}

bool PaymentService::mayReach(const std::string& profile) {
    const std::lock_guard lock{guard_};
    const auto away = unreached_.find(profile);
    return away == unreached_.end() || away->second <= rooms_.clock.now();
}

} // namespace motcua::payment
