#include "web/officer/money_pages.h"

#include "base/civil_day.h"
#include "web/controls.h"
#include "web/figures.h"
#include "web/paths.h"
#include "web/wording.h"

namespace motcua::web {

namespace {

constexpr std::size_t kPageSize = 50;

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
}

Result<http::Response> MoneyPages::list(http::Request& request) {
    http::Page page{request, "money"};
    page.title(page.say("money.title")).set("lead", page.say("money.lead"));
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

} // namespace motcua::web
