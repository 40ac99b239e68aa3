// A payment (thanh toán trực tuyến): one attempt to pay a dossier's fee through a provider, until the money
// is there, will not come, or went back.
#pragma once

#include "base/clock.h"
#include "base/money.h"

#include <optional>
#include <string>
#include <string_view>

namespace motcua::payment {

enum class State {
    Created = 0,       // stored; the provider's page was not handed out yet
    Pending = 1,       // the citizen was sent to the provider
    Paid = 2,          // the money is there
    Failed = 3,        // the provider says that it did not take place
    Expired = 4,       // its time ran out without a word of the provider; money may still come
    Suspicious = 5,    // debited, but the provider suspects fraud: a person must look
    Reversed = 6,      // taken back by the provider
    Refunding = 7,     // an official ordered it to go back (hoàn tiền)
    Refunded = 8,      // the provider took the order: the money is on its way
    RefundRefused = 9, // the provider will not; it may be ordered again
};

const char* name(State state); // "paid": the words' key below "payment.state"

inline bool isOpen(State state) {
    return state == State::Created || state == State::Pending;
}
// The money is, or was, ours: nothing the provider says of a failure changes that.
inline bool hadMoney(State state) {
    return state == State::Paid || state == State::Refunding || state == State::Refunded ||
           state == State::RefundRefused;
}

// How a payment is made without a page of a provider: what our own page shows. Without a code and an account:
// at the agency's counter.
struct ShownHere {
    std::string qr;   // content of the code
    std::string bank; // and what a person types who cannot scan it
    std::string account;
    std::string accountName;
    std::string content;

    bool atCounter() const { return qr.empty() && account.empty(); }
};

struct Payment {
    std::string id;
    std::string dossier;
    std::string owner;   // account
    std::string agency;  // that receives the dossier, and the money
    std::string profile; // of the plugin: "vn.motcua.payment-vnpay:quan-1"
    std::int64_t attempt = 1;
    std::string reference; // ours with the provider, unique for ever
    Money amount;
    std::string clientIp; // of the citizen, as the provider must be told
    State state = State::Created;
    std::int64_t version = 0;
    bool counted = false;   // it settled the dossier's fee
    bool attention = false; // money that settles nothing, or that a person must look at
    std::string providerReference;
    std::string bank;
    std::string code;                 // the provider's own
    std::string said;                 // its words, for officials
    std::optional<ShownHere> shown;   // instead of a provider's page
    std::optional<Money> otherAmount; // the provider reported this amount instead of ours
    Instant madeAt;
    Instant expiresAt;
    std::optional<Instant> paidAt;
    int asks = 0;
    std::optional<Instant> nextAsk; // when the provider is asked about it, unless it speaks first
    std::string refundBy;           // account
    std::string refundReason;
    std::optional<Instant> refundOrderedAt;
    std::optional<Instant> refundSettledAt;
};

// "TT-261123-7K2M9QXD4B": letters, digits and "-" only, as every provider takes them; nobody can count
// through them.
std::string newReference(Instant now);

} // namespace motcua::payment
