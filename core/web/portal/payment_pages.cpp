#include "web/portal/payment_pages.h"

#include "base/civil_day.h"
#include "documents/qr_code.h"
#include "forms/page.h"
#include "web/outside.h"
#include "web/portal/filing_pages.h"
#include "web/wording.h"

#include <algorithm>

namespace motcua::web {

namespace {

constexpr http::Rate kPostRate{30, std::chrono::minutes{1}};
constexpr http::Rate kReturnRate{60, std::chrono::minutes{1}};
constexpr const char* kBelow = "/thanh-toan";

// An attempt for what is due whose page may still be open in some window of the citizen.
const payment::Payment* pendingOf(const payment::Sight& sight, Instant now) {
    const auto found =
        std::find_if(sight.attempts.begin(), sight.attempts.end(), [&](const payment::Payment& one) {
            return one.state == payment::State::Pending && one.expiresAt > now &&
                   one.amount == sight.dossier.fee;
        });
    return found == sight.attempts.end() ? nullptr : &*found;
}

const payment::Payment* settlingOf(const payment::Sight& sight) {
    const auto found = std::find_if(sight.attempts.begin(), sight.attempts.end(),
                                    [](const payment::Payment& one) { return one.counted; });
    return found == sight.attempts.end() ? nullptr : &*found;
}

void fillLines(http::Page& page, const payment::Sight& sight, const std::string& locale) {
    for (const dossier::FeeLine& line : sight.lines) {
        view::Model& row = page.model().add("rows_of_fees");
        const std::string& name = line.fee.name.in(locale);
        row.set("text",
                line.fee.per == catalogue::FeeUnit::Copy
                    ? page.say("payment.copies", {{"name", name}, {"count", std::to_string(line.units)}})
                    : name);
        row.set("basis", feesText(page, std::vector{line.fee})).set("amount", format(line.amount));
    }
    page.set("total", format(sight.dossier.fee));
}

} // namespace

void PaymentPages::mount(http::Router& router) {
    const std::string base = dossierPath(":id", kBelow);
    router.get(base, [this](http::Request& request) { return show(request); }).signedIn();
    router.post(base, [this](http::Request& request) { return posted(request); }).signedIn().limit(kPostRate);
    router.get(base + "/:payment/ve", [this](http::Request& request) { return returned(request); })
        .signedIn()
        .limit(kReturnRate);
    router.get(base + "/:payment/ma-qr", [this](http::Request& request) { return qr(request); }).signedIn();
}

// A draft is paid once everything else of it is answered: until then the fee may change.
Result<bool> PaymentPages::answered(http::Request& request, const dossier::Dossier& dossier) {
    if (dossier.state != dossier::State::Draft) return true;
    MOTCUA_TRY(package, rooms_.dossiers.package(request.context(), dossier));
    const auto tasks =
        forms::tasks(package->definition, dossier.answers, request.locale(), rooms_.clock.now());
    return std::all_of(tasks.begin(), tasks.end(),
                       [](const forms::Task& task) { return task.progress == forms::Progress::Done; });
}

// Where there is no page of a provider: a code and the same in words, or the counter with the reference to
// bring.
void PaymentPages::fillShown(http::Page& page, const http::Request& request,
                             const payment::Payment& payment) const {
    const payment::ShownHere& shown = *payment.shown;
    view::Model& here = page.model().object("here");
    const auto row = [&](const char* word, const std::string& value) {
        if (!value.empty()) here.add("rows").set("text", page.say(word)).set("value", value);
    };
    if (!shown.qr.empty()) here.set("qr", dossierPath(payment.dossier, kBelow) + "/" + payment.id + "/ma-qr");
    if (shown.atCounter()) {
        here.set("text", page.say("payment.counter_lead"));
        const auto tree = rooms_.agencies.tree(request.context());
        if (const agency::Agency* agency = tree->find(payment.agency)) {
            row("payment.counter_place", agency->label(request.locale()));
            row("payment.counter_address", agency->address);
            row("payment.counter_phone", agency->phone);
        }
        row("payment.counter_reference", payment.reference);
    } else {
        here.set("text", page.say("payment.transfer_lead"));
        row("payment.bank", shown.bank);
        row("payment.account", shown.account);
        row("payment.account_name", shown.accountName);
        row("payment.content", shown.content);
    }
    row("payment.amount", format(payment.amount));
    here.set("until", page.say("payment.good_until", {{"time", vietnameseMoment(payment.expiresAt)}}));
    if (!shown.atCounter()) here.set("ask", true);
}

// The picture of a code is the owner's alone, as the page is.
Result<http::Response> PaymentPages::qr(http::Request& request) {
    MOTCUA_TRY(sight, rooms_.payments.see(request.context(), request.param("id")));
    if (sight.dossier.owner != request.actor().id) return notFound("dossier.none");
    for (const payment::Payment& one : sight.attempts)
        if (one.id == request.param("payment") && one.shown && !one.shown->qr.empty())
            return http::Response::bytes(documents::qrSvg(one.shown->qr, one.reference), "image/svg+xml");
    return notFound("payment.none");
}

void PaymentPages::fillStanding(http::Page& page, const http::Request& request,
                                const payment::Sight& sight) const {
    const auto amount = [](const payment::Payment& one) { return format(one.amount); };
    if (const payment::Payment* settling = settlingOf(sight)) {
        const Instant at = settling->paidAt.value_or(settling->madeAt);
        std::string text = page.say("payment.paid", {{"amount", amount(*settling)},
                                                     {"time", vietnameseMoment(at)},
                                                     {"reference", settling->reference}});
        if (settling->shown && settling->shown->atCounter() && !settling->providerReference.empty())
            text += " " + page.say("payment.receipt", {{"number", settling->providerReference}});
        if (settling->state != payment::State::Paid)
            text += " " + page.say(std::string{"payment.state."} + payment::name(settling->state)) + ".";
        page.model().object("paid").set("text", text);
        return;
    }
    if (sight.attempts.empty() || !sight.dossier.feeDue()) return;
    if (const payment::Payment* pending = pendingOf(sight, rooms_.clock.now())) {
        if (pending->shown) return fillShown(page, request, *pending);
        view::Model& waiting = page.model().object("waiting");
        waiting.set("text", page.say("payment.waiting", {{"amount", amount(*pending)},
                                                         {"time", vietnameseMoment(pending->madeAt)}}));
        waiting.set("ask", true).set("again", pending->profile);
        return;
    }
    const payment::Payment& last = sight.attempts.front();
    const std::string time = vietnameseMoment(last.madeAt);
    if (last.otherAmount) {
        page.model().object("waiting").set("text", page.say("payment.other_amount"));
    } else if (payment::hadMoney(last.state)) { // it came, and is not what is due now
        page.model().object("waiting").set("text", page.say("payment.uncounted", {{"amount", amount(last)}}));
    } else if (last.state == payment::State::Suspicious || last.state == payment::State::Reversed) {
        page.model().object("waiting").set("text", page.say("payment.doubtful", {{"time", time}}));
    } else if (last.state == payment::State::Failed) {
        page.model().object("failed").set("text", page.say("payment.failed", {{"time", time}}));
    } else if (last.state != payment::State::Created && last.amount == sight.dossier.fee) {
        page.model()
            .object("waiting")
            .set("text", page.say("payment.expired", {{"time", time}}))
            .set("ask", true);
    }
}

void PaymentPages::fillWays(http::Page& page, const http::Request& request, const payment::Sight& sight) {
    const payment::Payment* pending = pendingOf(sight, rooms_.clock.now());
    const auto ways = rooms_.payments.ways(request.context(), sight.dossier.agency);
    for (const payment::Way& way : ways) {
        for (const std::string& origin : way.origins)
            page.allowFormTo(origin);
        if (pending && pending->profile == way.profile) continue;
        const std::string& name = way.name(request.locale());
        view::Model& option = page.model().object("ways").add("options");
        option.set("key", way.profile)
            .set("text", page.say("payment.pay_by", {{"amount", format(sight.dossier.fee)}, {"way", name}}));
        if (way.profile == rooms_.demoProfile) option.set("note", page.say("payment.demo_note"));
    }
    if (ways.empty())
        page.model()
            .object("no_way")
            .set("text", page.say("payment.no_way"))
            .set("note", page.say("payment.no_way_note"));
}

Result<http::Response> PaymentPages::show(http::Request& request, const Error* error) {
    MOTCUA_TRY(sight, rooms_.payments.see(request.context(), request.param("id")));
    const dossier::Dossier& dossier = sight.dossier;
    if (dossier.owner != request.actor().id) return notFound("dossier.none");
    const bool due = dossier.feeDue() && !dossier::isEnded(dossier.state);
    MOTCUA_TRY(ready, answered(request, dossier));
    if (!ready && !dossier.feePaidAt) return http::Response::seeOther(dossierPath(dossier.id));
    http::Page page{request, "payment"};
    page.title(page.say("payment.title")).form().set("action", dossierPath(dossier.id, kBelow));
    page.set("back", link(dossier.procedureName, dossierPath(dossier.id)));
    fillLines(page, sight, request.locale());
    fillStanding(page, request, sight);
    if (due) fillWays(page, request, sight);
    if (!due && dossier.fee.dong == 0)
        page.model().object("waiting").set("text", page.say("payment.nothing"));
    if (!due && dossier.state == dossier::State::Draft) {
        page.set("next", link(page.say("tasks.check"), dossierPath(dossier.id, "/kiem-tra")));
    } else if (!due) {
        page.set("next", link(page.say("confirmation.follow"), dossierPath(dossier.id)));
    }
    if (error) page.errors(*error);
    return page.response();
}

Result<http::Response> PaymentPages::asked(http::Request& request) {
    MOTCUA_TRY(sight, rooms_.payments.see(request.context(), request.param("id")));
    if (sight.dossier.owner != request.actor().id) return notFound("dossier.none");
    if (sight.attempts.empty()) return http::Response::seeOther(dossierPath(sight.dossier.id, kBelow));
    // That whose page may be open is meant, not a later one that came to nothing.
    const payment::Payment* pending = pendingOf(sight, rooms_.clock.now());
    const auto asked =
        rooms_.payments.ask(request.context(), pending ? pending->id : sight.attempts.front().id);
    if (asked) return http::Response::seeOther(dossierPath(sight.dossier.id, kBelow));
    const Error away = Error{ErrorKind::Unavailable, "payment.not_reached"};
    return show(request, &away);
}

Result<http::Response> PaymentPages::posted(http::Request& request) {
    if (!request.form("ask").empty()) return asked(request);
    const std::string& id = request.param("id");
    const auto key = request.idempotencyKey();
    if (!key) return invalid("http.bad_form");
    MOTCUA_TRY(dossier, rooms_.dossiers.find(request.context(), id));
    MOTCUA_TRY(ready, answered(request, dossier));
    if (!ready) return http::Response::seeOther(dossierPath(id));
    const std::string origin = originOf(request, rooms_.origin);
    payment::Wish wish{
        id, std::string{request.form("way")}, *key, std::string{request.peer()},
        [&](const std::string& payment) { return origin + dossierPath(id, kBelow) + "/" + payment + "/ve"; }};
    const auto started = rooms_.payments.start(request.context(), wish);
    if (started && !started->url.empty()) return http::Response::away(started->url);
    if (started || started.error().code == "payment.nothing_due")
        return http::Response::seeOther(dossierPath(id, kBelow));
    if (started.error().kind == ErrorKind::NotFound) return started.error();
    if (started.error().kind == ErrorKind::Invalid) return show(request, &started.error());
    const Error away = Error{ErrorKind::Unavailable, "payment.away"};
    return show(request, &away);
}

Result<http::Response> PaymentPages::returned(http::Request& request) {
    const auto payment =
        rooms_.payments.returned(request.context(), request.param("payment"), rawOf(request));
    if (!payment) return payment.error();
    return http::Response::seeOther(dossierPath(payment->dossier, kBelow));
}

} // namespace motcua::web
