// Money that an official takes at the counter, or sees on a statement. The plugin books it first, under the
// payment's own key; a server that dies before it has written that down learns it by the next question.
#include "base/log.h"
#include "base/text.h"
#include "payment/payment_change.h"
#include "payment/payment_policy.h"

#include <algorithm>

namespace motcua::payment {

bool PaymentService::mayTake(const Context& context, const std::string& agency) {
    const auto tree = rooms_.agencies.tree(context);
    return mayTakeMoney(context.actor, agency, *tree, civilDay(rooms_.clock.now()));
}

std::vector<Way> PaymentService::waysAtCounter(const Context& context, std::string_view agency) {
    auto all = ways(context, agency);
    std::erase_if(all, [](const Way& way) { return !way.desk; });
    return all;
}

bool PaymentService::takeable(const Context& context, const Payment& payment) {
    if (hadMoney(payment.state) || payment.state == State::Reversed || !payment.shown) return false;
    return mayTake(context, payment.agency);
}

Result<Payment> PaymentService::takeFor(const Context& context, const Wish& wish, const Taken& taken) {
    MOTCUA_TRY(dossier, rooms_.dossiers.find(context, wish.dossierId));
    if (!mayTake(context, dossier.agency)) return denied("payment.no_taking_right");
    const auto offered = waysAtCounter(context, dossier.agency);
    const bool known = std::any_of(offered.begin(), offered.end(),
                                   [&](const Way& way) { return way.profile == wish.profile; });
    if (!known) return invalidField("way", "payment.no_such_way");
    const auto before = rooms_.database.read(
        context, [&](db::Reader& tx) { return repository_.byKey(tx, wish.key + "|" + wish.profile); });
    if (before && before->dossier == dossier.id && hadMoney(before->state)) return *before; // sent twice
    if (dossier.state == dossier::State::Draft || !dossier.feeDue() || dossier::isEnded(dossier.state))
        return rejected("payment.nothing_due");
    if (taken.amount != dossier.fee) return rejected("payment.amount_differs");
    MOTCUA_TRY(payment, attempt(context, dossier, wish));
    if (isOpen(payment.state)) MOTCUA_CHECK(openPage(context, payment, dossier, wish));
    return take(context, payment.id, taken);
}

Result<Payment> PaymentService::take(const Context& context, std::string_view id, const Taken& taken) {
    MOTCUA_TRY(seen, find(context, id));
    if (!mayTake(context, seen.agency)) return denied("payment.no_taking_right");
    if (hadMoney(seen.state)) return seen; // recorded twice
    if (!takeable(context, seen)) return rejected("payment.not_at_counter");
    if (taken.amount != seen.amount) return rejected("payment.amount_differs");
    const auto bankReference = text::clean(taken.bankReference);
    if (!bankReference || bankReference->size() > 100)
        return invalidField("bank_reference", "field.too_long", {{"max", "100"}});
    sdk::ConfirmPayment money;
    money.reference = seen.reference;
    money.amount = taken.amount.dong;
    money.paidAt = rooms_.clock.now().ms;
    money.confirmedBy = context.actor.id;
    money.bankReference = *bankReference;
    const auto said = rooms_.gateway.confirm(context, seen.profile, money, seen.id);
    if (!said) {
        tellFailure("payment.not_booked", seen.profile, said.error());
        if (said.error().code == "plugin.unimplemented") return rejected("payment.not_at_counter");
        return said.error();
    }
    if (said->reference != seen.reference || said->outcome != sdk::PaymentOutcome::Paid)
        return internal("plugin.malformed", "payment.confirm answered about something else");
    return change(context, [&](db::Writer& tx) -> Result<Payment> {
        MOTCUA_TRY(now, repository_.find(tx, seen.id));
        MOTCUA_TRY(news, learn(tx, context, now, *said));
        if (news)
            rooms_.audit.record(tx, context, now.dossier, "payment.taken",
                                Json::object()
                                    .set("payment", now.id)
                                    .set("dong", now.amount.dong)
                                    .set("receipt", now.providerReference));
        return now;
    });
}

Result<Payment> PaymentService::byReference(const Context& context, std::string_view reference) {
    const auto found =
        rooms_.database.read(context, [&](db::Reader& tx) { return repository_.byReference(tx, reference); });
    const auto tree = rooms_.agencies.tree(context);
    if (!found || !maySee(context.actor, *found, *tree, civilDay(rooms_.clock.now())))
        return notFound("payment.none");
    return *found;
}

} // namespace motcua::payment
