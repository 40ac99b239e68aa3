// Payments of fees: attempts, what providers say of them, and money that goes back. What counts is the signed
// word of a provider (notification or answer to a question), once, in the transaction of the change.
#pragma once

#include "agency/agency_service.h"
#include "audit/audit.h"
#include "dossier/dossier_service.h"
#include "jobs/inbox.h"
#include "jobs/outbox.h"
#include "jobs/runner.h"
#include "payment/gateway.h"
#include "payment/payment_repository.h"

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::payment {

// What the owner's page shows.
struct Sight {
    dossier::Dossier dossier;
    std::vector<dossier::FeeLine> lines;
    std::vector<Payment> attempts; // the newest first
};

struct Wish {
    std::string dossierId;
    std::string profile; // one of ways()
    std::string key;     // of the form, so that sent twice it is one attempt
    std::string clientIp;
    // Where the browser comes back to, made of the payment's id.
    std::function<std::string(const std::string& payment)> returnUrl;
};

// Money that an official has in his hand, or sees on a statement.
struct Taken {
    Money amount;              // as his page showed it: what is due may have changed meanwhile
    std::string bankReference; // of the line on the statement; empty for cash
};

struct Started {
    Payment payment;
    std::string url; // where the citizen pays; empty where our own page shows how, or the attempt is over
};

class PaymentService {
public:
    struct Rooms {
        db::Database& database;
        vault::Vault& vault;
        audit::Audit& audit;
        jobs::Outbox& outbox;
        jobs::Inbox& inbox;
        agency::AgencyService& agencies;
        dossier::DossierService& dossiers;
        Gateway& gateway;
        const Clock& clock;
        Millis askAfter = std::chrono::minutes{2}; // without a notification, until the provider is asked
    };
    explicit PaymentService(const Rooms& rooms) : rooms_(rooms), repository_(rooms.vault) {}

    // Before the start: listens to dossiers, and carries out questions and refunds.
    void subscribe(dossier::Events& dossiers);
    void handleIn(jobs::Runner& runner);

    // How a dossier of this agency is paid: see waysOf.
    std::vector<Way> ways(const Context& context, std::string_view agency);
    // For whoever may see the dossier; NotFound dossier.none.
    Result<Sight> see(const Context& context, std::string_view dossierId);
    std::vector<Payment> ofDossier(const Context& context, std::string_view dossierId);

    // An attempt, and the provider's page for it. An open one for the same money is taken up again. Errors:
    // Invalid payment.no_such_way, Rejected payment.nothing_due, those of the gateway.
    Result<Started> start(const Context& context, const Wish& wish);
    // The browser came back. What it brings decides nothing: where it is authentic, the provider is asked.
    Result<Payment> returned(const Context& context, std::string_view id, const sdk::RawHttp& request);
    // The owner wants to know: asks the provider.
    Result<Payment> ask(const Context& context, std::string_view id);

    // At the counter. An official who receives dossiers there may take money: for a dossier with a fee due,
    // in one of waysAtCounter(), or for an attempt that stands already, late or not. What plays no part any
    // more is kept and seen like any money. Recorded twice it is one. Errors: Denied payment.no_taking_right,
    // Rejected payment.amount_differs and payment.not_at_counter, and those of start().
    bool mayTake(const Context& context, const std::string& agency);
    std::vector<Way> waysAtCounter(const Context& context, std::string_view agency);
    bool takeable(const Context& context, const Payment& payment);
    Result<Payment> takeFor(const Context& context, const Wish& wish, const Taken& taken);
    Result<Payment> take(const Context& context, std::string_view id, const Taken& taken);
    // By the reference that a citizen brings; as find().
    Result<Payment> byReference(const Context& context, std::string_view reference);

    // A provider's notification, and what it is answered. An error where the plugin is away: answer 503.
    Result<sdk::HttpAnswer> notified(const Context& context, const std::string& profile,
                                     const sdk::RawHttp& request);

    // The scheduled job: hands to the outbox the payments whose provider should have spoken.
    void askOverdue(const Context& context);

    // For officials of the region; others get NotFound payment.none.
    Result<Payment> find(const Context& context, std::string_view id);
    // Money in the actor's regions that settles nothing or that somebody must look at, the newest first.
    std::vector<Payment> withAttention(const Context& context, const Place& before, int limit);
    // Whether it may go back: the money is there, and settles nothing or a dossier that was withdrawn or not
    // accepted.
    bool refundable(const Context& context, const Payment& payment);
    // Orders it to go back, once. Errors: Denied payment.no_refund_right, Rejected payment.not_refundable,
    // Invalid (no reason).
    Result<Payment> refund(const Context& context, std::string_view id, std::string_view reason,
                           const std::string& officialsIp);

private:
    enum class Decision { Confirmed, Already, Unknown, WrongAmount };

    template <typename Work>
    auto change(const Context& context, const Work& work) -> std::invoke_result_t<Work, db::Writer&>;
    Result<Payment> mine(const Context& context, std::string_view id);
    Result<Payment> attempt(const Context& context, const dossier::Dossier& dossier, const Wish& wish);
    Result<Started> openPage(const Context& context, Payment payment, const dossier::Dossier& dossier,
                             const Wish& wish);
    sdk::PaymentBill billOf(const Context& context, const dossier::Dossier& dossier);
    Result<Payment> askProvider(const Context& context, const Payment& payment);
    Result<void> store(db::Writer& tx, Payment& payment);
    void expire(db::Writer& tx, const Context& context, Payment& payment) const;

    Result<Decision> decide(db::Writer& tx, const Context& context, const std::string& profile,
                            const sdk::PaymentNotice& notice);
    // Takes up what the provider says; whether that was news.
    Result<bool> learn(db::Writer& tx, const Context& context, Payment& payment,
                       const sdk::PaymentState& said);
    Result<void> arrive(db::Writer& tx, const Context& context, Payment& payment,
                        const sdk::PaymentState& said);
    Result<void> carryOutAsk(const Context& context, const jobs::OutboxItem& item);
    void countAsAway(const std::string& profile);
    bool mayReach(const std::string& profile);
    Result<void> carryOutRefund(const Context& context, const jobs::OutboxItem& item);
    Result<sdk::RefundState> orderRefund(const Context& context, const Payment& payment,
                                         const jobs::OutboxItem& item);
    Result<void> takeUpRefund(db::Writer& tx, const Context& context, Payment& payment,
                              const sdk::RefundState& state);

    Rooms rooms_;
    std::mutex guard_;
    std::map<std::string, Instant> unreached_; // profile: until then its provider counts as away
    PaymentRepository repository_;
};

} // namespace motcua::payment
