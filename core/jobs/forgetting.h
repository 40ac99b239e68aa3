// The scheduled job that forgets what was carried out long ago: outbox and inbox must not grow for ten years.
#pragma once

#include "base/clock.h"
#include "db/database.h"
#include "jobs/inbox.h"
#include "jobs/outbox.h"

namespace motcua::jobs {

struct KeptFor {
    Millis outbox; // after an item was carried out or put aside
    Millis inbox;  // after a notice came; longer than its sender repeats it
};

// In small transactions, so that nobody waits for it, until there is nothing more or the context's time is
// up. Answers how many rows went.
std::int64_t forgetSettled(const Context& context, db::Database& database, const Outbox& outbox,
                           const Inbox& inbox, const Clock& clock, const KeptFor& kept);

} // namespace motcua::jobs
