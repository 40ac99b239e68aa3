#include "payment/payment_repository.h"

#include "base/json.h"
#include "db/merge.h"

namespace motcua::payment {

namespace {

#define PAYMENT_COLUMNS                                                                                      \
    "SELECT id, dossier, owner, agency, profile, attempt, reference, amount_dong, client_ip, state, "        \
    "version, counted, attention, provider_reference, bank, code, said, other_dong, made_ms, expires_ms, "   \
    "paid_ms, asks, next_ask_ms, refund_by, refund_reason, refund_ordered_ms, refund_settled_ms, "           \
    "shown FROM payment "

constexpr db::Query kInsert{
    "payment.insert",
    "INSERT INTO payment (id, dossier, owner, agency, profile, attempt, reference, create_key, amount_dong, "
    "client_ip, state, version, counted, attention, provider_reference, bank, code, said, made_ms, "
    "expires_ms, asks, next_ask_ms, refund_by) VALUES (?, ?, ?, ?, ?, "
    "(SELECT COALESCE(MAX(attempt), 0) + 1 FROM payment WHERE dossier = ?), "
    "?, ?, ?, ?, 0, 0, 0, 0, '', '', '', '', ?, ?, 0, ?, '') ON CONFLICT DO NOTHING"};
constexpr db::Query kUpdate{
    "payment.update",
    "UPDATE payment SET state = ?, counted = ?, attention = ?, provider_reference = ?, bank = ?, code = ?, "
    "said = ?, other_dong = ?, expires_ms = ?, paid_ms = ?, asks = ?, next_ask_ms = ?, refund_by = ?, "
    "refund_reason = ?, "
    "refund_ordered_ms = ?, refund_settled_ms = ?, shown = ?, version = version + 1 WHERE id = ? AND version "
    "= ?"};
constexpr db::Query kFlagCounted{"payment.flag_counted",
                                 "UPDATE payment SET attention = 1, version = version + 1 "
                                 "WHERE dossier = ? AND counted = 1 AND state = 2"};
constexpr db::Query kFind{"payment.find", PAYMENT_COLUMNS "WHERE id = ?"};
constexpr db::Query kByKey{"payment.by_key", PAYMENT_COLUMNS "WHERE create_key = ?"};
constexpr db::Query kByReference{"payment.by_reference", PAYMENT_COLUMNS "WHERE reference = ?"};
constexpr db::Query kOpen{"payment.open", PAYMENT_COLUMNS
                          "WHERE dossier = ? AND profile = ? AND amount_dong = ? AND state <= 1"};
constexpr db::Query kOfDossier{"payment.of_dossier",
                               PAYMENT_COLUMNS "WHERE dossier = ? ORDER BY attempt DESC"};
constexpr db::Query kToAsk{"payment.to_ask",
                           PAYMENT_COLUMNS "WHERE next_ask_ms <= ? ORDER BY next_ask_ms LIMIT ?"};
#define ATTENTION_ORDER "AND attention = 1 AND (made_ms, id) < (?, ?) ORDER BY made_ms DESC, id DESC LIMIT ?"
constexpr db::Query kAttention{
    "payment.attention", PAYMENT_COLUMNS "WHERE agency IN (SELECT value FROM json_each(?)) " ATTENTION_ORDER,
    PAYMENT_COLUMNS
    "WHERE agency = ANY (ARRAY(SELECT json_array_elements_text(CAST(? AS json)))) " ATTENTION_ORDER};
#undef ATTENTION_ORDER

#undef PAYMENT_COLUMNS

std::string textOf(const std::optional<ShownHere>& shown) {
    if (!shown) return {};
    return Json::object()
        .set("qr", shown->qr)
        .set("bank", shown->bank)
        .set("account", shown->account)
        .set("accountName", shown->accountName)
        .set("content", shown->content)
        .dump();
}

std::optional<ShownHere> shownOf(const std::string& text) {
    if (text.empty()) return std::nullopt;
    const Json json = Json::parse(text).value();
    return ShownHere{json["qr"].string(), json["bank"].string(), json["account"].string(),
                     json["accountName"].string(), json["content"].string()};
}

Payment toPayment(const db::Row& row) {
    Payment payment;
    payment.id = row.string(0);
    payment.dossier = row.string(1);
    payment.owner = row.string(2);
    payment.agency = row.string(3);
    payment.profile = row.string(4);
    payment.attempt = row.integer(5);
    payment.reference = row.string(6);
    payment.amount = row.money(7);
    payment.state = static_cast<State>(row.integer(9));
    payment.version = row.integer(10);
    payment.counted = row.boolean(11);
    payment.attention = row.boolean(12);
    payment.providerReference = row.string(13);
    payment.bank = row.string(14);
    payment.code = row.string(15);
    payment.said = row.string(16);
    if (const auto other = row.optionalInteger(17)) payment.otherAmount = Money{*other};
    payment.madeAt = row.instant(18);
    payment.expiresAt = row.instant(19);
    payment.paidAt = row.optionalInstant(20);
    payment.asks = static_cast<int>(row.integer(21));
    payment.nextAsk = row.optionalInstant(22);
    payment.refundBy = row.string(23);
    payment.refundOrderedAt = row.optionalInstant(25);
    payment.refundSettledAt = row.optionalInstant(26);
    payment.shown = shownOf(row.string(27));
    return payment;
}

vault::Place ipPlace(std::string_view id) {
    return {"payment", "client_ip", id};
}
vault::Place reasonPlace(std::string_view id) {
    return {"payment", "refund_reason", id};
}

} // namespace

struct PaymentRepository::Stored {
    Payment payment;
    std::string clientIp, refundReason;

