// Payments in the database: SQL, and sealing on the way in and out.
#pragma once

#include "db/database.h"
#include "payment/payment.h"
#include "vault/vault.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::payment {

const db::Schema& schema();

// Where a page of the list of payments ended.
struct Place {
    Instant madeAt{INT64_MAX};
    std::string id{};
};

class PaymentRepository {
public:
    explicit PaymentRepository(vault::Vault& vault) : vault_(vault) {}

    // Numbers the attempt. False, and nothing written, where `key` was used before or an attempt for the same
    // money is open.
    bool insert(db::Writer& tx, const Payment& payment, std::string_view key);
    // Writes what may change and counts the version; false where it was no longer `payment.version`.
    bool update(db::Writer& tx, Payment& payment);

    // What settled the dossier's fee settles nothing any more: somebody must look at it.
    void flagCounted(db::Writer& tx, std::string_view dossier) const;

    Result<Payment> find(db::Reader& tx, std::string_view id); // NotFound payment.none
    std::optional<Payment> byKey(db::Reader& tx, std::string_view key);
    std::optional<Payment> byReference(db::Reader& tx, std::string_view reference);
    std::optional<Payment> openFor(db::Reader& tx, std::string_view dossier, std::string_view profile,
                                   Money amount);
    std::vector<Payment> ofDossier(db::Reader& tx, std::string_view dossier); // the newest first
    std::vector<Payment> toAsk(db::Reader& tx, Instant now, int limit);       // the longest due first
    // Of these agencies, those behind `before`, the newest first.
    std::vector<Payment> withAttention(db::Reader& tx, const std::vector<std::string>& agencies,
                                       const Place& before, int limit);

private:
    struct Stored;
    Payment opened(db::Reader& tx, Stored stored);

    vault::Vault& vault_;
};

} // namespace motcua::payment
