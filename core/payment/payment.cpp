#include "payment/payment.h"

#include "base/bytes.h"
#include "base/civil_day.h"

namespace motcua::payment {

const char* name(State state) {
    switch (state) {
    case State::Created:
        return "created";
    case State::Pending:
        return "pending";
    case State::Paid:
        return "paid";
    case State::Failed:
        return "failed";
    case State::Expired:
        return "expired";
    case State::Suspicious:
        return "suspicious";
    case State::Reversed:
        return "reversed";
    case State::Refunding:
        return "refunding";
    case State::Refunded:
        return "refunded";
    case State::RefundRefused:
        return "refund_refused";
    }
    return "created";
}

std::string newReference(Instant now) {
    static constexpr std::string_view letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's 32
    std::string reference = "TT-" + civilDay(now).compact() + "-";
    for (const unsigned char byte : randomBytes(10))
        reference += letters[byte & 31];
    return reference;
}

} // namespace motcua::payment
