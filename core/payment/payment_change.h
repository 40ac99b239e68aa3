// What the parts of the service share: a change that another one got in the way of begins again; the kinds of
// its outbox items; how much of a provider's words is kept.
#pragma once

#include "base/log.h"
#include "payment/payment_service.h"

namespace motcua::payment {

inline constexpr const char* kAsk = "payment.ask";
inline constexpr const char* kRefund = "payment.refund";
inline constexpr std::size_t kLongestWords = 200;

inline void tellFailure(std::string_view event, const std::string& profile, const Error& error) {
    log::warning(event, {{"profile", profile}, {"error", error.code}, {"detail", error.detail}});
}

inline sdk::QueryPayment questionAbout(const Payment& payment) {
    sdk::QueryPayment question;
    question.reference = payment.reference;
    question.createdAt = payment.madeAt.ms;
    question.clientIp = payment.clientIp;
    question.description = "Tra cuu " + payment.reference;
    return question;
}

// Notification, question and the citizen's own click meet at the same rows; the loser of a race reads again.
template <typename Work>
auto PaymentService::change(const Context& context, const Work& work)
    -> std::invoke_result_t<Work, db::Writer&> {
    constexpr int tries = 5;
    for (int i = 1;; ++i) {
        auto done = rooms_.database.write(context, work);
        if (done || done.error().kind != ErrorKind::Conflict || i == tries) return done;
    }
}

} // namespace motcua::payment
