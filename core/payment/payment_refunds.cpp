// Money that goes back: ordered by an official, carried out by the outbox, once for each order.
#include "base/log.h"
#include "base/text.h"
#include "payment/payment_change.h"
#include "payment/payment_policy.h"
#include "payment/payment_service.h"

namespace motcua::payment {

namespace {

// The outbox has given an order up long before, and questions about it come to an end: nobody works on it.
constexpr Millis kOrderLost = std::chrono::hours{24 * 8};

bool isUnderWay(const Payment& payment, Instant now) {
    const Instant ordered = payment.refundOrderedAt.value_or(payment.madeAt);
    return payment.state == State::Refunding && (payment.nextAsk || ordered + kOrderLost > now);
}

bool mayGoBack(const Payment& payment, Instant now) {
    return payment.state == State::Paid || payment.state == State::RefundRefused ||
           (payment.state == State::Refunding && !isUnderWay(payment, now));
}

// What the provider refused; what a broken plugin or nobody answered is not refused.
bool isRefusal(const Error& error) {
    return !mayRetry(error) && error.kind != ErrorKind::Internal;
}

} // namespace

void PaymentService::handleIn(jobs::Runner& runner) {
    runner.handle(kAsk, [this](const Context& context, const jobs::OutboxItem& item) {
        return carryOutAsk(context, item);
    });
    runner.handle(kRefund, [this](const Context& context, const jobs::OutboxItem& item) {
        return carryOutRefund(context, item);
    });
}

bool PaymentService::refundable(const Context& context, const Payment& payment) {
    if (!mayGoBack(payment, rooms_.clock.now())) return false;
    if (payment.attention || !payment.counted) return true;
    Context system = context;
    system.actor = Actor::system("payment");
    const auto dossier = rooms_.dossiers.find(system, payment.dossier);
    return dossier &&
           (dossier->state == dossier::State::Withdrawn || dossier->state == dossier::State::NotAccepted);
}

Result<Payment> PaymentService::refund(const Context& context, std::string_view id, std::string_view reason,
                                       const std::string& officialsIp) {
    MOTCUA_TRY(seen, find(context, id));
    const auto tree = rooms_.agencies.tree(context);
    if (!mayRefund(context.actor, seen, *tree, civilDay(rooms_.clock.now())))
        return denied("payment.no_refund_right");
    const auto written = text::clean(reason);
    if (!written || written->empty()) return invalidField("reason", "dossier.reason_needed");
    if (written->size() > 2000) return invalidField("reason", "field.too_long", {{"max", "2000"}});
    // The same order sent twice is one order.
    if (isUnderWay(seen, rooms_.clock.now()) || seen.state == State::Refunded) return seen;
    if (!refundable(context, seen)) return rejected("payment.not_refundable");
    return change(context, [&](db::Writer& tx) -> Result<Payment> {
        MOTCUA_TRY(payment, repository_.find(tx, id));
        const Instant now = rooms_.clock.now();
        if (isUnderWay(payment, now) || payment.state == State::Refunded) return payment;
        if (!mayGoBack(payment, now)) return rejected("payment.not_refundable");
        const bool again = payment.refundOrderedAt.has_value();
        payment.state = State::Refunding;
        payment.attention = true; // until the provider has taken the order
        payment.refundBy = context.actor.id;
        payment.refundReason = *written;
        payment.refundOrderedAt = now;
        payment.refundSettledAt.reset();
        MOTCUA_CHECK(store(tx, payment));
        rooms_.outbox.add(
            tx, kRefund, payment.id,
            Json::object().set("payment", payment.id).set("ip", officialsIp).set("again", again));
        rooms_.audit.record(tx, context, payment.dossier, "payment.refund_ordered",
                            Json::object().set("payment", payment.id).set("dong", payment.amount.dong));
        return payment;
    });
}

// May run twice with the same item: its id is the provider's key of the order.
Result<void> PaymentService::carryOutRefund(const Context& context, const jobs::OutboxItem& item) {
    const std::string id = item.payload["payment"].string();
    MOTCUA_TRY(payment,
               rooms_.database.read(context, [&](db::Reader& tx) { return repository_.find(tx, id); }));
    if (payment.state != State::Refunding) return {};
    MOTCUA_TRY(state, orderRefund(context, payment, item));
    return change(context, [&](db::Writer& tx) -> Result<void> {
        MOTCUA_TRY(now, repository_.find(tx, id));
        if (now.state != State::Refunding) return {};
        if (state.outcome != sdk::RefundOutcome::Pending) return takeUpRefund(tx, context, now, state);
        // The provider has the order (perhaps by a call whose answer was lost): from here on it is asked.
        now.asks = 0;
        now.nextAsk = rooms_.clock.now() + rooms_.askAfter;
        return store(tx, now);
    });
}

Result<sdk::RefundState> PaymentService::orderRefund(const Context& context, const Payment& payment,
                                                     const jobs::OutboxItem& item) {
    // An order before this one may have gone through all the same.
    if (item.payload["again"].boolean()) {
        MOTCUA_TRY(said, rooms_.gateway.query(context, payment.profile, questionAbout(payment)));
        if (said.reference == payment.reference && said.refund && *said.refund != sdk::RefundOutcome::Refused)
            return sdk::RefundState{*said.refund, {}, said.code, said.detail};
    }
    sdk::RefundPayment order;
    order.reference = payment.reference;
    order.providerReference = payment.providerReference;
    order.paidAmount = order.amount = payment.amount.dong;
    order.createdAt = payment.madeAt.ms;
    order.requestedBy = payment.refundBy;
    order.requestedAt = payment.refundOrderedAt.value_or(payment.madeAt).ms;
    order.reason = "Hoan phi, le phi " + payment.reference; // the official's words stay here
    order.clientIp = item.payload["ip"].string();
    auto state = rooms_.gateway.refund(context, payment.profile, order, item.id, item.attempts);
    if (state) return state;
    const Error& error = state.error();
    if (!isRefusal(error)) return unavailable(error.code, error.detail);
    return sdk::RefundState{sdk::RefundOutcome::Refused, {}, error.code, error.detail};
}

Result<void> PaymentService::takeUpRefund(db::Writer& tx, const Context& context, Payment& payment,
                                          const sdk::RefundState& state) {
    const bool taken = state.outcome == sdk::RefundOutcome::Accepted;
    payment.state = taken ? State::Refunded : State::RefundRefused;
    payment.attention = !taken;
    payment.nextAsk.reset();
    payment.refundSettledAt = rooms_.clock.now();
    payment.code = state.code;
    payment.said = text::shorten(state.detail, kLongestWords);
    rooms_.audit.record(tx, context, payment.dossier, std::string{"payment."} + name(payment.state),
                        Json::object().set("payment", payment.id).set("code", payment.code));
    return store(tx, payment);
}

} // namespace motcua::payment
