// Money that goes back: ordered by an official, carried out by the outbox, once for each order.
#include "base/log.h"
#include "base/text.h"
#include "payment/payment_change.h"
#include "payment/payment_policy.h"
#include "payment/payment_service.h"

namespace motcua::payment {

namespace {

bool mayGoBack(State state) {
    return state == State::Paid || state == State::RefundRefused;
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
    if (!mayGoBack(payment.state)) return false;
    if (payment.attention) return true;
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
    if (seen.state == State::Refunding || seen.state == State::Refunded) return seen;
    if (!refundable(context, seen)) return rejected("payment.not_refundable");
    return change(context, [&](db::Writer& tx) -> Result<Payment> {
        MOTCUA_TRY(payment, repository_.find(tx, id));
        if (payment.state == State::Refunding || payment.state == State::Refunded) return payment;
        if (!mayGoBack(payment.state)) return rejected("payment.not_refundable");
        payment.state = State::Refunding;
        payment.attention = true; // until the provider has taken the order
        payment.refundBy = context.actor.id;
        payment.refundReason = *written;
        payment.refundOrderedAt = rooms_.clock.now();
        payment.refundSettledAt.reset();
        MOTCUA_CHECK(store(tx, payment));
        rooms_.outbox.add(tx, kRefund, payment.id,
                          Json::object().set("payment", payment.id).set("ip", officialsIp));
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
    sdk::RefundPayment order;
    order.reference = payment.reference;
    order.providerReference = payment.providerReference;
    order.paidAmount = order.amount = payment.amount.dong;
    order.createdAt = payment.madeAt.ms;
    order.requestedBy = payment.refundBy;
    order.requestedAt = payment.refundOrderedAt.value_or(payment.madeAt).ms;
    order.reason = "Hoan phi, le phi " + payment.reference; // the official's words stay here
    order.clientIp = item.payload["ip"].string();
    const auto state = rooms_.gateway.refund(context, payment.profile, order, item.id, item.attempts);
    if (!state && mayRetry(state.error())) return state.error();
    if (!state) {
        sdk::RefundState refused;
        refused.outcome = sdk::RefundOutcome::Refused;
        refused.code = state.error().code;
        refused.detail = state.error().detail;
        return settleRefund(context, id, refused);
    }
    if (state->outcome == sdk::RefundOutcome::Pending) return askAfterRefund(context, payment);
    return settleRefund(context, id, *state);
}

// The provider has the order (perhaps from a call whose answer was lost): how it stands, the query says.
Result<void> PaymentService::askAfterRefund(const Context& context, const Payment& payment) {
    MOTCUA_TRY(said, rooms_.gateway.query(context, payment.profile, questionAbout(payment)));
    if (said.reference != payment.reference || !said.refund || *said.refund == sdk::RefundOutcome::Pending)
        return unavailable("payment.refund_pending", said.code + " " + said.detail);
    return settleRefund(context, payment.id, {*said.refund, {}, said.code, said.detail});
}

Result<void> PaymentService::settleRefund(const Context& context, const std::string& id,
                                          const sdk::RefundState& state) {
    return change(context, [&](db::Writer& tx) -> Result<void> {
        MOTCUA_TRY(payment, repository_.find(tx, id));
        if (payment.state != State::Refunding) return {};
        const bool taken = state.outcome == sdk::RefundOutcome::Accepted;
        payment.state = taken ? State::Refunded : State::RefundRefused;
        payment.attention = !taken;
        payment.refundSettledAt = rooms_.clock.now();
        payment.code = state.code;
        payment.said = text::shorten(state.detail, kLongestWords);
        rooms_.audit.record(tx, context, payment.dossier, std::string{"payment."} + name(payment.state),
                            Json::object().set("payment", id).set("code", payment.code));
        return store(tx, payment);
    });
}

} // namespace motcua::payment
