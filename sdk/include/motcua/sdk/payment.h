// Payment: structs, codecs and operations. Made by sdk/tools/generate.mjs from
// sdk/schema/payment.json; do not edit.
#pragma once

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
    }
};

// Where the citizen pays.
struct PaymentPage {
    std::string url{};                       // the browser is sent here
    std::string providerReference{};         // where the provider gives one already (may be absent)
    std::optional<std::int64_t> expiresAt{}; // ms UTC (may be absent)
};

template <>
struct Codec<PaymentPage> {
    static void write(Writer& w, const PaymentPage& v) {
        w.field("url", v.url);
        w.field("providerReference", v.providerReference);
        w.field("expiresAt", v.expiresAt);
    }
    static void read(Reader& r, PaymentPage& v) {
        r.required("url", v.url);
        r.optional("providerReference", v.providerReference);
        r.optional("expiresAt", v.expiresAt);
    }
};

// A request as it came, not believed yet.
struct RawHttp {
    std::string method{};                         // GET, POST
    std::string query{};                          // raw, after ? (may be absent)
    std::map<std::string, std::string> headers{}; // names in lower case (may be absent)
    std::optional<Blob> body{};                   // the bytes (may be absent)
    std::string peer{};                           // address of the caller (may be absent)
};

template <>
struct Codec<RawHttp> {
    static void write(Writer& w, const RawHttp& v) {
        w.field("method", v.method);
        w.field("query", v.query);
        w.field("headers", v.headers);
        w.field("body", v.body);
        w.field("peer", v.peer);
    }
    static void read(Reader& r, RawHttp& v) {
        r.required("method", v.method);
        r.optional("query", v.query, {.length = 16384});
        r.optional("headers", v.headers);
        r.optional("body", v.body);
        r.optional("peer", v.peer);
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

// What goes back to the caller of a webhook.
struct HttpAnswer {
    std::int64_t status = 0;   // HTTP status
    std::string contentType{}; // application/json
    std::string body{};        // text (may be absent)
};

template <>
struct Codec<HttpAnswer> {
    static void write(Writer& w, const HttpAnswer& v) {
        w.field("status", v.status);
        w.field("contentType", v.contentType);
        w.field("body", v.body);
    }
    static void read(Reader& r, HttpAnswer& v) {
        r.required("status", v.status, {.least = 200, .most = 599});
        r.required("contentType", v.contentType);
        r.optional("body", v.body);
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

} // namespace op

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

protected:
    PaymentGateway() {
        answers<op::PaymentCreate>([this](const auto& request, const Call& call) { return create(request, call); });
        answers<op::PaymentReturned>([this](const auto& request, const Call& call) { return returned(request, call); });
        answers<op::PaymentNotified>([this](const auto& request, const Call& call) { return notified(request, call); });
        answers<op::PaymentQuery>([this](const auto& request, const Call& call) { return query(request, call); });
        answers<op::PaymentRefund>([this](const auto& request, const Call& call) { return refund(request, call); });
    }
};

} // namespace v1
} // namespace motcua::sdk
