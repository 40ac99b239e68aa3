#include "jobs/outbox_desk.h"

namespace motcua::jobs {

namespace {

constexpr db::Query kJobs{"jobs.runs", "SELECT name, last_run_ms FROM job_lease ORDER BY name"};

Error notAllowed() {
    return denied("outbox.not_allowed");
}

} // namespace

Result<OutboxState> OutboxDesk::state(const Context& context) const {
    if (!mayManage_(context.actor)) return notAllowed();
    return database_.read(context, [&](db::Reader& tx) { return outbox_.state(tx); });
}

Result<std::vector<JobRun>> OutboxDesk::jobs(const Context& context) const {
    if (!mayManage_(context.actor)) return notAllowed();
    return database_.read(context, [](db::Reader& tx) {
        return tx.all(kJobs, [](const db::Row& row) { return JobRun{row.string(0), row.instant(1)}; });
    });
}

Result<std::vector<GivenUpItem>> OutboxDesk::givenUp(const Context& context, Instant before,
                                                     std::string_view beforeId, int limit) const {
    if (!mayManage_(context.actor)) return notAllowed();
    return database_.read(context,
                          [&](db::Reader& tx) { return outbox_.givenUp(tx, limit, before, beforeId); });
}

Result<void> OutboxDesk::sendAgain(const Context& context, std::string_view id) {
    if (!mayManage_(context.actor)) return notAllowed();
    return database_.write(context, [&](db::Writer& tx) -> Result<void> {
        MOTCUA_CHECK(outbox_.sendAgain(tx, id));
        audit_.record(tx, context, "outbox:" + std::string{id}, "outbox.sent_again");
        return {};
    });
}

Result<void> OutboxDesk::discard(const Context& context, std::string_view id) {
    if (!mayManage_(context.actor)) return notAllowed();
    return database_.write(context, [&](db::Writer& tx) -> Result<void> {
        MOTCUA_CHECK(outbox_.discard(tx, id));
        audit_.record(tx, context, "outbox:" + std::string{id}, "outbox.discarded");
        return {};
    });
}

} // namespace motcua::jobs
