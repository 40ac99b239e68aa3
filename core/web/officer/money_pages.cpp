#include "web/officer/money_pages.h"

#include "base/civil_day.h"
#include "base/text.h"
#include "web/controls.h"
#include "web/figures.h"
#include "web/outside.h"
#include "web/paths.h"
#include "web/portal/filing_pages.h"
#include "web/wording.h"

namespace motcua::web {

namespace {

constexpr std::size_t kPageSize = 50;
constexpr const char* kSearch = "/cong-viec/khoan-thu/tim";
constexpr http::Rate kSearchRate{60, std::chrono::minutes{1}};

void addHidden(http::Page& page, const char* name, std::string value) {
    page.model().add("controls").set("is_hidden", true).set("name", name).set("value", std::move(value));
}

void addBankReference(http::Page& page, const http::Request& request, const Error* error) {
    TextControl control{"bank_reference", page.say("money.bank_reference"),
                        std::string{request.form("bank_reference")}, page.say("money.bank_reference_hint")};
    control.optional = true;
    addControl(page.model(), request, control, error);
}

payment::Taken takenBy(const http::Request& request) {
    return {Money{std::atoll(std::string{request.form("amount")}.c_str())},
            std::string{request.form("bank_reference")}};
}

// Back where the money is seen, with what was booked.
http::Response told(const payment::Payment& payment, const std::string& path) {
    http::Response response = http::Response::seeOther(path);
    response.flash(
        "notice.money_taken",
        {{"amount", format(payment.amount)},
         {"number", payment.providerReference.empty() ? payment.reference : payment.providerReference}});
    return response;
}

// A page says these beside the form; the rest is an answer of its own.
bool staysOnPage(const Error& error) {
    return error.kind == ErrorKind::Invalid || error.kind == ErrorKind::Rejected ||
           error.kind == ErrorKind::Unavailable || error.kind == ErrorKind::Timeout;
}

// "1790000000000,0192…": behind which payment a page begins.
payment::Place behind(std::string_view after) {
    const std::size_t comma = after.find(',');
    if (comma == std::string_view::npos) return {};
    return {Instant{static_cast<std::int64_t>(numberOf(after.substr(0, comma)))},
            std::string{after.substr(comma + 1)}};
}

} // namespace

std::string refundPath(const std::string& payment) {
    return std::string{paths::kMoney} + "/" + payment + "/hoan";
}

std::string takePath(const std::string& payment) {
    return std::string{paths::kMoney} + "/" + payment + "/thu";
}

std::string takeForPath(const std::string& dossier) {
    return workPath(dossier) + "/thu-tien";
}

std::string attentionText(const http::Page& page, const payment::Payment& payment) {
    if (!payment.attention) return {};
    if (payment.otherAmount && !payment::hadMoney(payment.state))
        return page.say("money.why_amount", {{"amount", format(*payment.otherAmount)}});
    switch (payment.state) {
    case payment::State::Paid:
        return page.say(payment.counted ? "money.why_ended" : "money.why_unneeded");
    case payment::State::Suspicious:
        return page.say("money.why_suspicious");
    case payment::State::Reversed:
        return page.say("money.why_reversed");
    case payment::State::Refunding:
        return page.say("money.why_refunding");
    case payment::State::RefundRefused:
        return page.say("money.why_refused", {{"said", payment.said.empty() ? payment.code : payment.said}});
    default:
        return {};
    }
}

void MoneyPages::mount(http::Router& router) {
    router.get(paths::kMoney, [this](http::Request& request) { return list(request); }).official();
    const std::string refund = refundPath(":id");
    router.get(refund, [this](http::Request& request) { return refundForm(request); }).official();
    router.post(refund, [this](http::Request& request) { return refunded(request); }).official();
    router.get(kSearch, [this](http::Request& request) { return searchForm(request); }).official();
    router.post(kSearch, [this](http::Request& request) { return searched(request); })
        .official()
        .limit(kSearchRate);
    const std::string take = takePath(":id");
    router.get(take, [this](http::Request& request) { return takeForm(request); }).official();
    router.post(take, [this](http::Request& request) { return taken(request); }).official();
    const std::string takeFor = takeForPath(":id");
    router.get(takeFor, [this](http::Request& request) { return takeForForm(request); }).official();
    router.post(takeFor, [this](http::Request& request) { return takenFor(request); }).official();
}

Result<http::Response> MoneyPages::list(http::Request& request) {
    http::Page page{request, "money"};
    page.title(page.say("money.title")).set("lead", page.say("money.lead"));
    if (request.actor().has("receiver")) page.set("search", link(page.say("money.search_title"), kSearch));
    auto found =
        payments_.withAttention(request.context(), behind(request.query("after")), int{kPageSize} + 1);
    if (found.size() > kPageSize) {
        found.resize(kPageSize);
        page.model().object("paging").object("next").set(
            "href", std::string{paths::kMoney} + "?after=" + std::to_string(found.back().madeAt.ms) + "," +
                        found.back().id);
    }
    for (const payment::Payment& one : found) {
        view::Model& row = page.model().add("rows");
        row.set("reference", one.reference).set("amount", format(one.amount));
        row.set("when", vietnameseMoment(one.paidAt.value_or(one.madeAt)));
        row.set("paid_state", paymentTag(page, one.state));
        row.setUnlessEmpty("why", attentionText(page, one));
        // A draft is nobody's business but its owner's: its money stands here without it.
        if (const auto dossier = dossiers_.find(request.context(), one.dossier))
            row.set("dossier", link(dossier->code.empty() ? dossier->number : dossier->code,
                                    std::string{paths::kWork} + "/" + dossier->id));
        if (request.actor().has("leader") && payments_.refundable(request.context(), one))
            row.set("refund", link(page.say("money.refund"), refundPath(one.id)));
    }
    if (page.model().list("rows").empty())
        page.model()
            .object("empty_state")
            .set("text", page.say("money.empty"))
            .set("note", page.say("money.empty_note"));
    return page.response();
}

Result<http::Response> MoneyPages::refundForm(http::Request& request, const Error* error) {
    MOTCUA_TRY(payment, payments_.find(request.context(), request.param("id")));
    if (!payments_.refundable(request.context(), payment)) return http::Response::seeOther(paths::kMoney);
    http::Page page{request, "simple_form"};
    page.title(page.say("money.refund_title")).form();
    page.set("lead", page.say("money.refund_lead",
                              {{"amount", format(payment.amount)}, {"reference", payment.reference}}));
    page.set("back", link(page.say("money.title"), paths::kMoney));
    page.set("action", refundPath(payment.id));
    addControl(page.model(), request,
               {"reason", page.say("money.refund_reason"), std::string{request.form("reason")},
                page.say("money.refund_hint")},
               error);
    page.model()
        .add("buttons")
        .set("text", page.say("money.refund_button", {{"amount", format(payment.amount)}}))
        .set("warning", true);
    page.model()
        .add("buttons")
        .set("text", page.say("common.cancel"))
        .set("href", paths::kMoney)
        .set("secondary", true);
    if (error) page.errors(*error);
    return page.response();
}

Result<http::Response> MoneyPages::refunded(http::Request& request) {
    const auto ordered = payments_.refund(request.context(), request.param("id"), request.form("reason"),
                                          std::string{request.peer()});
    if (!ordered && ordered.error().kind == ErrorKind::Invalid) return refundForm(request, &ordered.error());
    if (!ordered) return ordered.error();
    http::Response response = http::Response::seeOther(paths::kMoney);
    response.flash("notice.refund_ordered", {{"amount", format(ordered->amount)}});
    return response;
}

// By the reference that a citizen brings to the counter: the dossier may be a draft, which is his alone.
Result<http::Response> MoneyPages::searchForm(http::Request& request, const Error* error) {
    http::Page page{request, "simple_form"};
    page.title(page.say("money.search_title")).form();
    page.set("lead", page.say("money.search_lead")).set("back", link(page.say("money.title"), paths::kMoney));
    page.set("action", kSearch);
    addControl(page.model(), request,
               {"reference", page.say("money.reference"), std::string{request.form("reference")},
                page.say("money.search_hint")},
               error);
    setButton(page.model(), page.say("money.search_button"));
    if (error) page.errors(*error);
    return page.response();
}

Result<http::Response> MoneyPages::searched(http::Request& request) {
    const auto typed = text::clean(request.form("reference"));
    const auto found = payments_.byReference(request.context(), typed.value_or(""));
    if (found && payments_.takeable(request.context(), *found))
        return http::Response::seeOther(takePath(found->id));
    const Error none = invalidField("reference", found ? "payment.not_at_counter" : "payment.none");
    return searchForm(request, &none);
}

Result<http::Response> MoneyPages::takeForm(http::Request& request, const Error* error) {
    MOTCUA_TRY(payment, payments_.find(request.context(), request.param("id")));
    if (!payments_.mayTake(request.context(), payment.agency)) return denied("payment.no_taking_right");
    if (!payments_.takeable(request.context(), payment)) return http::Response::seeOther(paths::kMoney);
    http::Page page{request, "simple_form"};
    page.title(page.say("money.take_title")).form();
    page.set("lead", page.say("money.take_lead",
                              {{"amount", format(payment.amount)}, {"reference", payment.reference}}));
    page.set("back", link(page.say("money.title"), paths::kMoney)).set("action", takePath(payment.id));
    addHidden(page, "amount", std::to_string(payment.amount.dong));
    if (!payment.shown->atCounter()) addBankReference(page, request, error);
    setButton(page.model(), page.say("money.take_button", {{"amount", format(payment.amount)}}));
    if (error) page.errors(*error);
    return page.response();
}

Result<http::Response> MoneyPages::taken(http::Request& request) {
    const auto done = payments_.take(request.context(), request.param("id"), takenBy(request));
    if (!done && staysOnPage(done.error())) return takeForm(request, &done.error());
    if (!done) return done.error();
    const auto dossier = dossiers_.find(request.context(), done->dossier);
    return told(*done, dossier ? workPath(dossier->id) : std::string{paths::kMoney});
}

Result<http::Response> MoneyPages::takeForForm(http::Request& request, const Error* error) {
    MOTCUA_TRY(dossier, dossiers_.find(request.context(), request.param("id")));
    if (!payments_.mayTake(request.context(), dossier.agency)) return denied("payment.no_taking_right");
    if (!dossier.feeDue() || dossier::isEnded(dossier.state))
        return http::Response::seeOther(workPath(dossier.id));
    http::Page page{request, "simple_form"};
    page.title(page.say("money.take_title")).form();
    page.set("lead", page.say("money.take_for_lead", {{"amount", format(dossier.fee)}}));
    page.set("back", link(dossier.code.empty() ? dossier.number : dossier.code, workPath(dossier.id)));
    page.set("action", takeForPath(dossier.id));
    addHidden(page, "amount", std::to_string(dossier.fee.dong));
    const auto ways = payments_.waysAtCounter(request.context(), dossier.agency);
    if (ways.empty()) page.set("lead", page.say("money.no_way_at_counter"));
    if (!ways.empty()) addBankReference(page, request, error);
    for (const payment::Way& way : ways)
        page.model()
            .add("buttons")
            .set("text", page.say("payment.pay_by",
                                  {{"amount", format(dossier.fee)}, {"way", way.name(request.locale())}}))
            .set("name", "way")
            .set("key", way.profile);
    if (error) page.errors(*error);
    return page.response();
}

Result<http::Response> MoneyPages::takenFor(http::Request& request) {
    const auto key = request.idempotencyKey();
    if (!key) return invalid("http.bad_form");
    const std::string& id = request.param("id");
    const std::string origin = originOf(request, origin_);
    const payment::Wish wish{id, std::string{request.form("way")}, *key, std::string{request.peer()},
                             [&](const std::string&) { return origin + workPath(id); }};
    const auto done = payments_.takeFor(request.context(), wish, takenBy(request));
    if (!done && staysOnPage(done.error()) && done.error().code != "payment.nothing_due")
        return takeForForm(request, &done.error());
    if (!done && done.error().code == "payment.nothing_due") return http::Response::seeOther(workPath(id));
    if (!done) return done.error();
    return told(*done, workPath(id));
}

} // namespace motcua::web