    static Stored of(const db::Row& row) {
        return {toPayment(row), std::string{row.blob(8)},
                row.isNull(24) ? std::string{} : std::string{row.blob(24)}};
    }
};

// What was sealed for a payment goes with its own key: it outlives a draft that is thrown away.
Payment PaymentRepository::opened(db::Reader& tx, Stored stored) {
    if (auto ip = vault_.open(tx, ipPlace(stored.payment.id), stored.clientIp))
        stored.payment.clientIp = std::move(*ip);
    if (stored.refundReason.empty()) return std::move(stored.payment);
    if (auto reason = vault_.open(tx, reasonPlace(stored.payment.id), stored.refundReason))
        stored.payment.refundReason = std::move(*reason);
    return std::move(stored.payment);
}

bool PaymentRepository::insert(db::Writer& tx, const Payment& payment, std::string_view key) {
    const std::string ip = vault_.seal(tx, payment.id, ipPlace(payment.id), payment.clientIp);
    return tx.run(kInsert, payment.id, payment.dossier, payment.owner, payment.agency, payment.profile,
                  payment.dossier, payment.reference, key, payment.amount, db::Blob{ip}, payment.madeAt,
                  payment.expiresAt, payment.nextAsk) == 1;
}

bool PaymentRepository::update(db::Writer& tx, Payment& payment) {
    std::string reason;
    if (!payment.refundReason.empty())
        reason = vault_.seal(tx, payment.id, reasonPlace(payment.id), payment.refundReason);
    const db::Parameter sealed = reason.empty() ? db::Parameter{nullptr} : db::Parameter{db::Blob{reason}};
    const std::int64_t changed = tx.run(
        kUpdate, static_cast<int>(payment.state), payment.counted, payment.attention,
        payment.providerReference, payment.bank, payment.code, payment.said, payment.otherAmount,
        payment.expiresAt, payment.paidAt, payment.asks, payment.nextAsk, payment.refundBy, sealed,
        payment.refundOrderedAt, payment.refundSettledAt, textOf(payment.shown), payment.id, payment.version);
    if (changed == 1) ++payment.version;
    return changed == 1;
}

void PaymentRepository::flagCounted(db::Writer& tx, std::string_view dossier) const {
    tx.run(kFlagCounted, dossier);
}

Result<Payment> PaymentRepository::find(db::Reader& tx, std::string_view id) {
    auto stored = tx.one(kFind, Stored::of, id);
    if (!stored) return notFound("payment.none");
    return opened(tx, std::move(*stored));
}

std::optional<Payment> PaymentRepository::byKey(db::Reader& tx, std::string_view key) {
    auto stored = tx.one(kByKey, Stored::of, key);
    return stored ? std::optional{opened(tx, std::move(*stored))} : std::nullopt;
}

std::optional<Payment> PaymentRepository::byReference(db::Reader& tx, std::string_view reference) {
    auto stored = tx.one(kByReference, Stored::of, reference);
    return stored ? std::optional{opened(tx, std::move(*stored))} : std::nullopt;
}

std::optional<Payment> PaymentRepository::openFor(db::Reader& tx, std::string_view dossier,
                                                  std::string_view profile, Money amount) {
    auto stored = tx.one(kOpen, Stored::of, dossier, profile, amount);
    return stored ? std::optional{opened(tx, std::move(*stored))} : std::nullopt;
}

std::vector<Payment> PaymentRepository::ofDossier(db::Reader& tx, std::string_view dossier) {
    std::vector<Payment> all;
    for (Stored& stored : tx.all(kOfDossier, Stored::of, dossier))
        all.push_back(opened(tx, std::move(stored)));
    return all;
}

std::vector<Payment> PaymentRepository::toAsk(db::Reader& tx, Instant now, int limit) {
    std::vector<Payment> all;
    for (Stored& stored : tx.all(kToAsk, Stored::of, now, limit))
        all.push_back(opened(tx, std::move(stored)));
    return all;
}

std::vector<Payment> PaymentRepository::withAttention(db::Reader& tx,
                                                      const std::vector<std::string>& agencies,
                                                      const Place& before, int limit) {
    std::vector<Payment> all;
    const std::string list = db::listOf(agencies);
    for (Stored& stored : tx.all(kAttention, Stored::of, list, before.madeAt, before.id, limit))
        all.push_back(opened(tx, std::move(stored)));
    return all;
}

} // namespace motcua::payment
