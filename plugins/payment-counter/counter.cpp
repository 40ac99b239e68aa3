// Cash at the counter: what is asked for, what an official has taken or given back, receipts and the cash
// book.
#include "cash_book.h"

#include <algorithm>
#include <cstdlib>

using namespace motcua::sdk;
using counter::CashBook;
using counter::Line;

namespace {

constexpr std::int64_t dayMs = 24 * 3600 * 1000;
constexpr std::int64_t pageLines = 500;

bool isReference(const std::string& text) {
    return !text.empty() && text.size() <= 100 &&
           text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-") ==
               std::string::npos;
}

Error badReference() {
    return invalid("payment.reference_invalid", "letters, digits, . and - only");
}

} // namespace

class Counter final : public PaymentDesk {
public:
    explicit Counter(const Host& host) : host_(host) {}

    // Neither an address nor a code: the citizen comes. What is asked for is kept, to compare it with what is
    // brought.
    Result<PaymentPage> create(const CreatePayment& request, const Call& call) override {
        if (!isReference(request.reference)) return badReference();
        const auto put =
            host_.kvPut(call, {asked(call, request.reference), std::to_string(request.amount), 0, {}});
        if (!put && put.error().status != Status::Conflict) return put.error();
        MOTCUA_SDK_TRY(amount, amountAsked(call, request.reference));
        if (amount != request.amount)
            return invalid("payment.reference_invalid", "asked before, for another amount");
        PaymentPage page;
        page.expiresAt =
            request.expiresAt.value_or(request.createdAt + call.config["days"].integer(7) * dayMs);
        return page;
    }

    Result<PaymentState> confirm(const ConfirmPayment& request, const Call& call) override {
        if (!isReference(request.reference)) return badReference();
        MOTCUA_SDK_TRY(amount, amountAsked(call, request.reference));
        if (amount == 0) return notFound("payment.unknown_reference");
        if (amount != request.amount)
            return rejected("payment.amount_differs", "asked for " + std::to_string(amount));
        Line line;
        line.reference = request.reference;
        line.amount = request.amount;
        line.paidAt = request.paidAt;
        line.series = call.config["series"].text("BL");
        MOTCUA_SDK_TRY(booked, CashBook(host_, call).append(line));
        return stateOf(booked, call);
    }

    Result<PaymentState> query(const QueryPayment& request, const Call& call) override {
        if (!isReference(request.reference)) return badReference();
        MOTCUA_SDK_TRY(line, CashBook(host_, call).find(SettlementKind::Payment, request.reference));
        if (line) {
            PaymentState state = stateOf(*line, call);
            MOTCUA_SDK_TRY(back, CashBook(host_, call).find(SettlementKind::Refund, request.reference));
            if (back) state.refund = RefundOutcome::Accepted;
            return state;
        }
        MOTCUA_SDK_TRY(amount, amountAsked(call, request.reference));
        PaymentState state;
        state.reference = request.reference;
        state.outcome = amount == 0 ? PaymentOutcome::Unknown : PaymentOutcome::Pending;
        return state;
    }

    // Handed back over the counter: once for a payment, whatever part of it.
    Result<RefundState> refund(const RefundPayment& request, const Call& call) override {
        if (!isReference(request.reference)) return badReference();
        CashBook book{host_, call};
        MOTCUA_SDK_TRY(paid, book.find(SettlementKind::Payment, request.reference));
        if (!paid) return notFound("payment.unknown_reference");
        if (request.amount > paid->amount) return rejected("payment.refused", "more than was paid");
        Line line;
        line.kind = SettlementKind::Refund;
        line.reference = request.reference;
        line.amount = request.amount;
        line.paidAt = request.requestedAt;
        line.key = call.idempotencyKey;
        MOTCUA_SDK_TRY(booked, book.append(line));
        if (booked.key != call.idempotencyKey || booked.amount != request.amount)
            return rejected("payment.refused", "given back before");
        RefundState state;
        state.outcome = RefundOutcome::Accepted;
        state.providerReference = "#" + std::to_string(booked.number);
        return state;
    }

    Result<Receipt> receipt(const ReceiptRequest& request, const Call& call) override {
        if (!isReference(request.reference)) return badReference();
        MOTCUA_SDK_TRY(line, CashBook(host_, call).find(SettlementKind::Payment, request.reference));
        if (!line) return notFound("payment.no_receipt");
        Receipt receipt;
        receipt.number = numberOf(*line, call);
        receipt.series = line->series;
        receipt.issuedAt = line->at;
        return receipt;
    }

    Result<Settlements> reconcile(const ReconcileRequest& request, const Call& call) override {
        if (request.file)
            return invalid("payment.file_unreadable", "the cash book is kept here: bring no file");
        CashBook book{host_, call};
        MOTCUA_SDK_TRY(first, book.firstOf(request.day));
        std::int64_t number = request.page.empty() ? first : std::atoll(request.page.c_str());
        Settlements found;
        for (; number > 0; ++number) {
            MOTCUA_SDK_TRY(line, book.at(number));
            if (!line || counter::dayOf(line->at) != request.day) break;
            if (static_cast<std::int64_t>(found.lines.size()) == pageLines) {
                found.next = std::to_string(number);
                break;
            }
            found.lines.push_back(settlementOf(*line, call));
        }
        return found;
    }

    Result<CheckedConfig> checkConfig(const Call& call) override {
        CheckedConfig checked;
        checked.summary = call.config["series"].text("BL");
        return checked;
    }

private:
    static std::string asked(const Call& call, const std::string& reference) {
        return "asked/" + call.profile + "/" + reference;
    }

    // 0 where it was never asked for.
    Result<std::int64_t> amountAsked(const Call& call, const std::string& reference) const {
        MOTCUA_SDK_TRY(stored, host_.kvGet(call, asked(call, reference)));
        return std::int64_t{std::atoll(stored.value.c_str())};
    }

    static std::string numberOf(const Line& line, const Call& call) {
        const std::string digits = std::to_string(line.receipt);
        const auto wanted = static_cast<std::size_t>(call.config["digits"].integer(7));
        return std::string(wanted > digits.size() ? wanted - digits.size() : 0, '0') + digits;
    }

    static PaymentState stateOf(const Line& line, const Call& call) {
        PaymentState state;
        state.outcome = PaymentOutcome::Paid;
        state.reference = line.reference;
        state.amount = line.amount;
        state.paidAt = line.paidAt;
        state.providerReference = line.series + "-" + numberOf(line, call);
        return state;
    }

    static Settlement settlementOf(const Line& line, const Call& call) {
        Settlement settlement;
        settlement.kind = line.kind;
        settlement.reference = line.reference;
        settlement.amount = line.amount;
        settlement.at = line.at;
        settlement.outcome = PaymentOutcome::Paid;
        settlement.providerReference = line.kind == SettlementKind::Refund
                                           ? "#" + std::to_string(line.number)
                                           : line.series + "-" + numberOf(line, call);
        return settlement;
    }

    Host host_;
};

MOTCUA_PLUGIN(Counter)
