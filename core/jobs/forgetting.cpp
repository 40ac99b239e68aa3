#include "jobs/forgetting.h"

#include "base/log.h"

#include <functional>

namespace motcua::jobs {

namespace {

constexpr int kBatch = 200;

} // namespace

std::int64_t forgetSettled(const Context& context, db::Database& database, const Outbox& outbox,
                           const Inbox& inbox, const Clock& clock, const KeptFor& kept) {
    const Instant now = clock.now();
    std::int64_t gone = 0;
    const auto empty = [&](const std::function<std::int64_t(db::Writer&)>& batch) {
        for (std::int64_t last = kBatch; last == kBatch && !context.deadline.passed(); gone += last) {
            const auto done =
                database.write(context, [&](db::Writer& tx) -> Result<std::int64_t> { return batch(tx); });
            last = done ? *done : 0;
            if (!done) log::error("jobs.not_forgotten", {{"error", done.error().code}});
        }
    };
    empty([&](db::Writer& tx) { return outbox.forget(tx, now - kept.outbox, kBatch); });
    empty([&](db::Writer& tx) { return inbox.forget(tx, now - kept.inbox, kBatch); });
    return gone;
}

} // namespace motcua::jobs
