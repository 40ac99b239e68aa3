// The outbox as an administrator sees it: how much waits, what was given up and why, sending it again,
// putting it aside. Payloads stay sealed.
#pragma once

#include "audit/audit.h"
#include "base/actor.h"
#include "base/context.h"
#include "base/result.h"
#include "jobs/outbox.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::jobs {

// When a scheduled job began last, on whichever node.
struct JobRun {
    std::string name;
    Instant lastRun;
};

class OutboxDesk {
public:
    // `mayManage` says who administers the whole city: deliveries are nobody's alone.
    OutboxDesk(db::Database& database, const Outbox& outbox, const audit::Audit& audit,
               std::function<bool(const Actor&)> mayManage)
        : database_(database), outbox_(outbox), audit_(audit), mayManage_(std::move(mayManage)) {}

    // Whoever may not manage gets Denied "outbox.not_allowed", here and below.
    Result<OutboxState> state(const Context& context) const;
    Result<std::vector<JobRun>> jobs(const Context& context) const;
    // Pages as Outbox::givenUp.
    Result<std::vector<GivenUpItem>> givenUp(const Context& context, Instant before,
                                             std::string_view beforeId, int limit) const;
    // Errors: NotFound outbox.not_given_up.
    Result<void> sendAgain(const Context& context, std::string_view id);
    // It will never be sent. Errors: NotFound outbox.not_given_up.
    Result<void> discard(const Context& context, std::string_view id);

private:
    db::Database& database_;
    const Outbox& outbox_;
    const audit::Audit& audit_;
    std::function<bool(const Actor&)> mayManage_;
};

} // namespace motcua::jobs
