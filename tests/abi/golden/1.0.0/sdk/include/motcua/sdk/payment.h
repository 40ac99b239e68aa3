// Payment: structs, codecs and operations. Made by sdk/tools/generate.mjs from
// sdk/schema/payment.json; do not edit.
#pragma once

#include "motcua/sdk/common.h"
#include "motcua/sdk/plugin.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace motcua::sdk {
inline namespace v1 {

// How a payment stands.
enum class PaymentOutcome {
    Pending, // not finished; ask again later
    Paid, // the money is there
    Failed, // it did not take place and will not
    Suspicious, // debited, but the provider suspects fraud: a person must look
    Reversed, // paid, then taken back
    Unknown, // the provider knows no such payment
};

template <>
struct EnumWords<PaymentOutcome> {
    static constexpr std::array<std::pair<PaymentOutcome, const char*>, 6> entries{{
        {PaymentOutcome::Pending, "pending"},
        {PaymentOutcome::Paid, "paid"},
        {PaymentOutcome::Failed, "failed"},
        {PaymentOutcome::Suspicious, "suspicious"},
        {PaymentOutcome::Reversed, "reversed"},
        {PaymentOutcome::Unknown, "unknown"},
    }};
};

// How a refund stands.
enum class RefundOutcome {
    Accepted, // the provider has taken the order, the money is on its way
    Pending, // not known yet; ask payment.query later, do not order it again with another key
    Refused, // the provider will not
};

template <>
struct EnumWords<RefundOutcome> {
    static constexpr std::array<std::pair<RefundOutcome, const char*>, 3> entries{{
        {RefundOutcome::Accepted, "accepted"},
        {RefundOutcome::Pending, "pending"},
        {RefundOutcome::Refused, "refused"},
    }};
};

// What an item of a bill is.
enum class BillItemKind {
    Fee, // lệ phí
    Charge, // phí
    Fine, // tiền phạt
    Duty, // thuế or another financial duty
};

template <>
struct EnumWords<BillItemKind> {
    static constexpr std::array<std::pair<BillItemKind, const char*>, 4> entries{{
        {BillItemKind::Fee, "fee"},
        {BillItemKind::Charge, "charge"},
        {BillItemKind::Fine, "fine"},
        {BillItemKind::Duty, "duty"},
    }};
};

// Which way the money of a line went.
enum class SettlementKind {
    Payment, // to us
    Refund, // back
};

template <>
struct EnumWords<SettlementKind> {
    static constexpr std::array<std::pair<SettlementKind, const char*>, 2> entries{{
        {SettlementKind::Payment, "payment"},
        {SettlementKind::Refund, "refund"},
    }};
};

// One amount of a bill.
struct BillItem {
    BillItemKind kind{};     // what it is
    std::string code{};      // of the catalogue of fees (may be absent)
    std::string name{};      // for people
    std::int64_t amount = 0; // đồng
};

template <>
struct Codec<BillItem> {
    static void write(Writer& w, const BillItem& v) {
        w.field("kind", v.kind);
        w.field("code", v.code);
        w.field("name", v.name);
        w.field("amount", v.amount);
    }
    static void read(Reader& r, BillItem& v) {
        r.required("kind", v.kind);
        r.optional("code", v.code, {.length = 50});
        r.required("name", v.name, {.length = 250});
        r.required("amount", v.amount, {.least = 0});
    }
};

// What the money is for, where the provider writes the receipt (biên lai). Personal data: neither logged nor kept.
struct PaymentBill {
    std::string dossier{};         // its code, 000.00.01.H29-200713-0001 (may be absent)
    std::string procedureCode{};   // of the national catalogue, 1.001193 (may be absent)
    std::string procedureName{};   // for people (may be absent)
    std::string agencyCode{};      // of who is paid, 000.00.01.H29 (may be absent)
    std::string agencyName{};      // for people (may be absent)
    std::string payerName{};       // who pays (may be absent)
    std::string payerIdNumber{};   // identity number or tax code (may be absent)
    std::string payerAddress{};    // house and street (may be absent)
    std::string payerDistrict{};   // for people (may be absent)
    std::string payerProvince{};   // for people (may be absent)
    std::vector<BillItem> items{}; // they sum up to the amount (may be absent)
};

template <>
struct Codec<PaymentBill> {
    static void write(Writer& w, const PaymentBill& v) {
        w.field("dossier", v.dossier);
        w.field("procedureCode", v.procedureCode);
        w.field("procedureName", v.procedureName);
        w.field("agencyCode", v.agencyCode);
        w.field("agencyName", v.agencyName);
        w.field("payerName", v.payerName);
        w.field("payerIdNumber", v.payerIdNumber);
        w.field("payerAddress", v.payerAddress);
        w.field("payerDistrict", v.payerDistrict);
        w.field("payerProvince", v.payerProvince);
        w.field("items", v.items);
    }
    static void read(Reader& r, PaymentBill& v) {
        r.optional("dossier", v.dossier, {.length = 100});
        r.optional("procedureCode", v.procedureCode, {.length = 50});
        r.optional("procedureName", v.procedureName, {.length = 500});
        r.optional("agencyCode", v.agencyCode, {.length = 50});
        r.optional("agencyName", v.agencyName, {.length = 250});
        r.optional("payerName", v.payerName, {.length = 200});
        r.optional("payerIdNumber", v.payerIdNumber, {.length = 20});
        r.optional("payerAddress", v.payerAddress, {.length = 500});
        r.optional("payerDistrict", v.payerDistrict, {.length = 100});
        r.optional("payerProvince", v.payerProvince, {.length = 100});
        r.optional("items", v.items, {.length = 50});
    }
};

// What a person types who cannot scan.
struct TransferDetails {
    std::string bank{};        // the bank's name
    std::string account{};     // number
    std::string accountName{}; // its holder (may be absent)
    std::string content{};     // by which the money is recognised
};

template <>
struct Codec<TransferDetails> {
    static void write(Writer& w, const TransferDetails& v) {
        w.field("bank", v.bank);
        w.field("account", v.account);
        w.field("accountName", v.accountName);
        w.field("content", v.content);
    }
    static void read(Reader& r, TransferDetails& v) {
        r.required("bank", v.bank, {.length = 200});
        r.required("account", v.account, {.length = 50});
        r.optional("accountName", v.accountName, {.length = 200});
        r.required("content", v.content, {.length = 200});
    }
};

// An amount that a citizen is about to pay.
struct CreatePayment {
    std::string reference{};                 // ours, unique for ever: letters, digits, . and -
    std::int64_t amount = 0;                 // đồng
    std::string description{};               // what is paid for; no personal data
    std::string returnUrl{};                 // where the browser comes back to
    std::string clientIp{};                  // of the citizen
    std::int64_t createdAt = 0;              // ms UTC of the stored attempt: the same for every repetition
    std::optional<std::int64_t> expiresAt{}; // ms UTC; the page is good until then (may be absent)
    std::string bank{};                      // the provider's code of a way to pay, where the citizen chose one here (may be absent)
    std::optional<PaymentBill> bill{};       // what it is for, item by item (may be absent)
};

template <>
struct Codec<CreatePayment> {
    static void write(Writer& w, const CreatePayment& v) {
        w.field("reference", v.reference);
        w.field("amount", v.amount);
        w.field("description", v.description);
        w.field("returnUrl", v.returnUrl);
        w.field("clientIp", v.clientIp);
        w.field("createdAt", v.createdAt);
        w.field("expiresAt", v.expiresAt);
        w.field("bank", v.bank);
        w.field("bill", v.bill);
    }
    static void read(Reader& r, CreatePayment& v) {
        r.required("reference", v.reference, {.length = 100});
        r.required("amount", v.amount, {.least = 1});
        r.required("description", v.description, {.length = 255});
        r.required("returnUrl", v.returnUrl, {.length = 1024});
        r.required("clientIp", v.clientIp, {.length = 45});
        r.required("createdAt", v.createdAt);
        r.optional("expiresAt", v.expiresAt);
        r.optional("bank", v.bank, {.length = 50});
        r.optional("bill", v.bill);
    }
};

// Where the citizen pays: a provider's page, a QR code on ours, or neither (at the counter).
struct PaymentPage {
    std::string url{};                         // the browser is sent here (may be absent)
    std::string providerReference{};           // where the provider gives one already (may be absent)
    std::optional<std::int64_t> expiresAt{};   // ms UTC (may be absent)
    std::string qr{};                          // content of a QR code to show (may be absent)
    std::optional<TransferDetails> transfer{}; // the same in words (may be absent)
};

template <>
struct Codec<PaymentPage> {
    static void write(Writer& w, const PaymentPage& v) {
        w.field("url", v.url);
        w.field("providerReference", v.providerReference);
        w.field("expiresAt", v.expiresAt);
        w.field("qr", v.qr);
        w.field("transfer", v.transfer);
    }
    static void read(Reader& r, PaymentPage& v) {
        r.optional("url", v.url, {.length = 8192});
        r.optional("providerReference", v.providerReference);
        r.optional("expiresAt", v.expiresAt);
        r.optional("qr", v.qr, {.length = 1024});
        r.optional("transfer", v.transfer);
    }
};

// How a payment stands, as the provider says. The core compares reference and amount with its own.
struct PaymentState {
    PaymentOutcome outcome{};              // in the words of ABI 1
    std::string reference{};               // ours
    std::optional<std::int64_t> amount{};  // đồng, where the provider says it (may be absent)
    std::string providerReference{};       // theirs (may be absent)
    std::string bank{};                    // code of the bank or wallet (may be absent)
    std::optional<std::int64_t> paidAt{};  // ms UTC (may be absent)
    std::string code{};                    // the provider's own code (may be absent)
    std::string detail{};                  // the provider's own words, for an official (may be absent)
    std::optional<RefundOutcome> refund{}; // how a refund of it stands, where the provider says that (may be absent)
};

template <>
struct Codec<PaymentState> {
    static void write(Writer& w, const PaymentState& v) {
        w.field("outcome", v.outcome);
        w.field("reference", v.reference);
        w.field("amount", v.amount);
        w.field("providerReference", v.providerReference);
        w.field("bank", v.bank);
        w.field("paidAt", v.paidAt);
        w.field("code", v.code);
        w.field("detail", v.detail);
        w.field("refund", v.refund);
    }
    static void read(Reader& r, PaymentState& v) {
        r.required("outcome", v.outcome);
        r.required("reference", v.reference);
        r.optional("amount", v.amount, {.least = 0});
        r.optional("providerReference", v.providerReference);
        r.optional("bank", v.bank);
        r.optional("paidAt", v.paidAt);
        r.optional("code", v.code);
        r.optional("detail", v.detail);
        r.optional("refund", v.refund);
    }
};

// The answer for each decision of the core, so that deciding needs no second call.
struct PaymentAnswers {
    HttpAnswer confirmed{};        // taken up now
    HttpAnswer alreadyConfirmed{}; // it had been taken up before
    HttpAnswer unknownReference{}; // we know no such payment
    HttpAnswer wrongAmount{};      // the amount is not the one we asked for
    HttpAnswer notAuthentic{};     // signature missing or wrong, or not for this merchant
    HttpAnswer failed{};           // we could not take it up; the provider repeats
};

template <>
struct Codec<PaymentAnswers> {
    static void write(Writer& w, const PaymentAnswers& v) {
        w.field("confirmed", v.confirmed);
        w.field("alreadyConfirmed", v.alreadyConfirmed);
        w.field("unknownReference", v.unknownReference);
        w.field("wrongAmount", v.wrongAmount);
        w.field("notAuthentic", v.notAuthentic);
        w.field("failed", v.failed);
    }
    static void read(Reader& r, PaymentAnswers& v) {
        r.required("confirmed", v.confirmed);
        r.required("alreadyConfirmed", v.alreadyConfirmed);
        r.required("unknownReference", v.unknownReference);
        r.required("wrongAmount", v.wrongAmount);
        r.required("notAuthentic", v.notAuthentic);
        r.required("failed", v.failed);
    }
};

// What a browser's return or a provider's notification says. Where `authentic` is false nothing else of it may be used but `answers`.
struct PaymentNotice {
    bool authentic = false;              // signed by the provider, for this merchant; a missing signature is an invalid one
    std::string key{};                   // unique for each event of the provider: a repetition has the same (may be absent)
    std::optional<PaymentState> state{}; // only where authentic (may be absent)
    std::string reason{};                // why it is not authentic, for the log (may be absent)
    PaymentAnswers answers{};            // for a notification; a browser's return needs none
};

template <>
struct Codec<PaymentNotice> {
    static void write(Writer& w, const PaymentNotice& v) {
        w.field("authentic", v.authentic);
        w.field("key", v.key);
        w.field("state", v.state);
        w.field("reason", v.reason);
        w.field("answers", v.answers);
    }
    static void read(Reader& r, PaymentNotice& v) {
        r.required("authentic", v.authentic);
        r.optional("key", v.key);
        r.optional("state", v.state);
        r.optional("reason", v.reason);
        r.required("answers", v.answers);
    }
};

// Asks how a payment stands.
struct QueryPayment {
    std::string reference{};    // ours
    std::int64_t createdAt = 0; // as at payment.create
    std::string clientIp{};     // of who asks
    std::string description{};  // why it is asked (may be absent)
};

template <>
struct Codec<QueryPayment> {
    static void write(Writer& w, const QueryPayment& v) {
        w.field("reference", v.reference);
        w.field("createdAt", v.createdAt);
        w.field("clientIp", v.clientIp);
        w.field("description", v.description);
    }
    static void read(Reader& r, QueryPayment& v) {
        r.required("reference", v.reference, {.length = 100});
        r.required("createdAt", v.createdAt);
        r.required("clientIp", v.clientIp, {.length = 45});
        r.optional("description", v.description, {.length = 255});
    }
};

// Gives money back.
struct RefundPayment {
    std::string reference{};         // ours, of the payment
    std::string providerReference{}; // theirs, of the payment (may be absent)
    std::int64_t paidAmount = 0;     // đồng, what was paid
    std::int64_t amount = 0;         // đồng, what goes back
    std::int64_t createdAt = 0;      // as at payment.create
    std::string requestedBy{};       // account name of the official
    std::int64_t requestedAt = 0;    // ms UTC of the stored order: the same for every repetition
    std::string reason{};            // no personal data
    std::string clientIp{};          // of the official
};

template <>
struct Codec<RefundPayment> {
    static void write(Writer& w, const RefundPayment& v) {
        w.field("reference", v.reference);
        w.field("providerReference", v.providerReference);
        w.field("paidAmount", v.paidAmount);
        w.field("amount", v.amount);
        w.field("createdAt", v.createdAt);
        w.field("requestedBy", v.requestedBy);
        w.field("requestedAt", v.requestedAt);
        w.field("reason", v.reason);
        w.field("clientIp", v.clientIp);
    }
    static void read(Reader& r, RefundPayment& v) {
        r.required("reference", v.reference, {.length = 100});
        r.optional("providerReference", v.providerReference, {.length = 100});
        r.required("paidAmount", v.paidAmount, {.least = 1});
        r.required("amount", v.amount, {.least = 1});
        r.required("createdAt", v.createdAt);
        r.required("requestedBy", v.requestedBy, {.length = 245});
        r.required("requestedAt", v.requestedAt);
        r.required("reason", v.reason, {.length = 255});
        r.required("clientIp", v.clientIp, {.length = 45});
    }
};

// How a refund stands.
struct RefundState {
    RefundOutcome outcome{};         // in the words of ABI 1
    std::string providerReference{}; // theirs, of the refund (may be absent)
    std::string code{};              // the provider's own code (may be absent)
    std::string detail{};            // the provider's own words, for an official (may be absent)
};

template <>
struct Codec<RefundState> {
    static void write(Writer& w, const RefundState& v) {
        w.field("outcome", v.outcome);
        w.field("providerReference", v.providerReference);
        w.field("code", v.code);
        w.field("detail", v.detail);
    }
    static void read(Reader& r, RefundState& v) {
        r.required("outcome", v.outcome);
        r.optional("providerReference", v.providerReference);
        r.optional("code", v.code);
        r.optional("detail", v.detail);
    }
};

// An official has the money, or sees it on the statement.
struct ConfirmPayment {
    std::string reference{};           // ours
    std::int64_t amount = 0;           // đồng, what came
    std::int64_t paidAt = 0;           // ms UTC
    std::string confirmedBy{};         // account name of the official
    std::string bankReference{};       // of the line on the statement; empty for cash (may be absent)
    std::optional<PaymentBill> bill{}; // what it is for (may be absent)
};

template <>
struct Codec<ConfirmPayment> {
    static void write(Writer& w, const ConfirmPayment& v) {
        w.field("reference", v.reference);
        w.field("amount", v.amount);
        w.field("paidAt", v.paidAt);
        w.field("confirmedBy", v.confirmedBy);
        w.field("bankReference", v.bankReference);
        w.field("bill", v.bill);
    }
    static void read(Reader& r, ConfirmPayment& v) {
        r.required("reference", v.reference, {.length = 100});
        r.required("amount", v.amount, {.least = 1});
        r.required("paidAt", v.paidAt);
        r.required("confirmedBy", v.confirmedBy, {.length = 245});
        r.optional("bankReference", v.bankReference, {.length = 100});
        r.optional("bill", v.bill);
    }
};

// Asks for the electronic receipt (biên lai điện tử) of a payment; the same for the same reference.
struct ReceiptRequest {
    std::string reference{};           // ours, of the payment
    std::string providerReference{};   // theirs, of the payment (may be absent)
    std::int64_t amount = 0;           // đồng, what was paid
    std::int64_t createdAt = 0;        // as at payment.create
    std::int64_t paidAt = 0;           // ms UTC
    std::optional<PaymentBill> bill{}; // what it was for (may be absent)
};

template <>
struct Codec<ReceiptRequest> {
    static void write(Writer& w, const ReceiptRequest& v) {
        w.field("reference", v.reference);
        w.field("providerReference", v.providerReference);
        w.field("amount", v.amount);
        w.field("createdAt", v.createdAt);
        w.field("paidAt", v.paidAt);
        w.field("bill", v.bill);
    }
    static void read(Reader& r, ReceiptRequest& v) {
        r.required("reference", v.reference, {.length = 100});
        r.optional("providerReference", v.providerReference, {.length = 100});
        r.required("amount", v.amount, {.least = 1});
        r.required("createdAt", v.createdAt);
        r.required("paidAt", v.paidAt);
        r.optional("bill", v.bill);
    }
};

// A receipt, as a file or as the address of one.
struct Receipt {
    std::string number{};                   // in its series (may be absent)
    std::string series{};                   // ký hiệu (may be absent)
    std::optional<std::int64_t> issuedAt{}; // ms UTC (may be absent)
    std::optional<Paper> document{};        // the receipt itself (may be absent)
    std::string url{};                      // where it lies at the provider; not for citizens' browsers (may be absent)
};

template <>
struct Codec<Receipt> {
    static void write(Writer& w, const Receipt& v) {
        w.field("number", v.number);
        w.field("series", v.series);
        w.field("issuedAt", v.issuedAt);
        w.field("document", v.document);
        w.field("url", v.url);
    }
    static void read(Reader& r, Receipt& v) {
        r.optional("number", v.number, {.length = 100});
        r.optional("series", v.series, {.length = 50});
        r.optional("issuedAt", v.issuedAt);
        r.optional("document", v.document);
        r.optional("url", v.url, {.length = 2048});
    }
};

// One page of what the provider counts for one day.
struct ReconcileRequest {
    std::string day{};          // 2020-07-13, of the civil calendar
    std::optional<Blob> file{}; // the provider's file, where a person brought it; without it the plugin fetches (may be absent)
    std::string page{};         // `next` of the page before; empty: the first (may be absent)
};

template <>
struct Codec<ReconcileRequest> {
    static void write(Writer& w, const ReconcileRequest& v) {
        w.field("day", v.day);
        w.field("file", v.file);
        w.field("page", v.page);
    }
    static void read(Reader& r, ReconcileRequest& v) {
        r.required("day", v.day, {.length = 10});
        r.optional("file", v.file);
        r.optional("page", v.page, {.length = 200});
    }
};

// One line of a provider's day.
struct Settlement {
    SettlementKind kind{};                // which way
    std::string reference{};              // ours, as the provider has it; empty where it has none (may be absent)
    std::string providerReference{};      // theirs (may be absent)
    std::int64_t amount = 0;              // đồng
    std::optional<std::int64_t> charge{}; // đồng that the provider keeps (may be absent)
    std::int64_t at = 0;                  // ms UTC
    PaymentOutcome outcome{};             // how it stands
    std::string detail{};                 // the provider's own words, for an official (may be absent)
};

template <>
struct Codec<Settlement> {
    static void write(Writer& w, const Settlement& v) {
        w.field("kind", v.kind);
        w.field("reference", v.reference);
        w.field("providerReference", v.providerReference);
        w.field("amount", v.amount);
        w.field("charge", v.charge);
        w.field("at", v.at);
        w.field("outcome", v.outcome);
        w.field("detail", v.detail);
    }
    static void read(Reader& r, Settlement& v) {
        r.required("kind", v.kind);
        r.optional("reference", v.reference, {.length = 100});
        r.optional("providerReference", v.providerReference, {.length = 100});
        r.required("amount", v.amount, {.least = 0});
        r.optional("charge", v.charge, {.least = 0});
        r.required("at", v.at);
        r.required("outcome", v.outcome);
        r.optional("detail", v.detail, {.length = 500});
    }
};

// The core matches them with its own: matched, missing here, missing there, another amount, another state.
struct Settlements {
    std::vector<Settlement> lines{};          // in the provider's order (may be absent)
    std::string next{};                       // the page after this one; empty: that was all (may be absent)
    std::optional<std::int64_t> unreadable{}; // lines of the file that could not be read (may be absent)
};

template <>
struct Codec<Settlements> {
    static void write(Writer& w, const Settlements& v) {
        w.field("lines", v.lines);
        w.field("next", v.next);
        w.field("unreadable", v.unreadable);
    }
    static void read(Reader& r, Settlements& v) {
        r.optional("lines", v.lines, {.length = 1000});
        r.optional("next", v.next, {.length = 200});
        r.optional("unreadable", v.unreadable, {.least = 0});
    }
};

// The operations.
namespace op {

// Makes the page where a citizen pays; the same for the same request.
struct PaymentCreate {
    static constexpr const char* id = "payment.create/1";
    static constexpr std::int64_t timeoutMs = 8000;
    using Request = CreatePayment;
    using Reply = PaymentPage;
};

// Judges what the citizen's browser brought back. Only for words on a page: state changes on notification or query.
struct PaymentReturned {
    static constexpr const char* id = "payment.returned/1";
    static constexpr std::int64_t timeoutMs = 5000;
    using Request = RawHttp;
    using Reply = PaymentNotice;
};

// Verifies and translates a provider's notification. No effect of its own.
struct PaymentNotified {
    static constexpr const char* id = "payment.notified/1";
    static constexpr std::int64_t timeoutMs = 5000;
    using Request = RawHttp;
    using Reply = PaymentNotice;
};

// Asks the provider how a payment stands.
struct PaymentQuery {
    static constexpr const char* id = "payment.query/1";
    static constexpr std::int64_t timeoutMs = 15000;
    using Request = QueryPayment;
    using Reply = PaymentState;
};

// Orders a refund, once for each idempotency key.
struct PaymentRefund {
    static constexpr const char* id = "payment.refund/1";
    static constexpr std::int64_t timeoutMs = 30000;
    using Request = RefundPayment;
    using Reply = RefundState;
};

// Books money that an official has seen, once for each idempotency key.
struct PaymentConfirm {
    static constexpr const char* id = "payment.confirm/1";
    static constexpr std::int64_t timeoutMs = 10000;
    using Request = ConfirmPayment;
    using Reply = PaymentState;
};

// Fetches or writes the electronic receipt of a payment.
struct PaymentReceipt {
    static constexpr const char* id = "payment.receipt/1";
    static constexpr std::int64_t timeoutMs = 30000;
    using Request = ReceiptRequest;
    using Reply = Receipt;
};

// Reads what the provider counts for a day: its file, its list, the cash book.
struct PaymentReconcile {
    static constexpr const char* id = "payment.reconcile/1";
    static constexpr std::int64_t timeoutMs = 60000;
    using Request = ReconcileRequest;
    using Reply = Settlements;
};

} // namespace op

// Money that a provider moves and tells of.
// Derive from this to provide "payment/1". Calls may overlap up to the manifest's limits.concurrency.
class PaymentGateway : public virtual Plugin {
public:
    // Makes the page where a citizen pays; the same for the same request.
    virtual Result<PaymentPage> create(const CreatePayment&, const Call&) = 0;
    // Judges what the citizen's browser brought back. Only for words on a page: state changes on notification or query.
    virtual Result<PaymentNotice> returned(const RawHttp&, const Call&) = 0;
    // Verifies and translates a provider's notification. No effect of its own.
    virtual Result<PaymentNotice> notified(const RawHttp&, const Call&) = 0;
    // Asks the provider how a payment stands.
    virtual Result<PaymentState> query(const QueryPayment&, const Call&) = 0;
    // Orders a refund, once for each idempotency key.
    virtual Result<RefundState> refund(const RefundPayment&, const Call&) { return unimplemented(op::PaymentRefund::id); }
    // Fetches or writes the electronic receipt of a payment.
    virtual Result<Receipt> receipt(const ReceiptRequest&, const Call&) { return unimplemented(op::PaymentReceipt::id); }
    // Reads what the provider counts for a day: its file, its list, the cash book.
    virtual Result<Settlements> reconcile(const ReconcileRequest&, const Call&) { return unimplemented(op::PaymentReconcile::id); }

protected:
    PaymentGateway() {
        answers<op::PaymentCreate>([this](const auto& request, const Call& call) { return create(request, call); });
        answers<op::PaymentReturned>([this](const auto& request, const Call& call) { return returned(request, call); });
        answers<op::PaymentNotified>([this](const auto& request, const Call& call) { return notified(request, call); });
        answers<op::PaymentQuery>([this](const auto& request, const Call& call) { return query(request, call); });
        answers<op::PaymentRefund>([this](const auto& request, const Call& call) { return refund(request, call); });
        answers<op::PaymentReceipt>([this](const auto& request, const Call& call) { return receipt(request, call); });
        answers<op::PaymentReconcile>([this](const auto& request, const Call& call) { return reconcile(request, call); });
    }
};

// Money that a person sees: cash at a counter, a transfer on a bank statement.
// Derive from this to provide "payment/1". Calls may overlap up to the manifest's limits.concurrency.
class PaymentDesk : public virtual Plugin {
public:
    // Makes the page where a citizen pays; the same for the same request.
    virtual Result<PaymentPage> create(const CreatePayment&, const Call&) = 0;
    // Books money that an official has seen, once for each idempotency key.
    virtual Result<PaymentState> confirm(const ConfirmPayment&, const Call&) = 0;
    // Asks the provider how a payment stands.
    virtual Result<PaymentState> query(const QueryPayment&, const Call&) = 0;
    // Orders a refund, once for each idempotency key.
    virtual Result<RefundState> refund(const RefundPayment&, const Call&) { return unimplemented(op::PaymentRefund::id); }
    // Fetches or writes the electronic receipt of a payment.
    virtual Result<Receipt> receipt(const ReceiptRequest&, const Call&) { return unimplemented(op::PaymentReceipt::id); }
    // Reads what the provider counts for a day: its file, its list, the cash book.
    virtual Result<Settlements> reconcile(const ReconcileRequest&, const Call&) { return unimplemented(op::PaymentReconcile::id); }

protected:
    PaymentDesk() {
        answers<op::PaymentCreate>([this](const auto& request, const Call& call) { return create(request, call); });
        answers<op::PaymentConfirm>([this](const auto& request, const Call& call) { return confirm(request, call); });
        answers<op::PaymentQuery>([this](const auto& request, const Call& call) { return query(request, call); });
        answers<op::PaymentRefund>([this](const auto& request, const Call& call) { return refund(request, call); });
        answers<op::PaymentReceipt>([this](const auto& request, const Call& call) { return receipt(request, call); });
        answers<op::PaymentReconcile>([this](const auto& request, const Call& call) { return reconcile(request, call); });
    }
};

} // namespace v1
} // namespace motcua::sdk
