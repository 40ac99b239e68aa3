#include "payment/payment_service.h"

#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "payment/payment_change.h"
#include "payment/payment_policy.h"

#include <algorithm>

namespace motcua::payment {

namespace {

using std::chrono::minutes;

// How long a provider's page is good where its plugin does not say, and how long at the most; how much of it
// must be left for an attempt to be taken up again.
constexpr Millis kLife = minutes{15};
constexpr Millis kLongestLife = std::chrono::hours{24};
constexpr Millis kLeastLeft = minutes{1};
// The same of what our own page shows: people come to a counter another day.
constexpr Millis kLifeHere = std::chrono::hours{24};
constexpr Millis kLongestHere = std::chrono::hours{24 * 30};

ShownHere shownBy(const sdk::PaymentPage& page) {
    const sdk::TransferDetails words = page.transfer.value_or(sdk::TransferDetails{});
    return {page.qr, words.bank, words.account, words.accountName, words.content};
}

} // namespace

void PaymentService::subscribe(dossier::Events& dossiers) {
    dossiers.happened.subscribe([this](db::Writer& tx, const Context&, const dossier::Happened& happened) {
        const dossier::State state = happened.dossier.state;
        if (state == dossier::State::Withdrawn || state == dossier::State::NotAccepted)
            repository_.flagCounted(tx, happened.dossier.id);
    });
}

Result<void> PaymentService::store(db::Writer& tx, Payment& payment) {
    if (!repository_.update(tx, payment)) return conflict("payment.stale");
    return {};
}

// Its page is over; money that was on the way may still come, so the questions about it go on.
void PaymentService::expire(db::Writer& tx, const Context& context, Payment& payment) const {
    payment.state = State::Expired;
    rooms_.audit.record(tx, context, payment.dossier, "payment.expired",
                        Json::object().set("payment", payment.id));
}

std::vector<Way> PaymentService::ways(const Context& context, std::string_view agency) {
    const auto tree = rooms_.agencies.tree(context);
    return waysOf(rooms_.gateway.ways(), *tree, agency, civilDay(rooms_.clock.now()));
}

Result<Sight> PaymentService::see(const Context& context, std::string_view dossierId) {
    MOTCUA_TRY(dossier, rooms_.dossiers.find(context, dossierId));
    MOTCUA_TRY(lines, rooms_.dossiers.feeLines(context, dossier));
    auto attempts =
        rooms_.database.read(context, [&](db::Reader& tx) { return repository_.ofDossier(tx, dossier.id); });
    return Sight{std::move(dossier), std::move(lines), std::move(attempts)};
}

std::vector<Payment> PaymentService::ofDossier(const Context& context, std::string_view dossierId) {
    if (!rooms_.dossiers.find(context, dossierId)) return {};
    return rooms_.database.read(context,
                                [&](db::Reader& tx) { return repository_.ofDossier(tx, dossierId); });
}

Result<Payment> PaymentService::mine(const Context& context, std::string_view id) {
    MOTCUA_TRY(payment,
               rooms_.database.read(context, [&](db::Reader& tx) { return repository_.find(tx, id); }));
    if (!context.actor.signedIn() || payment.owner != context.actor.id) return notFound("payment.none");
    return payment;
}

Result<Started> PaymentService::start(const Context& context, const Wish& wish) {
    MOTCUA_TRY(dossier, rooms_.dossiers.find(context, wish.dossierId));
    if (dossier.owner != context.actor.id) return notFound("dossier.none");
    const auto offered = ways(context, dossier.agency);
    const bool known = std::any_of(offered.begin(), offered.end(),
                                   [&](const Way& way) { return way.profile == wish.profile; });
    if (!known) return invalidField("way", "payment.no_such_way");
    if (!dossier.feeDue() || dossier::isEnded(dossier.state)) return rejected("payment.nothing_due");
    MOTCUA_TRY(payment, attempt(context, dossier, wish));
    if (!isOpen(payment.state)) return Started{std::move(payment), {}};
    return openPage(context, std::move(payment), dossier, wish);
}

Result<Payment> PaymentService::attempt(const Context& context, const dossier::Dossier& dossier,
                                        const Wish& wish) {
    const std::string key = wish.key + "|" + wish.profile;
    return change(context, [&](db::Writer& tx) -> Result<Payment> {
        const Instant now = rooms_.clock.now();
        if (auto same = repository_.byKey(tx, key)) {
            if (same->dossier != dossier.id) return notFound("payment.none");
            if (!isOpen(same->state) || same->expiresAt > now + kLeastLeft) return std::move(*same);
            expire(tx, context, *same); // clicked in an old window, where the provider would say no more
            MOTCUA_CHECK(store(tx, *same));
            return std::move(*same);
        }
        if (auto open = repository_.openFor(tx, dossier.id, wish.profile, dossier.fee)) {
            if (open->expiresAt > now + kLeastLeft) return std::move(*open);
            expire(tx, context, *open);
            MOTCUA_CHECK(store(tx, *open));
        }
        for (const Payment& other : repository_.ofDossier(tx, dossier.id))
            if (other.counted) return rejected("payment.nothing_due");
        Payment made;
        made.id = newId(rooms_.clock);
        made.dossier = dossier.id;
        made.owner = dossier.owner;
        made.agency = dossier.agency;
        made.profile = wish.profile;
        made.reference = newReference(now);
        made.amount = dossier.fee;
        made.clientIp = wish.clientIp;
        made.madeAt = now;
        made.expiresAt = now + kLife;
        made.nextAsk = now + rooms_.askAfter;
        if (!repository_.insert(tx, made, key)) return conflict("payment.stale");
        rooms_.audit.record(tx, context, dossier.id, "payment.created",
                            Json::object().set("payment", made.id).set("dong", made.amount.dong));
        return made;
    });
}

// What is paid for and to whom, where a provider writes the receipt. Who pays is not told.
sdk::PaymentBill PaymentService::billOf(const Context& context, const dossier::Dossier& dossier) {
    sdk::PaymentBill bill;
    bill.dossier = dossier.code.empty() ? dossier.number : dossier.code;
    bill.procedureCode = dossier.procedureCode;
    bill.procedureName = text::shorten(dossier.procedureName, 500);
    const auto tree = rooms_.agencies.tree(context);
    if (const agency::Agency* agency = tree->find(dossier.agency)) {
        bill.agencyCode = agency->oldIdentifier.empty() ? agency->identifier : agency->oldIdentifier;
        bill.agencyName = text::shorten(agency->name, 250);
    }
    const auto lines = rooms_.dossiers.feeLines(context, dossier);
    if (!lines) return bill;
    for (const dossier::FeeLine& line : *lines) {
        const std::string& name = line.fee.name.vi; // the law's word: phí or lệ phí
        const bool charge = name.starts_with("Phí");
        bill.items.push_back({charge ? sdk::BillItemKind::Charge : sdk::BillItemKind::Fee,
                              text::shorten(line.fee.id, 50), text::shorten(name, 250), line.amount.dong});
    }
    return bill;
}

// The attempt stands before the provider hears of it, and a page is handed out only once that is stored.
Result<Started> PaymentService::openPage(const Context& context, Payment payment,
                                         const dossier::Dossier& dossier, const Wish& wish) {
    sdk::CreatePayment asked;
    asked.reference = payment.reference;
    asked.amount = payment.amount.dong;
    asked.description = "Nop phi, le phi ho so " + payment.reference; // no marks: providers drop them
    asked.returnUrl = wish.returnUrl(payment.id);
    asked.clientIp = payment.clientIp;
    asked.createdAt = payment.madeAt.ms;
    asked.bill = billOf(context, dossier);
    auto made = rooms_.gateway.create(context, payment.profile, asked, payment.id);
    if (!made) {
        tellFailure("payment.no_page", payment.profile, made.error());
        return made.error();
    }
    sdk::PaymentPage& page = *made;
    const auto shown = page.url.empty() ? std::optional{shownBy(page)} : std::nullopt;
    if (!shown && !page.url.starts_with("https://") && !page.url.starts_with("http://"))
        return internal("plugin.malformed", "payment.create answered no web address");
    MOTCUA_TRY(stored, change(context, [&](db::Writer& tx) -> Result<Payment> {
                   MOTCUA_TRY(now, repository_.find(tx, payment.id));
                   if (now.state != State::Created) return now;
                   now.state = State::Pending;
                   now.shown = shown;
                   if (shown) now.expiresAt = now.madeAt + kLifeHere;
                   if (page.expiresAt)
                       now.expiresAt = std::clamp(Instant{*page.expiresAt}, now.madeAt,
                                                  now.madeAt + (shown ? kLongestHere : kLongestLife));
                   if (!page.providerReference.empty()) now.providerReference = page.providerReference;
                   MOTCUA_CHECK(store(tx, now));
                   return now;
               }));
    const bool over = !isOpen(stored.state);
    return Started{std::move(stored), over ? std::string{} : std::move(page.url)};
}

Result<Payment> PaymentService::returned(const Context& context, std::string_view id,
                                         const sdk::RawHttp& request) {
    MOTCUA_TRY(payment, mine(context, id));
    if (!isOpen(payment.state) && payment.state != State::Expired) return payment;
    const auto notice = rooms_.gateway.returned(context, payment.profile, request);
    if (!notice || !notice->authentic || !notice->state || notice->state->reference != payment.reference) {
        log::warning("payment.return_not_believed", {{"payment", payment.id},
                                                     {"why", !notice             ? notice.error().code
                                                             : notice->authentic ? "other payment"
                                                                                 : notice->reason}});
        return payment;
    }
    auto asked = askProvider(context, payment);
    return asked ? std::move(asked) : Result<Payment>{std::move(payment)};
}

Result<Payment> PaymentService::ask(const Context& context, std::string_view id) {
    MOTCUA_TRY(payment, mine(context, id));
    if (hadMoney(payment.state) || payment.state == State::Reversed) return payment;
    return askProvider(context, payment);
}

Result<Payment> PaymentService::find(const Context& context, std::string_view id) {
    const auto tree = rooms_.agencies.tree(context);
    MOTCUA_TRY(payment,
               rooms_.database.read(context, [&](db::Reader& tx) { return repository_.find(tx, id); }));
    if (!maySee(context.actor, payment, *tree, civilDay(rooms_.clock.now()))) return notFound("payment.none");
    return payment;
}

std::vector<Payment> PaymentService::withAttention(const Context& context, const Place& before, int limit) {
    const auto tree = rooms_.agencies.tree(context);
    const auto agencies = agenciesOf(context.actor, *tree, civilDay(rooms_.clock.now()));
    return rooms_.database.read(
        context, [&](db::Reader& tx) { return repository_.withAttention(tx, agencies, before, limit); });
}

} // namespace motcua::payment
